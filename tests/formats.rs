//! Tables in other formats than CSV: each file of tests/data/formats holds the table of machines.csv and reads equal to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use misfit::data::columns::kind::Kind;
use misfit::data::read::ReadOptions;
use misfit::data::source::Source;
use misfit::data::table::Table;
use misfit::error::Result;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/formats")
        .join(name)
}

fn load_with(path: &Path, options: &ReadOptions) -> Result<Table> {
    Source::Path(path.to_owned()).load(options, &mut |_| ControlFlow::Continue(()))
}

fn load(name: &str) -> Table {
    load_with(&file(name), &ReadOptions::default())
        .unwrap_or_else(|error| panic!("{}", error.chain()))
}

/// What went wrong with a file of these bytes.
fn refused(bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let error = load_with(file.path(), &ReadOptions::default()).unwrap_err();
    error.chain()
}

#[track_caller]
fn assert_equal(name: &str, twin: &Table) {
    let table = load(name);
    assert_eq!(table.rows, twin.rows, "{name}");
    assert_eq!(table.columns, twin.columns, "{name}");
    // Numbers may be written in another way, but are the same.
    let (original, before) = (table.original.unwrap(), twin.original.as_ref().unwrap());
    for row in [0, 5, 17, 23] {
        let (cells, twins) = (original.cells(row).unwrap(), before.cells(row).unwrap());
        for (cell, other) in cells.iter().zip(&twins) {
            let number = |cell: &[u8]| std::str::from_utf8(cell).unwrap().parse::<f64>().ok();
            assert!(
                cell.eq_ignore_ascii_case(other)
                    || number(cell).is_some_and(|value| Some(value) == number(other)),
                "{name}, row {row}: {} and {}",
                String::from_utf8_lossy(cell),
                String::from_utf8_lossy(other)
            );
        }
    }
    let mut seen = 0;
    for block in 0..original.blocks() {
        original.scan(block, &mut |_, _| seen += 1).unwrap();
    }
    assert_eq!(seen, twin.rows, "{name}");
}

#[test]
fn every_format_reads_equal_to_its_csv() {
    let twin = load("machines.csv");
    for name in [
        "machines.jsonl",
        "machines.json",
        "machines.arff",
        "machines.parquet",
        "machines-zstd.parquet",
        "machines.xlsx",
        "machines.xls",
        "machines.ods",
        "machines.csv.zip",
    ] {
        assert_equal(name, &twin);
    }
    #[cfg(feature = "arrow")]
    assert_equal("machines.arrow", &twin);
}

#[test]
fn what_was_read_is_said() {
    for (name, form) in [
        ("machines.jsonl", "JSON lines"),
        ("machines.json", "JSON, an array of objects"),
        ("machines.arff", "ARFF"),
        ("machines.parquet", "Parquet, 3 row groups, snappy"),
        ("machines.xlsx", "Excel, sheet “readings”"),
        ("machines.ods", "OpenDocument, sheet “Sheet1”"),
    ] {
        let table = load(name);
        assert_eq!(table.form.format.as_deref(), Some(form));
        assert!(table.notices.iter().any(|notice| notice == form));
    }
    let zipped = load("machines.csv.zip");
    assert!(zipped.form.encoding.contains("zip"));
}

#[cfg(not(feature = "arrow"))]
#[test]
fn a_format_that_is_not_built_in_names_the_build() {
    let error = load_with(&file("machines.arrow"), &ReadOptions::default()).unwrap_err();
    assert!(
        error.chain().contains("--features arrow"),
        "{}",
        error.chain()
    );
}

