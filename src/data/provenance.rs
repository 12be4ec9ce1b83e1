//! Where the rows of a table come from and what they are called there: what it takes to write them down again.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::columns::ids::Ids;
use crate::data::columns::label::Label;
use crate::data::options::Missing;
use crate::data::read::again::Again;
use crate::data::records::original::Original;
use crate::data::series::Series;

/// Where the rows come from.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The file that was read; piped and built-in tables have none.
    pub path: Option<PathBuf>,
    /// The columns' names as the file has them, not sanitised; empty where there is no file.
    pub header: Vec<String>,
    /// Number of each row among the data rows of the file, 1 = first; none if no row is missing here.
    pub numbers: Option<Arc<Vec<u32>>>,
    /// The names of the rows.
    pub ids: Option<Arc<Ids>>,
    /// The original text of the rows, where it can still be found.
    pub original: Option<Arc<Original>>,
    /// When the rows were taken, and what they belong to.
    pub series: Arc<Series>,
    /// The label, without the rows.
    pub label: Option<Label>,
    /// What stood for a missing value.
    pub missing: Missing,
    /// All rows of the file, where these are a sample of a table larger than memory.
    pub all: Option<Arc<All>>,
}

/// All rows of a table that is larger than memory.
#[derive(Debug)]
pub struct All {
    /// How to read them.
    pub again: Arc<Again>,
    /// The label, without the rows of the sample, and which column of the file it is.
    pub label: Option<(Label, usize)>,
    /// Which column of the file names the rows.
    pub id: Option<usize>,
}

impl Provenance {
    /// The number of a row among the data rows of the file, 1 = first.
    pub fn number(&self, row: usize) -> u32 {
        let numbers = self.numbers.as_ref();
        numbers.map_or(row as u32 + 1, |numbers| numbers[row])
    }
}
