//! One block of records, parsed: a piece of every column, and the problems met. Blocks do not depend on each other, so they
//! can be parsed side by side; lines are counted from the start of the block until the blocks are joined.

use csv::ByteRecord;
use memchr::memchr_iter;

use crate::data::columns::piece::{Builder, Piece};
use crate::data::records::block::Block;
use crate::data::records::layout::Layout;
use crate::data::records::ragged::Ragged;
use crate::data::records::reader::Reader;
use crate::data::records::repeated::Repeats;
use crate::data::records::rows::Rows;
use crate::data::records::sampler::Sampler;

/// A parsed block.
#[derive(Debug)]
pub struct Chunk {
    /// Where the block begins in the stream.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: usize,
    /// Its number of lines.
    pub lines: u64,
    /// Where each row begins in the block.
    pub starts: Vec<u32>,
    /// Each row's number among the block's data rows, 0 = first; rows that were skipped count too.
    pub places: Vec<u32>,
    /// Data rows in the block, including skipped ones and those outside the sample.
    pub seen: u32,
    /// Rows of the wrong length.
    pub ragged: Ragged,
    /// Lines that belong above the rows.
    pub repeats: Repeats,
    /// Lines before the first that is not UTF-8.
    pub not_utf8: Option<u64>,
    /// Lines before the quote that is never closed.
    pub unclosed: Option<u64>,
    /// One for each column.
    pub pieces: Vec<Piece>,
    /// The text of the block, where it is kept for whoever looks at the rows.
    pub text: Vec<u8>,
}

impl Chunk {
    /// Reads a block.
    pub fn read(block: &Block, layout: &Layout) -> Self {
        let bytes = &block.bytes[..];
        let lines_before = |at: usize| memchr_iter(layout.terminator, &bytes[..at]).count() as u64;
        let not_utf8 = std::str::from_utf8(bytes)
            .err()
            .map(|error| lines_before(error.valid_up_to()));
        let unclosed = block.unclosed.map(lines_before);
        let mut rows = Rows::new(layout, block.offset);
        if unclosed.is_some() {
            // A quote that is never closed swallows the rest; the whole file is refused.
        } else {
            rows.read(bytes, block.quoted);
        }
        let Rows {
            starts,
            places,
            seen,
            ragged,
            repeats,
            columns,
            ..
        } = rows;
        Self {
            offset: block.offset,
            bytes: bytes.len(),
            lines: lines_before(bytes.len()),
            starts,
            places,
            seen,
            ragged,
            repeats,
            not_utf8,
            unclosed,
            pieces: columns.into_iter().map(Builder::finish).collect(),
            text: Vec::new(),
        }
    }

    /// Rows that were not read from text: a piece of every column, all of so many rows.
    pub fn of_pieces(pieces: Vec<Piece>, rows: usize) -> Self {
        Self {
            offset: 0,
            bytes: 0,
            lines: 0,
            starts: vec![0; rows],
            places: (0..rows as u32).collect(),
            seen: rows as u32,
            ragged: Ragged::default(),
            repeats: Repeats::default(),
            not_utf8: None,
            unclosed: None,
            pieces,
            text: Vec::new(),
        }
    }

    /// Passes through the records of the rows, whose text was kept.
    pub fn records(&self, layout: &Layout, each: impl FnMut(usize, &ByteRecord)) {
        let (separator, terminator) = (&layout.separator, layout.terminator);
        let mut reader = Reader::new(&self.text[..], separator, terminator, false);
        let starts = self.starts.iter().map(|start| u64::from(*start));
        let columns = layout.read_as.len();
        // A record that is not where it was read is passed over with those behind it.
        let _ = reader.each_at(starts, columns, each);
    }

    /// Keeps the rows that are in the sample.
    pub fn retain(&mut self, sampler: Sampler) {
        let offset = self.offset;
        let keep: Vec<bool> = self
            .starts
            .iter()
            .map(|start| sampler.takes(offset + u64::from(*start)))
            .collect();
        let mut marks = keep.iter();
        self.starts.retain(|_| *marks.next().unwrap_or(&false));
        let mut marks = keep.iter();
        self.places.retain(|_| *marks.next().unwrap_or(&false));
        for piece in &mut self.pieces {
            match piece {
                Piece::Numbers(values, gaps) => {
                    values.retain(&keep);
                    let mut left = 0;
                    values.for_each(|value| left += usize::from(value.is_nan()));
                    gaps.shrink(left);
                }
                Piece::Words(words) => words.retain(&keep),
                Piece::Presence(_) => {}
            }
        }
    }

