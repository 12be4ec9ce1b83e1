//! The scores without a network that stand beside the network's: one that cannot beat no network proves nothing.

use rayon::ThreadPoolBuilder;

use crate::data::matrix::Matrix;
use crate::error::{Error, Result};
use crate::score::lesinn::Lesinn;
use crate::score::pca::pca;
use crate::score::ranking::Quality;

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
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or_default())
            .thread_name(|index| format!("reference-{index}"))
            .build()
            .map_err(|error| Error::Training(error.to_string()))?;
        Ok(pool.install(|| {
            let (neighbours, lesinn) = Lesinn::new(data, seed);
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

    /// How each agrees with the label.
    pub fn judge(&self, outlier: &[bool]) -> Vec<(Reference, Quality)> {
        let judge = |reference| {
            let quality = Quality::judge(self.scores(reference), outlier)?;
            Some((reference, quality))
        };
        Reference::ALL.into_iter().filter_map(judge).collect()
    }
}
