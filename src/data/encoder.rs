//! [`Table`] → [`Matrix`] and back: fills gaps, scales, and returns to original units.
//!
//! Statistics are f64 and computed on values divided by the column's largest magnitude, so that neither 1e308 nor
//! 1e-300 overflows or vanishes in a square.

use crate::data::matrix::Matrix;
use crate::data::table::{Column, Table};

/// How a column becomes a feature of ordinary size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// (x − mean) / population standard deviation
    ZScore,
    /// (x − min) / (max − min), in [0, 1]
    MinMax,
}

/// One fitted column.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The column's name, sanitised.
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
        // Two values near the two ends of f64 lie further apart than f64 reaches.
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

    fn fit(column: &Column, scaling: Scaling) -> Self {
        let mut present: Vec<f64> = column
            .values
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        let largest = present
            .iter()
            .fold(f64::MIN_POSITIVE, |max, value| max.max(value.abs()));
        let median = median(&mut present);
        let filled = || {
            column
                .values
                .iter()
                .map(|value| if value.is_nan() { median } else { *value } / largest)
        };
        let count = column.values.len() as f64;
        let mean = filled().sum::<f64>() / count;
        let variance = filled().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let (mean, sd) = (mean * largest, variance.sqrt() * largest);
        let (min, max) = present.iter().fold((f64::MAX, f64::MIN), |(min, max), v| {
            (min.min(*v), max.max(*v))
        });
        let (offset, scale) = match scaling {
            Scaling::ZScore => (mean, sd),
            // Halves first: max − min alone may overflow.
            Scaling::MinMax => (min, ((max / 2.0 - min / 2.0) * 2.0).min(f64::MAX)),
        };
        // A column may vary by less than a square can hold; then it has no scale of its own.
        let positive = |value: f64| if value > 0.0 { value } else { 1.0 };
        let (scale, sd) = (positive(scale), positive(sd));
        Self {
            name: column.name.clone(),
            median,
            scale,
            offset,
            mean,
            sd,
        }
    }
}

/// Fitted on a [`Table`]; turns its rows into features and features back into original units.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    /// In the order of the matrix' columns.
    pub features: Vec<Feature>,
}

/// An encoded table.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// How it was encoded.
    pub encoder: Encoder,
    /// `[rows, features]`, scaled.
    pub matrix: Matrix,
    /// Cells that were missing, as (row, feature), sorted.
    pub missing: Vec<(u32, u32)>,
}

impl Encoded {
    /// Fits and encodes, column by column; each column's f64 values are given back as soon as they are encoded.
    pub fn new(columns: Vec<Column>, rows: usize, scaling: Scaling) -> Self {
        let width = columns.len();
        let mut matrix = Matrix::zeros(rows, width);
        let mut missing = Vec::new();
        let mut features = Vec::with_capacity(width);
        for (index, column) in columns.into_iter().enumerate() {
            let feature = Feature::fit(&column, scaling);
            let cells = matrix.values_mut().iter_mut().skip(index).step_by(width);
            for (row, (cell, value)) in cells.zip(&column.values).enumerate() {
                if value.is_nan() {
                    missing.push((row as u32, index as u32));
                }
                *cell = feature.transform(if value.is_nan() {
                    feature.median
                } else {
                    *value
                }) as f32;
            }
            features.push(feature);
        }
        missing.sort_unstable();
        Self {
            encoder: Encoder { features },
            matrix,
            missing,
        }
    }

    /// Encodes what `table` holds, leaving it without columns.
    pub fn from_table(table: &mut Table, scaling: Scaling) -> Self {
        Self::new(std::mem::take(&mut table.columns), table.rows, scaling)
    }

    /// Whether a cell was missing in the file.
    pub fn is_missing(&self, row: usize, feature: usize) -> bool {
        self.missing
            .binary_search(&(row as u32, feature as u32))
            .is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(values: &[f64], scaling: Scaling) -> Encoded {
        let column = Column {
            name: "x".into(),
            values: values.to_vec(),
        };
        Encoded::new(vec![column], values.len(), scaling)
    }

    #[test]
    fn zscore_has_mean_zero_and_population_sd_one() {
        let encoded = encode(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], Scaling::ZScore);
        let feature = &encoded.encoder.features[0];
        assert_eq!((feature.offset, feature.scale), (5.0, 2.0));
        assert_eq!(encoded.matrix.row(0), [-1.5]);
    }

    #[test]
    fn minmax_spans_zero_to_one_and_knows_z() {
        let encoded = encode(&[10.0, 20.0, 15.0, 15.0], Scaling::MinMax);
        assert_eq!(encoded.matrix.slice(0, 4), [0.0, 1.0, 0.5, 0.5]);
        let z = encoded.encoder.features[0].z(1.0);
        assert!((z - 2.0_f64.sqrt()).abs() < 1e-12, "{z}");
    }

    #[test]
    fn a_missing_value_becomes_the_median_and_is_remembered() {
        let encoded = encode(&[1.0, f64::NAN, 3.0, 8.0], Scaling::MinMax);
        assert_eq!(encoded.encoder.features[0].median, 3.0);
        assert_eq!(encoded.matrix.row(1), encoded.matrix.row(2));
        assert!(encoded.is_missing(1, 0) && !encoded.is_missing(2, 0));
    }

    #[test]
    fn extreme_values_stay_finite() {
        for scaling in [Scaling::ZScore, Scaling::MinMax] {
            for values in [
                [1e308, -1e308, 1.0, 2.0],
                [5e-324, 0.0, 0.0, 0.0],
                [1e300, 1e300, 1e300, 1.0],
            ] {
                let encoded = encode(&values, scaling);
                assert!(
                    encoded.matrix.slice(0, 4).iter().all(|x| x.is_finite()),
                    "{values:?} {scaling:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn the_inverse_leads_back(values in prop::collection::vec(-1e6..1e6_f64, 4..40)) {
            for scaling in [Scaling::ZScore, Scaling::MinMax] {
                let encoded = encode(&values, scaling);
                let feature = &encoded.encoder.features[0];
                for value in &values {
                    let back = feature.inverse(feature.transform(*value));
                    prop_assert!((back - value).abs() <= 1e-9 * (1.0 + value.abs()), "{value} came back as {back}");
                }
            }
        }
    }
}
