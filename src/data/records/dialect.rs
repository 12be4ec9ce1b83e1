//! How a file is laid out: what separates its cells, where the table begins, whether it has a header and a row of units, how it
//! writes numbers. Found from the head of the file by trying the possibilities and keeping the best fit; what the user says takes
//! precedence.

mod decimal;
pub mod delimiter;
mod first;
mod header;
mod look;
mod names;
mod preamble;
mod start;
mod typed;
mod unit;

use csv::ByteRecord;
use memchr::memchr;

use crate::data::columns::number::Spelling;
use crate::data::options::LayoutOptions;
use crate::data::records::dialect::first::Records;
use crate::data::records::dialect::header::{fit, force, has_header};
use crate::data::records::dialect::look::Look;
use crate::data::records::dialect::preamble::Preamble;
use crate::data::records::repeated::Part;
use crate::data::records::separator::{Separator, is_rule};
use crate::data::text::{name_list, quote};
use crate::format::count;

/// The layout of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// What separates cells.
    pub separator: Separator,
    /// What ends a record: LF, or CR in a file without any LF.
    pub terminator: u8,
    /// Whether lines that begin with `#` are comments.
    pub comments: bool,
    /// How numbers are written.
    pub spelling: Spelling,
    /// The header's cells, if there is one.
    pub header: Option<ByteRecord>,
    /// The units that stand in rows under the header, sanitised.
    pub units: Option<Vec<String>>,
    /// The records above the rows as they stand there, and what each is.
    pub top: Vec<(Part, ByteRecord)>,
    /// Cells in a record.
    pub columns: usize,
    /// Bytes before the first data record.
    pub body: usize,
    /// Lines before the first data record.
    pub lines: u64,
    /// Of them, those above the table that are neither comments nor blank lines at the start.
    pub skipped: u64,
    /// Findings that may surprise the user, a sentence each.
    pub notices: Vec<String>,
}

/// Finds the layout. `whole` says that `head` is the whole file, so its last record is complete. `columns` is how many cells most
/// rows of the file have, where an earlier reading found out.
pub fn find(head: &[u8], whole: bool, wanted: LayoutOptions, columns: Option<usize>) -> Dialect {
    let terminator = if memchr(b'\n', head).is_none() && memchr(b'\r', head).is_some() {
        b'\r'
    } else {
        b'\n'
    };
    let mut preamble = Preamble::read(head, terminator, wanted.skip.unwrap_or(0));
    let Look {
        text,
        records,
        separator,
        mut notices,
    } = Look::take(head, (whole, terminator), wanted, columns, &mut preamble);
    // A single cell is what rows have where the cells are separated by something else.
    let columns = columns.filter(|columns| *columns > 1);
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
            .unwrap_or_else(|| decimal::find(&records.cells, &separator)),
    };
    if spelling.decimal == b',' && wanted.decimal.is_none() {
        notices.push("numbers have decimal commas; if not, say --decimal .".into());
    }
    let mut start = start::find(&records, spelling);
    if wanted.skip.is_some() {
        start.units *= usize::from(start.first == 0);
        start.first = 0;
    }
    let skipped = above(&text, &records, start.first, &mut notices);
    let mut top: Vec<(Part, ByteRecord)> = (0..start.first)
        .map(|at| (Part::Other, records.written(at)))
        .collect();
    let records = records.from(start.first);
    let header = wanted
        .header
        .unwrap_or_else(|| has_header(&records.cells, spelling, &mut notices));
    let units = match wanted.units {
        Some(true) => start.units.max(1),
        Some(false) => 0,
        None => start.units,
    };
    let units = if header && records.cells.len() > units {
        units
    } else {
        0
    };
    if header && !records.cells.is_empty() {
        top.push((Part::Header, records.written(0)));
        // What is drawn beneath the names may come again with them.
        let place = records.places[0];
        let drawn = text[place.start..place.end]
            .split(|byte| *byte == terminator)
            .skip(1);
        for line in drawn.filter(|line| is_rule(line) && separator.byte().is_none()) {
            let mut cells = Vec::new();
            separator.split(line, &mut cells);
            let cells = cells.iter().map(|(from, to)| &line[*from..*to]);
            top.push((Part::Other, cells.collect()));
        }
    }
    top.extend((1..=units).map(|at| (Part::Other, records.written(at))));
    let mut dialect = Dialect {
        top,
        terminator,
        comments: preamble.comments > 0,
        spelling,
        header: None,
        units: None,
        columns: columns.unwrap_or_else(|| records.columns()),
        body: preamble.bytes + records.places.first().map_or(0, |place| place.start),
        lines: preamble.lines + records.places.first().map_or(0, |place| place.line),
        skipped,
        notices,
        separator,
    };
    if header && !records.cells.is_empty() {
        dialect.take_names(&records, columns, units);
        let last = records.places[units];
        dialect.body = preamble.bytes + last.end;
        dialect.lines = preamble.lines + last.lines;
        dialect.take_units(&records.cells[1..=units], wanted);
    }
    dialect
}

