//! Model files: what is kept scores the table that was learned from exactly as it was scored then, other files by their columns'
//! names, and a damaged file is refused in one sentence.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/program.rs"]
mod program;

#[cfg(unix)]
#[path = "support/interrupt.rs"]
mod interrupt;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use misfit::store::model::Model;
use tempfile::TempDir;

#[cfg(unix)]
use interrupt::interrupt;
use program::{done, misfit, text};

/// Numbers, dates, words, codes for missing values, names and a label; a few rows planted. A row of units, short lines.
fn mixed(rows: usize) -> String {
    let mut text = "name,at,temp,pressure,word,on,label\n,,degC,bar,,,\n".to_owned();
    for row in 0..rows {
        let t = row as f64 * 0.37;
        let odd = row % 701 == 500;
        let temp = match row % 97 {
            3 => "-999".to_owned(),
            5 => String::new(),
            _ => format!("{:.3}", 20.0 + 5.0 * t.sin()),
        };
        let pressure = if odd { 40.0 } else { (t * 1.7).cos() + t.sin() };
        let word = match row % 211 {
            0 => "seldom",
            1 => "rare",
            other => ["red", "green", "blue"][other % 3],
        };
        let (hour, minute) = (row * 7 % 24, row * 13 % 60);
        let (day, on) = (1 + row * 11 % 28, ["no", "yes"][row % 5 / 4]);
        let _ = writeln!(
            text,
            "n{row},2024-03-{day:02} {hour:02}:{minute:02},{temp},{pressure:.5},{word},{on},{}",
            u8::from(odd)
        );
        if row % 500 == 7 {
            text.push_str("short,1\n");
        }
    }
    text
}

/// Machines that take turns, minute by minute, with a gap.
fn series() -> String {
    let mut text = "time,machine,flow,level\n".to_owned();
    for row in 0..1_500_i64 {
        let machine = ["a", "b"][row as usize % 2];
        let seconds = 1_700_000_000 + row / 2 * 60 + if row > 900 { 90_000 } else { 0 };
        let t = row as f64 * 0.11;
        let flow = t.sin() + if (700..712).contains(&row) { 3.0 } else { 0.0 };
        let _ = writeln!(text, "{seconds},{machine},{flow:.4},{:.4}", (t * 0.7).cos());
    }
    text
}

/// A folder with a table, and what its training wrote.
struct Trained {
    folder: TempDir,
    table: PathBuf,
    model: PathBuf,
    scores: PathBuf,
}

impl Trained {
    fn new(table: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [path, model, scores] =
            ["table.csv", "table.misfit", "scores.csv"].map(|name| folder.path().join(name));
        fs::write(&path, table).unwrap();
        let mut arguments = vec!["train", "--quiet", "--steps", "200"];
        arguments.extend(flags);
        arguments.extend([
            path.to_str().unwrap(),
            "-o",
            model.to_str().unwrap(),
            "--scores",
            scores.to_str().unwrap(),
        ]);
        let told = text(&done(misfit(&arguments)).stdout);
        assert!(told.contains("wrote the model to"), "{told}");
        Self {
            folder,
            table: path,
            model,
            scores,
        }
    }

    /// A file of this text beside the table.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn score(&self, file: &Path, flags: &[&str]) -> Output {
        let mut arguments = vec![
            "score",
            self.model.to_str().unwrap(),
            file.to_str().unwrap(),
        ];
        arguments.extend(flags);
        misfit(&arguments)
    }
}

/// Columns of CSV by row number.
fn columns(csv: &[u8], names: &[&str]) -> HashMap<String, Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let place = |name: &&str| header.iter().position(|own| own == *name).unwrap();
    let places: Vec<usize> = names.iter().map(place).collect();
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| {
            let cells = places.iter().map(|place| record[*place].to_owned());
            (record[0].to_owned(), cells.collect())
        })
        .collect()
}

/// The table scored again is scored as it was.
#[track_caller]
fn exact(trained: &Trained, names: &[&str]) {
    let again = done(trained.score(&trained.table, &["--explain"]));
    let before = columns(&fs::read(&trained.scores).unwrap(), names);
    let now = columns(&again.stdout, names);
    assert!(before.len() <= now.len() && before.len() > 10);
    for (row, cells) in &before {
        assert_eq!(now.get(row), Some(cells), "row {row}");
    }
    let said = text(&again.stderr);
    assert!(!said.contains("warning"), "{said}");
}

const PLAIN: &[&str] = &["score", "flagged"];

