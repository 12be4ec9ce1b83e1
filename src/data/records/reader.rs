//! Reads records one after another: the csv crate where a character separates cells, line by line where blanks or positions do.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

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

fn builder(delimiter: u8, terminator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(Terminator::Any(terminator));
    builder
}

/// Reads a record from each line.
pub struct Lines<R> {
    input: BufReader<R>,
    separator: Separator,
    terminator: u8,
    comments: bool,
    position: u64,
    /// Lines read.
    count: u64,
    line: Vec<u8>,
    cells: Vec<(usize, usize)>,
}

impl<R: Read> Reader<R> {
    /// Reads records of this layout from the beginning on.
    pub fn new(input: R, separator: &Separator, terminator: u8, comments: bool) -> Self {
        if let Separator::Byte(delimiter) = separator {
            let reader = builder(*delimiter, terminator)
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
            count: 0,
            line: Vec::new(),
            cells: Vec::new(),
        })
    }

    /// Reads single records here and there, each after a [`Reader::seek`], so many bytes at once.
    pub fn here_and_there(input: R, bytes: usize, separator: &Separator, terminator: u8) -> Self {
        if let Separator::Byte(delimiter) = separator {
            let mut reader = builder(*delimiter, terminator)
                .buffer_capacity(bytes)
                .from_reader(input);
            // Else it would look for a header at the top before it goes anywhere.
            reader.set_byte_headers(ByteRecord::new());
            return Self::Quoted(Box::new(reader));
        }
        Self::Lines(Lines {
            input: BufReader::with_capacity(bytes, input),
            separator: separator.clone(),
            terminator,
            comments: false,
            position: 0,
            count: 0,
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

    /// The line where a record began that was just read, 1 = the first of what is read.
    pub fn line_of(&self, record: &ByteRecord) -> u64 {
        match self {
            Self::Quoted(reader) => {
                let begun = record.position().map_or(1, csv::Position::line);
                let inside = memchr::memchr_iter(b'\n', record.as_slice()).count() as u64;
                // The csv crate counts blank lines before a record as its own, and no end of a file as the end of a line.
                begun.max((reader.position().line() - 1).saturating_sub(inside))
            }
            Self::Lines(lines) => lines.count,
        }
    }

    /// Reads on from here, a record's beginning.
    pub fn seek(&mut self, at: u64) -> io::Result<()>
    where
        R: Seek,
    {
        match self {
            Self::Quoted(reader) => {
                let mut position = csv::Position::new();
                position.set_byte(at);
                Ok(reader.seek_raw(SeekFrom::Start(at), position)?)
            }
            Self::Lines(lines) => {
                lines.position = at;
                lines.input.seek(SeekFrom::Start(at)).map(drop)
            }
        }
    }

    /// Passes through the records that begin at such places, in order, and over those between them; none where one of them is not
    /// there, or has not so many cells.
    pub fn each_at(
        &mut self,
        starts: impl Iterator<Item = u64>,
        columns: usize,
        mut each: impl FnMut(usize, &ByteRecord),
    ) -> Option<()> {
        let mut record = ByteRecord::new();
        for (index, start) in starts.enumerate() {
            loop {
                if !self.read(&mut record).ok()? {
                    return None;
                }
                if self.position() > start {
                    break;
                }
            }
            if record.len() != columns {
                return None;
            }
            each(index, &record);
        }
        Some(())
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
            self.count += 1;
            self.line.pop_if(|last| *last == self.terminator);
            let comment = self.comments && self.line.starts_with(b"#");
            if comment || self.separator.passes_over(&self.line) {
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
