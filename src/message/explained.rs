//! Why rows rank where they do: which rows the screen asks about, and what it is told of them.

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

/// The columns that contribute most to one row's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// Largest first.
    pub parts: Vec<Part>,
}

/// One column's share of a row's score; all features of a column of words together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Index among the columns in use.
    pub column: u32,
    /// 0 to 1.
    pub share: f32,
}

/// One row, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPage {
    /// Row index, 0 = first row in use.
    pub row: u32,
    /// In the order of the columns in use.
    pub cells: Vec<Cell>,
}

/// One column of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What the file says, in its units; the median where it says nothing. Of words: 1 for the one that is there, or 0
    /// and 1 where there are two.
    pub original: f64,
    /// What the network makes of it, in the file's units.
    pub reconstruction: f64,
    /// The file's own words, sanitised, where they can still be found, or where numbers say nothing.
    pub text: Option<String>,
    /// The word or the date that the network makes of it.
    pub rebuilt: Option<String>,
    /// Share of the row's score, 0 to 1.
    pub share: f32,
    /// Whether the file says nothing.
    pub missing: bool,
}
