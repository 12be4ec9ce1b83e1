//! Whether numbers are written with a decimal point or a decimal comma.

use csv::ByteRecord;
use memchr::memchr;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::separator::Separator;

/// Cells that show that a mark parts groups of digits, and as many that have none because they are short.
const SHOWN: usize = 3;

/// The decimal mark, point or comma. Either may also separate groups of three digits: `1,234`.
pub fn find(records: &[ByteRecord], separator: &Separator) -> u8 {
    if !records
        .iter()
        .any(|record| memchr(b',', record.as_slice()).is_some())
    {
        // Most files: then only points that part groups say anything.
        return if parts_groups(records, b'.') {
            b','
        } else {
            b'.'
        };
    }
    match [b'.', b','].map(|mark| parts_groups(records, mark)) {
        [true, false] => return b',',
        [false, true] => return b'.',
        _ => {}
    }
    let (mut commas, mut groups, mut points) = (0, 0, 0);
    let cells = records.iter().flat_map(ByteRecord::iter).map(number::trim);
    for cell in cells.filter(|cell| cell.iter().any(u8::is_ascii_digit)) {
        let comma = matches!(
            number::read(cell, Spelling { decimal: b',' }),
            Cell::Number(_)
        );
        let point = matches!(number::read(cell, Spelling::default()), Cell::Number(_));
        match (memchr(b',', cell), memchr(b'.', cell)) {
            (Some(_), None) if comma && !point => commas += 1,
            (Some(at), Some(dot)) if at > dot && comma => commas += 1,
            (Some(at), Some(dot)) if at < dot && point => points += 1,
            // `12.345` may be either.
            (None, Some(_)) if point && !is_grouped(cell, b'.') => points += 1,
            (Some(_), None) if point => groups += 1,
            _ => {}
        }
    }
    // Where every comma stands before three digits, the delimiter decides: a file has `;` because commas are in its numbers.
    let decimal = commas > points
        || (commas == 0 && points == 0 && groups > 0 && separator.byte() == Some(b';'));
    if decimal { b',' } else { b'.' }
}

/// Whether a mark parts groups of digits wherever it stands in a number: in some column `1.200` stands beside `900`, and no
/// number has the mark elsewhere.
fn parts_groups(records: &[ByteRecord], mark: u8) -> bool {
    let width = records.iter().map(ByteRecord::len).max().unwrap_or(0);
    let is_number = |cell: &[u8]| {
        matches!(
            number::read(cell, Spelling { decimal: mark }),
            Cell::Number(_)
        )
    };
    let mut shown = false;
    for column in 0..width {
        let (mut grouped, mut short, mut long) = (0, 0, 0);
        let cells = records.iter().filter_map(|record| record.get(column));
        for cell in cells.map(number::trim) {
            let digits = cell.strip_prefix(b"-").unwrap_or(cell);
            let has_mark = memchr(mark, digits).is_some();
            if has_mark && is_grouped(digits, mark) {
                grouped += 1;
            } else if has_mark && is_number(digits) {
                return false;
            } else if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
                short += usize::from(digits.len() <= 3);
                long += usize::from(digits.len() > 3);
            }
        }
        shown |= grouped >= SHOWN && short >= SHOWN && long == 0;
    }
    shown
}

/// Whether a cell is one to three digits, the first of them no zero, and groups of three behind marks.
fn is_grouped(cell: &[u8], mark: u8) -> bool {
    let mut groups = cell.split(|byte| *byte == mark);
    let digits = |group: &[u8]| !group.is_empty() && group.iter().all(u8::is_ascii_digit);
    let first = groups.next().unwrap_or_default();
    first.len() <= 3
        && digits(first)
        && first[0] != b'0'
        && groups.all(|group| group.len() == 3 && digits(group))
}

#[cfg(test)]
mod tests {
    use crate::data::records::dialect::fixtures::found;

    #[test]
    fn decimal_commas_are_found_and_group_commas_are_not_taken_for_them() {
        let cases = [
            ("a;b\n10,173;20,607\n9,657;19,467\n", b','),
            ("a;b\n1.234,5;2\n7,25;3\n", b','),
            ("a;b\n1,234.5;2\n7.25;3\n", b'.'),
            ("a,b\n\"1,234\",2\n\"5,678\",3\n", b'.'),
            ("a,b\n\"1,5\",2\n\"5,25\",3\n", b','),
            ("a\tb\n1,5\t2\n2,25\t3\n", b','),
            ("a;b\n1.5;2\n2.5;3\n", b'.'),
            (
                "a;b\n1.200;2\n900;3\n2.345;1\n880;1\n1.001;4\n950;4\n",
                b',',
            ),
            (
                "a;b\n1,200;2\n900;3\n2,345;1\n880;1\n1,001;4\n950;4\n",
                b'.',
            ),
            (
                "a;b\n1.200;2\n900;3.5\n2.345;1\n880;1\n1.001;4\n950;4\n",
                b'.',
            ),
            ("a;b\n43.445;58,54\n7.328;47,10\n10.494;51,73\n", b','),
            ("a;b\n43.445;58.54\n7.328;47.10\n10.494;51.73\n", b'.'),
            ("a;b\n1.200;2\n1;3\n0.345;1\n2;1\n1.001;4\n3;4\n", b'.'),
        ];
        for (text, expected) in cases {
            assert_eq!(
                char::from(found(text).spelling.decimal),
                char::from(expected),
                "{text:?}"
            );
        }
    }
}
