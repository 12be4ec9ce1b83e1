//! The flag about a former run whose curves stand beside those of this one.

use std::path::PathBuf;

use clap::Args;

use crate::app::session::run::Run;
use crate::error::Result;
use crate::message::{Curve, Event, Mark};
use crate::store::run::{shelf, told};

/// What is drawn beside the run.
#[derive(Args, Debug)]
#[command(next_help_heading = "Run")]
pub struct BesideArgs {
    /// Draw the curves of a kept run dotted beside those of this one: its folder, or as much of its name as no other has
    #[arg(long, value_name = "RUN")]
    beside: Option<PathBuf>,
}

impl BesideArgs {
    /// The run, if one is named.
    pub fn read(&self) -> Result<Option<Run>> {
        let Some(word) = &self.beside else {
            return Ok(None);
        };
        let history = told(&shelf::find(word)?)?;
        let marks = history.marks.into_iter().map(|(step, change)| Mark {
            step,
            event: Event::Change(change),
        });
        Ok(Some(Run {
            train: Curve::restored(&history.train),
            valid: Curve::restored(&history.validated),
            marks: marks.collect(),
            ..Run::default()
        }))
    }
}
