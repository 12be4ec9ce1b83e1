//! How the scores of more rows than memory holds are spread: they are counted in narrow parts of their range, and what is made
//! of the counts says how far it may be off.
//!
//! A part is all floats that agree in sign, exponent and the first 11 bits of the fraction, so it is 0.05 % of its score wide.

/// Bits of a float that are not looked at.
const IGNORED: u32 = 12;
/// Parts of the range of scores, which are never negative.
const PARTS: usize = 1 << (31 - IGNORED);

/// Counts of scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Rows in each part, from the least scores up.
    rows: Vec<u64>,
    /// Outliers among them; empty without a label.
    outliers: Vec<u64>,
    /// Rows whose score is not a number, and outliers among them: they rank last.
    lost: (u64, u64),
}

/// Rows of almost one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// In the middle of theirs.
    pub score: f32,
    /// How many they are.
    pub rows: u64,
    /// Outliers among them.
    pub outliers: u64,
}

/// A number that is known up to something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct About {
    /// The number.
    pub value: f64,
    /// The most that it can be off, either way.
    pub off: f64,
}

impl Distribution {
    /// Of no scores yet, with a label or without.
    pub fn new(labelled: bool) -> Self {
        Self {
            rows: vec![0; PARTS],
            outliers: if labelled { vec![0; PARTS] } else { Vec::new() },
            lost: (0, 0),
        }
    }

    /// Counts a row.
    pub fn add(&mut self, score: f32, outlier: bool) {
        if score.is_nan() {
            self.lost.0 += 1;
            self.lost.1 += u64::from(outlier);
            return;
        }
        let part = part(score);
        self.rows[part] += 1;
        if let Some(outliers) = self.outliers.get_mut(part) {
            *outliers += u64::from(outlier);
        }
    }

    /// Whether there is a label.
    pub fn is_labelled(&self) -> bool {
        !self.outliers.is_empty()
    }

    /// Rows, and outliers among them.
    pub fn total(&self) -> (u64, u64) {
        let rows: u64 = self.rows.iter().sum();
        let outliers: u64 = self.outliers.iter().sum();
        (rows + self.lost.0, outliers + self.lost.1)
    }

    /// Rows by their scores, from the highest down; those whose score is not a number are the last.
    pub fn steps(&self) -> impl Iterator<Item = Step> + Clone {
        let parts = self.rows.iter().enumerate().rev();
        let step = |(part, rows): (usize, &u64)| {
            (*rows > 0).then(|| Step {
                score: middle(part),
                rows: *rows,
                outliers: self.outliers.get(part).copied().unwrap_or(0),
            })
        };
        let (rows, outliers) = self.lost;
        let lost = (rows > 0).then_some(Step {
            score: f32::NAN,
            rows,
            outliers,
        });
        parts.filter_map(step).chain(lost)
    }

    /// Rows that score more than `threshold`, and outliers among them: of the part that it lies in a share is taken.
    pub fn above(&self, threshold: f64) -> (u64, u64) {
        let cut = part(threshold as f32);
        let more = |counts: &[u64]| {
            let whole: u64 = counts.iter().skip(cut + 1).sum();
            let [from, to] = [cut, cut + 1].map(|part| f64::from(edge(part)));
            let share = ((to - threshold) / (to - from)).clamp(0.0, 1.0);
            let part = counts.get(cut).map_or(0.0, |count| *count as f64 * share);
            whole + part.round() as u64
        };
        (more(&self.rows), more(&self.outliers))
    }

    /// The ranks of many scores.
    pub fn ranks(&self) -> Ranks {
        let mut above = vec![0; self.rows.len()];
        let mut sum = 0;
        for (above, rows) in above.iter_mut().zip(&self.rows).rev() {
            *above = sum;
            sum += rows;
        }
        Ranks {
            rows: self.rows.clone(),
            above,
            counted: sum,
        }
    }

    /// The area under the ROC curve; none where one of the two classes is empty. Of a row and an outlier in one part it is not
    /// known which scores more: they count half.
    pub fn roc_auc(&self) -> Option<About> {
        let (rows, outliers) = self.total();
        let (inliers, pairs) = (rows - outliers, outliers as f64 * (rows - outliers) as f64);
        if !self.is_labelled() || outliers == 0 || inliers == 0 {
            return None;
        }
        let (mut won, mut open, mut above) = (0.0, 0.0, 0);
        for step in self.steps() {
            let misses = step.rows - step.outliers;
            let below = inliers - above - misses;
            let half = step.outliers as f64 * misses as f64 / 2.0;
            won += step.outliers as f64 * below as f64 + half;
            // Scores that are not numbers are all alike.
            open += if step.score.is_nan() { 0.0 } else { half };
            above += misses;
        }
        Some(About {
            value: won / pairs,
            off: open / pairs,
        })
    }