#[test]
fn a_table_is_scored_as_it_was_when_it_was_learned_from() {
    let table = mixed(2_000);
    exact(
        &Trained::new(&table, &[]),
        &["score", "flagged", "name", "label"],
    );
    exact(
        &Trained::new(&table, &["--preset", "classic", "--drop", "name"]),
        PLAIN,
    );
    exact(&Trained::new(&table, &["--engine", "burn"]), PLAIN);
    exact(&Trained::new(&table, &["--seeds", "2", "--tied"]), PLAIN);
    exact(
        &Trained::new(&table, &["--score", "network+local", "--bias", "none"]),
        PLAIN,
    );
    exact(
        &Trained::new(&table, &["--flag", "top:5", "--missing", "-999,seldom"]),
        PLAIN,
    );
    // Of a sample the other rows are scored too.
    exact(
        &Trained::new(&table, &["--sample", "1500", "--scale", "minmax"]),
        PLAIN,
    );
}

#[test]
fn what_is_held_against_random_rows_knows_its_own() {
    let table = mixed(1_200);
    exact(&Trained::new(&table, &["--score", "both"]), PLAIN);
    exact(&Trained::new(&table, &["--score", "lesinn"]), PLAIN);
    // With fewer rows than a draw has, every draw is the whole table.
    exact(&Trained::new(&mixed(12), &["--score", "both"]), PLAIN);
}

#[test]
fn windows_are_cut_and_scored_as_they_were() {
    let by_machine = ["--by", "machine"];
    let flags: [(&[&str], &str); 3] = [
        (&["--window", "16"], "time"),
        (&["--window", "16", "--step", "5"], "machine time"),
        (&["--window", "8", "--score", "both"], "machine time"),
    ];
    for (flags, name) in flags {
        let by = if name == "time" { &[][..] } else { &by_machine };
        let flags = [flags, by].concat();
        exact(
            &Trained::new(&series(), &flags),
            &["score", "flagged", name],
        );
    }
}

#[test]
fn rows_without_a_time_are_counted_and_the_first_lines_are_named() {
    let trained = Trained::new(&series(), &["--window", "16"]);
    let mut lines: Vec<String> = series().lines().map(ToOwned::to_owned).collect();
    for (line, time) in [(4, "soon"), (9, ""), (800, "later")] {
        let (_, rest) = lines[line].split_once(',').unwrap();
        lines[line] = format!("{time},{rest}");
    }
    let file = trained.file("untimed.csv", &(lines.join("\n") + "\n"));
    let said = text(&done(trained.score(&file, &[])).stderr);
    let expected = "3 rows without a time that can be read, the first is row 4, such as “soon” in line 5, “later” in line 801;";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_score_beyond_all_measure_is_told_in_json_as_in_csv() {
    let trained = Trained::new(&mixed(1_000), &["--columns", "temp,pressure"]);
    let file = trained.file("far.csv", "temp,pressure\n1e300,1e30\n20,0.5\n");
    let told = text(&done(trained.score(&file, &["--json"])).stdout);
    let rows: Vec<serde_json::Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[0]["score"], "inf");
    assert!(rows[1]["score"].is_f64(), "{told}");
    let told = text(&done(trained.score(&file, &[])).stdout);
    assert!(told.contains("\n1,inf,1"), "{told}");
}

#[test]
fn times_are_features_where_a_clock_makes_them() {
    exact(&Trained::new(&mixed(1_000), &["--kind", "at=clock"]), PLAIN);
    exact(
        &Trained::new(&series(), &["--kind", "time=clock", "--window", "off"]),
        PLAIN,
    );
}

#[test]
fn a_table_larger_than_memory_is_scored_as_in_its_second_pass() {
    let trained = Trained::new(&mixed(30_000), &["--memory", "1MB"]);
    exact(&trained, PLAIN);
}

#[test]
fn reasons_are_those_of_the_training() {
    for flags in [
        &["--flag", "top:9"][..],
        &["--flag", "top:9", "--score", "both"],
    ] {
        let trained = Trained::new(&mixed(1_000), flags);
        let again = done(trained.score(&trained.table, &["--explain", "--flag"]));
        let before = columns(&fs::read(&trained.scores).unwrap(), &["reason"]);
        let now = columns(&again.stdout, &["reason"]);
        assert!(now.len() > 4, "{}", now.len());
        for (row, reason) in &now {
            assert_eq!(before.get(row), Some(reason), "row {row}");
        }
    }
}

#[test]
fn a_column_that_nothing_was_learned_from_is_no_news() {
    let trained = Trained::new(&mixed(300), &["--drop", "word"]);
    let again = done(trained.score(&trained.table, &[]));
    let said = text(&again.stderr);
    assert!(!said.contains("does not know"), "{said}");
}

