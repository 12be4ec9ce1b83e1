//! Arrow IPC files, which are Feather's second version, batch by batch. Structures become `a.b`, lists of numbers columns of
//! their own.

use std::fs::File;
use std::io::{self, BufReader};

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_ipc::reader::FileReader;

use crate::data::bytes::formats::flat::{Cell, Flat, Record, Records};
use crate::data::bytes::formats::pour::pour;
use crate::data::bytes::formats::{Converted, Damage, Said, saying};

/// The rows as a table.
pub fn open(file: File) -> io::Result<Converted<'static>> {
    let (say, said) = saying("");
    let reader = pour(move |spout| {
        let reader =
            FileReader::try_new(BufReader::new(file), None).map_err(|error| damage("", &error))?;
        let batches = reader.num_batches();
        let plural = if batches == 1 { "" } else { "es" };
        let _ = say.send(Said::Form(format!("Arrow, {batches} batch{plural}")));
        let rows = Batches {
            reader,
            batch: None,
            at: 0,
            read: 0,
        };
        io::copy(&mut Flat::text(rows, say)?, spout).map(drop)
    })?;
    Ok(Converted {
        reader: Box::new(reader),
        said,
        header: Some(true),
        named: Vec::new(),
    })
}

struct Batches {
    reader: FileReader<BufReader<File>>,
    batch: Option<RecordBatch>,
    /// The next row of the batch.
    at: usize,
    /// Batches so far.
    read: usize,
}

impl Records for Batches {
    fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            if let Some(batch) = self
                .batch
                .as_ref()
                .filter(|batch| self.at < batch.num_rows())
            {
                let mut record = Record::new();
                let schema = batch.schema();
                for (field, column) in schema.fields().iter().zip(batch.columns()) {
                    put(field.name().clone(), column, self.at, &mut record)
                        .map_err(|error| damage(&format!("batch {}", self.read), &error))?;
                }
                self.at += 1;
                return Ok(Some(record));
            }
            self.read += 1;
            self.at = 0;
            match self.reader.next() {
                None => return Ok(None),
                Some(Ok(batch)) => self.batch = Some(batch),
                Some(Err(error)) => return Err(damage(&format!("batch {}", self.read), &error)),
            }
        }
    }
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn put(name: String, column: &dyn Array, row: usize, record: &mut Record) -> Result<()> {
    let cell = if column.is_null(row) {
        Cell::Missing
    } else if let Some(members) = column.as_struct_opt() {
        for (member, values) in members.fields().iter().zip(members.columns()) {
            put(format!("{name}.{}", member.name()), values, row, record)?;
        }
        return Ok(());
    } else if let Some(numbers) = list(column, row).filter(|list| list.data_type().is_numeric()) {
        let numbers: Result<Vec<String>> = (0..numbers.len())
            .map(|at| {
                if numbers.is_null(at) {
                    Ok(String::new())
                } else {
                    text(&numbers, at)
                }
            })
            .collect();
        Some(numbers?)
            .filter(|numbers| !numbers.is_empty())
            .map_or(Cell::Missing, Cell::Numbers)
    } else {
        Cell::One(text(column, row)?)
    };
    record.push((name, cell));
    Ok(())
}

fn list(column: &dyn Array, row: usize) -> Option<arrow_array::ArrayRef> {
    let short = column.as_list_opt::<i32>().map(|lists| lists.value(row));
    let long = || column.as_list_opt::<i64>().map(|lists| lists.value(row));
    let fixed = || {
        column
            .as_fixed_size_list_opt()
            .map(|lists| lists.value(row))
    };
    short.or_else(long).or_else(fixed)
}

fn text(column: &dyn Array, row: usize) -> Result<String> {
    let options = FormatOptions::new()
        .with_display_error(false)
        .with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.f"));
    Ok(ArrayFormatter::try_new(column, &options)?
        .value(row)
        .try_to_string()?)
}

fn damage(place: &str, error: &dyn std::fmt::Display) -> io::Error {
    Damage::at(
        place,
        format!("this is no sound Arrow file: {error}"),
        "the file is damaged or cut off; write it anew",
    )
}
