//! A row of totals at the end of a table: it says so in words, or is the sum of the rows above it. It is no row like the others,
//! and would rank first.

use csv::ByteRecord;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::columns::raw::RawColumn;
use crate::data::read::blocks::Reading;
use crate::data::records::layout::Layout;
use crate::data::records::reader::Reader;
use crate::data::text::quote;

/// The end of a table's rows, before the totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer {
    /// Where in the stream the first row of totals begins.
    pub at: u64,
    /// What is said about it.
    pub notice: String,
}

/// Rows of totals that a table may end in: sum, mean, least, greatest.
const MOST: usize = 5;

/// What a row of totals begins with, in lower case and without a colon.
const WORDS: [&str; 43] = [
    "total",
    "totals",
    "grand total",
    "sub total",
    "subtotal",
    "sum",
    "sums",
    "sum total",
    "overall",
    "mean",
    "average",
    "averages",
    "avg",
    "avg.",
    "median",
    "min",
    "max",
    "minimum",
    "maximum",
    "count",
    "std",
    "stddev",
    "std dev",
    "std. dev.",
    "stdev",
    "standard deviation",
    "summe",
    "gesamt",
    "gesamtsumme",
    "mittelwert",
    "durchschnitt",
    "moyenne",
    "promedio",
    "media",
    "somme",
    "totale",
    "suma",
    "итого",
    "σ",
    "∑",
    "合計",
    "总计",
    "總計",
];

/// What may stand among rows of totals, but says nothing alone.
const BESIDE: [&str; 6] = ["n", "sd", "sem", "cv", "range", "variance"];

/// Rows with a note, or nothing, that may follow the totals.
const NOTES: usize = 3;

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

/// Where among the last records of a table those begin that say they are totals.
pub fn begin(last: &[ByteRecord]) -> Option<usize> {
    let numbered: Vec<(u64, ByteRecord)> = (0..).zip(last.iter().cloned()).collect();
    match said_by(&numbered.iter().collect::<Vec<_>>()) {
        Said::Totals(found) => Some(found.at as usize),
        Said::Category | Said::Nothing => None,
    }
}

/// What the last rows say of themselves.
enum Said {
    /// That they are totals.
    Totals(Footer),
    /// A word for a total that also stands further up, and so is a category.
    Category,
    /// Nothing.
    Nothing,
}

fn said_by(full: &[&(u64, ByteRecord)]) -> Said {
    let notes = full.iter().rev().take(NOTES);
    let notes = notes.take_while(|(_, record)| is_note(record)).count();
    let (rows, _) = full.split_at(full.len() - notes);
    let last = rows.iter().rev().take(MOST);
    let said = last
        .take_while(|(_, record)| says(record, &WORDS) || says(record, &BESIDE))
        .count();
    let (others, totals) = rows.split_at(rows.len() - said);
    let is_total = totals.iter().any(|(_, record)| says(record, &WORDS));
    match totals.first().filter(|_| is_total) {
        Some((at, first)) if others.iter().all(|(_, row)| !begins_alike(row, first)) => {
            Said::Totals(footer(*at, first, totals.len() + notes))
        }
        Some(_) => Said::Category,
        None => match full.split_last() {
            Some(((at, last), above)) if are_shares(last, above) => {
                Said::Totals(footer(*at, last, 1))
            }
            _ => Said::Nothing,
        },
    }
}

/// Whether a record of several cells has a word in one at most, and no number.
fn is_note(record: &ByteRecord) -> bool {
    let mut filled = record.iter().filter(|cell| !number::trim(cell).is_empty());
    let (first, second) = (filled.next(), filled.next());
    let is_word = |cell: &[u8]| number::read(cell, Spelling::default()) == Cell::Word;
    record.len() > 2 && second.is_none() && first.is_none_or(is_word) && !says(record, &WORDS)
}