#[test]
fn columns_are_found_by_name_however_the_file_is_written() {
    let trained = Trained::new(&mixed(1_000), &["--id", "name"]);
    let rows = mixed(1_000);
    // The columns turned round, one more, another delimiter, no units, no short lines.
    let turned: String = rows
        .lines()
        .enumerate()
        .filter(|(line, row)| *line != 1 && row.matches(',').count() == 6)
        .map(|(line, row)| {
            let extra = if line == 0 { "extra" } else { "7" };
            let cells: Vec<&str> = row.split(',').rev().chain([extra]).collect();
            cells.join(";") + "\n"
        })
        .collect();
    let turned = trained.file("turned.csv", &turned);
    let output = done(trained.score(&turned, &[]));
    let said = text(&output.stderr);
    assert!(
        said.contains("1 column that the model does not know: extra"),
        "{said}"
    );
    assert!(said.contains("ROC-AUC"), "{said}");
    let by_name = |csv: &[u8]| {
        let found = columns(csv, &["name", "score"]).into_values();
        let pairs = found.map(|cells| (cells[0].clone(), cells[1].clone()));
        pairs.collect::<HashMap<_, _>>()
    };
    let before = by_name(&fs::read(&trained.scores).unwrap());
    assert_eq!(by_name(&output.stdout), before);
    // As JSON lines it is the same again.
    let json: String = fs::read_to_string(&turned)
        .unwrap()
        .lines()
        .skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split(';').collect();
            let names = ["label", "on", "word", "pressure", "temp", "at", "name"];
            let object = names
                .iter()
                .zip(&cells)
                .map(|(name, cell)| ((*name).into(), (*cell).into()));
            serde_json::Value::Object(object.collect()).to_string() + "\n"
        })
        .collect();
    let json = trained.file("turned.jsonl", &json);
    let output = done(trained.score(&json, &["--json"]));
    let lines = text(&output.stdout);
    let found = lines.lines().map(|line| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let score = object["score"].as_f64().unwrap() as f32;
        (object["id"].as_str().unwrap().to_owned(), score.to_string())
    });
    assert_eq!(found.collect::<HashMap<_, _>>(), before);
}

