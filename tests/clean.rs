//! Clean training data: nothing in it is flagged, and rows that training never saw are flagged by mistake as seldom as was promised.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/program.rs"]
mod program;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

use program::{done, misfit, text};

/// A number that is nearly normal: the sum of uniform ones.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random_range(0.0..1.0)).sum::<f64>() - 6.0
}

/// Rows of five columns that three causes explain, and some that break the rule.
fn rows(seed: u64, ordinary: usize, new: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut text = "a,b,c,d,e\n".to_owned();
    for row in 0..ordinary + new {
        let [x, y, z] = [(); 3].map(|()| normal(&mut rng));
        let odd = if row < ordinary { 0.0 } else { 9.0 };
        let noise = 0.2 * normal(&mut rng);
        let _ = writeln!(
            text,
            "{x:.4},{y:.4},{:.4},{:.4},{:.4}",
            x + y + noise,
            x - y + odd,
            z + 0.5 * x
        );
    }
    text
}

struct Trained {
    folder: TempDir,
    model: PathBuf,
    /// What `train --json` said.
    told: serde_json::Value,
    /// The file of `--scores`.
    scores: String,
}

impl Trained {
    fn new(table: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [path, model, scores] =
            ["table.csv", "table.misfit", "scores.csv"].map(|name| folder.path().join(name));
        fs::write(&path, table).unwrap();
        let mut arguments = vec!["train", "--quiet", "--json", "--steps", "400"];
        arguments.extend(flags);
        let files = [&path, &model, &scores].map(|path| path.to_str().unwrap());
        arguments.extend([files[0], "-o", files[1], "--scores", files[2]]);
        let told = serde_json::from_slice(&done(misfit(&arguments)).stdout).unwrap();
        Self {
            told,
            scores: fs::read_to_string(&scores).unwrap(),
            model,
            folder,
        }
    }

    fn file(&self, table: &str) -> PathBuf {
        let path = self.folder.path().join("new.csv");
        fs::write(&path, table).unwrap();
        path
    }

    fn score(&self, file: &Path, flags: &[&str]) -> Output {
        let mut arguments = vec![
            "score",
            self.model.to_str().unwrap(),
            file.to_str().unwrap(),
        ];
        arguments.extend(flags);
        done(misfit(&arguments))
    }
}

/// The cells of CSV, by the names of their columns.
fn records(csv: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(record: &HashMap<String, String>, name: &str) -> f64 {
    record[name].parse().unwrap()
}

#[test]
fn as_few_ordinary_rows_are_flagged_as_was_promised_and_new_ones_are() {
    let (rows_each, share) = (5_000, 0.1);
    let trained = Trained::new(&rows(1, rows_each, 0), &["--clean=90%"]);
    let flag = &trained.told["flag"];
    assert_eq!(
        flag["ordinary"],
        serde_json::json!({"rows": 1_000, "kept_back": true, "too_few": false})
    );
    assert_eq!(flag["count"], 0);
    assert!(
        trained
            .scores
            .lines()
            .skip(1)
            .all(|line| line.split(',').nth(3) == Some("0"))
    );
    let new = 200;
    let file = trained.file(&rows(2, rows_each, new));
    let output = trained.score(&file, &[]);
    let records = records(&text(&output.stdout));
    let (ordinary, others) = records.split_at(rows_each);
    let flagged = |rows: &[HashMap<String, String>]| {
        rows.iter().filter(|row| row["flagged"] == "1").count() as f64
    };
    // The share is that of a thousand rows kept back, and measured on five thousand: its standard deviation is 0.0104.
    let false_alarms = flagged(ordinary) / rows_each as f64;
    assert!((false_alarms - share).abs() < 0.045, "{false_alarms}");
    assert_eq!(
        flagged(others) as usize,
        new,
        "all rows that break the rule are found"
    );
    // A row is flagged exactly where as few ordinary rows score as high, and p says how few.
    for record in &records {
        let p = number(record, "p");
        assert_eq!(p < share + 1e-6, record["flagged"] == "1", "{record:?}");
        assert!(p >= 1.0 / 1_001.0 - 1e-9);
    }
    let said = text(&output.stderr);
    assert!(
        said.contains("\nkept back ")
            && said.contains(" score above all 1,000 ordinary rows kept back from training"),
        "{said}"
    );
    assert!(!said.contains("warning"), "{said}");
    let explained = text(
        &trained
            .score(&file, &["--flag", "--explain", "--top", "1"])
            .stdout,
    );
    assert!(
        explained.contains("above all 1,000 ordinary rows kept back from training: "),
        "{explained}"
    );
    let json = text(&trained.score(&file, &["--json", "--top", "1"]).stdout);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["as_high"], 0);
    assert!((json["p"].as_f64().unwrap() - 1.0 / 1_001.0).abs() < 1e-9);
    let about = text(&done(misfit(&["summary", trained.model.to_str().unwrap()])).stdout);
    assert!(
        about.contains("held against 1,000 ordinary rows kept back from training"),
        "{about}"
    );
    assert!(about.contains("(rule clean:90%)"), "{about}");
}

