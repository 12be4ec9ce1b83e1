//! `LeSiNN`, a score without a network: how far is a row from the closest of a few random rows?
//!
//! Pang, Ting and Albrecht, “`LeSiNN`: Detecting anomalies by identifying least similar nearest neighbours” (ICDM workshops
//! 2015): q(row) is the mean over T = 50 draws of ψ = 16 random rows of the distance to the nearest of them, the row itself
//! left out. The distance is the mean over features of squared differences of z-scores, so a row's score splits exactly
//! into features. Scores are in multiples of the median row's, like the network's, and can be added to them.
//!
//! The work is 800 distances a row, whatever the number of rows.

mod chunk;
mod draw;

use std::collections::HashMap;
use std::sync::Arc;

use pulp::Arch;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use crate::data::matrix::Matrix;
use crate::score::median::median_or_one;
use crate::score::standard::Standard;
use chunk::Chunk;
pub use draw::Draw;

/// Draws.
pub const DRAWS: usize = 50;
/// Rows of a draw.
pub const DRAWN: usize = 16;
/// Rows that one thread takes at once.
const CHUNK: usize = 256;
/// The stream of the seed that belongs to the draws; the first weights and the batches draw from others.
const DRAW_STREAM: u64 = 1 << 41;

/// The draws for one table, and what its median row scores.
pub struct Lesinn {
    standard: Arc<Standard>,
    draws: Vec<Draw>,
    median: f64,
}

impl Lesinn {
    /// Draws from `data` and scores every row of it, on the threads of the current pool. The same seed gives the same
    /// bits on any number of them.
    pub fn new(data: &Matrix, seed: u64) -> (Self, Vec<f32>) {
        Self::telling(data, Arc::new(Standard::fit(data)), seed, &|_| {})
    }

