//! How well a score separates known outliers: ROC-AUC and average precision, and what the flagged rows hold of them.

/// The probability that a random outlier scores higher than a random inlier, ties counting half (Mann–Whitney U).
/// None when one of the two classes is empty.
pub fn roc_auc(scores: &[f32], outlier: &[bool]) -> Option<f64> {
    let positives = outlier.iter().filter(|is| **is).count();
    let negatives = outlier.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let (mut won, mut negatives_above) = (0.0, 0);
    for Tie {
        positives: hits,
        negatives: misses,
    } in ties_from_the_top(scores, outlier)
    {
        let below = negatives - negatives_above - misses;
        won += hits as f64 * (below as f64 + misses as f64 / 2.0);
        negatives_above += misses;
    }
    Some(won / (positives as f64 * negatives as f64))
}

/// Σ (recallₙ − recallₙ₋₁) · precisionₙ over the distinct thresholds from the top, as scikit-learn defines it.
/// None when there are no outliers.
pub fn average_precision(scores: &[f32], outlier: &[bool]) -> Option<f64> {
    let positives = outlier.iter().filter(|is| **is).count();
    if positives == 0 {
        return None;
    }
    let (mut sum, mut hits_so_far, mut rows_so_far) = (0.0, 0, 0);
    for Tie {
        positives: hits,
        negatives: misses,
    } in ties_from_the_top(scores, outlier)
    {
        hits_so_far += hits;
        rows_so_far += hits + misses;
        let precision = hits_so_far as f64 / rows_so_far as f64;
        sum += hits as f64 / positives as f64 * precision;
    }
    Some(sum)
}

/// The share of outliers among the first `count` rows of a ranking. None for the first zero.
pub fn precision_at(order: &[u32], outlier: &[bool], count: usize) -> Option<f64> {
    let first = &order[..count.min(order.len())];
    let hits = first.iter().filter(|row| outlier[**row as usize]).count();
    (!first.is_empty()).then(|| hits as f64 / first.len() as f64)
}

/// What the label says of the flagged rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hits {
    /// Outliers that are flagged.
    pub hits: usize,
    /// Rows that are flagged.
    pub flagged: usize,
    /// Outliers there are.
    pub outliers: usize,
    /// Rows there are.
    pub rows: usize,
}

impl Hits {
    /// Of the first `flagged` rows of a ranking; none where the label has only one class.
    pub fn new(order: &[u32], outlier: &[bool], flagged: usize) -> Option<Self> {
        let (rows, outliers) = (outlier.len(), outlier.iter().filter(|is| **is).count());
        let first = &order[..flagged.min(order.len())];
        let hits = first.iter().filter(|row| outlier[**row as usize]).count();
        (outliers > 0 && outliers < rows).then_some(Self {
            hits,
            flagged: first.len(),
            outliers,
            rows,
        })
    }

    /// Share of the flagged rows that are outliers; none of none.
    pub fn precision(&self) -> Option<f64> {
        (self.flagged > 0).then(|| self.hits as f64 / self.flagged as f64)
    }

    /// Share of the outliers that are flagged.
    pub fn recall(&self) -> f64 {
        self.hits as f64 / self.outliers as f64
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        2.0 * self.hits as f64 / (self.flagged + self.outliers) as f64
    }

    /// Share of all rows that are outliers: the precision that chance would have.
    pub fn base(&self) -> f64 {
        self.outliers as f64 / self.rows as f64
    }
}

/// Rows that share one score.
struct Tie {
    positives: usize,
    negatives: usize,
}

fn ties_from_the_top(scores: &[f32], outlier: &[bool]) -> Vec<Tie> {
    assert_eq!(scores.len(), outlier.len(), "one label per score");
    let mut order: Vec<usize> = (0..scores.len()).collect();
    // A score that is not a number ranks last, as in the ranking.
    let key = |row: &usize| {
        if scores[*row].is_nan() {
            f32::NEG_INFINITY
        } else {
            scores[*row]
        }
    };
    order.sort_unstable_by(|a, b| key(b).total_cmp(&key(a)));
    let same = |a: &usize, b: &usize| scores[*a] == scores[*b];
    let count = |group: &[usize]| {
        let positives = group.iter().filter(|row| outlier[**row]).count();
        Tie {
            positives,
            negatives: group.len() - positives,
        }
    };
    order.chunk_by(same).map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(bits: &[u8]) -> Vec<bool> {
        bits.iter().map(|bit| *bit == 1).collect()
    }

    /// The example of scikit-learn's `roc_auc_score` and `average_precision_score` documentation.
    #[test]
    fn the_published_example_gives_the_published_values() {
        let (scores, outlier) = ([0.1, 0.4, 0.35, 0.8], labels(&[0, 0, 1, 1]));
        assert_eq!(roc_auc(&scores, &outlier), Some(0.75));
        let precision = average_precision(&scores, &outlier).unwrap();
        assert!((precision - 0.833_333_333).abs() < 1e-9, "{precision}");
    }

    /// By hand: of 2 × 3 pairs 4 are won and 2 tied: (4 + 2/2) / 6. From the top: 0.9 holds one hit of one row (precision
    /// 1), 0.5 adds one hit and two misses (2 of 4).
    #[test]
    fn ties_count_half_and_share_a_threshold() {
        let (scores, outlier) = ([0.9, 0.5, 0.5, 0.5, 0.1], labels(&[1, 1, 0, 0, 0]));
        assert_eq!(roc_auc(&scores, &outlier), Some(5.0 / 6.0));
        assert_eq!(
            average_precision(&scores, &outlier),
            Some(0.5 * 1.0 + 0.5 * 0.5)
        );
    }

    #[test]
    fn perfect_reversed_and_constant_scores() {
        let outlier = labels(&[1, 0, 0, 0]);
        assert_eq!(roc_auc(&[9.0, 1.0, 2.0, 3.0], &outlier), Some(1.0));
        assert_eq!(roc_auc(&[0.0, 1.0, 2.0, 3.0], &outlier), Some(0.0));
        assert_eq!(roc_auc(&[1.0; 4], &outlier), Some(0.5));
        assert_eq!(average_precision(&[1.0; 4], &outlier), Some(0.25));
    }

    #[test]
    fn precision_counts_the_first_rows() {
        let outlier = labels(&[0, 1, 1, 0]);
        assert_eq!(precision_at(&[2, 0, 1, 3], &outlier, 3), Some(2.0 / 3.0));
        assert_eq!(precision_at(&[2, 0, 1, 3], &outlier, 9), Some(0.5));
        assert_eq!(precision_at(&[2, 0, 1, 3], &outlier, 0), None);
    }

    #[test]
    fn the_flagged_rows_are_held_against_the_label() {
        let outlier = labels(&[0, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
        let hits = |flagged| Hits::new(&[2, 0, 1, 3, 4, 5, 6, 7, 8, 9], &outlier, flagged).unwrap();
        let three = hits(3);
        assert_eq!((three.hits, three.precision()), (2, Some(2.0 / 3.0)));
        assert_eq!((three.recall(), three.f1()), (2.0 / 3.0, 4.0 / 6.0));
        assert_eq!(three.base(), 0.3);
        assert_eq!(
            (hits(0).precision(), hits(0).recall(), hits(0).f1()),
            (None, 0.0, 0.0)
        );
        assert_eq!(Hits::new(&[0, 1], &[true; 2], 1), None);
    }

    #[test]
    fn one_class_alone_has_no_metric() {
        assert_eq!(roc_auc(&[1.0, 2.0], &[false, false]), None);
        assert_eq!(average_precision(&[1.0, 2.0], &[false, false]), None);
    }
}
