//! The rows of a file that is larger than memory: how far scoring them has come, and what is known of them then.

use super::browsed::Filter;

/// Rows of the file that are to be read besides those that are here.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetch {
    /// The next ones of the ranking.
    Next,
    /// The first ones of the ranking that meet all of these conditions.
    Meeting(Vec<Filter>),
    /// The one with this id, or else this number, or, where it is no number, else the first with this in its id.
    Called(String),
}

/// How a pass through all rows goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Scoring {
    /// So many in a hundred are scored.
    Percent(u8),
    /// So many in a hundred were passed by in looking for rows.
    Fetching(u8),
    /// All are scored.
    Done(Whole),
    /// Rows were read besides.
    Fetched {
        /// Which were asked for.
        fetch: Fetch,
        /// How many there are of them in the file.
        count: usize,
        /// How many of those are here now: the first of the ranking.
        here: usize,
        /// The first of them as a row that is here.
        first: Option<u32>,
        /// All rows that are here now.
        whole: Whole,
    },
    /// It was broken off; what is known from before stays known.
    Stopped,
    /// Another run has begun: what was known is no longer.
    Forgotten,
    /// It cannot be done; why, and what to do.
    Failed(String),
}

/// The whole file, as far as the screen needs it. Its first rows that are not in the sample are called by the indices behind the
/// sample's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Whole {
    /// Rows of the file.
    pub rows: usize,
    /// Rows of the sample.
    pub sampled: usize,
    /// Rows of the ranking that can be looked at: the first so many.
    pub kept: usize,
    /// Rows of the sample, and those behind it that are among these: whatever is read besides, these are called as they are.
    pub fixed: usize,
    /// Rows that can be looked at besides, because they were asked for.
    pub besides: usize,
    /// Steps of training when they were scored.
    pub step: u64,
    /// The numbers of the rows behind the sample among the data rows of the file, 1 = first.
    pub numbers: Vec<u32>,
    /// Their names, sanitised, where rows have names.
    pub ids: Option<Vec<String>>,
    /// The truth about them, where there is a label.
    pub outlier: Option<Vec<bool>>,
}
