//! The first rows of a table: told before any block is read, as they stand in the file, and early where a pipe is slow.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::time::Duration;

use misfit::data::options::{Delimiter, LayoutOptions};
use misfit::data::read::{FirstRows, News, ReadOptions, read};
use misfit::data::source::{Origin, Source};
use misfit::data::table::Table;
use misfit::data::text::sanitize_bytes;
use misfit::error::Result;

/// What was told, in order.
#[derive(Default)]
struct Heard {
    first: Vec<FirstRows>,
    /// How many of them came before rows were counted.
    before: usize,
    counted: bool,
}

impl Heard {
    fn take(&mut self, news: News<'_>) -> ControlFlow<()> {
        match news {
            News::First(show) => {
                self.first.extend(show());
                self.before += usize::from(!self.counted);
            }
            News::Progress(progress) => self.counted |= progress.rows > 0,
        }
        ControlFlow::Continue(())
    }
}

fn of_bytes(mut bytes: &[u8], options: &ReadOptions) -> (Heard, Result<Table>) {
    let mut heard = Heard::default();
    let table = read(&mut bytes, "t.csv", options, &mut |news| heard.take(news));
    (heard, table)
}

fn of_source(source: &Source) -> (Heard, Table) {
    let mut heard = Heard::default();
    let table = source.load(&ReadOptions::default(), &mut |news| heard.take(news));
    (heard, table.unwrap())
}

fn row(first: &FirstRows, row: usize) -> Vec<&str> {
    (0..first.columns.len())
        .map(|column| first.cell(row, column))
        .collect()
}

/// The rows that were told first are the first ones that the table then holds.
#[track_caller]
fn assert_first(heard: &Heard, table: &Table, what: &str) {
    assert_eq!((heard.first.len(), heard.before), (1, 1), "{what}");
    let first = &heard.first[0];
    assert_eq!(first.rows(), table.rows.min(500), "{what}");
    let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
    let told: Vec<&str> = first.columns.iter().map(|column| &*column.name).collect();
    assert!(names.starts_with(&told), "{what}: {told:?}");
    let original = table.original.as_ref().unwrap();
    for at in 0..first.rows() {
        let cells = original.cells(at).unwrap();
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| sanitize_bytes(cell.trim_ascii()))
            .collect();
        assert_eq!(row(first, at), cells, "{what}, row {at}");
    }
}

fn rows(separator: &str) -> String {
    let mut text = String::new();
    for row in 0..40 {
        let _ = writeln!(
            text,
            "unit{}{separator}{}.5{separator}{}",
            row % 3,
            row * 7 % 11,
            row * row
        );
    }
    text
}

#[test]
fn they_come_before_any_block_and_stand_as_in_the_file_however_it_is_laid_out() {
    let header = |separator: &str| format!("name{separator}t{separator}n\n");
    let fixed = (0..40)
        .map(|row| {
            format!(
                "{:<8}{:>6}.5{:>8}\n",
                format!("unit {}", row % 3),
                row,
                row * 3
            )
        })
        .collect::<Vec<_>>()
        .concat();
    for (what, text) in [
        ("commas", header(",") + &rows(",")),
        ("semicolons", header(";") + &rows(";")),
        ("tabs", header("\t") + &rows("\t")),
        ("blanks", header("  ") + &rows("  ")),
        (
            "line ends of two characters",
            (header(",") + &rows(",")).replace('\n', "\r\n"),
        ),
        ("no header", rows(",")),
        (
            "fixed widths",
            format!("{:<8}{:>8}{:>8}\n{fixed}", "name", "t", "n"),
        ),
        (
            "comments",
            format!("# a log\n{}{}# the end\n", header(","), rows(",")),
        ),
        (
            "lines above",
            format!("A log of today\n\n{}{}", header(";"), rows(";")),
        ),
        (
            "a row of units",
            format!("name;t;n\n-;degC;m/s\n{}", rows(";")),
        ),
        (
            "rows of another length",
            format!("{}x,1\n{}y,1,2,3\n", header(","), rows(",")),
        ),
        (
            "quotes",
            format!("name,t,n\n\"a, b\",1,2\n\"c\nd\",3,4\n{}", rows(",")),
        ),
        (
            "what acts on a terminal",
            format!("name,t,n\n\u{1b}[31mred,1,2\n{}", rows(",")),
        ),
        (
            "one column",
            (0..60)
                .map(|row| format!("{}\n", row * row % 17))
                .collect::<Vec<_>>()
                .concat(),
        ),
    ] {
        let (heard, table) = of_bytes(text.as_bytes(), &ReadOptions::default());
        assert_first(&heard, &table.unwrap(), what);
    }
    let layout = LayoutOptions {
        delimiter: Some(Delimiter::Byte(b'x')),
        ..LayoutOptions::default()
    };
    let options = ReadOptions {
        layout,
        ..ReadOptions::default()
    };
    let (heard, table) = of_bytes((header("x") + &rows("x")).as_bytes(), &options);
    assert_first(&heard, &table.unwrap(), "as the user says");
}

#[test]
fn they_say_how_the_file_is_laid_out_and_what_columns_seem_to_hold() {
    let text = format!("Log of today\nname;t;when\n;degC;\n{}", {
        let mut rows = String::new();
        for row in 0..30 {
            let _ = writeln!(rows, "a{};{row}.25;2024-01-{:02}", row % 3, row % 28 + 1);
        }
        rows
    });
    let (heard, _) = of_bytes(text.as_bytes(), &ReadOptions::default());
    let first = &heard.first[0];
    assert_eq!(
        (&*first.delimiter, first.header, first.above),
        (";", true, 1)
    );
    let seems: Vec<&str> = first.columns.iter().map(|column| column.seems).collect();
    assert_eq!(seems, ["words", "number", "datetime"]);
    assert_eq!(first.columns[1].unit.as_deref(), Some("degC"));
    assert_eq!(first.columns[2].width, 10);
    assert!(!first.rests && first.columns[1].numbers && !first.columns[0].numbers);
    assert_eq!(first.cell(9_999, 0), "", "there is no such row");
}

