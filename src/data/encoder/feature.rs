//! One feature: fitted to its values, and converted between original and scaled units.
//!
//! Statistics are computed in f64 on values near one, multiples of a power of two that is near the column's largest magnitude, so
//! that the square of 1e308 does not overflow and that of 1e-300 does not vanish.

use std::ops::Range;

use pulp::Arch;

use crate::data::columns::packed::{EIGHT, Packed};
use crate::data::encoder::fit;

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
    /// The mean over the rows it was fitted to, in original units.
    pub mean: f64,
    /// Their population standard deviation.
    pub sd: f64,
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

    /// Some of a piece's values in scaled units, the missing ones as the median; as many as there is room for.
    pub fn scale_all(&self, values: &Packed, rows: Range<usize>, scaled: &mut [f32]) {
        Arch::new().dispatch(|| {
            let (mut place, mut overflows) = (0, false);
            let mut scale = |cell: &mut f32, number: f64| {
                let number = if number.is_nan() { self.median } else { number };
                let distance = number - self.offset;
                overflows |= !distance.is_finite();
                *cell = (distance / self.scale) as f32;
            };
            values.for_each_eight_in(rows.clone(), |numbers| {
                let cells = &mut scaled[place..];
                let eight = numbers.as_array::<EIGHT>();
                if let (Some(numbers), Some(cells)) = (eight, cells.first_chunk_mut::<EIGHT>()) {
                    for lane in 0..EIGHT {
                        scale(&mut cells[lane], numbers[lane]);
                    }
                } else {
                    for (cell, number) in cells.iter_mut().zip(numbers) {
                        scale(cell, *number);
                    }
                }
                place += numbers.len();
            });
            if overflows {
                for (cell, row) in scaled.iter_mut().zip(rows.clone()) {
                    let number = values.get(row);
                    let number = if number.is_nan() { self.median } else { number };
                    *cell = self.transform(number) as f32;
                }
            }
        });
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
    pub fn fit(name: String, scaling: Scaling, values: &[Packed]) -> Self {
        let (min, max) = fit::range(values);
        let largest = min.abs().max(max.abs()).max(f64::MIN_POSITIVE);
        let median = fit::middle_of(values);
        let largest = power_of_two(largest);
        let shrink = 1.0 / largest;
        let filled = |value: f64| if value.is_nan() { median } else { value } * shrink;
        let rows = values.iter().map(Packed::len).sum::<usize>() as f64;
        let mean = fit::sum(values, filled) / rows;
        let variance = fit::sum(values, |value| {
            let distance = filled(value) - mean;
            distance * distance
        }) / rows;
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

/// The power of two below a positive number that is not subnormal, or one whose inverse is a number, too: a product with either
/// is exact.
fn power_of_two(number: f64) -> f64 {
    /// Where the exponent begins.
    const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
    f64::from_bits(number.to_bits() >> FRACTION << FRACTION)
}
