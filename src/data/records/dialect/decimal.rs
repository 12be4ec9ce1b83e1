//! Whether numbers are written with a decimal point or a decimal comma.

use csv::ByteRecord;
use memchr::memchr;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::separator::Separator;

/// The decimal mark, point or comma. A comma may also separate groups of three digits: `1,234`.
pub fn find(records: &[ByteRecord], separator: &Separator) -> u8 {
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
            (None, Some(_)) if point => points += 1,
            (Some(_), None) if point => groups += 1,
            _ => {}
        }
    }
    // Where every comma stands before three digits, the delimiter decides: a file has `;` because commas are in its numbers.
    let decimal = commas > points
        || (commas == 0 && points == 0 && groups > 0 && separator.byte() == Some(b';'));
    if decimal { b',' } else { b'.' }
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
