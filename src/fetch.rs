//! Rows of a file larger than memory that are not here, read from it: a pass through the file with the networks that scored all of
//! it, which keeps what is wanted.

mod choice;

use std::sync::Arc;

use crate::data::encoder::Encoded;
use crate::data::records::chunk::Chunk;
use crate::error::{Error, Result};
use crate::format;
use crate::message::Fetch;
use crate::score::jury::Jury;
use crate::stream::{self, Kept, Scored, Scorer};
use crate::train::whole::{FromFile, Whole};
use choice::{Choice, Fit};

/// The first rows of the ranking may become so many times as many as they are at first.
const TIMES: usize = 4;

/// Looks for rows.
pub struct Search {
    /// The sample.
    data: Arc<Encoded>,
    jury: Jury,
    threshold: f64,
    threads: usize,
    choice: Choice,
}

impl Search {
    /// For rows of the file that `data` is a sample of. An error where a condition cannot be understood, or where there is no room
    /// for more.
    pub fn new(fetch: &Fetch, data: &Arc<Encoded>, whole: &Whole, threads: usize) -> Result<Self> {
        let most = stream::kept(data.encoder.features.len());
        let here = whole.top().len();
        if *fetch == Fetch::Next && here + most > TIMES * most {
            return Err(Error::Told(format!(
                "the first {} rows are here, as many as there is room for; in the table & and then a reads others",
                format::group(here)
            )));
        }
        Ok(Self {
            data: Arc::clone(data),
            jury: whole.jury(),
            threshold: whole.ranking().flag.threshold,
            threads,
            choice: Choice::new(fetch, whole)?,
        })
    }

    /// Rows of the file.
    pub fn rows(&self) -> Result<usize> {
        Ok(Scorer::check(&self.data)?.again.rows)
    }

    /// Reads the rows that are wanted: how many there are, and the first of them in the order of the ranking. `passed` hears how
    /// many rows more went by, and may end it with an error.
    pub fn read(self, passed: &mut dyn FnMut(usize) -> Result<()>) -> Result<(usize, FromFile)> {
        let (choice, all) = (&self.choice, Scorer::check(&self.data)?);
        let picks = |chunk: &Chunk, scored: &Scored| choice.picks(all, chunk, scored);
        let scorer = Scorer {
            data: &self.data,
            jury: self.jury,
            threshold: self.threshold,
            threads: self.threads,
            names: matches!(choice, Choice::Called(_)),
            picks: Some((&picks, choice.reads())),
        };
        let Choice::Called(name) = choice else {
            let outcome = scorer.pass(&mut |scored| passed(scored.scores.len()))?;
            return Ok((outcome.picked() as usize, outcome.first()));
        };
        // The pass ends at the first row that nothing fits better.
        let best = if all.id.is_some() {
            Fit::Id
        } else {
            Fit::Number
        };
        let mut found: Option<(Fit, Kept)> = None;
        let outcome = scorer.pass(&mut |scored| {
            for kept in &scored.kept {
                let fit = name.means(&kept.id, kept.number);
                let better = |fit: &Fit| found.as_ref().is_none_or(|(own, _)| fit > own);
                if let Some(fit) = fit.filter(better) {
                    found = Some((fit, kept.clone()));
                    if fit == best {
                        return Err(Error::Stopped);
                    }
                }
            }
            passed(scored.scores.len())
        });
        match found {
            Some((_, found)) => {
                all.again.check()?;
                Ok((1, stream::from_file(&[found])))
            }
            None => outcome.map(|_| (0, FromFile::default())),
        }
    }
}
