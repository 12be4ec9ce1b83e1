//! The rows of a file that is larger than memory: how far scoring them has come, and what is known of them then.

/// How scoring all rows goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Scoring {
    /// So many in a hundred are scored.
    Percent(u8),
    /// All are scored.
    Done(Whole),
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
    /// Rows of the ranking that can be looked at.
    pub kept: usize,
    /// Steps of training when they were scored.
    pub step: u64,
    /// The numbers of the rows behind the sample among the data rows of the file, 1 = first.
    pub numbers: Vec<u32>,
    /// Their names, sanitised, where rows have names.
    pub ids: Option<Vec<String>>,
    /// The truth about them, where there is a label.
    pub outlier: Option<Vec<bool>>,
}