#[test]
fn without_rows_kept_back_the_highest_training_score_is_the_threshold() {
    let table = rows(3, 600, 0);
    let trained = Trained::new(&table, &["--clean"]);
    let highest = records(&trained.scores)
        .iter()
        .map(|row| number(row, "score"))
        .fold(0.0, f64::max);
    let flag = &trained.told["flag"];
    assert!((flag["threshold"].as_f64().unwrap() - highest).abs() < 1e-5 * highest);
    let sentence = flag["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("clean: nothing flagged of 600 rows; threshold ")
            && sentence.ends_with("the highest training score"),
        "{sentence}"
    );
    // The rows that were learned from are none of them new.
    let again = trained.score(&trained.file(&table), &[]);
    let scored = records(&text(&again.stdout));
    assert!(
        scored
            .iter()
            .all(|row| row["flagged"] == "0" && number(row, "p") > 1.0 / 601.0)
    );
    assert!(scored.iter().any(|row| number(row, "p") < 2.5 / 601.0));
    let said = text(&again.stderr);
    assert!(
        said.contains("0 rows score above all 600 training rows"),
        "{said}"
    );
    // Rows that break the rule everywhere are more than chance.
    let said = text(&trained.score(&trained.file(&rows(4, 600, 100)), &[]).stderr);
    assert!(
        said.contains("of its rows score above every training row"),
        "{said}"
    );
}

#[test]
fn rows_are_kept_back_from_every_network_and_from_every_window() {
    let two = Trained::new(
        &rows(5, 500, 0),
        &["--flag", "clean:95%", "--seeds", "2", "--valid", "0.4"],
    );
    assert_eq!(two.told["flag"]["ordinary"]["rows"], 200);
    // Of 500 rows there are 485 windows of 16: the last 97 are kept back, and the rows of the others reach to row 403.
    let windows = Trained::new(&rows(6, 500, 0), &["--clean=.9", "--window", "16"]);
    assert_eq!(windows.told["flag"]["ordinary"]["rows"], 97);
    let scored = windows.score(&windows.file(&rows(6, 500, 0)), &[]);
    let kept = records(&text(&scored.stdout));
    let above = kept[403..]
        .iter()
        .filter(|row| row["flagged"] == "1")
        .count();
    assert_eq!(
        above,
        97 - 89,
        "⌈98 · 0.9⌉ of the rows kept back stay below"
    );
    let few = Trained::new(&rows(7, 50, 0), &["--clean=99%"]);
    let sentence = few.told["flag"]["sentence"].as_str().unwrap();
    assert!(
        sentence
            .ends_with("the highest score of 10 rows kept back from training, too few for 99 %"),
        "{sentence}"
    );
}

#[test]
fn what_cannot_be_promised_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("t.csv");
    fs::write(&table, rows(8, 60, 0)).unwrap();
    let table = table.to_str().unwrap();
    let refused = |arguments: &[&str], words: &str| {
        let output = misfit(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains(words), "{arguments:?}: {said}");
    };
    refused(&["train", table, "--clean=30%"], "from 50% to 100%");
    refused(
        &["train", table, "--clean", "--flag", "auto"],
        "cannot be used with",
    );
    refused(
        &["train", table, "--clean=99%", "--valid", "0"],
        "--valid 0 keeps none",
    );
    refused(
        &["compare", table, "--clean"],
        "leave out --flag and --clean",
    );
    let labelled = folder.path().join("l.csv");
    let rows = rows(9, 60, 0);
    let mut lines = rows.lines();
    let mut text = format!("{},label\n", lines.next().unwrap());
    for (row, line) in lines.enumerate() {
        let _ = writeln!(text, "{line},{}", u8::from(row == 7));
    }
    fs::write(&labelled, text).unwrap();
    let said = done(misfit(&[
        "train",
        labelled.to_str().unwrap(),
        "--clean",
        "--steps",
        "20",
        "--quiet",
    ]));
    let said = self::text(&said.stdout);
    assert!(
        said.contains("the label calls 1 row an outlier, and --clean takes all rows as ordinary"),
        "{said}"
    );
}
