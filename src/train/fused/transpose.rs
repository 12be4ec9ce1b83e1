//! Transposing the square blocks of a panel.

use std::mem::MaybeUninit;

use pulp::{Simd, cast};

use super::threads::Job;

/// The side of the smallest squares, which are transposed in vector registers.
const SIDE: usize = 4;
type Square = [[f32; SIDE]; SIDE];

/// Copies a panel with every square transposed.
pub struct Transpose<'a> {
    pub panel: &'a [f32],
    pub width: usize,
    pub transposed: &'a mut [f32],
}

impl Job for Transpose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) {
        let size = self.width * self.width;
        let squares = self.panel.chunks_exact(size);
        for (square, transposed) in squares.zip(self.transposed.chunks_exact_mut(size)) {
            transpose(square, self.width, transposed);
        }
    }
}

/// Transposes every square of a panel where it lies.
#[inline(always)]
pub fn transpose_in_place(panel: &mut [f32], width: usize) {
    for square in panel.chunks_exact_mut(width * width) {
        for row in (0..width).step_by(SIDE) {
            let here = read(square, width, row, row);
            write(square, width, row, row, transpose_small(here));
            for column in (row + SIDE..width).step_by(SIDE) {
                let upper = read(square, width, row, column);
                let lower = read(square, width, column, row);
                write(square, width, column, row, transpose_small(upper));
                write(square, width, row, column, transpose_small(lower));
            }
        }
    }
}

/// Where a number can be written, whether there is one already or not.
pub trait Cell {
    fn set(&mut self, number: f32);
}

impl Cell for f32 {
    #[inline(always)]
    fn set(&mut self, number: f32) {
        *self = number;
    }
}

impl Cell for MaybeUninit<f32> {
    #[inline(always)]
    fn set(&mut self, number: f32) {
        self.write(number);
    }
}

/// Copies rows of so many columns with rows and columns changed over: a column lies `pitch` after the one before, and as many
/// columns are copied as there is room for.
#[inline(always)]
pub fn turn(rows: &[f32], columns: usize, turned: &mut [f32], pitch: usize) {
    let (count, room) = (rows.len() / columns, columns.min(turned.len() / pitch));
    let (square_rows, square_columns) = (count / SIDE * SIDE, room / SIDE * SIDE);
    for row in (0..square_rows).step_by(SIDE) {
        for column in (0..square_columns).step_by(SIDE) {
            let part = transpose_small(read(rows, columns, row, column));
            write(turned, pitch, column, row, part);
        }
    }
    for row in 0..count {
        let done = if row < square_rows { square_columns } else { 0 };
        for column in done..room {
            turned[column * pitch + row] = rows[row * columns + column];
        }
    }
}

/// Copies a square with rows and columns changed over; every number of `transposed` is written.
#[inline(always)]
pub fn transpose<C: Cell>(square: &[f32], width: usize, transposed: &mut [C]) {
    assert!(width.is_multiple_of(SIDE) && transposed.len() == width * width);
    for row in (0..width).step_by(SIDE) {
        for column in (0..width).step_by(SIDE) {
            let here = read(square, width, row, column);
            write(transposed, width, column, row, transpose_small(here));
        }
    }
}

#[inline(always)]
fn read(square: &[f32], width: usize, row: usize, column: usize) -> Square {
    let mut part = [[0.0; SIDE]; SIDE];
    for i in 0..SIDE {
        part[i].copy_from_slice(&square[(row + i) * width + column..][..SIDE]);
    }
    part
}

#[inline(always)]
fn write<C: Cell>(square: &mut [C], width: usize, row: usize, column: usize, part: Square) {
    for i in 0..SIDE {
        let cells = &mut square[(row + i) * width + column..][..SIDE];
        for j in 0..SIDE {
            cells[j].set(part[i][j]);
        }
    }
}

#[inline(always)]
fn transpose_small(square: Square) -> Square {
    #[cfg(target_arch = "x86_64")]
    if let Some(sse) = pulp::core_arch::x86::Sse::try_new() {
        let [a, b, c, d]: [std::arch::x86_64::__m128; SIDE] = cast(square);
        let (left_ab, right_ab) = (sse._mm_unpacklo_ps(a, b), sse._mm_unpackhi_ps(a, b));
        let (left_cd, right_cd) = (sse._mm_unpacklo_ps(c, d), sse._mm_unpackhi_ps(c, d));
        return cast([
            sse._mm_movelh_ps(left_ab, left_cd),
            sse._mm_movehl_ps(left_cd, left_ab),
            sse._mm_movelh_ps(right_ab, right_cd),
            sse._mm_movehl_ps(right_cd, right_ab),
        ]);
    }
    std::array::from_fn(|i| std::array::from_fn(|j| square[j][i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_turned_as_far_as_there_is_room() {
        for (count, columns, pitch, room) in
            [(7, 9, 7, 9), (3, 2, 5, 2), (8, 6, 8, 5), (5, 32, 5, 11)]
        {
            let rows: Vec<f32> = (0..count * columns).map(|cell| cell as f32).collect();
            let mut turned = vec![-1.0; room * pitch];
            turn(&rows, columns, &mut turned, pitch);
            for (place, cell) in turned.into_iter().enumerate() {
                let (column, row) = (place / pitch, place % pitch);
                let expected = if row < count {
                    rows[row * columns + column]
                } else {
                    -1.0
                };
                assert_eq!(cell, expected);
            }
        }
    }

    #[test]
    fn rows_become_columns_and_rows_again() {
        for width in [4, 16, 32] {
            let square: Vec<f32> = (0..width * width).map(|cell| cell as f32).collect();
            let mut transposed = vec![0.0; square.len()];
            transpose(&square, width, &mut transposed);
            for row in 0..width {
                for column in 0..width {
                    assert_eq!(
                        transposed[row * width + column],
                        square[column * width + row]
                    );
                }
            }
            transpose_in_place(&mut transposed, width);
            assert_eq!(transposed, square);
        }
    }
}
