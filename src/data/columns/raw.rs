//! A column as all blocks together read it, before anything is made of it.

use crate::data::columns::gaps::Gaps;
use crate::data::columns::packed::Packed;
use crate::data::columns::piece::Piece;
use crate::data::columns::words::Words;

/// A column with all its pieces joined.
pub enum Joined {
    /// Numbers or seconds, and what was none.
    Numbers(Vec<Packed>, Gaps),
    /// Words.
    Words(Words),
    /// The count of missing cells.
    Presence(usize),
}

impl Joined {
    /// Joins the pieces of one column, each with the lines before it.
    pub fn new(pieces: impl Iterator<Item = (u64, Piece)>) -> Self {
        let mut joined: Option<Self> = None;
        for (lines, piece) in pieces {
            match (&mut joined, piece) {
                (None, Piece::Numbers(values, gaps)) => {
                    let mut all = Gaps::default();
                    all.append(&gaps, lines);
                    joined = Some(Self::Numbers(vec![values], all));
                }
                (None, Piece::Words(words)) => joined = Some(Self::Words(words)),
                (None, Piece::Presence(missing)) => joined = Some(Self::Presence(missing)),
                (Some(Self::Numbers(pieces, all)), Piece::Numbers(values, gaps)) => {
                    pieces.push(values);
                    all.append(&gaps, lines);
                }
                (Some(Self::Words(all)), Piece::Words(words)) => all.append(&words),
                (Some(Self::Presence(all)), Piece::Presence(missing)) => *all += missing,
                _ => unreachable!("all blocks are read alike"),
            }
        }
        joined.unwrap_or(Self::Presence(0))
    }

    /// Whether it was read as numbers or dates, but most cells are neither.
    pub fn is_misread(&self) -> bool {
        match self {
            Self::Numbers(values, gaps) => {
                let rows: usize = values.iter().map(Packed::len).sum();
                gaps.words > rows - gaps.total()
            }
            _ => false,
        }
    }
}
