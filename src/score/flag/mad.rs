//! Median + K robust standard deviations.
//!
//! The robust standard deviation is 1.4826 · MAD, the median absolute deviation scaled to agree with a normal
//! distribution. Where more than half of the scores are equal the MAD is zero; then 1.2533 · the mean absolute deviation
//! stands in (Iglewicz & Hoaglin 1993, “How to Detect and Handle Outliers”).

use crate::score::median::median;

/// Deviations where none are named.
pub const DEVIATIONS: f64 = 5.0;
const MAD_TO_SD: f64 = 1.4826;
const MEAN_AD_TO_SD: f64 = 1.2533;

/// The score above which a row is flagged, of scores in any order; those that are not finite are passed over.
pub fn threshold(scores: &[f32], deviations: f64) -> f64 {
    let finite = scores.iter().copied().filter(|score| score.is_finite());
    let mut values: Vec<f32> = finite.collect();
    if values.is_empty() {
        return f64::INFINITY;
    }
    let middle = f64::from(median(&mut values));
    for value in &mut values {
        *value = (f64::from(*value) - middle).abs() as f32;
    }
    let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64;
    let mad = f64::from(median(&mut values));
    let sd = if mad > 0.0 {
        MAD_TO_SD * mad
    } else {
        MEAN_AD_TO_SD * mean
    };
    middle + deviations * sd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_the_median_plus_scaled_mad() {
        // Median 3, deviations 2 1 0 1 97: MAD 1.
        let scores = [1.0, 2.0, 3.0, 4.0, 100.0];
        assert!((threshold(&scores, 5.0) - (3.0 + 5.0 * 1.4826)).abs() < 1e-6);
        assert!((threshold(&scores, 2.0) - (3.0 + 2.0 * 1.4826)).abs() < 1e-6);
    }

    #[test]
    fn equal_scores_fall_back_on_the_mean_deviation() {
        // Median 1, deviations 0 0 0 0 5: MAD 0, mean 1.
        let scores = [1.0, 1.0, 1.0, 1.0, 6.0];
        assert!((threshold(&scores, 5.0) - (1.0 + 5.0 * 1.2533)).abs() < 1e-6);
        assert!((threshold(&[2.0; 9], 5.0) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn scores_that_are_not_finite_move_nothing() {
        let with = threshold(&[1.0, 2.0, 3.0, 4.0, 100.0, f32::NAN, f32::INFINITY], 5.0);
        assert!((with - threshold(&[1.0, 2.0, 3.0, 4.0, 100.0], 5.0)).abs() < 1e-12);
        assert_eq!(threshold(&[f32::NAN], 5.0), f64::INFINITY);
    }
}
