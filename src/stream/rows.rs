//! The rows of a block: encoded, scored, and asked for whatever else is wanted of them.

use super::news::News;
use super::top::Kept;
use super::{Met, Scored, Stream, Wants};
use crate::data::columns::clock::Part;
use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::label::Label;
use crate::data::columns::piece::Piece;
use crate::data::encoder::curve::Curve;
use crate::data::encoder::{Encoded, Encoder, More};
use crate::data::records::chunk::Chunk;
use crate::message::Explanation;
use crate::score::judge::Judge;
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::train::explain::Reasons;

/// A column that a clock makes of another; these stand behind the columns of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clocked {
    /// The column of the file.
    pub column: usize,
    /// What of its times.
    pub part: Part,
    /// How many of their unit make a second.
    pub per: f64,
}

/// What is known of the rows of a file.
pub struct Rows<'a> {
    pub encoder: &'a Encoder,
    pub label: Option<(&'a Label, usize)>,
    pub id: Option<usize>,
    pub threshold: f64,
    pub wants: Wants<'a>,
}

impl Met {
    /// In a block.
    pub fn of(chunk: &Chunk) -> Self {
        Self {
            begins: chunk.offset,
            lines: chunk.lines,
            ragged: chunk.ragged.clone(),
            not_utf8: chunk.not_utf8,
            unclosed: chunk.unclosed,
            anew: false,
        }
    }
}

impl<'a> Rows<'a> {
    /// Those of a stream.
    pub fn of(stream: &Stream<'a>) -> Self {
        Self {
            encoder: stream.encoder,
            label: stream.label,
            id: stream.id,
            threshold: stream.threshold,
            wants: stream.wants,
        }
    }

    /// The rows of a block scored, before which there are so many in the file, and those of them kept that score more than the
    /// floor.
    pub fn score(&self, (judge, floor): (&Judge, f32), chunk: &Chunk, before: u64) -> Scored {
        let made = self.made(&chunk.pieces);
        let pieces = made.as_deref().unwrap_or(&chunk.pieces);
        let (rows, width) = (chunk.places.len(), self.encoder.features.len());
        let values = self.encoder.rows(pieces, rows);
        let number = |row: usize| before + u64::from(chunk.places[row]) + 1;
        let numbers: Vec<u64> = (0..rows).map(number).collect();
        let scores = judge.score(&values, || {
            numbers.iter().map(|number| *number as usize).collect()
        });
        let outliers = match &self.label {
            Some((label, column)) => (0..rows)
                .map(|row| label.is_outlier(&word(&pieces[*column], row)))
                .collect(),
            None => Vec::new(),
        };
        let id = |row: usize| self.name(pieces, row);
        let news = (!self.wants.ranges.is_empty())
            .then(|| News::of(self.encoder, pieces, (&values, self.wants.ranges)));
        let mut told = Scored {
            ids: if self.wants.names {
                (0..rows).filter_map(id).collect()
            } else {
                Vec::new()
            },
            news,
            met: Met::of(chunk),
            numbers,
            scores,
            outliers,
            ..Scored::default()
        };
        let keep = |row: usize| Kept {
            score: told.scores[row],
            number: told.numbers[row],
            start: chunk.offset + u64::from(chunk.starts[row]),
            values: values[row * width..][..width].to_vec(),
            missing: self.missing(pieces, row),
            outlier: told.outliers.get(row).copied().unwrap_or(false),
            id: id(row).unwrap_or_default(),
        };
        let picked = self.wants.picks.map(|picks| picks(chunk, &told));
        let may = |row: &usize| picked.as_ref().is_none_or(|picked| picked[*row]);
        let kept = (0..rows).filter(|row| told.scores[*row] > floor);
        let kept = kept.filter(may).map(keep).collect();
        let more =
            |row: &usize| self.wants.reasons && f64::from(told.scores[*row]) > self.threshold;
        let flagged: Vec<usize> = (0..rows).filter(more).collect();
        let keep_flagged: Vec<Kept> = flagged.iter().map(|row| keep(*row)).collect();
        let reasons = self.reasons(judge, &keep_flagged);
        told.kept = kept;
        told.picked = picked.map_or(rows, |picked| picked.iter().filter(|is| **is).count()) as u64;
        told.reasons = flagged.into_iter().zip(reasons).collect();
        if let Some(lines) = self.wants.lines {
            told.lines = lines(&told);
        }
        told
    }

