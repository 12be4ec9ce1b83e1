//! Rows from the strangest to the most ordinary, and how they moved since the ranking before.

use crate::score::metrics::{average_precision, roc_auc};
use crate::score::threshold::threshold;

/// Most rows a [`Ranking`] lists. Nobody reads further, and it bounds what crosses to the screen.
pub const LISTED: usize = 10_000;

/// Since the ranking before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// There was no ranking before.
    First,
    /// Flagged now, not flagged before.
    New,
    /// Ranks climbed; negative: fallen; zero: the same rank.
    By(i64),
}

/// A row in its place; the place is its position in [`Ranking::rows`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// Reconstruction error in multiples of the median row's.
    pub score: f32,
    /// Since the ranking before.
    pub movement: Movement,
}

/// What the scores stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The network as it was at this step.
    Step(u64),
    /// The mean over the snapshots at these steps.
    Snapshots(Vec<u64>),
}

/// How well a ranking agrees with the label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Area under the ROC curve.
    pub roc_auc: f64,
    /// Average precision.
    pub average_precision: f64,
}

impl Quality {
    /// None where the label has only one class.
    pub fn judge(scores: &[f32], outlier: &[bool]) -> Option<Self> {
        Some(Self {
            roc_auc: roc_auc(scores, outlier)?,
            average_precision: average_precision(scores, outlier)?,
        })
    }
}

/// The rows in order of their score.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// What the scores stand on.
    pub basis: Basis,
    /// The first [`LISTED`] rows.
    pub rows: Vec<Ranked>,
    /// Number of rows ranked.
    pub total: usize,
    /// Score above which a row is flagged.
    pub threshold: f64,
    /// How many rows are.
    pub flagged: usize,
    /// Against the label, where there is one.
    pub quality: Option<Quality>,
}

/// Every row's place, kept to tell the next ranking's movements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    ranks: Vec<u32>,
    flagged: usize,
}

impl Places {
    /// The rank of a row, 0 = the strangest.
    pub fn rank(&self, row: u32) -> usize {
        self.ranks[row as usize] as usize
    }
}

/// Rows by descending score, ties by row number; a score that is not a number comes last.
pub fn order(scores: &[f32]) -> Vec<u32> {
    let key = |row: u32| {
        let score = scores[row as usize];
        if score.is_nan() {
            f32::NEG_INFINITY
        } else {
            score
        }
    };
    let mut rows: Vec<u32> = (0..scores.len() as u32).collect();
    rows.sort_unstable_by(|a, b| key(*b).total_cmp(&key(*a)).then(a.cmp(b)));
    rows
}

impl Ranking {
    /// Ranks `scores`, one per row, against the places `before`.
    pub fn new(
        scores: &[f32],
        basis: Basis,
        outlier: Option<&[bool]>,
        before: Option<&Places>,
    ) -> (Self, Places) {
        let order = order(scores);
        let threshold = threshold(scores);
        let is_flagged = |row: &u32| f64::from(scores[*row as usize]) > threshold;
        let flagged = order.iter().take_while(|row| is_flagged(row)).count();
        let movement = |row: u32, rank: usize| match before {
            None => Movement::First,
            Some(places) => {
                let was = places.rank(row);
                if rank < flagged && was >= places.flagged {
                    Movement::New
                } else {
                    Movement::By(was as i64 - rank as i64)
                }
            }
        };
        let ranked = |(rank, row): (usize, &u32)| Ranked {
            row: *row,
            score: scores[*row as usize],
            movement: movement(*row, rank),
        };
        let rows = order.iter().take(LISTED).enumerate().map(ranked).collect();
        let mut ranks = vec![0; order.len()];
        for (rank, row) in order.iter().enumerate() {
            ranks[*row as usize] = rank as u32;
        }
        let quality = outlier.and_then(|outlier| Quality::judge(scores, outlier));
        let ranking = Self {
            basis,
            rows,
            total: scores.len(),
            threshold,
            flagged,
            quality,
        };
        (ranking, Places { ranks, flagged })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_by_row_number_and_nan_comes_last() {
        assert_eq!(
            order(&[1.0, 3.0, f32::NAN, 3.0, f32::INFINITY]),
            [4, 1, 3, 0, 2]
        );
    }

    #[test]
    fn rows_are_flagged_above_the_threshold_and_judged_by_the_label() {
        let mut scores = vec![1.0, 1.1, 0.9, 1.0, 1.05, 0.95];
        scores[3] = 40.0;
        let outlier = [false, false, false, true, false, false];
        let (ranking, _) = Ranking::new(&scores, Basis::Step(7), Some(&outlier), None);
        assert_eq!(
            (
                ranking.flagged,
                ranking.rows[0].row,
                ranking.rows[0].movement
            ),
            (1, 3, Movement::First)
        );
        assert_eq!(
            ranking.quality,
            Some(Quality {
                roc_auc: 1.0,
                average_precision: 1.0
            })
        );
    }

    #[test]
    fn movements_tell_climbs_falls_and_newly_flagged_rows() {
        let calm: Vec<f32> = (0..20).map(|row| 1.0 + row as f32 / 100.0).collect();
        let (_, before) = Ranking::new(&calm, Basis::Step(1), None, None);
        let mut stirred = calm.clone();
        stirred[0] = 90.0; // last before, flagged now
        let (ranking, _) = Ranking::new(&stirred, Basis::Step(2), None, Some(&before));
        assert_eq!(
            (ranking.rows[0].row, ranking.rows[0].movement),
            (0, Movement::New)
        );
        assert_eq!(
            (ranking.rows[1].row, ranking.rows[1].movement),
            (19, Movement::By(-1))
        );
        let (again, _) = Ranking::new(
            &stirred,
            Basis::Step(3),
            None,
            Some(&Ranking::new(&stirred, Basis::Step(2), None, None).1),
        );
        assert!(
            again
                .rows
                .iter()
                .all(|ranked| ranked.movement == Movement::By(0))
        );
    }
}
