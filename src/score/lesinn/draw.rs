//! Random rows, the nearest of which tells how far a row is from others.

use rand::rngs::ChaCha8Rng;
use rand::seq::index;

use super::{DRAWN, is_itself};
use crate::data::matrix::Matrix;
use crate::score::standard::Standard;

/// Random rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// Which they are: their indices, or other numbers of theirs.
    pub rows: Vec<usize>,
    /// For each feature its z-score in every drawn row; infinite where the table has fewer rows than a draw.
    pub features: Vec<[f32; DRAWN]>,
}

impl Draw {
    pub(super) fn new(data: &Matrix, standard: &Standard, rng: &mut ChaCha8Rng) -> Self {
        let rows = index::sample(rng, data.rows(), DRAWN.min(data.rows())).into_vec();
        let mut features = vec![[f32::INFINITY; DRAWN]; data.columns()];
        for (place, row) in rows.iter().enumerate() {
            for (feature, z) in features.iter_mut().zip(standard.z(data.row(*row))) {
                feature[place] = z as f32;
            }
        }
        Self { rows, features }
    }

    /// Where in the draw a row is, if it is in it.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        self.rows.iter().position(|drawn| *drawn == row)
    }

    /// Which of the drawn rows is nearest to a row with these z-scores, but for itself.
    pub(super) fn nearest(&self, row: usize, z: &[f32]) -> Option<usize> {
        let mut distances = [0.0_f32; DRAWN];
        for (z, drawn) in z.iter().zip(&self.features) {
            for (distance, drawn) in distances.iter_mut().zip(drawn) {
                *distance += (z - drawn) * (z - drawn);
            }
        }
        if let Some(itself) = self.place(row).filter(|place| is_itself(distances[*place])) {
            distances[itself] = f32::INFINITY;
        }
        let nearest = (0..DRAWN).min_by(|a, b| distances[*a].total_cmp(&distances[*b]));
        nearest.filter(|nearest| distances[*nearest].is_finite())
    }
}
