//! Weights in square tiles, `[rows / width][columns / width][width][width]`.
//!
//! A tile is the part of the weights where one panel of a layer's input meets one panel of its output. It is contiguous
//! (4 kB where it is widest), so it passes through the first-level cache whole, and whoever needs the weights from the
//! other side, for the gradient of the input, finds the same tiles in another order. A group of tiles, all that belong to
//! one panel of the input, is contiguous too: what a thread owns when it learns. Rows and columns are padded with zeros.

/// How a matrix lies in tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Rows that mean something.
    pub rows: usize,
    /// Columns that mean something.
    pub columns: usize,
    /// The side of a tile.
    pub width: usize,
}

impl Grid {
    /// Groups of tiles, one below the other.
    #[inline(always)]
    pub fn groups(self) -> usize {
        self.rows.div_ceil(self.width)
    }

    /// Tiles of a group, side by side.
    #[inline(always)]
    pub fn panels(self) -> usize {
        self.columns.div_ceil(self.width)
    }

    /// Numbers in a tile.
    #[inline(always)]
    pub fn tile_size(self) -> usize {
        self.width * self.width
    }

    /// Numbers in a group.
    #[inline(always)]
    pub fn group_size(self) -> usize {
        self.panels() * self.tile_size()
    }

    /// Numbers in all.
    pub fn size(self) -> usize {
        self.groups() * self.group_size()
    }

    /// Rows of a group that mean something, in whole blocks.
    pub fn rows_of<const BLOCK: usize>(self, group: usize) -> usize {
        let rows = self.rows - group * self.width;
        rows.min(self.width).next_multiple_of(BLOCK)
    }

    /// Lays row-major `source` out in `tiles`.
    pub fn load(self, source: &[f32], tiles: &mut [f32]) {
        for (row, values) in source.chunks_exact(self.columns).enumerate() {
            for (panel, piece) in values.chunks(self.width).enumerate() {
                tiles[self.at(row, panel)..][..piece.len()].copy_from_slice(piece);
            }
        }
    }

    /// The matrix, row-major.
    pub fn unload(self, tiles: &[f32]) -> Vec<f32> {
        let mut target = Vec::with_capacity(self.rows * self.columns);
        for row in 0..self.rows {
            for (panel, first) in (0..self.columns).step_by(self.width).enumerate() {
                let length = self.width.min(self.columns - first);
                target.extend_from_slice(&tiles[self.at(row, panel)..][..length]);
            }
        }
        target
    }

    /// Where the piece of `row` that lies in `panel` begins.
    fn at(self, row: usize, panel: usize) -> usize {
        let (group, row) = (row / self.width, row % self.width);
        group * self.group_size() + panel * self.tile_size() + row * self.width
    }
}

/// Weights to be read.
#[derive(Clone, Copy)]
pub struct Tiles<'a> {
    /// How they lie.
    pub grid: Grid,
    /// All of them.
    pub values: &'a [f32],
}

impl<'a> Tiles<'a> {
    /// Where panel `group` of the input meets `panel` of the output.
    #[inline(always)]
    pub fn tile(self, group: usize, panel: usize) -> &'a [f32] {
        let grid = self.grid;
        &self.values[group * grid.group_size() + panel * grid.tile_size()..][..grid.tile_size()]
    }

    /// The same where groups beyond the last go on with the first of the next panel; nothing beyond the last panel.
    #[inline(always)]
    pub fn tile_after(self, group: usize, panel: usize) -> &'a [f32] {
        let (groups, panels) = (self.grid.groups(), self.grid.panels());
        if group < groups {
            self.tile(group, panel)
        } else if group < 2 * groups && panel + 1 < panels {
            self.tile(group - groups, panel + 1)
        } else {
            &[]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_comes_back_and_padding_stays_zero() {
        for (rows, columns, width) in [(3, 5, 16), (16, 16, 16), (40, 33, 32), (1, 70, 16)] {
            let grid = Grid {
                rows,
                columns,
                width,
            };
            let source: Vec<f32> = (1..=rows * columns).map(|value| value as f32).collect();
            let mut values = vec![0.0; grid.size()];
            grid.load(&source, &mut values);
            assert_eq!(grid.unload(&values), source);
            let sum: f32 = values.iter().sum();
            assert_eq!(sum, source.iter().sum::<f32>());
            let (last, tiles) = (
                grid.groups() - 1,
                Tiles {
                    grid,
                    values: &values,
                },
            );
            let (row, column) = ((rows - 1) % width, (columns - 1) % width);
            let tile = tiles.tile(last, grid.panels() - 1);
            assert_eq!(tile[row * width + column], (rows * columns) as f32);
        }
    }
}
