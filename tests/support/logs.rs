//! Logs in Parquet, with columns of every plain kind, and the program that scores them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int64Array,
    RecordBatch, StringArray, TimestampMillisecondArray,
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;

/// Rows of a row group.
const GROUP: usize = 1_500;

/// Rows `first..first + count` of a log.
pub fn batch(first: usize, count: usize) -> RecordBatch {
    let rows = || first..first + count;
    let t = |row: usize| row as f64 * 0.37;
    let odd = |row: usize| row % 1_501 == 777;
    let level = |row: usize| match row % 101 {
        0 => Some("seldom, \"quoted\""),
        1 => None,
        other => Some(["red", "green", "blue"][other % 3]),
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "name",
            Arc::new(StringArray::from_iter_values(
                rows().map(|row| format!("n{row}")),
            )),
        ),
        (
            "a",
            Arc::new(Float64Array::from_iter_values(
                rows().map(|row| t(row).sin()),
            )),
        ),
        (
            "b",
            Arc::new(Float32Array::from_iter_values(rows().map(|row| {
                if odd(row) {
                    40.0
                } else {
                    (t(row) * 1.7).cos() as f32
                }
            }))),
        ),
        (
            "gaps",
            Arc::new(
                rows()
                    .map(|row| (row % 97 != 3).then(|| t(row).sin() * 2.0 + t(row).cos()))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "count",
            Arc::new(Int64Array::from_iter_values(
                rows().map(|row| (row * 7_919 % 1_000) as i64),
            )),
        ),
        (
            "price",
            Arc::new(
                Decimal128Array::from_iter_values(
                    rows().map(|row| (row * 104_729 % 100_000) as i128 - 50_000),
                )
                .with_precision_and_scale(10, 2)
                .unwrap(),
            ),
        ),
        (
            "when",
            Arc::new(TimestampMillisecondArray::from_iter_values(
                rows().map(|row| 1_700_000_000_500 + row as i64 * 17_000),
            )),
        ),
        (
            "day",
            Arc::new(Date32Array::from_iter_values(
                rows().map(|row| 19_000 + (row * 31 % 400) as i32),
            )),
        ),
        (
            "level",
            Arc::new(rows().map(level).collect::<StringArray>()),
        ),
        (
            "ok",
            Arc::new(
                rows()
                    .map(|row| Some(row % 7 != 0))
                    .collect::<BooleanArray>(),
            ),
        ),
        (
            "label",
            Arc::new(Int64Array::from_iter_values(
                rows().map(|row| i64::from(odd(row))),
            )),
        ),
        (
            "remark",
            Arc::new(StringArray::from_iter_values(
                rows().map(|row| format!("of no use {row}")),
            )),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

/// Writes a batch as Parquet, several row groups long.
pub fn write(path: &Path, batch: &RecordBatch) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// Some files of so many rows each, in a folder of their own.
pub fn files(folder: &Path, count: usize, rows: usize) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let name = |file: usize| folder.join(format!("part {file:02}.parquet"));
    (0..count)
        .map(|file| {
            write(&name(file), &batch(file * rows, rows));
            name(file)
        })
        .collect()
}

/// The program, which keeps nothing in the user's folders.
pub fn misfit(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(arguments);
    command
}

/// What it prints.
pub fn run(arguments: &[&str]) -> Output {
    misfit(arguments).output().unwrap()
}

/// What it prints where all is well.
#[track_caller]
pub fn fine(arguments: &[&str]) -> String {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Trains on a file, and gives the model's path.
pub fn train(file: &Path, model: PathBuf, more: &[&str]) -> PathBuf {
    let mut arguments = vec!["train", file.to_str().unwrap(), "--quiet", "--steps", "100"];
    arguments.extend(["--drop", "remark", "-o", model.to_str().unwrap()]);
    arguments.extend(more);
    fine(&arguments);
    model
}
