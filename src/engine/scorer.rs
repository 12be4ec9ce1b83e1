//! A model that scores rows in columns of Arrow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::ArrayRef;

use super::cells::piece;
use super::parcel::{Parcel, sum};
use crate::data::columns::guess::ReadAs;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::columns::piece::Piece;
use crate::data::records::chunk::Chunk;
use crate::error::{Error, Result};
use crate::score::judge::Judge;
use crate::stream::{Bound, Places, Stream, Wants};

/// Rows before those that are scored: so many that none of them is taken for a row that was learned from.
const NOWHERE: u64 = 1 << 62;
/// Models that are held at once.
const HELD: usize = 4;

/// A model, and how its columns are read.
pub struct Scorer {
    bound: Bound,
    read_as: Vec<ReadAs>,
    spelling: Spelling,
    missing: Arc<MissingWords>,
    threshold: f64,
    /// One for each thread that ever scored at the same time; the first is never taken.
    judges: Mutex<Vec<Judge>>,
}

impl Scorer {
    /// Of a parcel.
    pub fn new(parcel: &[u8]) -> Result<Self> {
        let (reading, model) = Parcel::open(parcel)?;
        let (read_as, per) = (reading.read_as(), reading.per());
        if read_as.len() != model.sought().len() {
            return Err(Error::Told(
                "what came with the query speaks of other columns than the model".into(),
            ));
        }
        let (missing, codes) = reading.missing();
        let written_out: Vec<bool> = read_as
            .iter()
            .map(|read_as| matches!(read_as, ReadAs::Times(_)))
            .collect();
        let places: Vec<usize> = (0..read_as.len()).collect();
        let bound = Bound::new(
            &model,
            &Places {
                columns: read_as.len(),
                places: &places,
                per: &per,
                written_out: &written_out,
                codes: &codes,
            },
        );
        Ok(Self {
            bound,
            spelling: reading.spelling(),
            read_as,
            missing,
            threshold: model.threshold,
            judges: Mutex::new(vec![model.judge]),
        })
    }

    /// The scores of so many rows.
    pub fn scores(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<f32>> {
        let chunk = self.chunk(columns, rows)?;
        Ok(self.by(|stream| stream.chunk(&chunk, NOWHERE).scores))
    }

    /// What each of so many rows scores if it is one of the table that was learned from: see [`Stream::drawn`].
    pub fn drawn(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<Vec<(u64, f32)>>> {
        let chunk = self.chunk(columns, rows)?;
        Ok(self.by(|stream| stream.drawn(&chunk)))
    }

    /// The columns as the program reads columns.
    fn chunk(&self, columns: &[ArrayRef], rows: usize) -> Result<Chunk> {
        if columns.len() != self.read_as.len() {
            return Err(Error::Told(format!(
                "the model needs {} columns, not {}",
                self.read_as.len(),
                columns.len()
            )));
        }
        let pieces: Result<Vec<Piece>> = columns
            .iter()
            .zip(&self.read_as)
            .map(|(column, read_as)| piece(column, *read_as, self.spelling, &self.missing))
            .collect();
        Ok(Chunk::of_pieces(pieces?, rows))
    }

    /// What a judge says that nobody else asks meanwhile.
    fn by<T>(&self, ask: impl FnOnce(&Stream<'_>) -> T) -> T {
        let stream = Stream {
            encoder: &self.bound.encoder,
            judge: self.judge(),
            label: None,
            id: None,
            threshold: self.threshold,
            threads: 1,
            most: 0,
            wants: Wants {
                clocks: &self.bound.clocks,
                ..Wants::default()
            },
        };
        let said = ask(&stream);
        self.give_back(stream.judge);
        said
    }

    fn judge(&self) -> Judge {
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        if judges.len() > 1
            && let Some(judge) = judges.pop()
        {
            return judge;
        }
        judges[0].fork()
    }

    fn give_back(&self, judge: Judge) {
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        judges.push(judge);
    }
}

/// The models of the last queries, by the checksums of their parcels.
#[derive(Default)]
pub struct Scorers(Mutex<VecDeque<(u64, Arc<Scorer>)>>);

impl Scorers {
    /// That of a parcel.
    pub fn of(&self, parcel: &[u8]) -> Result<Arc<Scorer>> {
        let sum = sum(parcel);
        // Who comes second waits, rather than to open the model again.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, scorer)) = held.iter().find(|(of, _)| *of == sum) {
            return Ok(Arc::clone(scorer));
        }
        let scorer = Arc::new(Scorer::new(parcel)?);
        held.push_front((sum, Arc::clone(&scorer)));
        held.truncate(HELD);
        Ok(scorer)
    }
}