    /// The same by z-scores that are known, telling of rows as they are scored.
    pub fn telling(
        data: &Matrix,
        standard: Arc<Standard>,
        seed: u64,
        tell: &(dyn Fn(usize) + Sync),
    ) -> (Self, Vec<f32>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(DRAW_STREAM);
        let draws = (0..DRAWS)
            .map(|_| Draw::new(data, &standard, &mut rng))
            .collect();
        let mut lesinn = Self {
            standard,
            draws,
            median: 1.0,
        };
        let arch = Arch::new();
        let mut scores = vec![0.0; data.rows()];
        scores
            .par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, scores)| {
                lesinn.chunk(arch, (chunk * CHUNK, data), scores);
                tell(scores.len());
            });
        let mut scores = data.per_row(scores);
        lesinn.median = median_or_one(&scores);
        lesinn.divide(&mut scores);
        (lesinn, scores)
    }

    /// What was drawn before, and what its median row scored.
    pub fn restored(standard: Standard, draws: Vec<Draw>, median: f64) -> Self {
        Self {
            standard: Arc::new(standard),
            draws,
            median,
        }
    }

    /// What was drawn.
    pub fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// What the median row of the table scored that was drawn from.
    pub fn median(&self) -> f64 {
        self.median
    }

    /// The same, its rows called by their places among the rows of a table, which have these numbers; one that is none of them
    /// has no place.
    #[must_use]
    pub fn placed(&self, numbers: impl Iterator<Item = usize>) -> Self {
        let places: HashMap<usize, usize> = numbers.zip(0..).collect();
        let place = |number: &usize| places.get(number).copied().unwrap_or(usize::MAX);
        let draw = |draw: &Draw| Draw {
            rows: draw.rows.iter().map(place).collect(),
            features: draw.features.clone(),
        };
        Self {
            standard: self.standard.clone(),
            draws: self.draws.iter().map(draw).collect(),
            median: self.median,
        }
    }

    /// The scores of row-major rows of any table, whose ascending numbers are those of the drawn rows where they are these.
    pub fn score(&self, rows: &[f32], numbers: &[usize]) -> Vec<f32> {
        let (arch, features) = (Arch::new(), self.features());
        let mut scores = vec![0.0; numbers.len()];
        let rows = rows.chunks(CHUNK * features);
        let parts = scores.chunks_mut(CHUNK).zip(numbers.chunks(CHUNK));
        for (rows, (scores, numbers)) in rows.zip(parts) {
            arch.dispatch(Chunk {
                lesinn: self,
                rows,
                numbers,
                scores,
            });
        }
        self.divide(&mut scores);
        scores
    }

    /// The numbers of the drawn rows that a row cannot be told from: any of them may be the row itself.
    pub fn twins(&self, row: &[f32]) -> Vec<usize> {
        let z = row.iter().enumerate();
        let z: Vec<f32> = z
            .map(|(feature, value)| self.standard.z_of(feature, *value) as f32)
            .collect();
        let is_twin = |draw: &Draw, place: usize| {
            let pairs = z.iter().zip(&draw.features);
            let mut distances = pairs.map(|(z, drawn)| (z - drawn[place]) * (z - drawn[place]));
            distances.all(is_itself)
        };
        let mut twins: Vec<usize> = self
            .draws
            .iter()
            .flat_map(|draw| {
                let places = 0..draw.rows.len();
                let twins = places.filter(|place| is_twin(draw, *place));
                twins.map(|place| draw.rows[place])
            })
            .collect();
        twins.sort_unstable();
        twins.dedup();
        twins
    }

    /// The scores of all rows of a table, which are counted from 0 on; of windows, each row has the mean over those that hold it.
    pub fn table(&self, data: &Matrix) -> Vec<f32> {
        let arch = Arch::new();
        let mut scores = vec![0.0; data.rows()];
        scores
            .par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, scores)| self.chunk(arch, (chunk * CHUNK, data), scores));
        let mut scores = data.per_row(scores);
        self.divide(&mut scores);
        scores
    }

    /// Neighbouring rows of a table, from its row `first` on.
    fn chunk(&self, arch: Arch, (first, data): (usize, &Matrix), scores: &mut [f32]) {
        let rows = scores.len();
        let numbers: Vec<usize> = (first..first + rows).collect();
        arch.dispatch(Chunk {
            lesinn: self,
            rows: data.block(first, rows, &mut Vec::new()),
            numbers: &numbers,
            scores,
        });
    }

    fn divide(&self, scores: &mut [f32]) {
        for score in scores {
            *score = (f64::from(*score) / self.median) as f32;
        }
    }

    /// z-scores of row-major `rows`, as many rows to a group as there are lanes, the last filled up with zeros: each feature's
    /// in all rows of the group, feature after feature.
    fn groups(&self, rows: &[f32], lanes: usize) -> Vec<f32> {
        let features = self.features();
        let count = (rows.len() / features).div_ceil(lanes);
        let mut groups = vec![0.0; count * features * lanes];
        let parts = groups.chunks_exact_mut(features * lanes);
        for (group, rows) in parts.zip(rows.chunks(features * lanes)) {
            for (feature, cells) in group.chunks_exact_mut(lanes).enumerate() {
                let values = rows[feature..].iter().step_by(features);
                for (cell, value) in cells.iter_mut().zip(values) {
                    *cell = self.standard.z_of(feature, *value) as f32;
                }
            }
        }
        groups
    }

    /// The z-scores it measures in.
    pub fn standard(&self) -> &Standard {
        &self.standard
    }

    fn features(&self) -> usize {
        self.draws[0].features.len()
    }

    /// Each feature's part of the score of a row of `data`; their sum is the score, or what a window adds to it.
    pub fn parts(&self, data: &Matrix, row: usize) -> Vec<f64> {
        let z = self.standard.z(data.row(row));
        let z: Vec<f32> = z.map(|z| z as f32).collect();
        let mut parts = vec![0.0; z.len()];
        for draw in &self.draws {
            let Some(nearest) = draw.nearest(row, &z) else {
                continue;
            };
            for ((part, z), drawn) in parts.iter_mut().zip(&z).zip(&draw.features) {
                *part += f64::from(z - drawn[nearest]).powi(2);
            }
        }
        let whole = (DRAWS * z.len()) as f64 * self.median;
        for part in &mut parts {
            *part /= whole;
        }
        parts
    }
}

