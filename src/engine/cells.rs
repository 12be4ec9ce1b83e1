//! Columns of Arrow as the program reads columns: as if their cells had been written as text and read again.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::types::{
    Date32Type, Date64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit};

use crate::data::bytes::formats::value::{day, number, single, time};
use crate::data::columns::guess::ReadAs;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::columns::piece::{Builder, Piece};
use crate::error::{Error, Result};

/// A column on its way.
struct Column {
    builder: Builder,
    /// Whether numbers need not be written to be read.
    numbers: bool,
    text: String,
}

/// The cells of a column, read so.
pub fn piece(
    array: &ArrayRef,
    read_as: ReadAs,
    spelling: Spelling,
    missing: &Arc<MissingWords>,
) -> Result<Piece> {
    let mut column = Column {
        builder: Builder::new(read_as, spelling, missing),
        numbers: read_as == ReadAs::Numbers,
        text: String::new(),
    };
    column.take(array)?;
    Ok(column.builder.finish())
}

/// Takes the cells of an array of one of the types of numbers that `i64` or `u64` hold.
macro_rules! whole {
    ($column:expr, $array:expr, $type:ty) => {{
        let values = $array.as_primitive::<$type>();
        for value in values {
            match value {
                Some(value) if $column.numbers => $column.builder.push_number(value as f64),
                Some(value) => $column.text(|text| {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "{value}");
                }),
                None => $column.none(),
            }
        }
    }};
}

/// Takes the cells of an array of another primitive type, each written so.
macro_rules! written {
    ($column:expr, $array:expr, $type:ty, $write:expr) => {{
        let values = $array.as_primitive::<$type>();
        for value in values {
            match value {
                Some(value) => $column.text(|text| text.push_str(&$write(value))),
                None => $column.none(),
            }
        }
    }};
}

impl Column {
    #[allow(
        clippy::cast_lossless,
        reason = "one macro serves integers of all widths"
    )]
    fn take(&mut self, array: &ArrayRef) -> Result<()> {
        match array.data_type() {
            DataType::Null => (0..array.len()).for_each(|_| self.none()),
            DataType::Dictionary(_, values) => {
                let plain = cast(array, values)
                    .map_err(|error| Error::Told(format!("cannot unpack a column: {error}")))?;
                return self.take(&plain);
            }
            DataType::Boolean => {
                for value in array.as_boolean() {
                    self.bytes(value.map(|value| if value { &b"true"[..] } else { b"false" }));
                }
            }
            DataType::Int8 => whole!(self, array, Int8Type),
            DataType::Int16 => whole!(self, array, Int16Type),
            DataType::Int32 => whole!(self, array, Int32Type),
            DataType::Int64 => whole!(self, array, Int64Type),
            DataType::UInt8 => whole!(self, array, UInt8Type),
            DataType::UInt16 => whole!(self, array, UInt16Type),
            DataType::UInt32 => whole!(self, array, UInt32Type),
            DataType::UInt64 => whole!(self, array, UInt64Type),
            DataType::Float16 => {
                let values = array.as_primitive::<Float16Type>();
                self.floats(values.iter().map(|value| Some(single(value?.to_f32()))));
            }
            DataType::Float32 => {
                let values = array.as_primitive::<Float32Type>();
                self.floats(values.iter().map(|value| Some(single(value?))));
            }
            DataType::Float64 => self.floats(array.as_primitive::<Float64Type>().iter()),
            DataType::Utf8 => self.words(array.as_string::<i32>().iter()),
            DataType::LargeUtf8 => self.words(array.as_string::<i64>().iter()),
            DataType::Utf8View => self.words(array.as_string_view().iter()),
            DataType::Binary => self.raw(array.as_binary::<i32>().iter()),
            DataType::LargeBinary => self.raw(array.as_binary::<i64>().iter()),
            DataType::BinaryView => self.raw(array.as_binary_view().iter()),
            DataType::FixedSizeBinary(_) => self.raw(array.as_fixed_size_binary().iter()),
            _ => return self.take_times(array),
        }
        Ok(())
    }

    fn take_times(&mut self, array: &ArrayRef) -> Result<()> {
        match array.data_type() {
            DataType::Date32 => written!(self, array, Date32Type, |days: i32| day(i64::from(days))),
            DataType::Date64 => written!(self, array, Date64Type, |since: i64| day(
                since.div_euclid(86_400_000)
            )),
            DataType::Timestamp(TimeUnit::Second, _) => {
                written!(self, array, TimestampSecondType, |since| time(since, 0));
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                written!(self, array, TimestampMillisecondType, |since| parts(
                    since, 1_000
                ));
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                written!(self, array, TimestampMicrosecondType, |since| parts(
                    since, 1_000_000
                ));
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                written!(self, array, TimestampNanosecondType, |since| parts(
                    since,
                    1_000_000_000
                ));
            }
            DataType::Time32(TimeUnit::Second) => {
                written!(self, array, Time32SecondType, |since: i32| of_day(
                    i64::from(since),
                    1
                ));
            }
            DataType::Time32(_) => {
                written!(self, array, Time32MillisecondType, |since: i32| of_day(
                    i64::from(since),
                    1_000
                ));
            }
            DataType::Time64(TimeUnit::Microsecond) => {
                written!(self, array, Time64MicrosecondType, |since| of_day(
                    since, 1_000_000
                ));
            }
            // The records of the crate `parquet` give these as plain numbers.
            DataType::Time64(_) => whole!(self, array, Time64NanosecondType),
            DataType::Decimal128(..) => {
                let values = array.as_primitive::<Decimal128Type>();
                for row in 0..values.len() {
                    self.decimal(values.is_valid(row), || values.value_as_string(row));
                }
            }
            DataType::Decimal256(..) => {
                let values = array.as_primitive::<Decimal256Type>();
                for row in 0..values.len() {
                    self.decimal(values.is_valid(row), || values.value_as_string(row));
                }
            }
            other => {
                return Err(Error::Told(format!(
                    "a column is of type {other}, which an engine does not hand on; score without --engine"
                )));
            }
        }
        Ok(())
    }

    fn none(&mut self) {
        self.builder.push(b"", 0);
    }

    fn bytes(&mut self, cell: Option<&[u8]>) {
        self.builder.push(cell.unwrap_or_default(), 0);
    }

    fn words<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>) {
        cells.for_each(|cell| self.bytes(cell.map(str::as_bytes)));
    }

    fn raw<'a>(&mut self, cells: impl Iterator<Item = Option<&'a [u8]>>) {
        for cell in cells {
            let text = cell.map(String::from_utf8_lossy);
            self.bytes(text.as_deref().map(str::as_bytes));
        }
    }

    fn floats(&mut self, cells: impl Iterator<Item = Option<f64>>) {
        for cell in cells {
            match cell {
                Some(value) if self.numbers && value.is_finite() => self.builder.push_number(value),
                Some(value) => self.text(|text| number(text, value)),
                None => self.none(),
            }
        }
    }

    fn decimal(&mut self, there: bool, written: impl FnOnce() -> String) {
        if there {
            self.text(|text| text.push_str(&written()));
        } else {
            self.none();
        }
    }

    /// Reads a cell that is written so.
    fn text(&mut self, write: impl FnOnce(&mut String)) {
        self.text.clear();
        write(&mut self.text);
        self.builder.push(self.text.as_bytes(), 0);
    }
}

