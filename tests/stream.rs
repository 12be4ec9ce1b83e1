//! Tables larger than memory: learned from a sample, every row scored in a second pass.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/larger.rs"]
mod larger;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{self, Output, Stdio};
use std::sync::Arc;

use misfit::message::{Ask, Browse, Command, Report, Scoring, Watch};
use misfit::score::metrics::{average_precision, roc_auc};
use misfit::stream::Scorer;
use misfit::worker::Worker;
use parquet::data_type::DoubleType;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

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
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
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

/// What a run wrote of every row, by row: score, rank, flag and reason.
fn lines(path: &Path) -> HashMap<u32, (f32, String, String, String)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names = reader.headers().unwrap().clone();
    assert_eq!(
        names.iter().take(4).collect::<Vec<_>>(),
        ["row", "score", "rank", "flagged"]
    );
    let reason = names.len() - 1;
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| {
            let cell = |place: usize| record[place].to_owned();
            let score = record[1].parse().unwrap();
            (
                record[0].parse().unwrap(),
                (score, cell(2), cell(3), cell(reason)),
            )
        })
        .collect()
}

#[test]
fn a_larger_table_is_told_of_as_fully_as_one_that_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (csv, all, out, page) = (
        path("t.csv"),
        path("all.csv"),
        path("out.csv"),
        path("page.html"),
    );
    fs::write(&csv, table()).unwrap();
    let [file, scores, export, report] =
        [&csv, &all, &out, &page].map(|path| path.to_str().unwrap());
    let told = json(&train(
        &[
            file, "--memory", "1MB", "--flag", "top:25", "--scores", scores, "--export", export,
            "--report", report,
        ],
        None,
    ));
    assert_eq!(told["networks"][0]["steps"], 200);
    assert!(!told["history"].as_array().unwrap().is_empty());
    // The first rows of the file and not of the sample.
    assert_eq!(
        (&told["flagged"], &told["flag"]["rule"]),
        (&25.into(), &"top:25".into())
    );
    assert_eq!(told["outliers_flagged"], 4);
    let lines = lines(&all);
    assert_eq!(lines.len(), ROWS);
    let flagged: Vec<_> = lines.values().filter(|line| line.2 == "1").collect();
    assert_eq!(flagged.len(), 25);
    assert!(flagged.iter().all(|line| !line.3.is_empty()));
    // Ranks are those of sorting everything, as far as they are known.
    let mut sorted: Vec<(u32, f32)> = lines.iter().map(|(row, line)| (*row, line.0)).collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    for (rank, (row, _)) in sorted.iter().enumerate() {
        let expected = if rank < 10_000 {
            (rank + 1).to_string()
        } else {
            String::new()
        };
        assert_eq!(lines[row].1, expected, "row {row}");
    }
    // Counted judgements are within their bounds of the exact ones.
    let mut truth = csv::Reader::from_path(&all).unwrap();
    let label = truth
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "label");
    let (scores, outlier): (Vec<f32>, Vec<bool>) = truth
        .records()
        .map(Result::unwrap)
        .map(|record| {
            (
                record[1].parse::<f32>().unwrap(),
                &record[label.unwrap()] == "1",
            )
        })
        .unzip();
    for (name, exact) in [
        ("roc_auc", roc_auc(&scores, &outlier)),
        ("average_precision", average_precision(&scores, &outlier)),
    ] {
        let [value, off] =
            [name.to_owned(), format!("{name}_off")].map(|name| told[name].as_f64().unwrap());
        assert!(
            (value - exact.unwrap()).abs() <= off + 1e-9,
            "{name}: {value} {exact:?}"
        );
    }
    let bars = told["histogram"].as_array().unwrap().iter();
    let counted: u64 = bars.map(|bar| bar["rows"].as_u64().unwrap()).sum();
    assert_eq!(counted, ROWS as u64);
    // The cells are the file's own, whether the sample had the row or not.
    let text = fs::read_to_string(&csv).unwrap();
    let mut exported = csv::Reader::from_path(&out).unwrap();
    let mut count = 0;
    for (place, record) in exported.records().map(Result::unwrap).enumerate() {
        assert_eq!(record[0], (place + 1).to_string());
        assert_eq!(record[1].parse::<u32>().unwrap(), sorted[place].0);
        let cells: Vec<&str> = record.iter().skip(6).collect();
        assert!(
            text.contains(&format!("\n{}\n", cells.join(","))),
            "{cells:?}"
        );
        count += 1;
    }
    assert_eq!(count, 25);
    assert!(fs::read_to_string(&page).unwrap().contains("30,000"));
}