/// Whether a row so far from the drawn row of its number is this row, and not one of another table.
fn is_itself(distance: f32) -> bool {
    distance == 0.0 || distance.is_nan()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::median::median;
    use proptest::prelude::*;

    /// With no more rows than a draw holds, every draw is the whole table, and a row's score is the distance to its
    /// nearest neighbour. By hand: 0 1 2 7 have mean 2.5 and variance 7.25; their nearest are 1, 1, 1 and 5 away.
    #[test]
    fn a_small_table_is_scored_by_its_nearest_neighbours() {
        let data = Matrix::new(1, vec![0.0, 1.0, 2.0, 7.0]);
        let (lesinn, scores) = Lesinn::new(&data, 3);
        for (score, expected) in scores.iter().zip([1.0, 1.0, 1.0, 25.0]) {
            assert!((score - expected).abs() < 1e-5, "{scores:?}");
        }
        assert!((lesinn.median - 1.0 / 7.25).abs() < 1e-6);
    }

    #[test]
    fn one_row_has_no_neighbour_and_equal_rows_no_distance() {
        let scores = |values: Vec<f32>| Lesinn::new(&Matrix::new(1, values), 0).1;
        assert_eq!(scores(vec![4.0]), [0.0]);
        assert_eq!(scores(vec![4.0; 40]), [0.0; 40]);
    }

    fn table(rows: usize, columns: usize) -> Matrix {
        let value = |cell: usize| ((cell * cell + 7 * cell) as f32 * 0.137).sin();
        Matrix::new(columns, (0..rows * columns).map(value).collect())
    }

    /// The definition, a row and a draw at a time.
    fn naive(data: &Matrix, lesinn: &Lesinn, row: usize) -> f64 {
        let z = |row: usize| lesinn.standard.z(data.row(row)).collect::<Vec<f64>>();
        let distance = |other: usize| {
            let pairs = z(row).into_iter().zip(z(other));
            pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>() / data.columns() as f64
        };
        let nearest = |draw: &Draw| {
            let others = draw.rows.iter().filter(|other| **other != row);
            others
                .map(|other| distance(*other))
                .fold(f64::MAX, f64::min)
        };
        lesinn.draws.iter().map(nearest).sum::<f64>() / DRAWS as f64 / lesinn.median
    }

    #[test]
    fn scores_are_those_of_the_definition_and_the_median_row_s_is_one() {
        let data = table(611, 7);
        let (lesinn, scores) = Lesinn::new(&data, 5);
        assert!((median(&mut scores.clone()) - 1.0).abs() < 1e-6);
        let drawn = lesinn.draws[0].rows[0];
        for row in [0, 1, 255, 256, 610, drawn] {
            let (score, expected) = (f64::from(scores[row]), naive(&data, &lesinn, row));
            assert!(
                (score / expected - 1.0).abs() < 1e-4,
                "row {row}: {score} {expected}"
            );
        }
    }

    #[test]
    fn the_seed_alone_decides_and_the_threads_do_not() {
        let data = table(1_000, 5);
        let on = |threads: usize, seed| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| Lesinn::new(&data, seed).1)
        };
        assert_eq!(on(1, 7), on(3, 7));
        assert_ne!(on(1, 7), on(1, 8));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_score(rows in 2..60_usize, columns in 1..6_usize, seed in 0..9_u64) {
            let data = table(rows, columns);
            let (lesinn, scores) = Lesinn::new(&data, seed);
            for (row, score) in scores.iter().enumerate() {
                let sum: f64 = lesinn.parts(&data, row).iter().sum();
                prop_assert!((sum - f64::from(*score)).abs() <= 1e-4 * (1.0 + sum), "{sum} {score}");
            }
        }
    }
}
