//! The flags about keeping a run on the disk, and the [`Keeping`] that they make.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::env;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::args::{RunArgs, usage};
use crate::data::source::Source;
use crate::error::Result;
use crate::plan::Plan;
use crate::store::run::{About, Input, Keeper, Keeping, Opened};

/// Whether and where the run is kept.
#[derive(Args, Debug)]
#[command(next_help_heading = "Run")]
pub struct KeepingArgs {
    /// Keep the run in the new folder DIR, so that misfit resume goes on where it was interrupted. Without it a training that
    /// takes longer than two seconds is kept under misfit/runs in XDG_STATE_HOME or ~/.local/state, where the latest 20 stay
    #[arg(long, value_name = "DIR", conflicts_with = "no_run")]
    run: Option<PathBuf>,
    /// Seconds from one checkpoint of the run to the next: what is lost at most where it is interrupted
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "2",
        value_parser = seconds,
        conflicts_with = "no_run"
    )]
    checkpoint_every: Duration,
    /// Keep no run
    #[arg(long)]
    no_run: bool,
}

impl KeepingArgs {
    /// Keeps what these flags and the others begin. Where nobody asked for that, what cannot be kept is not.
    pub fn begin(&self, asked: &RunArgs, plan: &Plan) -> Result<Keeping> {
        if self.no_run {
            return Ok(Keeping::off());
        }
        let about = about(asked, plan);
        let keeper = match (&self.run, about) {
            (Some(folder), Ok(about)) => Keeper::named(folder, about)?,
            (Some(_), Err(why)) => return Err(usage(&why)),
            (None, Ok(about)) => Keeper::unnamed(about),
            (None, Err(_)) => Keeper::off(),
        };
        Ok(Keeping::New(Box::new(keeper.every(self.checkpoint_every))))
    }

    /// Goes on keeping a run that these flags began.
    pub fn again(&self, run: Opened) -> Keeping {
        Keeping::Again(Box::new(run), self.checkpoint_every)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    const ALLOWED: RangeInclusive<f64> = 0.01..=86_400.0;
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| ALLOWED.contains(seconds));
    let seconds: f64 = seconds.ok_or("expected a number of seconds from 0.01 to 86400")?;
    Ok(Duration::from_secs_f64(seconds))
}

/// What is to be kept of a run, or why it cannot be.
fn about(asked: &RunArgs, plan: &Plan) -> Result<About, String> {
    if asked.training.is_burn() {
        return Err(
            "--run needs the fused engine: Burn's optimizer does not tell what it remembers of each weight; leave out --engine and --device"
                .into(),
        );
    }
    if asked.network.model.is_some() {
        return Err(
            "--run keeps a training from its beginning, and --model goes on with another one's end; leave one of them out".into(),
        );
    }
    let mut files: Vec<PathBuf> = match &plan.source {
        Source::Path(path) => vec![path.clone()],
        Source::Files(paths) => paths.clone(),
        Source::Sample(_) => Vec::new(),
        Source::Stdin => {
            return Err(
                "--run needs a table that can be read again, and what is piped in cannot; write it to a file first"
                    .into(),
            );
        }
    };
    files.extend(asked.network.weights.clone());
    let mut inputs = Vec::new();
    for file in files {
        // Of a missing file its reader has more to say.
        match (Input::of(&file), file.metadata()) {
            (Some(input), _) => inputs.push(input),
            (None, Ok(known)) if !known.is_file() => {
                return Err(
                    "--run needs a table that can be read again, and this is a pipe or a device; write it to a file first"
                        .into(),
                );
            }
            (None, _) => {}
        }
    }
    let text = |word: std::ffi::OsString| word.into_string().ok();
    let command: Option<Vec<String>> = env::args_os().skip(1).map(text).collect();
    let folder = env::current_dir().ok();
    let folder = folder.and_then(|folder| folder.to_str().map(ToOwned::to_owned));
    let (Some(command), Some(folder)) = (command, folder) else {
        return Err(
            "--run writes the command line down, and a word of it or the folder's name is no UTF-8"
                .into(),
        );
    };
    Ok(About::new(
        (command, folder),
        (plan.source.name(), plan.preset.to_string()),
        inputs,
    ))
}