impl Dialect {
    /// Takes the names from the first record, under which stand `units` rows that are no data.
    fn take_names(&mut self, records: &Records, columns: Option<usize>, units: usize) {
        let first = &records.cells[0];
        let names = match columns {
            Some(columns) => force(first, columns, &mut self.notices),
            None => fit(first.clone(), records, 1 + units, &mut self.notices),
        };
        self.columns = names.len();
        self.header = Some(names);
    }

    /// Takes the units from the rows that end above the data, and says so unless the user does.
    fn take_units(&mut self, rows: &[ByteRecord], wanted: LayoutOptions) {
        if rows.is_empty() {
            return;
        }
        let units = (0..self.columns).map(|at| unit::of_column(rows, at));
        let units: Vec<String> = units.collect();
        let shown = units
            .iter()
            .map(String::as_str)
            .filter(|unit| !unit.is_empty());
        let last = self.lines;
        let lines = match rows.len() as u64 {
            1 => format!("line {last} holds"),
            rows => format!("lines {} to {last} hold", last + 1 - rows),
        };
        if wanted.units.is_none() {
            let shown: Vec<&str> = shown.collect();
            self.notices.push(format!(
                "{lines} units, or more of the header, and no data: {}; if it is data, say --units no",
                name_list(shown.iter().copied())
            ));
        }
        self.units = Some(units);
    }
}

/// Says what stands above the table, up to the record with the index `first`; its number of lines.
fn above(body: &[u8], records: &Records, first: usize, notices: &mut Vec<String>) -> u64 {
    if first == 0 {
        return 0;
    }
    let lines = records.places[first].line;
    let begin = records.places[0];
    let text = body[begin.start..begin.end].trim_ascii();
    let which = if lines == 1 { "" } else { "the first is " };
    notices.push(format!(
        "skipped {} above the table ({which}{}); if it begins elsewhere, say how many lines to skip, for example --skip 0",
        count(lines as usize, "line"),
        quote(text)
    ));
    lines
}

/// What the tests of this folder look at.
#[cfg(test)]
mod fixtures {
    use super::*;

    pub fn found(text: &str) -> Dialect {
        find(text.as_bytes(), true, LayoutOptions::default(), None)
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
    use crate::data::options::Delimiter;

    #[test]
    fn the_user_s_word_wins() {
        let wanted = LayoutOptions {
            delimiter: Some(Delimiter::Byte(b';')),
            header: Some(false),
            decimal: Some(b','),
            ..LayoutOptions::default()
        };
        let dialect = find(b"a,b\n1,2\n", true, wanted, None);
        assert_eq!(
            (dialect.separator, dialect.header, dialect.columns),
            (Separator::Byte(b';'), None, 1)
        );
        assert_eq!(dialect.spelling.decimal, b',');
    }

    #[test]
    fn lines_are_skipped_as_the_user_says() {
        let text = b"Log of today\na,b\ns,s\n1,2\n3,4\n5,6\n7,8\n9,1\n";
        let lines = |skip, units| {
            let wanted = LayoutOptions {
                skip,
                units,
                ..LayoutOptions::default()
            };
            find(text, true, wanted, None).lines
        };
        assert_eq!((lines(None, None), lines(Some(1), None)), (3, 3));
        assert_eq!((lines(Some(2), None), lines(Some(1), Some(false))), (3, 2));
        assert_eq!(lines(Some(0), None), 1);
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
