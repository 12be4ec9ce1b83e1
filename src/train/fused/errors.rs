//! How far rows are from what the network makes of them, one number for each, as both lie in panels.

use pulp::Simd;

use super::panels::Panels;
use super::threads::Job;

/// Squares that are summed side by side. They and their order are those of [`error`](crate::score::error::error), to the bit.
const ABREAST: usize = 8;

/// The errors of some rows.
pub struct Errors<'a> {
    /// The rows.
    pub original: &'a Panels,
    /// What the network makes of them.
    pub rebuilt: &'a Panels,
    /// What each feature weighs.
    pub weights: &'a [f64],
    /// One for each of the first rows.
    pub found: &'a mut [f32],
}

impl Job for Errors<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) {
        let width = VECTORS * S::F32_LANES;
        let features = self.weights.len();
        let square = |x: f32, y: f32, weight: f64| {
            let error = f64::from(x - y);
            weight * error * error
        };
        for (row, slot) in self.found.iter_mut().enumerate() {
            let mut sums = [0.0; ABREAST];
            for (panel, weights) in self.weights.chunks(width).enumerate() {
                let place = row * width..row * width + weights.len();
                let x = &self.original.panel(panel)[place.clone()];
                let y = &self.rebuilt.panel(panel)[place];
                let (x, few_x) = x.as_chunks::<ABREAST>();
                let (y, few_y) = y.as_chunks::<ABREAST>();
                let (eights, few) = weights.as_chunks::<ABREAST>();
                for ((x, y), weights) in x.iter().zip(y).zip(eights) {
                    for (lane, sum) in sums.iter_mut().enumerate() {
                        *sum += square(x[lane], y[lane], weights[lane]);
                    }
                }
                // Only the last panel has any left.
                for (sum, ((x, y), weight)) in sums.iter_mut().zip(few_x.iter().zip(few_y).zip(few))
                {
                    *sum += square(*x, *y, *weight);
                }
            }
            *slot = (sums.iter().sum::<f64>() / features as f64) as f32;
        }
    }
}
