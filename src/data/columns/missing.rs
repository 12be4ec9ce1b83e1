//! What the user says stands for a missing value, beside the words that always do.

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::options::Missing;

/// Words and numbers that stand for a missing value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MissingWords {
    words: Vec<Box<[u8]>>,
    /// Those of them that are numbers.
    pub codes: Vec<f64>,
    /// Whether to look for codes that nobody named.
    pub find: bool,
}

impl MissingWords {
    /// As the user says.
    pub fn new(missing: &Missing, spelling: Spelling) -> Self {
        let words: Vec<&str> = match missing {
            Missing::Found => {
                return Self {
                    find: true,
                    ..Self::default()
                };
            }
            Missing::Said(words) => words.iter().map(|word| word.trim()).collect(),
        };
        let codes = words.iter().filter_map(|word| {
            // On the command line a number has a point, whatever the file has.
            let read = |spelling| match number::read(word.as_bytes(), spelling) {
                Cell::Number(value) => Some(value),
                _ => None,
            };
            read(Spelling::default()).or_else(|| read(spelling))
        });
        Self {
            codes: codes.collect(),
            words: words.iter().map(|word| word.as_bytes().into()).collect(),
            find: false,
        }
    }

    /// Whether a cell, trimmed, is one of them.
    pub fn has(&self, cell: &[u8]) -> bool {
        !self.words.is_empty() && self.words.iter().any(|word| **word == *cell)
    }
}
