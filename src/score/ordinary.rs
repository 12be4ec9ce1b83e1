//! The scores of rows that are all ordinary, kept to say of another row how it compares with them.
//!
//! The first of them are kept one by one, those further down ever more thinly: a row is told how many score as high to within a
//! thousandth of their number.

use crate::format::group;

/// Scores kept one by one.
const EACH: u64 = 10_000;
/// From there on each that is kept stands for so large a part of the rows above it.
const PART: u64 = 1_000;

/// Ordinary rows by their scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordinary {
    /// Scores from the highest down …
    pub scores: Vec<f32>,
    /// … and how many rows score at least as high as each.
    pub above: Vec<u64>,
    /// All rows.
    pub rows: u64,
    /// Whether they were kept back from training; else they are those that were learned from.
    pub kept: bool,
}

impl Ordinary {
    /// Of scores from the highest down, each with the number of rows that have it; so many rows in all, of which those whose score
    /// is not a number come last.
    pub fn new(descending: impl Iterator<Item = (f32, u64)>, kept: bool) -> Self {
        let (mut scores, mut above) = (Vec::new(), Vec::new());
        let (mut rows, mut last) = (0, None);
        for (score, count) in descending {
            rows += count;
            if score.is_nan() {
                continue;
            }
            let thin = above.last().is_some_and(|kept: &u64| {
                *kept > EACH && rows - kept < kept / PART && last != Some(score)
            });
            last = Some(score);
            match (scores.last() == Some(&score), above.last_mut()) {
                (true, Some(above)) => *above = rows,
                _ if thin => {}
                _ => {
                    scores.push(score);
                    above.push(rows);
                }
            }
        }
        Self {
            scores,
            above,
            rows,
            kept,
        }
    }

    /// How many of the rows score at least as high.
    pub fn as_high(&self, score: f32) -> u64 {
        if score.is_nan() {
            return self.rows;
        }
        let place = self.scores.partition_point(|own| *own >= score);
        place.checked_sub(1).map_or(0, |last| self.above[last])
    }

    /// The share of ordinary rows that score as high, as far as these rows can tell: the p-value of a row's being ordinary. The row
    /// itself counts as one of them, so that it is never zero.
    pub fn p(&self, score: f32) -> f64 {
        (self.as_high(score) + 1) as f64 / (self.rows + 1) as f64
    }

    /// The scores with the number of rows that each stands for, from the highest down.
    pub fn steps(&self) -> impl Iterator<Item = (f32, u64)> {
        let before = std::iter::once(0).chain(self.above.iter().copied());
        let counts = self
            .above
            .iter()
            .zip(before)
            .map(|(above, before)| above - before);
        self.scores.iter().copied().zip(counts)
    }

    /// How many of the rows score more.
    pub fn more(&self, threshold: f64) -> u64 {
        let place = self
            .scores
            .partition_point(|own| f64::from(*own) > threshold);
        place.checked_sub(1).map_or(0, |last| self.above[last])
    }

    /// Their highest score; without rows there is nothing that is higher than they are.
    pub fn highest(&self) -> f32 {
        self.scores.first().copied().unwrap_or(f32::INFINITY)
    }

    /// How a row of this score compares with them, in words.
    pub fn beside(&self, score: f32) -> String {
        let (rows, called) = (group(self.rows), self.called());
        match self.as_high(score) {
            0 => format!("above all {rows} {called}"),
            1 => format!("1 of {rows} {called} scores as high"),
            count => format!("{} of {rows} {called} score as high", group(count)),
        }
    }

    /// What these rows are, in words.
    pub fn called(&self) -> &'static str {
        if self.kept {
            "ordinary rows kept back from training"
        } else {
            "training rows"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(scores: impl Iterator<Item = f32>) -> Ordinary {
        Ordinary::new(scores.map(|score| (score, 1)), true)
    }

    #[test]
    fn rows_that_score_as_high_are_counted() {
        let ordinary = each([9.0, 5.0, 5.0, 1.0].into_iter());
        let counts = [10.0, 9.0, 5.5, 5.0, 1.0, 0.0, f32::NAN].map(|score| ordinary.as_high(score));
        assert_eq!(counts, [0, 1, 1, 3, 4, 4, 4]);
        assert_eq!((ordinary.p(10.0), ordinary.p(5.0)), (0.2, 0.8));
        assert_eq!(
            [10.0, 9.0, 5.0, 0.0].map(|score| ordinary.more(score)),
            [0, 0, 1, 4]
        );
        assert_eq!(
            ordinary.beside(9.5),
            "above all 4 ordinary rows kept back from training"
        );
        assert_eq!(
            ordinary.beside(5.0),
            "3 of 4 ordinary rows kept back from training score as high"
        );
        let lost = each([2.0, f32::NAN].into_iter());
        assert_eq!((lost.rows, lost.as_high(3.0), lost.as_high(1.0)), (2, 0, 1));
        assert_eq!(
            ordinary.steps().collect::<Vec<_>>(),
            [(9.0, 1), (5.0, 2), (1.0, 1)]
        );
    }

    #[test]
    fn of_many_rows_the_count_is_right_to_a_thousandth() {
        let rows = 400_000_u32;
        let ordinary = each((0..rows).rev().map(|score| score as f32));
        assert!(ordinary.scores.len() < 16_000, "{}", ordinary.scores.len());
        for score in (0..rows).step_by(37) {
            let (counted, truth) = (ordinary.as_high(score as f32), u64::from(rows - score));
            assert!(
                counted <= truth && truth - counted <= truth / 1_000 + 1,
                "{score}: {counted} of {truth}"
            );
            assert!(truth > EACH || counted == truth);
        }
    }
}
