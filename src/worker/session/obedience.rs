//! What each command does.

use super::{Phase, Session};
use crate::error::Result;
use crate::format;
use crate::message::{Command, Event, Mark, Moment, Report};

impl Session {
    pub(super) fn obey(&mut self, command: Command) -> Result<()> {
        match command {
            Command::Pause => self.pause(),
            Command::Resume => self.resume(),
            Command::Allow(allowance) => self.pace.allow(allowance),
            Command::Advance(steps) => self.advance(steps),
            Command::LookAt(moment) => self.look_at(moment),
            Command::Branch(moment) => self.branch(moment),
            wish @ (Command::Export(_)
            | Command::Save(_)
            | Command::Copy(_)
            | Command::CopyCell(_)
            | Command::Publish(_)) => {
                self.wishes.push_back(wish);
            }
            // Whoever owns the session reads, and the browser browses.
            Command::Reread(_) | Command::Browse(_) => {}
            Command::SetBias(wanted) => {
                if let Some(change) = self.trainer().set_bias(&wanted) {
                    self.stale |= !self.trainer().ranks_by_snapshots();
                    self.layers_stale = true;
                    self.changed(change);
                }
            }
            Command::SetRate(rate) if rate == self.trainer().recipe().rate => {}
            Command::SetRate(rate) => {
                self.trainer().set_rate(rate);
                self.changed(format!("learning rate {}", format::rate(rate)));
            }
            Command::Restart(spec) => {
                if !self.may_train() {
                    return Ok(());
                }
                self.forget_whole();
                if let Some(trainer) = self.trainer.take() {
                    self.trainer = Some(trainer.restarted(spec)?);
                }
                self.phase = Phase::Training;
                self.begin(None);
                self.rank_first();
            }
            Command::ScoreAll => self.toggle_scoring(),
            Command::Fetch(fetch, keep) => self.fetch(fetch, keep),
            Command::ShowWhole(on) => self.show_whole(on),
            Command::Compare => {
                let trainer = self.trainer.as_ref();
                if let Some(refusal) = trainer.and_then(|trainer| self.comparing.begin(trainer)) {
                    self.send(refusal);
                }
            }
            Command::StopComparing => self.comparing.stop(),
            Command::RankBy(by) => {
                // Of the whole file only the network's scores are known.
                self.show_whole(false);
                self.trainer().set_by(by);
                self.rank_anew();
            }
            Command::Flag(rule) => {
                self.trainer().set_flag(rule);
                self.rank_anew();
            }
            Command::Watch(watch) => {
                self.watch = watch;
                self.explain();
            }
            Command::Spread(on) => {
                self.spreading = on;
                self.tell_spread();
            }
            Command::Weigh(rows) => {
                let opens = self.weighing.is_none() && rows.is_some();
                self.weighing = rows;
                if opens {
                    self.tell_standing();
                }
                self.weigh();
            }
        }
        Ok(())
    }

    fn pause(&mut self) {
        self.pace.stand();
        if self.phase == Phase::Training {
            self.phase = Phase::Paused;
            self.send(Report::Paused);
        }
    }

    fn resume(&mut self) {
        if !matches!(self.phase, Phase::Paused | Phase::Finished) {
            return;
        }
        self.pace.stand();
        if self.trainer().is_given() {
            if self.train_on() {
                self.phase = Phase::Training;
                self.send(Report::Resumed);
            }
            return;
        }
        if self.phase == Phase::Finished {
            self.trainer().extend();
        }
        self.phase = Phase::Training;
        self.send(Report::Resumed);
        self.show_whole(false);
    }

    /// Whether training can go on or begin anew; says why not.
    fn may_train(&mut self) -> bool {
        let Err(error) = self.trainer().check_trains_on() else {
            return true;
        };
        self.send(Report::Refused(error.chain()));
        self.tell_phase();
        false
    }

    /// Begins a run from the weights of the model that was only looked through so far; whether it can be.
    fn train_on(&mut self) -> bool {
        if !self.may_train() {
            return false;
        }
        self.forget_whole();
        if let Err(error) = self.trainer().train_on() {
            self.send(Report::Refused(error.chain()));
            self.tell_phase();
            return false;
        }
        self.begin(None);
        self.rank_first();
        true
    }

    /// Trains so many steps where the training stands still, beyond the recipe's end if need be. While a kept moment is
    /// looked at there is no training.
    fn advance(&mut self, steps: u64) {
        if self.looks() {
            return;
        }
        let given = self.trainer().is_given();
        match self.phase {
            Phase::Training | Phase::Failed => return,
            Phase::Paused => {}
            Phase::Finished if given => {
                if !self.train_on() {
                    return;
                }
                self.phase = Phase::Paused;
                self.send(Report::Paused);
            }
            Phase::Finished => {
                self.trainer().extend();
                self.phase = Phase::Paused;
                self.send(Report::Paused);
            }
        }
        self.show_whole(false);
        let step = self.trainer().step();
        self.pace.ask(step, steps);
    }

    fn look_at(&mut self, moment: Option<Moment>) {
        let looked = self.looks();
        if let Err(error) = self.trainer().look_at(moment) {
            return self.send(Report::Refused(error.chain()));
        }
        match moment {
            None if !looked => return,
            None if self.stale && self.phase != Phase::Failed => self.rank(),
            _ => self.show(),
        }
        self.tell_layers();
    }

    fn branch(&mut self, moment: Moment) {
        self.forget_whole();
        if let Err(error) = self.trainer().branch(moment) {
            return self.send(Report::Refused(error.chain()));
        }
        self.phase = Phase::Training;
        self.begin(Some(moment));
        self.rank_first();
        // The end of a network, after which others come.
        if self.trainer().finished() {
            self.finish();
        }
    }

    fn changed(&mut self, change: String) {
        let step = self.trainer().step();
        self.record.mark(step, &change);
        self.send(Report::Marked(Mark {
            step,
            event: Event::Change(change),
        }));
    }
}