#[test]
fn missing_columns_are_listed_and_unknown_values_counted() {
    let trained = Trained::new(&mixed(1_000), &[]);
    let poor = trained.file("poor.csv", "temp,word\n1,red\n2,blue\n");
    let output = trained.score(&poor, &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for part in [
        "poor.csv",
        "3 columns",
        "missing",
        "at, pressure, on",
        "temp, word",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let strange = "at,temp,pressure,word,on\n\
        2024-03-01 00:00,500,0.1,red,yes\n2024-03-02 00:00,-80,0.2,green,maybe\n2024-03-03 00:00,x,0.2,green,no\n";
    let strange = trained.file("strange.csv", strange);
    let said = text(&done(trained.score(&strange, &[])).stderr);
    for part in [
        "column “temp”: 2 rows",
        "1 below, 1 above",
        "1 cell without a number",
        "column “on”: 1 row",
        "“maybe”",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_pipeline_learns_from_the_exit_status() {
    let trained = Trained::new(&mixed(2_000), &["--flag", "top:3"]);
    let code = |flags: &[&str]| trained.score(&trained.table, flags).status.code();
    assert_eq!(code(&["--fail-on", "3"]), Some(3));
    assert_eq!(code(&["--fail-on", "4"]), Some(0));
    let output = done(trained.score(&trained.table, &["--top", "5", "--explain", "--quiet"]));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    let mut reader = csv::Reader::from_reader(lines.as_bytes());
    let ranks: Vec<(String, String)> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            assert!(!record[record.len() - 1].is_empty(), "{record:?}");
            (record[2].to_owned(), record[3].to_owned())
        })
        .collect();
    let expected = [("1", "1"), ("2", "1"), ("3", "1"), ("4", "0"), ("5", "0")];
    let expected = expected.map(|(rank, flagged)| (rank.to_owned(), flagged.to_owned()));
    assert_eq!(ranks, expected);
    let flagged = done(trained.score(&trained.table, &["--flag"]));
    assert_eq!(text(&flagged.stdout).lines().count(), 4);
}

#[test]
fn a_model_that_no_longer_fits_is_told() {
    let trained = Trained::new(&mixed(2_000), &[]);
    let moved: String = mixed(2_000)
        .lines()
        .enumerate()
        .map(|(line, row)| {
            let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
            if let (true, Some(value)) =
                (line > 1, cells.get(3).and_then(|c| c.parse::<f64>().ok()))
            {
                cells[3] = (value * 4.0 + 9.0).to_string();
            }
            cells.join(",") + "\n"
        })
        .collect();
    let moved = trained.file("moved.csv", &moved);
    let said = text(&done(trained.score(&moved, &["--quiet"])).stderr);
    assert!(
        said.contains("warning: the model may no longer fit"),
        "{said}"
    );
}

#[test]
fn totals_at_the_end_are_left_out_as_in_training() {
    let table = mixed(600) + "Total,,,,,,\n";
    let trained = Trained::new(&table, &[]);
    exact(&trained, PLAIN);
    let said = text(&done(trained.score(&trained.table, &[])).stderr);
    assert!(
        said.contains("Total") && said.contains("--keep-totals"),
        "{said}"
    );
}

#[test]
fn a_column_that_has_become_empty_is_said() {
    let trained = Trained::new(&mixed(600), &[]);
    let emptied: Vec<String> = mixed(600)
        .lines()
        .enumerate()
        .map(|(line, text)| {
            let mut cells: Vec<&str> = text.split(',').collect();
            if line > 1 && cells.len() > 3 {
                cells[3] = "";
            }
            cells.join(",") + "\n"
        })
        .collect();
    let path = trained.table.with_file_name("emptied.csv");
    fs::write(&path, emptied.concat()).unwrap();
    let said = text(&done(trained.score(&path, &[])).stderr);
    assert!(
        said.contains("column “pressure”: empty in every row"),
        "{said}"
    );
}

#[test]
fn standard_input_and_packed_files_are_scored_on_their_way_through() {
    let trained = Trained::new(&mixed(800), &[]);
    let expected = done(trained.score(&trained.table, &[])).stdout;
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(["score", trained.model.to_str().unwrap(), "--quiet"]);
    command.stdin(File::open(&trained.table).unwrap());
    assert_eq!(done(command.output().unwrap()).stdout, expected);
    let packed = trained.folder.path().join("table.csv.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(File::create(&packed).unwrap(), flate2::Compression::fast());
    encoder
        .write_all(&fs::read(&trained.table).unwrap())
        .unwrap();
    encoder.finish().unwrap();
    assert_eq!(done(trained.score(&packed, &[])).stdout, expected);
}

/// Ends a child that is still running.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file that is followed.
#[cfg(unix)]
struct Followed {
    child: Ended,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

#[cfg(unix)]
impl Followed {
    fn begin(trained: &Trained, file: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
        command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
        command.arg("score").args([&*trained.model, file]);
        command.arg("--follow");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Ended(command.spawn().unwrap());
        let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    #[track_caller]
    fn expect<'a>(&mut self, expected: impl IntoIterator<Item = &'a &'a str>) {
        for expected in expected {
            assert_eq!(self.lines.next().unwrap().unwrap(), **expected);
        }
    }

    /// Ends it; its status, and what it said.
    fn end(mut self, signal: rustix::process::Signal) -> (Option<i32>, String) {
        let id = rustix::process::Pid::from_child(&self.child.0);
        rustix::process::kill_process(id, signal).unwrap();
        // What it waits to write would hold it up.
        self.lines.by_ref().for_each(drop);
        let mut said = String::new();
        let mut stderr = self.child.0.stderr.take().unwrap();
        std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
        (self.child.0.wait().unwrap().code(), said)
    }
}

#[test]
#[cfg(unix)]
fn a_growing_file_is_followed_line_by_line() {
    let trained = Trained::new(&mixed(1_000), &[]);
    let expected = text(&done(trained.score(&trained.table, &[])).stdout);
    let expected: Vec<&str> = expected.lines().collect();
    let all = fs::read(&trained.table).unwrap();
    let half = all.len() / 2;
    let growing = trained.folder.path().join("growing.csv");
    fs::write(&growing, &all[..half]).unwrap();
    let mut followed = Followed::begin(&trained, &growing);
    followed.expect(&expected[..100]);
    let mut file = OpenOptions::new().append(true).open(&growing).unwrap();
    file.write_all(&all[half..all.len() - 5]).unwrap();
    followed.expect(&expected[100..expected.len() - 1]);
    // The last line is scored when it ends.
    file.write_all(&all[all.len() - 5..]).unwrap();
    followed.expect(&expected[expected.len() - 1..]);
    // The user has seen enough; whoever sends another signal wants to know that it was one.
    let (signal, number) = interrupt();
    let status = if number == 2 { 0 } else { 128 + number };
    assert_eq!(followed.end(signal).0, Some(status));
}

#[test]
#[cfg(unix)]
fn a_followed_file_that_is_rotated_is_read_to_its_end_and_then_the_new_one() {
    let trained = Trained::new(&mixed(1_000), &[]);
    let scored = text(&done(trained.score(&trained.table, &[])).stdout);
    let scored: Vec<&str> = scored.lines().collect();
    let all = fs::read_to_string(&trained.table).unwrap();
    let lines: Vec<&str> = all.split_inclusive('\n').collect();
    // The names and the units stand above the rows, and the eighth of these is too short.
    let (first, second) = (lines[..102].concat(), lines[102..202].concat());
    let [path, moved] = ["log.csv", "log.csv.1"].map(|name| trained.folder.path().join(name));
    fs::write(&path, &first).unwrap();
    let mut followed = Followed::begin(&trained, &path);
    followed.expect(&scored[..100]);
    fs::rename(&path, &moved).unwrap();
    // Its writer goes on with it until it hears of that, and is cut off in the last line.
    let mut old = OpenOptions::new().append(true).open(&moved).unwrap();
    old.write_all(second.trim_end().as_bytes()).unwrap();
    fs::write(&path, &first).unwrap();
    followed.expect(&scored[100..200]);
    followed.expect(&scored[1..100]);
    // A quote that is never closed costs its own line.
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    let lone = format!("\"{}", lines[102]);
    file.write_all(lone.as_bytes()).unwrap();
    file.write_all(lines[103..].concat().repeat(30).as_bytes())
        .unwrap();
    let after = followed.lines.next().unwrap().unwrap();
    let score = |line: &str| line.split_once(',').unwrap().1.to_owned();
    assert_eq!(score(&after), score(scored[101]));
    let (status, said) = followed.end(rustix::process::Signal::TERM);
    assert_eq!(status, Some(143), "{said}");
    assert!(said.contains("log.csv was replaced"), "{said}");
    assert!(said.contains("log.csv, line 103: a quote"), "{said}");
    // Each file has its own lines.
    let before = "(line 11 has 2) of the file that was there before";
    assert!(said.contains(before), "{said}");
    assert!(said.contains("7 cells (lines 11, 512"), "{said}");
    // Columns of other names are no rows.
    fs::write(&path, &first).unwrap();
    let mut followed = Followed::begin(&trained, &path);
    followed.expect(&scored[..100]);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "name,at\nx,2024-03-01\n").unwrap();
    assert!(followed.lines.next().is_none());
    let output = followed.child.0.wait().unwrap();
    assert_eq!(output.code(), Some(1));
}

#[test]
#[cfg(unix)]
fn rows_are_counted_though_nobody_reads_them() {
    let trained = Trained::new(&mixed(1_000), &[]);
    for (count, status) in [("1", 3), ("1000", 0)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
        command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
        command.arg("score").args([&trained.model, &trained.table]);
        command.args(["--fail-on", count, "--quiet"]);
        let mut child = Ended(command.stdout(Stdio::piped()).spawn().unwrap());
        drop(child.0.stdout.take());
        assert_eq!(child.0.wait().unwrap().code(), Some(status));
    }
}

/// What the program says of a model file, which is never a panic and always names the file.
#[track_caller]
fn refused(path: &Path) -> String {
    let refusal = Model::open(path, Some(1)).err().map(|error| error.chain());
    let told = refusal.unwrap_or_else(|| panic!("{} was opened", path.display()));
    assert!(told.contains("damaged.misfit"), "{told}");
    assert!(!told.contains('\n'), "{told}");
    told
}

/// Damages that are told before or by the checksum.
fn damages(model: &[u8]) -> Vec<(String, Vec<u8>)> {
    let header = u64::from_le_bytes(*model.first_chunk().unwrap()) as usize;
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    // Cut off: at each early byte, around the end of the header, in the tensors, by one byte.
    let cuts = (0..70).chain([header - 1, header, header + 7, header + 8, header + 9]);
    let tensors = (0..40).map(|part| header + 8 + (model.len() - header - 8) * part / 40);
    for at in cuts.chain(tensors).chain([model.len() - 1]) {
        all.push((format!("cut at {at}"), model[..at].to_vec()));
    }
    // One bit turned: in the length, in the beginning, all over the header and the tensors.
    let mut flip = |at: usize, bit: usize| {
        let mut turned = model.to_vec();
        turned[at] ^= 1 << bit;
        all.push((format!("bit {bit} of byte {at}"), turned));
    };
    for at in 0..72 {
        flip(at, at % 8);
    }
    for part in 0..150 {
        flip(model.len() * part / 150, part % 8);
    }
    flip(model.len() - 1, 7);
    let mut more = model.to_vec();
    more.push(0);
    all.push(("one byte more".into(), more));
    let mut twice = model.to_vec();
    twice.extend(model);
    all.push(("twice".into(), twice));
    let middle = header + 8 + (model.len() - header - 8) / 2;
    let mut swapped = model.to_vec();
    let (left, right) = swapped.split_at_mut(middle);
    let length = (left.len() - header - 8).min(right.len()).min(64);
    left[header + 8..header + 8 + length].swap_with_slice(&mut right[..length]);
    all.push(("tensors swapped".into(), swapped));
    for length in [0_u64, 1, 1 << 60, u64::MAX, model.len() as u64, 100_000_001] {
        let mut lying = model.to_vec();
        lying[..8].copy_from_slice(&length.to_le_bytes());
        all.push((format!("a header of {length}"), lying));
    }
    all
}

#[test]
fn two_hundred_damaged_files_are_refused_in_one_sentence() {
    let trained = Trained::new(&mixed(300), &["--score", "both"]);
    let model = fs::read(&trained.model).unwrap();
    assert!(Model::open(&trained.model, Some(1)).is_ok());
    let path = trained.folder.path().join("damaged.misfit");
    let damages = damages(&model);
    assert!(damages.len() > 300, "{}", damages.len());
    for (what, bytes) in damages {
        fs::write(&path, bytes).unwrap();
        let told = refused(&path);
        assert!(told.len() < 400, "{what}: {told}");
    }
}

/// A model whose document and tensors somebody has changed and sealed again, as only an attacker would.
fn forged(model: &[u8], change: impl Fn(&mut serde_json::Value, &mut Vec<u8>)) -> Vec<u8> {
    let header = u64::from_le_bytes(*model.first_chunk().unwrap()) as usize;
    let mut tensors = model[8 + header..].to_vec();
    let text = std::str::from_utf8(&model[8..8 + header]).unwrap();
    let mut whole: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut document: serde_json::Value =
        serde_json::from_str(whole["__metadata__"]["misfit"].as_str().unwrap()).unwrap();
    document["of"] = whole.clone();
    change(&mut document, &mut tensors);
    whole = document["of"].take();
    let fields = document.as_object().unwrap();
    // The order of the entries is not kept by the parser; the checksum comes first.
    let mut text = r#"{"checksum":"0000000000000000""#.to_owned();
    for (name, value) in fields
        .iter()
        .filter(|(name, _)| !["of", "checksum"].contains(&name.as_str()))
    {
        let _ = write!(text, ",{}:{value}", serde_json::Value::from(name.as_str()));
    }
    text.push('}');
    let mut header = format!(
        r#"{{"__metadata__":{{"misfit":{}}}"#,
        serde_json::Value::from(text.as_str())
    );
    for (name, value) in whole.as_object().unwrap() {
        if name != "__metadata__" {
            let _ = write!(
                header,
                ",{}:{value}",
                serde_json::Value::from(name.as_str())
            );
        }
    }
    header.push('}');
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(tensors);
    seal(&mut file);
    file
}

/// What somebody changes in a document and in the tensors.
type Change = fn(&mut serde_json::Value, &mut Vec<u8>);

/// The checksum as the format says: XXH64 of the file with the sixteen figures as zeros.
fn seal(file: &mut [u8]) {
    let at = 8 + r#"{"__metadata__":{"misfit":"{\"checksum\":\""#.len();
    file[at..at + 16].copy_from_slice(b"0000000000000000");
    let sum = twox_hash::XxHash64::oneshot(0, file);
    file[at..at + 16].copy_from_slice(format!("{sum:016x}").as_bytes());
}

#[test]
#[allow(
    clippy::too_many_lines,
    clippy::semicolon_if_nothing_returned,
    reason = "a list of forgeries, one a line"
)]
fn forged_files_are_refused_for_what_is_wrong_with_them() {
    let trained = Trained::new(&mixed(300), &["--score", "both"]);
    let model = fs::read(&trained.model).unwrap();
    let path = trained.folder.path().join("damaged.misfit");
    // Forging changes nothing by itself.
    fs::write(&path, forged(&model, |_, _| ())).unwrap();
    assert!(Model::open(&path, Some(1)).is_ok());
    let forgeries: &[(&str, Change)] = &[
        ("newer program", |d, _| d["schema"] = 3.into()),
        ("layout 0", |d, _| d["schema"] = 0.into()),
        ("expected u32", |d, _| d["schema"] = "one".into()),
        ("unknown field", |d, _| d["more"] = 1.into()),
        ("missing field", |d, _| {
            d.as_object_mut().unwrap().remove("flag");
        }),
        ("no columns", |d, _| d["columns"] = serde_json::json!([])),
        ("of shape", |d, _| {
            d["columns"][0]["features"] = serde_json::json!(["a", "b"]);
        }),
        ("categories", |d, _| {
            d["columns"][0]["levels"] = serde_json::json!(["a"]);
        }),
        ("unit", |d, _| d["columns"][0]["unit"] = "fortnights".into()),
        ("made of", |d, _| d["columns"][0]["of"] = "x".into()),
        ("no number", |d, _| d["columns"][0]["per"] = 0.into()),
        ("engine", |d, _| d["engine"] = "steam".into()),
        ("score", |d, _| d["score"] = "guess".into()),
        ("fit together", |d, _| d["score"] = "network".into()),
        ("rule", |d, _| d["flag"]["rule"] = "often".into()),
        ("windows", |d, _| {
            d["window"] = serde_json::json!({"rows": 0, "step": 1, "clock": null, "clock_unit": null, "group": null});
        }),
        ("takes", |d, _| {
            d["window"] = serde_json::json!({"rows": 9, "step": 1, "clock": null, "clock_unit": null, "group": null});
        }),
        ("no network", |d, _| d["networks"] = serde_json::json!([])),
        ("snapshot", |d, _| {
            d["networks"][0]["snapshots"] = serde_json::json!([]);
        }),
        ("wider", |d, _| {
            d["networks"][0]["widths"] = serde_json::json!([9, 9_000_000, 3]);
        }),
        ("width", |d, _| {
            d["networks"][0]["widths"] = serde_json::json!([9, 0]);
        }),
        ("widths", |d, _| {
            d["networks"][0]["widths"] = serde_json::json!([9, u64::MAX]);
        }),
        ("expected one of", |d, _| {
            d["networks"][0]["hidden"] = "swish".into();
        }),
        ("tensors too many", |d, _| {
            d["networks"][0]["tied"] = true.into();
        }),
        ("bias for each", |d, _| {
            d["networks"][0]["snapshots"][0]["bias"] = serde_json::json!([true]);
        }),
        ("positive", |d, _| {
            d["networks"][0]["snapshots"][0]["median"] = 0.into();
        }),
        ("missing", |d, _| {
            let snapshots = d["networks"][0]["snapshots"].as_array_mut().unwrap();
            let last = snapshots[0].clone();
            snapshots.push(last);
        }),
        ("known by half", |d, _| {
            d["trained"]["roc_auc"] = serde_json::Value::Null;
            d["trained"]["average_precision"] = 0.5.into();
        }),
        ("curves", |d, _| {
            d["curves"] = serde_json::json!([{"first": 90, "places": [1, 2, 3]}]);
        }),
        ("shape", |d, _| {
            let shape = serde_json::json!([3, 3]);
            d["of"]["encoder.mean"]["shape"] = shape;
        }),
        ("missing", |d, _| {
            let of = d["of"].as_object_mut().unwrap();
            let moved = of.remove("encoder.sd").unwrap();
            of.insert("encoder.other".into(), moved);
        }),
        ("damaged", |d, _| {
            d["of"]["encoder.mean"]["shape"] = serde_json::json!([u64::MAX, u64::MAX]);
        }),
        ("damaged", |d, _| {
            d["of"]["encoder.mean"]["data_offsets"] = serde_json::json!([0, 1]);
        }),
        ("damaged", |d, _| {
            d["of"]["encoder.mean"]["dtype"] = "Q7".into();
        }),
        ("no number", |d, tensors| {
            let offsets = d["of"]["encoder.mean"]["data_offsets"].clone();
            let at = offsets[0].as_u64().unwrap() as usize;
            tensors[at..at + 8].copy_from_slice(&f64::NAN.to_le_bytes());
        }),
        ("no scale", |d, tensors| {
            let offsets = d["of"]["encoder.scale"]["data_offsets"].clone();
            let at = offsets[0].as_u64().unwrap() as usize;
            tensors[at..at + 8].copy_from_slice(&(-1.0_f64).to_le_bytes());
        }),
        ("no number", |d, tensors| {
            let name = "network.0.snapshot.0.encoder.1.weight";
            let at = d["of"][name]["data_offsets"][0].as_u64().unwrap() as usize;
            tensors[at..at + 4].copy_from_slice(&f32::INFINITY.to_le_bytes());
        }),
    ];
    for (what, change) in forgeries {
        fs::write(&path, forged(&model, change)).unwrap();
        let told = refused(&path);
        assert!(told.contains(what), "{what}: {told}");
    }
    let trained = Trained::new(&mixed(300), &["--clean=90%"]);
    let model = fs::read(&trained.model).unwrap();
    let path = trained.folder.path().join("damaged.misfit");
    fs::write(&path, forged(&model, |_, _| ())).unwrap();
    assert!(Model::open(&path, Some(1)).unwrap().ordinary.is_some());
    let forgeries: &[(&str, Change)] = &[
        ("fit together", |d, _| d["flag"]["rule"] = "auto".into()),
        ("no order", |d, _| d["flag"]["ordinary"]["rows"] = 1.into()),
        ("shape", |d, _| d["flag"]["ordinary"]["scores"] = 1.into()),
        ("tensors too many", |d, _| {
            d["flag"]["rule"] = "auto".into();
            d["flag"].as_object_mut().unwrap().remove("ordinary");
        }),
        ("no order", |d, tensors| {
            let at = d["of"]["ordinary.scores"]["data_offsets"][0]
                .as_u64()
                .unwrap() as usize;
            tensors[at..at + 4].copy_from_slice(&0.0_f32.to_le_bytes());
        }),
    ];
    for (what, change) in forgeries {
        fs::write(&path, forged(&model, change)).unwrap();
        let told = refused(&path);
        assert!(told.contains(what), "{what}: {told}");
    }
    // Nested without end.
    let deep = format!(
        "{{\"__metadata__\":{{\"misfit\":\"{{\\\"checksum\\\":\\\"0000000000000000\\\",\\\"schema\\\":{}",
        "[".repeat(1 << 20)
    );
    let mut file = (deep.len() as u64).to_le_bytes().to_vec();
    file.extend(deep.bytes());
    fs::write(&path, file).unwrap();
    refused(&path);
}

#[test]
fn foreign_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.misfit");
    let safetensors = |header: &str, tensors: &[u8]| {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.bytes());
        file.extend(tensors);
        file
    };
    let other = r#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let rewritten = r#"{"__metadata__":{"format":"pt","misfit":"{}"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let files: [(&str, Vec<u8>); 6] = [
        ("no model file", b"a,b\n1,2\n3,4\n".to_vec()),
        ("no model file", Vec::new()),
        ("no model file", b"PK\x03\x04".to_vec()),
        ("no model file", vec![0xff; 4_096]),
        ("safetensors", safetensors(other, &[0; 4])),
        ("another program", safetensors(rewritten, &[0; 4])),
    ];
    for (what, bytes) in files {
        fs::write(&path, bytes).unwrap();
        let told = refused(&path);
        assert!(told.contains(what), "{what}: {told}");
    }
    fs::remove_file(&path).unwrap();
    assert!(refused(&path).contains("no such file"));
    fs::create_dir(&path).unwrap();
    assert!(refused(&path).contains("a folder"));
}

