//! A block's part of one column, built cell by cell.

use crate::data::columns::datetime;
use crate::data::columns::gaps::Gaps;
use crate::data::columns::guess::Lean;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::columns::packed::Packed;
use crate::data::columns::words::Words;

/// A block's part of one column.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Numbers, or seconds.
    Numbers(Packed, Gaps),
    /// Words.
    Words(Words),
    /// Nothing but the count of missing cells.
    Presence(usize),
}

/// A piece in the making.
pub enum Builder {
    /// Numbers, and how they are spelled.
    Numbers(Vec<f64>, Gaps, Spelling),
    /// Dates, and how they are spelled.
    Times(Vec<f64>, Gaps, datetime::Format),
    /// Words.
    Words(Words),
    /// The count of missing cells.
    Presence(usize),
}

impl Builder {
    /// An empty piece of a column that is read like this.
    pub fn new(lean: Lean, spelling: Spelling) -> Self {
        match lean {
            Lean::Numbers => Self::Numbers(Vec::new(), Gaps::default(), spelling),
            Lean::Times(format) => Self::Times(Vec::new(), Gaps::default(), format),
            Lean::Words => Self::Words(Words::default()),
            Lean::Presence => Self::Presence(0),
        }
    }

    /// Reads the next cell, which begins in `line`.
    pub fn push(&mut self, cell: &[u8], line: u64) {
        match self {
            Self::Numbers(values, gaps, spelling) => {
                values.push(match number::read(cell, *spelling) {
                    Cell::Number(value) => value,
                    other => {
                        gaps.add(other, cell, line);
                        f64::NAN
                    }
                });
            }
            Self::Times(values, gaps, format) => {
                let cell = number::trim(cell);
                values.push(datetime::read(cell, *format).unwrap_or_else(|| {
                    let what = if number::is_missing_word(cell) {
                        Cell::Missing
                    } else {
                        Cell::Word
                    };
                    gaps.add(what, cell, line);
                    f64::NAN
                }));
            }
            Self::Words(words) => {
                let cell = number::trim(cell);
                words.push((!number::is_missing_word(cell)).then_some(cell));
            }
            Self::Presence(missing) => {
                *missing += usize::from(number::is_missing_word(number::trim(cell)));
            }
        }
    }

    /// The piece with all its cells.
    pub fn finish(self) -> Piece {
        match self {
            Self::Numbers(values, gaps, _) | Self::Times(values, gaps, _) => {
                Piece::Numbers(Packed::new(values), gaps)
            }
            Self::Words(words) => Piece::Words(words),
            Self::Presence(missing) => Piece::Presence(missing),
        }
    }
}
