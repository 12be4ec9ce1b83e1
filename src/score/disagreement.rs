//! Where two ways of scoring rank a row most differently: what a network understood that a distance does not, and the
//! reverse.

use crate::score::order::{order, places};

/// How differently the two rank each row: ln(rank of the distance / rank of the network) with 1 = the strangest, above
/// zero where the network finds the row stranger. The logarithm because ranks 1 and 50 are worlds apart and ranks 1,001
/// and 1,050 are not.
pub fn disagreement(network: &[f32], lesinn: &[f32]) -> Vec<f32> {
    let [network, lesinn] = [network, lesinn].map(|scores| places(&order(scores)));
    let ratio = |(network, lesinn): (&u32, &u32)| {
        (f64::from(lesinn + 1) / f64::from(network + 1)).ln() as f32
    };
    network.iter().zip(&lesinn).map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_of_the_ranks_counts_and_its_sign_says_who_is_alarmed() {
        // Ranks 1 2 3 4 against 4 2 3 1.
        let found = disagreement(&[9.0, 5.0, 3.0, 1.0], &[1.0, 5.0, 3.0, 9.0]);
        let four = 4.0_f32.ln();
        assert_eq!(found, [four, 0.0, 0.0, -four]);
    }
}
