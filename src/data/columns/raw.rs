//! A raw column: the pieces of all blocks together, before it is decided what the column is.

use crate::data::columns::gaps::Gaps;
use crate::data::columns::packed::Packed;
use crate::data::columns::piece::Piece;
use crate::data::columns::words::Words;

/// A column as it was read.
pub enum RawColumn {
    /// Numbers or dates in seconds, block by block, and the cells that are neither.
    Numbers(Vec<Packed>, Gaps),
    /// Words.
    Words(Words),
    /// The count of missing cells.
    Presence(usize),
}

impl RawColumn {
    /// Joins the pieces of one column, each with the number of its block's first line.
    pub fn new(pieces: impl Iterator<Item = (u64, Piece)>) -> Self {
        let mut joined: Option<Self> = None;
        for (first_line, piece) in pieces {
            match (&mut joined, piece) {
                (None, Piece::Numbers(values, gaps)) => {
                    let mut all = Gaps::default();
                    all.append(&gaps, first_line);
                    joined = Some(Self::Numbers(vec![values], all));
                }
                (None, Piece::Words(words)) => joined = Some(Self::Words(words)),
                (None, Piece::Presence(missing)) => joined = Some(Self::Presence(missing)),
                (Some(Self::Numbers(pieces, all)), Piece::Numbers(values, gaps)) => {
                    pieces.push(values);
                    all.append(&gaps, first_line);
                }
                (Some(Self::Words(all)), Piece::Words(words)) => all.append(&words),
                (Some(Self::Presence(all)), Piece::Presence(missing)) => *all += missing,
                _ => unreachable!("all blocks are read alike"),
            }
        }
        joined.unwrap_or(Self::Presence(0))
    }

    /// Whether it was read as numbers or dates although most cells are neither.
    pub fn is_misread(&self) -> bool {
        match self {
            Self::Numbers(values, gaps) => {
                let rows: usize = values.iter().map(Packed::len).sum();
                gaps.words > rows.saturating_sub(gaps.total())
            }
            _ => false,
        }
    }
}