    /// Takes in the rows of a later block, whose first line and first data row come so many after this one's; gives it back
    /// where it is too far off.
    pub fn absorb(&mut self, other: Self, lines: u64, rows: u64) -> Option<Self> {
        let apart = u32::try_from(other.offset - self.offset);
        let fits = apart.is_ok_and(|apart| {
            u32::try_from(u64::from(apart) + other.bytes as u64).is_ok()
                && u32::try_from(rows + u64::from(other.seen)).is_ok()
        });
        let (true, Ok(apart)) = (fits, apart) else {
            return Some(other);
        };
        self.starts
            .extend(other.starts.iter().map(|start| start + apart));
        let rows = rows as u32;
        self.places
            .extend(other.places.iter().map(|place| place + rows));
        self.bytes = apart as usize + other.bytes;
        self.lines = lines + other.lines;
        self.seen = rows + other.seen;
        for (mine, piece) in self.pieces.iter_mut().zip(other.pieces) {
            match (mine, piece) {
                (Piece::Numbers(values, gaps), Piece::Numbers(more, others)) => {
                    values.append(&more);
                    gaps.append(&others, lines);
                }
                (Piece::Words(words), Piece::Words(more)) => words.append(&more),
                (Piece::Presence(count), Piece::Presence(more)) => *count += more,
                _ => {}
            }
        }
        None
    }

    /// The lots of the rows.
    pub fn lots(&self, sampler: Sampler) -> impl Iterator<Item = u64> {
        self.starts
            .iter()
            .map(move |start| sampler.lot(self.offset + u64::from(*start)))
    }

    /// Bytes of memory that the pieces take.
    pub fn memory(&self) -> usize {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Numbers(values, _) => values.bytes(),
            Piece::Words(words) => words.bytes(),
            Piece::Presence(_) => 0,
        });
        8 * self.starts.len() + pieces.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::guess::ReadAs;
    use crate::data::columns::number::Spelling;
    use crate::data::records::separator::Separator;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn layout(columns: usize) -> Layout {
        Layout {
            separator: Separator::Byte(b','),
            terminator: b'\n',
            comments: false,
            top: Arc::default(),
            spelling: Spelling::default(),
            read_as: vec![ReadAs::Words; columns],
            missing: Arc::default(),
            no_prose: false,
            sampler: Sampler::new(0),
        }
    }

    fn chunk(text: &str, quoted: bool, columns: usize) -> Chunk {
        let block = Block {
            bytes: text.as_bytes().to_vec(),
            offset: 0,
            quoted,
            unclosed: None,
        };
        Chunk::read(&block, &layout(columns))
    }

    fn words(chunk: &Chunk) -> Vec<Vec<Option<Vec<u8>>>> {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => (0..words.codes().len())
                .map(|row| words.get(row).map(<[u8]>::to_vec))
                .collect(),
            _ => unreachable!(),
        };
        chunk.pieces.iter().map(piece).collect()
    }

    proptest! {
        #[test]
        fn both_ways_to_read_a_block_without_quotes_agree(text in "[ab ,\r\n]{0,60}") {
            let (plain, csv) = (chunk(&text, false, 2), chunk(&text, true, 2));
            prop_assert_eq!(words(&plain), words(&csv));
            prop_assert_eq!((plain.starts, plain.seen, plain.ragged), (csv.starts, csv.seen, csv.ragged));
        }
    }

    #[test]
    fn blank_lines_are_no_rows_and_ragged_ones_are_named() {
        let chunk = chunk("1,2\n\n  \n3\r\n4,5\n6,7,8\n", false, 2);
        assert_eq!((chunk.starts.len(), chunk.seen, chunk.lines), (2, 4, 6));
        assert_eq!(chunk.ragged.first, [(3, 1), (5, 3)]);
    }

    #[test]
    fn lines_are_counted_through_quotes() {
        let chunk = chunk("\"a\n\n\",2\n3\n", true, 2);
        assert_eq!(chunk.ragged.first, [(3, 1)]);
    }
}
