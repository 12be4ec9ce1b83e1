//! What is told of a row beside its score: its name, and what its label says.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::columns::datetime::Unit;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::label::Label;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::columns::piece::Piece;
use crate::data::read::matched::Matched;
use crate::data::text::sanitize;
use crate::engine::{Rows, drawn, piece};
use crate::error::Result;
use crate::stream::{Scored, name, word};

/// Columns that are told beside the scores.
pub struct Besides {
    /// Their names.
    pub names: Vec<String>,
    /// The label, and which of them it is.
    pub label: Option<(Label, usize)>,
    /// Which of them names the rows.
    id: Option<usize>,
    /// What its dates are divided by, and their unit, where it holds dates.
    dates: Option<(f64, Unit)>,
    /// What the files are called, where rows are called by file and number.
    files: Option<Vec<String>>,
    /// How each column is read.
    read_as: Vec<ReadAs>,
    spelling: Spelling,
    missing: Arc<MissingWords>,
}

impl Besides {
    /// Of some files, which are read as one, with this label and its place; `dates` is how the column is written that names the
    /// rows, where it holds dates.
    pub fn new(
        matched: &Matched<'_>,
        (label, dates): (Option<(Label, usize)>, Option<(f64, Unit)>),
        files: &[PathBuf],
    ) -> Self {
        let layout = matched.rows.layout();
        let (mut names, mut read_as) = (Vec::new(), Vec::new());
        let mut add = |place: usize| {
            names.push(matched.header[place].clone());
            read_as.push(layout.read_as[place]);
            names.len() - 1
        };
        // The first column of several files tells where a row is from, and is in none of them.
        let made = files.len() > 1 && matched.id == Some(0);
        let id = matched.id.filter(|_| !made).map(&mut add);
        let label = label.map(|(label, place)| (label, add(place)));
        let called = |path: &PathBuf| sanitize(&path.to_string_lossy());
        Self {
            files: made.then(|| files.iter().map(called).collect()),
            names,
            label,
            id,
            dates,
            read_as,
            spelling: layout.spelling,
            missing: Arc::clone(&layout.missing),
        }
    }

    /// Rows that an engine scored, with so many rows before them in all files.
    pub fn scored(&self, rows: &Rows, before: u64) -> Result<Scored> {
        let count = rows.scores.len();
        let cells = rows.cells.iter().zip(&self.read_as);
        let pieces: Result<Vec<Piece>> = cells
            .map(|(cells, read_as)| piece(cells, *read_as, self.spelling, &self.missing))
            .collect();
        let pieces = pieces?;
        let text = |place: usize, row: usize| word(&pieces[place], row);
        let ids = match (self.id, &self.files) {
            (Some(id), _) => (0..count)
                .map(|row| name(&pieces[id], row, self.dates))
                .collect(),
            (None, Some(files)) => (1..=count as u64)
                .map(|row| format!("{}:{}", files[rows.file], rows.before + row))
                .collect(),
            (None, None) => Vec::new(),
        };
        let outliers = match &self.label {
            Some((label, place)) => (0..count)
                .map(|row| label.is_outlier(&text(*place, row)))
                .collect(),
            None => Vec::new(),
        };
        let numbers: Vec<u64> = (before + 1..=before + count as u64).collect();
        let mut scores = rows.scores.clone();
        if let Some(cells) = &rows.drawn {
            for (row, score) in scores.iter_mut().enumerate() {
                *score = drawn(cells, row, numbers[row]).unwrap_or(*score);
            }
        }
        Ok(Scored::elsewhere(numbers, scores, outliers, ids))
    }
}
