//! Every row of a file scored on its way through: nothing is kept but the first rows of the ranking and the counts. It needs an
//! encoder and networks that no longer change, whoever made them.
//!
//! ```text
//! file ─ blocks ─▶ rows ─ features ─ scores ─▶ one after the other ─▶ first rows, counts, whoever listens
//!                  └─ on as many threads as there are ─┘
//! ```
//!
//! Blocks are taken in the order of the file, so that the number of threads does not change the result.

mod bound;
mod drawn;
mod gathering;
mod news;
mod rows;
mod series;
mod top;
mod untimed;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU32, Ordering as Memory};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use rayon::ThreadPoolBuilder;

use crate::data::columns::datetime::Unit;
use crate::data::columns::label::Label;
use crate::data::encoder::curve::Curve;
use crate::data::encoder::{Encoded, Encoder};
use crate::data::provenance::All;
use crate::data::read::passing::Passing;
use crate::data::records::block::Block;
use crate::data::records::chunk::Chunk;
use crate::data::records::layout::Layout;
use crate::data::records::ragged::Ragged;
use crate::error::{Error, Result};
use crate::message::Explanation;
use crate::score::distribution::Distribution;
use crate::score::judge::Judge;
use crate::score::jury::Jury;
use crate::train::whole::{Found, FromFile, Whole};
use rows::Rows;
use top::Taking;

pub use bound::{Bound, Places};
pub use gathering::Gathering;
pub use news::{New, News};
pub use rows::{Clocked, name, reasons, word};
pub use series::{Cut, InWindows, Told};
pub use top::{Kept, kept};
pub use untimed::Untimed;

/// Batches of blocks on their way from the scoring to whoever takes them.
const AHEAD: usize = 1;

/// Takes rows in the order of the file; an error ends the pass.
pub type Listener<'a> = dyn FnMut(&Scored) -> Result<()> + 'a;

/// Makes of rows what is to be written of them, on whatever thread.
pub type Printer<'a> = dyn Fn(&Scored) -> Vec<u8> + Sync + 'a;

/// Says of each row of a block whether it is wanted.
pub type Picker<'a> = dyn Fn(&Chunk, &Scored) -> Vec<bool> + Sync + 'a;

/// What scores the rows of the file that a sample is of.
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
    /// Which rows may be kept, and whether it takes their text to say so.
    pub picks: Option<(&'a Picker<'a>, bool)>,
}

/// Rows of any file, and what scores them.
pub struct Stream<'a> {
    /// Makes features of the file's cells.
    pub encoder: &'a Encoder,
    /// Makes scores of them.
    pub judge: Judge,
    /// The label, and which column of the file it is.
    pub label: Option<(&'a Label, usize)>,
    /// Which column of the file names the rows.
    pub id: Option<usize>,
    /// A row that scores more is counted as flagged.
    pub threshold: f64,
    /// Threads that read and score.
    pub threads: usize,
    /// Most rows of the ranking that are kept.
    pub most: usize,
    /// What whoever listens wants to know besides.
    pub wants: Wants<'a>,
}

/// What is wanted of every row besides its score.
#[derive(Default, Clone, Copy)]
pub struct Wants<'a> {
    /// What it is called.
    pub names: bool,
    /// How the dates are written by which it is called: how many of their unit make a second, and how precise they are.
    pub dates: Option<(f64, Unit)>,
    /// Columns that a clock makes of others.
    pub clocks: &'a [Clocked],
    /// The least and the greatest value of each feature, to be held against.
    pub ranges: &'a [[f32; 2]],
    /// Why it has its score, where it scores more than the threshold.
    pub reasons: bool,
    /// Which columns form curves, for the reasons.
    pub curves: &'a [Curve],
    /// What is to be written of rows; made beside the scoring of others.
    pub lines: Option<&'a Printer<'a>>,
    /// Which rows may be kept; any where nobody chooses.
    pub picks: Option<&'a Picker<'a>>,
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
    /// Why rows score more than the threshold, where anybody wants to know, as indices here.
    pub reasons: Vec<(usize, Explanation)>,
    /// What is to be written of these rows.
    pub lines: Vec<u8>,
    /// What is new in these rows, where anybody wants to know.
    pub news: Option<News>,
    /// What was met on the way.
    pub met: Met,
    /// Those that may be among the first of the ranking.
    pub kept: Vec<Kept>,
    /// How many are wanted.
    pub picked: u64,
}

/// What was met in a part of a file.
#[derive(Debug, Default)]
pub struct Met {
    /// Where it begins in the stream.
    pub begins: u64,
    /// Its lines.
    pub lines: u64,
    /// Rows of the wrong length, their lines counted from its first.
    pub ragged: Ragged,
    /// Lines before the first that is not UTF-8.
    pub not_utf8: Option<u64>,
    /// Lines before a quote that is never closed.
    pub unclosed: Option<u64>,
    /// Whether it begins another file, in which lines are counted from its first.
    pub anew: bool,
}

/// What a pass found.
#[derive(Debug)]
pub struct Outcome {
    /// The counts of all scores.
    distribution: Distribution,
    /// Above which score rows were counted as flagged, how many, and outliers among them.
    flagged: (f64, usize, usize),
    /// Rows that were wanted.
    picked: u64,
    /// The first rows of the ranking that were, in order.
    top: Vec<Kept>,
}

