//! The lines before the table: `sep=;`, comments and blank lines. The last comment may be the header.

use csv::ByteRecord;
use memchr::memchr;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::Records;
use crate::data::records::separator::Separator;

/// The lines before the table; a byte-order mark has been removed before.
#[derive(Default)]
pub struct Preamble {
    /// Its length.
    pub bytes: usize,
    /// Its lines.
    pub lines: u64,
    /// How many of them are comments.
    pub comments: usize,
    /// The delimiter that a line `sep=;` names.
    pub said: Option<u8>,
    /// Where the last comment line begins.
    last: Option<usize>,
    /// Whether the header is a comment line: `# a,b,c`.
    header: bool,
}

impl Preamble {
    /// Reads up to the first line that is neither blank nor a comment, beginning behind the lines that the user skips.
    pub fn read(head: &[u8], terminator: u8, skip: usize) -> Self {
        let mut preamble = Self::default();
        for _ in 0..skip {
            let rest = &head[preamble.bytes..];
            if rest.is_empty() {
                break;
            }
            preamble.bytes += memchr(terminator, rest).map_or(rest.len(), |at| at + 1);
            preamble.lines += 1;
        }
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

    /// Takes the last comment line as the header, if it has as many cells as the first record and that is all numbers; says whether it did.
    pub fn keep_header(&mut self, head: &[u8], records: &Records, separator: &Separator) -> bool {
        let (Some(last), Some(first)) = (self.last, records.cells.first()) else {
            return false;
        };
        let line = &head[last..self.bytes];
        let mut found = Vec::new();
        separator.split(without_hashes(line.trim_ascii()), &mut found);
        let cells = found.len();
        let is_data = first
            .iter()
            .all(|cell| number::read(cell, Spelling::default()) != Cell::Word);
        let keeps = cells > 1 && cells == first.len() && is_data;
        if keeps {
            let blank = memchr::memchr_iter(b'\n', line).count().saturating_sub(1);
            self.bytes = last;
            self.lines -= 1 + blank as u64;
            self.comments -= 1;
            self.header = true;
        }
        keeps
    }

    /// The header without its `#`.
    pub fn uncomment(&self, header: &ByteRecord, separator: &Separator) -> ByteRecord {
        // Where blanks separate cells, the `#` is a cell of its own.
        if self.header && separator.byte().is_none() && header.get(0) == Some(b"#") {
            return header.iter().skip(1).collect();
        }
        let strip = |(index, cell): (usize, &[u8])| {
            let cell = if index == 0 && self.header {
                without_hashes(cell.trim_ascii())
            } else {
                cell
            };
            cell.to_vec()
        };
        header.iter().enumerate().map(strip).collect()
    }
}

/// `cell` without the `#`s it begins with.
fn without_hashes(cell: &[u8]) -> &[u8] {
    let start = cell.iter().position(|byte| *byte != b'#');
    &cell[start.unwrap_or(cell.len())..]
}

#[cfg(test)]
mod tests {
    use crate::data::records::dialect::fixtures::{found, header};
    use crate::data::records::separator::Separator;

    #[test]
    fn what_stands_before_the_table_is_passed_over() {
        let dialect = found("# by tool 1.0\n#\n\n  \na,b\n1,2\n");
        assert_eq!(
            (header(&dialect), dialect.lines, dialect.comments),
            (vec!["a".into(), "b".into()], 5, true)
        );
        let dialect = found("sep=;\r\na;b\r\n1;2\r\n");
        assert_eq!(
            (dialect.separator, dialect.lines, dialect.columns),
            (Separator::Byte(b';'), 2, 2)
        );
        let dialect = found("# made by hand\n# x,y\n1,2\n3,4\n");
        assert_eq!((header(&dialect)[0].trim(), dialect.lines), ("x", 2));
    }
}
