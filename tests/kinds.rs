//! Kinds of files as instruments, databases and colleagues write them, each made here: what is no row is left out and said, and
//! the rest is read right. And damaged files, from the command line.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output};

use misfit::data::read::ReadOptions;
use misfit::data::source::Source;
use misfit::data::table::Table;

fn read(text: &str) -> Table {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let source = Source::Path(file.path().to_owned());
    let options = ReadOptions::default();
    let table = source.load(&options, &mut |_| ControlFlow::Continue(()));
    table.unwrap_or_else(|error| panic!("{}\n{text}", error.chain()))
}

fn names(table: &Table) -> Vec<&str> {
    let columns = table.columns.iter();
    columns.map(|column| column.name.as_str()).collect()
}

#[track_caller]
fn assert_said(table: &Table, what: &str) {
    let said = table.notices.iter().any(|notice| notice.contains(what));
    assert!(said, "{what:?} is not among {:#?}", table.notices);
}

/// Rows of three numbers, separated so.
fn rows(range: std::ops::Range<usize>, separator: &str) -> String {
    let mut text = String::new();
    for at in range {
        let (a, b) = (
            20.0 + (at * 7 % 13) as f64 / 4.0,
            40.5 + (at * 5 % 11) as f64,
        );
        writeln!(text, "{a:.2}{separator}{b:.1}{separator}{}.5", at % 17).unwrap();
    }
    text
}

#[test]
fn a_header_that_comes_again_is_no_row() {
    for separator in [",", ";", "\t", "|", "   "] {
        let header = ["temp", "pressure", "flow"].join(separator) + "\n";
        for above in ["", "Log of the day\n\n"] {
            for units in [false, true] {
                let units = if units {
                    ["degC", "kPa", "l/min"].join(separator) + "\n"
                } else {
                    String::new()
                };
                let page = |range| format!("{above}{header}{units}{}", rows(range, separator));
                let text = format!("{}\n{}\x0c\n{}", page(0..30), page(30..70), page(70..90));
                let table = read(&text);
                assert_eq!(table.rows, 90, "{text}");
                assert_eq!(table.skipped, 0, "{:?}", table.notices);
                assert_eq!(names(&table), ["temp", "pressure", "flow"]);
                assert_eq!(table.used().count(), 3);
                assert!(table.numbers.is_none(), "row numbers count rows alone");
                let again: Vec<String> = text
                    .lines()
                    .enumerate()
                    .filter(|(_, line)| format!("{line}\n") == header)
                    .map(|(at, _)| (at + 1).to_string())
                    .collect();
                assert_said(
                    &table,
                    &format!(
                        "the header, 2 times more, in lines {}, {}",
                        again[1], again[2]
                    ),
                );
            }
        }
    }
}

#[test]
fn a_header_that_comes_again_in_every_block_is_no_row() {
    let header = "\"temp\",\"pressure\",\"flow\"\r\n";
    let page = header.to_owned() + &rows(0..500, ",").replace('\n', "\r\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.csv");
    fs::write(&path, page.repeat(200)).unwrap();
    let source = Source::Path(path);
    let table = source
        .load(&ReadOptions::default(), &mut |_| ControlFlow::Continue(()))
        .unwrap();
    assert_eq!((table.rows, table.skipped), (100_000, 0));
    assert_said(
        &table,
        "the header, 199 times more, in lines 502, 1003, 1504, 2005, 2506, …",
    );
    let original = table.original.unwrap();
    assert_eq!(original.cells(500).unwrap(), original.cells(0).unwrap());
}

#[test]
fn a_row_like_the_first_is_a_row_where_no_header_is_sure() {
    let mut text = String::new();
    for at in 0..60 {
        writeln!(
            text,
            "{},{}",
            ["red", "blue"][at % 2],
            ["S", "M", "L"][at % 3]
        )
        .unwrap();
    }
    assert_eq!(read(&text).rows, 60);
    let named = format!("color,size\n{text}color,size\n{text}");
    assert_eq!(read(&named).rows, 120);
    // A name that stands in its column is a word like others.
    let table = read("name,kind\nbob,name\nname,kind\nann,kind\n");
    assert_eq!(table.rows, 3);
}

