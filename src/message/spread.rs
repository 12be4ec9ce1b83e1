//! How the scores are spread: what the scores page shows.

use crate::score::flag::Flag;

/// All scores, and what each rule makes of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// From the highest down; those that are not numbers come last.
    pub descending: Vec<f32>,
    /// Outliers among the first 1, 2, 3 … rows by the label; empty without one.
    pub outliers: Vec<u32>,
    /// What each kind of rule would flag.
    pub each: Vec<Flag>,
}
