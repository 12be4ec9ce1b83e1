//! A trained model in a file: the networks as they were looked at, how columns become features, what the scores of the table
//! that was learned from were like, and above which score a row is flagged. What it takes to score other rows as those were.
//!
//! ```text
//! 8 bytes        length of the header, little-endian
//! header         JSON: "__metadata__" with one entry, "misfit", whose text is a document; then name, type, shape and place of
//!                every tensor
//! tensors        the numbers
//! ```
//!
//! That is the layout of safetensors, so that other programs find the weights. The document is `document::Document`; its first
//! entry is a checksum of the whole file.

mod document;
pub(super) mod open;
mod restore;
pub(super) mod save;
pub(super) mod seal;
pub(super) mod tensors;

use std::fmt;
use std::path::Path;

use crate::data::columns::clock::Part;
use crate::data::columns::datetime::Unit;
use crate::data::columns::kind::Kind;
use crate::data::columns::known::{Known, KnownColumn};
use crate::data::columns::label::Label;
use crate::data::encoder::curve::Curve;
use crate::data::encoder::{Coded, Encoder};
use crate::data::options::Missing;
use crate::data::read::matched::Sought;
use crate::data::series::Series;
use crate::data::windows::WindowSize;
use crate::model::spec::NetworkSpec;
use crate::score::error::ErrorMeasure;
use crate::score::flag::FlagRule;
use crate::score::judge::Judge;
use crate::score::ordinary::Ordinary;

use crate::train::recipe::Loss;

pub use save::{Job, check};

/// What file names of models end in.
pub const ENDING: &str = ".misfit";

/// Whether a file is called like a model.
pub fn is_named_like_one(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    name.ends_with(ENDING)
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Model");
        told.field("program", &self.program).finish_non_exhaustive()
    }
}

/// A trained model.
pub struct Model {
    /// The program that wrote it, with its version.
    pub program: String,
    /// How rows become features. Where each column stands depends on the file; here it is its place in [`Model::sources`].
    pub encoder: Encoder,
    /// What each column in use is made of.
    pub sources: Vec<Origin>,
    /// The least and the greatest value of each feature in the table that was learned from, scaled.
    pub ranges: Vec<[f32; 2]>,
    /// Which columns in use form curves.
    pub curves: Vec<Curve>,
    /// What stands for a missing value.
    pub missing: Missing,
    /// The windows that were learned, where it was not single rows.
    pub window: Option<Window>,
    /// The label, where there was one.
    pub label: Option<Label>,
    /// The column that named the rows.
    pub id: Option<String>,
    /// Columns of the table that nothing was learned from.
    pub unused: Vec<String>,
    /// What training made small, and how errors are weighed; none where an older program wrote the model.
    pub recipe: Option<(Loss, ErrorMeasure)>,
    /// The networks, and what else has a say.
    pub judge: Judge,
    /// Each network's plan and the steps at which it was looked at.
    pub networks: Vec<(NetworkSpec, Vec<u64>)>,
    /// By what rule rows were flagged.
    pub rule: FlagRule,
    /// A row is flagged that scores more.
    pub threshold: f64,
    /// Where all rows were taken as ordinary: those that others are held against.
    pub ordinary: Option<Ordinary>,
    /// What was learned from.
    pub trained: Trained,
}

/// What a column in use is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The column of the file.
    pub column: String,
    /// What of it, where it is not its values.
    pub part: Option<Part>,
}

/// How windows are cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Their size.
    pub size: WindowSize,
    /// The columns that tell the time, one or two, and how precise they are.
    pub clock: Option<(Vec<String>, Unit)>,
    /// The column that tells what a row belongs to.
    pub group: Option<String>,
}

/// What was learned from, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The file's name, sanitised; none of built-in or piped data.
    pub source: Option<String>,
    /// Rows of the table.
    pub rows: u64,
    /// Rows that were flagged, of those that were scored.
    pub flagged: u64,
    /// Rows that were scored: all of the file, where that is more than the table.
    pub scored: u64,
    /// Their scores.
    pub scores: Quantiles,
    /// How they agreed with the label: area under the ROC curve, average precision.
    pub quality: Option<[f64; 2]>,
    /// Seed of the training.
    pub seed: u64,
}

