//! Where the table begins: instruments and people write lines above it. It is a long run of records of equal length, and its
//! cells are numbers or dates where those of the lines above are words.

use std::collections::BTreeSet;

use csv::ByteRecord;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::Records;
use crate::data::records::dialect::header::is_ladder_above;
use crate::data::records::dialect::typed::Typed;
use crate::data::records::dialect::unit;

/// A run this long is a table, or its beginning.
const RUN: usize = 5;

/// A header and what stands under it have no more rows than this.
const HEADER: usize = 4;

/// The first record of the table and how many of those under it hold units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Start {
    /// Records above the table.
    pub first: usize,
    /// Rows under the header that hold units, or more of the header.
    pub units: usize,
}

/// Where the table begins by the number of cells alone.
pub fn by_width(records: &Records) -> usize {
    let (width, count) = records.usual();
    if width < 2 {
        return 0;
    }
    let widths: Vec<usize> = records.cells.iter().map(ByteRecord::len).collect();
    let run = RUN.min(count);
    let Some(begin) = widths
        .windows(run)
        .position(|part| part.iter().all(|cells| *cells == width))
    else {
        return 0;
    };
    let alike = widths[..begin].iter().filter(|cells| **cells == width);
    // Some rows of a table are too short or too long; of the lines above it, most are.
    if alike.count() * 2 >= begin {
        return 0;
    }
    let above = begin - 1;
    if is_header_of(records, above, begin, width) {
        return above;
    }
    begin
}

/// Whether the table begins further down, and with a header.
pub fn is_headed(records: &Records) -> bool {
    let start = by_width(records);
    let (width, _) = super::first::usual(records.cells[start..].iter());
    let typed = Typed::of(&records.cells[start..], width, Spelling::default());
    start > 0 && !typed.columns.is_empty() && typed.are_words(&records.cells[start])
}

/// Whether the record above a run of another length names its columns all the same.
fn is_header_of(records: &Records, above: usize, begin: usize, width: usize) -> bool {
    let (header, first) = (&records.cells[above], &records.cells[begin]);
    let is_word = |cell: &[u8]| number::read(cell, Spelling::default()) == Cell::Word;
    // Prose has blanks, too.
    // `# a b` has a cell more than names.
    let hash = usize::from(records.by_blanks && header.get(0) == Some(b"#"));
    let near = header.len() > 1
        && header.len() + 1 >= width
        && (header.len() <= width + hash || !records.by_blanks);
    // Its line may end in a delimiter.
    let last = header.iter().next_back().is_some_and(<[u8]>::is_empty);
    let mut names = header.iter().take(header.len() - usize::from(last));
    near && !records.places[begin].apart && names.all(is_word) && !first.iter().all(is_word)
}

/// Where the table begins.
pub fn find(records: &Records, spelling: Spelling) -> Start {
    let start = by_width(records);
    let (width, _) = super::first::usual(records.cells[start..].iter());
    let typed = Typed::of(&records.cells[start..], width, spelling);
    let start = below_titles(records, start, &typed, spelling);
    let Some(data) = (start..records.cells.len()).find(|at| typed.is_data(&records.cells[*at]))
    else {
        return Start {
            first: start,
            units: 0,
        };
    };
    let header = |at: usize| Start {
        first: at,
        units: 0,
    };
    if data - start < 2 {
        return header(start);
    }
    let joined = |at: &usize| is_joined(records, *at);
    let (last, low) = (
        &records.cells[data - 1],
        start.max(data.saturating_sub(HEADER)),
    );
    // The rows above the data that belong together; but for the one right above it, they must be words.
    let rows = (low + 1..data).rev().take_while(|at| {
        let above = &records.cells[*at - 1];
        joined(at)
            && (*at == data - 1 || typed.are_words(&records.cells[*at]) && above.len() == width)
    });
    let top = rows.last().map_or(data - 1, |at| at - 1);
    if let Some(units) = (top + 1..data).find(|at| unit::are_units(&records.cells[*at])) {
        return Start {
            first: units - 1,
            units: data - units,
        };
    }
    // One column of numbers among words says little: its first cells may be words by chance.
    let sure = typed.columns.len() > 1 || width == 1 && is_prose(&records.cells[start]);
    if !sure {
        return header(start);
    }
    let words = typed.are_words(last);
    if data - start == 2 && joined(&(data - 1)) && last.len() == width && width > 1 {
        return Start {
            first: start,
            units: usize::from(words),
        };
    }
    if !words {
        return header(start);
    }
    // Of several rows the one that tells most columns apart names them; of two such, the lower one.
    let tells = |at: &usize| names(&records.cells[*at]);
    let first = (top..data).max_by_key(tells).unwrap_or(data - 1);
    Start {
        first,
        units: data - 1 - first,
    }
}