    /// Average precision, between what it is with the outliers of each part before the others and behind them. None where
    /// there are none.
    pub fn average_precision(&self) -> Option<About> {
        let (_, outliers) = self.total();
        if !self.is_labelled() || outliers == 0 {
            return None;
        }
        let [mut best, mut worst] = [0.0, 0.0];
        let (mut hits, mut rows) = (0, 0);
        for step in self.steps() {
            let misses = step.rows - step.outliers;
            for hit in 1..=step.outliers {
                best += (hits + hit) as f64 / (rows + hit) as f64;
                worst += (hits + hit) as f64 / (rows + misses + hit) as f64;
            }
            hits += step.outliers;
            rows += step.rows;
        }
        let [best, worst] = [best, worst].map(|sum| sum / outliers as f64);
        Some(About {
            value: f64::midpoint(best, worst),
            off: (best - worst) / 2.0,
        })
    }
}

/// How many rows score more than others do.
pub struct Ranks {
    /// Rows in each part, from the least scores up.
    rows: Vec<u64>,
    /// Rows in the parts above each.
    above: Vec<u64>,
    /// Rows in all parts.
    counted: u64,
}

impl Ranks {
    /// The rank of a score, 0 = the highest: of the part that it lies in a share is taken.
    pub fn of(&self, score: f32) -> u64 {
        if score.is_nan() {
            return self.counted;
        }
        let part = part(score);
        let [from, to] = [part, part + 1].map(|part| f64::from(edge(part)));
        let share = ((to - f64::from(score)) / (to - from)).clamp(0.0, 1.0);
        self.above[part] + (self.rows[part] as f64 * share).round() as u64
    }
}

fn part(score: f32) -> usize {
    let positive = if score > 0.0 { score } else { 0.0 };
    (positive.to_bits() >> IGNORED) as usize
}

/// The least score of a part.
fn edge(part: usize) -> f32 {
    f32::from_bits((part as u32) << IGNORED)
}

fn middle(part: usize) -> f32 {
    let middle = f32::from_bits(((part as u32) << IGNORED) | (1 << (IGNORED - 1)));
    // Of what cannot be told from nothing, and of what is beyond all numbers.
    if part == 0 || middle.is_nan() {
        edge(part)
    } else {
        middle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::metrics::{average_precision, roc_auc};

    fn scores(rows: usize) -> (Vec<f32>, Vec<bool>) {
        let mut lot = 1_u64;
        let mut draw = || {
            lot = lot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (lot >> 40) as f32 / (1 << 24) as f32
        };
        let each = (0..rows).map(|_| {
            let outlier = draw() < 0.03;
            let score = -(draw() + 1e-6).ln() + if outlier { draw() * 3.0 } else { 0.0 };
            (score, outlier)
        });
        each.unzip()
    }

    #[test]
    fn what_the_counts_say_is_within_its_bounds() {
        let (scores, outlier) = scores(50_000);
        let mut counted = Distribution::new(true);
        for (score, outlier) in scores.iter().zip(&outlier) {
            counted.add(*score, *outlier);
        }
        let outliers = outlier.iter().filter(|is| **is).count() as u64;
        assert_eq!(counted.total(), (50_000, outliers));
        for (about, exact) in [
            (counted.roc_auc(), roc_auc(&scores, &outlier)),
            (
                counted.average_precision(),
                average_precision(&scores, &outlier),
            ),
        ] {
            let (about, exact) = (about.unwrap(), exact.unwrap());
            assert!(
                (about.value - exact).abs() <= about.off + 1e-12,
                "{about:?} {exact}"
            );
            assert!(about.off < 2e-3, "{about:?}");
        }
        for threshold in [0.01, 0.5, 1.0, 3.0, 8.0] {
            let exact = scores.iter().filter(|score| f64::from(**score) > threshold);
            let (exact, (about, _)) = (exact.count() as f64, counted.above(threshold));
            assert!(
                (about as f64 - exact).abs() <= 0.001 * exact + 60.0,
                "{threshold}"
            );
        }
        let ranks = counted.ranks();
        for score in [0.01, 0.5, 1.0, 3.0, 8.0_f32] {
            assert_eq!(ranks.of(score), counted.above(f64::from(score)).0);
        }
        let steps: Vec<Step> = counted.steps().collect();
        assert!(steps.windows(2).all(|pair| pair[0].score > pair[1].score));
    }

    #[test]
    fn odd_scores_have_their_place() {
        let mut counted = Distribution::new(true);
        for (score, outlier) in [
            (0.0, false),
            (f32::INFINITY, true),
            (f32::NAN, true),
            (1.0, false),
        ] {
            counted.add(score, outlier);
        }
        let steps: Vec<f32> = counted.steps().map(|step| step.score).collect();
        assert_eq!(steps[0], f32::INFINITY);
        assert_eq!(steps[2], 0.0);
        assert!(steps[3].is_nan());
        assert_eq!(
            counted.roc_auc().unwrap(),
            About {
                value: 0.5,
                off: 0.0
            }
        );
        let ranks = counted.ranks();
        let of = |score| ranks.of(score);
        assert_eq!([f32::NAN, 0.0, 2.0].map(of), [3, 3, 1]);
        assert_eq!(Distribution::new(false).roc_auc(), None);
    }
}
