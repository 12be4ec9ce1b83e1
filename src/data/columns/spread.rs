//! How a column's values are spread: bins over the bulk, and what lies outside of it clumped at both ends, so that one extreme
//! value does not flatten all others.

/// Bins over the bulk of a column of numbers.
const BINS: usize = 20;
/// Share of the values beyond the bulk at each end.
const TAIL: f64 = 0.01;
/// The distance of the quartiles of a normal distribution in standard deviations.
const QUARTILES: f64 = 1.349;

/// How a column's values are spread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spread {
    /// Rows below the bulk, in each bin of it, and above it; or with each word.
    pub counts: Vec<u32>,
    /// Where the bulk of the numbers lies; none of words.
    pub bulk: Option<Bulk>,
}

/// Where the bulk of a column's numbers lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bulk {
    /// All but a hundredth at each end lie between this value …
    pub low: f64,
    /// … and this one.
    pub high: f64,
    /// Robust standard deviation: what the quartiles say, or where they are one the bulk, or where that is one all values.
    /// Zero where all are one.
    pub sd: f64,
}

impl Spread {
    /// Of words, given how many rows have each.
    pub fn of_words(counts: Vec<u32>) -> Self {
        Self { counts, bulk: None }
    }

    /// Of numbers, none of them missing; they are sorted.
    pub fn of_numbers(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let (Some(least), Some(greatest)) = (values.first(), values.last()) else {
            return Self::default();
        };
        let at = |share: f64| values[(share * (values.len() - 1) as f64).round() as usize];
        let (low, high) = (at(TAIL), at(1.0 - TAIL));
        // Halves: the distance of two values alone may overflow.
        let apart = |from: f64, to: f64, sds: f64| (to / 2.0 - from / 2.0) / sds * 2.0;
        let widths = [
            apart(at(0.25), at(0.75), QUARTILES),
            apart(low, high, 2.0 * 2.326),
            apart(*least, *greatest, 6.0),
        ];
        let sd = widths.into_iter().find(|sd| *sd > 0.0).unwrap_or(0.0);
        let bins = if low < high { BINS } else { 1 };
        let mut spread = Self {
            counts: vec![0; bins + 2],
            bulk: Some(Bulk { low, high, sd }),
        };
        for value in values {
            let bin = spread.bin(value);
            spread.counts[bin.unwrap_or(0)] += 1;
        }
        spread
    }

    /// The place among [`Spread::counts`] of a number.
    pub fn bin(&self, value: f64) -> Option<usize> {
        let Bulk { low, high, .. } = self.bulk?;
        let last = self.counts.len() - 1;
        Some(match value {
            value if value.is_nan() => return None,
            value if value < low => 0,
            value if value > high => last,
            _ if low == high => 1,
            value => {
                let place = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
                1 + ((place * (last - 1) as f64) as usize).min(last - 2)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_extreme_value_does_not_flatten_the_rest() {
        let mut values: Vec<f64> = (0..1_000).map(f64::from).collect();
        values.push(1e12);
        let spread = Spread::of_numbers(values);
        assert_eq!(spread.counts.iter().sum::<u32>(), 1_001);
        assert_eq!((spread.counts[0], spread.counts[BINS + 1]), (10, 10));
        assert!(
            spread.counts[1..=BINS]
                .iter()
                .all(|count| (45..55).contains(count))
        );
        let bulk = spread.bulk.unwrap();
        assert_eq!((bulk.low, bulk.high), (10.0, 990.0));
        assert!((bulk.sd - 370.6).abs() < 1.0, "{}", bulk.sd);
        let bins = [-5.0, 10.0, 990.0, 1e12].map(|value| spread.bin(value));
        assert_eq!(bins, [Some(0), Some(1), Some(BINS), Some(BINS + 1)]);
        assert_eq!(spread.bin(f64::NAN), None);
    }

    #[test]
    fn a_column_that_hardly_varies_has_a_bin_and_two_ends() {
        let mut values = vec![0.0; 999];
        values.push(3.0);
        let spread = Spread::of_numbers(values);
        assert_eq!(spread.counts, [0, 999, 1]);
        assert_eq!(spread.bulk.map(|bulk| bulk.sd), Some(0.5));
        assert_eq!(
            Spread::of_numbers(vec![7.0; 3]).bulk.map(|bulk| bulk.sd),
            Some(0.0)
        );
        assert_eq!(Spread::of_numbers(Vec::new()), Spread::default());
    }

    #[test]
    fn the_ends_of_f64_have_a_place() {
        let spread = Spread::of_numbers(vec![-1e308, 0.0, 1e308]);
        assert_eq!(spread.counts.iter().sum::<u32>(), 3);
        assert!(spread.bulk.unwrap().sd.is_finite());
    }
}