/// Titles may have as many delimiters as the table, which begins below them with its header: words above the numbers, or years.
fn below_titles(records: &Records, start: usize, typed: &Typed, spelling: Spelling) -> usize {
    /// More lines of titles are no titles.
    const MOST: usize = 12;
    let cells = &records.cells[start..];
    let filled = |record: &ByteRecord| record.iter().filter(|cell| !is_empty(cell)).count();
    let is_title = |record: &ByteRecord| {
        let begin = record.iter().take_while(|cell| !is_empty(cell)).count();
        begin == filled(record) && begin * 2 <= record.len() && typed.are_words(record)
    };
    let above = cells
        .iter()
        .take(MOST)
        .take_while(|record| is_title(record));
    let above = above.count();
    // The first column need not have a name, and not every other one has.
    let names = |header: &ByteRecord| {
        let enough =
            filled(header) * 2 > header.len() && filled(header) > filled(&cells[above - 1]);
        enough && (typed.are_named(header) || is_ladder_above(&cells[above..], spelling))
    };
    match cells.get(above) {
        Some(header) if above > 0 && names(header) => start + above,
        _ => start,
    }
}

fn is_empty(cell: &[u8]) -> bool {
    number::trim(cell).is_empty()
}

/// Whether a record continues the one above it: right beneath it, with as many cells, and that is no title.
fn is_joined(records: &Records, at: usize) -> bool {
    let (above, record) = (&records.cells[at - 1], &records.cells[at]);
    !records.places[at].apart && above.len() == record.len() && !is_padded(above, record)
}

/// How many different names a record holds.
fn names(record: &ByteRecord) -> usize {
    let names: BTreeSet<&[u8]> = record.iter().map(number::trim).collect();
    names.iter().filter(|name| !name.is_empty()).count()
}

/// Whether a record fills no more than its first half, and less of it than the header beneath: spreadsheets write a title so, with
/// as many delimiters as the table has.
fn is_padded(title: &ByteRecord, header: &ByteRecord) -> bool {
    let filled = |record: &ByteRecord| record.iter().filter(|cell| !is_empty(cell)).count();
    let begin = title.iter().take_while(|cell| !is_empty(cell)).count();
    begin == filled(title) && begin < filled(header) && begin * 2 <= title.len()
}

fn is_prose(record: &ByteRecord) -> bool {
    let mut cells = record.iter();
    cells.any(|cell| {
        cell.trim_ascii()
            .iter()
            .any(|byte| matches!(byte, b' ' | b':'))
    })
}

#[cfg(test)]
mod tests {
    use crate::data::records::dialect::fixtures::{found, header};

    const ROWS: &str = "1.5;2.5\n2.5;3.5\n3.5;1.5\n2.0;2.2\n1.0;3.3\n1.1;2.1\n";

    #[test]
    fn lines_above_the_table_are_passed_over_whatever_they_look_like() {
        for (above, names) in [
            ("Extract of 2025-01-06\n", "temp;ph\n"),
            (
                "Instrument;ACME 3000\nOperator;x\nDate;2024-03-01\n\n",
                "temp;ph\n",
            ),
            (
                "Instrument;ACME 3000\nOperator;x\nDate;2024-03-01\n",
                "temp;ph\n",
            ),
            ("Instrument;ACME\nSamples;120\n\n", "temp;ph\n"),
            ("Report, by hand; on paper; for all\n\n", "temp;ph\n"),
        ] {
            let dialect = found(&format!("{above}{names}{ROWS}"));
            assert_eq!(header(&dialect), ["temp", "ph"], "{above:?}");
            assert_eq!(
                dialect.lines as usize,
                above.lines().count() + 1,
                "{above:?}"
            );
            assert!(
                dialect
                    .notices
                    .iter()
                    .any(|notice| notice.contains("--skip 0")),
                "{:?}",
                dialect.notices
            );
        }
        let dialect = found(&format!("Extract of today\n{ROWS}"));
        assert_eq!((dialect.header, dialect.lines), (None, 1));
        let dialect = found("Measured in the old lab\n 1.5  2.5\n 2.5 11.5\n 3.5  2.0\n");
        assert_eq!(
            (dialect.header, dialect.lines, dialect.columns),
            (None, 1, 2)
        );
    }

    #[test]
    fn drawn_lines_are_no_rows() {
        let rows = "| 1.5 | a |\n| 2.5 | b |\n| 3.5 | a |\n| 4.5 | b |\n| 5.5 | a |\n| 6.5 | b |\n";
        let rule = "+-----+---+\n";
        let dialect = found(&format!("{rule}| x | y |\n{rule}{rows}{rule}"));
        assert_eq!(header(&dialect), ["x", "y"]);
        // Between bars the line beneath the header is passed over with the rows.
        assert_eq!((dialect.lines, dialect.units), (2, None));
        let dialect = found(&format!("| x | y |\n|:--|---|\n{rows}"));
        assert_eq!((dialect.lines, dialect.units), (1, None));
        let dialect = found(" x | y \n---+---\n 1 | 2 \n 3 | 4 \n 5 | 6 \n(3 rows)\n");
        assert_eq!(
            (header(&dialect), dialect.lines),
            (vec![" x ".into(), " y ".into()], 2)
        );
    }

