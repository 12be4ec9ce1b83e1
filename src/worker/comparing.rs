//! The experiment that goes on instead of the training.

use crate::compare::variant::Variant;
use crate::compare::{Experiment, SEEDS};
use crate::message::Report;
use crate::train::trainer::Trainer;

/// An experiment while there is one.
#[derive(Default)]
pub struct Comparing(Option<Experiment>);

impl Comparing {
    /// Begins with the usual variants of the network that `trainer` trains; what is told where that is impossible.
    pub fn begin(&mut self, trainer: &Trainer) -> Option<Report> {
        match Experiment::new(trainer, &Variant::usual(), SEEDS) {
            Ok(experiment) => {
                self.0 = Some(experiment);
                None
            }
            Err(error) => Some(Report::Refused(error.chain())),
        }
    }

    /// Leaves it as it is.
    pub fn stop(&mut self) {
        self.0 = None;
    }

    /// Whether one is going on.
    pub fn goes_on(&self) -> bool {
        self.0.is_some()
    }

    /// Advances it by a batch of every variant. What is told of it: how it stands if that is `due`, and always its end.
    pub fn advance(&mut self, due: bool) -> Option<Report> {
        let experiment = self.0.as_mut()?;
        let advanced = experiment.advance();
        let finished = experiment.finished();
        let report = match advanced {
            Err(error) => Report::Refused(error.chain()),
            Ok(()) if finished || due => Report::Compared(experiment.comparison().clone()),
            Ok(()) => return None,
        };
        if finished || matches!(report, Report::Refused(_)) {
            self.0 = None;
        }
        Some(report)
    }
}
