//! What `misfit train` writes besides its result: rows, and a page about the run.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::thread::available_parallelism;

use crate::cli::args::taking::TakingArgs;
use crate::cli::progress::Progress;
use crate::cli::train::trained::Trained;
use crate::error::{Error, Result};
use crate::export::Job;
use crate::export::target::{Refusal, Target, failed};
use crate::format;
use crate::message::{Rows, Story};
use crate::plan::{Plan, Prepared};
use crate::report;
use crate::store::{onnx, plain};

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
        self.write_network(prepared, &mut saved)?;
        Ok(saved)
    }

    /// The network as it stands at the end of the training.
    fn write_network(&self, prepared: &Prepared, saved: &mut Vec<String>) -> Result<()> {
        let trainer = &prepared.trainer;
        let table = prepared.table.path.as_deref();
        if self.onnx.is_none() && self.safetensors.is_none() {
            return Ok(());
        }
        let weights = trainer.weights();
        if let Some(path) = &self.onnx {
            let bytes = onnx::bytes(onnx::Trained {
                spec: trainer.spec(),
                weights: &weights,
                encoder: &prepared.data.encoder,
                table: &prepared.table.name,
            })?;
            saved.push(keep(path, &bytes, table)?);
        }
        if let Some(path) = &self.safetensors {
            let bytes = plain::bytes(trainer.spec(), &weights)?;
            saved.push(keep(path, &bytes, table)?);
        }
        Ok(())
    }
}

/// Writes a file; the sentence about it.
fn keep(path: &Path, bytes: &[u8], table: Option<&Path>) -> Result<String> {
    let write = || -> std::result::Result<String, Refusal> {
        let mut target = Target::open(path, true, table)?;
        let file = target.file();
        let mut writer = target.writer();
        let written = writer.write_all(bytes).and_then(|()| writer.flush());
        written.map_err(|error| failed(path, &error))?;
        drop(writer);
        let size = format::bytes(target.keep()?);
        Ok(format!("the network is in {file} ({size})"))
    };
    write().map_err(|refusal| refusal.error(path))
}
