//! How to read every block of a file.

use crate::data::columns::guess::Lean;
use crate::data::columns::number::Spelling;
use crate::data::records::sampler::Sampler;

/// How to read every block of a file.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Between cells.
    pub delimiter: u8,
    /// At the end of a record.
    pub terminator: u8,
    /// Whether lines that begin with `#` are passed over.
    pub comments: bool,
    /// How numbers are written.
    pub spelling: Spelling,
    /// How to read each column.
    pub leans: Vec<Lean>,
    /// Which rows are kept.
    pub sampler: Sampler,
}
