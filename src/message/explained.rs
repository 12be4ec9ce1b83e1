//! Why rows rank where they do: which rows the screen asks about, and what it is told of them.

use std::ops::Range;

use crate::score::ranking::By;

/// The part of the ranking that is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// First rank, 0 = the strangest row.
    pub first: usize,
    /// Number of ranks.
    pub count: usize,
    /// The row whose page is open.
    pub row: Option<u32>,
}

/// Ranks that are watched at once: more than any screen shows.
pub const WATCHED: usize = 96;

impl Default for Watch {
    /// The top of the ranking.
    fn default() -> Self {
        Self {
            first: 0,
            count: WATCHED,
            row: None,
        }
    }
}

/// Why rows rank where they do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explained {
    /// For the watched ranks, in their order.
    pub rows: Vec<Explanation>,
    /// The open row's page.
    pub page: Option<RowPage>,
}

/// Why one row ranks where it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// The column that contributes most, an index among those in use; all features of a column of words together.
    pub largest: u32,
    /// Its share of the score, 0 to 1.
    pub share: f32,
    /// What errs, the largest share first, three at the most.
    pub reasons: Vec<Reason>,
}

/// Columns that err together, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Which columns, or what happened to them: `operator`, `λ1203–1260`, `shifted up`.
    pub subject: String,
    /// More of it, to be written behind the subject: `: “x” instead of “y”`, `, 84 % of the columns`.
    pub detail: String,
    /// Indices among the columns in use.
    pub columns: Range<u32>,
    /// Share of the row's score, 0 to 1.
    pub share: f32,
}

impl Reason {
    /// The whole of it.
    pub fn text(&self) -> String {
        format!("{}{}", self.subject, self.detail)
    }
}

/// One row, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPage {
    /// Row index, 0 = first row in use.
    pub row: u32,
    /// What errs, the largest share first.
    pub reasons: Vec<Reason>,
    /// In the order of the columns in use.
    pub cells: Vec<Cell>,
    /// The series around it, where windows are learned.
    pub around: Option<Around>,
    /// Where it stands among all; none where the scores of a moment that is looked at were not kept.
    pub place: Option<Place>,
    /// What the other way of scoring says of it, once there is one.
    pub beside: Option<Beside>,
    /// The rows that the network takes for its like; none where it takes all rows for the same.
    pub nearest: Option<Nearest>,
}

/// Where a row stands among all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// 0 = the strangest.
    pub rank: u32,
    /// In multiples of the median row's.
    pub score: f32,
    /// Whether it is flagged.
    pub flagged: bool,
    /// Whether the rank is counted from how all scores are spread, and not exact.
    pub about: bool,
}

/// What the other way of scoring says of a row: `LeSiNN` where the network has a say in the ranking, else the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// Which it is.
    pub by: By,
    /// The row's rank by it, 0 = the strangest, and its score in multiples of the median row's; none where the scores of a
    /// moment that is looked at were not kept.
    pub standing: Option<(u32, f32)>,
    /// Which columns it stands on, the largest share first.
    pub reasons: Vec<Reason>,
}

/// The rows nearest to a row in the network's code.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Rows that were looked through: all, or evenly spaced ones.
    pub among: usize,
    /// Numbers of the code that are not the same for every row.
    pub numbers: usize,
    /// How far the nearest row of a row usually is; 1 is the distance between two rows taken at random.
    pub usual: f32,
    /// The columns that [`Neighbour::cells`] are of, those with the row's largest shares, as indices among the columns in use.
    pub columns: Vec<u32>,
    /// What the row itself holds in them.
    pub own: Vec<String>,
    /// The nearest first.
    pub rows: Vec<Neighbour>,
}

/// A row near another.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// Row index.
    pub row: u32,
    /// How far it is; 1 is the distance between two rows taken at random.
    pub distance: f32,
    /// Where it stands among all.
    pub place: Option<Place>,
    /// What the file says in some columns, sanitised; empty where it says nothing.
    pub cells: Vec<String>,
}

/// What a series did around a row, as far as the windows that hold it reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// The rows, in the order in which they were taken.
    pub rows: Vec<u32>,
    /// Which of them is the row itself.
    pub own: usize,
    /// In the order of the columns in use; none of words.
    pub courses: Vec<Option<Course>>,
}

/// A column of a series, in the file's units.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// What the file says.
    pub original: Vec<f64>,
    /// What the network makes of it, the mean over windows.
    pub rebuilt: Vec<f64>,
    /// Where it errs most.
    pub errs: Option<Range<usize>>,
}

/// One column of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What the file says, in its units; the median where it says nothing. Of words: 1 for the one that is there, or 0
    /// and 1 where there are two.
    pub original: f64,
    /// What the network makes of it, in the file's units.
    pub reconstruction: f64,
    /// Which of the column's words it is; none of numbers.
    pub level: Option<usize>,
    /// The file's own words, sanitised, where they can still be found, or where numbers say nothing.
    pub text: Option<String>,
    /// The word or the date that the network makes of it.
    pub rebuilt: Option<String>,
    /// Share of the row's score, 0 to 1.
    pub share: f32,
    /// Whether the file says nothing.
    pub missing: bool,
}
