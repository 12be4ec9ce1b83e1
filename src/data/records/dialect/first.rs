//! The first records of a file, split at one separator, from which the rest of the layout is found.

use std::collections::BTreeMap;

use csv::ByteRecord;
use memchr::memchr_iter;

use crate::data::records::dialect::names;
use crate::data::records::reader::{Reader, is_blank};
use crate::data::records::separator::{Separator, is_rule};

/// How many are looked at.
pub const RECORDS: usize = 200;
/// How many at least where they are long, and the bytes that then are enough: tens of thousands of cells show as much.
const FEWEST: usize = 50;
const BYTES: usize = 1 << 18;
/// How many where so few show no table: there may be hundreds of lines above it.
pub const MANY: usize = 5_000;
/// So many records of equal length at the end are a table.
const SETTLED: usize = 20;

/// The text at the beginning of a file that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Text.
    pub text: &'a [u8],
    /// What ends a record.
    pub terminator: u8,
    /// Whether the text is the whole file, so its last record is complete.
    pub whole: bool,
    /// How many records are looked at.
    pub most: usize,
}

/// How many records of a text are looked at: fewer where its lines are long.
pub fn enough(text: &[u8], terminator: u8) -> usize {
    let Some(shown) = text.get(..BYTES) else {
        return RECORDS;
    };
    let lines = memchr_iter(terminator, shown).take(RECORDS).count();
    lines.max(FEWEST)
}

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
    /// A header whose names were found anew, as it was split at first.
    written: Option<(usize, ByteRecord)>,
}

impl Records {
    /// Reads them, without lines that are drawn between them, which belong to the record above. The last record is left out
    /// where the head may end in the middle of it.
    pub fn read(sample: &Sample<'_>, separator: &Separator) -> Self {
        let Sample {
            text: body,
            terminator,
            whole,
            most,
        } = *sample;
        let mut reader = Reader::new(body, separator, terminator, false);
        let mut records = Self {
            by_blanks: *separator == Separator::Blanks,
            ..Self::default()
        };
        let mut record = ByteRecord::new();
        let (mut start, mut line, mut apart) = (0, 0, false);
        while records.cells.len() < most && reader.read(&mut record).unwrap_or(false) {
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
                records.cells.push(without_return(&record, terminator));
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
        if !whole && records.cells.len() > 1 && records.cells.len() < most {
            records.cells.pop();
            records.places.pop();
        }
        if let Some((at, names)) = names::find(&records, body, separator) {
            records.written = Some((at, std::mem::replace(&mut records.cells[at], names)));
        }
        records
    }

    /// A record as its line is split.
    pub fn written(&self, index: usize) -> ByteRecord {
        match &self.written {
            Some((at, record)) if *at == index => record.clone(),
            _ => self.cells[index].clone(),
        }
    }

    /// Leaves out the records before the one at `index`.
    pub fn from(mut self, index: usize) -> Self {
        self.cells.drain(..index);
        self.places.drain(..index);
        self.written = self
            .written
            .and_then(|(at, record)| Some((at.checked_sub(index)?, record)));
        self
    }

    /// Whether the records end without having become a table, which has `columns` where that is known.
    pub fn are_unsettled(&self, sample: &Sample<'_>, columns: Option<usize>) -> bool {
        let widths = || self.cells.iter().rev().take(SETTLED).map(ByteRecord::len);
        let width = widths().next().unwrap_or(0);
        let settled = widths().all(|other| other == width)
            && columns.map_or(width > 1, |columns| columns == width);
        self.cells.len() == sample.most && !settled
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

/// A record without the first character of a line end of two.
fn without_return(record: &ByteRecord, terminator: u8) -> ByteRecord {
    let last = record.len() - 1;
    let left_over = terminator == b'\n' && record[last].ends_with(b"\r");
    if !left_over {
        return record.clone();
    }
    let cell = |(at, cell): (usize, &[u8])| {
        let length = cell.len() - usize::from(at == last);
        cell[..length].to_vec()
    };
    record.iter().enumerate().map(cell).collect()
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
