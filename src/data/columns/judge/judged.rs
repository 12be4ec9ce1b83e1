//! What is said of one column.

use crate::data::columns::column::Column;
use crate::data::columns::words::Words;

/// A column, judged.
pub struct Judged {
    /// What it is.
    pub column: Column,
    /// Its words, where they name or label the rows.
    pub words: Option<Words>,
    /// What the user should know.
    pub notices: Vec<String>,
    /// Gaps that were filled with the median.
    pub filled: usize,
}

impl Judged {
    /// A column without words, notices or filled gaps.
    pub fn plain(column: Column) -> Self {
        Self {
            column,
            words: None,
            notices: Vec::new(),
            filled: 0,
        }
    }
}