    #[test]
    fn a_title_with_as_many_delimiters_as_the_table_is_no_header() {
        let rows = "1.5,2.5,3,4\n2.5,3.5,4,6\n3.5,1.5,7,8\n2.0,2.2,9,1\n1.0,3.3,2,5\n";
        for above in [
            "My report,,,\n",
            "Operator,Ann,,\n",
            "My report,,,\n,,,\n",
            "My report,,,\nOperator,Ann,,\n,,,\n",
        ] {
            let dialect = found(&format!("{above}a,b,c,d\n{rows}"));
            assert_eq!(header(&dialect), ["a", "b", "c", "d"], "{above:?}");
            assert_eq!(
                (dialect.units, dialect.lines as usize),
                (None, above.lines().count() + 1)
            );
        }
        for (above, names) in [
            ("My report,,,\r\n,,,\r\n", "a,b,c,d\r\n"),
            ("GDP per head,,,\n", "Country,2019,2020,2021\n"),
            ("GDP per head,,,\n,,,\n", ",2019,2020,2021\n"),
        ] {
            let rows = "x,2.5,3,4\ny,3.5,4,6\nz,1.5,7,8\nu,2.2,9,1\nv,3.3,2,5\n";
            let dialect = found(&format!("{above}{names}{rows}"));
            let names: Vec<&str> = names.trim_end().split(',').collect();
            assert_eq!(header(&dialect), names, "{above:?}");
        }
        // Names of several columns in one, above the rest of them.
        let dialect = found(&format!("temp,,hum,\nmin,max,min,max\n{rows}"));
        assert_eq!(header(&dialect), ["temp", "", "hum", ""]);
        assert!(dialect.units.is_some());
    }

    #[test]
    fn a_header_may_have_several_rows() {
        let row = |row: usize| format!("2024-03-01 00:0{row}:00,{row},12.{row},{}\n", 20 + row);
        let rows: String = (0..9).map(row).collect();
        let logger = "TOA5,CR1000,CR1000,1234,Std.31,CPU:a.CR1,52,Table1\n";
        let names = "TIMESTAMP,RECORD,BattV,Temp\n";
        let dialect = found(&format!(
            "{logger}{names}TS,RN,Volts,Deg C\n,,Min,Avg\n{rows}"
        ));
        assert_eq!(header(&dialect), ["TIMESTAMP", "RECORD", "BattV", "Temp"]);
        assert_eq!(
            dialect.units.unwrap(),
            ["TS", "RN", "Volts Min", "Deg C Avg"]
        );
        assert_eq!((dialect.lines, dialect.skipped), (4, 1));
        // As pandas writes names of several levels.
        let dialect = found(&format!(",,a,a\n,n,x,y\nwhen,,,\n{rows}"));
        assert_eq!(header(&dialect), ["", "n", "x", "y"]);
        assert_eq!((dialect.lines, dialect.skipped), (3, 1));
    }

    #[test]
    fn a_header_may_end_in_a_delimiter_where_its_rows_do_not() {
        let dialect = found(&format!("temp;ph;\n{ROWS}"));
        assert_eq!(
            (header(&dialect), dialect.lines),
            (vec!["temp".into(), "ph".into()], 1)
        );
    }

    #[test]
    fn a_table_without_such_lines_begins_at_its_first() {
        for text in [
            "a;b\n1;2\n3\n4;5\n6;7\n8;9\n",
            "name;score\nbob;absent\nann;absent\ncarol;3\ndave;4\neve;5\n",
            "time;t;p\n10:00;err;err\n10:01;err;err\n10:02;1;2\n10:03;1;3\n10:04;2;2\n",
            "a;b\nx;y\nz;w\nx;w\n",
        ] {
            let dialect = found(text);
            assert_eq!(dialect.lines, 1, "{text:?}: {:?}", dialect.notices);
        }
    }

    #[test]
    fn a_row_of_units_under_the_header_is_no_data() {
        for (text, units) in [
            ("time;temp\ns;degC\n", ["s", "degC"]),
            ("a;b\n[m/s];(kg)\n", ["m/s", "kg"]),
            ("Log of today\ntime;temp\ns;degC\n", ["s", "degC"]),
            (
                "a;b\nfirst probe;second probe\n",
                ["first probe", "second probe"],
            ),
        ] {
            let dialect = found(&format!("{text}{ROWS}"));
            assert_eq!(
                dialect.units,
                Some(units.map(String::from).to_vec()),
                "{text:?}"
            );
            assert_eq!(dialect.lines as usize, text.lines().count());
        }
    }
}
