//! How a file is laid out: what separates its cells, whether it has a header, how it writes numbers. Found on the head of
//! the file by trying what there is and keeping what fits best; what the user says wins.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, Terminator};
use memchr::memchr;

use crate::data::columns::number::{self, Cell, Spelling};

/// What separates cells, in the order in which ties are decided.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records looked at.
const RECORDS: usize = 200;

/// What the user said about the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// `--delimiter`.
    pub delimiter: Option<u8>,
    /// `--header`.
    pub header: Option<bool>,
    /// `--decimal`.
    pub decimal: Option<u8>,
}

/// The layout of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// At the end of a record: LF, or CR where a file has no LF.
    pub terminator: u8,
    /// Whether lines that begin with `#` are comments.
    pub comments: bool,
    /// How numbers are written.
    pub spelling: Spelling,
    /// The header's cells, if there is one.
    pub header: Option<ByteRecord>,
    /// Cells in a record.
    pub columns: usize,
    /// Bytes of the head before the first data record.
    pub body: usize,
    /// Lines before it.
    pub lines: u64,
    /// What was found and may surprise, a sentence each.
    pub notices: Vec<String>,
}

/// The delimiter as people call it.
pub fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".into(),
        b' ' => "space".into(),
        other => char::from(other).escape_default().to_string(),
    }
}

/// A csv reader for records of this layout.
pub fn reader<R: std::io::Read>(
    input: R,
    delimiter: u8,
    terminator: u8,
    comments: bool,
) -> csv::Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(Terminator::Any(terminator))
        .comment(comments.then_some(b'#'))
        .from_reader(input)
}

/// Whether a record is a line with nothing on it.
pub fn is_blank<'a>(mut cells: impl Iterator<Item = &'a [u8]>) -> bool {
    cells
        .next()
        .is_none_or(|cell| number::trim(cell).is_empty())
        && cells.next().is_none()
}

