//! What one pass over the stream gives: columns as they were read, and everything known of them.

use crate::data::columns::guess::Lean;
use crate::data::columns::raw::Joined;
use crate::data::columns::roles::{Part, Role};
use crate::data::records::original::Original;
use crate::data::records::ragged::Ragged;
use crate::data::table::Form;

/// All that a pass gives.
pub struct Pass {
    /// Each column's name and what it is for.
    pub parts: Vec<Part>,
    /// How each column was read.
    pub leans: Vec<Lean>,
    /// What was read of each column.
    pub columns: Vec<Joined>,
    /// Rows read, and kept where a sample is drawn.
    pub rows: usize,
    /// Number of each row among the data rows of the file, 1 = first; none where every row is here.
    pub numbers: Option<Vec<u32>>,
    /// Rows of the wrong length.
    pub ragged: Ragged,
    /// What the user should know.
    pub notices: Vec<String>,
    /// How the file is laid out.
    pub form: Form,
    /// The file's own words.
    pub original: Option<Original>,
}

impl Pass {
    /// The columns that were read as their first cells suggested, but hold something else.
    pub fn misread(&self) -> Vec<usize> {
        let guessed = |part: &Part| part.role == Role::Feature && part.kind.is_none();
        (0..self.columns.len())
            .filter(|index| guessed(&self.parts[*index]) && self.columns[*index].is_misread())
            .collect()
    }
}
