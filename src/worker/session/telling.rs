//! What is told of the run: its phase, its beginning, its curves and its rankings.

use std::time::Instant;

use super::{Phase, Session};
use crate::message::{Report, Started};

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

    pub(super) fn started(&self) {
        let Some(trainer) = &self.trainer else { return };
        let name = trainer.engine_name();
        self.send(Report::Started(Started {
            run: self.pace.run(),
            from: None,
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

    pub(super) fn report(&mut self) {
        let step = self.trainer().step();
        if let Some(advanced) = self.tally.take(step) {
            self.send(Report::Advanced(advanced));
            self.schedule.reported();
        }
    }

    /// Brings curves and ranking up to the present; a training that goes on may be ranked later, when it is time.
    pub(super) fn catch_up(&mut self) {
        if self.phase == Phase::Failed {
            return;
        }
        self.report();
        let waits = self.phase == Phase::Training && !self.schedule.ranking_due();
        if self.stale && !waits {
            self.rank();
        }
    }

    /// Brings curves and ranking up to the present.
    pub(super) fn settle(&mut self) {
        self.report();
        if self.stale {
            self.rank();
        }
    }

    /// A ranking before the first step: an untrained network already ranks like the distance from the mean. It warms the
    /// engine up, so its time tells nothing about the next one.
    pub(super) fn rank_first(&mut self) {
        self.rank();
        self.schedule.forget_cost();
    }

    pub(super) fn rank(&mut self) {
        let before = Instant::now();
        let ranking = match self.trainer().rank() {
            Ok(ranking) => ranking.clone(),
            Err(error) => return self.fail(&error),
        };
        self.stale = false;
        self.send(Report::Ranked(ranking));
        self.explain();
        self.schedule.ranked(before);
    }

    pub(super) fn explain(&mut self) {
        let watch = self.watch;
        let explained = self.trainer().explain(watch);
        self.send(Report::Explained(explained));
    }
}
