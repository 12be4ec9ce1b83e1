//! Every row of a file scored on its way through: nothing is kept but the first rows of the ranking and the counts. It needs an
//! encoder and networks that no longer change, whoever made them.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::data::bytes::stream::Reopen;
use crate::data::columns::label::Label;
use crate::data::columns::piece::Piece;
use crate::data::encoder::Encoder;
use crate::data::read::again::Again;
use crate::error::{Error, Result};
use crate::score::view::View;

/// Rows of the ranking that are kept.
const TOP: usize = 10_000;
/// Numbers that they may hold together.
const HELD: usize = 8 << 20;
/// Batches on their way from the reading to the scoring.
const AHEAD: usize = 2;

/// What scores a row.
pub struct Scorer<'a> {
    /// Makes features of the file's cells.
    pub encoder: &'a Encoder,
    /// The networks, and what each counts in the mean.
    pub views: Vec<(&'a View, f64)>,
    /// A row that scores more is flagged.
    pub threshold: f64,
    /// The label, and which column of the file it is.
    pub label: Option<(&'a Label, usize)>,
    /// Which column of the file names the rows.
    pub id: Option<usize>,
}

/// One row that went by.
pub struct Row<'a> {
    /// Its number among the data rows of the file, 1 = first.
    pub number: u64,
    /// In multiples of the sample's median row's.
    pub score: f32,
    /// Whether it scores more than the threshold.
    pub flagged: bool,
    /// Whether it is an outlier, where there is a label.
    pub outlier: Option<bool>,
    /// Its name, where a column names the rows.
    pub id: Option<&'a str>,
}

/// A row that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// In multiples of the sample's median row's.
    pub score: f32,
    /// Its number among the data rows of the file, 1 = first.
    pub number: u64,
    /// Its features.
    pub values: Vec<f32>,
    /// Which of the encoder's columns are missing in it.
    pub missing: Vec<usize>,
    /// Its name, where a column names the rows.
    pub id: Option<String>,
}

/// What a pass found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Rows that were scored.
    pub rows: usize,
    /// Rows above the threshold.
    pub flagged: usize,
    /// Outliers in all and among the flagged, where there is a label.
    pub outliers: Option<(usize, usize)>,
    /// The first rows of the ranking.
    pub top: Vec<Kept>,
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    /// The higher score is greater, and of one score the earlier row.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then(other.number.cmp(&self.number))
    }
}

/// Rows of a block, encoded.
struct Batch {
    numbers: Vec<u64>,
    values: Vec<f32>,
    missing: Vec<Vec<usize>>,
    outliers: Option<Vec<bool>>,
    ids: Option<Vec<String>>,
}

impl Scorer<'_> {
    /// Scores all rows of `input`, which is read as it was before, and hands on each in the order of the file.
    pub fn pass(
        &self,
        input: &mut dyn Reopen,
        again: &Again,
        each: &mut dyn FnMut(Row<'_>) -> Result<()>,
    ) -> Result<Outcome> {
        let mut outcome = Outcome {
            outliers: self.label.map(|_| (0, 0)),
            ..Outcome::default()
        };
        let most = TOP.min(HELD / self.encoder.features.len().max(1)).max(1);
        let mut top: BinaryHeap<Reverse<Kept>> = BinaryHeap::new();
        let mut reading = again.open(input)?;
        let (encoder, label, id) = (self.encoder, self.label, self.id);
        // The networks stay on this thread; another reads and encodes ahead of them.
        thread::scope(|scope| {
            let (send, receive) = sync_channel::<Result<Batch>>(AHEAD);
            scope.spawn(move || {
                loop {
                    let blocks = reading
                        .next(|chunk| encode(encoder, label, id, &chunk.pieces, &chunk.places));
                    let blocks = match blocks {
                        Ok(blocks) if blocks.is_empty() => return,
                        Ok(blocks) => blocks,
                        Err(error) => {
                            let _ = send.send(Err(error));
                            return;
                        }
                    };
                    for (before, _, mut batch) in blocks {
                        for number in &mut batch.numbers {
                            *number += before;
                        }
                        if send.send(Ok(batch)).is_err() {
                            return;
                        }
                    }
                }
            });
            for batch in receive {
                let batch = batch?;
                self.take(&batch, most, &mut top, &mut outcome, each)?;
            }
            Ok::<(), Error>(())
        })?;
        outcome.top = top.into_iter().map(|Reverse(kept)| kept).collect();
        outcome.top.sort_unstable_by(|a, b| b.cmp(a));
        Ok(outcome)
    }

    fn take(
        &self,
        batch: &Batch,
        most: usize,
        top: &mut BinaryHeap<Reverse<Kept>>,
        outcome: &mut Outcome,
        each: &mut dyn FnMut(Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let width = self.encoder.features.len();
        for (row, score) in self.scores(&batch.values).into_iter().enumerate() {
            let flagged = f64::from(score) > self.threshold;
            let outlier = batch.outliers.as_ref().map(|outliers| outliers[row]);
            let id = batch.ids.as_ref().map(|ids| &ids[row]);
            outcome.rows += 1;
            outcome.flagged += usize::from(flagged);
            if let (Some((all, among)), Some(true)) = (&mut outcome.outliers, outlier) {
                *all += 1;
                *among += usize::from(flagged);
            }
            let number = batch.numbers[row];
            // Rows come in order, so of one score the earlier is there already.
            if top.len() < most || top.peek().is_some_and(|Reverse(last)| score > last.score) {
                if top.len() == most {
                    top.pop();
                }
                top.push(Reverse(Kept {
                    score,
                    number,
                    values: batch.values[row * width..][..width].to_vec(),
                    missing: batch.missing[row].clone(),
                    id: id.cloned(),
                }));
            }
            each(Row {
                number,
                score,
                flagged,
                outlier,
                id: id.map(String::as_str),
            })?;
        }
        Ok(())
    }

    /// The mean of the networks' scores.
    fn scores(&self, rows: &[f32]) -> Vec<f32> {
        let mut mean = vec![0.0_f64; rows.len() / self.encoder.features.len()];
        for (view, weight) in &self.views {
            for (mean, score) in mean.iter_mut().zip(view.score(rows)) {
                *mean += f64::from(score) * weight;
            }
        }
        mean.into_iter().map(|score| score as f32).collect()
    }
}

fn encode(
    encoder: &Encoder,
    label: Option<(&Label, usize)>,
    id: Option<usize>,
    pieces: &[Piece],
    places: &[u32],
) -> Batch {
    let rows = places.len();
    let missing = |row| {
        let lacks = |(index, column)| Encoder::lacks(column, pieces, row).then_some(index);
        encoder
            .columns
            .iter()
            .enumerate()
            .filter_map(lacks)
            .collect()
    };
    let word = |column: usize, row: usize| match &pieces[column] {
        Piece::Words(words) => words.get(row).unwrap_or_default().to_vec(),
        Piece::Numbers(values, _) => values.get(row).to_string().into_bytes(),
        Piece::Presence(_) => Vec::new(),
    };
    Batch {
        numbers: places.iter().map(|place| u64::from(*place) + 1).collect(),
        values: encoder.rows(pieces, rows),
        missing: (0..rows).map(missing).collect(),
        outliers: label.map(|(label, column)| {
            (0..rows)
                .map(|row| label.is_outlier(&word(column, row)))
                .collect()
        }),
        ids: id.map(|column| {
            (0..rows)
                .map(|row| String::from_utf8_lossy(&word(column, row)).into_owned())
                .collect()
        }),
    }
}