/// Whether all cells of the last row are percentages, and those of no other row.
fn are_shares(last: &ByteRecord, above: &[&(u64, ByteRecord)]) -> bool {
    let is_share = |cell: &[u8]| number::trim(cell).ends_with(b"%");
    let shares = last.iter().filter(|cell| is_share(cell)).count();
    let words = last
        .iter()
        .filter(|cell| !is_share(cell) && !number::trim(cell).is_empty());
    shares > 1
        && words.count() == 0
        && above.len() >= FEWEST
        && above.iter().all(|(_, row)| !row.iter().any(is_share))
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
    let text = first
        .iter()
        .map(<[u8]>::trim_ascii)
        .collect::<Vec<_>>()
        .join(&b", "[..]);
    let text = quote(&text);
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

/// A record's first cell that isn't empty.
fn first_cell(record: &ByteRecord) -> Option<(usize, String)> {
    let cells = record.iter().map(number::trim).enumerate();
    let (place, cell) = cells.into_iter().find(|(_, cell)| !cell.is_empty())?;
    let text = String::from_utf8_lossy(cell).to_lowercase();
    Some((place, text.trim_end_matches([':', '=', ' ']).to_owned()))
}

/// Whether a record begins with one of these words.
fn says(record: &ByteRecord, words: &[&str]) -> bool {
    first_cell(record).is_some_and(|(_, text)| {
        // `Total (n = 150)`
        let word = text.split(" (").next().unwrap_or_default();
        words.contains(&word)
    })
}

fn begins_alike(row: &ByteRecord, total: &ByteRecord) -> bool {
    first_cell(total).is_some_and(|(place, text)| {
        let cell = String::from_utf8_lossy(number::trim(&row[place])).to_lowercase();
        cell.trim_end_matches([':', '=', ' ']) == text
    })
}

/// Fewer rows don't show that the last is the sum of the others.
const FEWEST: usize = 8;

/// Whether a row that is called the greatest or the least of its columns is neither in most of them: then that is a name.
fn is_denied(row: &ByteRecord, columns: &[RawColumn], layout: &Layout) -> bool {
    let greatest = match first_cell(row).map(|(_, word)| word).as_deref() {
        Some("max" | "maximum") => true,
        Some("min" | "minimum") => false,
        _ => return false,
    };
    let (mut numbers, mut denied) = (0, 0);
    for (column, cell) in columns.iter().zip(row) {
        let (RawColumn::Numbers(pieces, _), Cell::Number(value)) =
            (column, number::read(cell, layout.spelling))
        else {
            continue;
        };
        let mut beyond = false;
        for piece in pieces {
            piece.for_each(|other| {
                beyond |= if greatest {
                    other > value
                } else {
                    other < value
                }
            });
        }
        numbers += 1;
        denied += usize::from(beyond);
    }
    denied * 2 > numbers
}

/// Whether the last row holds the sums of all rows above it, in every column of numbers, and elsewhere nothing but a word or two
/// that say what they are sums of.
fn is_sum(last: &ByteRecord, columns: &[RawColumn], layout: &Layout) -> bool {
    let (mut sums, mut words) = (0, 0);
    for (column, cell) in columns.iter().zip(last) {
        let value = match number::read(cell, layout.spelling) {
            Cell::Number(value) => value,
            Cell::Missing => continue,
            Cell::Word if matches!(column, RawColumn::Words(_)) => {
                words += 1;
                continue;
            }
            Cell::NotFinite | Cell::Word => return false,
        };
        let RawColumn::Numbers(pieces, _) = column else {
            return false;
        };
        let (mut sum, mut size, mut rows) = (0.0, 0.0, 0);
        for piece in pieces {
            piece.for_each(|value| {
                if !value.is_nan() {
                    (sum, size, rows) = (sum + value, size + value.abs(), rows + 1);
                }
            });
        }
        let (sum, size) = (sum - value, size - value.abs());
        // A column of zeros sums to zero whatever the row means.
        if rows <= FEWEST || size == 0.0 {
            continue;
        }
        if (sum - value).abs() > (1e-6 * size).max(rounding(cell, layout, rows).min(1e-3 * size)) {
            return false;
        }
        sums += 1;
    }
    let gaps = last.iter().filter(|cell| number::trim(cell).is_empty());
    match words {
        0 => sums > 1 || sums == 1 && gaps.count() > 0,
        _ => sums > words,
    }
}

/// How far the sum of so many rounded values is likely to be from the rounded sum of the values, by the places that this has. A
/// sum without places says nothing: small whole numbers would all be near to some sum.
fn rounding(sum: &[u8], layout: &Layout, rows: usize) -> f64 {
    let cell = number::trim(sum);
    let places = memchr::memchr(layout.spelling.decimal, cell).map_or(0, |mark| {
        cell[mark + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    });
    if places == 0 {
        return 0.0;
    }
    (rows as f64).sqrt() * 10_f64.powi(-(places.min(18) as i32))
}
