//! Rows made ready for writing, some at a time: why each stands where it does, and its cells, read again from the file where it
//! is still what was read, else as the network's table has them. Threads make the pieces side by side, and they are handed over
//! in order.

use std::borrow::Cow;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::data::records::original::Opened;
use crate::error::{Error, Result};
use crate::export::Heard;
use crate::export::rows::{Places, Source, Take};
use crate::export::sheet::{Cell, Form, Sheet};
use crate::export::values::as_read;
use crate::message::Formulas;
use crate::train::explain::grounds::Grounds;
use crate::train::explain::in_words;

/// Cells of the encoded table that make a piece.
const CELLS: usize = 1 << 18;
/// Rows of a piece, at most.
const ROWS: usize = 1_024;

/// How rows are written.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// As what.
    pub form: Form,
    /// What becomes of cells that begin like a formula.
    pub formulas: Formulas,
    /// Threads that make the pieces, at most.
    pub threads: usize,
}

/// Some rows as they are written.
pub struct Piece {
    /// Record after record.
    pub bytes: Vec<u8>,
    /// Where each record ends, and how many cells up to there begin like a formula.
    pub ends: Vec<(usize, usize)>,
}

/// Hands all rows to `take`, as long as it wants more. False where the file turned out to have changed, and what was
/// taken is worth nothing.
pub fn each(
    rows: &Take,
    source: Source,
    manner: Manner,
    heard: &mut Heard<'_>,
    take: &mut dyn FnMut(Piece) -> io::Result<ControlFlow<()>>,
) -> Result<bool> {
    let names = rows.names(source);
    let at_once = (CELLS / rows.data().matrix.columns().max(1)).clamp(1, ROWS);
    let pieces: Vec<&[usize]> = rows.places.chosen.chunks(at_once).collect();
    let threads = manner.threads.clamp(1, pieces.len());
    thread::scope(|scope| {
        let (pieces, names) = (&pieces, &names);
        let spawn = |first: usize| {
            // One is made while the one before is written.
            let (sender, receiver) = sync_channel(1);
            let (grounds, places) = (rows.grounds.fork(), &rows.places);
            scope.spawn(move || {
                let mut maker = Maker::new(&grounds, places, (source, names, manner));
                for places in pieces.iter().skip(first).step_by(threads) {
                    let piece = maker.as_mut().map_or(Ok(None), |maker| maker.make(places));
                    let goes_on = matches!(piece, Ok(Some(_)));
                    if sender.send(piece).is_err() || !goes_on {
                        return;
                    }
                }
            });
            receiver
        };
        let makers: Vec<Receiver<io::Result<Option<Piece>>>> = (0..threads).map(spawn).collect();
        let mut done = 0;
        for (index, places) in pieces.iter().enumerate() {
            if heard(done, rows.len()).is_break() {
                return Err(Error::Stopped);
            }
            let made = makers[index % threads].recv();
            // A maker that is gone has panicked, which ends the scope.
            let Some(piece) = made.unwrap_or(Ok(None)).map_err(Error::io("write"))? else {
                return Ok(false);
            };
            if take(piece).map_err(Error::io("write"))?.is_break() {
                return Ok(true);
            }
            done += places.len();
        }
        let original = rows.data().provenance.original.as_ref();
        Ok(source != Source::File || original.is_some_and(|original| original.open().is_some()))
    })
}

/// One thread's part of the work.
struct Maker<'a> {
    grounds: &'a Grounds,
    places: &'a Places,
    original: Option<Opened<'a>>,
    names: &'a [String],
    manner: Manner,
}

impl<'a> Maker<'a> {
    /// None where the file has changed.
    fn new(
        grounds: &'a Grounds,
        places: &'a Places,
        (source, names, manner): (Source, &'a [String], Manner),
    ) -> Option<Self> {
        let original = match (source, &grounds.data.provenance.original) {
            (Source::File, Some(original)) => Some(original.open()?),
            _ => None,
        };
        Some(Self {
            grounds,
            places,
            original,
            names,
            manner,
        })
    }

    /// The rows at some places; none where the file has changed.
    fn make(&mut self, places: &[usize]) -> io::Result<Option<Piece>> {
        let (data, whole) = (&self.grounds.data, &self.places.whole);
        let provenance = &data.provenance;
        let rows: Vec<u32> = places.iter().map(|place| whole.order[*place]).collect();
        let explanations = self.grounds.reasons().explanations(&rows);
        let mut sheet = Sheet::new(self.manner.form, self.names, self.manner.formulas);
        let mut ends = Vec::with_capacity(rows.len());
        for (place, explanation) in places.iter().zip(explanations) {
            let row = explanation.row as usize;
            let reason = in_words(&explanation);
            let mut record = Vec::with_capacity(self.names.len());
            let (rank, flagged) = if *place < whole.ranked {
                (Cell::Count(*place as u64 + 1), *place < whole.flag.count)
            } else {
                // Of a row that was read besides only the score is known exactly.
                let above = f64::from(whole.scores[row]) > whole.flag.threshold;
                (Cell::Nothing, above && whole.flag.count > whole.ranked)
            };
            record.extend([rank, Cell::Count(u64::from(provenance.number(row)))]);
            let ids = provenance.ids.as_ref();
            record.extend(ids.map(|ids| Cell::from(&*ids.values[row])));
            record.extend([
                Cell::Score(whole.scores[row]),
                Cell::Flag(flagged),
                Cell::from(&*reason),
            ]);
            match &mut self.original {
                Some(original) => {
                    let Some(cells) = original.cells(row) else {
                        return Ok(None);
                    };
                    record.extend(cells.map(|cell| Cell::Text(Cow::Borrowed(cell))));
                }
                None => record.extend(as_read(data, row)),
            }
            sheet.write(&record)?;
            ends.push((sheet.bytes()?, sheet.formulas()));
        }
        Ok(Some(Piece {
            bytes: sheet.into_bytes()?,
            ends,
        }))
    }
}
