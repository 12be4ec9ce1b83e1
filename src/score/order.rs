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
    fn a_few_places_are_those_of_the_whole_order() {
        let scores = [1.0, 3.0, f32::NAN, 3.0, f32::INFINITY, f32::NAN, 0.0];
        let rows: Vec<u32> = (0..7).collect();
        assert_eq!(places_of(&scores, &rows), places(&order(&scores)));
    }
}
