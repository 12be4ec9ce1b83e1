//! One block's part of one column, built cell by cell.

use crate::data::columns::datetime;
use crate::data::columns::gaps::Gaps;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::columns::packed::Packed;
use crate::data::columns::words::Words;

/// One block's part of one column.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Numbers, or dates in seconds.
    Numbers(Packed, Gaps),
    /// Words.
    Words(Words),
    /// Only the count of missing cells.
    Presence(usize),
}

/// A piece as far as its cells have been read.
pub enum Builder {
    /// Numbers, and how they are written.
    Numbers(Vec<f64>, Gaps, Spelling),
    /// Dates, and their format.
    Times(Vec<f64>, Gaps, datetime::Format),
    /// Words.
    Words(Words),
    /// The count of missing cells.
    Presence(usize),
}

impl Builder {
    /// An empty piece of a column that is read as `read_as` says.
    pub fn new(read_as: ReadAs, spelling: Spelling) -> Self {
        match read_as {
            ReadAs::Numbers => Self::Numbers(Vec::new(), Gaps::default(), spelling),
            ReadAs::Times(format) => Self::Times(Vec::new(), Gaps::default(), format),
            ReadAs::Words => Self::Words(Words::default()),
            ReadAs::Presence => Self::Presence(0),
        }
    }

    /// Reads the next cell, whose row begins after `line` lines.
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

    /// The finished piece.
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
