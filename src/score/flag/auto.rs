//! The rule that decides by itself: the clear gap where there is one, or else a number of rows to look at.
//!
//! On most real tables the scores fall off smoothly, and no rule can find a boundary that is not there: over 42 labelled
//! sets median + 5 MAD came to .54 of the best F1 of any cut, two Gaussians to .60, the box plot's fence and a flat tenth to
//! .62. So without a clear gap the fence says how many rows are worth a look, within bounds.

use crate::score::flag::Boundary;
use crate::score::flag::gap;
use crate::score::flag::iqr;
use crate::score::flag::sorted::Sorted;

/// The largest share of the rows that is flagged; who flags more than that has found groups, not outliers.
pub const MOST: f64 = 0.15;
/// The smallest share that is shown without a clear gap, where the fence leaves out nearly all rows: a flat tail has
/// rows to look at as well.
const LEAST: f64 = 0.05;

/// The threshold, the rows above it, and whether they stand apart.
pub fn flag(sorted: Sorted<'_>) -> (f64, usize, Boundary) {
    let rows = sorted.rows() as f64;
    let most = (rows * MOST) as usize;
    if let Some(found) = gap::find(sorted, most).filter(gap::Found::is_clear) {
        let (threshold, count) = sorted.cut(found.count);
        return (threshold, count, Boundary::Clear(found.gap));
    }
    let fence = sorted.above(iqr::threshold(sorted.finite(), iqr::RANGES));
    let least = (rows * LEAST).ceil() as usize;
    let (threshold, count) = sorted.cut(fence.max(least).min(most));
    (threshold, count, Boundary::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scores: &[f32]) -> (f64, usize, Boundary) {
        flag(Sorted::new(scores))
    }

    #[test]
    fn rows_that_stand_apart_are_flagged_and_no_others() {
        let mut scores: Vec<f32> = (0..200).map(|row| 2.0 - row as f32 / 200.0).collect();
        scores[..6].copy_from_slice(&[60.0, 58.0, 50.0, 49.0, 44.0, 40.0]);
        let (threshold, count, boundary) = of(&scores);
        assert_eq!(count, 6);
        assert!((2.0..40.0).contains(&threshold), "{threshold}");
        assert!(matches!(boundary, Boundary::Clear(gap) if gap.last == 7));
    }

    #[test]
    fn without_a_gap_a_number_of_rows_is_named_within_bounds() {
        // Evenly spread: the fence leaves out none, so 5 % are shown.
        let even: Vec<f32> = (0..200).map(|row| 2.0 - row as f32 / 200.0).collect();
        assert_eq!((of(&even).1, of(&even).2), (10, Boundary::None));
        // A tail as heavy as that of 1/x²: the fence takes in 32 of 200, more than 15 %.
        let heavy: Vec<f32> = (1..=200).map(|row| (row as f32).powi(-2)).collect();
        assert!(Sorted::new(&heavy).above(iqr::threshold(&heavy, 1.5)) > 30);
        assert_eq!((of(&heavy).1, of(&heavy).2), (30, Boundary::None));
    }

    #[test]
    fn never_are_more_flagged_than_fifteen_in_a_hundred() {
        for rows in 0..40 {
            for power in [-4, -1, 0, 3] {
                let score = |row| ((rows - row) as f32).powi(power);
                let mut scores: Vec<f32> = (0..rows).map(score).collect();
                scores.sort_unstable_by(|a, b| b.total_cmp(a));
                let count = of(&scores).1;
                assert!(count as f64 <= MOST * f64::from(rows), "{count} of {rows}");
            }
        }
    }

    #[test]
    fn equal_scores_flag_none() {
        assert_eq!(of(&[3.0; 50]).1, 0);
        assert_eq!(of(&[f32::NAN; 50]).1, 0);
        assert_eq!(of(&[]).1, 0);
    }
}
