//! The networks whose looks at a row make its score: every network counts alike, and of each its looks. The sums are made as
//! for the rows of the table, number by number, so that a row scores the same wherever it is from.

use crate::data::matrix::Matrix;
use crate::score::view::View;

/// Networks held still, each as it was at one moment or several.
pub struct Jury {
    networks: Vec<Vec<View>>,
}

impl Jury {
    /// Of each network its looks, in order; at least one of at least one network.
    pub fn new(networks: Vec<Vec<View>>) -> Self {
        Self { networks }
    }

    /// The scores of some row-major rows, whether the table holds them or not.
    pub fn score(&self, rows: &[f32]) -> Vec<f32> {
        self.mean_of(|view| view.score(rows))
    }

    fn mean_of(&self, score: impl Fn(&View) -> Vec<f32>) -> Vec<f32> {
        let sum = |looks: &Vec<View>| {
            let mut looks = looks.iter().map(&score);
            let mut sum = looks.next().unwrap_or_default();
            looks.for_each(|scores| add(&mut sum, &scores));
            sum
        };
        let sums: Vec<(Vec<f32>, usize)> = self
            .networks
            .iter()
            .map(|looks| (sum(looks), looks.len()))
            .collect();
        mean(sums.iter().map(|(sum, looks)| (sum.as_slice(), *looks)))
    }

    /// The scores of all rows of a table; of windows, each row has the mean over those that hold it.
    pub fn table(&self, data: &Matrix) -> Vec<f32> {
        self.mean_of(|view| view.table(data))
    }

    /// All looks, and what each counts.
    pub fn views(&self) -> impl Iterator<Item = (&View, f64)> {
        let networks = self.networks.len();
        self.networks.iter().flat_map(move |looks| {
            let weight = weight(networks, looks.len());
            looks.iter().map(move |view| (view, weight))
        })
    }

    /// Of each network its looks.
    pub fn networks(&self) -> &[Vec<View>] {
        &self.networks
    }

    /// The same for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        let fork = |looks: &Vec<View>| looks.iter().map(View::fork).collect();
        Self {
            networks: self.networks.iter().map(fork).collect(),
        }
    }
}

/// Adds the scores of a look.
pub fn add(sum: &mut [f32], scores: &[f32]) {
    for (sum, score) in sum.iter_mut().zip(scores) {
        *sum += score;
    }
}

/// What each of so many looks at a network counts, one of so many networks.
pub fn weight(networks: usize, looks: usize) -> f64 {
    1.0 / (networks * looks) as f64
}

/// The mean over networks, each with the sum of its scores over so many looks.
pub fn mean<'a>(sums: impl ExactSizeIterator<Item = (&'a [f32], usize)> + Clone) -> Vec<f32> {
    let networks = sums.len();
    let rows = sums.clone().next().map_or(0, |(sum, _)| sum.len());
    let mut mean = vec![0.0; rows];
    for (sum, looks) in sums {
        let weight = weight(networks, looks) as f32;
        for (mean, sum) in mean.iter_mut().zip(sum) {
            *mean += sum * weight;
        }
    }
    mean
}