/// Scores that so many rows in a hundred do not exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    /// Half of them.
    pub median: f64,
    /// 90.
    pub p90: f64,
    /// 99.
    pub p99: f64,
    /// All.
    pub highest: f64,
}

impl Quantiles {
    /// Of rows and their scores from the highest down, so many in all. None of no rows.
    pub fn of(descending: impl Iterator<Item = (f32, u64)>, rows: u64) -> Option<Self> {
        // The rank from the top of the row that the share does not exceed.
        let rank = |share: f64| rows.saturating_sub(((rows as f64 * share).ceil() as u64).max(1));
        let ranks = [1.0, 0.99, 0.9, 0.5].map(rank);
        let (mut found, mut passed) = (Vec::with_capacity(4), 0);
        for (score, count) in descending {
            passed += count;
            while found.len() < ranks.len() && ranks[found.len()] < passed {
                found.push(f64::from(score));
            }
        }
        match found[..] {
            [highest, p99, p90, median] => Some(Self {
                median,
                p90,
                p99,
                highest,
            }),
            _ => None,
        }
    }
}

impl Model {
    /// The columns of a file that it needs, each once.
    pub fn sought(&self) -> Vec<Sought> {
        let mut sought: Vec<Sought> = Vec::new();
        let mut add = |name: &str, kind: Kind| {
            if sought.iter().all(|known| known.name != name) {
                let name = name.to_owned();
                sought.push(Sought { name, kind });
            }
        };
        for (origin, column) in self.sources.iter().zip(&self.encoder.columns) {
            let kind = match (origin.part, &column.levels, column.unit) {
                (Some(_), ..) | (None, None, Some(_)) => Kind::Datetime,
                (None, Some(_), _) => Kind::Category,
                (None, None, None) => Kind::Number,
            };
            add(&origin.column, kind);
        }
        if let Some(window) = &self.window {
            for clock in window.clock.iter().flat_map(|(columns, _)| columns) {
                add(clock, Kind::Datetime);
            }
            if let Some(group) = &window.group {
                add(group, Kind::Category);
            }
        }
        sought
    }

    /// What names the rows together, where those of the table were called by what they belong to and when they were taken.
    pub fn named_by_series(&self) -> Option<String> {
        let window = self.window.as_ref()?;
        let clock = window.clock.as_ref().map(|(columns, _)| columns.join(" "));
        let header = Series::header(window.group.as_deref(), clock.as_deref());
        header.filter(|header| self.id.as_ref() == Some(header))
    }

    /// What it knows of a table before that is read.
    pub fn known(&self) -> Known {
        let known = |sought: Sought| {
            let of = || self.sources.iter().zip(&self.encoder.columns);
            let of = || of().filter(|(origin, _)| origin.column == sought.name);
            let own = of().find(|(origin, _)| origin.part.is_none());
            let own = own.map(|(_, column)| column);
            let levels = |column: &Coded| column.levels.clone().unwrap_or_default();
            KnownColumn {
                kind: sought.kind,
                used: own.is_some(),
                levels: own.map(levels).unwrap_or_default(),
                codes: own.map_or_else(Vec::new, |column| column.codes.clone()),
                per: own.map_or(1.0, |column| column.per),
                parts: of()
                    .filter_map(|(origin, column)| Some((origin.part?, levels(column))))
                    .collect(),
                name: sought.name,
            }
        };
        Known {
            columns: self.sought().into_iter().map(known).collect(),
            label: self.label.as_ref().map(|label| label.name.clone()),
            id: self.id.clone(),
        }
    }

    /// Numbers that a network takes: those of a window, or of a row.
    pub fn inputs(&self) -> usize {
        let rows = self.window.as_ref().map_or(1, |window| window.size.rows);
        self.encoder.features.len() * rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_scores_that_a_share_of_the_rows_does_not_exceed() {
        let scores = (1..=200_u16).rev().map(|score| (f32::from(score), 1));
        let found = Quantiles::of(scores, 200).unwrap();
        assert_eq!(
            [found.median, found.p90, found.p99, found.highest],
            [100.0, 180.0, 198.0, 200.0]
        );
        let one = Quantiles::of([(3.0, 1)].into_iter(), 1).unwrap();
        assert_eq!([one.median, one.highest], [3.0, 3.0]);
        assert_eq!(Quantiles::of(std::iter::empty(), 0), None);
    }
}
