//! A network held still, and what its errors say about every row.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

mod errors;

use std::slice;
use std::sync::Arc;

use pulp::Arch;
use rayon::prelude::*;

use crate::data::matrix::Matrix;
use crate::score::error::{ErrorMeasure, contributions, error};
use crate::score::median::median_or_one;
use errors::{all_errors, differ, errors};

/// A network that only rebuilds.
pub trait Reconstruct: Send {
    /// Rebuilds row-major `rows`; the result has the same shape and is in scaled units.
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32>;

    /// The code of row-major `rows`: what the narrowest layer makes of them, row-major too. Empty where that cannot be told.
    fn encode(&self, _rows: &[f32]) -> Vec<f32> {
        Vec::new()
    }

    /// The error of each of row-major `rows` when features are weighed so, as [`error`] gives it: to the bit, since a row must
    /// score the same however many are looked at.
    fn errors(&self, rows: &[f32], weights: &[f32], errors: &mut [f32]) {
        let (width, mut apart) = (weights.len(), Vec::new());
        let rebuilt = self.reconstruct(rows);
        let pairs = rows.chunks_exact(width).zip(rebuilt.chunks_exact(width));
        Arch::new().dispatch(|| {
            for (slot, (row, rebuilt)) in errors.iter_mut().zip(pairs) {
                differ(&mut apart, row, rebuilt);
                *slot = error(&apart, weights);
            }
        });
    }

    /// Each layer's weights, row-major `[inputs, outputs]`, and its bias, as far as it has them, in the order of the data flow;
    /// empty where they cannot be had.
    fn numbers(&self) -> Vec<[Option<Vec<f32>>; 2]> {
        Vec::new()
    }

    /// The same network for another thread.
    fn fork(&self) -> Box<dyn Reconstruct>;

    /// How many threads it may take.
    fn threads(&self) -> usize {
        1
    }
}

/// Rows rebuilt in one call: enough to keep the kernels busy, few enough to stay in the cache.
const CHUNK: usize = 256;
/// Most rows whose errors decide the robust weights; of more rows, an even sample is taken.
const FITTED_ROWS: usize = 16_384;
/// Errors that are held at once where several networks look at the same rows.
const ROOM: usize = 1 << 25;

/// One look at the data through a network that no longer changes.
pub struct View {
    network: Box<dyn Reconstruct>,
    weights: Vec<f32>,
    median: f64,
    /// What tells one view from another.
    identity: Arc<()>,
}

/// A row as a [`View`] sees it.
pub struct Seen {
    /// The rebuilt row, in scaled units.
    pub reconstruction: Vec<f32>,
    /// Each feature's part of the score; their sum is the score.
    pub parts: Vec<f64>,
}

impl View {
    /// Looks at every row. The second value is the score of each row of the table: its error, or the mean over the windows that
    /// hold it, in multiples of the median row's.
    pub fn new(
        network: Box<dyn Reconstruct>,
        measure: ErrorMeasure,
        data: &Matrix,
    ) -> (Self, Vec<f32>) {
        let (weights, errors) = errors(slice::from_ref(&network), measure, data, &|_| {})
            .pop()
            .unwrap_or_default();
        Self::of(network, weights, errors, data)
    }

    /// Looks at every row through several networks, and tells `each` what [`View::new`] gives of one after the other. A row
    /// comes from memory once for all of them, or for as many as there is room for. Tells of rows as they are looked at.
    pub fn several(
        networks: Vec<Box<dyn Reconstruct>>,
        measure: ErrorMeasure,
        data: &Matrix,
        tell: &(dyn Fn(usize) + Sync),
        mut each: impl FnMut(Self, Vec<f32>),
    ) {
        let cells = data.rows() + data.rows().min(FITTED_ROWS) * data.columns();
        let at_once = (ROOM / cells.max(1)).max(1);
        let mut networks = networks.into_iter();
        loop {
            let some: Vec<_> = networks.by_ref().take(at_once).collect();
            if some.is_empty() {
                return;
            }
            let errors = errors(&some, measure, data, tell);
            let of = |(network, (weights, errors))| Self::of(network, weights, errors, data);
            let seen: Vec<_> = some.into_par_iter().zip(errors).map(of).collect();
            for (view, scores) in seen {
                each(view, scores);
            }
        }
    }

    /// A view with its features' weights, and what the errors of all rows that it learns from come to.
    fn of(
        network: Box<dyn Reconstruct>,
        weights: Vec<f32>,
        errors: Vec<f32>,
        data: &Matrix,
    ) -> (Self, Vec<f32>) {
        let mut scores = data.per_row(errors);
        let median = median_or_one(&scores);
        Arch::new().dispatch(|| {
            for score in &mut scores {
                *score = (f64::from(*score) / median) as f32;
            }
        });
        let view = Self {
            network,
            weights,
            median,
            identity: Arc::default(),
        };
        (view, scores)
    }

