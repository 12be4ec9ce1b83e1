//! Cells of a column that hold no usable number: how many, and the first ones, to be named.

use crate::data::columns::number::{self, Cell};

/// Cells that hold no usable number.
#[derive(Debug, Clone, Default)]
pub struct Gaps {
    /// Cells that say nothing.
    pub missing: usize,
    /// NaN, infinities, and what f64 does not reach.
    pub not_finite: usize,
    /// Cells that say something else.
    pub words: usize,
    /// The first of [`Gaps::not_finite`]: line and text.
    pub first_not_finite: Option<(u64, Box<[u8]>)>,
    /// The first different of [`Gaps::words`].
    pub first_words: Vec<(u64, Box<[u8]>)>,
}

/// Different words that a notice names.
const NAMED_WORDS: usize = 3;

impl Gaps {
    /// Cells without a number.
    pub fn total(&self) -> usize {
        self.missing + self.not_finite + self.words
    }

    /// Counts a cell that is no number.
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

    /// Adds the gaps of a later block, which begins after `lines`.
    pub fn append(&mut self, other: &Self, lines: u64) {
        self.missing += other.missing;
        self.not_finite += other.not_finite;
        let at = |(line, text): &(u64, Box<[u8]>)| (line + lines, text.clone());
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
