//! The scores without a network that stand beside the network's: one that cannot beat no network proves nothing.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::data::matrix::Matrix;
use crate::error::{Error, Result};
use crate::score::flag::mad;
use crate::score::lesinn::Lesinn;
use crate::score::pca::pca;
use crate::score::ranking::Quality;
use crate::score::standard::Standard;

/// What to say where no row stands far from the rest.
pub const LOCAL_HINT: &str = "no row stands far from the rest; outliers that differ only from their like are what --preset local looks for";

/// Rows of a larger table that have references where these only stand beside the network's scores: a rank correlation is then
/// known to about 0.003.
const BESIDE: usize = 100_000;
/// Rows that lie farthest from the mean, which are looked at where no row of a sample lies far out.
const FARTHEST: usize = 256;
/// A row lies far out that is so many times as far from its random neighbours as the median row.
const FAR: f32 = 5.0;
/// The stream of the seed that belongs to the sample; the draws have another.
const SAMPLE_STREAM: u64 = 1 << 42;

/// What three ways of ranking without a network make of a table, or of a sample of its rows. One score per row each.
pub struct References {
    /// The rows of the sample, in order; none where all rows have scores.
    pub sample: Option<Vec<u32>>,
    /// The mean squared z-score.
    pub z_norm: Vec<f32>,
    /// What splits [`References::lesinn`] into features.
    pub neighbours: Lesinn,
    /// The distance to the closest of a few random rows, in multiples of the median row's.
    pub lesinn: Vec<f32>,
    /// What principal components leave over.
    pub pca: Vec<f32>,
    /// How far a row lies at most from its random neighbours, the farthest rows outside the sample among them.
    farthest: f32,
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
    /// What splits the scores of rows into features that a table no longer at hand was drawn from; no scores.
    pub fn of_neighbours(neighbours: Lesinn) -> Self {
        Self {
            sample: None,
            farthest: 0.0,
            z_norm: Vec::new(),
            neighbours,
            lesinn: Vec::new(),
            pca: Vec::new(),
        }
    }

    /// What a model's random rows, called by their places in this table, make of its rows; no other scores.
    pub fn through(neighbours: Lesinn, data: &Matrix) -> Self {
        Self {
            lesinn: neighbours.table(data),
            ..Self::of_neighbours(neighbours)
        }
    }

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
        Ok(pool(threads)?.install(|| Self::score(data, seed, tell)))
    }

    /// Of how many rows [`References::beside`] are.
    pub fn rows_beside(data: &Matrix) -> usize {
        match data.windows() {
            Some(_) => data.rows(),
            None => data.rows().min(BESIDE),
        }
    }

    /// How many rows have scores, where it is a sample that has.
    pub fn sampled(&self) -> Option<usize> {
        self.sample.as_ref().map(Vec::len)
    }

    /// To stand beside the network's scores: of a table of many rows those of a sample, drawn at random by the `seed`. Windows
    /// overlap, so all of them have scores.
    pub fn beside(
        data: &Matrix,
        seed: u64,
        threads: Option<usize>,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<Self> {
        if Self::rows_beside(data) == data.rows() {
            return Self::telling(data, seed, threads, tell);
        }
        Ok(pool(threads)?.install(|| Self::of_sample(data, seed, BESIDE, tell)))
    }

    fn score(data: &Matrix, seed: u64, tell: &(dyn Fn(usize) + Sync)) -> Self {
        let standard = Arc::new(Standard::fit(data));
        // The components of a wide table are found mostly on one thread: meanwhile the others score.
        let (pca, (z_norm, (neighbours, lesinn))) = rayon::join(
            || pca(data, &standard),
            || {
                let lesinn = Lesinn::telling(data, Arc::clone(&standard), seed, tell);
                (standard.z_norm(data), lesinn)
            },
        );
        Self {
            sample: None,
            z_norm,
            pca,
            farthest: lesinn.iter().copied().fold(0.0, f32::max),
            neighbours,
            lesinn,
        }
    }

    fn of_sample(data: &Matrix, seed: u64, rows: usize, tell: &(dyn Fn(usize) + Sync)) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(SAMPLE_STREAM);
        let mut sample = index::sample(&mut rng, data.rows(), rows).into_vec();
        sample.sort_unstable();
        let mut values = Vec::with_capacity(rows * data.columns());
        data.gather(sample.iter().copied(), &mut values);
        let references = Self::score(&Matrix::new(data.columns(), values), seed, tell);
        // The few rows that lie far out are hardly ever in a sample.
        let outside = if references.farthest < FAR {
            references.farthest_of(data)
        } else {
            0.0
        };
        Self {
            sample: Some(sample.into_iter().map(|row| row as u32).collect()),
            farthest: references.farthest.max(outside),
            ..references
        }
    }

    /// How far the rows lie from their random neighbours that lie farthest from the mean.
    fn farthest_of(&self, data: &Matrix) -> f32 {
        let mut far: Vec<(f32, u32)> = self
            .neighbours
            .standard()
            .z_norm(data)
            .into_iter()
            .zip(0..)
            .collect();
        let last = FARTHEST.min(far.len()) - 1;
        far.select_nth_unstable_by(last, |a, b| b.0.total_cmp(&a.0));
        far[..=last]
            .iter()
            .map(|(_, row)| {
                self.neighbours
                    .score(data.row(*row as usize), &[usize::MAX])[0]
            })
            .fold(0.0, f32::max)
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
        let threshold = mad::threshold(&self.lesinn, mad::DEVIATIONS);
        let far = self
            .lesinn
            .iter()
            .filter(|score| f64::from(**score) > threshold);
        self.farthest < FAR && far.count() * 100 < self.lesinn.len()
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

/// A pool of so many threads, or of as many as there are cores.
fn pool(threads: Option<usize>) -> Result<ThreadPool> {
    ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or_default())
        .thread_name(|index| format!("reference-{index}"))
        .build()
        .map_err(|error| Error::Training(error.to_string()))
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
    fn a_sample_scores_its_rows_alone_and_misses_no_row_far_out() {
        let value = |cell: usize| ((cell * cell + 3 * cell) as f32 * 0.7).sin();
        let mut values: Vec<f32> = (0..9_000).map(value).collect();
        let of = |values: &[f32]| {
            let data = Matrix::new(3, values.to_vec());
            References::of_sample(&data, 1, 100, &|_| {})
        };
        let even = of(&values);
        let sample = even.sample.as_deref().unwrap();
        assert!(sample.is_sorted() && even.seems_local());
        for reference in Reference::ALL {
            assert_eq!(even.scores(reference).len(), sample.len());
        }
        // The scores are those of a table of these rows.
        let rows = sample
            .iter()
            .flat_map(|row| &values[3 * *row as usize..][..3]);
        let alone = References::new(&Matrix::new(3, rows.copied().collect()), 1, Some(2)).unwrap();
        assert_eq!(alone.lesinn, even.lesinn);
        assert_eq!((alone.pca, alone.z_norm), (even.pca, even.z_norm.clone()));
        // A row that is in no sample of these.
        let outside = (0..3_000).find(|row| !sample.contains(row)).unwrap() as usize;
        values[3 * outside..][..3].fill(30.0);
        let far = of(&values);
        assert_eq!(far.sample, even.sample);
        assert!(!far.seems_local());
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
