//! Matrices in column panels, and the memory they lie in.
//!
//! A panel holds a few neighbouring columns of all rows, row after row: `[columns / width][rows][width]`. A row of a panel
//! is a whole number of cache lines, so the kernels read and write whole vectors, and a thread that owns a panel owns one
//! contiguous stretch of memory. Columns and rows are padded with zeros, which change no sum.

use std::ops::{Deref, DerefMut};

use super::chunks::Chunks;
use super::threads::Threads;
use crate::train::engine::Batch;

/// Floats in a cache line. Panel widths are multiples of it.
pub const LINE: usize = 16;

/// A cell that is copied costs about as much as so many multiply-adds.
pub const CELL_COPIED: usize = 20;

/// Zeroed floats that start on a cache line.
#[derive(Debug)]
pub struct Aligned {
    memory: Vec<f32>,
    start: usize,
    length: usize,
}

impl Aligned {
    /// `length` zeros.
    pub fn zeros(length: usize) -> Self {
        let memory = vec![0.0; length + LINE];
        // In elements; never reallocated, so the start stays aligned.
        let start = memory
            .as_ptr()
            .align_offset(LINE * size_of::<f32>())
            .min(LINE);
        Self {
            memory,
            start,
            length,
        }
    }
}

impl Clone for Aligned {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.length);
        copy.copy_from_slice(self);
        copy
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.memory[self.start..][..self.length]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.memory[self.start..][..self.length]
    }
}

/// A matrix in column panels.
#[derive(Debug, Clone)]
pub struct Panels {
    /// Rows of the matrix, padding included.
    pub rows: usize,
    /// Rows in memory: an odd number, so that the same row of neighbouring panels lies in different sets of the cache.
    pitch: usize,
    /// Columns that mean something.
    pub columns: usize,
    /// Columns of a panel.
    pub width: usize,
    /// All panels, one after the other.
    pub values: Aligned,
}

impl Panels {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize, width: usize) -> Self {
        let pitch = rows | 1;
        let values = Aligned::zeros(columns.div_ceil(width) * pitch * width);
        Self {
            rows,
            pitch,
            columns,
            width,
            values,
        }
    }

    /// Floats from one panel to the next.
    pub fn panel_size(&self) -> usize {
        self.pitch * self.width
    }

    /// One panel.
    #[inline(always)]
    pub fn panel(&self, index: usize) -> &[f32] {
        &self.values[index * self.panel_size()..][..self.rows * self.width]
    }

    /// Takes a batch, with zeros to the padded number of rows.
    pub fn load(&mut self, batch: Batch<'_>, padded: usize, threads: &Threads) {
        let (columns, width, size) = (self.columns, self.width, self.panel_size());
        let count = batch.rows();
        let panels = Chunks::of(&mut self.values, size);
        threads.each(CELL_COPIED * count * columns, panels, |index, panel| {
            let first = index * width;
            let length = width.min(columns - first);
            for (row, target) in panel.chunks_exact_mut(width).take(count).enumerate() {
                copy(&batch.row(row)[first..][..length], &mut target[..length]);
            }
            panel[count * width..padded * width].fill(0.0);
        });
    }

    /// Appends the first `count` rows, row-major, to `target`.
    pub fn unload(&self, count: usize, target: &mut Vec<f32>) {
        let (size, width) = (self.panel_size(), self.width);
        for row in 0..count {
            for (panel, first) in (0..self.columns).step_by(width).enumerate() {
                let length = width.min(self.columns - first);
                target.extend_from_slice(&self.values[panel * size + row * width..][..length]);
            }
        }
    }
}

/// Copies a few lines and what is left: a call of the library's for each row would take longer than the copying.
#[inline(always)]
fn copy(from: &[f32], to: &mut [f32]) {
    let (lines, rest) = from.as_chunks::<LINE>();
    let (to_lines, to_rest) = to.as_chunks_mut::<LINE>();
    for (to, from) in to_lines.iter_mut().zip(lines) {
        *to = *from;
    }
    for (to, from) in to_rest.iter_mut().zip(rest) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_start_on_a_cache_line_and_come_out_row_by_row() {
        for (rows, columns, width) in [(3, 5, 16), (8, 16, 16), (5, 33, 32), (1, 70, 16)] {
            let mut panels = Panels::zeros(rows + 2, columns, width);
            assert_eq!(panels.values.as_ptr().align_offset(64), 0);
            let size = panels.panel_size();
            for row in 0..rows {
                for column in 0..columns {
                    let (panel, place) = (column / width, column % width);
                    panels.values[panel * size + row * width + place] =
                        (row * columns + column) as f32;
                }
            }
            let mut unloaded = Vec::new();
            panels.unload(rows, &mut unloaded);
            let expected: Vec<f32> = (0..rows * columns).map(|cell| cell as f32).collect();
            assert_eq!(unloaded, expected);
        }
    }
}
