//! A block as rows: cut at its delimiters and line ends, each cell handed to the piece of its column.

use memchr::{memchr, memchr_iter};

use crate::data::columns::number;
use crate::data::columns::piece::Builder;
use crate::data::records::layout::Layout;
use crate::data::records::ragged::Ragged;
use crate::data::records::reader::{is_blank, reader};

/// The rows of a block in the making.
pub struct Rows<'a> {
    layout: &'a Layout,
    offset: u64,
    /// Where each row begins in the block.
    pub starts: Vec<u32>,
    /// Each row's place among the block's data rows.
    pub places: Vec<u32>,
    /// Data rows in the block, skipped ones and those outside the sample included.
    pub seen: u32,
    /// Rows of the wrong length.
    pub ragged: Ragged,
    /// The pieces of the columns.
    pub columns: Vec<Builder>,
}

impl<'a> Rows<'a> {
    /// None yet, of a block that begins at `offset`.
    pub fn new(layout: &'a Layout, offset: u64) -> Self {
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
                .map(|lean| Builder::new(*lean, layout.spelling))
                .collect(),
        }
    }

    /// Reads a block without quotes: a delimiter is a delimiter and a line end a line end.
    pub fn read_plain(&mut self, bytes: &[u8]) {
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

    /// Reads a block in which a line end or a delimiter may stand inside quotes.
    pub fn read_quoted(&mut self, bytes: &[u8]) {
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
        if !self.layout.sampler.takes(self.offset + start as u64) {
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