/// A time from a count since 1970, so many of which make a second.
fn parts(since: i64, per: i64) -> String {
    let nanos = since.rem_euclid(per) * (1_000_000_000 / per);
    time(since.div_euclid(per), nanos)
}

/// A time of day from a count since midnight, so many of which make a second, with as many digits as those have.
fn of_day(since: i64, per: i64) -> String {
    let (seconds, rest) = (since / per, since % per);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match per {
        1 => clock,
        1_000 => format!("{clock}.{rest:03}"),
        _ => format!("{clock}.{rest:06}"),
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{
        BooleanArray, DictionaryArray, Float32Array, Float64Array, Int64Array, StringArray,
        Time64MicrosecondArray, TimestampMillisecondArray,
    };

    use super::*;
    use crate::stream::word;

    fn words(array: impl Array + 'static) -> Vec<String> {
        let (rows, array): (_, ArrayRef) = (array.len(), Arc::new(array));
        let piece = piece(&array, ReadAs::Words, Spelling::default(), &Arc::default()).unwrap();
        (0..rows)
            .map(|row| String::from_utf8(word(&piece, row)).unwrap())
            .collect()
    }

    #[test]
    fn cells_are_written_as_other_formats_are() {
        assert_eq!(
            words(Float64Array::from(vec![Some(1.0), None, Some(1e300)])),
            ["1", "", "1e300"]
        );
        assert_eq!(words(BooleanArray::from(vec![true])), ["true"]);
        assert_eq!(
            words(TimestampMillisecondArray::from(vec![-500])),
            ["1969-12-31T23:59:59.5"]
        );
        assert_eq!(
            words(Time64MicrosecondArray::from(vec![3_600_000_001])),
            ["01:00:00.000001"]
        );
        let dictionary: DictionaryArray<Int8Type> = ["a", "b", "a"].into_iter().collect();
        assert_eq!(words(dictionary), ["a", "b", "a"]);
    }

    #[test]
    fn numbers_are_what_their_shortest_digits_say() {
        let read = |array: ArrayRef| {
            let read_as = ReadAs::Numbers;
            let piece = piece(&array, read_as, Spelling::default(), &Arc::default()).unwrap();
            let Piece::Numbers(values, _) = piece else {
                unreachable!()
            };
            let mut all = Vec::new();
            values.for_each(|value| all.push(value));
            all
        };
        assert_eq!(read(Arc::new(Float32Array::from(vec![0.1]))), [0.1]);
        assert_eq!(read(Arc::new(Int64Array::from(vec![-7]))), [-7.0]);
        let words = StringArray::from(vec!["2.5", "NA", "x"]);
        let found = read(Arc::new(words));
        assert!(found[0] == 2.5 && found[1].is_nan() && found[2].is_nan());
    }
}
