//! What the last rows of a table say of themselves: that they are totals, shares of the whole, or a count of the rows.

use csv::ByteRecord;

use super::{FEWEST, Footer, footer, quoted};
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::text::quote;

/// Rows of totals that a table may end in: count, mean, deviation, least, quartiles, greatest.
const MOST: usize = 8;

/// What a row of totals begins with, in lower case and without a colon.
const WORDS: [&str; 45] = [
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
    "mittel",
    "durchschnitt",
    "standardabweichung",
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
const BESIDE: [&str; 23] = [
    "n", "sd", "s.d.", "sem", "cv", "cov", "rsd", "range", "variance", "varianz", "vark", "q1",
    "q3", "iqr", "vat", "tax", "mwst", "net", "gross", "netto", "brutto", "tva", "iva",
];

/// Words after which others may follow, in the first cell of a row that has empty ones: `Total incl. VAT`.
const BEGINS: [&str; 6] = [
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "gesamt",
    "summe",
];

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
        .take_while(|(_, record)| is_total(record) || is_beside(record))
        .count();
    let (others, totals) = rows.split_at(rows.len() - said);
    let any_total = totals.iter().any(|(_, record)| is_total(record));
    match totals.first().filter(|_| any_total) {
        Some((at, first)) if others.iter().all(|(_, row)| !begins_alike(row, first)) => {
            Said::Totals(footer(*at, first, totals.len() + notes))
        }
        Some(_) => Said::Category,
        None => match full.split_last() {
            Some(((at, last), above)) if are_shares(last, above) => {
                Said::Totals(footer(*at, last, 1))
            }
            _ if let Some((at, note)) = note_at_end(full, notes) => Said::Totals(Footer {
                at,
                notice: format!(
                    "{} no data and left out: {}; to keep that, say --keep-totals",
                    if notes == 1 {
                        "the last row is".to_owned()
                    } else {
                        format!("the last {notes} rows are")
                    },
                    quote(note)
                ),
            }),
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
    record.len() > 2 && second.is_none() && first.is_none_or(is_word) && !is_total(record)
}

/// The first of so many last rows that hold a sentence alone, where no other row has a single cell filled.
fn note_at_end<'a>(full: &[&'a (u64, ByteRecord)], notes: usize) -> Option<(u64, &'a [u8])> {
    /// Words of a sentence.
    const WORDS: usize = 3;
    let (rows, tail) = full.split_at(full.len() - notes);
    let sentence = |record: &&&'a (u64, ByteRecord)| {
        let (place, text) = first_cell(&record.1)?;
        let words = text.split_whitespace().count();
        (words >= WORDS).then(|| number::trim(&record.1[place]))
    };
    let note = tail.iter().find_map(|record| sentence(&record))?;
    let alone = rows.len() >= FEWEST && !rows.iter().any(|(_, record)| is_note(record));
    alone.then(|| (tail[0].0, note))
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

/// Whether a record begins with a word for a total.
fn is_total(record: &ByteRecord) -> bool {
    const LONGEST: usize = 4;
    let Some((place, text)) = first_cell(record) else {
        return false;
    };
    // So SAP marks sums.
    let stars = !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    let mut words = text.split_whitespace();
    let begins = words.next().is_some_and(|first| BEGINS.contains(&first));
    let mut others = record.iter().skip(place + 1);
    let with_others =
        begins && words.count() < LONGEST && others.any(|cell| number::trim(cell).is_empty());
    stars || with_others || is_one_of(&text, &WORDS)
}

/// Whether a record begins with what may stand among totals.
fn is_beside(record: &ByteRecord) -> bool {
    first_cell(record).is_some_and(|(_, text)| is_one_of(&text, &BESIDE))
}

/// Whether a text is one of these words, whatever stands in brackets behind it or is measured in percent: `Total (n = 150)`,
/// `CV %`, `VAT 19%`.
fn is_one_of(text: &str, words: &[&str]) -> bool {
    let word = text.split(" (").next().unwrap_or_default();
    let bare = if word.contains('%') {
        word.trim_matches(|c: char| c.is_ascii_digit() || " %.,".contains(c))
    } else {
        word
    };
    words.contains(&word) || words.contains(&bare)
}

fn begins_alike(row: &ByteRecord, total: &ByteRecord) -> bool {
    first_cell(total).is_some_and(|(place, text)| {
        let cell = String::from_utf8_lossy(number::trim(&row[place])).to_lowercase();
        cell.trim_end_matches([':', '=', ' ']) == text
    })
}
