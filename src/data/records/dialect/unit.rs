//! Units of measurement, as they stand in a row under the header.

use csv::ByteRecord;

use crate::data::columns::number;
use crate::data::columns::unit::{is_unit, without_brackets};
use crate::data::text::sanitize_bytes;

/// Whether a record is a row of units: all of its cells that aren't empty, but for a few.
pub fn are_units(record: &ByteRecord) -> bool {
    let cells: Vec<&[u8]> = record
        .iter()
        .map(number::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    // A dash says that a column has no unit, but also that a value is missing. Loggers of Campbell Scientific write the other two
    // under the time and the record's number.
    let none = |cell: &&&[u8]| [&b"-"[..], b"--", b"none", b"None", b"TS", b"RN"].contains(*cell);
    let none = cells.iter().filter(none).count();
    let units = cells.iter().filter(|cell| is_unit(cell)).count();
    let is_logger = [&b"TS"[..], b"RN"].iter().all(|unit| cells.contains(unit));
    is_logger || units > 0 && (units + none) * 4 >= cells.len() * 3
}

/// What the rows under the header say of a column, as it is shown beside its name: `Volts`, `Deg C Avg`.
pub fn of_column(rows: &[ByteRecord], column: usize) -> String {
    let cells = rows.iter().filter_map(|row| row.get(column)).map(shown);
    // A dash says that there is no unit.
    let none = |unit: &String| unit.chars().all(|c| c == '-');
    let cells: Vec<String> = cells.filter(|unit| !none(unit)).collect();
    cells.join(" ")
}

fn shown(cell: &[u8]) -> String {
    without_brackets(&sanitize_bytes(number::trim(cell))).to_owned()
}