#[test]
fn a_model_file_is_the_same_each_time_and_never_half_there() {
    let table = mixed(400);
    let (first, second) = (Trained::new(&table, &[]), Trained::new(&table, &[]));
    assert_eq!(
        fs::read(&first.model).unwrap(),
        fs::read(&second.model).unwrap()
    );
    let left: Vec<String> = fs::read_dir(first.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // The table itself is never replaced.
    let table = first.table.to_str().unwrap();
    let output = misfit(&["train", "--quiet", "--steps", "1", table, "-o", table]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("the table"));
}

#[test]
fn python_reads_the_tensors() {
    let script = "import sys\n\
        try:\n    from safetensors import safe_open\nexcept ImportError:\n    sys.exit(77)\n\
        with safe_open(sys.argv[1], 'np') as file:\n    \
            weight = file.get_tensor('network.0.snapshot.0.encoder.1.weight')\n    \
            print(weight.dtype, *weight.shape, *file.get_tensor('encoder.mean').shape)\n    \
            print('misfit' in file.metadata())\n";
    let trained = Trained::new(&mixed(300), &[]);
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(&trained.model)
        .output();
    let Ok(output) = output.map(|output| (output.status.code(), output)) else {
        return eprintln!("skipped: there is no python3");
    };
    if output.0 == Some(77) {
        return eprintln!("skipped: Python has no safetensors");
    }
    let told = text(&output.1.stdout);
    assert_eq!(output.0, Some(0), "{}", text(&output.1.stderr));
    assert!(
        told.starts_with("float32 ") && told.ends_with("True\n"),
        "{told}"
    );
}
