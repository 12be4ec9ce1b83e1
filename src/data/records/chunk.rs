//! One block of records, read: a piece of every column, and what was noticed on the way. Blocks know nothing of each other,
//! so they can be read side by side; lines are counted from the block's own start until they are joined.

use memchr::{memchr, memchr_iter};

use crate::data::columns::datetime;
use crate::data::columns::kind::Lean;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::columns::packed::Packed;
use crate::data::records::block::Block;
use crate::data::records::dialect::{is_blank, reader};
use crate::data::records::words::Words;

/// How to read every block of a file.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Between cells.
    pub delimiter: u8,
    /// At the end of a record.
    pub terminator: u8,
    /// Whether lines that begin with `#` are passed over.
    pub comments: bool,
    /// How numbers are written.
    pub spelling: Spelling,
    /// How to read each column.
    pub leans: Vec<Lean>,
    /// Draws the sample.
    pub seed: u64,
    /// Rows whose lot is not below this are not in the sample.
    pub below: u64,
}

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

/// Rows of the wrong length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ragged {
    /// How many.
    pub count: usize,
    /// Line and number of cells of the first few.
    pub first: Vec<(u64, usize)>,
}

/// Ragged rows that are named.
const NAMED_ROWS: usize = 5;

impl Ragged {
    fn add(&mut self, line: u64, cells: usize) {
        self.count += 1;
        if self.first.len() < NAMED_ROWS {
            self.first.push((line, cells));
        }
    }

    /// Adds those of a later block, which begins after `lines`.
    pub fn append(&mut self, other: &Self, lines: u64) {
        let count = self.count + other.count;
        for (line, cells) in &other.first {
            self.add(line + lines, *cells);
        }
        self.count = count;
    }

    /// They in a sentence, for rows of `expected` cells.
    pub fn sentence(&self, expected: usize) -> String {
        let lines: Vec<String> = self
            .first
            .iter()
            .map(|(line, _)| (line + 1).to_string())
            .collect();
        let (lines, more) = (
            lines.join(", "),
            if self.count > lines.len() { " …" } else { "" },
        );
        let rows = if self.count == 1 { "row" } else { "rows" };
        let first = self.first.first().map_or(0, |(_, cells)| *cells);
        let plural = if expected == 1 { "" } else { "s" };
        format!(
            "{} {rows} without {expected} cell{plural} skipped (line {lines}{more}; the first has {first})",
            self.count
        )
    }
}

/// A block, read.
#[derive(Debug)]
pub struct Chunk {
    /// Where the block begins in the stream.
    pub offset: u64,
    /// Its length.
    pub bytes: usize,
    /// Its line ends.
    pub lines: u64,
    /// Where each row begins in the block.
    pub starts: Vec<u32>,
    /// Each row's place among the block's data rows.
    pub places: Vec<u32>,
    /// Data rows in the block, skipped ones and those outside the sample included.
    pub seen: u32,
    /// Rows of the wrong length.
    pub ragged: Ragged,
    /// The first line that is not UTF-8.
    pub not_utf8: Option<u64>,
    /// Lines before the quote that is never closed.
    pub unclosed: Option<u64>,
    /// One for each column.
    pub pieces: Vec<Piece>,
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
            // Nothing in it is what it seems.
        } else if block.quoted {
            rows.read_quoted(bytes);
        } else {
            rows.read_plain(bytes);
        }
        let Rows {
            starts,
            places,
            seen,
            ragged,
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
            not_utf8,
            unclosed,
            pieces: columns.into_iter().map(Building::finish).collect(),
        }
    }

    /// Keeps the rows whose lot is below `below`.
    pub fn retain(&mut self, seed: u64, below: u64) {
        let offset = self.offset;
        let keep: Vec<bool> = self
            .starts
            .iter()
            .map(|start| lot(seed, offset + u64::from(*start)) < below)
            .collect();
        let mut marks = keep.iter();
        self.starts.retain(|_| *marks.next().unwrap_or(&false));
        let mut marks = keep.iter();
        self.places.retain(|_| *marks.next().unwrap_or(&false));
        for piece in &mut self.pieces {
            match piece {
                Piece::Numbers(values, _) => values.retain(&keep),
                Piece::Words(words) => words.retain(&keep),
                Piece::Presence(_) => {}
            }
        }
    }

    /// The lots of the rows.
    pub fn lots(&self, seed: u64) -> impl Iterator<Item = u64> {
        self.starts
            .iter()
            .map(move |start| lot(seed, self.offset + u64::from(*start)))
    }

    /// Bytes that the pieces take.
    pub fn memory(&self) -> usize {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Numbers(values, _) => values.bytes(),
            Piece::Words(words) => words.bytes(),
            Piece::Presence(_) => 0,
        });
        8 * self.starts.len() + pieces.sum::<usize>()
    }
}

/// A number that a row draws, by where it begins. The rows with the lowest lots are an even sample of the file, whatever
/// the order they are read in.
fn lot(seed: u64, at: u64) -> u64 {
    // SplitMix64 (Steele, Lea & Flood 2014).
    let mut mixed = at
        .wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // One below the highest, so that the bound of no sample at all takes every row.
    (mixed ^ (mixed >> 31)).min(u64::MAX - 1)
}

