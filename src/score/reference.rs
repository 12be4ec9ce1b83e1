//! The scores without a network that stand beside the network's: one that cannot beat no network proves nothing.

use rayon::ThreadPoolBuilder;

use crate::data::matrix::Matrix;
use crate::error::{Error, Result};
use crate::score::flag::mad;
use crate::score::lesinn::Lesinn;
use crate::score::pca::pca;
use crate::score::ranking::Quality;

/// What to say where no row stands far from the rest.
pub const LOCAL_HINT: &str = "no row stands far from the rest; outliers that differ only from their like are what --preset local looks for";

/// What three ways of ranking without a network make of a table. One score per row each.
pub struct References {
    /// The mean squared z-score.
    pub z_norm: Vec<f32>,
    /// What splits [`References::lesinn`] into features.
    pub neighbours: Lesinn,
    /// The distance to the closest of a few random rows, in multiples of the median row's.
    pub lesinn: Vec<f32>,
    /// What principal components leave over.
    pub pca: Vec<f32>,
}

/// A way of ranking without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Mean squared z-score.
    ZNorm,
    /// Nearest of a few random rows.
    Lesinn,
    /// Principal components.
    Pca,
}

impl Reference {
    /// All of them, the strongest first.
    pub const ALL: [Self; 3] = [Self::Lesinn, Self::Pca, Self::ZNorm];

    /// Its name where there is little room.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ZNorm => "z-norm",
            Self::Lesinn => "LeSiNN",
            Self::Pca => "PCA",
        }
    }
}

impl References {
    /// Scores every row on so many threads, or as many as there are cores; `seed` chooses the rows that `LeSiNN` draws.
    pub fn new(data: &Matrix, seed: u64, threads: Option<usize>) -> Result<Self> {
        Self::telling(data, seed, threads, &|_| {})
    }

    /// The same, telling of rows as the longest of the scores is done with them, from whatever thread it is on.
    pub fn telling(
        data: &Matrix,
        seed: u64,
        threads: Option<usize>,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Self> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or_default())
            .thread_name(|index| format!("reference-{index}"))
            .build()
            .map_err(|error| Error::Training(error.to_string()))?;
        Ok(pool.install(|| {
            let (neighbours, lesinn) = Lesinn::telling(data, seed, tell);
            Self {
                z_norm: neighbours.standard().z_norm(data),
                pca: pca(data, neighbours.standard()),
                neighbours,
                lesinn,
            }
        }))
    }

    /// The scores of one of them.
    pub fn scores(&self, reference: Reference) -> &[f32] {
        match reference {
            Reference::ZNorm => &self.z_norm,
            Reference::Lesinn => &self.lesinn,
            Reference::Pca => &self.pca,
        }
    }

    /// Whether no row stands far from the rest: the farthest from its random neighbours is less than five times as far as the
    /// median row, and fewer than one in a hundred lies above median + 5 MAD. What is strange in such a table is so beside its like only.
    /// A hint: a table without outliers looks the same.
    pub fn seems_local(&self) -> bool {
        let farthest = self.lesinn.iter().copied().fold(0.0, f32::max);
        let threshold = mad::threshold(&self.lesinn, mad::DEVIATIONS);
        let far = self
            .lesinn
            .iter()
            .filter(|score| f64::from(**score) > threshold);
        farthest < 5.0 && far.count() * 100 < self.lesinn.len()
    }

    /// How each agrees with the label.
    pub fn judge(&self, outlier: &[bool]) -> Vec<(Reference, Quality)> {
        let judge = |reference| {
            let quality = Quality::judge(self.scores(reference), outlier)?;
            Some((reference, quality))
        };
        Reference::ALL.into_iter().filter_map(judge).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(far: f32) -> References {
        let value = |cell: usize| ((cell * cell + 3 * cell) as f32 * 0.7).sin();
        let mut values: Vec<f32> = (0..900).map(value).collect();
        values[..3].fill(far);
        References::new(&Matrix::new(3, values), 0, Some(1)).unwrap()
    }

    #[test]
    fn a_row_far_out_is_no_hint_at_local_outliers_and_an_even_cloud_is() {
        assert!(table(0.5).seems_local());
        assert!(!table(9.0).seems_local());
    }

    #[test]
    fn every_reference_is_judged_by_the_label() {
        let references = table(9.0);
        let outlier: Vec<bool> = (0..300).map(|row| row == 0).collect();
        let judged = references.judge(&outlier);
        assert_eq!(judged.len(), 3);
        assert!(
            judged
                .iter()
                .all(|(which, quality)| *which == Reference::Pca || quality.roc_auc == 1.0)
        );
        assert!(references.judge(&[false; 300]).is_empty());
    }
}
