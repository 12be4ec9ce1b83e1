//! misfit finds the rows of a table that don't fit: it trains an autoencoder on a CSV and ranks rows by how badly the
//! network rebuilds them.

pub mod app;
pub mod cli;
pub mod compare;
pub mod data;
pub mod error;
pub mod format;
pub mod message;
pub mod model;
pub mod plan;
pub mod run;
pub mod score;
pub mod signals;
pub mod train;
pub mod tui;
pub mod worker;
