//! Rows by their scores, and the place of each.

/// Rows by descending score, ties by row number; a score that is not a number comes last.
pub fn order(scores: &[f32]) -> Vec<u32> {
    // Score and row in one integer, so that nothing has to be looked up. Sorting by digits keeps the order of ties.
    let key = |(row, score): (usize, &f32)| u64::from(descending(*score)) << 32 | row as u64;
    let mut keys: Vec<u64> = scores.iter().enumerate().map(key).collect();
    radsort::sort_by_key(&mut keys, |key| (key >> 32) as u32);
    keys.into_iter().map(|key| key as u32).collect()
}

/// An integer that is the lower, the higher the score; as in [`f32::total_cmp`], −0 is below 0.
fn descending(score: f32) -> u32 {
    let score = if score.is_nan() {
        f32::NEG_INFINITY
    } else {
        score
    };
    let bits = score.to_bits();
    // Positive floats rise with their bits, negative ones fall.
    if score.is_sign_negative() {
        bits
    } else {
        !bits & 0x7fff_ffff
    }
}

/// The places that some rows have in [`order`], without ordering all of them: a fast pass over the scores for each.
pub fn places_of(scores: &[f32], rows: &[u32]) -> Vec<u32> {
    let place = |row: &u32| {
        let row = *row as usize;
        let own = scores[row];
        let place = if own.is_nan() {
            let numbers = scores.iter().filter(|score| !score.is_nan()).count();
            numbers + scores[..row].iter().filter(|score| score.is_nan()).count()
        } else {
            let above = scores.iter().filter(|score| **score > own).count();
            above + scores[..row].iter().filter(|score| **score == own).count()
        };
        place as u32
    };
    rows.iter().map(place).collect()
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

    #[test]
    fn the_order_is_that_of_all_floats_and_of_any_number_of_rows() {
        let some = [
            1.0,
            -0.0,
            0.0,
            -2.5,
            f32::NEG_INFINITY,
            1e-45,
            -1e-45,
            f32::MAX,
            f32::NAN,
        ];
        let many: Vec<f32> = (0..70_000_u32)
            .map(|row| (row.wrapping_mul(2_654_435_761) >> 20) as f32)
            .collect();
        for scores in [&some[..], &many] {
            let score = |row: u32| {
                let score = scores[row as usize];
                if score.is_nan() {
                    f32::NEG_INFINITY
                } else {
                    score
                }
            };
            let mut rows: Vec<u32> = (0..scores.len() as u32).collect();
            rows.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
            assert!(order(scores) == rows);
        }
    }

    #[test]
    fn a_few_places_are_those_of_the_whole_order() {
        let scores = [1.0, 3.0, f32::NAN, 3.0, f32::INFINITY, f32::NAN, 0.0];
        let rows: Vec<u32> = (0..7).collect();
        assert_eq!(places_of(&scores, &rows), places(&order(&scores)));
    }
}
