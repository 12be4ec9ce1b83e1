//! Tables larger than memory: learned from a sample, every row scored in a second pass.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ROWS: usize = 30_000;

/// Numbers, dates, words, gaps, names and a label; a few rows planted.
fn table() -> String {
    let mut text = "name,a,b,c,word,label\n".to_owned();
    for row in 0..ROWS {
        let t = row as f64 * 0.37;
        let odd = row % 7_001 == 5_000;
        let b = if odd { 40.0 } else { (t * 1.7).cos() };
        let c = if row % 97 == 3 {
            String::new()
        } else {
            format!("{:.5}", t.sin() * 2.0 + t.cos())
        };
        let word = match row % 101 {
            0 => "seldom",
            1 => "",
            other => ["red", "green", "blue"][other % 3],
        };
        let (a, odd) = (t.sin(), u8::from(odd));
        let _ = writeln!(text, "n{row},{a:.5},{b:.5},{c},{word},{odd}");
        if row % 5_000 == 7 {
            text.push_str("short,1\n");
        }
    }
    text
}

fn train(arguments: &[&str], stdin: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.args([
        "train", "--quiet", "--json", "--steps", "200", "--id", "name",
    ]);
    command.args(arguments);
    command.stdin(stdin.map_or_else(Stdio::null, |path| File::open(path).unwrap().into()));
    command.output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn scores(path: &Path) -> HashMap<u32, f32> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| (record[0].parse().unwrap(), record[1].parse().unwrap()))
        .collect()
}

#[test]
fn sampled_rows_score_as_in_memory_and_every_row_is_scored() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (csv, streamed, sampled, piped) = (
        path("t.csv"),
        path("streamed"),
        path("sampled"),
        path("piped"),
    );
    fs::write(&csv, table()).unwrap();
    let [file, into, sample, pipe] =
        [&csv, &streamed, &sampled, &piped].map(|path| path.to_str().unwrap());
    let larger = json(&train(&[file, "--memory", "1MB", "--scores", into], None));
    assert_eq!(larger["rows"], ROWS);
    let drawn = larger["sampled_rows"].as_u64().unwrap();
    assert!((1_000..ROWS as u64 / 2).contains(&drawn), "{drawn}");
    let count = drawn.to_string();
    let in_memory = json(&train(
        &[file, "--sample", &count, "--scores", sample],
        None,
    ));
    assert_eq!(in_memory["rows"], drawn);
    assert_eq!(in_memory["flag"], larger["sample"]["flag"]);
    let (all, some) = (scores(&streamed), scores(&sampled));
    assert_eq!((all.len(), some.len() as u64), (ROWS, drawn));
    // To the bit.
    for (row, score) in &some {
        assert_eq!(all[row].to_bits(), score.to_bits(), "row {row}");
    }
    // The planted rows come first, whether the sample has them or not, with their names and reasons.
    for top in larger["top"].as_array().unwrap().iter().take(4) {
        assert_eq!(top["column"], "b", "{top}");
        assert!(top["id"].as_str().unwrap().starts_with('n'));
    }
    let highest = all.values().copied().fold(0.0, f32::max);
    assert!((larger["top"][0]["score"].as_f64().unwrap() - f64::from(highest)).abs() < 1e-3);
    assert_eq!(larger["outliers"], 4);
    // A pipe is read again from where it was kept.
    json(&train(
        &["-", "--memory", "1MB", "--sample", &count, "--scores", pipe],
        Some(&csv),
    ));
    assert_eq!(scores(&piped).len(), ROWS);
}

#[test]
fn what_a_second_pass_cannot_do_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("t.csv");
    fs::write(&csv, table()).unwrap();
    let file = csv.to_str().unwrap();
    for (flag, value, said) in [
        ("--window", "8", "leave out --window"),
        ("--score", "lesinn", "take --score network"),
    ] {
        let output = train(&[file, "--memory", "1MB", flag, value], None);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(said), "{error}");
    }
}
