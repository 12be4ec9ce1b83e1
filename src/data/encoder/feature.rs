//! One feature: fitted to its values, and converted between original and scaled units.
//!
//! Statistics are computed in f64 on values divided by the column's largest magnitude, so that the square of 1e308 does not
//! overflow and that of 1e-300 does not vanish.

use crate::data::median::median;

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