#[test]
fn threads_and_ways_to_the_file_change_no_score() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let csv = path("t.csv");
    fs::write(&csv, table()).unwrap();
    let packed = path("t.csv.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(File::create(&packed).unwrap(), flate2::Compression::fast());
    encoder.write_all(table().as_bytes()).unwrap();
    encoder.finish().unwrap();
    let out = path("out");
    let of = |file: &Path, more: &[&str], stdin: Option<&Path>| {
        let arguments = [
            file.to_str().unwrap(),
            "--memory",
            "1MB",
            "--sample",
            "3000",
            "--scores",
            out.to_str().unwrap(),
        ];
        let told = json(&train(&[&arguments[..], more].concat(), stdin));
        assert_eq!(told["rows"], ROWS);
        let mut all: Vec<(u32, u32)> = scores(&out)
            .into_iter()
            .map(|(row, score)| (row, score.to_bits()))
            .collect();
        all.sort_unstable();
        all
    };
    let plain = of(&csv, &["--threads", "1"], None);
    assert_eq!(plain.len(), ROWS);
    assert!(plain == of(&csv, &["--threads", "3"], None));
    assert!(plain == of(&packed, &[], None));
    assert!(plain == of(Path::new("-"), &[], Some(&csv)));
}

#[test]
fn several_files_and_parquet_are_scored_to_the_last_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (table, out) = (table(), path("out"));
    let (header, rows) = table.split_once('\n').unwrap();
    let half = rows[..rows.len() / 2].rfind('\n').unwrap() + 1;
    for (name, rows) in [("1.csv", &rows[..half]), ("2.csv", &rows[half..])] {
        fs::write(path(name), format!("{header}\n{rows}")).unwrap();
    }
    let [first, second, scored] = ["1.csv", "2.csv", "out"].map(|name| {
        let path = path(name);
        path.to_str().unwrap().to_owned()
    });
    let told = json(&train(
        &[&first, &second, "--memory", "1MB", "--scores", &scored],
        None,
    ));
    assert_eq!(
        (&told["rows"], &told["outliers"]),
        (&ROWS.into(), &4.into())
    );
    assert_eq!(scores(&out).len(), ROWS);

    let columns = "message t { required double a; required double b; required double name; }";
    let schema = Arc::new(parse_message_type(columns).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let file = File::create(path("t.parquet")).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
    for group in 0..6 {
        let mut groups = writer.next_row_group().unwrap();
        let rows = group * 5_000..(group + 1) * 5_000;
        let mut column = 0;
        while let Some(mut into) = groups.next_column().unwrap() {
            let value = |row: i32| match (column, row) {
                (1, 12_345) => 60.0,
                (0, row) => (f64::from(row) * 0.37).sin(),
                (1, row) => (f64::from(row) * 0.37).cos(),
                (_, row) => f64::from(row),
            };
            let values: Vec<f64> = rows.clone().map(value).collect();
            into.typed::<DoubleType>()
                .write_batch(&values, None, None)
                .unwrap();
            into.close().unwrap();
            column += 1;
        }
        groups.close().unwrap();
    }
    writer.close().unwrap();
    let parquet = path("t.parquet");
    let told = json(&train(
        &[
            parquet.to_str().unwrap(),
            "--memory",
            "300kB",
            "--scores",
            &scored,
        ],
        None,
    ));
    assert_eq!(
        (&told["rows"], &told["top"][0]["row"]),
        (&ROWS.into(), &12_346.into())
    );
    assert_eq!(scores(&out).len(), ROWS);
}

#[test]
fn a_file_that_changed_between_the_passes_is_named_with_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("t.csv");
    let why = |change: &dyn Fn()| {
        fs::write(&csv, table()).unwrap();
        let mut prepared = larger::plan(&csv)
            .prepare(&mut |_| ControlFlow::Continue(()))
            .unwrap();
        prepared.trainer.rank().unwrap();
        let (jury, found) = prepared.trainer.jury().unwrap();
        change();
        let scorer = Scorer {
            data: &prepared.data,
            jury,
            threshold: found.threshold(),
            threads: 1,
            names: false,
            picks: None,
        };
        scorer.pass(&mut |_| Ok(())).unwrap_err().chain()
    };
    let grown = why(&|| {
        let mut file = OpenOptions::new().append(true).open(&csv).unwrap();
        file.write_all(b"n,1,1,1,red,0\n").unwrap();
    });
    assert!(grown.contains("t.csv has grown by 14 B"), "{grown}");
    let shrunk = why(&|| fs::write(&csv, "name,a\n").unwrap());
    assert!(shrunk.contains("has shrunk by"), "{shrunk}");
    let gone = why(&|| fs::remove_file(&csv).unwrap());
    assert!(gone.contains("is gone"), "{gone}");
}

