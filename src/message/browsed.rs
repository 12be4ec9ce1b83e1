//! The table as it is browsed: which rows in which order the screen asks for, and what they hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::explained::Reason;

/// What the rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// From the strangest on.
    #[default]
    Rank,
    /// As in the file.
    File,
    /// By what they hold in this column of the file; rows without a value come last either way.
    Column(usize),
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Any column of the file.
    Anything,
    /// This column of the file.
    Column(usize),
    /// The row's number in the file, 1 = first.
    Row,
    /// Its rank, 1 = the strangest.
    Rank,
    /// Its score, in multiples of the median row's.
    Score,
    /// 1 if it is flagged, else 0.
    Flagged,
    /// 1 if the label calls it an outlier, else 0.
    Label,
    /// 1 if the user marked it, else 0.
    Marked,
}

/// What must hold of the subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The text is somewhere in it, whatever the case.
    Contains(String),
    /// A regular expression matches it.
    Matches(String),
    /// It is this text, or this number.
    Is(String),
    /// It is not.
    IsNot(String),
    /// It is a number below, or equal to this one if that is said too.
    Below(f64, bool),
    /// It is a number above, or equal to this one if that is said too.
    Above(f64, bool),
}

/// A condition on rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// What it is about.
    pub subject: Subject,
    /// What must hold.
    pub test: Test,
    /// As the user typed it.
    pub typed: String,
}

/// Rows that the user has set apart.
pub type Apart = Arc<BTreeSet<u32>>;

/// Which rows, in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrangement {
    /// What they are ordered by.
    pub order: Order,
    /// The other way round.
    pub reversed: bool,
    /// All of these hold.
    pub filters: Vec<Filter>,
    /// Rows that the user marked.
    pub marked: Apart,
    /// Rows that are left out.
    pub hidden: Apart,
}

/// A part of the rows so arranged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ask {
    /// Which rows, in which order.
    pub arrangement: Arrangement,
    /// The first of them, counted from 0.
    pub first: usize,
    /// How many.
    pub count: usize,
    /// A row whose place among them is wanted besides.
    pub row: Option<u32>,
}

/// What is looked for among the arranged rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Seek {
    /// Where.
    pub arrangement: Arrangement,
    /// What.
    pub filter: Filter,
    /// The first place that is looked at, counted from 0; the search goes round.
    pub from: usize,
    /// Towards the beginning.
    pub backwards: bool,
}

/// What the screen asks of the browser.
#[derive(Debug, Clone, PartialEq)]
pub enum Browse {
    /// Show these rows, and again whenever they are ranked anew.
    Show(Ask),
    /// Find the next row.
    Seek(Seek),
    /// Nobody looks at the table any more.
    Rest,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// 0 = the strangest; none before the rows are ranked.
    pub rank: Option<u32>,
    /// Whether the rank is counted from how all scores are spread, and not exact.
    pub about: bool,
    /// In multiples of the median row's.
    pub score: f32,
    /// Whether it is flagged.
    pub flagged: bool,
    /// What the file says, column by column, sanitised; empty where it can't be found any more.
    pub cells: Vec<String>,
}

/// The rows that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Browsed {
    /// What was asked.
    pub asked: Ask,
    /// Rows that the filters leave.
    pub total: usize,
    /// The place of the row that was asked about, counted from 0; none where the filters leave it out.
    pub place: Option<usize>,
    /// The rows that were asked for.
    pub lines: Vec<Line>,
    /// Cells of a screen that the widest of them takes, column by column, long fractions rounded.
    pub widths: Vec<u16>,
    /// Why something is not as it was asked.
    pub problem: Option<String>,
}

/// Why a row that the table shows has its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Row index.
    pub row: u32,
    /// The largest first.
    pub reasons: Vec<Reason>,
    /// Every column's share in the score, 0 to 1, in the order of the columns in use.
    pub shares: Vec<f32>,
}
