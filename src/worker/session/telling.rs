//! What is told of the run: its phase, its beginning, its curves and its rankings.

use std::time::{Duration, Instant};

use super::{Phase, Session};
use crate::browse::Errand;
use crate::message::{Event, Mark, Moment, Moved, Report, Started};

/// How long rankings that were skipped may hold up the present one.
const JUDGING: Duration = Duration::from_millis(50);

impl Session {
    /// Says again what it is doing.
    pub(in crate::worker) fn tell_phase(&self) {
        match self.phase {
            Phase::Training => self.send(Report::Resumed),
            Phase::Paused => self.send(Report::Paused),
            Phase::Finished => self.send(Report::Finished),
            Phase::Failed => self.send(Report::Failed("the run before had failed".into())),
        }
    }

    pub(super) fn started(&self, from: Option<Moment>) {
        let Some(trainer) = &self.trainer else { return };
        let name = trainer.engine_name();
        self.send(Report::Started(Started {
            run: self.pace.run(),
            from,
            spec: trainer.spec().clone(),
            preset: self.preset.clone(),
            loss: trainer.recipe().loss.name(),
            engine: name.engine,
            device: name.device,
            threads: name.threads,
            rate: trainer.recipe().rate,
            batch: trainer.recipe().batch,
            steps_per_epoch: trainer.steps_per_epoch(),
            steps: trainer.limit().unwrap_or_default(),
            shortened_from: trainer.shortened_from(),
            network: trainer.network(),
            networks: trainer.networks(),
        }));
    }

    /// Tells where training goes on, once its device is lost.
    pub(super) fn tell_moved(&mut self) {
        let Some(why) = self.trainer().engine_news() else {
            return;
        };
        let (name, step) = (self.trainer().engine_name(), self.trainer().step());
        let change = format!("now {} {}", name.engine, name.device);
        self.record.mark(step, &change);
        self.send(Report::Marked(Mark {
            step,
            event: Event::Change(change),
        }));
        self.send(Report::Moved(Moved {
            why,
            engine: name.engine,
            device: name.device,
            threads: name.threads,
        }));
    }

    pub(super) fn report(&mut self) {
        let step = self.trainer().step();
        if let Some(advanced) = self.tally.take(step) {
            self.send(Report::Advanced(advanced));
            self.schedule.reported();
        }
    }

    /// Where nothing is trained: brings all up to the present, but of a training that goes on ranking and layers wait until it is
    /// time. Then judges one of the rankings that were skipped; whether there was one.
    pub(super) fn catch_up(&mut self) -> bool {
        if self.phase == Phase::Failed {
            return false;
        }
        self.report();
        if self.phase == Phase::Training && !self.looks() {
            self.refresh_what_is_due();
        } else if !self.looks() {
            self.refresh();
        }
        self.judge_skipped()
    }

    /// Brings curves, ranking and layers up to the present.
    pub(super) fn settle(&mut self) {
        self.report();
        self.refresh();
    }

    /// Brings ranking and layers up to the present.
    fn refresh(&mut self) {
        if self.stale {
            self.rank_after_skipped();
        }
        if self.layers_stale && self.phase != Phase::Failed {
            self.tell_layers();
        }
    }

    /// The same in mid-run, each when its turn has come.
    pub(super) fn refresh_what_is_due(&mut self) {
        if self.stale && self.schedule.ranking.due() {
            self.rank_after_skipped();
        }
        if self.layers_stale && self.schedule.layers.due() && self.phase != Phase::Failed {
            self.tell_layers();
        }
    }

    /// Ranks the rows. The rankings that were skipped since the last one are judged before, but of a large table some may have
    /// to wait until there is nothing else to do.
    fn rank_after_skipped(&mut self) {
        let begun = Instant::now();
        while begun.elapsed() < JUDGING && self.judge_skipped() {}
        self.rank();
        self.schedule.ranking.done(begun);
    }

    /// A ranking before the first step: an untrained network already ranks like the distance from the mean. It warms the
    /// engine up, so its time tells nothing about the next one.
    pub(super) fn rank_first(&mut self) {
        self.rank();
        self.tell_layers();
        self.schedule.ranking.forget_cost();
        self.schedule.layers.forget_cost();
    }

    /// The rows rank by other scores than before.
    pub(super) fn rank_anew(&mut self) {
        if self.phase == Phase::Failed {
            return;
        }
        self.stale |= self.looks();
        self.rank();
    }

    /// Ranks the rows, as they were if a kept moment is looked at, and tells it.
    pub(super) fn rank(&mut self) {
        let begun = Instant::now();
        if let Err(error) = self.trainer().rank() {
            return self.fail(&error);
        }
        self.show();
        if !self.looks() {
            self.stale = false;
            if let Some(judged) = self.trainer().judged() {
                self.send(Report::Judged(judged));
            }
        }
        self.schedule.ranking.done(begun);
    }

    /// Tells the ranking, and why the rows rank there.
    pub(super) fn show(&mut self) {
        if let Some(ranking) = self.trainer().shown().cloned() {
            self.send(Report::Ranked(ranking));
        }
        self.explain();
        self.tell_spread();
        if self.weighing.is_some() {
            self.tell_standing();
            self.weigh();
        }
    }

    pub(super) fn explain(&mut self) {
        let watch = self.watch;
        let explained = self.trainer().explain(watch);
        self.send(Report::Explained(explained));
    }

    /// Tells the shares of every column in the scores of the rows that the table shows.
    pub(super) fn weigh(&mut self) {
        if let Some(rows) = self.weighing.take() {
            let weighed = self.trainer().weigh(&rows);
            self.send(Report::Weighed(weighed));
            self.weighing = Some(rows);
        }
    }

    /// Tells how the scores are spread, if anybody looks.
    pub(super) fn tell_spread(&mut self) {
        if self.spreading
            && let Some(spread) = self.trainer().spread()
        {
            self.send(Report::Spread(spread));
        }
    }

    /// Tells the browser how all rows rank.
    pub(super) fn tell_standing(&mut self) {
        if let Some(standing) = self.standing() {
            let _ = self.browser.send(Errand::Ranked(standing));
        }
    }

    /// Tells what a ranking was worth that was skipped; whether there was one.
    fn judge_skipped(&mut self) -> bool {
        let Some(judged) = self.trainer().judge_skipped() else {
            return false;
        };
        self.send(Report::Judged(judged));
        true
    }

    pub(super) fn tell_layers(&mut self) {
        let begun = Instant::now();
        self.layers_stale &= self.looks();
        let layers = self.trainer().layers();
        self.send(Report::Layers(layers));
        self.schedule.layers.done(begun);
    }

    /// Tells what is kept, if that has changed.
    pub(super) fn tell_kept(&mut self) {
        let kept = self.trainer().kept();
        if kept != self.kept {
            self.kept.clone_from(&kept);
            self.send(Report::Kept(kept));
        }
    }
}
