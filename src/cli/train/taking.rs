//! What `misfit train` writes besides its result: rows, and a page about the run.

use std::ops::ControlFlow;

use crate::cli::args::taking::TakingArgs;
use crate::cli::train::Trained;
use crate::error::{Error, Result};
use crate::export;
use crate::message::{Rows, Story};
use crate::plan::{Plan, Prepared};
use crate::report;

impl TakingArgs {
    /// Writes what is asked for; what was written, a sentence each. That no row is flagged is no failure of the training.
    pub(super) fn write(
        &self,
        prepared: &mut Prepared,
        trained: &Trained,
        plan: &Plan,
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
                let mut go_on = |_, _| ControlFlow::Continue(());
                let written = export::export(&mut prepared.trainer, &asked, &mut go_on);
                let written = written.map_err(|refusal| refusal.error(&asked.path))?;
                saved.push(written.sentence("--formulas quote"));
            }
            None => {}
        }
        if let Some(path) = &self.report {
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
            saved.push(
                written
                    .map_err(|refusal: export::target::Refusal| -> Error { refusal.error(path) })?,
            );
        }
        Ok(saved)
    }
}
