//! What `misfit train` writes besides its result: rows, and a page about the run.

use std::ops::ControlFlow;
use std::thread::available_parallelism;

use crate::cli::args::taking::TakingArgs;
use crate::cli::progress::Progress;
use crate::cli::train::trained::Trained;
use crate::error::{Error, Result};
use crate::export::Job;
use crate::export::target::Refusal;
use crate::message::{Rows, Story};
use crate::plan::{Plan, Prepared};
use crate::report;

impl TakingArgs {
    /// Writes what is asked for; what was written, a sentence each. That no row is flagged is no failure of the training.
    pub(super) fn write(
        &self,
        prepared: &mut Prepared,
        trained: &Trained,
        (plan, progress): (&Plan, &Progress),
    ) -> Result<Vec<String>> {
        let mut saved = Vec::new();
        let flagged = prepared
            .trainer
            .shown()
            .map_or(0, |ranking| ranking.flag.count);
        match self.asked() {
            Some(asked) if asked.rows == Rows::Flagged && flagged == 0 => {
                saved.push("no row is flagged, so --export wrote nothing; --rows top:20 takes the first twenty".into());
            }
            Some(asked) => {
                let mut heard = |done: usize, _| {
                    progress.at(done as u64, String::new);
                    ControlFlow::Continue(())
                };
                let path = asked.path.clone();
                let job = Job::new(&prepared.trainer, asked)?;
                progress.begin("writing", Some(job.rows() as u64));
                let threads = available_parallelism().map_or(1, Into::into);
                let written = job.run(threads, &mut heard);
                let written = written.map_err(|refusal| refusal.error(&path))?;
                saved.push(written.sentence("--formulas quote"));
            }
            None => {}
        }
        if let Some(path) = &self.report {
            progress.begin("writing", None);
            let loaded = prepared.loaded();
            let story = Story {
                name: loaded.name,
                preset: plan.preset.to_string(),
                columns: loaded.columns,
                notices: loaded.notices,
                train: trained
                    .train
                    .smoothed(prepared.trainer.steps_per_epoch() as f64),
                valid: trained.validated.points().collect(),
                judged: trained.worth.clone(),
                changes: Vec::new(),
            };
            let written = report::publish(&mut prepared.trainer, story, path, true);
            saved.push(written.map_err(|refusal: Refusal| -> Error { refusal.error(path) })?);
        }
        Ok(saved)
    }
}
