//! How the scores are spread: what the scores page shows.

use crate::score::flag::Flag;

/// All scores, and what each rule makes of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spread {
    /// From the highest down; those that are not numbers come last.
    pub descending: Vec<f32>,
    /// Rows among the first 1, 2, 3 … of these scores, where some stand for several; empty where each is one row's.
    pub rows: Vec<u64>,
    /// Outliers among the rows of the first 1, 2, 3 … scores by the label; empty without one.
    pub outliers: Vec<u32>,
    /// What each kind of rule would flag.
    pub each: Vec<Flag>,
}

impl Spread {
    /// Rows of the first so many scores.
    pub fn rows_of(&self, scores: usize) -> usize {
        match scores.checked_sub(1) {
            None => 0,
            Some(last) => self.rows.get(last).map_or(scores, |rows| *rows as usize),
        }
    }

    /// All rows.
    pub fn total(&self) -> usize {
        self.rows_of(self.descending.len())
    }

    /// Rows that score more.
    pub fn above(&self, threshold: f64) -> usize {
        let more = |score: &f32| f64::from(*score) > threshold;
        self.rows_of(self.descending.partition_point(more))
    }

    /// How many scores the first so many rows have.
    pub fn scores_of(&self, rows: usize) -> usize {
        if self.rows.is_empty() {
            return rows.min(self.descending.len());
        }
        self.rows.partition_point(|upto| *upto as usize <= rows)
    }
}
