//! `--model`: other rows looked at through a model that was trained before score as `misfit score` scores them, nothing is trained
//! until somebody asks, and then training goes on from its weights.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/program.rs"]
mod program;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use misfit::data::read::ReadOptions;
use misfit::data::source::Source;
use misfit::data::windows::choice::WindowChoice;
use misfit::message::{Change, Choice, Command, Exported, Report, Save};
use misfit::model::spec::BiasChoice;
use misfit::plan::given::Opened;
use misfit::plan::{Plan, Prepared};
use misfit::score::flag::FlagRule;
use misfit::score::ranking::By;
use misfit::store::model::{Job, Model};
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Length, Preset, Recipe, activations};
use misfit::worker::Worker;
use tempfile::TempDir;

use program::{done, misfit, text};

/// Numbers, dates, words, codes for missing values and names.
fn trained_on(rows: usize) -> String {
    let mut text = "name,at,temp,pressure,word,on,label\n".to_owned();
    for row in 0..rows {
        let t = row as f64 * 0.37;
        let temp = match row % 97 {
            3 => "-999".to_owned(),
            5 => String::new(),
            _ => format!("{:.3}", 20.0 + 5.0 * t.sin()),
        };
        let word = match row % 211 {
            0 => "seldom",
            1 => "rare",
            other => ["red", "green", "blue"][other % 3],
        };
        let (hour, minute, day) = (row * 7 % 24, row * 13 % 60, 1 + row * 11 % 28);
        let _ = writeln!(
            text,
            "n{row},2024-03-{day:02} {hour:02}:{minute:02},{temp},{:.5},{word},{},{}",
            (t * 1.7).cos() + t.sin(),
            ["no", "yes"][row % 5 / 4],
            u8::from(row % 301 == 17)
        );
    }
    text
}

/// Rows for the same model: other columns first, one that is new, one that says the same throughout, words that were not there.
fn other(rows: usize) -> String {
    let mut text = "extra;on;pressure;word;temp;at;name\n".to_owned();
    for row in 0..rows {
        let t = row as f64 * 0.51;
        let temp = if row % 50 == 9 {
            "-999".into()
        } else {
            format!("{:.2}", 20.0 + 5.0 * t.cos())
        };
        let word = ["red", "purple", "", "blue"][row % 4];
        let on = if row % 30 == 0 { "perhaps" } else { "yes" };
        let pressure = if row == 77 { 50.0 } else { 0.25 };
        let (day, hour) = (1 + row * 5 % 28, row * 3 % 24);
        let _ = writeln!(
            text,
            "{row};{on};{pressure};{word};{temp};{day:02}.04.2024 {hour:02}:30;m{row}"
        );
    }
    text
}

struct Trained {
    folder: TempDir,
    model: PathBuf,
}