#[test]
fn a_sheet_is_chosen_by_name_or_number_and_the_others_are_said() {
    let table = load("machines.xlsx");
    let said = |part: &str| table.notices.iter().any(|notice| notice.contains(part));
    assert!(
        said("--sheet: notes") && said("1 line above the table skipped"),
        "{:?}",
        table.notices
    );
    let with = |sheet: &str| {
        let sheet = Some(sheet.to_owned());
        load_with(
            &file("machines.xlsx"),
            &ReadOptions {
                sheet,
                ..ReadOptions::default()
            },
        )
    };
    for sheet in ["readings", "READINGS", "2"] {
        assert_eq!(with(sheet).unwrap().rows, table.rows);
    }
    let error = with("march").unwrap_err().chain();
    assert!(
        error.contains("no sheet “march”") && error.contains("notes, readings"),
        "{error}"
    );
}

#[test]
fn names_in_arff_are_categories_even_if_they_are_numbers() {
    let mut text = "@relation r\n@attribute size real\n@attribute kind {1,2,3}\n@data\n".to_owned();
    for row in 0..30 {
        writeln!(text, "{}.5,{}", row * row, row % 3 + 1).unwrap();
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let table = load_with(file.path(), &ReadOptions::default()).unwrap();
    assert_eq!(table.columns[1].kind, Kind::Category);
}

#[test]
fn a_damaged_file_is_refused_with_its_name_and_the_place() {
    for (name, part) in [
        ("machines.parquet", "Parquet"),
        ("machines-zstd.parquet", "Parquet"),
        ("machines.xlsx", "damaged"),
        ("machines.ods", "damaged"),
        ("machines.csv.zip", "damaged"),
        ("machines.xls", "workbook"),
    ] {
        let whole = fs::read(file(name)).unwrap();
        let error = refused(&whole[..whole.len() / 2]);
        assert!(
            error.contains(part) && error.lines().count() == 1,
            "{name}: {error}"
        );
    }
}

#[test]
fn a_torn_line_of_json_is_skipped_and_said() {
    let json = fs::read_to_string(file("machines.jsonl")).unwrap();
    let at = json.match_indices('\n').nth(1).unwrap().0;
    let torn = format!("{}{}", &json[..at - 1], &json[at..]);
    for (text, line) in [(&json[..json.len() - 9], "line 24"), (&torn, "line 2")] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let table = load_with(file.path(), &ReadOptions::default()).unwrap();
        assert_eq!(table.rows, 23);
        let said = format!("skipped 1 line that holds no whole object ({line})");
        assert!(table.notices.contains(&said), "{:?}", table.notices);
    }
}

#[test]
fn arrays_line_by_line_are_rows() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let rows: String = (0..9).fold(String::new(), |text, row| {
        format!("{text}[{row}.5, \"x{row}\", {row}]\n")
    });
    file.write_all(format!("[\"a\", \"b\", \"c\"]\n{rows}").as_bytes())
        .unwrap();
    let table = load_with(file.path(), &ReadOptions::default()).unwrap();
    assert_eq!((table.rows, table.columns[0].name.as_str()), (9, "a"));
    assert_eq!(table.columns[0].range, Some((0.5, 8.5)));
    let error = refused(b"<!DOCTYPE html>\n<html><table><tr><td>1</td></tr></table></html>");
    assert!(error.contains("an HTML page"), "{error}");
}

#[test]
fn no_damage_within_a_file_brings_the_reading_down() {
    for name in [
        "machines.parquet",
        "machines-zstd.parquet",
        "machines.xlsx",
        "machines.xls",
        "machines.ods",
    ] {
        let whole = fs::read(file(name)).unwrap();
        for at in (8..whole.len()).step_by(whole.len() / 60) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&bytes).unwrap();
            // Whether it can be read or not, it answers.
            if let Err(error) = load_with(file.path(), &ReadOptions::default()) {
                assert_eq!(error.chain().lines().count(), 1, "{name}");
            }
        }
    }
}

#[test]
fn an_archive_of_several_files_lists_them() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a.csv", "b.csv"] {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, options).unwrap();
        zip.write_all(b"x,y\n1,2\n").unwrap();
    }
    let error = refused(&zip.finish().unwrap().into_inner());
    assert!(error.contains("holds 2 files: a.csv, b.csv"), "{error}");
}