#[test]
fn other_formats_packed_files_and_several_of_them_have_first_rows_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|is| is == "arrow") && !cfg!(feature = "arrow") {
            continue;
        }
        let (heard, table) = of_source(&Source::Path(path.clone()));
        assert_first(&heard, &table, &path.display().to_string());
        seen += 1;
    }
    assert!(seen >= 10);
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = ["a.csv", "b.csv"]
        .iter()
        .map(|name| {
            let path = folder.path().join(name);
            fs::write(&path, format!("name,t,n\n{}", rows(","))).unwrap();
            path
        })
        .collect();
    let (heard, table) = of_source(&Source::Files(files));
    assert_first(&heard, &table, "several files");
    assert_eq!(heard.first[0].columns[0].seems, "id");
    let mut packed = tempfile::NamedTempFile::new().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
    encoder
        .write_all(format!("name,t,n\n{}", rows(",")).as_bytes())
        .unwrap();
    encoder.finish().unwrap();
    let (heard, table) = of_source(&Source::Path(packed.path().into()));
    assert_first(&heard, &table, "gzip");
    assert_eq!(heard.first[0].encoding, "UTF-8, gzip");
}

#[test]
fn they_are_few_of_a_long_table_and_fewer_of_a_wide_one() {
    let long = (0..3_000)
        .map(|row| format!("{row},{}\n", row % 7))
        .collect::<Vec<_>>()
        .concat();
    let (heard, _) = of_bytes(format!("a,b\n{long}").as_bytes(), &ReadOptions::default());
    assert_eq!(heard.first[0].rows(), 500);
    let line = "0.125,".repeat(4_999) + "0.5\n";
    let (heard, _) = of_bytes(line.repeat(60).as_bytes(), &ReadOptions::default());
    let rows = heard.first[0].rows();
    assert!(
        (20..40).contains(&rows),
        "{rows} rows of the first megabyte"
    );
    assert_eq!(heard.first[0].cell(rows - 1, 4_999), "0.5", "whole ones");
}

#[test]
fn a_file_that_is_read_again_tells_the_same_rows_again() {
    let mut text = String::from("a,b\n");
    for row in 0..3_000 {
        let _ = writeln!(text, "{row},{}", row % 91);
    }
    for row in 0..30_000 {
        let _ = writeln!(text, "x{},{}", row % 5, row % 91);
    }
    let (heard, _) = of_bytes(text.as_bytes(), &ReadOptions::default());
    let [first, again] = &heard.first[..] else {
        panic!("told {} times", heard.first.len());
    };
    assert_eq!((heard.before, first.columns[0].seems), (1, "number"));
    assert_eq!(again.columns[0].seems, "words");
    assert_eq!(first.rows(), again.rows());
    for at in 0..first.rows() {
        assert_eq!(row(first, at), row(again, at));
    }
}

/// A named pipe whose writer rests after each part until what came so far was told.
#[cfg(unix)]
fn of_pipe(parts: Vec<Vec<u8>>) -> (Vec<FirstRows>, Table) {
    use std::process::Command;
    use std::sync::mpsc::channel;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    let (told, heard) = channel();
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut pipe = fs::OpenOptions::new().write(true).open(path).unwrap();
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    // Where nothing is told the test fails instead of waiting for ever.
                    heard.recv_timeout(Duration::from_mins(1)).unwrap();
                }
                pipe.write_all(part).unwrap();
            }
        })
    };
    let mut origin: Origin = Source::Path(path).origin();
    let mut first = Vec::new();
    let table = origin.load("pipe".into(), &ReadOptions::default(), &mut |news| {
        if let News::First(show) = news
            && let Some(rows) = show()
        {
            let rests = rows.rests;
            first.push(rows);
            if rests {
                let _ = told.send(());
            }
        }
        ControlFlow::Continue(())
    });
    writer.join().unwrap();
    (first, table.unwrap())
}

#[cfg(unix)]
#[test]
fn rows_that_came_through_a_pipe_are_told_while_its_writer_rests() {
    // The cut row is shown when it is complete.
    let parts = ["a,b\n1,2\n3,4\n5,", "6\n7,8\n", "9,1\n2,3\n"];
    let (first, table) = of_pipe(parts.map(|part| part.as_bytes().to_vec()).into());
    let told: Vec<(usize, bool)> = first.iter().map(|rows| (rows.rows(), rows.rests)).collect();
    assert_eq!(told, [(2, true), (4, true), (6, false)]);
    assert_eq!(row(&first[0], 1), ["3", "4"]);
    assert_eq!((row(&first[1], 2), table.rows), (vec!["5", "6"], 6));
}

#[cfg(unix)]
#[test]
fn a_slow_pipe_may_be_packed_or_written_in_another_encoding() {
    let text = ["größe,b\n1,2\n3,4\n", "5,6\n7,8\n"];
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    for parts in [text.map(utf16), text.map(gzip)] {
        let (first, table) = of_pipe(parts.into());
        let told: Vec<usize> = first.iter().map(FirstRows::rows).collect();
        assert_eq!((told, table.rows), (vec![2, 4], 4));
        assert_eq!(first[0].columns[0].name, "größe");
    }
}