#[test]
fn bars_at_the_ends_of_lines_part_no_columns() {
    let body: String = rows(0..40, " | ")
        .lines()
        .fold(String::new(), |text, line| text + "| " + line + " |\n");
    let rule = "+------+----------+------+\n";
    for text in [
        format!("| temp | pressure | flow |\n|-----:|:--------:|------|\n{body}"),
        format!("{rule}| temp | pressure | flow |\n{rule}{body}{rule}"),
    ] {
        let table = read(&text);
        assert_eq!(names(&table), ["temp", "pressure", "flow"], "{text}");
        assert_eq!((table.rows, table.skipped), (40, 0), "{:?}", table.notices);
    }
}

#[test]
fn names_with_blanks_stand_above_their_columns() {
    let mut text = format!(
        "{:8}{:>10}{:>15}{:>9}\n",
        "Site", "Wind dir", "Air temp (C)", "Rel hum"
    );
    for at in 0..50 {
        writeln!(
            text,
            "{:8}{:10}{:15.1}{:9.1}",
            format!("S{}", at % 4),
            at * 7 % 360,
            20.0 + f64::from(at % 9),
            50.0 + f64::from(at % 5)
        )
        .unwrap();
    }
    let table = read(&text);
    assert_eq!(
        names(&table),
        ["Site", "Wind dir", "Air temp (C)", "Rel hum"]
    );
    assert_eq!(table.rows, 50);
}

#[test]
fn json_holds_its_rows_in_many_ways() {
    let values = |at: usize| (at * 3 % 7, at * 5 % 11, at % 4);
    let list = |of: &dyn Fn(usize) -> String| (0..40).map(of).collect::<Vec<_>>().join(", ");
    let objects = list(&|at| {
        let (a, b, c) = values(at);
        format!("{{\"a\": {a}, \"b\": {b}, \"c\": {c}}}")
    });
    let arrays = list(&|at| {
        let (a, b, c) = values(at);
        format!("[{a}, {b}, {c}]")
    });
    let column = |of: fn((usize, usize, usize)) -> usize| list(&|at| of(values(at)).to_string());
    let labelled = |of: fn((usize, usize, usize)) -> usize| {
        list(&|at| format!("\"{at}\": {}", of(values(at))))
    };
    let named = list(&|at| {
        let (a, b, c) = values(at);
        format!("\"r{at}\": {{\"a\": {a}, \"b\": {b}, \"c\": {c}}}")
    });
    let (a, b, c) = (
        column(|row| row.0),
        column(|row| row.1),
        column(|row| row.2),
    );
    let numbered = (
        labelled(|row| row.0),
        labelled(|row| row.1),
        labelled(|row| row.2),
    );
    for text in [
        format!("{{\"data\": [{objects}]}}"),
        format!(
            "{{\"meta\": {{\"n\": 40, \"fields\": [{{\"f\": 1}}]}}, \"results\": [{objects}], \"next\": null}}"
        ),
        format!("{{\"response\": {{\"docs\":\n[{objects}]}}}}"),
        format!("{{\"columns\": [\"a\", \"b\", \"c\"], \"data\": [{arrays}]}}"),
        format!(
            "{{\"columns\": [\"a\", \"b\", \"c\"], \"index\": [{}], \"data\": [{arrays}]}}",
            list(&|at| at.to_string())
        ),
        format!("{{\"a\": [{a}], \"b\": [{b}], \"c\": [{c}]}}"),
        format!(
            "{{\"a\": {{{}}}, \"b\": {{{}}}, \"c\": {{{}}}}}",
            numbered.0, numbered.1, numbered.2
        ),
        format!("[[\"a\", \"b\", \"c\"], {arrays}]"),
    ] {
        let table = read(&text);
        assert_eq!(names(&table), ["a", "b", "c"], "{text}");
        assert_eq!(table.rows, 40, "{text}");
        let original = table.original.as_ref().unwrap();
        let cells = original.cells(16).unwrap();
        let text: Vec<String> = cells
            .into_iter()
            .map(|cell| String::from_utf8(cell).unwrap())
            .collect();
        assert_eq!(text, ["6", "3", "0"]);
    }
    let table = read(&format!("{{{named}}}"));
    assert_eq!(
        (names(&table), table.rows),
        (vec!["key", "a", "b", "c"], 40)
    );
    let table = read(&format!(
        "{{\"meta\": {{\"n\": 40}}, \"data\": [{objects}], \"next\": 2}}"
    ));
    assert_said(&table, "the rows are the 40 objects under “data”");
    assert_said(&table, "meta, 1 single value");
}

