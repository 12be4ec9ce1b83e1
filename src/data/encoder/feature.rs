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
        let mut present: Vec<f64> = values
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        let (mut largest, mut min, mut max) = (f64::MIN_POSITIVE, f64::MAX, f64::MIN);
        for value in &present {
            largest = largest.max(value.abs());
            min = min.min(*value);
            max = max.max(*value);
        }
        let median = median(&mut present);
        drop(present);
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

/// The middle value, the mean of the middle two for an even count; reorders `values`, which must not be empty.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::MIN, f64::max);
    lower / 2.0 + upper / 2.0
}
