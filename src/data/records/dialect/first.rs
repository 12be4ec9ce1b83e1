//! The first records of a file, split at one separator, from which the rest of the layout is found.

use std::collections::BTreeMap;

use csv::ByteRecord;
use memchr::memchr_iter;

use crate::data::records::reader::{Reader, is_blank};
use crate::data::records::separator::Separator;

/// How many are looked at.
pub const RECORDS: usize = 200;

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it.
    pub start: usize,
    /// Bytes to its end.
    pub end: usize,
    /// Lines before it.
    pub line: u64,
    /// Lines to its end.
    pub lines: u64,
    /// Whether there is a blank line above it.
    pub apart: bool,
}

/// The first records of a file.
#[derive(Default)]
pub struct Records {
    /// Their cells.
    pub cells: Vec<ByteRecord>,
    /// Where each lies.
    pub places: Vec<Place>,
    /// Whether they were split at blanks.
    pub by_blanks: bool,
}

impl Records {
    /// Reads them, without lines that are drawn between them, which belong to the record above. The last record is left out
    /// where the head may end in the middle of it.
    pub fn read(body: &[u8], separator: &Separator, terminator: u8, whole: bool) -> Self {
        let mut reader = Reader::new(body, separator, terminator, false);
        let mut records = Self {
            by_blanks: *separator == Separator::Blanks,
            ..Self::default()
        };
        let mut record = ByteRecord::new();
        let (mut start, mut line, mut apart) = (0, 0, false);
        while records.cells.len() < RECORDS && reader.read(&mut record).unwrap_or(false) {
            let end = (reader.position() as usize).min(body.len());
            let blank = body[start..end]
                .split(|byte| *byte == terminator)
                .take_while(|line| line.trim_ascii().is_empty());
            let skipped: Vec<usize> = blank.map(|line| line.len() + 1).collect();
            let begin = (start + skipped.iter().sum::<usize>()).min(end);
            let lines = line + memchr_iter(terminator, &body[start..end]).count() as u64;
            apart |= !skipped.is_empty();
            if is_rule(body[begin..end].trim_ascii()) {
                if let Some(above) = records.places.last_mut() {
                    (above.end, above.lines) = (end, lines);
                }
            } else if !is_blank(record.iter()) {
                records.cells.push(record.clone());
                records.places.push(Place {
                    start: begin,
                    end,
                    line: line + skipped.len() as u64,
                    lines,
                    apart,
                });
                apart = false;
            }
            (start, line) = (end, lines);
        }
        // The head may end in the middle of a record.
        if !whole && records.cells.len() > 1 && records.cells.len() < RECORDS {
            records.cells.pop();
            records.places.pop();
        }
        records
    }

    /// Leaves out the records before the one at `index`.
    pub fn from(mut self, index: usize) -> Self {
        self.cells.drain(..index);
        self.places.drain(..index);
        self
    }

    /// The most frequent number of cells, and how many records have it.
    pub fn usual(&self) -> (usize, usize) {
        usual(self.cells.iter())
    }

    /// The most frequent number of cells.
    pub fn columns(&self) -> usize {
        self.usual().0
    }
}

/// The most frequent number of cells of some records, and how many have it.
pub fn usual<'a>(records: impl Iterator<Item = &'a ByteRecord>) -> (usize, usize) {
    let mut counts = BTreeMap::<usize, usize>::new();
    for record in records {
        *counts.entry(record.len()).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(length, count)| (*count, *length));
    most.unwrap_or_default()
}

/// Whether a line is drawn, not written: `----+-----` and the like, as databases and Markdown have them under the header.
fn is_rule(line: &[u8]) -> bool {
    let stroke = |byte: &u8| matches!(byte, b'-' | b'=');
    let joint = |byte: &u8| matches!(byte, b'+' | b'|' | b':' | b',' | b';' | b' ' | b'\t');
    line.iter().all(|byte| stroke(byte) || joint(byte))
        && line.windows(3).any(|part| part.iter().all(stroke))
}
