//! How a file is laid out: what separates its cells, whether it has a header, how it writes numbers. Found from the head of
//! the file by trying the possibilities and keeping the best fit; what the user says takes precedence.

mod decimal;
pub mod delimiter;
mod first;
mod header;
mod preamble;

use csv::ByteRecord;
use memchr::memchr;

use crate::data::columns::number::Spelling;
use crate::data::options::LayoutOptions;
use crate::data::records::dialect::delimiter::delimiter_name;
use crate::data::records::dialect::first::Records;
use crate::data::records::dialect::header::{has_header, widen};
use crate::data::records::dialect::preamble::Preamble;

/// The layout of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// What separates cells.
    pub delimiter: u8,
    /// What ends a record: LF, or CR in a file without any LF.
    pub terminator: u8,
    /// Whether lines that begin with `#` are comments.
    pub comments: bool,
    /// How numbers are written.
    pub spelling: Spelling,
    /// The header's cells, if there is one.
    pub header: Option<ByteRecord>,
    /// Cells in a record.
    pub columns: usize,
    /// Bytes before the first data record.
    pub body: usize,
    /// Lines before the first data record.
    pub lines: u64,
    /// Findings that may surprise the user, a sentence each.
    pub notices: Vec<String>,
}

/// Finds the layout. `whole` says that `head` is the whole file, so its last record is complete.
pub fn find(head: &[u8], whole: bool, wanted: LayoutOptions) -> Dialect {
    let terminator = if memchr(b'\n', head).is_none() && memchr(b'\r', head).is_some() {
        b'\r'
    } else {
        b'\n'
    };
    let mut notices = Vec::new();
    let mut preamble = Preamble::read(head, terminator);
    if let Some(delimiter) = preamble.said {
        notices.push(format!(
            "the first line says that cells are separated by “{}”",
            delimiter_name(delimiter)
        ));
    }
    let delimiter = wanted.delimiter.or(preamble.said);
    let body = &head[preamble.bytes..];
    let delimiter = delimiter.unwrap_or_else(|| delimiter::find(body, terminator, whole));
    if delimiter != b',' && wanted.delimiter.is_none() && preamble.said.is_none() {
        notices.push(format!(
            "cells are separated by “{}”",
            delimiter_name(delimiter)
        ));
    }
    let records = Records::read(body, delimiter, terminator, whole);
    preamble.keep_header(head, &records, delimiter);
    let records = Records::read(&head[preamble.bytes..], delimiter, terminator, whole);
    if preamble.comments > 0 {
        let plural = if preamble.comments == 1 { "" } else { "s" };
        notices.push(format!(
            "{} comment line{plural} skipped at the start",
            preamble.comments
        ));
    }
    let spelling = Spelling {
        decimal: wanted
            .decimal
            .unwrap_or_else(|| decimal::find(&records.cells, delimiter)),
    };
    if spelling.decimal == b',' && wanted.decimal.is_none() {
        notices.push("numbers have decimal commas; if not, say --decimal .".into());
    }
    let header = wanted
        .header
        .unwrap_or_else(|| has_header(&records.cells, spelling, &mut notices));
    let mut dialect = Dialect {
        delimiter,
        terminator,
        comments: preamble.comments > 0,
        spelling,
        header: None,
        columns: records.columns(),
        body: preamble.bytes,
        lines: preamble.lines,
        notices,
    };
    if let (true, Some(first)) = (header, records.cells.first()) {
        let names = widen(preamble.uncomment(first), &records, &mut dialect.notices);
        dialect.columns = names.len();
        dialect.header = Some(names);
        dialect.body += records.first_end;
        dialect.lines += records.first_lines;
    }
    dialect
}

/// What the tests of this folder look at.
#[cfg(test)]
mod fixtures {
    use super::*;

    pub fn found(text: &str) -> Dialect {
        find(text.as_bytes(), true, LayoutOptions::default())
    }

    pub fn header(dialect: &Dialect) -> Vec<String> {
        let cells = dialect.header.iter().flat_map(csv::ByteRecord::iter);
        cells
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::{found, header};
    use super::*;

    #[test]
    fn the_user_s_word_wins() {
        let wanted = LayoutOptions {
            delimiter: Some(b';'),
            header: Some(false),
            decimal: Some(b','),
        };
        let dialect = find(b"a,b\n1,2\n", true, wanted);
        assert_eq!(
            (dialect.delimiter, dialect.header, dialect.columns),
            (b';', None, 1)
        );
        assert_eq!(dialect.spelling.decimal, b',');
    }

    #[test]
    fn old_line_ends_are_lines_too() {
        let dialect = found("a,b\r1,2\r3,4\r");
        assert_eq!(
            (dialect.terminator, dialect.columns, header(&dialect).len()),
            (b'\r', 2, 2)
        );
    }
}
