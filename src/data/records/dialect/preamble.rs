//! The lines before the table: `sep=;`, comments and blank lines. The last comment may be the header.

use csv::ByteRecord;
use memchr::{memchr, memchr2};

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::Records;
use crate::data::records::dialect::unit;
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
    /// Where each comment line begins, and how many lines there are before it.
    starts: Vec<(usize, u64)>,
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
                preamble.starts.push((preamble.bytes, preamble.lines));
            } else if !line.is_empty() {
                break;
            }
            preamble.bytes += end;
            preamble.lines += 1;
        }
        preamble
    }

    /// Takes the last comment line as the header, or the one before it where the last holds units, if it looks like the header of
    /// the first record. The head as it is read then: without the `#`s before the names.
    pub fn keep_header(
        &mut self,
        head: &[u8],
        records: &Records,
        separator: &Separator,
    ) -> Option<Vec<u8>> {
        let first = records.cells.first()?;
        // Nothing but a `#` may end the comments.
        let is_said = |(start, _): &&(usize, u64)| !line_at(head, *start).trim_ascii().is_empty();
        let said = self.starts.iter().rposition(|start| is_said(&start))?;
        let starts = &self.starts[..=said];
        let names = |(start, _): &(usize, u64)| {
            let cells = cells(line_at(head, *start), separator);
            are_names(&cells, first, separator).then_some(cells)
        };
        let (last, before) = match starts {
            [.., before, last] if before.1 + 1 == last.1 => (last, Some(before)),
            [.., last] => (last, None),
            [] => return None,
        };
        let units = unit::are_units(&names(last)?);
        let above = before.filter(|before| units && names(before).is_some());
        let kept = 1 + usize::from(above.is_some());
        (self.bytes, self.lines) = *above.unwrap_or(last);
        self.comments -= kept;
        let mut head = head.to_vec();
        for (start, _) in &starts[starts.len() - kept..] {
            uncomment(&mut head[*start..], separator);
        }
        // What is passed over between the names and the rows is a blank line now.
        for (start, _) in &self.starts[said + 1..] {
            let hashes = head[*start..].iter().take_while(|byte| **byte == b'#');
            let hashes = hashes.count();
            head[*start..][..hashes].fill(b' ');
        }
        Some(head)
    }
}

/// The line that begins at `start`, without its `#`s.
fn line_at(head: &[u8], start: usize) -> &[u8] {
    let rest = &head[start..];
    let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    without_hashes(rest[..end].trim_ascii())
}

fn cells(line: &[u8], separator: &Separator) -> ByteRecord {
    let mut found = Vec::new();
    separator.split(line, &mut found);
    found.iter().map(|(from, to)| &line[*from..*to]).collect()
}

/// Whether the cells of a comment name those of the first record. They are as many; and that holds numbers and hardly a word, as
/// buoys write `MM` for what is missing, or each is a single word, as in `#chrom;start;end`.
fn are_names(names: &ByteRecord, first: &ByteRecord, separator: &Separator) -> bool {
    let is_word = |cell: &[u8]| number::read(cell, Spelling::default()) == Cell::Word;
    let words = |record: &ByteRecord| record.iter().filter(|cell| is_word(cell)).count();
    let is_data = match words(first) {
        0 => true,
        some => 3 * some <= first.len() && words(names) == names.len(),
    };
    let is_single = |name: &[u8]| {
        let name = name.trim_ascii();
        is_word(name) && !name.contains(&b' ')
    };
    // `#;name;weight`
    let rank = names.get(0).is_some_and(<[u8]>::is_empty);
    let single = rank || names.iter().all(is_single);
    names.len() > 1
        && names.len() == first.len()
        && (is_data || separator.byte().is_some() && single)
}

/// Writes blanks over the `#`s that a line begins with, unless the first name is nothing else.
fn uncomment(line: &mut [u8], separator: &Separator) {
    let hashes = line.iter().take_while(|byte| **byte == b'#').count();
    if separator.byte() != line.get(hashes).copied() {
        line[..hashes].fill(b' ');
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
        let dialect = found("# by tool 1.0\n# time  temp\n# s     degC\n0.5 1.5\n1.0 1.7\n");
        assert_eq!(
            (header(&dialect), dialect.lines),
            (vec!["time".into(), "temp".into()], 3)
        );
        assert_eq!(dialect.units.unwrap(), ["s", "degC"]);
        let buoy = "#YY  MM WDIR WSPD GST VIS\n#yr  mo degT m/s  m/s nmi\n";
        let rows = "2024 03 338  5.1  6.1  MM\n2024 03 190  5.8  MM   MM\n";
        let dialect = found(&format!("{buoy}{rows}"));
        assert_eq!((header(&dialect)[0].trim(), dialect.lines), ("YY", 2));
        assert_eq!(dialect.units.unwrap()[2], "degT");
        let dialect = found("# by us\n# x,y\n#\n1,2\n3,4\n");
        assert_eq!((header(&dialect)[0].trim(), dialect.comments), ("x", true));
        let dialect = found("##by=x\n#chrom;start;end\nchr1;10;12\nchr2;5;18\n");
        assert_eq!((header(&dialect)[0].trim(), dialect.lines), ("chrom", 2));
        let dialect = found("#,Name,Type 1\n1,Bulbasaur,Grass\n2,Ivysaur,Grass\n");
        assert_eq!((header(&dialect)[0].as_str(), dialect.lines), ("#", 1));
        let dialect = found("# by Ann, at noon\nx,1\ny,2\nz,3\n");
        assert_eq!((dialect.header, dialect.lines), (None, 1));
    }
}
