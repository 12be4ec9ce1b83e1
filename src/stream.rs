//! Every row of a file scored on its way through: nothing is kept but the first rows of the ranking and the counts. It needs an
//! encoder and networks that no longer change, whoever made them.
//!
//! ```text
//! file ─ blocks ─▶ rows ─ features ─ scores ─▶ one after the other ─▶ first rows, counts, whoever listens
//!                  └─ on as many threads as there are ─┘
//! ```
//!
//! Blocks are taken in the order of the file, so that the number of threads does not change the result.

mod top;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering as Memory};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use rayon::ThreadPoolBuilder;

use crate::data::columns::piece::Piece;
use crate::data::encoder::{Encoded, Encoder, More};
use crate::data::provenance::All;
use crate::data::records::chunk::Chunk;
use crate::error::{Error, Result};
use crate::score::distribution::Distribution;
use crate::score::jury::Jury;
use crate::train::whole::{Found, Whole};
use top::{Kept, Taking};

pub use top::kept;

/// Batches of blocks on their way from the scoring to whoever takes them.
const AHEAD: usize = 1;

/// What scores rows.
pub struct Scorer<'a> {
    /// Makes features of the file's cells; its rows are the sample.
    pub data: &'a Encoded,
    /// The networks.
    pub jury: Jury,
    /// A row that scores more is counted as flagged.
    pub threshold: f64,
    /// Threads that read and score.
    pub threads: usize,
    /// Whether whoever listens wants to know what the rows are called.
    pub names: bool,
}

/// Rows that went by, one after the other in the file.
#[derive(Debug, Default)]
pub struct Scored {
    /// Their numbers among the data rows of the file, 1 = first.
    pub numbers: Vec<u64>,
    /// In multiples of the sample's median row's.
    pub scores: Vec<f32>,
    /// Which are outliers; empty without a label.
    pub outliers: Vec<bool>,
    /// What they are called, where anybody wants to know; empty where no column names them.
    pub ids: Vec<String>,
    /// Those that may be among the first of the ranking.
    kept: Vec<Kept>,
}

/// What a pass found.
#[derive(Debug)]
pub struct Outcome {
    /// The counts of all scores.
    distribution: Distribution,
    /// Above which score rows were counted as flagged, how many, and outliers among them.
    flagged: (f64, usize, usize),
    /// The first rows of the ranking, in order.
    top: Vec<Kept>,
}

impl Scorer<'_> {
    /// Whether a second pass can score the rows of this table; else why it cannot, and what to do about it.
    pub fn check(data: &Encoded) -> Result<&All> {
        let Some(all) = &data.provenance.all else {
            return Err(Error::Told("every row of the file is here already".into()));
        };
        if data.encoder.reads(data.provenance.header.len()) {
            return Ok(all);
        }
        Err(Error::Usage(
            "the table is larger than memory, and then no clock can be made of a column: leave out --kind COL=clock".into(),
        ))
    }

    /// Scores all rows of the file that the sample is of, and hands them on in its order.
    pub fn pass(&self, each: &mut dyn FnMut(&Scored) -> Result<()>) -> Result<Outcome> {
        let all = Self::check(self.data)?;
        all.again.check()?;
        let mut input = all.again.input()?;
        let mut reading = all.again.open(&mut *input)?;
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .thread_name(|_| "scoring".into())
            .build();
        let pool = pool.map_err(|error| Error::Told(format!("cannot start threads: {error}")))?;
        let juries: Vec<Mutex<Jury>> = (0..pool.current_num_threads())
            .map(|_| Mutex::new(self.jury.fork()))
            .collect();
        let floor = AtomicU32::new(f32::NEG_INFINITY.to_bits());
        let taking = Taking {
            most: kept(self.data),
            floor: &floor,
        };
        let (floor, data, names) = (&floor, self.data, self.names);
        let scoring = |chunk: &Chunk| {
            let own = rayon::current_thread_index().unwrap_or(0);
            let jury = juries[own].lock().unwrap_or_else(PoisonError::into_inner);
            let floor = f32::from_bits(floor.load(Memory::Relaxed));
            score(data, all, names, (&jury, floor), chunk)
        };
        let (pool, reading, scoring) = (&pool, &mut reading, &scoring);
        let labelled = all.label.is_some();
        let mut outcome = Outcome {
            distribution: Distribution::new(labelled),
            flagged: (self.threshold, 0, 0),
            top: Vec::new(),
        };
        let mut top = BinaryHeap::new();
        thread::scope(|scope| {
            let (send, receive) = sync_channel(AHEAD);
            scope.spawn(move || {
                loop {
                    let next = pool.install(|| reading.next(scoring));
                    let ends = next.as_ref().map_or(true, Vec::is_empty);
                    // Nobody listens where taking the rows has failed.
                    if send.send(next).is_err() || ends {
                        return;
                    }
                }
            });
            for batch in receive {
                for (before, mut scored) in batch? {
                    for number in &mut scored.numbers {
                        *number += before;
                    }
                    each(&scored)?;
                    taking.take(scored, before, &mut top, &mut outcome);
                }
            }
            Ok::<(), Error>(())
        })?;
        all.again.check()?;
        let (rows, _) = outcome.distribution.total();
        if rows != all.again.rows as u64 {
            return Err(Error::Told(format!(
                "the file had {} rows when it was sampled and now has {rows}: run it again once it stays as it is",
                all.again.rows
            )));
        }
        outcome.top = top.into_iter().map(|Reverse(kept)| kept).collect();
        outcome.top.sort_unstable_by(|a, b| b.cmp(a));
        Ok(outcome)
    }
}