    /// What it is made of: the network, the features' weights and the median row's error.
    pub fn parts(&self) -> (&dyn Reconstruct, &[f32], f64) {
        (&*self.network, &self.weights, self.median)
    }

    /// The view that is made of these parts.
    pub fn restored(network: Box<dyn Reconstruct>, weights: Vec<f32>, median: f64) -> Self {
        Self {
            network,
            weights,
            median,
            identity: Arc::default(),
        }
    }

    /// The scores of all rows of a table, whether it is the one that was looked at or another: of windows, each row has the
    /// mean over those that hold it.
    pub fn table(&self, data: &Matrix) -> Vec<f32> {
        let (network, weights) = (
            slice::from_ref(&self.network),
            slice::from_ref(&self.weights),
        );
        let errors = all_errors(network, weights, data, &|_| {}).pop();
        let mut scores = data.per_row(errors.unwrap_or_default());
        for score in &mut scores {
            *score = (f64::from(*score) / self.median) as f32;
        }
        scores
    }

    /// The same for this view only, for as long as anybody holds it.
    pub fn identity(&self) -> Arc<()> {
        Arc::clone(&self.identity)
    }

    /// The code of row-major rows, row-major; empty where that cannot be told.
    pub fn encode(&self, rows: &[f32]) -> Vec<f32> {
        self.network.encode(rows)
    }

    /// The scores of some row-major rows, whether the table holds them or not.
    pub fn score(&self, rows: &[f32]) -> Vec<f32> {
        let mut scores = vec![0.0; rows.len() / self.weights.len()];
        let chunks = rows.chunks(CHUNK * self.weights.len());
        for (rows, scores) in chunks.zip(scores.chunks_mut(CHUNK)) {
            self.network.errors(rows, &self.weights, scores);
        }
        for score in &mut scores {
            *score = (f64::from(*score) / self.median) as f32;
        }
        scores
    }

    /// The same view for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            network: self.network.fork(),
            identity: Arc::clone(&self.identity),
            weights: self.weights.clone(),
            median: self.median,
        }
    }

    /// Looks at some row-major rows.
    pub fn look(&self, rows: &[f32]) -> Vec<Seen> {
        let mut seen = Vec::new();
        self.look_on(rows, 1.0, &mut seen);
        seen
    }

    /// Looks at some row-major rows and adds what it sees, counted so, to what other views saw of them; nothing so far where
    /// this is the first.
    pub fn look_on(&self, rows: &[f32], weight: f64, mean: &mut Vec<Seen>) {
        let features = self.weights.len();
        let rebuilt = self.network.reconstruct(rows);
        if mean.is_empty() {
            let nothing = || Seen {
                reconstruction: vec![0.0; features],
                parts: vec![0.0; features],
            };
            mean.extend(rebuilt.chunks_exact(features).map(|_| nothing()));
        }
        let pairs = rows
            .chunks_exact(features)
            .zip(rebuilt.chunks_exact(features));
        Arch::new().dispatch(|| {
            for (sum, (row, rebuilt)) in mean.iter_mut().zip(pairs) {
                for (sum, value) in sum.reconstruction.iter_mut().zip(rebuilt) {
                    *sum += value * weight as f32;
                }
                let parts = contributions(row, rebuilt, &self.weights);
                for (sum, part) in sum.parts.iter_mut().zip(parts) {
                    *sum += part / self.median * weight;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::median::median;

    /// Rebuilds everything as zero, so the error of a row is its distance from the origin.
    struct Zero;

    impl Reconstruct for Zero {
        fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
            vec![0.0; rows.len()]
        }

        fn fork(&self) -> Box<dyn Reconstruct> {
            Box::new(Self)
        }
    }

    fn data() -> Matrix {
        let rows = (0..600).flat_map(|row| {
            [
                1.0,
                (row as f32 * 0.7).sin(),
                if row == 417 { 50.0 } else { 1.0 },
            ]
        });
        Matrix::new(3, rows.collect())
    }

    #[test]
    fn the_median_row_scores_one_and_the_planted_row_most() {
        for measure in [ErrorMeasure::Mse, ErrorMeasure::Robust] {
            let (_, scores) = View::new(Box::new(Zero), measure, &data());
            assert!((median(&mut scores.clone()) - 1.0).abs() < 1e-6);
            assert_eq!(scores.iter().copied().fold(0.0, f32::max), scores[417]);
        }
    }

    #[test]
    fn a_row_s_parts_sum_to_its_score() {
        let data = data();
        let (view, scores) = View::new(Box::new(Zero), ErrorMeasure::Robust, &data);
        for row in [0, 300, 417] {
            let sum: f64 = view.look(data.row(row))[0].parts.iter().sum();
            assert!(
                (sum - f64::from(scores[row])).abs() < 1e-4 * sum,
                "row {row}: {sum} against {}",
                scores[row]
            );
        }
    }
}
