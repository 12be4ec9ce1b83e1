//! What the user does to the training: the screen changes at once, the worker is told, and where there is something to say,
//! it is said.

use super::{Phase, Session};
use crate::app::context::Effects;
use crate::format;
use crate::message::{Change, Command, Moment, is_rate};
use crate::model::ledger::Ledger;
use crate::model::spec::{BiasChoice, NetworkSpec};
use crate::score::flag::FlagRule;
use crate::score::ranking::By;

impl Session {
    /// Pauses, goes on, or goes on beyond the end.
    pub fn toggle_pause(&mut self, effects: &mut Effects) {
        match self.phase {
            Phase::Training => {
                self.phase = Phase::Paused;
                effects.send(Command::Pause);
            }
            Phase::Paused | Phase::Finished => {
                self.say_trains_on(effects);
                self.phase = Phase::Training;
                effects.send(Command::Resume);
            }
            Phase::Loading(_) | Phase::Failed(_) | Phase::Ended(_) => {}
        }
    }

    /// What begins where a model is trained on.
    fn say_trains_on(&self, effects: &mut Effects) {
        if self.given().is_some() {
            effects.say("training on from the model's weights; the optimizer is new");
        }
    }

    /// Trains so many steps and stands still.
    pub fn train_some(&mut self, steps: u64, effects: &mut Effects) {
        match self.phase {
            Phase::Training => {
                effects.say("space pauses first; then one step or one epoch can be trained");
            }
            Phase::Paused | Phase::Finished => {
                self.say_trains_on(effects);
                self.phase = Phase::Paused;
                effects.send(Command::Advance(steps));
            }
            Phase::Loading(_) | Phase::Failed(_) | Phase::Ended(_) => {}
        }
    }

    /// Starts again from the same seed with the network as it now stands.
    pub fn restart(&mut self, effects: &mut Effects) {
        effects
            .commands
            .extend(self.spec.clone().map(Command::Restart));
    }

    /// Ties the decoder to the encoder, or frees it, and starts again.
    pub fn tie(&mut self, tied: bool, effects: &mut Effects) {
        let Some(spec) = self.spec.clone().filter(|spec| spec.tied() != tied) else {
            return;
        };
        self.adopt(spec.with_tied(tied));
        let now = if tied { "tied" } else { "no longer tied" };
        effects.say(format!("{now}: training starts again"));
        self.restart(effects);
    }

    /// Sets the biases as the command line names them.
    pub fn choose_bias(&mut self, choice: &BiasChoice, effects: &mut Effects) {
        let Some(spec) = self.spec.clone() else {
            return;
        };
        match spec.with_bias(choice) {
            Ok(wanted) => self.change_bias(|spec| *spec = wanted, effects),
            Err(error) => effects.say(error.to_string()),
        }
    }

    /// Switches the biases of the named layers.
    pub fn switch_biases(&mut self, layers: &[String], on: bool, effects: &mut Effects) {
        let Some(spec) = &self.spec else {
            return;
        };
        let places: Result<Vec<usize>, _> = layers.iter().map(|name| spec.find(name)).collect();
        match places {
            Ok(places) => self.change_bias(
                |spec| places.iter().for_each(|place| spec.set_bias(*place, on)),
                effects,
            ),
            Err(error) => effects.say(error.to_string()),
        }
    }

    /// Switches one layer's bias.
    pub fn toggle_bias(&mut self, layer: usize, effects: &mut Effects) {
        self.change_bias(|spec| spec.set_bias(layer, !spec.bias()[layer]), effects);
    }

    /// All biases off where all are on, else all on.
    pub fn toggle_all_biases(&mut self, effects: &mut Effects) {
        let all_on = self
            .spec
            .as_ref()
            .is_some_and(|spec| spec.bias().iter().all(|on| *on));
        let choice = if all_on {
            BiasChoice::None
        } else {
            BiasChoice::All
        };
        self.choose_bias(&choice, effects);
    }

    /// Changes the biases on the screen at once; the engine follows at its next batch.
    fn change_bias(&mut self, change: impl FnOnce(&mut NetworkSpec), effects: &mut Effects) {
        let Some(mut spec) = self.spec.clone() else {
            return;
        };
        change(&mut spec);
        if Some(&spec) == self.spec.as_ref() {
            return;
        }
        let bias = spec.bias().to_vec();
        self.adopt(spec);
        if matches!(self.phase, Phase::Paused | Phase::Finished) {
            effects.say("space trains on with this network, r starts again");
        }
        effects.send(Command::SetBias(bias));
    }

