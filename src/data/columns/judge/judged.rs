//! The result of judging one column.

use crate::data::columns::column::Column;
use crate::data::columns::words::Words;

/// A judged column, with what belongs to the table as a whole.
pub struct Judged {
    /// The column.
    pub column: Column,
    /// Its words, where they name or label the rows.
    pub words: Option<Words>,
    /// What the user should know.
    pub notices: Vec<String>,
    /// Missing cells that become the median.
    pub filled: usize,
}

impl Judged {
    /// A column without words, notices or filled cells.
    pub fn plain(column: Column) -> Self {
        Self {
            column,
            words: None,
            notices: Vec::new(),
            filled: 0,
        }
    }
}
