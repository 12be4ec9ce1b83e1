//! Rows by their scores, and the place of each.

/// Rows by descending score, ties by row number; a score that is not a number comes last.
pub fn order(scores: &[f32]) -> Vec<u32> {
    let key = |row: u32| {
        let score = scores[row as usize];
        if score.is_nan() {
            f32::NEG_INFINITY
        } else {
            score
        }
    };
    let mut rows: Vec<u32> = (0..scores.len() as u32).collect();
    rows.sort_unstable_by(|a, b| key(*b).total_cmp(&key(*a)).then(a.cmp(b)));
    rows
}

/// The place of each row in `order`.
pub fn places(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, row) in order.iter().enumerate() {
        places[*row as usize] = place as u32;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_by_row_number_and_nan_comes_last() {
        assert_eq!(
            order(&[1.0, 3.0, f32::NAN, 3.0, f32::INFINITY]),
            [4, 1, 3, 0, 2]
        );
    }
}