    /// Sets Adam's learning rate.
    pub fn set_rate(&mut self, rate: f64, effects: &mut Effects) {
        if self.started.is_none() {
            return;
        }
        if !is_rate(rate) {
            let stays = format::rate(self.rate);
            return effects.say(format!("the learning rate stays at {stays}"));
        }
        self.rate = rate;
        effects.say(format!("learning rate {}", format::rate(rate)));
        effects.send(Command::SetRate(rate));
    }

    /// Ranks by `by`; whether that could be asked.
    pub fn rank_by(&mut self, choose: impl FnOnce(By) -> By, effects: &mut Effects) -> bool {
        let Some(ranking) = &self.ranking else {
            return false;
        };
        if self.referenced.is_none() {
            effects.say("the scores without a network are not there yet");
            return false;
        }
        effects.send(Command::RankBy(choose(ranking.by)));
        true
    }

    /// Flags by another rule.
    pub fn flag_by(&mut self, rule: FlagRule, effects: &mut Effects) {
        if self.ranking.is_none() {
            return effects.say("there is no ranking yet");
        }
        effects.send(Command::Flag(rule));
    }

    /// Learns windows of so many rows, or single rows.
    pub fn learn_windows(&mut self, rows: Option<usize>, effects: &mut Effects) {
        let Some(loaded) = &self.loaded else {
            return effects.say("the table is still being read");
        };
        if loaded.window.map(|window| window.rows) == rows {
            return effects.say(match rows {
                Some(_) => "these windows are learned already",
                None => "single rows are learned already",
            });
        }
        self.window = Some(rows);
        effects.send(Command::Reread(self.changes()));
    }

    /// What the user wants of the table, column by column, and of its windows.
    pub fn changes(&self) -> Vec<Change> {
        let columns = self.applied.iter();
        let columns = columns.map(|(column, choice)| Change::Column(column.clone(), *choice));
        columns.chain(self.window.map(Change::Window)).collect()
    }

    /// The snapshots before the present.
    pub fn past(&self) -> &[Moment] {
        let present = Moment {
            network: self.started.as_ref().map_or(0, |started| started.network),
            step: self.run.step(),
        };
        &self.kept[..self.kept.partition_point(|moment| *moment < present)]
    }

    /// Looks at the snapshot before the one on the screen.
    pub fn look_earlier(&mut self, effects: &mut Effects) {
        let shown = self.moment();
        let earlier = self.past().iter().rev().find(|moment| **moment < shown);
        match earlier.copied() {
            Some(moment) => self.look_at(Some(moment), effects),
            None if self.kept.is_empty() => {
                effects.say("no snapshot has been taken yet");
            }
            None => effects.say("this is the earliest snapshot"),
        }
    }

    /// Looks at the snapshot after the one on the screen, or at the present.
    pub fn look_later(&mut self, effects: &mut Effects) {
        let Some(shown) = self.looking else {
            return effects.say("this is the present; < looks back");
        };
        let later = self.past().iter().find(|moment| **moment > shown).copied();
        self.look_at(later, effects);
    }

    /// Looks at a snapshot, or at the present.
    pub fn look_at(&mut self, moment: Option<Moment>, effects: &mut Effects) {
        if self.looking != moment {
            self.looking = moment;
            if moment.is_none() {
                self.ledger = self.spec.as_ref().map(Ledger::new);
            }
            effects.send(Command::LookAt(moment));
        }
    }

    /// Looks at the kept snapshot nearest to `step` at or before it.
    pub fn look_at_step(&mut self, step: u64, effects: &mut Effects) {
        let network = self.started.as_ref().map_or(0, |started| started.network);
        let wanted = Moment { network, step };
        match self.past().iter().rev().find(|moment| **moment <= wanted) {
            Some(moment) => self.look_at(Some(*moment), effects),
            None => effects.say(format!(
                "no snapshot was kept at or before step {}",
                format::group(step)
            )),
        }
    }

    /// Trains on from the snapshot that is looked at.
    pub fn branch(&mut self, effects: &mut Effects) {
        match self.looking {
            Some(moment) => effects.send(Command::Branch(moment)),
            None => effects.say("first look back with < to the snapshot to train on from"),
        }
    }
}
