//! Ragged rows: those with more or fewer cells than the table has columns. They are skipped, counted, and the first ones named.

use std::collections::BTreeMap;

use crate::format::{count, group};

/// Rows of the wrong length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ragged {
    /// How many.
    pub count: usize,
    /// The first few: lines before the row, and its number of cells.
    pub first: Vec<(u64, usize)>,
    /// How many have how many cells; of the first few lengths that occur.
    lengths: BTreeMap<usize, usize>,
}

/// How many are named.
const NAMED_ROWS: usize = 5;
/// How many different lengths are counted.
const LENGTHS: usize = 64;

impl Ragged {
    /// Adds a row of `cells` cells that begins after `line` lines.
    pub fn add(&mut self, line: u64, cells: usize) {
        self.count += 1;
        self.count_length(cells, 1);
        self.name(line, cells);
    }

    fn name(&mut self, line: u64, cells: usize) {
        if self.first.len() < NAMED_ROWS {
            self.first.push((line, cells));
        }
    }

    /// Adds those of a later block that begins after `lines` lines.
    pub fn append(&mut self, other: &Self, lines: u64) {
        self.count += other.count;
        for (line, cells) in &other.first {
            self.name(line + lines, *cells);
        }
        for (cells, rows) in &other.lengths {
            self.count_length(*cells, *rows);
        }
    }

    fn count_length(&mut self, cells: usize, rows: usize) {
        if self.lengths.len() < LENGTHS || self.lengths.contains_key(&cells) {
            *self.lengths.entry(cells).or_default() += rows;
        }
    }

    /// The length that most of them have, and how many.
    pub fn usual(&self) -> Option<(usize, usize)> {
        let most = self.lengths.iter().max_by_key(|(_, rows)| **rows);
        most.map(|(cells, rows)| (*cells, *rows))
    }

    /// A sentence about them, where rows should have `expected` cells.
    pub fn sentence(&self, expected: usize) -> String {
        let cells = count(expected, "cell");
        let first = self.first.first().map_or(0, |(_, cells)| *cells);
        let lines: Vec<String> = self
            .first
            .iter()
            .map(|(line, _)| (line + 1).to_string())
            .collect();
        let more = if self.count > lines.len() {
            ", …"
        } else {
            ""
        };
        let lines = lines.join(", ");
        match self.count {
            1 => format!("skipped 1 row that does not have {cells} (line {lines} has {first})"),
            rows => format!(
                "skipped {} rows that do not have {cells} (lines {lines}{more}; the first has {first})",
                group(rows)
            ),
        }
    }
}
