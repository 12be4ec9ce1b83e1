//! Rows that are scored in windows: the file is taken in whole, since its rows may stand in any order, and cut into windows as the
//! table was that was learned from.

use std::sync::Arc;

use super::news::News;
use super::rows::{Rows, word};
use super::top::Kept;
use super::untimed::Untimed;
use super::{Listener, Met, Outcome, Scored, Stream};
use crate::data::bytes::memory::budget;
use crate::data::columns::datetime::Unit;
use crate::data::columns::piece::Piece;
use crate::data::columns::words::Words;
use crate::data::encoder::{Encoded, More};
use crate::data::read::passing::Passing;
use crate::data::records::chunk::Chunk;
use crate::data::series::{Clock, Groups, Series};
use crate::data::windows::{WindowSize, Windows};
use crate::error::{Error, Result};
use crate::format;
use crate::message::Explanation;
use crate::score::judge::Judge;
use crate::score::order::order;

/// Rows that are handed on at once.
const AT_ONCE: usize = 8_192;

/// What makes the rows of a file a series.
pub struct Cut {
    /// How windows are cut.
    pub size: WindowSize,
    /// What tells the time.
    pub clock: Option<Told>,
    /// The column that tells what a row belongs to: its name and its place.
    pub group: Option<(String, usize)>,
    /// What the columns are called together by which the rows are called, where they are.
    pub named: Option<String>,
}

/// The column that tells the time, or the two that tell the day and the time of day.
pub struct Told {
    /// Their names.
    pub columns: Vec<String>,
    /// The place of each, and how many of its unit make a second.
    pub places: Vec<(usize, f64)>,
    /// How precise they are.
    pub unit: Unit,
}

/// The rows of a file, taken in whole.
#[derive(Default)]
struct Taken {
    more: More,
    numbers: Vec<u64>,
    seconds: Vec<f64>,
    groups: Words,
    outliers: Vec<bool>,
    news: News,
    untimed: Untimed,
}

/// What a block gives.
struct Part {
    values: Vec<f32>,
    missing: Vec<Vec<usize>>,
    numbers: Vec<u64>,
    starts: Vec<u64>,
    seconds: Vec<f64>,
    groups: Words,
    outliers: Vec<bool>,
    ids: Vec<String>,
    news: News,
    met: Met,
    untimed: Untimed,
}

/// A file scored in windows: all its rows.
pub struct InWindows {
    /// The rows.
    pub data: Encoded,
    /// What scored them.
    pub judge: Judge,
    /// What was counted.
    pub outcome: Outcome,
    /// Rows without a time.
    pub untimed: Untimed,
    scores: Vec<f32>,
    numbers: Vec<u64>,
    outliers: Vec<bool>,
}

impl InWindows {
    /// The first rows of the ranking, in order, counted from 0 on in the file's order.
    pub fn first(&self, count: usize) -> Vec<(u32, Kept)> {
        let provenance = &self.data.provenance;
        let ids = provenance.ids.as_ref();
        let keep = |row: &u32| {
            let place = *row as usize;
            let kept = Kept {
                score: self.scores[place],
                number: self.numbers[place],
                start: 0,
                values: Vec::new(),
                missing: Vec::new(),
                outlier: self.outliers.get(place).copied().unwrap_or(false),
                id: ids.map_or_else(String::new, |ids| ids.values[place].clone()),
            };
            (*row, kept)
        };
        order(&self.scores).iter().take(count).map(keep).collect()
    }

    /// Why these rows, counted from 0 on, have their scores.
    pub fn reasons(&self, rows: &[u32]) -> Vec<Explanation> {
        super::rows::explain(&self.data, &self.judge, |row| row, rows)
    }
}

