//! How far rows are from what the network makes of them, one number for each, as both lie in panels.

use std::array;

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
    pub weights: &'a Weights,
    /// One for each of the first rows.
    pub found: &'a mut [f32],
}

/// What each feature weighs, with zeros to the end of the last panel.
pub struct Weights {
    features: usize,
    padded: Vec<f64>,
}

impl Weights {
    /// For panels of so many columns.
    pub fn new(weights: &[f32], width: usize) -> Self {
        let mut padded = vec![0.0; weights.len().next_multiple_of(width)];
        for (padded, weight) in padded.iter_mut().zip(weights) {
            *padded = f64::from(*weight);
        }
        Self {
            features: weights.len(),
            padded,
        }
    }
}

impl Job for Errors<'_> {
    type Output = ();

    /// The sums of as many rows as are summed abreast lie turned, so that they come together a vector at a time.
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) {
        let features = self.weights.features as f64;
        for (block, found) in self.found.chunks_mut(ABREAST).enumerate() {
            let mut turned = [[0.0; ABREAST]; ABREAST];
            for row in 0..found.len() {
                let place = (block * ABREAST + row) * VECTORS * S::F32_LANES;
                let sums = sums(place, self.original, self.rebuilt, self.weights);
                for lane in 0..ABREAST {
                    turned[lane][row] = sums[lane];
                }
            }
            let mut totals = [0.0; ABREAST];
            for sums in &turned {
                for (total, sum) in totals.iter_mut().zip(sums) {
                    *total += sum;
                }
            }
            for (slot, total) in found.iter_mut().zip(totals) {
                *slot = (total / features) as f32;
            }
        }
    }
}

/// The weighted squares of the row at this place of every panel, summed abreast.
#[inline(always)]
fn sums(place: usize, original: &Panels, rebuilt: &Panels, weights: &Weights) -> [f64; ABREAST] {
    let (mut sums, mut left) = ([0.0; ABREAST], weights.features);
    let width = original.width;
    for (panel, weights) in weights.padded.chunks_exact(width).enumerate() {
        let x = original.panel(panel)[place..][..width].as_chunks().0;
        let y = rebuilt.panel(panel)[place..][..width].as_chunks().0;
        let weights = weights.as_chunks().0;
        let whole = (left / ABREAST).min(width / ABREAST);
        for ((x, y), weights) in x.iter().zip(y).zip(weights).take(whole) {
            add(&mut sums, x, y, weights);
        }
        left -= whole * ABREAST;
        if left > 0 && whole < width / ABREAST {
            // What is padded weighs nothing, but what weighs nothing may be infinite.
            let used = |lane: usize| if lane < left { y[whole][lane] } else { 0.0 };
            add(&mut sums, &x[whole], &array::from_fn(used), &weights[whole]);
        }
    }
    sums
}

#[inline(always)]
fn add(
    sums: &mut [f64; ABREAST],
    x: &[f32; ABREAST],
    y: &[f32; ABREAST],
    weights: &[f64; ABREAST],
) {
    for lane in 0..ABREAST {
        let error = f64::from(x[lane] - y[lane]);
        sums[lane] += weights[lane] * error * error;
    }
}
