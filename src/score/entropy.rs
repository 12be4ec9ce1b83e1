//! What scores say about themselves where no label judges them.
//!
//! The entropy of the scores as shares of their sum, over that of equal shares: 1 where all rows score alike, near 0 where
//! few rows hold nearly all of it. Huang et al., “`EntropyStop`” (KDD 2024, arXiv 2405.12502): while a network learns what most
//! rows have in common the entropy falls, and it rises again when the outliers are learned too. A hint and no more: on
//! single tables its lowest point need not be the best one.

use rayon::prelude::*;

/// The normalised entropy of `scores`, 0 to 1. None for fewer than two rows, or where nothing scores above zero.
pub fn entropy(scores: &[f32]) -> Option<f64> {
    let sum = sum(scores, |score| score);
    if scores.len() < 2 || sum <= 0.0 {
        return None;
    }
    let entropy = self::sum(scores, |score| {
        let share = score / sum;
        -share * share.ln()
    });
    Some(entropy / (scores.len() as f64).ln())
}

/// The sum of something over all scores above zero, in parts that do not depend on the number of threads.
fn sum(scores: &[f32], of: impl Fn(f64) -> f64 + Sync) -> f64 {
    const PART: usize = 1 << 15;
    let usable = |score: &&f32| score.is_finite() && **score > 0.0;
    let part = |part: &[f32]| {
        part.iter()
            .filter(usable)
            .map(|score| of(f64::from(*score)))
            .sum()
    };
    let parts: Vec<f64> = scores.par_chunks(PART).map(part).collect();
    parts.into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_have_all_of_it_and_a_single_one_none() {
        assert!((entropy(&[2.0; 8]).unwrap() - 1.0).abs() < 1e-12);
        assert!(entropy(&[0.0, 5.0, 0.0]).unwrap().abs() < 1e-12);
        assert_eq!((entropy(&[1.0]), entropy(&[0.0; 3])), (None, None));
    }

    /// By hand: shares ½ ¼ ¼ have 1.5 bits; of three rows equal shares have log₂ 3.
    #[test]
    fn the_entropy_is_that_of_the_formula_in_any_unit() {
        for unit in [1.0, 40.0] {
            let entropy = entropy(&[2.0 * unit, unit, unit]).unwrap();
            assert!((entropy - 1.5 / 3.0_f64.log2()).abs() < 1e-12, "{entropy}");
        }
    }
}
