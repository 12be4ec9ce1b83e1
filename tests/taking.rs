//! Rows taken along from a table that was read from a file: what is said and written when the file changes, and what fits on a
//! clipboard.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use misfit::data::options::ReadOptions;
use misfit::data::source::Source;
use misfit::data::windows::choice::WindowChoice;
use misfit::error::Error;
use misfit::export::clipboard::{MOST, copy, copy_cell};
use misfit::export::rows;
use misfit::export::target::Refusal;
use misfit::export::{Job, Written};
use misfit::message::{Copy, CopyCell, Export, Formulas, Rows};
use misfit::model::spec::{Activation, BiasChoice};
use misfit::plan::{Plan, Prepared};
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Length, Preset, Recipe};

const ROWS: usize = 3_000;

fn table(folder: &Path) -> PathBuf {
    let path = folder.join("t.csv");
    let mut text = "x,y,word,free\n".to_owned();
    for row in 0..ROWS {
        let word = ["up", "down", "left"][row % 3];
        let free = "lorem ipsum ".repeat(row % 2);
        writeln!(
            text,
            "{}.250,{},{word},{free}{row} etc",
            row % 100,
            row * row % 101
        )
        .unwrap();
    }
    fs::write(&path, text).unwrap();
    path
}

fn prepared(path: &Path) -> Prepared {
    let plan = Plan {
        source: Source::Path(path.into()),
        read: ReadOptions::default(),
        preset: Preset::Auto,
        recipe: Recipe {
            length: Length::Steps(5),
            snapshots: Vec::new(),
            ..Recipe::new(Preset::Auto)
        },
        window: WindowChoice::Found,
        hidden: None,
        activations: [Activation::Tanh, Activation::Linear, Activation::Linear],
        bias: BiasChoice::All,
        tied: false,
        start: None,
        model: None,
        engine: FusedEngine::build,
    };
    let mut prepared = plan.prepare(&mut |_| ControlFlow::Continue(())).unwrap();
    prepared.trainer.rank().unwrap();
    prepared
}

fn exported(prepared: &mut Prepared, path: &Path, rows: Rows) -> (Written, Vec<Vec<String>>) {
    let asked = Export {
        path: path.into(),
        rows,
        formulas: Formulas::Keep,
        overwrite: true,
    };
    let job = Job::new(&prepared.trainer, asked).unwrap();
    let written = job.run(2, &mut |_, _| ControlFlow::Continue(())).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    let records = reader
        .records()
        .map(|record| record.unwrap().iter().map(Into::into).collect());
    (written, records.collect())
}

#[test]
fn of_a_file_that_has_changed_the_values_are_written_as_they_were_read() {
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (table(folder.path()), folder.path().join("o.csv"));
    let mut prepared = prepared(&table);
    let (written, records) = exported(&mut prepared, &out, Rows::All);
    assert_eq!((written.source, written.rows), (rows::Source::File, ROWS));
    assert_eq!(records[0][5..], ["x", "y", "word", "free"]);
    let row_8 =
        |records: &[Vec<String>]| records.iter().find(|row| row[1] == "8").unwrap()[5..].to_vec();
    assert_eq!(
        row_8(&records),
        ["7.250", "49", "down", "lorem ipsum 7 etc"]
    );

    fs::write(&table, "x\n1\n").unwrap();
    let (written, records) = exported(&mut prepared, &out, Rows::All);
    assert_eq!(
        (written.source, written.rows),
        (rows::Source::Changed, ROWS)
    );
    assert!(written.sentence("").contains("has changed"));
    assert_eq!(records[0][5..], ["x", "y", "word"]);
    assert_eq!(row_8(&records), ["7.25", "49", "down"]);
}

#[test]
fn hanging_up_in_the_middle_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (table(folder.path()), folder.path().join("o.csv"));
    let prepared = prepared(&table);
    let asked = Export {
        path: out,
        rows: Rows::All,
        formulas: Formulas::Keep,
        overwrite: false,
    };
    let mut told = Vec::new();
    let job = Job::new(&prepared.trainer, asked).unwrap();
    let stopped = job.run(2, &mut |done, of| {
        told.push((done, of));
        if done > 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(
        matches!(stopped, Err(Refusal::Failed(Error::Stopped))),
        "{stopped:?}"
    );
    assert_eq!((told.len(), told[0]), (2, (0, ROWS)), "some rows at a time");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_clipboard_takes_so_much_and_what_is_left_out_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = prepared(&table(folder.path()));
    let copied = |rows| {
        let formulas = Formulas::Keep;
        copy(&prepared.trainer, &Copy { rows, formulas }, "").unwrap()
    };
    let all = copied(Rows::All);
    assert!(
        all.text.len() <= MOST && all.text.len() > MOST - 200,
        "{}",
        all.text.len()
    );
    let fits = all.text.lines().count() - 1;
    assert!(
        all.text.ends_with('\n') && all.sentence.contains("of 3,000 rows"),
        "{}",
        all.sentence
    );
    let few = copied(Rows::Top(3));
    assert_eq!(few.text.lines().count(), 4);
    assert!(fits > 100 && all.text.starts_with(&few.text));
}

#[test]
fn a_cell_is_copied_as_it_stands_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path());
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("1,2,up,\"=a \"\"b\"\"\nc\"\n1,2,up,\n");
    fs::write(&path, text).unwrap();
    let prepared = prepared(&path);
    let copied = |row: usize, column, formulas| {
        let asked = CopyCell {
            row: row as u32,
            column,
            formulas,
        };
        copy_cell(prepared.trainer.data(), &asked, ":formulas quote")
    };
    let number = copied(7, 0, Formulas::Keep);
    assert_eq!(number.text, "7.250");
    let said = "copied the cell of x in row 8: “7.250” (5 B)";
    assert!(number.sentence.starts_with(said), "{}", number.sentence);
    let formula = copied(ROWS, 3, Formulas::Keep);
    assert_eq!(formula.text, "=a \"b\"\nc");
    assert!(formula.sentence.contains("begins like a formula"));
    assert_eq!(copied(ROWS, 3, Formulas::Quote).text, "'=a \"b\"\nc");
    let empty = copied(ROWS + 1, 3, Formulas::Keep);
    assert!(empty.text.is_empty() && empty.sentence.contains("empty"));

    // Of a file that has changed, what was read of the columns in use.
    fs::write(&path, "x\n1\n").unwrap();
    assert_eq!(copied(7, 0, Formulas::Keep).text, "7.25");
    assert!(copied(7, 3, Formulas::Keep).sentence.contains("nothing"));
}
