//! How to parse every block of a file: the same for all, so that blocks can be parsed side by side.

use std::sync::Arc;

use crate::data::columns::guess::ReadAs;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::records::repeated::Top;
use crate::data::records::sampler::Sampler;
use crate::data::records::separator::Separator;

/// How to parse a block.
#[derive(Debug, Clone)]
pub struct Layout {
    /// What separates cells.
    pub separator: Separator,
    /// What ends a record.
    pub terminator: u8,
    /// Whether lines that begin with `#` are skipped.
    pub comments: bool,
    /// What stands above the rows; lines like it are no rows.
    pub top: Arc<Top>,
    /// How numbers are written.
    pub spelling: Spelling,
    /// How to read each column.
    pub read_as: Vec<ReadAs>,
    /// What else stands for a missing value.
    pub missing: Arc<MissingWords>,
    /// Whether a line of words alone, where all columns hold numbers or dates, is no row.
    pub no_prose: bool,
    /// Which rows are kept.
    pub sampler: Sampler,
}
