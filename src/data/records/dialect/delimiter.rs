//! The separator: found by trying each and keeping the one that gives the most regular records. Characters are tried first;
//! blanks, and positions that are blank in every line, only where they give more regular ones.

use csv::ByteRecord;
use memchr::memchr;

use crate::data::columns::datetime;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::{RECORDS, Records, Sample};
use crate::data::records::dialect::start;
use crate::data::records::separator::Separator;
use crate::data::records::separator::gutters::{self, Gutter};

/// The delimiters that are tried; of two that fit equally well, the first is taken.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The separator that gives records of equal length, and cells without other delimiters in them.
pub fn find(sample: &Sample<'_>) -> Separator {
    let mut best = (0.0, Separator::Byte(b','));
    for delimiter in DELIMITERS {
        // What stands nowhere separates nothing.
        if memchr(delimiter, sample.text).is_none() {
            continue;
        }
        let separator = Separator::Byte(delimiter);
        let score = score(&Records::read(sample, &separator), &separator);
        if score > best.0 + 1e-9 {
            best = (score, separator);
        }
    }
    // Most tables are regular by a character, and then nothing else is looked at.
    if best.0 < SURE {
        for separator in [Some(Separator::Blanks), fixed(sample)]
            .into_iter()
            .flatten()
        {
            let records = Records::read(sample, &separator);
            let score = score(&records, &separator) * by_blanks(&records, &separator);
            // Tabs are blanks too, but hardly ever by chance.
            let margin = if best.1 == Separator::Byte(b'\t') {
                0.1
            } else {
                1e-9
            };
            if score > best.0 + margin {
                best = (score, separator);
            }
        }
    }
    framed(best.1, sample)
}

/// Bars that stand at both ends of the lines, too, if they do.
pub fn framed(separator: Separator, sample: &Sample<'_>) -> Separator {
    if separator != Separator::Byte(b'|') {
        return separator;
    }
    let records = Records::read(sample, &separator);
    let rows = &records.cells[start::by_width(&records)..];
    let is_framed = |record: &&ByteRecord| {
        let empty = |cell: Option<&[u8]>| cell.is_some_and(|cell| cell.trim_ascii().is_empty());
        record.len() > 2 && empty(record.get(0)) && empty(record.get(record.len() - 1))
    };
    let framed = rows.iter().filter(is_framed).count();
    if framed > 0 && framed * 10 >= rows.len() * 9 {
        Separator::Framed
    } else {
        separator
    }
}

/// Where a character gives records this regular, it is taken.
const SURE: f64 = 0.95;

/// How regular the records are: 1 where all have the same number of cells, and no cell holds another delimiter.
fn score(records: &Records, separator: &Separator) -> f64 {
    let start = start::by_width(records);
    let rows = &records.cells[start..];
    let (length, count) = super::first::usual(rows.iter());
    if length < 2 {
        return 0.0;
    }
    let cells = || rows.iter().flat_map(ByteRecord::iter);
    let clean = cells().filter(|cell| is_clean(cell, separator)).count();
    let (even, clean) = (
        count as f64 / rows.len() as f64,
        clean as f64 / cells().count() as f64,
    );
    // Lines above a table are rare: what needs none is likelier.
    let table = rows.len() as f64 / records.cells.len() as f64;
    even * even * clean * table.sqrt()
}

/// Whether a cell holds no other delimiter; a comma in a number is fine.
fn is_clean(cell: &[u8], separator: &Separator) -> bool {
    let others = || {
        cell.iter()
            .filter(|byte| DELIMITERS.contains(byte) && separator.byte() != Some(**byte))
    };
    let has_others = others().next().is_some();
    if !has_others && !cell.trim_ascii().iter().any(u8::is_ascii_whitespace) {
        return true;
    }
    let comma = Spelling { decimal: b',' };
    if has_others && others().any(|byte| *byte != b',') {
        return false;
    }
    match number::read(cell, comma) {
        Cell::Word if has_others => false,
        Cell::Word => !are_numbers(cell),
        _ => true,
    }
}

/// Whether a cell is several numbers with blanks between them.
fn are_numbers(cell: &[u8]) -> bool {
    let pieces = || {
        cell.split(u8::is_ascii_whitespace)
            .filter(|piece| !piece.is_empty())
    };
    pieces().count() > 1 && pieces().all(is_number)
}

fn is_number(cell: &[u8]) -> bool {
    let read = |decimal| number::read(cell, Spelling { decimal });
    matches!(read(b'.'), Cell::Number(_) | Cell::NotFinite) || matches!(read(b','), Cell::Number(_))
}

