//! What the last rows of a table say of themselves: that they are totals, shares of the whole, or a count of the rows.

use csv::ByteRecord;

use super::{FEWEST, Footer, footer, quoted};
use crate::data::columns::number::{self, Cell, Spelling};

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

/// What the last rows say of themselves.
pub(super) enum Said {
    /// That they are totals.
    Totals(Footer),
    /// A word for a total that also stands further up, and so is a category.
    Category,
    /// Nothing.
    Nothing,
}

pub(super) fn said_by(full: &[&(u64, ByteRecord)]) -> Said {
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
            Some(((at, last), above)) if counts_rows(last, above) => Said::Totals(Footer {
                at: *at,
                notice: format!(
                    "the last row is left out: {} counts the rows; to keep it, say --keep-totals",
                    quoted(last, b" ")
                ),
            }),
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

/// Whether the last row is what a database says at the end, in a table whose columns are parted by blanks and happen to be as
/// many: `44 rows selected.`, `(44 rows)`. Twelve times the exercise `row` is neither.
fn counts_rows(last: &ByteRecord, above: &[&(u64, ByteRecord)]) -> bool {
    const ROWS: [&str; 4] = ["row", "rows", "record", "records"];
    const DONE: [&str; 7] = [
        "selected", "affected", "returned", "fetched", "found", "in", "set",
    ];
    let is_rows = |record: &ByteRecord| ROWS.contains(&&*bare(record.get(1).unwrap_or_default()));
    let in_brackets = last.get(0).is_some_and(|first| first.starts_with(b"("));
    let number = bare(last.get(0).unwrap_or_default());
    let rest = last.iter().skip(2).map(bare);
    is_rows(last)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && (in_brackets || last.len() > 2)
        && rest.clone().all(|word| DONE.contains(&&*word))
        && !above.iter().any(|(_, row)| is_rows(row))
}

/// A word in lower case, without brackets and points around it.
fn bare(cell: &[u8]) -> String {
    let word = String::from_utf8_lossy(cell).to_lowercase();
    word.trim_matches(['(', ')', '.', ' ']).to_owned()
}

/// A record's first cell that isn't empty.
pub(super) fn first_cell(record: &ByteRecord) -> Option<(usize, String)> {
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
