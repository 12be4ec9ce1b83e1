//! Whether a training begins a run or goes on with one: what is told of it before it begins.

use std::time::Duration;

use super::{Keeper, Opened};
use crate::error::Result;
use crate::train::history::History;
use crate::train::trainer::Trainer;

/// How a training is kept.
pub enum Keeping {
    /// From its start, if at all.
    New(Box<Keeper>),
    /// It goes on where it was interrupted; so long from one checkpoint to the next.
    Again(Box<Opened>, Duration),
}

impl Keeping {
    /// Not at all.
    pub fn off() -> Self {
        Self::New(Box::new(Keeper::off()))
    }

    /// A trainer that was set up, from where the run stands; who keeps it, and what is told of it so far.
    pub fn take_up(self, trainer: Trainer) -> Result<(Trainer, Keeper, History)> {
        match self {
            Self::New(keeper) => Ok((trainer, *keeper, History::default())),
            Self::Again(mut run, every) => {
                let (trainer, history) = run.restore(trainer)?;
                Ok((trainer, Keeper::resumed(*run).every(every), history))
            }
        }
    }
}
