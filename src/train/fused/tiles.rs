//! Weights in square tiles, each where one panel of a layer's input meets one panel of its output.
//!
//! A tile is contiguous (4 kB where it is widest), so it passes through the first-level cache whole, and whoever needs the
//! weights from the other side, for the gradient of the input, finds the same tiles in another order. A group of tiles,
//! all that belong to one panel of the one side, is contiguous too: what a thread owns when it learns. Rows and columns are
//! padded with zeros.

/// The side of a layer whose panel a group of tiles shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A group is one below the other.
    Input,
    /// A group is beside the other.
    Output,
}

/// How a matrix lies in tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Rows that mean something.
    pub rows: usize,
    /// Columns that mean something.
    pub columns: usize,
    /// The side of a tile.
    pub width: usize,
    /// What the tiles of a group have in common.
    pub grouped: Side,
    /// Tiles from the top to the bottom and from left to right. They are kept because kernels ask for every tile where it
    /// begins, and a division takes longer than a small tile's product.
    across_and_down: (usize, usize),
}

impl Grid {
    /// For so many rows and columns in tiles that are so wide.
    pub fn new(rows: usize, columns: usize, width: usize, grouped: Side) -> Self {
        Self {
            rows,
            columns,
            width,
            grouped,
            across_and_down: (columns.div_ceil(width), rows.div_ceil(width)),
        }
    }

    /// Panels of the input, tiles from the top to the bottom.
    #[inline(always)]
    pub fn down(self) -> usize {
        self.across_and_down.1
    }

    /// Panels of the output, tiles from left to right.
    #[inline(always)]
    pub fn across(self) -> usize {
        self.across_and_down.0
    }

    /// Numbers in a tile.
    #[inline(always)]
    pub fn tile_size(self) -> usize {
        self.width * self.width
    }

    /// Tiles of a group.
    #[inline(always)]
    pub fn tiles(self) -> usize {
        match self.grouped {
            Side::Input => self.across(),
            Side::Output => self.down(),
        }
    }

    /// Numbers in a group.
    #[inline(always)]
    pub fn group_size(self) -> usize {
        self.tiles() * self.tile_size()
    }

    /// Numbers in all.
    pub fn size(self) -> usize {
        self.down() * self.across() * self.tile_size()
    }

    /// Rows of a panel of the input that mean something, in whole blocks.
    #[inline(always)]
    pub fn rows_of<const BLOCK: usize>(self, input: usize) -> usize {
        let rows = self.rows - input * self.width;
        rows.min(self.width).next_multiple_of(BLOCK)
    }

    /// The panels of the input and of the output that meet in a tile of a group.
    #[inline(always)]
    pub fn panels(self, group: usize, tile: usize) -> (usize, usize) {
        match self.grouped {
            Side::Input => (group, tile),
            Side::Output => (tile, group),
        }
    }

    /// Where the tile begins in which panel `input` meets panel `output`.
    #[inline(always)]
    fn start(self, input: usize, output: usize) -> usize {
        let (group, tile) = match self.grouped {
            Side::Input => (input, output),
            Side::Output => (output, input),
        };
        group * self.group_size() + tile * self.tile_size()
    }

    /// Lays row-major `source` out in `tiles`.
    pub fn load(self, source: &[f32], tiles: &mut [f32]) {
        for (row, values) in source.chunks_exact(self.columns).enumerate() {
            for (panel, part) in values.chunks(self.width).enumerate() {
                tiles[self.at(row, panel)..][..part.len()].copy_from_slice(part);
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

    /// Where the part of `row` that lies in `panel` begins.
    fn at(self, row: usize, panel: usize) -> usize {
        self.start(row / self.width, panel) + row % self.width * self.width
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
    /// Where panel `input` meets panel `output`.
    #[inline(always)]
    pub fn tile(self, input: usize, output: usize) -> &'a [f32] {
        let grid = self.grid;
        &self.values[grid.start(input, output)..][..grid.tile_size()]
    }

    /// The same where panels of the input beyond the last go on with the first at the next panel of the output; nothing
    /// beyond the last of those.
    #[inline(always)]
    pub fn tile_after(self, input: usize, output: usize) -> &'a [f32] {
        let (down, across) = (self.grid.down(), self.grid.across());
        if input < down {
            self.tile(input, output)
        } else if input < 2 * down && output + 1 < across {
            self.tile(input - down, output + 1)
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
        let shapes = [(3, 5, 16), (16, 16, 16), (40, 33, 32), (1, 70, 16)];
        for ((rows, columns, width), grouped) in shapes
            .into_iter()
            .flat_map(|shape| [(shape, Side::Input), (shape, Side::Output)])
        {
            let grid = Grid::new(rows, columns, width, grouped);
            let source: Vec<f32> = (1..=rows * columns).map(|value| value as f32).collect();
            let mut values = vec![0.0; grid.size()];
            grid.load(&source, &mut values);
            assert_eq!(grid.unload(&values), source);
            let sum: f32 = values.iter().sum();
            assert_eq!(sum, source.iter().sum::<f32>());
            let (last, tiles) = (
                grid.down() - 1,
                Tiles {
                    grid,
                    values: &values,
                },
            );
            let (row, column) = ((rows - 1) % width, (columns - 1) % width);
            let tile = tiles.tile(last, grid.across() - 1);
            assert_eq!(tile[row * width + column], (rows * columns) as f32);
        }
    }
}
