//! Going back: what is kept of the training, looking at it, and training on from it.

use super::Trainer;
use crate::error::{Error, Result};
use crate::message::{Layers, Moment};
use crate::model::ledger::Ledger;
use crate::score::ranking::{Basis, Ranking};
use crate::score::view::View;
use crate::train::kept::{Keeping, Kept};
use crate::train::layers;

/// A kept moment that is looked at.
pub(super) struct Look {
    pub(super) moment: Moment,
    /// Snapshots that had been taken.
    pub(super) snapshots: usize,
    /// The network as it was, where no snapshots had been taken, and its scores.
    pub(super) view: Option<(View, Vec<f32>)>,
    pub(super) ranking: Ranking,
}

impl Trainer {
    /// From now on keeps what it takes to look back and to branch, in so many bytes at most, and to judge every ranking by
    /// snapshots, also those that nobody asked for when they could be had.
    pub fn keep(&mut self, bytes: usize) {
        self.snapshots.keep_scores();
        self.judging.wanted = true;
        self.keeping = Some(Keeping::new(bytes));
    }

    /// The moments that can be gone back to, oldest first.
    pub fn kept(&self) -> Vec<Moment> {
        self.keeping
            .as_ref()
            .map_or_else(Vec::new, Keeping::moments)
    }

    /// Keeps the present after a snapshot or at the end of an epoch, and without snapshots after 1, 2, 4, 8 … epochs. Whether
    /// it did.
    pub(super) fn keep_present(&mut self, snapshot: bool) -> bool {
        let moment = self.moment();
        let rows = self.data.examples.rows();
        let Some(keeping) = &mut self.keeping else {
            return false;
        };
        let epochs = self.step / self.batches.per_epoch();
        let epoch = self.recipe.snapshots.is_empty() && epochs.is_power_of_two();
        if !(snapshot || epoch) {
            return false;
        }
        let numbers = Ledger::new(&self.spec).total().total() as usize;
        let size = 3 * size_of::<f32>() * numbers + size_of::<usize>() * rows;
        if !keeping.make_room(moment, size) {
            return false;
        }
        keeping.push(Kept {
            moment,
            spec: self.spec.clone(),
            engine: self.engine.fork(),
            batches: self.batches.clone(),
            epoch: self.epoch,
            rate: self.recipe.rate,
            snapshots: self.snapshots.len(),
            size,
        });
        true
    }

    fn find_kept(&self, moment: Moment) -> Result<&Kept> {
        let kept = self
            .keeping
            .as_ref()
            .and_then(|keeping| keeping.find(moment));
        kept.ok_or_else(|| {
            let step = moment.step;
            Error::Told(format!("nothing is kept of the network after step {step}"))
        })
    }

    /// Looks at a kept moment: the ranking, its reasons and the layers are those of then until there is nothing to look at
    /// any more. An error where the moment is not kept; what was looked at before is looked at still.
    pub fn look_at(&mut self, moment: Option<Moment>) -> Result<()> {
        let Some(moment) = moment else {
            self.looking = None;
            return Ok(());
        };
        let kept = self.find_kept(moment)?;
        let snapshots = kept.snapshots;
        let view = (snapshots == 0).then(|| {
            View::new(
                kept.engine.freeze(),
                self.recipe.measure,
                &self.data.examples,
            )
        });
        let ranking = self.rank_then(
            moment,
            snapshots,
            view.as_ref().map(|(_, scores)| &scores[..]),
        )?;
        self.looking = Some(Look {
            moment,
            snapshots,
            view,
            ranking,
        });
        Ok(())
    }

    /// What is looked at.
    pub fn looks_at(&self) -> Option<Moment> {
        self.looking.as_ref().map(|look| look.moment)
    }

    /// The rows as they ranked at a kept moment: by the snapshots so far, or by the scores of the network as it was.
    pub(super) fn rank_then(
        &self,
        moment: Moment,
        snapshots: usize,
        scores: Option<&[f32]>,
    ) -> Result<Ranking> {
        let placed = match scores {
            Some(scores) => Some(self.place(scores, Basis::Step(moment.step), None)),
            None => self.place_then(snapshots),
        };
        let (ranking, _) = placed.ok_or_else(|| {
            let step = moment.step;
            Error::Told(format!(
                "no scores are kept of the network after step {step}"
            ))
        })?;
        Ok(ranking)
    }

    /// Trains on from a kept moment: a run whose past is this one's up to there, and whose future is as long as the recipe
    /// says, or without an end where that was reached. The ways of ranking stay as they are.
    pub fn branch(&mut self, moment: Moment) -> Result<()> {
        let kept = self.find_kept(moment)?;
        let engine = kept.engine.fork();
        let (spec, batches) = (kept.spec.clone(), kept.batches.clone());
        let (epoch, rate, snapshots) = (kept.epoch, kept.rate, kept.snapshots);
        (self.engine, self.spec, self.batches, self.epoch) = (engine, spec, batches, epoch);
        self.recipe.rate = rate;
        (self.network, self.step) = (moment.network, moment.step);
        let (limit, shortened_from) = self.length(&self.spec);
        let over = moment.step >= limit && self.network + 1 >= self.networks();
        self.limit = (!over).then_some(limit);
        self.shortened_from = shortened_from;
        self.snapshots.truncate(snapshots);
        self.judging.truncate(snapshots);
        if let Some(keeping) = &mut self.keeping {
            keeping.truncate(moment);
        }
        (self.current, self.ranking, self.looking) = (None, None, None);
        self.forget_whole();
        Ok(())
    }

    /// The layers' numbers, of what is looked at or as they are now.
    pub fn layers(&self) -> Layers {
        let looked = self.looking.as_ref();
        let kept = looked.and_then(|look| self.find_kept(look.moment).ok());
        let (at, spec, engine) = match kept {
            Some(kept) => (kept.moment, &kept.spec, &kept.engine),
            None => (self.moment(), &self.spec, &self.engine),
        };
        layers::measure(at, spec, &engine.weights(), &self.data.examples)
    }
}
