//! The middle of some scores.

use crate::data;

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
    // What is no number counts as high.
    let middle = f64::from(if scores.iter().any(|score| score.is_nan()) {
        median(&mut scores.to_vec())
    } else {
        data::median::median(scores)
    });
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
    fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        assert!((median(&mut [4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < f32::EPSILON);
    }
}
