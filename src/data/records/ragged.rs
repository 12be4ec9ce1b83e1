//! Rows that have more or fewer cells than the table has columns: counted, and the first ones named.

/// Rows of the wrong length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ragged {
    /// How many.
    pub count: usize,
    /// Line and number of cells of the first few.
    pub first: Vec<(u64, usize)>,
}

/// Ragged rows that are named.
const NAMED_ROWS: usize = 5;

impl Ragged {
    /// Adds a row that begins after `line` lines.
    pub fn add(&mut self, line: u64, cells: usize) {
        self.count += 1;
        if self.first.len() < NAMED_ROWS {
            self.first.push((line, cells));
        }
    }

    /// Adds those of a later block, which begins after `lines`.
    pub fn append(&mut self, other: &Self, lines: u64) {
        let count = self.count + other.count;
        for (line, cells) in &other.first {
            self.add(line + lines, *cells);
        }
        self.count = count;
    }

    /// They in a sentence, for rows of `expected` cells.
    pub fn sentence(&self, expected: usize) -> String {
        let lines: Vec<String> = self
            .first
            .iter()
            .map(|(line, _)| (line + 1).to_string())
            .collect();
        let (lines, more) = (
            lines.join(", "),
            if self.count > lines.len() { " …" } else { "" },
        );
        let rows = if self.count == 1 { "row" } else { "rows" };
        let first = self.first.first().map_or(0, |(_, cells)| *cells);
        let plural = if expected == 1 { "" } else { "s" };
        format!(
            "{} {rows} without {expected} cell{plural} skipped (line {lines}{more}; the first has {first})",
            self.count
        )
    }
}
