//! Scoring by another program's engine: a model becomes a function of the columns it needs, and Apache `DataFusion` calls it while
//! it reads the files, on this machine or, as Ballista, on others.
//!
//! ```text
//! model + how its columns are read ─ parcel ─▶ misfit_score(parcel, column, column, …) ─▶ scores, beside the file they are of
//!                                              └─ wherever the engine runs ─┘            ─ in order ─▶ whoever listens
//! ```
//!
//! A row goes the same way to its score as without an engine: its cells become text where text is what was learned from, text
//! becomes features, and the same networks look at them. So the scores are the same.

mod address;
mod cells;
#[cfg(feature = "ballista")]
pub mod cluster;
pub mod files;
mod function;
mod order;
mod parcel;
mod query;
mod reading;
mod scorer;

pub use address::{Address, PORT};
pub use cells::piece;
pub use function::{Function, drawn};
pub use order::Rows;
pub use parcel::{LARGEST, Parcel};
pub use query::{Query, Where};
pub use reading::Reading;
pub use scorer::Scorer;

use datafusion::error::DataFusionError;

use crate::error::Error;

/// What an engine says, on one line.
fn told(error: &DataFusionError) -> Error {
    let said = error.strip_backtrace();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = crate::data::text::sanitize(&said);
    Error::Told(format!("the engine gave up: {said}"))
}
