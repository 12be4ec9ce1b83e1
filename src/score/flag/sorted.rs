//! Scores from the highest down, sorted once for all rules: how many lie above a threshold, and where a cut can be made.

/// Scores in descending order, those that are not numbers last, as [`crate::score::order`] puts them.
#[derive(Debug, Clone, Copy)]
pub struct Sorted<'a> {
    all: &'a [f32],
    /// Rows that score beyond all measure; they come first.
    infinite: usize,
    /// The end of the finite scores.
    end: usize,
}

impl<'a> Sorted<'a> {
    /// Of scores that are in order.
    pub fn new(all: &'a [f32]) -> Self {
        let infinite = all.partition_point(|score| *score == f32::INFINITY);
        let finite = all[infinite..].partition_point(|score| score.is_finite());
        Self {
            all,
            infinite,
            end: infinite + finite,
        }
    }

    /// Rows, whatever they score.
    pub fn rows(self) -> usize {
        self.all.len()
    }

    /// The scores that are numbers.
    pub fn finite(self) -> &'a [f32] {
        &self.all[self.infinite..self.end]
    }

    /// Those, and before them the scores beyond all measure.
    pub fn scored(self) -> &'a [f32] {
        &self.all[..self.end]
    }

    /// Rows that score more.
    pub fn above(self, threshold: f64) -> usize {
        self.scored()
            .partition_point(|score| f64::from(*score) > threshold)
    }

    /// The threshold that leaves at most so many rows above it, and how many it leaves. Rows of one score are never split:
    /// those that would straddle the cut all stay below it.
    pub fn cut(self, most: usize) -> (f64, usize) {
        let score = |place: usize| f64::from(self.all[place]);
        let count = match most {
            // All that have a score.
            most if most >= self.end => self.end,
            most => self.above(score(most)),
        };
        let threshold = match count {
            0 if self.end == 0 => f64::INFINITY,
            0 => score(0),
            count if count == self.end && score(count - 1).is_finite() => {
                score(count - 1).next_down()
            }
            count if count == self.end => f64::from(f32::MAX),
            count if score(count - 1).is_finite() => f64::midpoint(score(count - 1), score(count)),
            count => score(count),
        };
        (threshold, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFINITY: f32 = f32::INFINITY;

    #[test]
    fn a_cut_leaves_as_many_rows_as_it_says_and_splits_no_tie() {
        let lists: [&[f32]; 7] = [
            &[],
            &[f32::NAN],
            &[3.0],
            &[2.0; 4],
            &[5.0, 4.0, 4.0, 4.0, 1.0, 1.0, 0.0],
            &[INFINITY, INFINITY, 7.0, 2.0, f32::NAN],
            &[INFINITY, INFINITY],
        ];
        for list in lists {
            let sorted = Sorted::new(list);
            for most in 0..=list.len() + 1 {
                let (threshold, count) = sorted.cut(most);
                assert!(count <= most, "{list:?}: {count} of at most {most}");
                assert_eq!(count, sorted.above(threshold), "{list:?} at {threshold}");
                let counted = list.iter().filter(|score| f64::from(**score) > threshold);
                assert_eq!(count, counted.count(), "{list:?} at {threshold}");
            }
        }
        let tied = Sorted::new(lists[4]);
        let counts: Vec<usize> = (0..=7).map(|most| tied.cut(most).1).collect();
        assert_eq!(counts, [0, 1, 1, 1, 4, 4, 6, 7]);
        assert_eq!(tied.cut(4).0, 2.5, "between the scores on either side");
    }
}
