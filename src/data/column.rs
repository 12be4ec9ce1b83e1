//! Cells → columns of numbers, and which columns can be used.

use crate::data::table::{Column, Table, name_list};
use crate::data::text::quote;

/// Spellings of a missing value, in lower case.
const MISSING: [&str; 8] = ["", "?", "-", "na", "n/a", "null", "none", "missing"];

/// A column under construction.
#[derive(Default)]
pub struct Building {
    values: Vec<f64>,
    missing: usize,
    rejected: usize,
    first_rejected: Option<(u64, String)>,
}

impl Building {
    /// Adds a cell from this line.
    pub fn push(&mut self, cell: &[u8], line: u64) {
        self.values.push(match parse(cell) {
            Cell::Number(value) => value,
            Cell::Missing => {
                self.missing += 1;
                f64::NAN
            }
            Cell::Text => {
                self.rejected += 1;
                if self.first_rejected.is_none() {
                    self.first_rejected = Some((line, quote(cell)));
                }
                f64::NAN
            }
        });
    }

    fn numbers(&self) -> usize {
        self.values.len() - self.missing - self.rejected
    }
}

enum Cell {
    Number(f64),
    Missing,
    Text,
}

fn parse(cell: &[u8]) -> Cell {
    let cell = cell.trim_ascii();
    let Ok(text) = std::str::from_utf8(cell) else {
        return Cell::Text;
    };
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Cell::Number(value),
        // NaN, inf and what overflows carry no usable number.
        Ok(_) => Cell::Missing,
        Err(_) if MISSING.contains(&text.to_ascii_lowercase().as_str()) => Cell::Missing,
        Err(_) => Cell::Text,
    }
}

/// Sorts the columns into those in use and those left out, with a notice for each kind of loss.
pub fn keep_numbers(table: &mut Table, features: Vec<(String, Building)>) {
    let (mut texts, mut empties, mut constants, mut gaps) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (name, column) in features {
        let numbers = column.numbers();
        if column.rejected > numbers {
            texts.push(name);
        } else if numbers == 0 {
            empties.push(name);
        } else if is_constant(&column.values) {
            constants.push(name);
        } else {
            if let Some((line, text)) = column.first_rejected {
                table.notices.push(format!(
                    "column “{name}”: {} cells are not numbers and count as missing, the first is {text} in line {line}",
                    column.rejected
                ));
            }
            gaps += column.missing + column.rejected;
            table.columns.push(Column {
                name,
                values: column.values,
            });
        }
    }
    let mut report = |what: &str, names: &[String]| {
        if !names.is_empty() {
            let plural = if names.len() == 1 { "" } else { "s" };
            let list = name_list(names.iter().map(String::as_str));
            table.notices.push(format!(
                "{} {what} column{plural} left out: {list}",
                names.len()
            ));
        }
    };
    report("text", &texts);
    report("empty", &empties);
    report("constant", &constants);
    if gaps > 0 {
        let cells = table.rows * table.columns.len();
        let share = 100.0 * gaps as f64 / cells as f64;
        table.notices.push(format!(
            "{gaps} missing cells ({share:.2} %) filled with their column's median"
        ));
    }
}

fn is_constant(values: &[f64]) -> bool {
    let mut present = values.iter().filter(|value| !value.is_nan());
    let first = present.next();
    present.all(|value| Some(value) == first)
}
