//! Why rows rank where they do: the columns' parts of their scores, and one row beside what the network makes of it.

use crate::data::encoder::{Coded, Encoded, Encoder};
use crate::data::text::sanitize_bytes;
use crate::format;
use crate::message::{Cell, Explained, Explanation, Part, RowPage, Watch};
use crate::score::ranking::{By, Ranking};
use crate::score::reference::References;
use crate::score::view::{Seen, View};
use crate::train::snapshot;

/// Columns named per row of the outlier list.
const PARTS: usize = 3;

/// What a ranking stands on, for the rows that somebody asks about.
pub struct Reasons<'a> {
    /// The table.
    pub data: &'a Encoded,
    /// The networks whose scores are averaged, and what each counts.
    pub views: Vec<(&'a View, f64)>,
    /// The scores without a network, once there are any.
    pub references: Option<&'a References>,
    /// Whose scores rank the rows.
    pub by: By,
}

impl Reasons<'_> {
    /// Why the watched rows of `ranking` stand where they do.
    pub fn explain(&self, ranking: &Ranking, watch: Watch) -> Explained {
        let watched: Vec<u32> = ranking
            .rows
            .iter()
            .skip(watch.first)
            .take(watch.count)
            .map(|r| r.row)
            .collect();
        Explained {
            rows: self.rows(&watched),
            page: watch.row.and_then(|row| self.row_page(row)),
        }
    }

    /// Why each of these rows has its score.
    pub fn rows(&self, rows: &[u32]) -> Vec<Explanation> {
        let seen = rows.iter().zip(self.look(rows));
        seen.map(|(row, seen)| explanation(*row, &self.parts(&seen)))
            .collect()
    }

    /// One row, column by column.
    pub fn row_page(&self, row: u32) -> Option<RowPage> {
        let seen = self.look(&[row]).pop()?;
        Some(self.page(row, &seen))
    }

    /// Each row as the networks see it, with the parts of the score that ranks it.
    fn look(&self, rows: &[u32]) -> Vec<Seen> {
        let mut batch = Vec::new();
        self.data
            .matrix
            .gather(rows.iter().map(|row| *row as usize), &mut batch);
        let mut seen = if batch.is_empty() {
            Vec::new()
        } else {
            snapshot::look(self.views.iter().copied(), &batch)
        };
        if self.by != By::Network
            && let Some(references) = self.references
        {
            for (seen, row) in seen.iter_mut().zip(rows) {
                let parts = references
                    .neighbours
                    .parts(&self.data.matrix, *row as usize);
                for (part, other) in seen.parts.iter_mut().zip(parts) {
                    *part = match self.by {
                        By::Both => f64::midpoint(*part, other),
                        By::Disagreement => (*part - other).abs(),
                        By::Network | By::Lesinn => other,
                    };
                }
            }
        }
        seen
    }

    /// The columns' parts of a score: the sums over their features.
    fn parts(&self, seen: &Seen) -> Vec<f64> {
        let columns = self.data.encoder.columns.iter();
        columns
            .map(|column| seen.parts[column.features.clone()].iter().sum())
            .collect()
    }

    fn page(&self, row: u32, seen: &Seen) -> RowPage {
        let parts = self.parts(seen);
        let score: f64 = parts.iter().sum();
        let words = self
            .data
            .provenance
            .original
            .as_ref()
            .and_then(|original| original.cells(row as usize));
        let cell = |(index, column): (usize, &Coded)| {
            let missing = self.data.is_missing(row as usize, index);
            let [original, rebuilt] = [
                self.units(column, self.data.matrix.row(row as usize)),
                self.units(column, &seen.reconstruction),
            ];
            // Of several words the file's own is looked at: 1 in the file, less in what the network makes of it.
            let own = (0..original.len())
                .max_by(|a, b| original[*a].total_cmp(&original[*b]).then(b.cmp(a)))
                .unwrap_or(0);
            let text = words.as_ref().and_then(|words| words.get(column.place));
            let text = text.map(|text| sanitize_bytes(text.trim_ascii()));
            Cell {
                original: original[own],
                reconstruction: rebuilt[own],
                text: text
                    .filter(|text| !text.is_empty())
                    .or_else(|| column.shown(&original).filter(|_| !missing)),
                rebuilt: column.shown(&rebuilt),
                share: share(parts[index], score),
                missing,
            }
        };
        let columns = self.data.encoder.columns.iter().enumerate();
        RowPage {
            row,
            cells: columns.map(cell).collect(),
        }
    }

    /// The features of one column in the file's units.
    fn units(&self, column: &Coded, scaled: &[f32]) -> Vec<f64> {
        let features = column.features.clone();
        features
            .map(|index| self.data.encoder.features[index].inverse(f64::from(scaled[index])))
            .collect()
    }
}

/// Why a row has its score, in words: the columns with the largest parts and their shares.
pub fn in_words(explanation: &Explanation, encoder: &Encoder) -> String {
    let part = |part: &Part| {
        let name = &encoder.columns[part.column as usize].name;
        format!("{name} {}", format::percent(part.share))
    };
    let parts: Vec<String> = explanation.parts.iter().map(part).collect();
    parts.join(", ")
}

/// The columns with the largest parts.
fn explanation(row: u32, parts: &[f64]) -> Explanation {
    let score: f64 = parts.iter().sum();
    // By insertion: rows are wide, the list is short.
    let mut largest: Vec<Part> = Vec::with_capacity(PARTS + 1);
    for (column, part) in parts.iter().enumerate() {
        let share = share(*part, score);
        let place = largest.partition_point(|kept| kept.share >= share);
        if place < PARTS {
            largest.insert(
                place,
                Part {
                    column: column as u32,
                    share,
                },
            );
            largest.truncate(PARTS);
        }
    }
    Explanation {
        row,
        parts: largest,
    }
}

fn share(part: f64, score: f64) -> f32 {
    if score > 0.0 {
        (part / score) as f32
    } else {
        0.0
    }
}