/// How much blanks look like separators here, from 0 to 1: text and dates have blanks too.
fn by_blanks(records: &Records, separator: &Separator) -> f64 {
    let (width, count) = records.usual();
    let rows: Vec<&ByteRecord> = records
        .cells
        .iter()
        .filter(|record| record.len() == width)
        .collect();
    // Words alone that come again and again are a header, as reports write it above every part.
    let is_word = |cell: &[u8]| number::read(cell, Spelling::default()) == Cell::Word;
    let again = |at: &usize| {
        let row = rows[*at];
        *at == 0 && rows.len() > 1 || row.iter().all(is_word) && rows[..*at].contains(&row)
    };
    let body: Vec<&ByteRecord> = (0..rows.len())
        .filter(|at| !again(at))
        .map(|at| rows[at])
        .collect();
    if body.is_empty() || count < 2 {
        return 0.0;
    }
    // A column of dates, or of numbers with blanks between groups, is one column.
    let whole = |record: &&&ByteRecord| {
        let joined = record.iter().collect::<Vec<_>>().join(&b' ');
        is_number(&joined) || datetime::find(&[joined.as_slice()]).is_some()
    };
    if body.iter().filter(whole).count() * 2 > body.len() {
        return 0.0;
    }
    let numeric = |column: &usize| {
        let cells = || body.iter().map(|record| &record[*column]);
        let numbers = cells().filter(|cell| is_number(cell)).count();
        let gaps = cells().filter(|cell| number::read(cell, Spelling::default()) == Cell::Missing);
        numbers > 0 && (numbers + gaps.count()) * 10 >= body.len() * 9
    };
    let numeric = (0..width).filter(numeric).count();
    // Sentences have words, and hardly ever the same number of them.
    if numeric == 0 || numeric * 5 < width {
        return 0.0;
    }
    match separator {
        // Where blanks alone give the same columns, they also read lines that don't line up.
        Separator::Fixed(_) => 0.98,
        _ => 1.0,
    }
}

/// The positions that are blank in every line of the table; a header or a line of prose above it may be written elsewhere.
pub fn fixed(sample: &Sample<'_>) -> Option<Separator> {
    let mut lines: Vec<&[u8]> = sample
        .text
        .split(|byte| *byte == sample.terminator)
        .filter(|line| !line.trim_ascii().is_empty())
        .take(sample.most)
        .collect();
    if !sample.whole && lines.len() < sample.most {
        lines.pop();
    }
    // Where there are many, the table is at their end.
    lines.drain(..lines.len().saturating_sub(RECORDS));
    // After a tab nobody knows the position.
    if lines.iter().any(|line| memchr(b'\t', line).is_some()) {
        return None;
    }
    // A few lines are all there is to look at.
    let half = if lines.len() < 2 * gutters::FEWEST {
        0
    } else {
        lines.len() / 2
    };
    let mut gutters = gutters::find(&lines[half..])?;
    // Upwards from the middle, as long as the columns are the same: prose runs across some, and stands in other gaps.
    for at in (0..half).rev() {
        match gutters::find(&lines[at..]) {
            Some(found) if are_parts(&found, &gutters) => gutters = found,
            _ => break,
        }
    }
    Some(Separator::Fixed(gutters.into()))
}

/// Whether of some gutters each is a part of another: one that a name parts is none.
fn are_parts(parts: &[Gutter], gutters: &[Gutter]) -> bool {
    let within = |(part, whole): (&Gutter, &Gutter)| whole.0 <= part.0 && part.1 <= whole.1;
    parts.len() == gutters.len() && parts.iter().zip(gutters).all(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        let cases = [
            ("a,b\n1,2\n3,4\n", ","),
            ("a;b\n1;2\n3;4\n", ";"),
            ("a\tb\n1\t2\n3\t4\n", "tab"),
            ("a|b\n1|2\n3|4\n", "|"),
            ("a;b;c\n10,173;20,6;3\n1,5;2,5;4\n", ";"),
            ("a,b\n1,x|y\n2,z|w\n", ","),
            ("a,b,c\n1,\"x;y\",2\n3,\"z;w\",4\n", ","),
            (
                "when\tv\n2024-01-10, 08:00\t1,5\n2024-01-11, 08:00\t2,5\n",
                "tab",
            ),
            ("a\n1\n2\n", ","),
            ("", ","),
            ("  1.5  2\n 10.0 33\n", "blanks"),
            ("a b c\n1 2 x\n3\t 4 y\n", "blanks"),
            ("1,5 2,5 3\n2,5 3,5 4\n", "blanks"),
            (
                "18.0 8 307\t\"ford torino\"\n17.0 8 302\t\"amc rebel sst\"\n",
                "blanks",
            ),
            ("a b,c d\n1 2x,3 x\n4 5y,6 y\n", ","),
            ("when\n2024-01-10 08:00\n2024-01-11 08:00\n", ","),
            ("n\n1 234\n5 678\n", ","),
            ("it was late\nand dark too\nso we left\n", ","),
            (
                "New York    12.5     3\nRio de Jan.  7.0    12\nUlm          8.25     \nSao Paulo            4\n",
                "fixed widths",
            ),
        ];
        for (text, expected) in cases {
            let sample = Sample {
                text: text.as_bytes(),
                terminator: b'\n',
                whole: true,
                most: RECORDS,
            };
            assert_eq!(find(&sample).name(), expected, "{text:?}");
        }
    }
}
