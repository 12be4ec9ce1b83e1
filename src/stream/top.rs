//! The first rows of the ranking, as far as they are kept.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU32, Ordering as Memory};

use super::{Outcome, Scored};

/// Rows of the ranking that are kept.
const TOP: usize = 10_000;
/// Numbers that they may hold together.
const HELD: usize = 8 << 20;

/// A row that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// In multiples of the median row's.
    pub score: f32,
    /// Its number among the data rows of the file, 1 = first.
    pub number: u64,
    /// Where it begins in the stream.
    pub start: u64,
    /// Its features.
    pub values: Vec<f32>,
    /// Which of the encoder's columns are missing in it.
    pub missing: Vec<usize>,
    /// Whether it is an outlier, where there is a label.
    pub outlier: bool,
    /// What it is called; empty where no column names the rows.
    pub id: String,
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    /// The higher score is greater, and of one score the earlier row.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then(other.number.cmp(&self.number))
    }
}

/// Most rows of the ranking that are kept of a table of so many features.
pub fn kept(features: usize) -> usize {
    TOP.min(HELD / features.max(1)).max(1)
}

/// How the rows that are kept are chosen.
pub struct Taking<'a> {
    /// Most of them.
    pub most: usize,
    /// Bits of the least score among them once they are as many: other threads need not keep what scores no more.
    pub floor: &'a AtomicU32,
}

impl Taking<'_> {
    /// Takes rows.
    pub fn take(&self, scored: Scored, top: &mut BinaryHeap<Reverse<Kept>>, outcome: &mut Outcome) {
        outcome.count(&scored);
        for kept in scored.kept {
            // Rows come in order, so of one score the earlier is there already.
            if top.len() == self.most {
                if top
                    .peek()
                    .is_some_and(|Reverse(last)| kept.score <= last.score)
                {
                    continue;
                }
                top.pop();
            }
            top.push(Reverse(kept));
        }
        if let (true, Some(Reverse(last))) = (top.len() == self.most, top.peek()) {
            self.floor.store(last.score.to_bits(), Memory::Relaxed);
        }
    }
}
