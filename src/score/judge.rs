//! What makes the score of a row that was not learned from: the networks, the random rows that it is held against, or both, as
//! the scores of the table were made that was learned from. The same row has the same score, to the bit.

use std::sync::Arc;

use crate::data::matrix::Matrix;
use crate::score::jury::Jury;
use crate::score::lesinn::Lesinn;
use crate::score::ranking::By;

/// Scores rows.
pub struct Judge {
    /// The networks.
    pub jury: Jury,
    /// The random rows, where they have a say.
    pub lesinn: Option<Arc<Lesinn>>,
    /// Who has a say. Never their disagreement, which is known of a whole table only.
    by: By,
}

impl Judge {
    /// Of networks alone.
    pub fn of(jury: Jury) -> Self {
        Self {
            jury,
            lesinn: None,
            by: By::Network,
        }
    }

    /// Of whatever `by` says; of networks alone where there are no random rows.
    pub fn new(jury: Jury, lesinn: Option<Arc<Lesinn>>, by: By) -> Self {
        let by = match (by, &lesinn) {
            (By::Lesinn | By::Both, Some(_)) => by,
            _ => By::Network,
        };
        Self { jury, lesinn, by }
    }

    /// Who has a say.
    pub fn by(&self) -> By {
        self.by
    }

    /// The scores of some row-major rows, whose ascending numbers tell which rows of the table they may be.
    pub fn score(&self, rows: &[f32], numbers: impl Fn() -> Vec<usize>) -> Vec<f32> {
        self.made_of(
            || self.jury.score(rows),
            |lesinn| lesinn.score(rows, &numbers()),
        )
    }

    /// The scores of all rows of a table; of windows, each row has the mean over those that hold it.
    pub fn table(&self, data: &Matrix) -> Vec<f32> {
        self.made_of(|| self.jury.table(data), |lesinn| lesinn.table(data))
    }

    fn made_of(
        &self,
        network: impl FnOnce() -> Vec<f32>,
        other: impl FnOnce(&Lesinn) -> Vec<f32>,
    ) -> Vec<f32> {
        match (self.by, &self.lesinn) {
            (By::Lesinn, Some(lesinn)) => other(lesinn),
            (By::Both, Some(lesinn)) => {
                let (mut scores, others) = (network(), other(lesinn));
                for (score, other) in scores.iter_mut().zip(others) {
                    *score = f32::midpoint(*score, other);
                }
                scores
            }
            _ => network(),
        }
    }

    /// The same for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            jury: self.jury.fork(),
            lesinn: self.lesinn.clone(),
            by: self.by,
        }
    }
}
