//! What separates the cells of a record: one character, any number of blanks, the positions at which all lines are
//! blank, or the bars of a drawn table.
//!
//! Only a character knows quotes that hold line ends; the others take a file line by line.

pub mod blanks;
pub mod framed;
pub mod gutters;

use std::sync::Arc;

use crate::data::records::separator::gutters::Gutter;

/// What separates cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Separator {
    /// This character, once.
    Byte(u8),
    /// Blanks and tabs, as many as there are; those at either end of a line don't count.
    Blanks,
    /// The positions that are blank in all lines.
    Fixed(Arc<[Gutter]>),
    /// Bars, with one at either end of the line, too, as Markdown has them and the clients of databases. Lines that are drawn hold no cells.
    Framed,
}

impl Separator {
    /// Its name, to show.
    pub fn name(&self) -> String {
        match self {
            Self::Byte(b'\t') => "tab".into(),
            Self::Byte(b' ') => "space".into(),
            Self::Byte(other) => char::from(*other).escape_default().to_string(),
            Self::Blanks => "blanks".into(),
            Self::Fixed(_) => "fixed widths".into(),
            Self::Framed => "|".into(),
        }
    }

    /// A sentence about it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Byte(_) | Self::Framed => format!("cells are separated by “{}”", self.name()),
            Self::Blanks => {
                "cells are separated by blanks, one or several; if not, say --delimiter CHAR".into()
            }
            Self::Fixed(gutters) => format!(
                "cells are cut at the {} positions that are blank in every line; if that is wrong, say --delimiter blanks or --delimiter CHAR",
                gutters.len()
            ),
        }
    }

    /// The character, where it is one.
    pub fn byte(&self) -> Option<u8> {
        match self {
            Self::Byte(byte) => Some(*byte),
            Self::Blanks | Self::Fixed(_) | Self::Framed => None,
        }
    }

    /// Where the cells of a line are; quotes are left out where they stand around a cell. Nothing knows quotes here but blanks.
    pub fn split(&self, line: &[u8], cells: &mut Vec<(usize, usize)>) {
        cells.clear();
        match self {
            Self::Byte(byte) => {
                let mut from = 0;
                for at in memchr::memchr_iter(*byte, line) {
                    cells.push((from, at));
                    from = at + 1;
                }
                cells.push((from, line.len()));
            }
            Self::Blanks => blanks::split(line, cells),
            Self::Fixed(gutters) => gutters::split(line, gutters, cells),
            Self::Framed => framed::split(line, cells),
        }
    }
}

impl Separator {
    /// Whether a line holds no record.
    pub fn passes_over(&self, line: &[u8]) -> bool {
        line.trim_ascii().is_empty() || *self == Self::Framed && is_rule(line)
    }
}

/// Whether a line is drawn, not written: `----+-----` and the like, as databases and Markdown have them under the header.
pub fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let stroke = |byte: &u8| matches!(byte, b'-' | b'=');
    let joint = |byte: &u8| matches!(byte, b'+' | b'|' | b':' | b',' | b';' | b' ' | b'\t');
    line.iter().all(|byte| stroke(byte) || joint(byte))
        && line.windows(3).any(|part| part.iter().all(stroke))
}
