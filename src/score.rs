//! From reconstructions to a ranking: [`error`] per feature, one number per row, their [`order`], the [`ranking`], the
//! [`flag`] on its first rows, and, where the truth is known, [`metrics`]; where it is not, [`entropy`]. A [`view`] looks at all rows
//! through one network; the [`mod@reference`]s score without any: [`lesinn`], [`pca`] and the z-norm, all on [`standard`]
//! scores. A [`jury`] of networks scores rows that no table holds, a [`judge`] makes of that what ranks them, a [`distribution`] counts them,
//! and [`ordinary`] ones say how others compare. [`agreement`] compares two rankings, and [`codes`] tell which rows a network takes for each other's like.

pub mod agreement;
pub mod codes;
pub mod disagreement;
pub mod distribution;
pub mod entropy;
pub mod error;
pub mod flag;
pub mod judge;
pub mod jury;
pub mod lesinn;
pub mod median;
pub mod metrics;
pub mod order;
pub mod ordinary;
pub mod pca;
pub mod ranking;
pub mod reference;
pub mod standard;
pub mod view;
