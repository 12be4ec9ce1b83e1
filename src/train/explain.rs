//! Why rows rank where they do: the columns' parts of their scores, and one row beside what the network makes of it.

mod erring;
mod fold;
pub mod grounds;
mod wording;

use std::fmt::Write as _;

use crate::data::encoder::{Coded, Encoded};
use crate::data::text::sanitize_bytes;
use crate::format;
use crate::message::{Cell, Explained, Explanation, Reason, RowPage, Watch, Weighed};
use crate::score::ranking::{By, Ranking};
use crate::score::reference::References;
use crate::score::view::{Seen, View};
use crate::train::snapshot;
use erring::erring;
use fold::Folded;

/// Rows that are looked at together.
const CHUNK: usize = 256;

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
            rows: self.explanations(&watched),
            page: None,
        }
    }

    /// What the other way of scoring says of a row, `LeSiNN` or, where that ranks, the network; none before there is one.
    pub fn beside(&self, row: u32) -> Option<(By, Vec<Reason>)> {
        self.references?;
        let by = match self.by {
            By::Lesinn => By::Network,
            _ => By::Lesinn,
        };
        let other = Reasons {
            views: self.views.clone(),
            by,
            ..*self
        };
        let seen = other.look(&[row]).pop()?;
        Some((by, other.explanation(row, &seen).reasons))
    }

    /// What the file says of a row in some columns in use, in cells that are narrow; empty where it says nothing.
    pub fn written(&self, row: u32, columns: &[u32]) -> Vec<String> {
        /// Longer numbers are written with fewer figures.
        const LONG: usize = 9;
        let original = self.data.provenance.original.as_ref();
        let words = original.and_then(|original| original.cells(row as usize));
        let write = |index: &u32| {
            let index = *index as usize;
            let column = &self.data.encoder.columns[index];
            if self.data.is_missing(row as usize, index) {
                return String::new();
            }
            let values = self.data.units(column, self.data.matrix.row(row as usize));
            let text = words.as_ref().and_then(|words| words.get(column.place));
            let text = text.map(|text| sanitize_bytes(text.trim_ascii()));
            match text.filter(|text| !text.is_empty()) {
                Some(text) if text.len() <= LONG || !column.is_number() => text,
                _ => column
                    .shown(&values)
                    .unwrap_or_else(|| format::value(values[0])),
            }
        };
        columns.iter().map(write).collect()
    }

    /// One row, column by column, without what there is to say of it beside other rows.
    pub fn row_page(&self, row: u32) -> Option<RowPage> {
        let seen = self.look(&[row]).pop()?;
        Some(self.page(row, &seen))
    }

    /// Why these rows have their scores, with every column's share.
    pub fn weigh(&self, rows: &[u32]) -> Vec<Weighed> {
        let seen = self.look(rows);
        let weighed = rows.iter().zip(&seen).map(|(row, seen)| {
            let parts = self.parts(seen);
            let score: f64 = parts.iter().sum();
            Weighed {
                row: *row,
                reasons: self.explanation(*row, seen).reasons,
                shares: parts.iter().map(|part| share(*part, score)).collect(),
            }
        });
        weighed.collect()
    }

    /// Why these rows stand where they do.
    pub fn explanations(&self, rows: &[u32]) -> Vec<Explanation> {
        let chunks = rows.chunks(CHUNK);
        chunks
            .flat_map(|rows| rows.iter().zip(self.look(rows)))
            .map(|(row, seen)| self.explanation(*row, &seen))
            .collect()
    }

    fn explanation(&self, row: u32, seen: &Folded) -> Explanation {
        let parts = self.parts(seen);
        let score: f64 = parts.iter().sum();
        let above = self.above(row, seen);
        let curves = self.data.curves.iter();
        let curves: Vec<_> = curves.map(|curve| curve.columns.clone()).collect();
        let erring = erring(&parts, &above, &curves);
        let largest =
            (0..parts.len()).max_by(|a, b| parts[*a].total_cmp(&parts[*b]).then(b.cmp(a)));
        Explanation {
            row,
            largest: largest.map_or(0, |column| column as u32),
            share: largest.map_or(0.0, |column| share(parts[column], score)),
            reasons: erring
                .iter()
                .map(|erring| self.reason(row, erring, seen, score))
                .collect(),
        }
    }

    /// Whether each column is above what was expected: what the networks make of it, or what is usual where no network is asked.
    fn above(&self, row: u32, seen: &Folded) -> Vec<bool> {
        let own = self.data.matrix.row(row as usize);
        let above = |column: &Coded| {
            let feature = column.features.start;
            let usual = &self.data.encoder.features[feature];
            match self.by {
                By::Lesinn => f64::from(own[feature]) > usual.transform(usual.median),
                _ => own[feature] > seen.seen.reconstruction[feature],
            }
        };
        self.data.encoder.columns.iter().map(above).collect()
    }

    /// Each row as the networks see it, with the parts of the score that ranks it.
    fn look(&self, rows: &[u32]) -> Vec<Folded> {
        if let Some(windows) = self.data.examples.windows() {
            let nothing = || Seen {
                reconstruction: vec![0.0; self.data.matrix.columns()],
                parts: vec![0.0; self.data.matrix.columns()],
            };
            let fold = |row: &u32| {
                let folded = self.fold(*row as usize, windows);
                folded.unwrap_or_else(|| nothing().into())
            };
            return rows.iter().map(fold).collect();
        }
        let mut batch = Vec::new();
        self.data
            .matrix
            .gather(rows.iter().map(|row| *row as usize), &mut batch);
        let mut seen = if batch.is_empty() {
            Vec::new()
        } else {
            snapshot::look(self.views.iter().copied(), &batch)
        };
        for (seen, row) in seen.iter_mut().zip(rows) {
            self.blend(*row as usize, &mut seen.parts);
        }
        seen.into_iter().map(Folded::from).collect()
    }

    /// The columns' parts of a score: the sums over their features.
    fn parts(&self, seen: &Folded) -> Vec<f64> {
        let columns = self.data.encoder.columns.iter();
        columns
            .map(|column| seen.seen.parts[column.features.clone()].iter().sum())
            .collect()
    }

    fn page(&self, row: u32, seen: &Folded) -> RowPage {
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
                self.data.units(column, self.data.matrix.row(row as usize)),
                self.data.units(column, &seen.seen.reconstruction),
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
                level: column.levels.as_ref().map(|_| column.level(&original)),
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
            reasons: self.explanation(row, seen).reasons,
            cells: columns.map(cell).collect(),
            around: self.around(row as usize, seen),
            place: None,
            beside: None,
            nearest: None,
        }
    }
}

/// Why a row has its score, in words.
pub fn in_words(explanation: &Explanation) -> String {
    let mut words = String::new();
    for reason in &explanation.reasons {
        let between = if words.is_empty() { "" } else { "; " };
        let Reason {
            subject,
            detail,
            share,
            ..
        } = reason;
        let share = format::percent(*share);
        // Writing to a string cannot fail.
        let _ = write!(words, "{between}{subject}{detail} ({share})");
    }
    words
}

fn share(part: f64, score: f64) -> f32 {
    if score > 0.0 {
        (part / score) as f32
    } else {
        0.0
    }
}
