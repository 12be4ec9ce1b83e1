//! One block's part of one column, built cell by cell.

use std::sync::Arc;

use crate::data::columns::datetime;
use crate::data::columns::gaps::Gaps;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::decimal::Decimal;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::columns::packed::Packed;
use crate::data::columns::packed::packer::Packer;
use crate::data::columns::unit::Suffix;
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
pub struct Builder {
    kind: Building,
    missing: Arc<MissingWords>,
}

enum Building {
    /// Numbers, how they are written, and the unit behind them.
    Numbers(Packer, Gaps, Spelling, Option<Suffix>),
    /// Dates, and their format.
    Times(Packer, Gaps, datetime::Format),
    /// Words.
    Words(Words),
    /// The count of missing cells.
    Presence(usize),
}

impl Builder {
    /// An empty piece of a column that is read as `read_as` says.
    pub fn new(read_as: ReadAs, spelling: Spelling, missing: &Arc<MissingWords>) -> Self {
        let kind = match read_as {
            ReadAs::Numbers => {
                Building::Numbers(Packer::default(), Gaps::default(), spelling, None)
            }
            ReadAs::Measures(unit) => {
                Building::Numbers(Packer::default(), Gaps::default(), spelling, Some(unit))
            }
            ReadAs::Times(format) => Building::Times(Packer::default(), Gaps::default(), format),
            ReadAs::Words => Building::Words(Words::default()),
            ReadAs::Presence => Building::Presence(0),
        };
        Self {
            kind,
            missing: Arc::clone(missing),
        }
    }

    /// Makes room for the numbers of so many rows.
    pub fn reserve(&mut self, rows: usize) {
        if let Building::Numbers(values, ..) | Building::Times(values, ..) = &mut self.kind {
            values.reserve(rows);
        }
    }

    /// Adds a number to a column of numbers, where it has been read already.
    #[inline]
    pub fn push_decimal(&mut self, decimal: Decimal) {
        if let Building::Numbers(values, ..) = &mut self.kind {
            values.push_decimal(decimal);
        }
    }

    /// Adds a finite number to a column of numbers, where it needs no reading.
    #[inline]
    pub fn push_number(&mut self, value: f64) {
        if let Building::Numbers(values, ..) = &mut self.kind {
            values.push(value);
        }
    }

    /// Reads the next cell, whose row begins after `line` lines.
    pub fn push(&mut self, cell: &[u8], line: u64) {
        let missing = &self.missing;
        match &mut self.kind {
            Building::Numbers(values, gaps, spelling, unit) => {
                let number = unit.and_then(|unit| unit.strip(cell)).unwrap_or(cell);
                values.push(match number::read(number, *spelling) {
                    Cell::Number(value) => value,
                    other => {
                        let said = missing.has(number::trim(cell));
                        gaps.add(if said { Cell::Missing } else { other }, cell, line);
                        f64::NAN
                    }
                });
            }
            Building::Times(values, gaps, format) => {
                let cell = number::trim(cell);
                values.push(datetime::read(cell, *format).unwrap_or_else(|| {
                    let what = if number::is_missing_word(cell) || missing.has(cell) {
                        Cell::Missing
                    } else {
                        Cell::Word
                    };
                    gaps.add(what, cell, line);
                    f64::NAN
                }));
            }
            Building::Words(words) => {
                let cell = number::trim(cell);
                let gap = number::is_missing_word(cell) || missing.has(cell);
                words.push((!gap).then_some(cell));
            }
            Building::Presence(count) => {
                let cell = number::trim(cell);
                *count += usize::from(number::is_missing_word(cell) || missing.has(cell));
            }
        }
    }

    /// The finished piece.
    pub fn finish(self) -> Piece {
        match self.kind {
            Building::Numbers(values, gaps, ..) | Building::Times(values, gaps, _) => {
                Piece::Numbers(values.finish(), gaps)
            }
            Building::Words(words) => Piece::Words(words),
            Building::Presence(missing) => Piece::Presence(missing),
        }
    }
}