/// The rows of a block scored, and those of them kept that score more than the floor.
fn score(
    data: &Encoded,
    all: &All,
    names: bool,
    (jury, floor): (&Jury, f32),
    chunk: &Chunk,
) -> Scored {
    let (encoder, pieces) = (&data.encoder, &chunk.pieces[..]);
    let (rows, width) = (chunk.places.len(), encoder.features.len());
    let values = encoder.rows(pieces, rows);
    let scores = jury.score(&values);
    let outliers = match &all.label {
        Some((label, column)) => (0..rows)
            .map(|row| label.is_outlier(&word(&pieces[*column], row)))
            .collect(),
        None => Vec::new(),
    };
    let id = |row: usize| {
        let word = all.id.map(|column| word(&pieces[column], row));
        word.map(|word| String::from_utf8_lossy(&word).into_owned())
    };
    let number = |row: usize| u64::from(chunk.places[row]) + 1;
    let kept = |(row, score): (usize, &f32)| {
        let missing = |(index, column)| Encoder::lacks(column, pieces, row).then_some(index);
        Kept {
            score: *score,
            number: number(row),
            start: chunk.offset + u64::from(chunk.starts[row]),
            values: values[row * width..][..width].to_vec(),
            missing: encoder
                .columns
                .iter()
                .enumerate()
                .filter_map(missing)
                .collect(),
            outlier: outliers.get(row).copied().unwrap_or(false),
            id: id(row).unwrap_or_default(),
        }
    };
    let first = scores.iter().enumerate();
    let kept = first
        .filter(|(_, score)| **score > floor)
        .map(kept)
        .collect();
    Scored {
        numbers: (0..rows).map(number).collect(),
        ids: if names {
            (0..rows).filter_map(id).collect()
        } else {
            Vec::new()
        },
        scores,
        outliers,
        kept,
    }
}

/// The text of a cell.
fn word(piece: &Piece, row: usize) -> Vec<u8> {
    match piece {
        Piece::Words(words) => words.get(row).unwrap_or_default().to_vec(),
        Piece::Numbers(values, _) => values.get(row).to_string().into_bytes(),
        Piece::Presence(_) => Vec::new(),
    }
}

impl Outcome {
    /// The sample with the first rows of the file behind it, as far as it lacks them, for whatever is to be said of them.
    pub fn whole(self, found: Found) -> Whole {
        let data = &found.grounds.data;
        let sampled = data.matrix.rows();
        let known: HashMap<u32, u32> = (0..sampled)
            .map(|row| (data.provenance.number(row), row as u32))
            .collect();
        let (mut more, mut top, mut scores) = (More::default(), Vec::new(), Vec::new());
        let mut outliers = Vec::new();
        for kept in self.top {
            let number = kept.number as u32;
            if let Some(row) = known.get(&number) {
                top.push(*row);
                continue;
            }
            top.push((sampled + scores.len()) as u32);
            scores.push(kept.score);
            outliers.push(kept.outlier);
            more.values.extend(kept.values);
            more.missing.push(kept.missing);
            more.numbers.push(number);
            more.ids.push(kept.id);
            more.starts.push(kept.start);
        }
        Whole::new(
            found,
            more,
            (top, scores, outliers),
            self.distribution,
            self.flagged,
        )
    }
}
