//! Learning: a [`recipe`] says how, an [`engine`] runs the network, a [`trainer`] advances it batch by batch.

pub mod batches;
pub mod budget;
pub mod burn_engine;
pub mod checkpoint;
pub mod device;
pub mod engine;
pub mod explain;
pub mod fused;
pub mod history;
mod judging;
mod kept;
mod layers;
pub mod recipe;
#[cfg(feature = "remote")]
pub mod remote;
pub mod snapshot;
pub mod sum;
pub mod trainer;
#[cfg(any(feature = "wgpu", feature = "cuda", test))]
mod trial;
pub mod whole;
