//! Parquet, row group by row group. Groups within a row become `a.b`, lists of numbers columns of their own.

use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{LogicalType, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use crate::data::bytes::formats::flat::{Cell, Flat, Record, Records};
use crate::data::bytes::formats::pour::pour;
use crate::data::bytes::formats::value::{day, number, single, time};
use crate::data::bytes::formats::{Converted, Damage, saying};

/// The rows as a table.
pub fn open(file: File) -> io::Result<Converted<'static>> {
    let (say, said) = saying("");
    let work = move |spout: &mut _| {
        let reader = SerializedFileReader::new(file).map_err(|error| damage("", &error))?;
        let _ = say.send(super::Said::Form(form(&reader)));
        let schema = reader.metadata().file_metadata().schema();
        let nanos = schema.get_fields().iter().map(|field| is_nanos(field));
        let rows = Rows {
            nanos: nanos.collect(),
            groups: reader
                .metadata()
                .row_groups()
                .iter()
                .map(parquet::file::metadata::RowGroupMetaData::num_rows)
                .collect(),
            read: 0,
            iter: RowIter::from_file_into(Box::new(reader)),
        };
        io::copy(&mut Flat::text(rows, say)?, spout).map(drop)
    };
    Ok(Converted {
        reader: Box::new(pour(work)?),
        said,
        header: Some(true),
        named: Vec::new(),
    })
}

/// What kind of file it is, in words.
fn form(reader: &SerializedFileReader<File>) -> String {
    let groups = reader.metadata().row_groups();
    let mut packings: Vec<String> = Vec::new();
    for column in groups
        .iter()
        .flat_map(parquet::file::metadata::RowGroupMetaData::columns)
    {
        let packing = format!("{:?}", column.compression()).to_lowercase();
        let packing = packing.split('(').next().unwrap_or_default().to_owned();
        if !packings.contains(&packing) {
            packings.push(packing);
        }
    }
    let plural = if groups.len() == 1 { "" } else { "s" };
    let packings = packings.join(" and ");
    format!("Parquet, {} row group{plural}, {packings}", groups.len())
}

/// Whether a column holds times in nanoseconds, which the records of the crate give as plain numbers.
fn is_nanos(field: &Type) -> bool {
    matches!(
        field.get_basic_info().logical_type_ref(),
        Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS
    )
}

struct Rows {
    iter: RowIter<'static>,
    nanos: Vec<bool>,
    /// Rows of each group.
    groups: Vec<i64>,
    read: i64,
}

impl Rows {
    /// The row group that is read, 1 = first.
    fn place(&self) -> String {
        let mut before = 0;
        let group = self.groups.iter().position(|rows| {
            before += rows;
            self.read < before
        });
        let group = group.unwrap_or(self.groups.len().saturating_sub(1));
        format!("row group {} of {}", group + 1, self.groups.len())
    }
}

impl Records for Rows {
    fn next(&mut self) -> io::Result<Option<Record>> {
        // The crate panics where a page does not hold what the file's end promises.
        let next = catch_unwind(AssertUnwindSafe(|| self.iter.next()));
        let row = match next {
            Ok(None) => return Ok(None),
            Ok(Some(Ok(row))) => row,
            Ok(Some(Err(error))) => return Err(damage(&self.place(), &error)),
            Err(_) => {
                return Err(Damage::at(
                    self.place(),
                    "it does not hold what the end of the file promises",
                    ADVICE,
                ));
            }
        };
        self.read += 1;
        let mut record = Record::new();
        for (column, (name, field)) in row.into_columns().into_iter().enumerate() {
            let nanos = self.nanos.get(column).is_some_and(|nanos| *nanos);
            match field {
                Field::Long(since) if nanos => {
                    let time = time(
                        since.div_euclid(1_000_000_000),
                        since.rem_euclid(1_000_000_000),
                    );
                    record.push((name, Cell::One(time)));
                }
                field => put(name, field, &mut record),
            }
        }
        Ok(Some(record))
    }
}

const ADVICE: &str = "the file is damaged or cut off; write it anew";

fn damage(place: &str, error: &ParquetError) -> io::Error {
    let text = error.to_string();
    let text = text
        .split_once(": ")
        .map_or(text.as_str(), |(_, text)| text);
    Damage::at(place, format!("this is no sound Parquet: {text}"), ADVICE)
}

fn put(name: String, field: Field, record: &mut Record) {
    match field {
        Field::Group(row) => put_group(&name, row, record),
        Field::ListInternal(list) => {
            let cell = list_cell(list.elements());
            record.push((name, cell));
        }
        field => {
            let cell = text(&field).map_or(Cell::Missing, Cell::One);
            record.push((name, cell));
        }
    }
}

fn put_group(name: &str, row: Row, record: &mut Record) {
    for (member, field) in row.into_columns() {
        put(format!("{name}.{member}"), field, record);
    }
}

fn list_cell(elements: &[Field]) -> Cell {
    let as_number = |field: &Field| match field {
        Field::Null => Some(String::new()),
        Field::Str(_)
        | Field::Bytes(_)
        | Field::Group(_)
        | Field::ListInternal(_)
        | Field::MapInternal(_)
        | Field::Bool(_) => None,
        field => text(field),
    };
    let numbers: Option<Vec<String>> = elements.iter().map(as_number).collect();
    match numbers {
        Some(numbers) if numbers.is_empty() => Cell::Missing,
        Some(numbers) => Cell::Numbers(numbers),
        None => {
            let texts: Vec<String> = elements
                .iter()
                .map(std::string::ToString::to_string)
                .collect();
            Cell::One(format!("[{}]", texts.join(",")))
        }
    }
}

/// A value as text; none where it is missing.
fn text(field: &Field) -> Option<String> {
    let mut written = String::new();
    match field {
        Field::Null => return None,
        Field::Str(text) => return Some(text.clone()),
        Field::Bytes(bytes) => return Some(String::from_utf8_lossy(bytes.data()).into_owned()),
        Field::Double(value) => number(&mut written, *value),
        Field::Float(value) => number(&mut written, single(*value)),
        Field::Date(days) => return Some(day(i64::from(*days))),
        Field::TimestampMillis(since) => {
            return Some(time(
                since.div_euclid(1_000),
                since.rem_euclid(1_000) * 1_000_000,
            ));
        }
        Field::TimestampMicros(since) => {
            let nanos = since.rem_euclid(1_000_000) * 1_000;
            return Some(time(since.div_euclid(1_000_000), nanos));
        }
        field => {
            // Writing to a String cannot fail.
            let _ = write!(written, "{field}");
        }
    }
    Some(written)
}
