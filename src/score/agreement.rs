//! How far two scores of the same rows agree, where no label says which is right.

use crate::score::order::order;

/// Two rankings side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Spearman's rank correlation, −1 to 1: Pearson's correlation of the ranks, ties sharing their mean rank. None where
    /// one of the two scores all rows alike.
    pub spearman: Option<f64>,
    /// Share of the first hundredth of the rows, at least one, that both have in common.
    pub top_overlap: f64,
}

/// How one score ranks the rows.
pub struct Ranks {
    /// The first hundredth of the rows, at least one, sorted.
    top: Vec<u32>,
    /// Each row's rank, ties sharing their mean.
    ranks: Vec<f64>,
}

impl Ranks {
    /// Of at least one row.
    pub fn of(scores: &[f32]) -> Self {
        let order = order(scores);
        let mut top = order[..scores.len().div_ceil(100)].to_vec();
        top.sort_unstable();
        let ranks = ranks(scores, &order);
        Self { top, ranks }
    }
}

impl Agreement {
    /// Between two scores, one per row each, of at least one row.
    pub fn between(a: &[f32], b: &[f32]) -> Self {
        Self::of(&Ranks::of(a), &Ranks::of(b))
    }

    /// Between two ways to rank the same rows.
    pub fn of(a: &Ranks, b: &Ranks) -> Self {
        assert_eq!(a.ranks.len(), b.ranks.len(), "two scores per row");
        let common = b.top.iter().filter(|row| a.top.binary_search(row).is_ok());
        Self {
            spearman: correlation(&a.ranks, &b.ranks),
            top_overlap: common.count() as f64 / a.top.len() as f64,
        }
    }
}

/// Spearman's rank correlation of two rankings without ties, of which the places of the rows are known; none for fewer than
/// two rows.
pub fn of_places(a: &[u32], b: &[u32]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "two places per row");
    let apart = |(a, b): (&u32, &u32)| (f64::from(*a) - f64::from(*b)).powi(2);
    let apart: f64 = a.iter().zip(b).map(apart).sum();
    let rows = a.len() as f64;
    (a.len() > 1).then(|| 1.0 - 6.0 * apart / (rows * (rows * rows - 1.0)))
}

/// Each row's rank, ties sharing their mean.
fn ranks(scores: &[f32], order: &[u32]) -> Vec<f64> {
    let mut ranks = vec![0.0; scores.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| scores[*a as usize] == scores[*b as usize]) {
        let mean = before as f64 + (tied.len() - 1) as f64 / 2.0;
        for row in tied {
            ranks[*row as usize] = mean;
        }
        before += tied.len();
    }
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let middle = (a.len() - 1) as f64 / 2.0;
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - middle, b - middle);
        both += a * b;
        of_a += a * a;
        of_b += b * b;
    }
    (of_a > 0.0 && of_b > 0.0).then(|| both / (of_a.sqrt() * of_b.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spearman(a: &[f32], b: &[f32]) -> f64 {
        Agreement::between(a, b).spearman.unwrap()
    }

    /// By hand: without ties it is 1 − 6·Σd²/(n(n² − 1)); here d = 1 −1 0 1 −1, so 1 − 24/120.
    #[test]
    fn the_rank_correlation_is_that_of_the_formula() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [20.0, 10.0, 30.0, 500.0, 40.0]);
        assert!((spearman(&a, &b) - 0.8).abs() < 1e-12);
        assert!((spearman(&a, &a) - 1.0).abs() < 1e-12);
        let reversed = a.map(|a: f32| -a);
        assert!((spearman(&a, &reversed) + 1.0).abs() < 1e-12);
        assert_eq!(Agreement::between(&a, &[3.0; 5]).spearman, None);
    }

    #[test]
    fn places_without_ties_correlate_as_their_scores_do() {
        let (a, b) = ([0, 1, 2, 3, 4], [1, 0, 2, 4, 3]);
        assert!((of_places(&a, &b).unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(of_places(&a, &a), Some(1.0));
        assert_eq!(of_places(&[0], &[0]), None);
    }

    /// Ranks 0.5 0.5 2 3 against 0 1 2 3, about their middle: (1 + 1 … ) by hand Σab = 4.5, Σa² = 4.5, Σb² = 5.
    #[test]
    fn ties_share_their_mean_rank() {
        let rho = spearman(&[1.0, 1.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]);
        assert!((rho - 4.5 / (4.5_f64 * 5.0).sqrt()).abs() < 1e-12, "{rho}");
    }

    #[test]
    fn the_overlap_counts_the_first_hundredth() {
        let a: Vec<f32> = (0..200).map(|row| row as f32).collect();
        let mut b = a.clone();
        b[0] = 1_000.0;
        // First of a: 199 and 198; of b: 0 and 199.
        assert_eq!(Agreement::between(&a, &b).top_overlap, 0.5);
        assert_eq!(
            Agreement::between(&[1.0, 2.0], &[1.0, 2.0]).top_overlap,
            1.0
        );
    }
}
