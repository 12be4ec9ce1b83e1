//! The table that is browsed: where its rows are read, and what is known of them without reading.

use std::sync::Arc;

use csv::ByteRecord;

use super::{Interrupted, Pass};
use crate::data::columns::number::Spelling;
use crate::data::encoder::Encoded;
use crate::data::text::sanitize_bytes;
use crate::format;

/// Where the rows are.
#[derive(Debug, Default)]
pub struct Store {
    /// Rows of the table.
    pub rows: usize,
    /// Columns of the file.
    pub columns: usize,
    /// The features, and the way to the original text.
    pub data: Option<Arc<Encoded>>,
    /// The truth, where it is known.
    pub outlier: Option<Arc<[bool]>>,
    /// Numbers of the rows in the file where some were skipped.
    pub numbers: Option<Vec<u32>>,
}

impl Store {
    /// A row as the file has it, sanitised; where that can't be read any more, what was read of the columns in use.
    pub fn cells(&self, row: usize) -> Vec<String> {
        let Some(data) = &self.data else {
            return Vec::new();
        };
        let original = data
            .provenance
            .original
            .as_ref()
            .and_then(|original| original.cells(row));
        if let Some(cells) = original {
            return cells
                .iter()
                .map(|cell| sanitize_bytes(cell.trim_ascii()))
                .collect();
        }
        let mut cells = vec![String::new(); self.columns];
        for (index, column) in data.encoder.columns.iter().enumerate() {
            if data.is_missing(row, index) {
                continue;
            }
            let features = column.features.clone().map(|feature| {
                let scaled = data.matrix.row(row)[feature];
                data.encoder.features[feature].inverse(f64::from(scaled))
            });
            let values: Vec<f64> = features.collect();
            if let Some(cell) = cells.get_mut(column.place) {
                *cell = column
                    .shown(&values)
                    .unwrap_or_else(|| format::value(values[0]));
            }
        }
        cells
    }

    /// What the reader should know about the cells.
    pub fn problem(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        let first = data
            .provenance
            .original
            .as_ref()
            .and_then(|original| original.cells(0));
        (self.rows > 0 && first.is_none())
            .then(|| "the text of the file is gone: these are the values as they were read".into())
    }

    /// How numbers are written in the file.
    pub fn spelling(&self) -> Spelling {
        let data = self.data.as_ref();
        let original = data.and_then(|data| data.provenance.original.as_ref());
        original.map_or_else(Spelling::default, |original| original.spelling())
    }

    /// Passes through all rows of the file in order; false where that can't be read any more.
    pub(super) fn scan(
        &self,
        mut each: impl FnMut(usize, &ByteRecord),
        mut is_interrupted: impl FnMut() -> bool,
    ) -> Pass<bool> {
        let data = self.data.as_ref();
        let Some(original) = data.and_then(|data| data.provenance.original.as_ref()) else {
            return Ok(false);
        };
        for block in 0..original.blocks() {
            if is_interrupted() {
                return Err(Interrupted);
            }
            if original.scan(block, &mut each).is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The number of a row in the file, 1 = first.
    pub fn number(&self, row: u32) -> u32 {
        self.numbers
            .as_ref()
            .map_or(row + 1, |numbers| numbers[row as usize])
    }
}
