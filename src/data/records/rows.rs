//! Splits a block into rows and cells, and hands each cell to its column.

mod plain;

use memchr::{memchr, memchr_iter};

use crate::data::columns::datetime;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::number::{self, Cell};
use crate::data::columns::piece::Builder;
use crate::data::records::layout::Layout;
use crate::data::records::ragged::Ragged;
use crate::data::records::reader::Reader;
use crate::data::records::repeated::Repeats;
use crate::data::records::separator::Separator;

/// The rows of a block, as far as they have been read.
pub struct Rows<'a> {
    layout: &'a Layout,
    offset: u64,
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
    /// The pieces of the columns so far.
    pub columns: Vec<Builder>,
}

impl<'a> Rows<'a> {
    /// No rows yet, of a block that begins at `offset` in the stream.
    pub fn new(layout: &'a Layout, offset: u64) -> Self {
        Self {
            layout,
            offset,
            starts: Vec::new(),
            places: Vec::new(),
            seen: 0,
            ragged: Ragged::default(),
            repeats: Repeats::default(),
            columns: layout
                .read_as
                .iter()
                .map(|read_as| Builder::new(*read_as, layout.spelling, &layout.missing))
                .collect(),
        }
    }

    /// Reads a block.
    pub fn read(&mut self, bytes: &[u8], quoted: bool) {
        let rows = self.expected(bytes);
        for column in &mut self.columns {
            column.reserve(rows);
        }
        match self.layout.separator {
            Separator::Byte(delimiter) if quoted => self.read_quoted(bytes, delimiter),
            Separator::Byte(delimiter) => self.read_plain(bytes, delimiter),
            Separator::Blanks | Separator::Fixed(_) | Separator::Framed => self.read_lines(bytes),
        }
    }

    /// About how many rows a block has, as its first lines are long; never more than can be, each of whose cells but the last
    /// has a delimiter.
    fn expected(&self, bytes: &[u8]) -> usize {
        const SHOWN: usize = 1 << 16;
        let shown = &bytes[..bytes.len().min(SHOWN)];
        let lines = memchr_iter(self.layout.terminator, shown).count() + 1;
        let rows = lines * bytes.len() / shown.len().max(1);
        rows.min(bytes.len() / (2 * self.columns.len()).max(2) + 1)
    }

    /// Reads a block with quotes, inside which delimiters and line ends are text.
    fn read_quoted(&mut self, bytes: &[u8], delimiter: u8) {
        let Layout {
            terminator,
            comments,
            ..
        } = *self.layout;
        let mut reader = Reader::new(bytes, &Separator::Byte(delimiter), terminator, comments);
        let mut record = csv::ByteRecord::new();
        let (mut counted, mut line, mut after) = (0, 0, 0);
        // Reading from memory cannot fail, and records may have any length.
        while reader.read(&mut record).unwrap_or(false) {
            let mut start = after;
            after = reader.position() as usize;
            // The position is before the blank lines and comments that the reader skipped.
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

    /// Reads a block whose cells blanks or positions separate: a record to the line.
    fn read_lines(&mut self, bytes: &[u8]) {
        let layout = self.layout;
        let (mut start, mut line) = (0, 0);
        let mut cells = Vec::with_capacity(self.columns.len());
        while start < bytes.len() {
            let length = memchr(layout.terminator, &bytes[start..]).unwrap_or(bytes.len() - start);
            let record = &bytes[start..start + length];
            let comment = layout.comments && record.starts_with(b"#");
            if !(comment || layout.separator.passes_over(record)) {
                layout.separator.split(record, &mut cells);
                let count = cells.len();
                let cells = cells.iter().map(|(from, to)| &record[*from..*to]);
                self.add(cells, count, start, line);
            }
            start += length + 1;
            line += 1;
        }
    }

    fn add<'b>(
        &mut self,
        mut cells: impl Iterator<Item = &'b [u8]> + Clone,
        count: usize,
        start: usize,
        line: u64,
    ) {
        if let Some(part) = self.layout.top.of_cells(&cells, count) {
            self.repeats.add(part, line);
            return;
        }
        if cells.clone().all(|cell| number::trim(cell).is_empty()) {
            if count > 1 {
                self.repeats.add_empty(line);
            }
            return;
        }
        if count != self.columns.len() {
            self.ragged.add(line, count);
            self.seen += 1;
            return;
        }
        if self.layout.no_prose && self.are_words(cells.clone()) {
            self.repeats.add_words(line);
            return;
        }
        if count == 1 {
            let cell = cells.next().unwrap_or_default();
            if self.keeps(start) {
                self.columns[0].push(cell, line);
            }
        } else if self.keeps(start) {
            for (cell, column) in cells.zip(&mut self.columns) {
                column.push(cell, line);
            }
        }
    }

    /// Whether none of a row's cells is what its column holds, nor missing: somebody wrote a line in between.
    fn are_words<'b>(&self, cells: impl Iterator<Item = &'b [u8]>) -> bool {
        let is_word = |(cell, read_as): (&[u8], &ReadAs)| {
            let is_date = || match read_as {
                ReadAs::Times(format) => datetime::read(number::trim(cell), *format).is_some(),
                _ => false,
            };
            number::read(cell, self.layout.spelling) == Cell::Word
                && !self.layout.missing.has(number::trim(cell))
                && !is_date()
        };
        cells.zip(&self.layout.read_as).all(is_word)
    }

    /// Counts the row that begins at `start`, and says whether it is in the sample.
    fn keeps(&mut self, start: usize) -> bool {
        let place = self.seen;
        self.seen += 1;
        let keeps = self.layout.sampler.takes(self.offset + start as u64);
        if keeps {
            self.starts.push(start as u32);
            self.places.push(place);
        }
        keeps
    }
}
