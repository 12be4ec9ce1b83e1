//! Every row's place in a ranking.

use crate::score::order::places;

/// How all rows rank, for those who look beyond the list.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The score of each row, in multiples of the median row's.
    pub scores: Vec<f32>,
    /// The rank of each row, 0 = the strangest.
    pub ranks: Vec<u32>,
    /// Rows that are flagged: those of the first ranks.
    pub flagged: usize,
    /// Ranks from this one on are not known exactly.
    pub exact: usize,
}

impl Standing {
    /// The rank of a row that is not ranked.
    pub const UNRANKED: u32 = u32::MAX;
}

/// Every row's place, kept to tell the next ranking's movements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    pub(super) ranks: Vec<u32>,
    pub(super) flagged: usize,
}

impl Places {
    /// Of the rank of each row, of which the first so many are flagged.
    pub fn new(ranks: Vec<u32>, flagged: usize) -> Self {
        Self { ranks, flagged }
    }

    /// The rank of a row, 0 = the strangest.
    pub fn rank(&self, row: u32) -> usize {
        self.ranks[row as usize] as usize
    }

    /// The rank of each row, 0 = the strangest.
    pub fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// The rows, the strangest first.
    pub fn order(&self) -> Vec<u32> {
        places(&self.ranks)
    }

    /// Share of the rows flagged in these places that are in the `later` ones too; none where there are none.
    pub(super) fn stayed(&self, later: &Self) -> Option<f64> {
        let both = self.ranks.iter().zip(&later.ranks);
        let both =
            both.filter(|(a, b)| (**a as usize) < self.flagged && (**b as usize) < later.flagged);
        (self.flagged > 0).then(|| both.count() as f64 / self.flagged as f64)
    }
}
