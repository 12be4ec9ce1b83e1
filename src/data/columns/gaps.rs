//! Cells of a column that hold no usable number: how many, and the first ones, for the notices.

use crate::data::columns::number::{self, Cell};

/// Cells that hold no usable number.
#[derive(Debug, Clone, Default)]
pub struct Gaps {
    /// Cells that are empty or say that a value is missing.
    pub missing: usize,
    /// NaN, infinities, and numbers too large for f64.
    pub not_finite: usize,
    /// Cells that hold something other than a number.
    pub words: usize,
    /// The first of [`Gaps::not_finite`]: line and text. Lines count from the block's first, 0, until the blocks are joined.
    pub first_not_finite: Option<(u64, Box<[u8]>)>,
    /// The first few different of [`Gaps::words`], likewise.
    pub first_words: Vec<(u64, Box<[u8]>)>,
}

/// How many different words a notice names.
const NAMED_WORDS: usize = 3;

impl Gaps {
    /// All cells without a number.
    pub fn total(&self) -> usize {
        self.missing + self.not_finite + self.words
    }

    /// Only so many cells are left; of what kind they were is no longer known, so each kind keeps its share.
    pub fn shrink(&mut self, left: usize) {
        let total = self.total();
        if left < total {
            self.words = self.words * left / total;
            self.not_finite = self.not_finite * left / total;
            self.missing = left - self.words - self.not_finite;
        }
    }

    /// Counts a cell that was read as something other than a number.
    pub fn add(&mut self, what: Cell, cell: &[u8], line: u64) {
        match what {
            Cell::NotFinite => {
                self.not_finite += 1;
                if self.first_not_finite.is_none() {
                    self.first_not_finite = Some((line, number::trim(cell).into()));
                }
            }
            Cell::Word => self.add_word(line, number::trim(cell)),
            Cell::Missing | Cell::Number(_) => self.missing += 1,
        }
    }

    fn add_word(&mut self, line: u64, cell: &[u8]) {
        self.words += 1;
        if self.first_words.len() < NAMED_WORDS
            && self.first_words.iter().all(|(_, word)| **word != *cell)
        {
            self.first_words.push((line, cell.into()));
        }
    }

    /// Adds the gaps of a later block, whose first line has the number `first_line`.
    pub fn append(&mut self, other: &Self, first_line: u64) {
        self.missing += other.missing;
        self.not_finite += other.not_finite;
        let at = |(line, text): &(u64, Box<[u8]>)| (line + first_line, text.clone());
        if self.first_not_finite.is_none() {
            self.first_not_finite = other.first_not_finite.as_ref().map(at);
        }
        let words = self.words + other.words;
        for (line, word) in other.first_words.iter().map(at) {
            self.add_word(line, &word);
        }
        self.words = words;
    }
}
