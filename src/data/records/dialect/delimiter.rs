//! The delimiter: found by trying each and keeping the one that gives the most regular records.

use csv::ByteRecord;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::Records;

/// The delimiters that are tried; of two that fit equally well, the first is taken.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter's name, to show.
pub fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".into(),
        b' ' => "space".into(),
        other => char::from(other).escape_default().to_string(),
    }
}

/// The delimiter that gives records of equal length, and cells without other delimiters in them.
pub fn find(body: &[u8], terminator: u8, whole: bool) -> u8 {
    let score = |delimiter: u8| {
        let records = Records::read(body, delimiter, terminator, whole);
        let (length, count) = records.usual();
        if length < 2 {
            return 0.0;
        }
        let cells = || records.cells.iter().flat_map(ByteRecord::iter);
        let clean = cells().filter(|cell| is_clean(cell, delimiter)).count();
        let (even, clean) = (
            count as f64 / records.cells.len() as f64,
            clean as f64 / cells().count() as f64,
        );
        even * even * clean
    };
    let mut best = (0.0, b',');
    for delimiter in DELIMITERS {
        let score = score(delimiter);
        if score > best.0 + 1e-9 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// Whether a cell holds no other delimiter; a comma in a number is fine.
fn is_clean(cell: &[u8], delimiter: u8) -> bool {
    let others = || {
        cell.iter()
            .filter(|byte| DELIMITERS.contains(byte) && **byte != delimiter)
    };
    others().next().is_none()
        || (others().all(|byte| *byte == b',')
            && matches!(
                number::read(cell, Spelling { decimal: b',' }),
                Cell::Number(_)
            ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        let cases = [
            ("a,b\n1,2\n3,4\n", b','),
            ("a;b\n1;2\n3;4\n", b';'),
            ("a\tb\n1\t2\n3\t4\n", b'\t'),
            ("a|b\n1|2\n3|4\n", b'|'),
            ("a;b;c\n10,173;20,6;3\n1,5;2,5;4\n", b';'),
            ("a,b\n1,x|y\n2,z|w\n", b','),
            ("a,b,c\n1,\"x;y\",2\n3,\"z;w\",4\n", b','),
            (
                "when\tv\n2024-01-10, 08:00\t1,5\n2024-01-11, 08:00\t2,5\n",
                b'\t',
            ),
            ("a\n1\n2\n", b','),
            ("", b','),
        ];
        for (text, expected) in cases {
            assert_eq!(
                delimiter_name(find(text.as_bytes(), b'\n', true)),
                delimiter_name(expected),
                "{text:?}"
            );
        }
    }
}
