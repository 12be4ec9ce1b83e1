//! Rows encoded that the encoder was not fitted to, as they come from a file.

use std::sync::Arc;

use crate::data::columns::category::{Found, NOTHING, OTHERS};
use crate::data::columns::ids::Ids;
use crate::data::columns::piece::Piece;
use crate::data::columns::words::Words;
use crate::data::encoder::coded::Coded;
use crate::data::encoder::curve::Curve;
use crate::data::encoder::fill::Bits;
use crate::data::encoder::{Encoded, Encoder};
use crate::data::matrix::Matrix;
use crate::data::provenance::Provenance;
use crate::data::text::sanitize_bytes;

impl Encoder {
    /// Whether every column in use is one of the first so many of the file, and not made of others.
    pub fn reads(&self, columns: usize) -> bool {
        self.columns.iter().all(|column| column.place < columns)
    }

    /// The features of so many rows, row-major, from the pieces of the file's columns.
    pub fn rows(&self, pieces: &[Piece], rows: usize) -> Vec<f32> {
        let width = self.features.len();
        let mut encoded = vec![0.0; rows * width];
        for column in &self.columns {
            match pieces.get(column.place) {
                Some(Piece::Numbers(values, _)) => {
                    let feature = &self.features[column.features.start];
                    let cells = encoded.iter_mut().skip(column.features.start);
                    for (row, cell) in cells.step_by(width).enumerate() {
                        let value = column.value(values.get(row));
                        let value = if value.is_nan() {
                            feature.median
                        } else {
                            value
                        };
                        *cell = feature.transform(value) as f32;
                    }
                }
                Some(Piece::Words(words)) => self.words(column, words, &mut encoded),
                _ => {}
            }
        }
        encoded
    }

    /// Whether a cell is missing. `column` is one of [`Encoder::columns`].
    pub fn lacks(column: &Coded, pieces: &[Piece], row: usize) -> bool {
        match pieces.get(column.place) {
            Some(Piece::Numbers(values, _)) => column.value(values.get(row)).is_nan(),
            Some(Piece::Words(words)) => words.get(row).is_none(),
            _ => false,
        }
    }

    fn words(&self, column: &Coded, words: &Words, encoded: &mut [f32]) {
        let names = column.levels.as_deref().unwrap_or_default();
        let known = Found::new(names);
        let (others, nothing) = (known.place(OTHERS), known.place(NOTHING));
        let levels: Vec<Option<usize>> = words
            .words()
            .iter()
            .map(|word| known.place(&sanitize_bytes(word)).or(others).or(nothing))
            .collect();
        for (row, cells) in encoded.chunks_exact_mut(self.features.len()).enumerate() {
            let code = words.codes()[row] as usize;
            let level = levels.get(code).copied().unwrap_or(nothing.or(others));
            for (feature, index) in column.features.clone().enumerate() {
                let stands_for = if names.len() == 2 { 1 } else { feature };
                let value = match level {
                    Some(level) => f64::from(u8::from(level == stands_for)),
                    // Of two words it is neither; of several none.
                    None if names.len() == 2 => 0.5,
                    None => 0.0,
                };
                cells[index] = self.features[index].transform(value) as f32;
            }
        }
    }
}

impl Coded {
    /// A number of the file as the table has it: not a number where it stands for a missing value.
    fn value(&self, value: f64) -> f64 {
        if self.codes.contains(&value) {
            f64::NAN
        } else {
            value / self.per
        }
    }
}

/// Rows that a sample lacks.
#[derive(Debug, Default)]
pub struct More {
    /// Their features, row-major.
    pub values: Vec<f32>,
    /// Of each which columns are missing, as indices among the columns in use.
    pub missing: Vec<Vec<usize>>,
    /// Their numbers among the data rows of the file, 1 = first.
    pub numbers: Vec<u32>,
    /// Their names, where rows have names.
    pub ids: Vec<String>,
    /// Where each begins in the stream.
    pub starts: Vec<u64>,
}

impl Encoded {
    /// These rows alone, as an encoder that was fitted to others has them.
    pub fn of_rows(encoder: &Encoder, curves: &[Curve], rows: More) -> Self {
        let matrix = Matrix::zeros(0, encoder.features.len());
        let named = rows.ids.iter().any(|id| !id.is_empty());
        let ids = named.then(|| {
            Arc::new(Ids {
                name: String::new(),
                values: Vec::new(),
            })
        });
        let nothing = Self {
            encoder: encoder.clone(),
            examples: matrix.clone(),
            matrix,
            provenance: Provenance {
                numbers: Some(Arc::default()),
                ids,
                ..Provenance::default()
            },
            curves: curves.to_vec(),
            missing: vec![Bits::default(); encoder.columns.len()],
        };
        nothing.with_rows(rows)
    }

    /// The same with more rows of the file behind these.
    #[must_use]
    pub fn with_rows(&self, more: More) -> Self {
        self.with_rows_behind(self.matrix.rows(), more)
    }

    /// The first so many rows with others of the file behind them.
    #[must_use]
    pub fn with_rows_behind(&self, rows: usize, more: More) -> Self {
        let mut missing = self.missing.clone();
        for bits in &mut missing {
            bits.truncate(rows);
        }
        for (row, columns) in more.missing.iter().enumerate() {
            for column in columns {
                missing[*column].set(rows + row);
            }
        }
        let mut values = Vec::with_capacity(rows * self.matrix.columns() + more.values.len());
        values.extend((0..rows).flat_map(|row| self.matrix.row(row)));
        values.extend(more.values);
        let own = &self.provenance;
        let numbers = (0..rows).map(|row| own.number(row)).chain(more.numbers);
        let ids = own.ids.as_ref().map(|ids| {
            let first = ids.values.iter().take(rows).cloned();
            let values = first.chain(more.ids).collect();
            let name = ids.name.clone();
            Arc::new(Ids { name, values })
        });
        let original = own.original.as_ref();
        let matrix = Matrix::new(self.matrix.columns(), values);
        Self {
            encoder: self.encoder.clone(),
            examples: matrix.clone(),
            matrix,
            provenance: Provenance {
                numbers: Some(Arc::new(numbers.collect())),
                ids,
                original: original.map(|original| Arc::new(original.with_rows(rows, &more.starts))),
                ..own.clone()
            },
            curves: self.curves.clone(),
            missing,
        }
    }

    /// Some of these rows, as they can stand behind others.
    pub fn more(&self, rows: impl Iterator<Item = usize>) -> More {
        let own = &self.provenance;
        let mut more = More::default();
        for row in rows {
            more.values.extend(self.matrix.row(row));
            let columns = 0..self.missing.len();
            let missing = columns.filter(|column| self.is_missing(row, *column));
            more.missing.push(missing.collect());
            more.numbers.push(own.number(row));
            let id = own.ids.as_ref().map(|ids| ids.values[row].clone());
            more.ids.push(id.unwrap_or_default());
            let original = own.original.as_ref();
            let start = original.and_then(|original| original.start(row));
            more.starts.push(start.unwrap_or_default());
        }
        more
    }
}

impl More {
    /// Puts one of other rows behind these.
    pub fn push(&mut self, other: &Self, row: usize) {
        let width = other.values.len() / other.numbers.len().max(1);
        let values = &other.values[row * width..][..width];
        self.values.extend_from_slice(values);
        self.missing.push(other.missing[row].clone());
        self.numbers.push(other.numbers[row]);
        self.ids.push(other.ids[row].clone());
        self.starts.push(other.starts[row]);
    }
}