/// The rows of a block in the making.
struct Rows<'a> {
    layout: &'a Layout,
    offset: u64,
    starts: Vec<u32>,
    places: Vec<u32>,
    seen: u32,
    ragged: Ragged,
    columns: Vec<Building<'a>>,
}

impl<'a> Rows<'a> {
    fn new(layout: &'a Layout, offset: u64) -> Self {
        Self {
            layout,
            offset,
            starts: Vec::new(),
            places: Vec::new(),
            seen: 0,
            ragged: Ragged::default(),
            columns: layout
                .leans
                .iter()
                .map(|lean| Building::new(*lean, layout))
                .collect(),
        }
    }

    /// Without quotes a delimiter is a delimiter and a line end a line end.
    fn read_plain(&mut self, bytes: &[u8]) {
        let Layout {
            delimiter,
            terminator,
            comments,
            ..
        } = *self.layout;
        let (mut start, mut line) = (0, 0);
        let mut ends: Vec<usize> = Vec::with_capacity(self.columns.len());
        while start < bytes.len() {
            let length = memchr(terminator, &bytes[start..]).unwrap_or(bytes.len() - start);
            let record = &bytes[start..start + length];
            if !(record.is_empty() || comments && record[0] == b'#') {
                ends.clear();
                ends.extend(memchr_iter(delimiter, record));
                ends.push(record.len());
                let mut from = 0;
                let cells = ends.iter().map(|end| {
                    let cell = &record[from..*end];
                    from = end + 1;
                    cell
                });
                self.add(cells, ends.len(), start, line);
            }
            start += length + 1;
            line += 1;
        }
    }

    fn read_quoted(&mut self, bytes: &[u8]) {
        let Layout {
            delimiter,
            terminator,
            comments,
            ..
        } = *self.layout;
        let mut reader = reader(bytes, delimiter, terminator, comments);
        let mut record = csv::ByteRecord::new();
        let (mut counted, mut line) = (0, 0);
        // Reading from memory cannot fail, and records may have any length.
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let mut start = record
                .position()
                .map_or(0, |position| position.byte() as usize);
            // The reader stands before the blank lines and comments that it passes over.
            loop {
                match bytes.get(start) {
                    Some(byte) if *byte == terminator => start += 1,
                    Some(b'#') if comments => {
                        start += memchr(terminator, &bytes[start..]).unwrap_or(0);
                    }
                    _ => break,
                }
            }
            line += memchr_iter(terminator, &bytes[counted..start]).count() as u64;
            counted = start;
            self.add(record.iter(), record.len(), start, line);
        }
    }

    fn add<'b>(
        &mut self,
        mut cells: impl Iterator<Item = &'b [u8]>,
        count: usize,
        start: usize,
        line: u64,
    ) {
        if count != self.columns.len() {
            if !(count == 1 && is_blank(cells)) {
                self.ragged.add(line, count);
                self.seen += 1;
            }
            return;
        }
        let place = self.seen;
        self.seen += 1;
        if lot(self.layout.seed, self.offset + start as u64) >= self.layout.below {
            return;
        }
        if count == 1 {
            let cell = cells.next().unwrap_or_default();
            if number::trim(cell).is_empty() {
                self.seen -= 1;
                return;
            }
            self.columns[0].push(cell, line);
        } else {
            for (cell, column) in cells.zip(&mut self.columns) {
                column.push(cell, line);
            }
        }
        self.starts.push(start as u32);
        self.places.push(place);
    }
}

/// A piece in the making.
enum Building<'a> {
    Numbers(Vec<f64>, Gaps, &'a Layout),
    Times(Vec<f64>, Gaps, datetime::Format),
    Words(Words),
    Presence(usize),
}

impl<'a> Building<'a> {
    fn new(lean: Lean, layout: &'a Layout) -> Self {
        match lean {
            Lean::Numbers => Self::Numbers(Vec::new(), Gaps::default(), layout),
            Lean::Times(format) => Self::Times(Vec::new(), Gaps::default(), format),
            Lean::Words => Self::Words(Words::default()),
            Lean::Presence => Self::Presence(0),
        }
    }

    fn push(&mut self, cell: &[u8], line: u64) {
        match self {
            Self::Numbers(values, gaps, layout) => {
                values.push(match number::read(cell, layout.spelling) {
                    Cell::Number(value) => value,
                    other => {
                        miss(gaps, other, cell, line);
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
                    miss(gaps, what, cell, line);
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

    fn finish(self) -> Piece {
        match self {
            Self::Numbers(values, gaps, _) | Self::Times(values, gaps, _) => {
                Piece::Numbers(Packed::new(values), gaps)
            }
            Self::Words(words) => Piece::Words(words),
            Self::Presence(missing) => Piece::Presence(missing),
        }
    }
}

fn miss(gaps: &mut Gaps, what: Cell, cell: &[u8], line: u64) {
    match what {
        Cell::NotFinite => {
            gaps.not_finite += 1;
            if gaps.first_not_finite.is_none() {
                gaps.first_not_finite = Some((line, number::trim(cell).into()));
            }
        }
        Cell::Word => gaps.add_word(line, number::trim(cell)),
        Cell::Missing | Cell::Number(_) => gaps.missing += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(columns: usize) -> Layout {
        Layout {
            delimiter: b',',
            terminator: b'\n',
            comments: false,
            spelling: Spelling::default(),
            leans: vec![Lean::Words; columns],
            seed: 0,
            below: u64::MAX,
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