impl Trained {
    fn new(table: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [path, model] = ["table.csv", "table.misfit"].map(|name| folder.path().join(name));
        fs::write(&path, table).unwrap();
        let mut arguments = vec!["train", "--quiet", "--steps", "200"];
        arguments.extend(flags);
        arguments.extend([path.to_str().unwrap(), "-o", model.to_str().unwrap()]);
        done(misfit(&arguments));
        Self { folder, model }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn plan(&self, table: &Path) -> Plan {
        let preset = Preset::Auto;
        Plan {
            source: Source::Path(table.into()),
            read: ReadOptions::default(),
            preset,
            recipe: Recipe {
                length: Length::Steps(60),
                ..Recipe::new(preset)
            },
            window: WindowChoice::Found,
            hidden: None,
            activations: activations(preset),
            bias: BiasChoice::All,
            tied: false,
            start: None,
            model: Some(Opened {
                file: "table.misfit".into(),
                model: Model::open(&self.model, None).unwrap(),
            }),
            engine: FusedEngine::build,
        }
    }

    fn prepared(&self, table: &Path) -> Prepared {
        self.plan(table)
            .prepare(&mut |_| ControlFlow::Continue(()))
            .unwrap()
    }

    /// The scores that `misfit score` gives, by row number, and which rows it flags.
    fn scored(&self, table: &Path) -> HashMap<u32, (f32, bool)> {
        let files = [&self.model, table].map(|path: &Path| path.to_str().unwrap());
        let output = done(misfit(&["score", files[0], files[1], "--label", "none"]));
        let mut reader = csv::Reader::from_reader(&output.stdout[..]);
        let record = |record: csv::StringRecord| {
            (
                record[0].parse().unwrap(),
                (record[1].parse().unwrap(), &record[2] == "1"),
            )
        };
        reader
            .records()
            .map(|found| record(found.unwrap()))
            .collect()
    }
}

/// The rows score, to the bit, as `misfit score` scores them, and the same are flagged.
#[track_caller]
fn agrees(trained: &Trained, table: &Path) {
    let mut prepared = trained.prepared(table);
    let scored = trained.scored(table);
    let (network, _) = prepared.trainer.scores().unwrap();
    let (own, _) = prepared.trainer.ranking_scores(&network);
    assert_eq!(own.len(), scored.len());
    for (row, score) in own.iter().enumerate() {
        let number = prepared.table.number(row);
        assert_eq!(
            score.to_bits(),
            scored[&number].0.to_bits(),
            "row {number}: {score} {:?}",
            scored[&number]
        );
    }
    let flag = prepared.trainer.rank().unwrap().flag;
    let flagged = scored.values().filter(|(_, flagged)| *flagged).count();
    assert_eq!(flag.count, flagged);
    assert!(matches!(flag.rule, FlagRule::Model(threshold) if threshold == flag.threshold));
}

#[test]
fn rows_score_as_misfit_score_scores_them() {
    let table = trained_on(1_500);
    for flags in [
        &[][..],
        &["--seeds", "2"],
        &["--score", "network+local", "--bias", "none"],
        &["--score", "both"],
        &["--score", "lesinn"],
        &["--clean=95%"],
        &["--preset", "classic"],
    ] {
        let trained = Trained::new(&table, flags);
        agrees(&trained, &trained.file("other.csv", &other(700)));
        agrees(&trained, &trained.file("same.csv", &table));
    }
    let clock = Trained::new(&table, &["--kind", "at=clock"]);
    agrees(&clock, &clock.file("other.csv", &other(700)));
}

#[test]
fn windows_are_cut_as_the_model_cuts_them() {
    let series = |rows: i64, from: i64| {
        let mut text = "time,machine,flow,level\n".to_owned();
        for row in 0..rows {
            let t = (row + from) as f64 * 0.11;
            let flow = t.sin() + if (300..312).contains(&row) { 3.0 } else { 0.0 };
            let seconds = 1_700_000_000 + row / 2 * 60 + if row > 500 { 90_000 } else { 0 };
            let machine = ["a", "b"][row as usize % 2];
            let _ = writeln!(text, "{seconds},{machine},{flow:.4},{:.4}", (t * 0.7).cos());
        }
        text
    };
    let windows = ["--window", "16", "--step", "3", "--by", "machine"];
    let both = [&windows[..], &["--score", "both"]].concat();
    let trained = Trained::new(&series(1_500, 0), &both);
    agrees(&trained, &trained.file("later.csv", &series(800, 40)));
    let trained = Trained::new(&series(1_500, 0), &windows);
    let table = trained.file("later.csv", &series(800, 40));
    agrees(&trained, &table);
    let notices = trained.prepared(&table).table.notices.join("; ");
    assert!(!notices.contains("--window"), "{notices}");
}

#[test]
fn it_is_said_what_the_rows_are_looked_at_through_and_whether_it_fits() {
    let trained = Trained::new(&trained_on(1_500), &["--clean=90%"]);
    let prepared = trained.prepared(&trained.file("other.csv", &other(700)));
    let notices = &prepared.table.notices;
    assert!(notices[0].starts_with("network, columns and threshold are those of table.misfit, trained on 1,500 rows of table.csv"), "{notices:?}");
    let all = notices.join("; ");
    assert!(
        all.contains("the threshold is that of 300 ordinary rows kept back from training"),
        "{all}"
    );
    assert!(
        all.contains("1 column that the model does not know: “extra”")
            || all.contains("1 column that the model does not know: extra"),
        "{all}"
    );
    assert!(
        all.contains("beside the training the median row scores"),
        "{all}"
    );
    let through = prepared.loaded().model.unwrap();
    assert_eq!(
        (&*through.file, through.fits),
        ("table.misfit", !all.contains("may no longer fit"))
    );
    assert!(
        !through.fits,
        "a constant column and words that were not there: {all}"
    );
    let same = trained.prepared(&trained.file("same.csv", &trained_on(1_500)));
    assert!(
        same.loaded().model.unwrap().fits,
        "{:?}",
        same.table.notices
    );
}

#[test]
fn random_rows_are_the_model_s_until_training_goes_on() {
    let table = trained_on(600);
    let trained = Trained::new(&table, &["--score", "both"]);
    let mut prepared = trained.prepared(&trained.file("other.csv", &other(300)));
    let scores = |prepared: &mut Prepared| {
        let (network, _) = prepared.trainer.scores().unwrap();
        prepared.trainer.ranking_scores(&network)
    };
    let (through, by) = scores(&mut prepared);
    assert_eq!(by, By::Both);
    let own = Arc::new(prepared.references().unwrap());
    prepared.trainer.set_references(Arc::clone(&own));
    assert_eq!(scores(&mut prepared).0, through);
    prepared.train_on().unwrap();
    let (network, _) = prepared.trainer.scores().unwrap();
    let (ranking, by) = prepared.trainer.ranking_scores(&network);
    assert_eq!(by, By::Both);
    for ((score, network), lesinn) in ranking.iter().zip(&network).zip(&own.lesinn) {
        assert_eq!(*score, f32::midpoint(*network, *lesinn));
    }
    // What is kept of that is whole: the rows it draws are of this table.
    while !prepared.trainer.finished() {
        prepared.trainer.advance().unwrap();
    }
    prepared.trainer.rank().unwrap();
    assert!(Job::new(&mut prepared.trainer).is_ok());
}

#[test]
fn training_goes_on_from_the_weights_of_the_model() {
    let trained = Trained::new(&trained_on(600), &[]);
    let table = trained.file("same.csv", &trained_on(600));
    let mut prepared = trained.prepared(&table);
    assert!(prepared.trainer.is_given() && prepared.trainer.finished());
    let before = prepared.trainer.weights();
    prepared.train_on().unwrap();
    let run = &mut prepared.trainer;
    assert!(!run.is_given() && run.step() == 0 && run.limit() == Some(60));
    assert_eq!(run.weights(), before, "from where the model stands");
    assert_eq!(
        run.recipe().flag,
        FlagRule::Auto,
        "and by the rule of its training"
    );
    run.advance().unwrap();
    assert_ne!(run.weights(), before);
    let json = |flags: &[&str]| -> serde_json::Value {
        let files = [&table, &trained.model].map(|path| path.to_str().unwrap());
        let mut arguments = vec![
            "train", files[0], "--model", files[1], "--json", "--steps", "40",
        ];
        arguments.extend(flags);
        serde_json::from_slice(&done(misfit(&arguments)).stdout).unwrap()
    };
    let told = json(&[]);
    assert_eq!(
        (&told["steps"], &told["flag"]["rule"]),
        (&40.into(), &"auto".into())
    );
    assert!(
        told["notices"][1]
            .as_str()
            .unwrap()
            .contains("fresh optimizer"),
        "{}",
        told["notices"]
    );
    // What was learned is kept with the model's own columns.
    let next = trained.folder.path().join("next.misfit");
    json(&["-o", next.to_str().unwrap()]);
    let (old, new) = (
        Model::open(&trained.model, Some(1)).unwrap(),
        Model::open(&next, Some(1)).unwrap(),
    );
    assert_eq!(old.encoder.features, new.encoder.features);
    assert_eq!(old.sources, new.sources);
}

#[test]
fn nothing_is_trained_until_somebody_asks() {
    let trained = Trained::new(&trained_on(600), &[]);
    let plan = trained.plan(&trained.file("same.csv", &trained_on(600)));
    let mut origin = plan.source.origin();
    let worker = Worker::spawn("auto".into(), move |changes, advance| {
        let prepared = plan.prepare_from(&mut origin, changes, advance)?;
        Ok((prepared.loaded(), prepared.trainer))
    })
    .unwrap();
    let until = |last: &dyn Fn(&Report) -> bool| {
        let mut told = Vec::new();
        loop {
            let report = worker.report().unwrap();
            assert!(
                !matches!(report, Report::Failed(_) | Report::Ended(_)),
                "{report:?}"
            );
            let ends = last(&report);
            told.push(report);
            if ends {
                return told;
            }
        }
    };
    let ranked = until(&|report| matches!(report, Report::Ranked(_)));
    assert!(
        ranked
            .iter()
            .any(|report| matches!(report, Report::Finished))
    );
    assert!(
        !ranked
            .iter()
            .any(|report| matches!(report, Report::Advanced(_)))
    );
    // Its file is there already, and other columns are another model.
    let path = trained.folder.path().join("copy.misfit");
    worker.send(Command::Save(Save {
        path: path.clone(),
        overwrite: false,
    }));
    let refused = until(&|report| matches!(report, Report::Exported(_)));
    assert!(
        matches!(refused.last(), Some(Report::Exported(Exported::Failed(why))) if why.contains("space trains on"))
    );
    worker.send(Command::Reread(vec![Change::Column(
        "temp".into(),
        Choice::Drop,
    )]));
    let refused = until(&|report| matches!(report, Report::Refused(_)));
    assert!(
        matches!(refused.last(), Some(Report::Refused(why)) if why.contains("are those of table.misfit"))
    );
    worker.send(Command::Resume);
    let trained =
        until(&|report| matches!(report, Report::Advanced(advanced) if advanced.step == 60));
    let started = trained.iter().find_map(|report| match report {
        Report::Started(started) => Some((started.run, started.steps)),
        _ => None,
    });
    assert_eq!(started, Some((2, 60)));
    until(&|report| matches!(report, Report::Finished));
    worker.send(Command::Save(Save {
        path,
        overwrite: false,
    }));
    let saved = until(&|report| {
        matches!(
            report,
            Report::Exported(Exported::Done(_) | Exported::Failed(_))
        )
    });
    assert!(
        matches!(saved.last(), Some(Report::Exported(Exported::Done(_)))),
        "{saved:?}"
    );
}

#[test]
fn what_does_not_go_together_is_told_in_a_sentence() {
    let table = trained_on(400);
    let trained = Trained::new(&table, &[]);
    let same = trained.file("same.csv", &table);
    let said = |arguments: &[&str], code: i32| {
        let output = misfit(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    };
    let [same, model] = [&same, &trained.model].map(|path| path.to_str().unwrap());
    let lacks = trained.file(
        "lacks.csv",
        "temp,pressure,on\n1,2,yes\n2,3,no\n1,1,no\n2,2,yes\n",
    );
    let lacks = lacks.to_str().unwrap();
    let why = said(&["train", lacks, "--model", model], 1);
    assert!(why.contains("2 columns that the model was trained on are missing: at, word; it has temp, pressure, on"), "{why}");
    let why = said(&["train", same, "--model", same], 1);
    assert!(why.contains("this is no model file"), "{why}");
    let why = said(&["train", "--model", model], 2);
    assert!(why.contains("name the table"), "{why}");
    let why = said(&["train", model], 2);
    assert!(why.contains("misfit TABLE --model"), "{why}");
    for flags in [
        &["--layers", "3"][..],
        &["--flag", "auto"],
        &["--clean"],
        &["--drop", "temp"],
        &["--window", "8"],
    ] {
        let why = said(&[&["train", same, "--model", model][..], flags].concat(), 2);
        assert!(why.contains("cannot be used with"), "{why}");
    }
    let why = said(&["compare", same, "--model", model], 2);
    assert!(why.contains("leave out --model"), "{why}");
    let why = said(&["train", same, "--model", model, "--label", "temp"], 1);
    assert!(why.contains("the model was trained on column"), "{why}");
    let two = Trained::new(&table, &["--seeds", "2"]);
    let why = said(&["train", same, "--model", two.model.to_str().unwrap()], 1);
    assert!(why.contains("the mean of 2 networks"), "{why}");
}
