//! A row of totals at the end of a table: it says so in words, or is the sum of the rows above it. It is no row like the others,
//! and would rank first.

mod said;
mod sums;

use csv::ByteRecord;

use crate::data::columns::raw::RawColumn;
use crate::data::read::blocks::Reading;
use crate::data::records::layout::Layout;
use crate::data::records::reader::Reader;
use crate::data::text::quote;
use said::{Said, said_by};
use sums::{is_denied, is_sum};

/// The end of a table's rows, before the totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer {
    /// Where in the stream the first row of totals begins.
    pub at: u64,
    /// What is said about it.
    pub notice: String,
}

/// Finds rows of totals at the end of what was read.
pub fn find(reading: &Reading<'_>, columns: &[RawColumn]) -> Option<Footer> {
    let layout = &reading.layout;
    let records = last_records(&reading.tail.1, layout);
    let full = full(&records, layout);
    let found = match said_by(&full) {
        Said::Totals(found) => {
            let first = full.iter().find(|(at, _)| *at == found.at);
            first
                .is_none_or(|(_, row)| !is_denied(row, columns, layout))
                .then_some(found)?
        }
        Said::Category => return None,
        Said::Nothing => {
            let (at, last) = full.last()?;
            (reading.rows as u64 == reading.seen - reading.ragged.count as u64).then_some(())?;
            is_sum(last, columns, layout).then_some(())?;
            footer(*at, last, 0)
        }
    };
    Some(Footer {
        at: reading.tail.0 + found.at,
        ..found
    })
}

/// Finds rows at the end of a text that say they are totals; where they begin is counted from its start.
pub fn said(tail: &[u8], layout: &Layout) -> Option<Footer> {
    let records = last_records(tail, layout);
    match said_by(&full(&records, layout)) {
        Said::Totals(found) => Some(found),
        Said::Category | Said::Nothing => None,
    }
}

/// So many of the last records are enough to find totals.
pub const LAST: usize = 32;

/// The number of the first among the last records of a table that say they are totals.
pub fn begin(last: &[(u64, ByteRecord)]) -> Option<u64> {
    match said_by(&last.iter().collect::<Vec<_>>()) {
        Said::Totals(found) => Some(found.at),
        Said::Category | Said::Nothing => None,
    }
}

/// Records with as many cells as the table has columns.
fn full<'a>(records: &'a [(u64, ByteRecord)], layout: &Layout) -> Vec<&'a (u64, ByteRecord)> {
    let width = layout.read_as.len();
    records
        .iter()
        .filter(|(_, record)| record.len() == width && layout.top.of_record(record).is_none())
        .collect()
}

/// So many rows that say they are totals, or one that is a sum and does not say so.
fn footer(at: u64, first: &ByteRecord, rows: usize) -> Footer {
    let text = quoted(first, b", ");
    let notice = match rows {
        0 => format!(
            "the last row is left out: {text} is the sum of the rows above it; to keep it, say --keep-totals"
        ),
        1 => format!("the last row is left out: {text} is a total; to keep it, say --keep-totals"),
        rows => format!(
            "the last {rows} rows are left out: {text} and what follows are totals; to keep them, say --keep-totals"
        ),
    };
    Footer { at, notice }
}

fn quoted(record: &ByteRecord, between: &[u8]) -> String {
    let cells = record.iter().map(<[u8]>::trim_ascii);
    quote(&cells.collect::<Vec<_>>().join(between))
}

/// The records at the end of the text, each with where it begins in the tail.
fn last_records(tail: &[u8], layout: &Layout) -> Vec<(u64, ByteRecord)> {
    let mut reader = Reader::new(tail, &layout.separator, layout.terminator, layout.comments);
    let (mut records, mut record, mut start) = (Vec::new(), ByteRecord::new(), 0);
    while reader.read(&mut record).unwrap_or(false) {
        records.push((start, record.clone()));
        start = reader.position();
    }
    records
}

/// Fewer rows don't show that the last is the sum of the others.
const FEWEST: usize = 8;
