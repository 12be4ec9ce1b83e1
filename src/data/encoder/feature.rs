//! One feature: fitted to its values, and converted between original and scaled units.
//!
//! Statistics are computed in f64 on values divided by the column's largest magnitude, so that the square of 1e308 does not
//! overflow and that of 1e-300 does not vanish.

/// How features are brought to a common scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// (x − mean) / population standard deviation
    ZScore,
    /// (x − min) / (max − min), in [0, 1]
    MinMax,
}

/// One fitted feature: a column of numbers, or one category of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The column's name, with the category if it stands for one; sanitised.
    pub name: String,
    /// What a missing value becomes, in original units.
    pub median: f64,
    /// Original units per scaled unit.
    pub scale: f64,
    /// The value that scales to zero.
    pub offset: f64,
    mean: f64,
    sd: f64,
}

impl Feature {
    /// From original to scaled units.
    pub fn transform(&self, value: f64) -> f64 {
        let distance = value - self.offset;
        // The distance between two values near the two ends of f64 may overflow.
        if distance.is_finite() {
            distance / self.scale
        } else {
            value / self.scale - self.offset / self.scale
        }
    }

    /// From scaled to original units.
    pub fn inverse(&self, scaled: f64) -> f64 {
        scaled * self.scale + self.offset
    }

    /// How many standard deviations a scaled value lies from the column's mean.
    pub fn z(&self, scaled: f64) -> f64 {
        (self.inverse(scaled) - self.mean) / self.sd
    }

    /// Fits to the values of all rows, NaN where one is missing.
    pub fn fit(name: String, scaling: Scaling, values: &[f64]) -> Self {
        let (min, max) = range(values);
        let largest = min.abs().max(max.abs()).max(f64::MIN_POSITIVE);
        let median = median(values);
        let filled = |value: f64| if value.is_nan() { median } else { value } / largest;
        let rows = values.len() as f64;
        let mean = values.iter().map(|value| filled(*value)).sum::<f64>() / rows;
        let variance = values
            .iter()
            .map(|value| (filled(*value) - mean).powi(2))
            .sum::<f64>()
            / rows;
        let (mean, sd) = (mean * largest, variance.sqrt() * largest);
        let (offset, scale) = match scaling {
            Scaling::ZScore => (mean, sd),
            // Halves first: max − min alone may overflow.
            Scaling::MinMax => (min, ((max / 2.0 - min / 2.0) * 2.0).min(f64::MAX)),
        };
        // A column may vary so little that its variance vanishes; then it is not scaled.
        let positive = |value: f64| if value > 0.0 { value } else { 1.0 };
        let (scale, sd) = (positive(scale), positive(sd));
        Self {
            name,
            median,
            scale,
            offset,
            mean,
            sd,
        }
    }
}

/// The least and the greatest value; NaN is none.
fn range(values: &[f64]) -> (f64, f64) {
    /// Values side by side.
    const LANES: usize = 8;
    let (mut least, mut greatest) = ([f64::MAX; LANES], [f64::MIN; LANES]);
    let (eights, rest) = values.as_chunks::<LANES>();
    // A comparison with NaN is false, so the lane keeps what it has.
    for eight in eights {
        for (lane, value) in eight.iter().enumerate() {
            least[lane] = if *value < least[lane] {
                *value
            } else {
                least[lane]
            };
            greatest[lane] = if *value > greatest[lane] {
                *value
            } else {
                greatest[lane]
            };
        }
    }
    // Of a number and NaN these take the number.
    let least = least.into_iter().chain(rest.iter().copied());
    let greatest = greatest.into_iter().chain(rest.iter().copied());
    (
        least.fold(f64::MAX, f64::min),
        greatest.fold(f64::MIN, f64::max),
    )
}

/// The middle value, the mean of the middle two for an even count; NaN is no value, and there must be another.
fn median(values: &[f64]) -> f64 {
    /// So many values, evenly spaced, show about where the middle is.
    const SHOWN: usize = 1_024;
    /// How far from the middle of them, in places, the middle of all hardly ever is.
    const NEAR: usize = 64;
    let count = values.iter().filter(|value| !value.is_nan()).count();
    if count <= 8 * SHOWN {
        let mut present: Vec<f64> = values
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        return middle(&mut present, count / 2, count % 2 == 1);
    }
    let step = values.len() / SHOWN;
    let mut shown: Vec<f64> = values
        .iter()
        .step_by(step)
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    shown.sort_unstable_by(f64::total_cmp);
    let at = |place: usize| shown.get(place).copied();
    let low = at((shown.len() / 2).saturating_sub(NEAR)).unwrap_or(f64::MIN);
    let high = at(shown.len() / 2 + NEAR).unwrap_or(f64::MAX);
    // One pass counts the values below and keeps those near the middle (after Floyd and Rivest 1975, “Expected time bounds for
    // selection”).
    let (mut below, mut near) = (0, Vec::with_capacity(values.len() / 4));
    for value in values {
        below += usize::from(*value < low);
        if *value >= low && *value <= high {
            near.push(*value);
        }
    }
    let odd = count % 2 == 1;
    let first = count / 2 - usize::from(!odd);
    if below <= first && count / 2 < below + near.len() {
        return middle(&mut near, count / 2 - below, odd);
    }
    let mut present: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    middle(&mut present, count / 2, odd)
}

/// The value at a place in the order, or the mean of it and the one before where the count is even.
fn middle(values: &mut [f64], place: usize, odd: bool) -> f64 {
    let (below, upper, _) = values.select_nth_unstable_by(place, f64::total_cmp);
    let upper = *upper;
    if odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::MIN, f64::max);
    lower / 2.0 + upper / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_median_of_many_values_is_the_one_in_the_middle(seed in 0_u64..1_000, count in 8_180_usize..8_400, kinds in 1_u64..5_000, gaps in 2_u64..9) {
            let value = |row: u64| {
                let mixed = (row ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                if mixed % gaps == 1 { f64::NAN } else { (mixed % kinds) as f64 - 100.0 }
            };
            let values: Vec<f64> = (0..3 * count as u64).map(value).collect();
            let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            sorted.sort_by(f64::total_cmp);
            let middle = sorted.len() / 2;
            let expected = if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) };
            prop_assert_eq!(median(&values), expected);
        }
    }

    #[test]
    fn sorted_and_lopsided_values_have_their_median_too() {
        let rising: Vec<f64> = (0..30_001).map(f64::from).collect();
        assert_eq!(median(&rising), 15_000.0);
        // What is shown is all alike, and the middle lies elsewhere.
        let mut hidden = vec![5.0; 30_720];
        for (row, value) in hidden.iter_mut().enumerate() {
            if row % 30 != 0 {
                *value = row as f64;
            }
        }
        let mut sorted = hidden.clone();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(
            median(&hidden),
            f64::midpoint(sorted[15_359], sorted[15_360])
        );
    }
}
