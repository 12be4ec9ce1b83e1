//! Fills the matrix, block after block: missing values become the median, categories ones and zeros, and all is scaled.

use rayon::prelude::*;

use crate::data::columns::category::NOTHING;
use crate::data::columns::column::Values;
use crate::data::columns::packed::Packed;
use crate::data::encoder::coded::Coded;
use crate::data::encoder::feature::Feature;
use crate::data::matrix::Matrix;

/// Rows that are filled together, column by column, and the fewest of a wide table: some cache lines of each column, so that
/// one is not waited for alone.
const ROWS: usize = 512;
const LEAST: usize = 64;
/// Cells of the matrix that stay in the cache while they are filled.
const CELLS: usize = 1 << 13;

/// Which rows of a column are missing: one bit for each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    pub fn set(&mut self, row: usize) {
        if self.0.len() <= row / 64 {
            self.0.resize(row / 64 + 1, 0);
        }
        self.0[row / 64] |= 1 << (row % 64);
    }

    /// Forgets all but the first so many rows.
    pub fn truncate(&mut self, rows: usize) {
        self.0.truncate(rows.div_ceil(64));
        if let (Some(last), 1..) = (self.0.get_mut(rows / 64), rows % 64) {
            *last &= (1 << (rows % 64)) - 1;
        }
    }

    /// Whether the bit of a row is set.
    pub fn get(&self, row: usize) -> bool {
        self.0
            .get(row / 64)
            .is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

/// Writes the features of all columns, block after block.
pub fn fill(
    matrix: &mut Matrix,
    mut values: Vec<Values>,
    coded: &[Coded],
    features: &[Feature],
) -> Vec<Bits> {
    let width = features.len();
    let mut missing = vec![Bits::default(); coded.len()];
    cut_alike(&mut values);
    let blocks = values.iter().find_map(|values| {
        if let Values::Numbers(pieces) = values {
            Some(pieces.len())
        } else {
            None
        }
    });
    let lengths: Vec<usize> = (0..blocks.unwrap_or(0))
        .map(|block| length(&values, block))
        .collect();
    let mut rest = matrix.values_mut();
    let mut first = 0;
    for (block, rows) in lengths.into_iter().enumerate() {
        let (cells, after) = rest.split_at_mut(rows * width);
        rest = after;
        let pieces: Vec<Option<Packed>> = values
            .iter_mut()
            .map(|values| take(values, block))
            .collect();
        // Rows side by side: each thread has its own part of the block.
        let part = rows.div_ceil(rayon::current_num_threads().max(1)).max(1);
        cells
            .par_chunks_mut(part * width)
            .enumerate()
            .for_each(|(turn, cells)| {
                let mut scaled = [0.0; ROWS];
                let count = (CELLS / width).clamp(LEAST, ROWS);
                for (lot, cells) in cells.chunks_mut(count * width).enumerate() {
                    let first = turn * part + lot * count;
                    let rows = first..first + cells.len() / width;
                    for (piece, column) in pieces.iter().zip(coded) {
                        let (Some(piece), place) = (piece, column.features.start) else {
                            continue;
                        };
                        let scaled = &mut scaled[..rows.len()];
                        features[place].scale_all(piece, rows.clone(), scaled);
                        let cells = cells[place..].iter_mut().step_by(width);
                        for (cell, scaled) in cells.zip(scaled) {
                            *cell = *scaled;
                        }
                    }
                }
            });
        for (piece, missing) in pieces.iter().zip(&mut missing) {
            let mut row = first;
            if let Some(piece) = piece.as_ref().filter(|piece| piece.has_gaps()) {
                piece.for_each(|value| {
                    if value.is_nan() {
                        missing.set(row);
                    }
                    row += 1;
                });
            }
        }
        first += rows;
    }
    for (column, (values, coded)) in values.iter().zip(coded).enumerate() {
        let Values::Levels(levels) = values else {
            continue;
        };
        let nothing = levels.names.iter().position(|name| name == NOTHING);
        for (row, cells) in matrix.values_mut().chunks_exact_mut(width).enumerate() {
            for (feature, index) in coded.features.clone().enumerate() {
                cells[index] = features[index].transform(levels.value(row, feature)) as f32;
            }
            if Some(usize::from(levels.codes[row])) == nothing {
                missing[column].set(row);
            }
        }
    }
    missing
}

/// Columns that are made of others come in one piece: they are cut where the blocks of the file are.
fn cut_alike(values: &mut [Values]) {
    let pieces = |values: &Values| match values {
        Values::Numbers(pieces) => pieces.iter().map(Packed::len).collect(),
        Values::Levels(_) => Vec::new(),
    };
    let cuts: Vec<usize> = values
        .iter()
        .map(pieces)
        .max_by_key(Vec::len)
        .unwrap_or_default();
    for values in values {
        let Values::Numbers(pieces) = values else {
            continue;
        };
        if pieces.len() == cuts.len() {
            continue;
        }
        let mut all = Vec::with_capacity(cuts.iter().sum());
        for piece in &*pieces {
            piece.for_each(|value| all.push(value));
        }
        let mut rest = &all[..];
        *pieces = cuts
            .iter()
            .map(|length| {
                let (now, later) = rest.split_at((*length).min(rest.len()));
                rest = later;
                Packed::new(now.to_vec())
            })
            .collect();
    }
}

fn length(values: &[Values], block: usize) -> usize {
    let numbers = |values: &Values| {
        if let Values::Numbers(pieces) = values {
            Some(pieces[block].len())
        } else {
            None
        }
    };
    values.iter().find_map(numbers).unwrap_or(0)
}

fn take(values: &mut Values, block: usize) -> Option<Packed> {
    match values {
        Values::Numbers(pieces) => Some(std::mem::replace(
            &mut pieces[block],
            Packed::Long(Vec::new()),
        )),
        Values::Levels(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_in_one_piece_is_cut_where_the_others_are() {
        let piece = |values: std::ops::Range<i32>| Packed::new(values.map(f64::from).collect());
        let mut values = [
            Values::Numbers(vec![piece(0..5)]),
            Values::Numbers(vec![piece(10..13), piece(13..15)]),
        ];
        cut_alike(&mut values);
        let lengths = values.map(|values| match values {
            Values::Numbers(pieces) => pieces
                .iter()
                .map(|piece| (piece.len(), piece.get(0)))
                .collect(),
            Values::Levels(_) => Vec::new(),
        });
        assert_eq!(lengths[0], [(3, 0.0), (2, 3.0)]);
        assert_eq!(lengths[1], [(3, 10.0), (2, 13.0)]);
    }
}
