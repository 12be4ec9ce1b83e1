//! What the user takes along: rows in a file or on the clipboard, and a page about the run.

use std::path::PathBuf;
use std::str::FromStr;

use super::{ColumnInfo, Judged, Point};

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Those whose score is above the threshold.
    Flagged,
    /// Every row of the table.
    All,
    /// So many from the strangest on.
    Top(usize),
    /// These, by their index, 0 = first data row.
    These(Vec<u32>),
}

impl FromStr for Rows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let top = |count: &str| count.parse().ok().filter(|count| *count > 0);
        match text.split_once(':') {
            None if text == "flagged" => Some(Self::Flagged),
            None if text == "all" => Some(Self::All),
            Some(("top", count)) => top(count).map(Self::Top),
            _ => None,
        }
        .ok_or_else(|| "expected flagged, all, or top:N such as top:50".into())
    }
}

/// What becomes of a cell that a spreadsheet would run as a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formulas {
    /// It stays as the file has it.
    #[default]
    Keep,
    /// An apostrophe before it makes it text.
    Quote,
}

impl FromStr for Formulas {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "keep" => Ok(Self::Keep),
            "quote" => Ok(Self::Quote),
            _ => Err("expected keep or quote".into()),
        }
    }
}

/// Rows to write to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The file; its ending says how.
    pub path: PathBuf,
    /// Which rows.
    pub rows: Rows,
    /// What becomes of cells that begin like a formula.
    pub formulas: Formulas,
    /// Whether a file of that name may be replaced.
    pub overwrite: bool,
}

/// What was learned, to write to a model file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// The file.
    pub path: PathBuf,
    /// Whether a file of that name may be replaced.
    pub overwrite: bool,
}

/// Rows for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Which rows.
    pub rows: Rows,
    /// What becomes of cells that begin like a formula.
    pub formulas: Formulas,
}

/// A cell for the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyCell {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// Column of the file.
    pub column: usize,
    /// What becomes of it if it begins like a formula.
    pub formulas: Formulas,
}

/// A page about the run to write to a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    /// The file.
    pub path: PathBuf,
    /// Whether a file of that name may be replaced.
    pub overwrite: bool,
    /// What the trainer does not know itself.
    pub story: Story,
}

/// What is known of a run besides what its trainer knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Story {
    /// The table's name, sanitised.
    pub name: String,
    /// Where the recipe started from.
    pub preset: String,
    /// The columns of the file.
    pub columns: Vec<ColumnInfo>,
    /// What the user should know about the reading.
    pub notices: Vec<String>,
    /// The training rows' loss over the steps, each the mean over an epoch.
    pub train: Vec<(f64, Point)>,
    /// The validation rows'.
    pub valid: Vec<(f64, Point)>,
    /// What the rankings were worth, in order.
    pub judged: Vec<Judged>,
    /// What was changed on the way, and after how many steps.
    pub changes: Vec<(u64, String)>,
}

/// How writing a file went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// It is under way; 0 to 100.
    Percent(u8),
    /// It is written; what was written, in a sentence.
    Done(String),
    /// Nothing was written, because there is a file of that name.
    Exists,
    /// Nothing was written; why, and what to do.
    Failed(String),
}

/// Rows ready for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// CSV with a header, or a cell as it stands in the file; empty where nothing can be copied.
    pub text: String,
    /// What was copied, in a sentence.
    pub sentence: String,
}
