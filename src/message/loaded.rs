//! The table as far as the screen needs it, and what the user wants of its columns.

use crate::data::columns::kind::Kind;
use crate::data::columns::spread::Spread;
use crate::data::encoder::curve::Curve;
use crate::score::ranking::Quality;
use crate::score::reference::Reference;

/// What the user wants of the table instead of what the command line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The column of this name is to become something else.
    Column(String, Choice),
    /// Windows of so many rows are to be learned; of none, single rows.
    Window(Option<usize>),
}

/// What is to become of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is read as this kind.
    As(Kind),
    /// It is left out.
    Drop,
}

/// The table, as far as the screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Name, sanitised.
    pub name: String,
    /// Data rows.
    pub rows: usize,
    /// Rows of the file, where they are a sample of more than memory holds.
    pub of: Option<usize>,
    /// The columns of the file.
    pub columns: Vec<ColumnInfo>,
    /// Numbers of the rows in the file where some were skipped, 1 = first data row.
    pub numbers: Option<Vec<u32>>,
    /// Names of the columns in use, sanitised.
    pub features: Vec<String>,
    /// Features that the network gets from them: a column of words gives several.
    pub encoded: usize,
    /// The value of each column in use that scales to zero; 0 for words.
    pub offsets: Vec<f64>,
    /// Original units per scaled unit of each column in use; 1 for words.
    pub scales: Vec<f64>,
    /// How the values of each column in use are spread.
    pub spreads: Vec<Spread>,
    /// The windows, where they are learned instead of single rows.
    pub window: Option<InWindows>,
    /// Which columns in use form curves.
    pub curves: Vec<Curve>,
    /// Row names, sanitised, where an id column was named.
    pub ids: Option<Vec<String>>,
    /// The truth, where there is a label.
    pub outlier: Option<Vec<bool>>,
    /// What the user should know about the reading.
    pub notices: Vec<String>,
    /// The model that the rows are looked at through, where there is one.
    pub model: Option<Through>,
}

/// A model that rows are looked at through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// Its file, sanitised.
    pub file: String,
    /// Whether their scores are like those of its training.
    pub fits: bool,
}

/// Windows of rows that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InWindows {
    /// Rows of each.
    pub rows: usize,
    /// Rows from the beginning of one to that of the next.
    pub step: usize,
    /// How many there are.
    pub count: usize,
}

impl Loaded {
    /// What the network learns from: rows or windows.
    pub fn examples(&self) -> &'static str {
        match self.window {
            Some(_) => "windows",
            None => "rows",
        }
    }

    /// How many of these there are.
    pub fn count(&self) -> usize {
        self.window.map_or(self.rows, |window| window.count)
    }
}

/// What the scores without a network say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Referenced {
    /// How each agrees with the label; empty without one.
    pub quality: Vec<(Reference, Quality)>,
    /// Whether no row stands far from the rest.
    pub seems_local: bool,
}

impl ColumnInfo {
    /// Whether it says which rows are outliers.
    pub fn is_label(&self) -> bool {
        self.kind == Kind::Label
    }

    /// Its name, with the unit where one is known: `temp [degC]`.
    pub fn titled(&self) -> String {
        match &self.measure {
            Some(unit) => format!("{} [{unit}]", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether its values are written as numbers.
    pub fn holds_numbers(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Boolean | Kind::Label)
    }
}

/// A column of the file, as far as the screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnInfo {
    /// Name, sanitised.
    pub name: String,
    /// The unit that a row under the header names.
    pub measure: Option<String>,
    /// What it holds.
    pub kind: Kind,
    /// Whether the network learns from it.
    pub used: bool,
    /// Why, or what becomes of it.
    pub reason: String,
    /// Rows without a value.
    pub missing: usize,
    /// Different values.
    pub distinct: usize,
    /// Whether there may be more of them.
    pub more: bool,
    /// Least and greatest value, for the eye.
    pub range: Option<String>,
    /// A value, sanitised.
    pub example: String,
    /// Rows in equal parts of the range, or with each word.
    pub histogram: Vec<u32>,
}
