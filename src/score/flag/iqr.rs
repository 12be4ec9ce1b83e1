//! The upper quartile + K interquartile ranges: the fence of a box plot (Tukey 1977, “Exploratory Data Analysis”).

/// Interquartile ranges where none are named.
pub const RANGES: f64 = 1.5;

/// The score above which a row is flagged, of finite scores from the highest down.
pub fn threshold(descending: &[f32], ranges: f64) -> f64 {
    if descending.is_empty() {
        return f64::INFINITY;
    }
    let (upper, lower) = (quantile(descending, 0.25), quantile(descending, 0.75));
    upper + ranges * (upper - lower)
}

/// The value that a share of the scores reach, between two scores on the line that joins them.
fn quantile(descending: &[f32], share: f64) -> f64 {
    let place = share * (descending.len() - 1) as f64;
    let (above, rest) = (place.floor() as usize, place.fract());
    let next = (above + 1).min(descending.len() - 1);
    let (above, below) = (f64::from(descending[above]), f64::from(descending[next]));
    above + rest * (below - above)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of 1 … 5 the quartiles are 2 and 4, the fence 4 + 1.5 · 2; of 1 … 4 they are 1.75 and 3.25.
    #[test]
    fn the_fence_is_that_of_a_box_plot() {
        assert_eq!(threshold(&[5.0, 4.0, 3.0, 2.0, 1.0], 1.5), 7.0);
        assert_eq!(threshold(&[4.0, 3.0, 2.0, 1.0], 1.0), 3.25 + 1.5);
        assert_eq!(threshold(&[3.0], 1.5), 3.0);
        assert_eq!(threshold(&[], 1.5), f64::INFINITY);
    }
}
