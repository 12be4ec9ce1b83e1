//! From reconstructions to a ranking: [`error`] per feature, one number per row, [`ranking`], [`threshold`], and, where
//! the truth is known, [`metrics`]. A [`view`] looks at all rows through one network; [`baseline`] scores without any.

pub mod baseline;
pub mod error;
pub mod metrics;
pub mod ranking;
pub mod threshold;
pub mod view;