#[test]
fn totals_and_numbers_as_programs_write_them() {
    let body = rows(0..50, ",");
    let table = read(&format!("temp,pressure,flow\n{body}100%,100%,100%\n"));
    assert_eq!(table.rows, 50);
    let mut named = String::from("site,temp,pressure,flow\n");
    for (at, row) in body.lines().enumerate() {
        writeln!(named, "s{at},{row}").unwrap();
    }
    for end in [
        "Total (n = 50),1,2,3\n",
        "Mean,1,2,3\nSD,1,2,3\n",
        "Mean,1,2,3\nStd Dev,1,2,3\n",
        "Total,1,2,3\n,,,\n",
        "Total,1,2,3\nchecked by Ann,,,\n",
        "合計,1,2,3\n",
    ] {
        let table = read(&format!("{named}{end}"));
        assert_eq!(table.rows, 50, "{end:?}");
        assert_said(&table, "--keep-totals");
    }
    // A row of this name alone is a row.
    assert_eq!(read(&format!("{named}n,1,2,3\n")).rows, 51);
    let mut text = String::new();
    for at in 0..40 {
        writeln!(
            text,
            "{}.5+103 0.1{:03}-101 {}.25",
            10 + at % 7,
            at * 37 % 1_000,
            at % 9
        )
        .unwrap();
    }
    assert_eq!(read(&text).used().count(), 3);
}

#[test]
fn ids_beyond_what_numbers_tell_apart_are_names() {
    let mut text = String::from("id,temp,flow\n");
    for at in 0..40_u64 {
        writeln!(
            text,
            "{},{}.5,{}",
            9_007_199_254_740_993 + at,
            10 + at % 7,
            at * 37 % 11
        )
        .unwrap();
    }
    let table = read(&text);
    assert_eq!(table.used().count(), 2);
    assert_eq!(table.ids.unwrap().values[1], "9007199254740994");
}

fn inspect(path: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.arg("inspect").arg(path).output().unwrap()
}

/// One sentence, or a table; never a panic.
#[track_caller]
fn assert_orderly(name: &str, bytes: &[u8], folder: &Path) {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    let output = inspect(&path);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!told.contains("panicked"), "{name}: {told}");
    match output.status.code() {
        Some(0) => {}
        Some(1) => {
            assert_eq!(told.trim_end().lines().count(), 1, "{name}: {told}");
            assert!(
                told.starts_with("misfit: ") && told.contains(name),
                "{name}: {told}"
            );
        }
        other => panic!("{name}: {other:?} {told}"),
    }
}

#[test]
fn damaged_files_are_told_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    for name in [
        "machines.xlsx",
        "machines.xls",
        "machines.ods",
        "machines.parquet",
        "machines.csv.zip",
        "machines.json",
        "machines.arff",
    ] {
        let whole = fs::read(formats.join(name)).unwrap();
        for part in [1, 5, 9] {
            assert_orderly(name, &whole[..whole.len() * part / 10], folder.path());
        }
        for at in [0.02, 0.3, 0.6, 0.9, 0.99] {
            let mut bytes = whole.clone();
            let place = (at * bytes.len() as f64) as usize;
            bytes[place] ^= 0x55;
            bytes[place + 1] ^= 0xff;
            assert_orderly(name, &bytes, folder.path());
        }
    }
    let sheet = fs::read(formats.join("machines.xlsx")).unwrap();
    assert_orderly("sheet.csv", &sheet, folder.path());
    assert!(inspect(&folder.path().join("sheet.csv")).status.success());
    let text = fs::read(formats.join("machines.csv")).unwrap();
    assert_orderly("text.xlsx", &text, folder.path());
    assert!(inspect(&folder.path().join("text.xlsx")).status.success());
    for (name, text) in [
        ("cut.json", "{\"data\": [{\"a\": 1}, {\"a\":"),
        ("deep.json", &*format!("{{\"a\": {}", "[".repeat(100_000))),
        ("behind.json", "{\"data\": [{\"a\": 1}]} tail"),
        (
            "uneven.json",
            "{\"a\": {\"x\": 1, \"y\": 2}, \"b\": {\"x\": 1, \"z\": 2}}",
        ),
        ("mixed.json", "[[1, 2], {\"a\": 3}]"),
        ("word.json", "{\"a\": [1, 2, x], \"b\": [1, 2, 3]}"),
    ] {
        assert_orderly(name, text.as_bytes(), folder.path());
    }
}
