//! `misfit score --engine datafusion`: the same rows, the same scores, the same lines as without an engine, to the byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/logs.rs"]
mod logs;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use logs::{batch, files, fine, run, train, write};
use tempfile::{TempDir, tempdir};

const ENGINE: [&str; 2] = ["--engine", "datafusion"];
const ROWS: usize = 8_000;

/// A folder with logs, the same in one file, and the models that were trained on that one.
struct Logs {
    folder: TempDir,
}

impl Logs {
    fn new(models: &[(&str, &[&str])]) -> Self {
        let folder = tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        files(&path("logs"), 5, ROWS / 5);
        write(&path("all.parquet"), &batch(0, ROWS));
        for (name, more) in models {
            train(&path("all.parquet"), path(name), more);
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Scores with the engine and without, which must be the same; what was printed.
    #[track_caller]
    fn same(&self, model: &str, file: &str, more: &[&str]) -> String {
        let (model, file) = (self.path(model), self.path(file));
        let mut arguments = vec!["score", &model, &file, "--quiet"];
        arguments.extend(more);
        let own = fine(&arguments);
        arguments.extend(ENGINE);
        let other = fine(&arguments);
        let differ = own
            .lines()
            .zip(other.lines())
            .find(|(own, other)| own != other);
        assert_eq!(differ, None, "{arguments:?}");
        assert_eq!(own, other, "{arguments:?}");
        own
    }
}

/// What is said of something that an engine cannot do.
#[track_caller]
fn refused(arguments: &[&str], status: i32) -> String {
    let mut all = vec!["score"];
    all.extend(arguments);
    all.extend(ENGINE);
    let output = run(&all);
    assert_eq!(output.status.code(), Some(status), "{all:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn lines_are_those_of_the_program_itself() {
    let logs = Logs::new(&[("m.misfit", &[])]);
    let whole = logs.same("m.misfit", "all.parquet", &[]);
    assert_eq!(whole.lines().count(), ROWS + 1);
    assert!(
        whole.starts_with("row,score,flagged,name,label\n"),
        "{whole:.60}"
    );
    let several = logs.same("m.misfit", "logs/*.parquet", &[]);
    let last = several.lines().last().unwrap();
    assert!(last.contains("part 04.parquet:1600"), "{last}");
    // Rows score the same wherever they stand.
    let scores = |text: &str| -> Vec<String> {
        let cells = text.lines().map(|line| line.split(',').nth(1).unwrap());
        cells.map(str::to_owned).collect()
    };
    assert_eq!(scores(&whole), scores(&several));
    logs.same("m.misfit", "all.parquet", &["--json", "--flag"]);
    logs.same("m.misfit", "logs/*.parquet", &["--top", "7"]);
    logs.same(
        "m.misfit",
        "logs/*.parquet",
        &["--id", "count", "--label", "remark"],
    );
    logs.same(
        "m.misfit",
        "all.parquet",
        &["--label", "none", "--threads", "1"],
    );
    logs.same("m.misfit", "all.parquet", &["--missing", "0,green"]);
}

#[test]
fn a_row_that_lesinn_has_drawn_is_not_its_own_neighbour() {
    let logs = Logs::new(&[("both.misfit", &["--score", "both"])]);
    let own = logs.same("both.misfit", "all.parquet", &[]);
    logs.same("both.misfit", "logs/*.parquet", &["--top", "20"]);
    // Elsewhere the same rows are rows like any other.
    let (model, other) = (logs.path("both.misfit"), logs.path("logs/part 01.parquet"));
    let elsewhere = fine(&["score", &model, &other, "--quiet"]);
    let score = |line: &str| line.split(',').nth(1).unwrap().to_owned();
    let before: Vec<String> = own.lines().skip(1 + ROWS / 5).map(score).collect();
    let after: Vec<String> = elsewhere.lines().skip(1).map(score).collect();
    assert_ne!(before[..after.len()], after, "no drawn row is among them");
    logs.same("both.misfit", "logs/part 01.parquet", &[]);
    // A copy of the first rows holds rows that were drawn, under other numbers.
    fs::copy(
        logs.path("logs/part 00.parquet"),
        logs.path("logs/part 00 again.parquet"),
    )
    .unwrap();
    logs.same("both.misfit", "logs/*.parquet", &[]);
}

#[test]
fn text_is_scored_too() {
    let logs = Logs::new(&[("m.misfit", &[])]);
    let mut text = String::from("when;level;a;b;gaps;count;price;day;ok;more\n");
    for row in 0..3_000 {
        let level = ["red", "green", "", "\"a; b\nc\"", "new"][row % 5];
        let line = format!(
            "2024-01-{:02} 08:00:00;{level};0.{row};{};{};{row};1e3;2022-01-01;true;x\n",
            row % 28 + 1,
            row % 7,
            if row % 9 == 0 { "NA" } else { "-1.5" },
        );
        text.push_str(&line);
    }
    fs::create_dir(logs.path("text")).unwrap();
    for name in ["text/a.csv", "text/b.csv"] {
        fs::write(logs.path(name), &text).unwrap();
    }
    logs.same("m.misfit", "text/a.csv", &[]);
    let several = logs.same("m.misfit", "text/*.csv", &[]);
    assert_eq!(several.matches("b.csv:").count(), 3_000);
}

#[test]
fn times_name_rows_and_units_stand_behind_numbers() {
    let logs = Logs::new(&[]);
    let mut text = String::from("time,clock,volts,temperature,remark\n");
    for row in 0..1_200 {
        let (day, hour) = (row / 24 % 28 + 1, row % 24);
        let volts = 20.0 + f64::from(row * 7 % 100) / 10.0;
        let line = format!(
            "2024{:02}{day:02}{hour:02},{hour:02}.{:02}.00,{volts:.2} mV,{:.2} °C,x\n",
            row / 672 + 1,
            row % 60,
            2.0 * volts + f64::from(row % 3),
        );
        text.push_str(&line);
    }
    let file = logs.folder.path().join("times.csv");
    fs::write(&file, text).unwrap();
    let kinds = ["--kind", "time=datetime", "--kind", "clock=datetime"];
    train(&file, logs.folder.path().join("t.misfit"), &kinds);
    let lines = logs.same("t.misfit", "times.csv", &[]);
    assert!(lines.contains("2024-02-21 23:00:00"), "{lines}");
}

#[test]
fn the_status_says_how_many_are_flagged_and_notes_are_those_of_the_program_itself() {
    let logs = Logs::new(&[("m.misfit", &[])]);
    let (model, file) = (logs.path("m.misfit"), logs.path("logs/*.parquet"));
    let arguments = ["score", &model, &file, "--flag", "--fail-on", "2"];
    let own = run(&arguments);
    let other = run(&[&arguments[..], &ENGINE].concat());
    assert_eq!(own.status.code(), Some(3));
    assert_eq!(other.status.code(), Some(3));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(said(&own.stderr), said(&other.stderr));
    assert!(said(&other.stderr).contains("training"));
}

#[test]
fn what_an_engine_cannot_do_is_refused() {
    let logs = Logs::new(&[("m.misfit", &[]), ("w.misfit", &["--window", "16"])]);
    let (model, file) = (logs.path("m.misfit"), logs.path("all.parquet"));
    for flag in ["--follow", "--explain"] {
        let said = refused(&[&model, &file, flag], 2);
        assert!(said.contains(flag), "{said}");
    }
    let said = refused(&[&logs.path("w.misfit"), &file], 2);
    assert!(said.contains("windows"), "{said}");
    let said = refused(&[&model, &file, &file], 2);
    assert!(said.contains("twice"), "{said}");
    let said = refused(&[&model, "-"], 2);
    assert!(said.contains("pipe"), "{said}");
    let above = logs.path("above.csv");
    fs::write(&above, "A report\n\na,b\n1,2\n3,4\n5,6\n").unwrap();
    assert!(!refused(&[&model, &above], 1).is_empty());
}

#[test]
fn files_that_do_not_fit_together_are_refused() {
    let logs = Logs::new(&[("m.misfit", &[])]);
    let (model, first) = (logs.path("m.misfit"), logs.path("logs/part 00.parquet"));
    // A column of another type would be read as that of the first file.
    let whole = batch(0, 100);
    let mut columns: Vec<(String, ArrayRef)> = whole
        .schema()
        .fields()
        .iter()
        .zip(whole.columns())
        .map(|(field, column)| (field.name().clone(), Arc::clone(column)))
        .collect();
    let counts: StringArray = (0..100).map(|row| Some(format!("{row}.5"))).collect();
    columns[4].1 = Arc::new(counts);
    let other = logs.path("other.parquet");
    let odd = RecordBatch::try_from_iter(columns).unwrap();
    write(Path::new(&other), &odd);
    let said = refused(&[&model, &first, &other], 1);
    assert!(
        said.contains("count") && said.contains("other.parquet"),
        "{said}"
    );
    // Damage is said, and no rows are lost without a word.
    let mut bytes = fs::read(&first).unwrap();
    let most = bytes.len() * 2 / 3;
    bytes[4..most].fill(0xff);
    let broken = logs.path("broken.parquet");
    fs::write(&broken, bytes).unwrap();
    let said = refused(&[&model, &first, &broken], 1);
    assert!(
        said.contains("engine gave up") || said.contains("Parquet"),
        "{said}"
    );
}
