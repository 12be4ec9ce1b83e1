//! What rows are sorted by: a column's numbers, or its words.

use csv::ByteRecord;
use rayon::slice::ParallelSliceMut;

use super::Store;
use crate::data::columns::number::{self, Cell, Spelling};

/// The value of each row in one column.
pub struct Keys {
    column: usize,
    spelling: Spelling,
    values: Values,
}

enum Values {
    /// NaN: no number.
    Numbers(Vec<f64>),
    /// Empty: nothing.
    Words(Vec<Box<[u8]>>),
}

/// Rows that decide whether a column holds numbers.
const LOOKED_AT: usize = 256;

impl Keys {
    /// Of a column that is still to be read.
    pub fn new(store: &Store, column: usize) -> Self {
        let spelling = store.spelling();
        let step = (store.rows / LOOKED_AT).max(1);
        let cells = (0..store.rows).step_by(step).take(LOOKED_AT);
        let cells = cells.filter_map(|row| store.cells(row).into_iter().nth(column));
        let (mut numbers, mut words) = (0, 0);
        for cell in cells {
            match number::read(cell.as_bytes(), spelling) {
                Cell::Number(_) => numbers += 1,
                Cell::Missing | Cell::NotFinite => {}
                Cell::Word => words += 1,
            }
        }
        // A few words among numbers stand for missing values.
        let values = if numbers > 10 * words {
            Values::Numbers(vec![f64::NAN; store.rows])
        } else {
            Values::Words(vec![Box::default(); store.rows])
        };
        Self {
            column,
            spelling,
            values,
        }
    }

    /// Takes a row's value.
    pub fn add(&mut self, row: usize, record: &ByteRecord) {
        let cell = record.get(self.column).unwrap_or_default();
        match &mut self.values {
            Values::Numbers(values) => {
                if let Cell::Number(value) = number::read(cell, self.spelling) {
                    values[row] = value;
                }
            }
            Values::Words(values) => values[row] = cell.trim_ascii().into(),
        }
    }

    /// Sorts rows, those without a value last either way; equal ones stay in the order of the file.
    pub fn sort(&self, rows: &mut [u32], reversed: bool) {
        let turn = |ordering: std::cmp::Ordering| {
            if reversed {
                ordering.reverse()
            } else {
                ordering
            }
        };
        match &self.values {
            Values::Numbers(values) => rows.par_sort_unstable_by(|a, b| {
                let [x, y] = [values[*a as usize], values[*b as usize]];
                let values = turn(x.total_cmp(&y));
                x.is_nan().cmp(&y.is_nan()).then(values).then(a.cmp(b))
            }),
            Values::Words(values) => rows.par_sort_unstable_by(|a, b| {
                let [x, y] = [&values[*a as usize], &values[*b as usize]];
                let values = turn(x.cmp(y));
                x.is_empty().cmp(&y.is_empty()).then(values).then(a.cmp(b))
            }),
        }
    }
}
