//! CSV → [`Table`]: numeric columns with a header. Empty and `NA`-like cells are missing, text columns are left out and named.

use std::io::Read;
use std::ops::ControlFlow;

use csv::{ByteRecord, ReaderBuilder};

use crate::data::column::{Building, keep_numbers};
use crate::data::label::label_from;
use crate::data::table::{Ids, Table, name_list};
use crate::data::text::{quote, sanitize_bytes};
use crate::error::{DataError, Error, Result};

/// Fewer rows cannot tell a rule from an exception.
pub const MIN_ROWS: usize = 4;
/// Header names that mean a label when none is named.
const LABEL_NAMES: [&str; 5] = ["label", "class", "outlier", "anomaly", "is_fraud"];

/// What the user said about the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// `--label`: a column, `none`, or nothing said.
    pub label: Option<String>,
    /// `--id`.
    pub id: Option<String>,
    /// `--drop`.
    pub drop: Vec<String>,
    /// `--delimiter`.
    pub delimiter: u8,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            label: None,
            id: None,
            drop: Vec::new(),
            delimiter: b',',
        }
    }
}

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows so far.
    pub rows: usize,
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes of the whole file, where known.
    pub total: Option<u64>,
}

/// Told of [`Progress`] every so often; may stop the reading.
pub type Advance<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// Rows between two calls of [`Advance`]: rare enough to cost nothing, often enough to feel live.
const ROWS_PER_ADVANCE: usize = 512;

/// What a column of the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Feature,
    Label,
    Id,
    Dropped,
}

/// Reads `input`, called `file` in messages.
pub fn read(
    input: impl Read,
    file: &str,
    total: Option<u64>,
    options: &ReadOptions,
    advance: &mut Advance<'_>,
) -> Result<Table> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(options.delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(input);
    let header = reader
        .byte_headers()
        .map_err(|error| csv_error(file, error))?
        .clone();
    let blame = Blame { file };
    if header.iter().all(<[u8]>::is_empty) {
        return Err(blame.whole(
            "the file is empty",
            "it needs a header line and rows of numbers",
        ));
    }
    if let Some(problem) = foreign(&header, options.delimiter) {
        return Err(blame.whole(&problem.0, &problem.1));
    }
    let names = unique_names(&header);
    let mut notices = Vec::new();
    let roles = roles(&names, options, &mut notices, blame)?;
    let Rows {
        columns,
        labels,
        ids,
        numbers,
        skipped,
    } = read_rows(&mut reader, &roles, blame, total, advance)?;
    let rows = numbers.len();
    if rows < MIN_ROWS {
        let problem = match (rows, skipped.count) {
            (0, 0) => "there is a header, but no data rows".to_owned(),
            (0, _) => skipped.sentence(names.len()),
            _ => format!("only {rows} data rows"),
        };
        let advice = format!("at least {MIN_ROWS} rows of equal length are needed");
        return Err(blame.whole(&problem, &advice));
    }
    if skipped.count > 0 {
        notices.push(skipped.sentence(names.len()));
    }
    let mut table = Table {
        name: file.to_owned(),
        rows,
        file_columns: names.len(),
        numbers: (skipped.count > 0).then_some(numbers),
        notices,
        ..Table::default()
    };
    let name_of = |role| {
        roles
            .iter()
            .position(|r| *r == role)
            .map(|index| names[index].clone())
    };
    if let Some(name) = name_of(Role::Label) {
        match label_from(name, &labels, &mut table.notices) {
            Ok(label) => table.label = Some(label),
            Err(problem) if options.label.is_some() => {
                let advice =
                    "a label says 0 or 1; choose one with --label, or none with --label none";
                return Err(blame.whole(&problem, advice));
            }
            // Only found by its name: no reason to refuse the table, and none to learn from it.
            Err(problem) => table.notices.push(format!("{problem} and is left out")),
        }
    }
    table.ids = name_of(Role::Id).map(|name| Ids { name, values: ids });
    let features = names
        .into_iter()
        .zip(roles)
        .zip(columns)
        .filter(|((_, role), _)| *role == Role::Feature);
    keep_numbers(
        &mut table,
        features.map(|((name, _), column)| (name, column)).collect(),
    );
    if table.columns.is_empty() {
        let problem = format!("no column to learn from ({})", table.notices.join("; "));
        return Err(blame.whole(&problem, "misfit needs columns of numbers that vary"));
    }
    Ok(table)
}

