//! A network held still, and what its errors say about every row.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use std::sync::Arc;
use std::thread;

use pulp::Arch;

use crate::data::matrix::Matrix;
use crate::score::error::{ErrorMeasure, contributions, error};
use crate::score::median::median_or_one;

/// A network that only rebuilds.
pub trait Reconstruct: Send {
    /// Rebuilds row-major `rows`; the result has the same shape and is in scaled units.
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32>;

    /// The code of row-major `rows`: what the narrowest layer makes of them, row-major too. Empty where that cannot be told.
    fn encode(&self, _rows: &[f32]) -> Vec<f32> {
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
/// From so many rows on, copies of the network are worth their memory and their making.
const SHARED_ROWS: usize = 16_384;

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
        let (weights, scores) = match measure {
            ErrorMeasure::Mse => {
                let weights = measure.fit(&[], data.columns());
                let scores = errors(&*network, &weights, data);
                (weights, scores)
            }
            ErrorMeasure::Robust => {
                let sampled = sample_errors(&*network, data);
                let weights = measure.fit(&sampled, data.columns());
                // Where all rows are in the sample, they need not be rebuilt again.
                let scores = if sampled.len() == data.rows() * data.columns() {
                    let rows = sampled.chunks_exact(data.columns());
                    rows.map(|errors| error(errors, &weights)).collect()
                } else {
                    errors(&*network, &weights, data)
                };
                (weights, scores)
            }
        };
        let mut scores = data.per_row(scores);
        let median = median_or_one(&scores);
        for score in &mut scores {
            *score = (f64::from(*score) / median) as f32;
        }
        (
            Self {
                network,
                weights,
                median,
                identity: Arc::default(),
            },
            scores,
        )
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
        let features = self.weights.len();
        let (mut scores, mut apart) = (Vec::with_capacity(rows.len() / features), Vec::new());
        for rows in rows.chunks(CHUNK * features) {
            let rebuilt = self.network.reconstruct(rows);
            let pairs = rows
                .chunks_exact(features)
                .zip(rebuilt.chunks_exact(features));
            scores.extend(pairs.map(|(row, rebuilt)| {
                differ(&mut apart, row, rebuilt);
                (f64::from(error(&apart, &self.weights)) / self.median) as f32
            }));
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
        let features = self.weights.len();
        let rebuilt = self.network.reconstruct(rows);
        let pairs = rows
            .chunks_exact(features)
            .zip(rebuilt.chunks_exact(features));
        let see = |(row, rebuilt): (&[f32], &[f32])| Seen {
            reconstruction: rebuilt.to_vec(),
            parts: contributions(row, rebuilt, &self.weights)
                .map(|part| part / self.median)
                .collect(),
        };
        pairs.map(see).collect()
    }
}

/// The error of every row. Of many rows each thread of the network takes its own, with its own copy of the network.
fn errors(network: &dyn Reconstruct, weights: &[f32], data: &Matrix) -> Vec<f32> {
    let mut errors = vec![0.0; data.rows()];
    let threads = network.threads();
    if threads == 1 || data.rows() < SHARED_ROWS {
        errors_from(0, &mut errors, network, weights, data);
        return errors;
    }
    let part = data.rows().div_ceil(threads).next_multiple_of(CHUNK);
    thread::scope(|scope| {
        for (turn, errors) in errors.chunks_mut(part).enumerate() {
            let network = network.fork();
            scope.spawn(move || errors_from(turn * part, errors, &*network, weights, data));
        }
    });
    errors
}

/// The errors of the rows from `first` on.
fn errors_from(
    first: usize,
    errors: &mut [f32],
    network: &dyn Reconstruct,
    weights: &[f32],
    data: &Matrix,
) {
    let (width, mut buffer, mut apart) = (data.columns(), Vec::new(), Vec::new());
    for (turn, errors) in errors.chunks_mut(CHUNK).enumerate() {
        let rows = data.block(first + turn * CHUNK, errors.len(), &mut buffer);
        let rebuilt = network.reconstruct(rows);
        let pairs = rows.chunks_exact(width).zip(rebuilt.chunks_exact(width));
        Arch::new().dispatch(|| {
            for (slot, (row, rebuilt)) in errors.iter_mut().zip(pairs) {
                differ(&mut apart, row, rebuilt);
                *slot = error(&apart, weights);
            }
        });
    }
}

/// What a network gets wrong of a row, feature by feature.
#[inline(always)]
fn differ(apart: &mut Vec<f32>, row: &[f32], rebuilt: &[f32]) {
    apart.resize(row.len(), 0.0);
    for (apart, (x, y)) in apart.iter_mut().zip(row.iter().zip(rebuilt)) {
        *apart = x - y;
    }
}

fn sample_errors(network: &dyn Reconstruct, data: &Matrix) -> Vec<f32> {
    let stride = data.rows().div_ceil(FITTED_ROWS);
    let chosen: Vec<usize> = (0..data.rows()).step_by(stride).collect();
    let mut errors = Vec::with_capacity(chosen.len() * data.columns());
    let mut rows = Vec::with_capacity(CHUNK * data.columns());
    for chunk in chosen.chunks(CHUNK) {
        data.gather(chunk.iter().copied(), &mut rows);
        errors.extend(
            rows.iter()
                .zip(network.reconstruct(&rows))
                .map(|(x, y)| x - y),
        );
    }
    errors
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
