//! Rows that were scored elsewhere, counted and ranked as those of a pass are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::AtomicU32;

use super::top::Taking;
use super::{Kept, Outcome, Scored};

/// What is known of the rows so far.
pub struct Gathering {
    outcome: Outcome,
    top: BinaryHeap<Reverse<Kept>>,
    /// Most rows of the ranking that are kept.
    most: usize,
}

impl Scored {
    /// Rows that were scored elsewhere: their numbers, what they score, and where they are known their labels and names.
    pub fn elsewhere(
        numbers: Vec<u64>,
        scores: Vec<f32>,
        outliers: Vec<bool>,
        ids: Vec<String>,
    ) -> Self {
        Self {
            numbers,
            scores,
            outliers,
            ids,
            ..Self::default()
        }
    }
}

impl Gathering {
    /// No rows yet. Those are flagged that score more than `threshold`, and the `most` that score most are kept.
    pub fn new(threshold: f64, labelled: bool, most: usize) -> Self {
        Self {
            outcome: Outcome::new(threshold, labelled),
            top: BinaryHeap::new(),
            most,
        }
    }

    /// Takes rows; they come in the order of the file.
    pub fn take(&mut self, mut scored: Scored) {
        let keep = |row: usize| Kept {
            score: scored.scores[row],
            number: scored.numbers[row],
            start: 0,
            values: Vec::new(),
            missing: Vec::new(),
            outlier: scored.outliers.get(row).copied().unwrap_or(false),
            id: scored.ids.get(row).cloned().unwrap_or_default(),
        };
        let least = match self.top.peek() {
            _ if self.most == 0 => f32::INFINITY,
            Some(Reverse(last)) if self.top.len() == self.most => last.score,
            _ => f32::NEG_INFINITY,
        };
        let rows = (0..scored.scores.len()).filter(|row| scored.scores[*row] > least);
        scored.kept = rows.map(keep).collect();
        let taking = Taking {
            most: self.most,
            floor: &AtomicU32::new(0),
        };
        taking.take(scored, &mut self.top, &mut self.outcome);
    }

    /// All of them.
    pub fn finish(mut self) -> Outcome {
        self.outcome.rank(self.top);
        self.outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_scores_the_earlier_row_is_kept() {
        let mut gathering = Gathering::new(2.0, false, 2);
        for (number, score) in [(1, 1.0), (2, 3.0), (3, 3.0), (4, 3.0), (5, 0.5)] {
            gathering.take(Scored::elsewhere(
                vec![number],
                vec![score],
                Vec::new(),
                Vec::new(),
            ));
        }
        let outcome = gathering.finish();
        let top: Vec<u64> = outcome.top().iter().map(|kept| kept.number).collect();
        assert_eq!((top, outcome.flagged().0), (vec![2, 3], 3));
    }
}
