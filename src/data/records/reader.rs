//! Reads records one after another: the csv crate where a character separates cells, line by line where blanks or positions do.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder, Terminator};

use crate::data::columns::number;
use crate::data::records::separator::Separator;

/// Reads records of a layout.
pub enum Reader<R> {
    /// With quotes that may hold line ends.
    Quoted(Box<csv::Reader<R>>),
    /// A record to the line.
    Lines(Lines<R>),
}

/// Reads a record from each line.
pub struct Lines<R> {
    input: BufReader<R>,
    separator: Separator,
    terminator: u8,
    comments: bool,
    position: u64,
    line: Vec<u8>,
    cells: Vec<(usize, usize)>,
}

impl<R: Read> Reader<R> {
    /// Reads records of this layout.
    pub fn new(input: R, separator: &Separator, terminator: u8, comments: bool) -> Self {
        if let Separator::Byte(delimiter) = separator {
            let reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(*delimiter)
                .terminator(Terminator::Any(terminator))
                .comment(comments.then_some(b'#'))
                .from_reader(input);
            return Self::Quoted(Box::new(reader));
        }
        Self::Lines(Lines {
            input: BufReader::new(input),
            separator: separator.clone(),
            terminator,
            comments,
            position: 0,
            line: Vec::new(),
            cells: Vec::new(),
        })
    }

    /// Reads the next record; false at the end.
    pub fn read(&mut self, record: &mut ByteRecord) -> io::Result<bool> {
        match self {
            Self::Quoted(reader) => reader.read_byte_record(record).map_err(io::Error::from),
            Self::Lines(lines) => lines.read(record),
        }
    }

    /// Bytes up to the end of the last record.
    pub fn position(&self) -> u64 {
        match self {
            Self::Quoted(reader) => reader.position().byte(),
            Self::Lines(lines) => lines.position,
        }
    }
}

impl<R: Read> Lines<R> {
    fn read(&mut self, record: &mut ByteRecord) -> io::Result<bool> {
        record.clear();
        loop {
            self.line.clear();
            let length = self.input.read_until(self.terminator, &mut self.line)?;
            if length == 0 {
                return Ok(false);
            }
            self.position += length as u64;
            self.line.pop_if(|last| *last == self.terminator);
            let comment = self.comments && self.line.starts_with(b"#");
            if self.line.trim_ascii().is_empty() || comment {
                continue;
            }
            self.separator.split(&self.line, &mut self.cells);
            for (from, to) in &self.cells {
                record.push_field(&self.line[*from..*to]);
            }
            return Ok(true);
        }
    }
}

/// Whether a record is a blank line.
pub fn is_blank<'a>(mut cells: impl Iterator<Item = &'a [u8]>) -> bool {
    cells
        .next()
        .is_none_or(|cell| number::trim(cell).is_empty())
        && cells.next().is_none()
}
