//! Where two ways of scoring rank a row most differently: what a network understood that a distance does not, and the
//! reverse.

use crate::score::ranking::{By, order, places};

/// How differently the two rank each row, |ln(rank / rank)| with 1 = the strangest, and who finds it stranger. The logarithm
/// because ranks 1 and 50 are worlds apart and ranks 1,001 and 1,050 are not.
pub fn disagreement(network: &[f32], lesinn: &[f32]) -> Vec<(f32, By)> {
    let [network, lesinn] = [network, lesinn].map(|scores| places(&order(scores)));
    let ratio = |(network, lesinn): (&u32, &u32)| {
        let ratio = (f64::from(lesinn + 1) / f64::from(network + 1)).ln();
        let who = if ratio < 0.0 { By::Lesinn } else { By::Network };
        (ratio.abs() as f32, who)
    };
    network.iter().zip(&lesinn).map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_of_the_ranks_counts_and_names_who_is_alarmed() {
        // Ranks 1 2 3 4 against 4 2 3 1.
        let found = disagreement(&[9.0, 5.0, 3.0, 1.0], &[1.0, 5.0, 3.0, 9.0]);
        let four = 4.0_f32.ln();
        assert_eq!(
            found,
            [
                (four, By::Network),
                (0.0, By::Network),
                (0.0, By::Network),
                (four, By::Lesinn)
            ]
        );
    }
}
