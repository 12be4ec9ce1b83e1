//! What is new in rows beside those that were learned from: categories that were not there, numbers beyond their range.

use crate::data::columns::category::{Found, NOTHING};
use crate::data::columns::piece::Piece;
use crate::data::columns::words::Words;
use crate::data::encoder::{Coded, Encoder};
use crate::data::text::sanitize_bytes;

/// New words of a column that are named.
const NAMED: usize = 3;

/// What is new, column by column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Of each column in use.
    pub columns: Vec<New>,
}

/// What is new in a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    /// Rows with a category that is none of those that were learned.
    pub unseen: u64,
    /// The first such categories.
    pub words: Vec<String>,
    /// Rows whose number is below the least that was learned.
    pub below: u64,
    /// Rows whose number is above the greatest.
    pub above: u64,
    /// Cells that are no number, or no date, where there should be one.
    pub unreadable: u64,
    /// Cells that are empty or say that a value is missing.
    pub missing: u64,
}

impl News {
    /// Of the rows of a block and their features, which are held against the least and the greatest of each.
    pub fn of(
        encoder: &Encoder,
        pieces: &[Piece],
        (values, ranges): (&[f32], &[[f32; 2]]),
    ) -> Self {
        let mut beyond = vec![[0_u64; 2]; ranges.len()];
        for row in values.chunks_exact(ranges.len().max(1)) {
            for ((value, [least, greatest]), [below, above]) in
                row.iter().zip(ranges).zip(&mut beyond)
            {
                *below += u64::from(value < least);
                *above += u64::from(value > greatest);
            }
        }
        let column = |column: &Coded| match pieces.get(column.place) {
            Some(Piece::Words(words)) => New::of_words(column, words),
            Some(Piece::Numbers(_, gaps)) => {
                let [below, above] = beyond[column.features.start];
                New {
                    below,
                    above,
                    unreadable: (gaps.words + gaps.not_finite) as u64,
                    missing: gaps.missing as u64,
                    ..New::default()
                }
            }
            _ => New::default(),
        };
        Self {
            columns: encoder.columns.iter().map(column).collect(),
        }
    }

    /// Adds what is new in other rows.
    pub fn add(&mut self, other: Self) {
        if self.columns.is_empty() {
            self.columns = other.columns;
            return;
        }
        for (own, other) in self.columns.iter_mut().zip(other.columns) {
            own.unseen += other.unseen;
            own.below += other.below;
            own.above += other.above;
            own.unreadable += other.unreadable;
            own.missing += other.missing;
            for word in other.words {
                own.name(word);
            }
        }
    }
}

impl New {
    fn of_words(column: &Coded, words: &Words) -> Self {
        let mut new = Self {
            missing: words.missing() as u64,
            ..Self::default()
        };
        let levels = column.levels.as_deref().unwrap_or_default();
        let known = Found::new(levels);
        for (word, count) in words.words().iter().zip(words.counts()) {
            let word = sanitize_bytes(word);
            if known.place(&word).is_none() {
                new.unseen += count as u64;
                new.name(word);
            }
        }
        if !levels.iter().any(|level| level == NOTHING) && words.missing() > 0 {
            new.unseen += words.missing() as u64;
            new.name("nothing".to_owned());
        }
        new
    }

    fn name(&mut self, word: String) {
        if self.words.len() < NAMED && !self.words.contains(&word) {
            self.words.push(word);
        }
    }
}
