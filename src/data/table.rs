//! What was read: named columns of numbers, and beside them the label, the ids and what was left out and why.

/// A column that the network may use. Missing values are NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Header, sanitised.
    pub name: String,
    /// One value per row.
    pub values: Vec<f64>,
}

/// The truth about each row, for judging a ranking; never trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Header, sanitised.
    pub name: String,
    /// Whether each row is an outlier.
    pub outlier: Vec<bool>,
}

/// Names for rows, shown beside the row number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// Header, sanitised.
    pub name: String,
    /// The text of each row as the file has it; sanitise before showing.
    pub values: Vec<String>,
}

/// A table in memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Where it came from, sanitised.
    pub name: String,
    /// Number of data rows.
    pub rows: usize,
    /// Columns of the file, those left out included.
    pub file_columns: usize,
    /// Number of each row among the data rows of the file, 1 = first; none while every row of the file is here.
    pub numbers: Option<Vec<u32>>,
    /// The columns in use, in file order.
    pub columns: Vec<Column>,
    /// The label column, if there is one.
    pub label: Option<Label>,
    /// The id column, if one was named.
    pub ids: Option<Ids>,
    /// What the user should know about the reading, a sentence each.
    pub notices: Vec<String>,
}

impl Table {
    /// The number of a row among the data rows of the file, 1 = first.
    pub fn number(&self, row: usize) -> u32 {
        self.numbers
            .as_ref()
            .map_or(row as u32 + 1, |numbers| numbers[row])
    }
}

/// The names in a sentence: all of a few, the first of many.
pub fn name_list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let count = names.len();
    let list = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if count > SHOWN {
        format!("{list} and {} more", count - SHOWN)
    } else {
        list
    }
}