impl Scored {
    /// Nothing but what was met on the way.
    pub fn met(met: Met) -> Self {
        Self {
            met,
            ..Self::default()
        }
    }
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
    pub fn pass(self, each: &mut Listener<'_>) -> Result<Outcome> {
        let all = Self::check(self.data)?;
        all.again.check()?;
        let mut input = all.again.input()?;
        let mut reading = all.again.open(&mut *input)?;
        let label = all.label.as_ref();
        let stream = Stream {
            encoder: &self.data.encoder,
            judge: Judge::of(self.jury),
            label: label.map(|(label, column)| (label, *column)),
            id: all.id,
            threshold: self.threshold,
            threads: self.threads,
            most: kept(self.data.encoder.features.len()),
            wants: Wants {
                names: self.names,
                picks: self.picks.map(|(picks, _)| picks),
                ..Wants::default()
            },
        };
        if self.picks.is_some_and(|(_, reads)| reads) {
            reading = reading.with_text();
        }
        let outcome = stream.pass(&mut reading, each)?;
        all.again.check()?;
        let (rows, _) = outcome.distribution.total();
        if rows != all.again.rows as u64 {
            return Err(Error::Told(format!(
                "the file had {} rows when it was sampled and now has {rows}: run it again once it stays as it is",
                all.again.rows
            )));
        }
        Ok(outcome)
    }
}

impl Stream<'_> {
    /// What a pass begins with.
    fn outcome(&self) -> Outcome {
        Outcome::new(self.threshold, self.label.is_some())
    }

    /// Scores the rows of a block, before which there are so many in the file, and counts them; how many there are.
    pub fn block(
        &self,
        (block, layout): (&Block, &Layout),
        before: u64,
        (outcome, each): (&mut Outcome, &mut Listener<'_>),
    ) -> Result<u64> {
        let chunk = Chunk::read(block, layout);
        let scored = self.chunk(&chunk, before);
        each(&scored)?;
        outcome.count(&scored);
        Ok(u64::from(chunk.seen))
    }

    /// Scores the rows of a block that was read, before which there are so many.
    pub fn chunk(&self, chunk: &Chunk, before: u64) -> Scored {
        Rows::of(self).score((&self.judge, f32::INFINITY), chunk, before)
    }

    /// Scores all rows, and hands them on in the order of the file.
    pub fn pass(&self, reading: &mut Passing<'_>, each: &mut Listener<'_>) -> Result<Outcome> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .thread_name(|_| "scoring".into())
            .build();
        let pool = pool.map_err(|error| Error::Told(format!("cannot start threads: {error}")))?;
        let judges: Vec<Mutex<Judge>> = (0..pool.current_num_threads())
            .map(|_| Mutex::new(self.judge.fork()))
            .collect();
        // Where no row is to be kept, none scores enough.
        let least = if self.most == 0 {
            f32::INFINITY
        } else {
            f32::NEG_INFINITY
        };
        let floor = AtomicU32::new(least.to_bits());
        let taking = Taking {
            most: self.most,
            floor: &floor,
        };
        let mut outcome = self.outcome();
        let rows = Rows::of(self);
        let floor = &floor;
        let scoring = |chunk: &Chunk, before: u64| {
            let own = rayon::current_thread_index().unwrap_or(0);
            let judge = judges[own].lock().unwrap_or_else(PoisonError::into_inner);
            let floor = f32::from_bits(floor.load(Memory::Relaxed));
            rows.score((&judge, floor), chunk, before)
        };
        let (pool, scoring) = (&pool, &scoring);
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
                for (_, scored) in batch? {
                    each(&scored)?;
                    taking.take(scored, &mut top, &mut outcome);
                }
            }
            Ok::<(), Error>(())
        })?;
        outcome.rank(top);
        Ok(outcome)
    }
}

/// Rows that were kept, with their scores.
pub fn from_file(kept: &[Kept]) -> FromFile {
    FromFile {
        more: rows::more(kept),
        scores: kept.iter().map(|kept| kept.score).collect(),
        outliers: kept.iter().map(|kept| kept.outlier).collect(),
    }
}

impl Outcome {
    /// Of no rows yet.
    fn new(threshold: f64, labelled: bool) -> Self {
        Self {
            distribution: Distribution::new(labelled),
            flagged: (threshold, 0, 0),
            picked: 0,
            top: Vec::new(),
        }
    }

    /// Counts rows.
    fn count(&mut self, scored: &Scored) {
        self.picked += scored.picked;
        let (threshold, flagged, hits) = &mut self.flagged;
        for (row, score) in scored.scores.iter().enumerate() {
            let outlier = scored.outliers.get(row).copied().unwrap_or(false);
            self.distribution.add(*score, outlier);
            if f64::from(*score) > *threshold {
                *flagged += 1;
                *hits += usize::from(outlier);
            }
        }
    }

    /// Takes the first rows of the ranking.
    fn rank(&mut self, top: BinaryHeap<Reverse<Kept>>) {
        self.top = top.into_iter().map(|Reverse(kept)| kept).collect();
        self.top.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// The counts of all scores.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// Rows that score more than the threshold, and outliers among them.
    pub fn flagged(&self) -> (usize, usize) {
        (self.flagged.1, self.flagged.2)
    }

    /// The first rows of the ranking, in order.
    pub fn top(&self) -> &[Kept] {
        &self.top
    }

    /// Rows that were wanted, see [`Wants::picks`]; all where any row was.
    pub fn picked(&self) -> u64 {
        self.picked
    }

    /// The first rows of the ranking with their scores, for whatever is to be said of them.
    pub fn first(&self) -> FromFile {
        from_file(&self.top)
    }

    /// The sample with the first rows of the file behind it, as far as it lacks them.
    pub fn whole(self, found: Found) -> Whole {
        Whole::new(found, &self.first(), self.distribution, self.flagged)
    }
}