impl Stream<'_> {
    /// Scores all rows in windows, and hands them on in the order of the file.
    pub fn in_windows(
        self,
        cut: &Cut,
        reading: &mut Passing<'_>,
        each: &mut Listener<'_>,
    ) -> Result<InWindows> {
        let mut taken = self.take_in(cut, reading, each)?;
        let rows = taken.numbers.len();
        let series = Series {
            clock: cut.clock.as_ref().map(|told| Clock {
                columns: told.columns.clone(),
                unit: told.unit,
                seconds: taken.seconds,
            }),
            groups: cut
                .group
                .as_ref()
                .map(|(name, _)| Groups::new(name.clone(), &taken.groups)),
        };
        if cut.named.is_some() && self.id.is_none() {
            taken.more.ids = (0..rows).map(|row| series.row(row)).collect();
        }
        let windows = Windows::cut(rows, cut.size, &series).map_err(|_| {
            Error::Told(format!(
                "the model looks at windows of {}, and no stretch of the file's {} without a gap is so long",
                format::count(cut.size.rows, "row"),
                format::count(rows, "row"),
            ))
        })?;
        let curves = self.wants.curves;
        let mut data = Encoded::of_rows(self.encoder, curves, taken.more).in_windows(windows);
        data.provenance.series = Arc::new(series);
        let scores = self.judge.table(&data.examples);
        let mut outcome = self.outcome();
        let mut news = Some(taken.news);
        for first in (0..rows).step_by(AT_ONCE) {
            let some = first..rows.min(first + AT_ONCE);
            let named = data.provenance.ids.as_ref();
            let mut told = Scored {
                numbers: taken.numbers[some.clone()].to_vec(),
                scores: scores[some.clone()].to_vec(),
                outliers: taken
                    .outliers
                    .get(some.clone())
                    .unwrap_or_default()
                    .to_vec(),
                ids: named.map_or_else(Vec::new, |ids| ids.values[some.clone()].to_vec()),
                news: news.take(),
                ..Scored::default()
            };
            if self.wants.reasons {
                let more = |row: &usize| f64::from(scores[*row]) > self.threshold;
                let flagged: Vec<u32> = some.clone().filter(more).map(|row| row as u32).collect();
                let why = super::rows::explain(&data, &self.judge, |row| row, &flagged);
                let places = flagged.iter().map(|row| *row as usize - first);
                told.reasons = places.zip(why).collect();
            }
            if let Some(lines) = self.wants.lines {
                told.lines = lines(&told);
            }
            each(&told)?;
            outcome.count(&told);
        }
        Ok(InWindows {
            data,
            judge: self.judge,
            outcome,
            untimed: taken.untimed,
            scores,
            numbers: taken.numbers,
            outliers: taken.outliers,
        })
    }

    fn take_in(
        &self,
        cut: &Cut,
        reading: &mut Passing<'_>,
        each: &mut Listener<'_>,
    ) -> Result<Taken> {
        let rows = Rows::of(self);
        let part = |chunk: &Chunk, before: u64| part(&rows, cut, chunk, before);
        let (mut taken, budget) = (Taken::default(), budget());
        let mut lines = 0;
        loop {
            let parts = reading.next(part)?;
            if parts.is_empty() {
                return Ok(taken);
            }
            for (_, part) in parts {
                taken.more.values.extend(part.values);
                taken.more.missing.extend(part.missing);
                taken
                    .more
                    .numbers
                    .extend(part.numbers.iter().map(|number| *number as u32));
                taken.more.ids.extend(part.ids);
                taken.more.starts.extend(part.starts);
                taken.numbers.extend(part.numbers);
                taken.seconds.extend(part.seconds);
                taken.groups.append(&part.groups);
                taken.outliers.extend(part.outliers);
                taken.news.add(part.news);
                taken.untimed.append(part.untimed, lines);
                lines += part.met.lines;
                // What was met on the way is told without rows.
                each(&Scored::met(part.met))?;
            }
            // The values are there twice once they stand in order.
            let need = 8 * taken.more.values.len() as u64 + 64 * taken.numbers.len() as u64;
            if need > budget {
                return Err(Error::Told(format!(
                    "windows need the whole table in memory, and its first {} rows take {} already; score it in parts",
                    format::group(taken.numbers.len()),
                    format::bytes(need)
                )));
            }
        }
    }
}

fn part(rows: &Rows<'_>, cut: &Cut, chunk: &Chunk, before: u64) -> Part {
    let made = rows.made(&chunk.pieces);
    let pieces = made.as_deref().unwrap_or(&chunk.pieces);
    let count = chunk.places.len();
    let values = rows.encoder.rows(pieces, count);
    let all = 0..count;
    let number = |row: usize| before + u64::from(chunk.places[row]) + 1;
    let times = cut.clock.as_ref().map(|told| {
        let mut seconds = vec![0.0; count];
        for (place, per) in &told.places {
            if let Piece::Numbers(times, _) = &pieces[*place] {
                let mut rows = seconds.iter_mut();
                times.for_each(|time| *rows.next().expect("a time for each row") += time / per);
            }
        }
        seconds
    });
    let groups = cut.group.as_ref().and_then(|(_, place)| {
        let Piece::Words(words) = &pieces[*place] else {
            return None;
        };
        Some(words.clone())
    });
    Part {
        missing: all.clone().map(|row| rows.missing(pieces, row)).collect(),
        numbers: all.clone().map(number).collect(),
        untimed: times.as_ref().zip(cut.clock.as_ref()).map_or_else(
            Untimed::default,
            |(seconds, told)| {
                let gaps = told
                    .places
                    .iter()
                    .filter_map(|(place, _)| match &pieces[*place] {
                        Piece::Numbers(_, gaps) => Some(gaps),
                        _ => None,
                    });
                let without = all.clone().filter(|row| seconds[*row].is_nan());
                Untimed::of(without.map(number), gaps)
            },
        ),
        starts: all
            .clone()
            .map(|row| chunk.offset + u64::from(chunk.starts[row]))
            .collect(),
        seconds: times.unwrap_or_default(),
        groups: groups.unwrap_or_default(),
        outliers: rows.label.map_or_else(Vec::new, |(label, column)| {
            let is = |row| label.is_outlier(&word(&pieces[column], row));
            all.clone().map(is).collect()
        }),
        ids: all
            .clone()
            .filter_map(|row| rows.name(pieces, row))
            .collect(),
        news: News::of(rows.encoder, pieces, (&values, rows.wants.ranges)),
        met: Met::of(chunk),
        values,
    }
}