/// What a header looks like that is not of a table with this delimiter, and what to do.
fn foreign(header: &ByteRecord, delimiter: u8) -> Option<(String, String)> {
    let first = header.get(0).unwrap_or_default();
    if first.starts_with(&[0x1f, 0x8b]) {
        return Some((
            "this looks gzip-compressed".into(),
            "unpack it first: gunzip -c FILE | misfit -".into(),
        ));
    }
    let other =
        |(byte, _): &&(u8, &str)| *byte != delimiter && header.len() == 1 && first.contains(byte);
    let (byte, flag) = [(b';', "';'"), (b'\t', "tab"), (b'|', "'|'"), (b',', "','")]
        .iter()
        .find(other)?;
    let problem = format!(
        "the header has one column, and “{}” in it",
        (*byte as char).escape_debug()
    );
    Some((problem, format!("--delimiter {flag} may be meant")))
}

/// The data rows, cell by cell.
struct Rows {
    columns: Vec<Building>,
    labels: Vec<String>,
    ids: Vec<String>,
    /// Number of each row among the data rows of the file.
    numbers: Vec<u32>,
    skipped: Skipped,
}

fn read_rows(
    reader: &mut csv::Reader<impl Read>,
    roles: &[Role],
    blame: Blame<'_>,
    total: Option<u64>,
    advance: &mut Advance<'_>,
) -> Result<Rows> {
    let mut rows = Rows {
        columns: roles.iter().map(|_| Building::default()).collect(),
        labels: Vec::new(),
        ids: Vec::new(),
        numbers: Vec::new(),
        skipped: Skipped::default(),
    };
    let mut record = ByteRecord::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| csv_error(blame.file, error))?
    {
        let (line, bytes) = record.position().map_or((0, 0), |p| (p.line(), p.byte()));
        let seen = rows.numbers.len() + rows.skipped.count;
        let progress = Progress {
            rows: seen,
            bytes,
            total,
        };
        if seen.is_multiple_of(ROWS_PER_ADVANCE) && advance(progress).is_break() {
            return Err(Error::Stopped);
        }
        if record.len() != roles.len() {
            rows.skipped
                .add(line, reader.position().line(), record.len());
            continue;
        }
        rows.skipped.swallowing = None;
        rows.numbers.push(seen as u32 + 1);
        for ((cell, role), column) in record.iter().zip(roles).zip(&mut rows.columns) {
            match role {
                Role::Feature => column.push(cell, line),
                Role::Label => rows.labels.push(String::from_utf8_lossy(cell).into_owned()),
                Role::Id => rows.ids.push(String::from_utf8_lossy(cell).into_owned()),
                Role::Dropped => {}
            }
        }
    }
    if let Some(line) = rows.skipped.swallowing {
        let problem = "a quote opens here and swallows the rest of the file".to_owned();
        let advice = "close it, or double it if it is meant as text".to_owned();
        let (file, line) = (blame.file.to_owned(), Some(line));
        return Err(DataError {
            file,
            line,
            problem,
            advice,
            ..DataError::default()
        }
        .into());
    }
    Ok(rows)
}

/// Makes errors about one file.
#[derive(Clone, Copy)]
struct Blame<'a> {
    file: &'a str,
}

impl Blame<'_> {
    fn whole(self, problem: &str, advice: &str) -> Error {
        DataError {
            file: self.file.to_owned(),
            problem: problem.to_owned(),
            advice: advice.to_owned(),
            ..DataError::default()
        }
        .into()
    }
}

fn csv_error(file: &str, error: csv::Error) -> Error {
    let line = error.position().map(csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Io {
            doing: format!("read {file}"),
            source,
        },
        kind => DataError {
            file: file.into(),
            line,
            problem: format!("{kind:?}"),
            ..DataError::default()
        }
        .into(),
    }
}

/// Header names, sanitised; empty ones get a number, repeated ones a suffix.
fn unique_names(header: &ByteRecord) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    let mut seen = std::collections::HashSet::with_capacity(header.len());
    for (index, raw) in header.iter().enumerate() {
        let mut name = sanitize_bytes(raw.trim_ascii());
        if name.is_empty() {
            name = format!("column {}", index + 1);
        }
        let stem = name.clone();
        let mut count = 2;
        while !seen.insert(name.clone()) {
            name = format!("{stem} ({count})");
            count += 1;
        }
        names.push(name);
    }
    names
}

fn roles(
    names: &[String],
    options: &ReadOptions,
    notices: &mut Vec<String>,
    blame: Blame<'_>,
) -> Result<Vec<Role>> {
    let mut roles = vec![Role::Feature; names.len()];
    let find = |flag: &str, name: &str| {
        names.iter().position(|n| n == name).ok_or_else(|| {
            let known = name_list(names.iter().map(String::as_str));
            blame.whole(
                &format!("{flag}: there is no column {}", quote(name.as_bytes())),
                &format!("the columns are {known}"),
            )
        })
    };
    for name in &options.drop {
        roles[find("--drop", name)?] = Role::Dropped;
    }
    if let Some(name) = &options.id {
        roles[find("--id", name)?] = Role::Id;
    }
    match options.label.as_deref() {
        Some("none") => {}
        Some(name) => roles[find("--label", name)?] = Role::Label,
        None => {
            let known = |name: &String| LABEL_NAMES.contains(&name.to_lowercase().as_str());
            let free = |index: &usize| known(&names[*index]) && roles[*index] == Role::Feature;
            let free: Vec<usize> = (0..names.len()).filter(free).collect();
            let mut free = free.into_iter();
            if let Some(index) = free.next() {
                roles[index] = Role::Label;
            }
            // The truth must not slip in among the features.
            for index in free {
                roles[index] = Role::Dropped;
                notices.push(format!(
                    "column “{}” looks like another label and is left out; --label chooses",
                    names[index]
                ));
            }
        }
    }
    Ok(roles)
}

