//! A table in memory: every column of the file, the label, the names of the rows, and what the user should know.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::columns::column::Column;
use crate::data::columns::ids::Ids;
use crate::data::columns::label::Label;
use crate::data::options::Missing;
use crate::data::provenance::{All, Provenance};
use crate::data::read::again::Again;
use crate::data::records::original::Original;
use crate::data::series::Series;

/// How a file was laid out, in words to show. Not `Format`, which is how a column writes its dates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// Another format than text with delimiters: `Parquet, 3 row groups, snappy`.
    pub format: Option<String>,
    /// `UTF-8`, `windows-1252`, …; with its compression.
    pub encoding: String,
    /// What separates cells: `,`, `tab`, …
    pub delimiter: String,
    /// Whether there is a header.
    pub header: bool,
    /// Lines above the table that were skipped.
    pub above: u64,
    /// The unit of each column, where a row under the header says them; empty where it says none.
    pub units: Vec<String>,
    /// Whether a row of totals at the end was left out.
    pub totals: bool,
}

impl Form {
    /// The unit of a column, where one is named.
    pub fn unit(&self, column: usize) -> Option<String> {
        let unit = self.units.get(column)?;
        (!unit.is_empty()).then(|| unit.clone())
    }
}

/// A table in memory.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Where it came from, sanitised.
    pub name: String,
    /// Number of rows in memory.
    pub rows: usize,
    /// Rows of the file, where only some of them were drawn.
    pub drawn_from: Option<usize>,
    /// Rows of the wrong length, which were skipped.
    pub skipped: usize,
    /// Number of each row among the data rows of the file, 1 = first; none if no row is missing here.
    pub numbers: Option<Arc<Vec<u32>>>,
    /// All columns, in file order.
    pub columns: Vec<Column>,
    /// The label column, if there is one.
    pub label: Option<Label>,
    /// The id column, if there is one.
    pub ids: Option<Arc<Ids>>,
    /// The file that was read; piped and built-in tables have none.
    pub path: Option<PathBuf>,
    /// The columns' names as the file has them.
    pub header: Vec<String>,
    /// How the file was laid out.
    pub form: Form,
    /// The original text of the rows.
    pub original: Option<Arc<Original>>,
    /// How to read all rows of the file, where it does not fit into memory and the table is a sample.
    pub again: Option<Arc<Again>>,
    /// When the rows were taken, and what they belong to.
    pub series: Arc<Series>,
    /// What stood for a missing value.
    pub missing: Missing,
    /// What the user should know about how the file was read, a sentence each.
    pub notices: Vec<String>,
}

impl Table {
    /// The number of a row among the data rows of the file, 1 = first.
    pub fn number(&self, row: usize) -> u32 {
        self.numbers
            .as_ref()
            .map_or(row as u32 + 1, |numbers| numbers[row])
    }

    /// Where the rows come from.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            path: self.path.clone(),
            header: self.header.clone(),
            numbers: self.numbers.clone(),
            ids: self.ids.clone(),
            original: self.original.clone(),
            series: Arc::clone(&self.series),
            label: self.label.as_ref().map(Label::without_rows),
            missing: self.missing.clone(),
            all: self.all().map(Arc::new),
        }
    }

    /// What it takes to read all rows, where the table is larger than memory.
    fn all(&self) -> Option<All> {
        let place = |name: &str| self.columns.iter().position(|column| column.name == name);
        let label = self
            .label
            .as_ref()
            .and_then(|label| Some((label.without_rows(), place(&label.name)?)));
        Some(All {
            again: Arc::clone(self.again.as_ref()?),
            label,
            id: self.ids.as_ref().and_then(|ids| place(&ids.name)),
        })
    }

    /// Features that the network gets.
    pub fn features(&self) -> usize {
        self.columns.iter().map(Column::width).sum()
    }

    /// Columns that the network learns from.
    pub fn used(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.used)
    }
}
