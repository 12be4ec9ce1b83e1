//! How rows moved while the network learned: each row's ranks so far, one after the other.

use std::collections::HashMap;

use crate::score::ranking::{By, Ranking};

/// The ranks of the rows that were listed in this run.
#[derive(Debug, Default)]
pub struct Ranks {
    by: Option<By>,
    of: HashMap<u32, Vec<usize>>,
}

impl Ranks {
    /// Takes a ranking of the present. Those by other scores are another story.
    pub fn take(&mut self, ranking: &Ranking) {
        if self.by != Some(ranking.by) {
            *self = Self {
                by: Some(ranking.by),
                ..Self::default()
            };
        }
        for (rank, ranked) in ranking.rows.iter().enumerate() {
            let ranks = self.of.entry(ranked.row).or_default();
            if ranks.last() != Some(&rank) {
                ranks.push(rank);
            }
        }
    }

    /// A row's ranks, 0 = the strangest, each unlike the one before.
    pub fn of(&self, row: u32) -> &[usize] {
        self.of.get(&row).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::flag::FlagRule;
    use crate::score::ranking::Basis;

    fn ranking(scores: &[f32], by: By) -> Ranking {
        Ranking::new(scores, (Basis::Step(1), by, FlagRule::Auto), None, None).0
    }

    #[test]
    fn a_row_s_ranks_are_told_where_they_change() {
        let mut ranks = Ranks::default();
        for scores in [[1.0, 2.0, 3.0], [1.0, 3.0, 2.0], [2.0, 3.0, 1.0]] {
            ranks.take(&ranking(&scores, By::Network));
        }
        let told: Vec<&[usize]> = (0..4).map(|row| ranks.of(row)).collect();
        assert_eq!(told, [&[2, 1][..], &[1, 0], &[0, 1, 2], &[]]);
        ranks.take(&ranking(&[3.0, 2.0, 1.0], By::Lesinn));
        assert_eq!(ranks.of(0), [0]);
    }
}