/// Finds the layout. `whole` says that `head` is all there is; then its last record is whole too.
pub fn find(head: &[u8], whole: bool, wanted: Wanted) -> Dialect {
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
    let delimiter = delimiter.unwrap_or_else(|| find_delimiter(body, terminator, whole));
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
            .unwrap_or_else(|| find_decimal(&records.cells, delimiter)),
    };
    if spelling.decimal == b',' && wanted.decimal.is_none() {
        notices.push("numbers have decimal commas; --decimal . says otherwise".into());
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

/// A header one short of its rows: they end in a delimiter, or begin with row names that R gives no heading.
fn widen(mut header: ByteRecord, records: &Records, notices: &mut Vec<String>) -> ByteRecord {
    let rows = &records.cells[1..];
    let longer = rows.iter().filter(|row| row.len() == header.len() + 1);
    if rows.is_empty() || longer.clone().count() * 10 < rows.len() * 9 {
        return header;
    }
    if longer.clone().all(|row| {
        row.iter()
            .next_back()
            .is_none_or(|cell| number::trim(cell).is_empty())
    }) {
        header.push_field(b"");
        return header;
    }
    notices.push(
        "the rows have one cell more than the header: the first is taken as the row's name".into(),
    );
    std::iter::once(&b""[..]).chain(header.iter()).collect()
}

/// What stands before the table: a byte-order mark is gone already.
#[derive(Default)]
struct Preamble {
    bytes: usize,
    lines: u64,
    comments: usize,
    said: Option<u8>,
    /// Where the last comment line begins.
    last: Option<usize>,
    /// Whether the header is a comment line: `# a,b,c`.
    header: bool,
}

impl Preamble {
    fn read(head: &[u8], terminator: u8) -> Self {
        let mut preamble = Self::default();
        loop {
            let rest = &head[preamble.bytes..];
            let end = memchr(terminator, rest).map_or(rest.len(), |at| at + 1);
            let line = rest[..end].trim_ascii();
            if rest.is_empty() {
                break;
            } else if preamble.lines == 0 && line.len() <= 5 && line.starts_with(b"sep=") {
                preamble.said = Some(line.get(4).copied().unwrap_or(b'\t'));
            } else if line.starts_with(b"#") {
                preamble.comments += 1;
                preamble.last = Some(preamble.bytes);
            } else if !line.is_empty() {
                break;
            }
            preamble.bytes += end;
            preamble.lines += 1;
        }
        preamble
    }

    /// A last comment line with as many cells as the numbers below it is their header.
    fn keep_header(&mut self, head: &[u8], records: &Records, delimiter: u8) {
        let (Some(last), Some(first)) = (self.last, records.cells.first()) else {
            return;
        };
        let line = &head[last..self.bytes];
        let cells = memchr::memchr_iter(delimiter, line).count() + 1;
        let is_data = first
            .iter()
            .all(|cell| number::read(cell, Spelling::default()) != Cell::Word);
        if cells > 1 && cells == first.len() && is_data {
            let blank = memchr::memchr_iter(b'\n', line).count().saturating_sub(1);
            self.bytes = last;
            self.lines -= 1 + blank as u64;
            self.comments -= 1;
            self.header = true;
        }
    }

    /// The header without its `#`.
    fn uncomment(&self, header: &ByteRecord) -> ByteRecord {
        let strip = |(index, cell): (usize, &[u8])| {
            let cell = if index == 0 && self.header {
                cell.trim_ascii().trim_start_matches(b'#')
            } else {
                cell
            };
            cell.to_vec()
        };
        header.iter().enumerate().map(strip).collect()
    }
}

/// `trim_start_matches` for bytes.
trait TrimStart {
    fn trim_start_matches(&self, byte: u8) -> &[u8];
}

impl TrimStart for [u8] {
    fn trim_start_matches(&self, byte: u8) -> &[u8] {
        let start = self.iter().position(|b| *b != byte).unwrap_or(self.len());
        &self[start..]
    }
}

/// The first records of a file.
struct Records {
    cells: Vec<ByteRecord>,
    /// Bytes and lines to the end of the first.
    first_end: usize,
    first_lines: u64,
}

impl Records {
    fn read(body: &[u8], delimiter: u8, terminator: u8, whole: bool) -> Self {
        let mut reader = reader(body, delimiter, terminator, false);
        let (mut cells, mut first_end, mut first_lines) = (Vec::new(), 0, 0);
        let mut record = ByteRecord::new();
        while cells.len() < RECORDS && reader.read_byte_record(&mut record).unwrap_or(false) {
            if is_blank(record.iter()) {
                continue;
            }
            cells.push(record.clone());
            if cells.len() == 1 {
                first_end = reader.position().byte() as usize;
                let lines = memchr::memchr_iter(terminator, &body[..first_end]).count();
                first_lines = lines as u64;
            }
        }
        // The head may end in the middle of a record.
        if !whole && cells.len() > 1 && cells.len() < RECORDS {
            cells.pop();
        }
        Self {
            cells,
            first_end,
            first_lines,
        }
    }

    /// The most frequent number of cells, and how many records have it.
    fn usual(&self) -> (usize, usize) {
        let mut counts = BTreeMap::<usize, usize>::new();
        for record in &self.cells {
            *counts.entry(record.len()).or_default() += 1;
        }
        let most = counts
            .into_iter()
            .max_by_key(|(length, count)| (*count, *length));
        most.unwrap_or_default()
    }

    fn columns(&self) -> usize {
        self.usual().0
    }
}

/// The delimiter that makes records of equal length whose cells look like cells.
fn find_delimiter(body: &[u8], terminator: u8, whole: bool) -> u8 {
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

/// Whether a cell holds none of the other delimiters, unless it is a number with a comma in it.
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

/// Whether numbers have a decimal comma. A comma can separate groups of three digits instead: `1,234`.
fn find_decimal(records: &[ByteRecord], delimiter: u8) -> u8 {
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
    // Where a comma stands before three digits each time, the delimiter tells: `;` is taken because commas are.
    let decimal =
        commas > points || (commas == 0 && points == 0 && groups > 0 && delimiter == b';');
    if decimal { b',' } else { b'.' }
}

/// Whether the first record names the columns.
fn has_header(records: &[ByteRecord], spelling: Spelling, notices: &mut Vec<String>) -> bool {
    let Some((first, rest)) = records.split_first() else {
        return false;
    };
    let read = |cell: &[u8]| number::read(cell, spelling);
    let numbers: Vec<f64> = first
        .iter()
        .filter_map(|cell| {
            if let Cell::Number(value) = read(cell) {
                Some(value)
            } else {
                None
            }
        })
        .collect();
    if numbers.is_empty() {
        return true;
    }
    // Columns that hold numbers below and a word above are named by it.
    let named = first.iter().enumerate().any(|(column, cell)| {
        let below = rest
            .iter()
            .filter_map(|record| record.get(column))
            .map(read);
        let numeric = below
            .clone()
            .filter(|cell| matches!(cell, Cell::Number(_)))
            .count();
        read(cell) == Cell::Word && numeric * 2 > below.count()
    });
    if named {
        return true;
    }
    let ladder = |record: &ByteRecord| {
        let values: Vec<f64> = record
            .iter()
            .filter_map(|cell| fast_float2::parse(number::trim(cell)).ok())
            .collect();
        is_ladder(&values)
    };
    if is_ladder(&numbers) && !rest.is_empty() && !rest.iter().take(5).any(ladder) {
        notices.push(
            "the first line counts up in equal steps and is taken as the header; --header no says otherwise".into(),
        );
        return true;
    }
    notices.push(
        "no header: the first line is data, and columns go by number; --header yes says otherwise"
            .into(),
    );
    false
}

/// Whether values climb in equal steps, as years and wavelengths over columns do.
fn is_ladder(values: &[f64]) -> bool {
    let steps = || values.windows(2).map(|pair| pair[1] - pair[0]);
    let step = steps().next().unwrap_or(0.0);
    values.len() >= 4 && step > 0.0 && steps().all(|other| (other - step).abs() <= 1e-6 * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Dialect {
        find(text.as_bytes(), true, Wanted::default())
    }

    fn header(dialect: &Dialect) -> Vec<String> {
        let cells = dialect.header.iter().flat_map(ByteRecord::iter);
        cells
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect()
    }

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
                delimiter_name(found(text).delimiter),
                delimiter_name(expected),
                "{text:?}"
            );
        }
    }

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

    #[test]
    fn headers_are_found_or_missed() {
        let with = [
            "a,b\n1,2\n",
            "a,b\nx,y\n",
            "id,2019,2020,2021,2022\nx,1,2,9,3\ny,3,4,1,2\n",
            "400,402,404,406\n0.3,0.1,0.2,0.2\n0.2,0.9,0.3,0.1\n",
            ",1st\n1,2\n",
            "\"a,b\",\"c\nd\"\n1,2\n",
        ];
        for text in with {
            assert!(found(text).header.is_some(), "{text:?}");
        }
        for text in [
            "9.83,19.27,29.0\n11.2,22.6,34.1\n",
            "x,1,2\ny,3,4\n",
            "1\n2\n3\n4\n",
        ] {
            let dialect = found(text);
            assert!(dialect.header.is_none() && dialect.body == 0, "{text:?}");
            assert!(
                dialect
                    .notices
                    .iter()
                    .any(|notice| notice.starts_with("no header"))
            );
        }
    }

    #[test]
    fn what_stands_before_the_table_is_passed_over() {
        let dialect = found("# by tool 1.0\n#\n\n  \na,b\n1,2\n");
        assert_eq!(
            (header(&dialect), dialect.lines, dialect.comments),
            (vec!["a".into(), "b".into()], 5, true)
        );
        let dialect = found("sep=;\r\na;b\r\n1;2\r\n");
        assert_eq!(
            (dialect.delimiter, dialect.lines, dialect.columns),
            (b';', 2, 2)
        );
        let dialect = found("# made by hand\n# x,y\n1,2\n3,4\n");
        assert_eq!((header(&dialect)[0].trim(), dialect.lines), ("x", 2));
    }

    #[test]
    fn a_header_one_short_of_its_rows_is_widened() {
        assert_eq!(header(&found("a,b\n1,2,\n3,4,\n")), ["a", "b", ""]);
        assert_eq!(header(&found("a,b\nx,1,2\ny,3,4\n")), ["", "a", "b"]);
    }

    #[test]
    fn the_user_s_word_wins() {
        let wanted = Wanted {
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