/// Rows of the wrong length.
#[derive(Default)]
struct Skipped {
    count: usize,
    lines: Vec<u64>,
    length: usize,
    /// The line where the last record began, if it was skipped and ran over several lines: a quote never closed.
    swallowing: Option<u64>,
}

impl Skipped {
    fn add(&mut self, line: u64, end: u64, length: usize) {
        self.count += 1;
        self.swallowing = (end > line + 1).then_some(line);
        if self.lines.len() < 5 {
            self.lines.push(line);
            self.length = if self.count == 1 { length } else { self.length };
        }
    }

    fn sentence(&self, expected: usize) -> String {
        let lines = self
            .lines
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let more = if self.count > self.lines.len() {
            " …"
        } else {
            ""
        };
        let rows = if self.count == 1 { "row" } else { "rows" };
        format!(
            "{} {rows} without {expected} cells skipped (line {lines}{more}; the first has {})",
            self.count, self.length
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(text: &str, options: &ReadOptions) -> Result<Table> {
        read(text.as_bytes(), "t.csv", None, options, &mut |_| {
            ControlFlow::Continue(())
        })
    }

    fn read_text(text: &str) -> Result<Table> {
        read_with(text, &ReadOptions::default())
    }

    fn names(table: &Table) -> Vec<&str> {
        table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect()
    }

    #[test]
    fn columns_that_cannot_be_used_are_left_out_and_named() {
        let table = read_text("a,t,c,e\n1,x,7,\n2,y,7,\n3,z,7,NA\n4,w,7,?\n").unwrap();
        assert_eq!(names(&table), ["a"]);
        let notices = table.notices.join("\n");
        for expected in [
            "1 text column left out: t",
            "1 constant column left out: c",
            "1 empty column left out: e",
        ] {
            assert!(notices.contains(expected), "{notices}");
        }
    }

    #[test]
    fn missing_and_infinite_cells_become_nan() {
        let table = read_text("a,b\n1,1\n,2\ninf,3\n1e400,4\n5,x\n").unwrap();
        let missing = |c: usize| {
            table.columns[c]
                .values
                .iter()
                .map(|v| v.is_nan())
                .collect::<Vec<_>>()
        };
        assert_eq!(missing(0), [false, true, true, true, false]);
        assert_eq!(missing(1), [false, false, false, false, true]);
        assert!(
            table
                .notices
                .iter()
                .any(|n| n.contains("the first is “x” in line 6")),
            "{:?}",
            table.notices
        );
        assert!(
            table
                .notices
                .iter()
                .any(|n| n.contains("4 missing cells (40.00 %)")),
            "{:?}",
            table.notices
        );
    }

    #[test]
    fn ragged_rows_are_skipped_counted_and_named_by_line() {
        let table = read_text("a,b\n1,2\n3\n4,5\n6,7,8\n9,1\n2,2\n").unwrap();
        assert_eq!(table.rows, 4);
        assert_eq!(
            table.notices[0],
            "2 rows without 2 cells skipped (line 3, 5; the first has 1)"
        );
    }

    #[test]
    fn a_label_is_found_by_name_and_never_a_feature() {
        let text = "a,Label\n1,0\n2,1\n3,0\n4,0\n";
        let table = read_text(text).unwrap();
        assert_eq!(names(&table), ["a"]);
        assert_eq!(table.label.unwrap().outlier, [false, true, false, false]);
        let options = ReadOptions {
            label: Some("none".into()),
            ..ReadOptions::default()
        };
        let table = read_with(text, &options).unwrap();
        assert_eq!(
            (names(&table), table.label.clone()),
            (vec!["a", "Label"], None)
        );
    }

    #[test]
    fn the_rarer_of_two_words_is_the_outlier() {
        let table = read_text("a,class\n1,good\n2,good\n3,odd\n4,good\n").unwrap();
        assert_eq!(table.label.unwrap().outlier, [false, false, true, false]);
        let options = ReadOptions {
            label: Some("class".into()),
            ..ReadOptions::default()
        };
        let error = read_with("a,class\n1,p\n2,q\n3,r\n4,p\n", &options)
            .unwrap_err()
            .chain();
        assert!(error.contains("3 different values"), "{error}");
    }

    #[test]
    fn ids_are_kept_and_drops_are_dropped() {
        let options = ReadOptions {
            id: Some("k".into()),
            drop: vec!["b".into()],
            ..ReadOptions::default()
        };
        let table = read_with("k,a,b\np,1,4\nq,2,3\nr,3,2\ns,4,1\n", &options).unwrap();
        assert_eq!(
            (names(&table), table.ids.clone().unwrap().values[2].as_str()),
            (vec!["a"], "r")
        );
        let options = ReadOptions {
            drop: vec!["nope".into()],
            ..ReadOptions::default()
        };
        let error = read_with("k,a\n1,2\n", &options).unwrap_err().chain();
        assert!(
            error.contains("--drop: there is no column “nope”") && error.contains("k, a"),
            "{error}"
        );
    }

    #[test]
    fn header_names_are_made_unique_and_never_empty() {
        let table = read_text("x,x,,x\n1,2,3,4\n2,3,4,5\n3,4,5,6\n5,5,5,7\n").unwrap();
        assert_eq!(names(&table), ["x", "x (2)", "column 3", "x (3)"]);
    }

    #[test]
    fn useless_files_are_refused_with_the_reason() {
        let cases = [
            ("", "the file is empty"),
            ("a,b\n", "no data rows"),
            ("a,b\n1,2\n", "only 1 data rows"),
            (
                "a\n1\n1\n1\n1\n",
                "no column to learn from (1 constant column left out: a)",
            ),
        ];
        for (text, expected) in cases {
            let error = read_text(text).unwrap_err().chain();
            assert!(
                error.starts_with("t.csv: ") && error.contains(expected),
                "{text:?}: {error}"
            );
        }
    }

    #[test]
    fn rows_keep_their_number_when_others_are_skipped() {
        let table = read_text("a,b\n1,2\n3\n4,5\n9,1\n2,2\n").unwrap();
        assert_eq!([0, 1, 2, 3].map(|row| table.number(row)), [1, 3, 4, 5]);
        assert_eq!(
            read_text("a,b\n1,2\n4,5\n9,1\n2,2\n").unwrap().numbers,
            None
        );
    }

    #[test]
    fn a_quote_that_never_closes_is_named_by_its_line() {
        let error = read_text("a,b\n1,2\n4,5\n9,1\n2,3\n\"6,7\n8,9\n1,1\n")
            .unwrap_err()
            .chain();
        assert!(
            error.starts_with("t.csv, line 6: a quote opens here"),
            "{error}"
        );
    }

    #[test]
    fn further_labels_are_no_features_and_a_useless_one_is_no_reason_to_fail() {
        let table = read_text("a,class,outlier\n1,0,0\n2,0,1\n3,1,0\n4,0,0\n").unwrap();
        assert_eq!(
            (names(&table), table.label.as_ref().unwrap().name.as_str()),
            (vec!["a"], "class")
        );
        let options = ReadOptions {
            drop: vec!["class".into()],
            ..ReadOptions::default()
        };
        let table = read_with("a,class,outlier\n1,0,0\n2,0,1\n3,1,0\n4,0,0\n", &options).unwrap();
        assert_eq!(
            (names(&table), table.label.as_ref().unwrap().name.as_str()),
            (vec!["a"], "outlier")
        );
        let table = read_text("a,class\n1,p\n2,q\n3,r\n4,p\n").unwrap();
        assert_eq!((names(&table), table.label.clone()), (vec!["a"], None));
        assert!(
            table
                .notices
                .iter()
                .any(|notice| notice.contains("3 different values")),
            "{:?}",
            table.notices
        );
    }

    #[test]
    fn another_delimiter_and_gzip_are_recognised() {
        let advice = |text: &str| read_text(text).unwrap_err().chain();
        assert!(advice("a;b\n1;2\n").contains("--delimiter ';' may be meant"));
        assert!(advice("a\tb\n1\t2\n").contains("--delimiter tab may be meant"));
        let gzip = read(
            &[0x1f, 0x8b, 8, 0, 1][..],
            "t.gz",
            None,
            &ReadOptions::default(),
            &mut |_| ControlFlow::Continue(()),
        );
        assert!(gzip.unwrap_err().chain().contains("gzip-compressed"));
    }

    #[test]
    fn the_reading_can_be_stopped() {
        let text = format!("a\n{}", "1\n".repeat(2_000));
        let stopped = read(
            text.as_bytes(),
            "t.csv",
            None,
            &ReadOptions::default(),
            &mut |_| ControlFlow::Break(()),
        );
        assert!(matches!(stopped, Err(Error::Stopped)));
    }
}