/// What the worker tells until something holds.
fn until(worker: &Worker, mut holds: impl FnMut(&Report) -> bool) -> Vec<Report> {
    let mut reports = Vec::new();
    while let Some(report) = worker.report() {
        let last = holds(&report);
        reports.push(report);
        if last {
            return reports;
        }
    }
    panic!("the worker ended: {:?}", reports.last());
}

#[test]
fn the_worker_ranks_all_rows_when_the_recipe_is_done_and_the_sample_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("t.csv");
    fs::write(&csv, table()).unwrap();
    let worker = larger::worker(&csv);
    let ranked = |total: usize| move |report: &Report| matches!(report, Report::Ranked(ranking) if ranking.total == total);
    let reports = until(&worker, ranked(ROWS));
    let sampled = reports.iter().find_map(|report| match report {
        Report::Loaded(loaded) => {
            assert_eq!(loaded.of, Some(ROWS));
            Some(loaded.rows)
        }
        _ => None,
    });
    let sampled = sampled.unwrap();
    let whole = reports.iter().find_map(|report| match report {
        Report::Scoring(Scoring::Done(whole)) => Some(whole.clone()),
        _ => None,
    });
    let whole = whole.unwrap();
    assert_eq!(
        (whole.rows, whole.sampled, whole.kept),
        (ROWS, sampled, 10_000)
    );
    assert_eq!(whole.numbers.len(), whole.ids.as_ref().unwrap().len());
    let Some(Report::Ranked(ranking)) = reports.last() else {
        panic!("{:?}", reports.last());
    };
    // A planted row that the sample lacks has reasons and a page like any other.
    let behind = ranking
        .rows
        .iter()
        .take(4)
        .find(|ranked| ranked.row as usize >= sampled);
    let behind = behind.expect("the sample does not have all of them").row;
    worker.send(Command::Watch(Watch {
        row: Some(behind),
        ..Watch::default()
    }));
    let reports = until(
        &worker,
        |report| matches!(report, Report::Explained(explained) if explained.page.is_some()),
    );
    let Some(Report::Explained(explained)) = reports.last() else {
        unreachable!();
    };
    let page = explained.page.as_ref().unwrap();
    assert_eq!(
        page.place.unwrap().rank as usize,
        ranking
            .rows
            .iter()
            .position(|ranked| ranked.row == behind)
            .unwrap()
    );
    assert_eq!(page.cells[1].text.as_deref(), Some("40.00000"));
    // The table shows the first rows, in their order, with their cells.
    worker.send(Command::Weigh(Some(vec![behind])));
    worker.send(Command::Browse(Browse::Show(Ask {
        count: 5,
        ..Ask::default()
    })));
    let told = until(
        &worker,
        |report| matches!(report, Report::Browsed(browsed) if browsed.lines.first().is_some_and(|line| line.rank == Some(0))),
    );
    let Some(Report::Browsed(browsed)) = told.last() else {
        unreachable!();
    };
    assert_eq!(browsed.total, 10_000);
    for (line, ranked) in browsed.lines.iter().zip(&ranking.rows) {
        assert_eq!((line.row, line.score), (ranked.row, ranked.score));
        assert_eq!(line.cells.len(), 6);
    }
    worker.send(Command::Spread(true));
    let told = until(&worker, |report| matches!(report, Report::Spread(_)));
    let Some(Report::Spread(spread)) = told.last() else {
        unreachable!();
    };
    assert_eq!(spread.total(), ROWS);
    assert_eq!(spread.above(ranking.flag.threshold), ranking.flag.count);
    // Back to the sample, and on with the training, which shows the sample as it learns.
    worker.send(Command::ShowWhole(false));
    until(&worker, ranked(sampled));
    worker.send(Command::ShowWhole(true));
    until(&worker, ranked(ROWS));
    worker.send(Command::Resume);
    until(&worker, ranked(sampled));
    worker.send(Command::ScoreAll);
    worker.send(Command::ScoreAll);
    until(&worker, |report| {
        matches!(report, Report::Scoring(Scoring::Stopped | Scoring::Done(_)))
    });
    drop(worker);
}
