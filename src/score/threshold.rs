//! Where flagging begins: median + 5 robust standard deviations of the scores.
//!
//! The robust standard deviation is 1.4826 · MAD, the median absolute deviation scaled to agree with a normal
//! distribution. Where more than half of the scores are equal the MAD is zero; then 1.2533 · the mean absolute deviation
//! stands in (Iglewicz & Hoaglin 1993, “How to Detect and Handle Outliers”).

/// Robust standard deviations above the median.
const DEVIATIONS: f64 = 5.0;
const MAD_TO_SD: f64 = 1.4826;
const MEAN_AD_TO_SD: f64 = 1.2533;

/// The rule in words.
pub const RULE: &str = "median + 5 robust sd";

/// The score above which a row is flagged. `scores` must not be empty; scores that are not finite are passed over.
pub fn threshold(scores: &[f32]) -> f64 {
    let mut values: Vec<f32> = scores
        .iter()
        .copied()
        .filter(|score| score.is_finite())
        .collect();
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
    middle + DEVIATIONS * sd
}

/// The middle value, the mean of the middle two for an even count; reorders `values`, which must not be empty.
pub fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    let upper = *upper;
    if odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f32::MIN, f32::max);
    f32::midpoint(lower, upper)
}

/// The median of scores, to be divided by; 1 where most rows score nothing or beyond all measure, and the median says nothing.
pub fn median_or_one(scores: &[f32]) -> f64 {
    let middle = f64::from(median(&mut scores.to_vec()));
    if middle > 0.0 && middle.is_finite() {
        middle
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_the_median_plus_five_scaled_mad() {
        // Median 3, deviations 2 1 0 1 97: MAD 1.
        assert!((threshold(&[1.0, 2.0, 3.0, 4.0, 100.0]) - (3.0 + 5.0 * 1.4826)).abs() < 1e-6);
    }

    #[test]
    fn equal_scores_fall_back_on_the_mean_deviation() {
        // Median 1, deviations 0 0 0 0 5: MAD 0, mean 1.
        assert!((threshold(&[1.0, 1.0, 1.0, 1.0, 6.0]) - (1.0 + 5.0 * 1.2533)).abs() < 1e-6);
        assert!((threshold(&[2.0; 9]) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn scores_that_are_not_finite_move_nothing() {
        let with = threshold(&[1.0, 2.0, 3.0, 4.0, 100.0, f32::NAN, f32::INFINITY]);
        assert!((with - threshold(&[1.0, 2.0, 3.0, 4.0, 100.0])).abs() < 1e-12);
        assert_eq!(threshold(&[f32::NAN]), f64::INFINITY);
    }

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        assert!((median(&mut [4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < f32::EPSILON);
    }
}