    /// The pieces with those behind them that clocks make; none where there are none.
    pub fn made(&self, pieces: &[Piece]) -> Option<Vec<Piece>> {
        let clocks = self.wants.clocks;
        let make = |clock: &Clocked| clock.part.piece(&pieces[clock.column], clock.per);
        (!clocks.is_empty()).then(|| {
            let all = pieces.iter().cloned();
            all.chain(clocks.iter().map(make)).collect()
        })
    }

    /// What a row is called.
    pub fn name(&self, pieces: &[Piece], row: usize) -> Option<String> {
        Some(name(&pieces[self.id?], row, self.wants.dates))
    }

    /// Which columns in use are missing in a row.
    pub fn missing(&self, pieces: &[Piece], row: usize) -> Vec<usize> {
        let columns = self.encoder.columns.iter().enumerate();
        columns
            .filter_map(|(index, column)| Encoder::lacks(column, pieces, row).then_some(index))
            .collect()
    }

    /// Why these rows have their scores.
    fn reasons(&self, judge: &Judge, kept: &[Kept]) -> Vec<Explanation> {
        if kept.is_empty() {
            return Vec::new();
        }
        reasons(self.encoder, self.wants.curves, judge, kept)
    }
}

/// Why rows that were kept have their scores.
pub fn reasons(
    encoder: &Encoder,
    curves: &[Curve],
    judge: &Judge,
    kept: &[Kept],
) -> Vec<Explanation> {
    let data = Encoded::of_rows(encoder, curves, more(kept));
    let all: Vec<u32> = (0..kept.len() as u32).collect();
    explain(&data, judge, |row| kept[row].number as usize, &all)
}

/// Why these rows of a table have their scores; `number` is what its examples are called that were drawn of another.
pub fn explain(
    data: &Encoded,
    judge: &Judge,
    number: impl Fn(usize) -> usize,
    rows: &[u32],
) -> Vec<Explanation> {
    let references = judge.lesinn.as_ref().filter(|_| judge.by() != By::Network);
    let references = references.map(|lesinn| {
        let numbers = (0..data.examples.rows()).map(number);
        References::of_neighbours(lesinn.placed(numbers))
    });
    let reasons = Reasons {
        data,
        views: judge.jury.views().collect(),
        references: references.as_ref(),
        by: judge.by(),
    };
    reasons.explanations(rows)
}

/// Rows that were kept, as an encoder's.
pub fn more(kept: &[Kept]) -> More {
    let mut more = More::default();
    for kept in kept {
        more.values.extend_from_slice(&kept.values);
        more.missing.push(kept.missing.clone());
        more.numbers.push(kept.number as u32);
        more.ids.push(kept.id.clone());
        more.starts.push(kept.start);
    }
    more
}

/// What a cell says that names a row; `dates` is what dates are divided by, and their unit, where it is one.
pub fn name(piece: &Piece, row: usize, dates: Option<(f64, Unit)>) -> String {
    if let (Some((per, unit)), Piece::Numbers(values, _)) = (dates, piece) {
        let seconds = values.get(row) / per;
        let shown = (!seconds.is_nan()).then(|| datetime::show(seconds, unit));
        return shown.unwrap_or_default();
    }
    String::from_utf8_lossy(&word(piece, row)).into_owned()
}

/// The text of a cell.
pub fn word(piece: &Piece, row: usize) -> Vec<u8> {
    match piece {
        Piece::Words(words) => words.get(row).unwrap_or_default().to_vec(),
        Piece::Numbers(values, _) => values.get(row).to_string().into_bytes(),
        Piece::Presence(_) => Vec::new(),
    }
}
