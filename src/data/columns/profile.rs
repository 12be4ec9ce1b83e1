//! A summary of a column of numbers: its range, its number of different values, its histogram.

mod short;

use hashbrown::HashSet;

use crate::data::columns::packed::Packed;

/// Different values are counted up to this many.
pub const COUNTED: usize = 100_000;
/// Bars of a histogram.
pub const BARS: usize = 24;

/// How many different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Distinct {
    /// The count, or a lower bound.
    pub count: usize,
    /// Whether there may be more.
    pub more: bool,
}

/// A summary of a column of numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// Least and greatest value.
    pub range: Option<(f64, f64)>,
    /// Different values.
    pub distinct: Distinct,
    /// Whether every value is 0 or 1.
    pub binary: bool,
    /// Whether every value is whole.
    pub whole: bool,
    /// Whether each value is one more than the one before.
    pub counts_up: bool,
}

impl Profile {
    /// Looks at every value.
    pub fn of(pieces: &[Packed]) -> Self {
        short::of(pieces).unwrap_or_else(|| Self::of_any(pieces))
    }

    fn of_any(pieces: &[Packed]) -> Self {
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut binary, mut whole, mut counts_up) = (true, true, true);
        let mut values = HashSet::new();
        let mut before: Option<f64> = None;
        for piece in pieces {
            piece.for_each(|value| {
                if value.is_nan() {
                    counts_up = false;
                    return;
                }
                min = min.min(value);
                max = max.max(value);
                binary = binary && (value == 0.0 || value == 1.0);
                whole = whole && value.fract() == 0.0;
                counts_up = counts_up && before.is_none_or(|before| value == before + 1.0);
                if values.len() <= COUNTED && before != Some(value) {
                    // Both zeros are one value.
                    values.insert((value + 0.0).to_bits());
                }
                before = Some(value);
            });
        }
        let count = values.len().min(COUNTED);
        Self {
            range: before.map(|_| (min, max)),
            distinct: Distinct {
                count,
                more: values.len() > COUNTED,
            },
            binary: binary && before.is_some(),
            whole,
            counts_up,
        }
    }

    /// Whether no two values are equal, among `present`.
    pub fn is_unique(&self, present: usize) -> bool {
        self.counts_up || (!self.distinct.more && self.distinct.count == present)
    }

    /// How many values lie in each of [`BARS`] equal parts of the range.
    pub fn histogram(&self, pieces: &[Packed]) -> Vec<u32> {
        let Some((min, max)) = self.range.filter(|(min, max)| min < max) else {
            return Vec::new();
        };
        // Halves: max − min alone may overflow.
        let (low, width) = (min / 2.0, max / 2.0 - min / 2.0);
        let bar = |value: f64| {
            let bar = ((value / 2.0 - low) / width * BARS as f64) as usize;
            bar.min(BARS - 1)
        };
        short::histogram(pieces, bar).unwrap_or_else(|| {
            let mut bars = vec![0; BARS];
            for piece in pieces {
                piece.for_each(|value| {
                    if !value.is_nan() {
                        bars[bar(value)] += 1;
                    }
                });
            }
            bars
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn profile(values: &[f64]) -> (Profile, Vec<u32>) {
        let pieces = [Packed::new(values.to_vec())];
        let profile = Profile::of(&pieces);
        let bars = profile.histogram(&pieces);
        (profile, bars)
    }

    #[test]
    fn a_column_is_seen_at_a_glance() {
        let (seen, bars) = profile(&[3.0, f64::NAN, 4.0, 4.0, 27.0]);
        assert_eq!((seen.range, seen.distinct.count), (Some((3.0, 27.0)), 3));
        assert_eq!((bars[0], bars[1], bars[BARS - 1]), (1, 2, 1));
        assert!(seen.whole && !seen.binary && !seen.counts_up);
        assert!(profile(&[0.0, 1.0, -0.0]).0.binary);
        assert!(profile(&[5.0, 6.0, 7.0]).0.counts_up);
        assert_eq!(profile(&[f64::NAN]).0.range, None);
    }

    #[test]
    fn the_ends_of_f64_make_a_histogram() {
        let (_, bars) = profile(&[-1e308, 0.0, 1e308, 1e-320]);
        assert_eq!(bars.iter().sum::<u32>(), 4);
        let (seen, _) = profile(&(0..150_000).map(f64::from).collect::<Vec<_>>());
        assert!(seen.distinct.more && seen.is_unique(150_000));
    }

    proptest! {
        #[test]
        fn packed_or_not_the_summary_is_the_same(
            blocks in prop::collection::vec((prop::collection::vec(-120_i32..120, 0..40), 0..4, 0..4), 0..4),
            times in prop::sample::select(vec![1, 1_000_000]),
        ) {
            let block = |(values, places, gaps): &(Vec<i32>, i32, i32)| {
                let value = |value: &i32| match value % 7 {
                    0 if *gaps == 0 => f64::NAN,
                    _ => f64::from(value * times) / 10_f64.powi(*places),
                };
                values.iter().map(value).collect::<Vec<f64>>()
            };
            let blocks: Vec<Vec<f64>> = blocks.iter().map(block).collect();
            let short: Vec<Packed> = blocks.iter().map(|values| Packed::new(values.clone())).collect();
            let long: Vec<Packed> = blocks.into_iter().map(Packed::Long).collect();
            let (seen, other) = (Profile::of(&short), Profile::of_any(&long));
            // Of fractions the sum decides, which may be rounded.
            let counts_up = if other.whole { other.counts_up } else { seen.counts_up };
            prop_assert_eq!(&seen, &Profile { counts_up, ..other.clone() });
            prop_assert_eq!(seen.histogram(&short), other.histogram(&long));
        }
    }
}
