//! `misfit resume`: a run that was interrupted goes on: its command line is carried out again, from its last checkpoint.

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::args::usage;
use crate::cli::{Subcommands, typed_once};
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::format::group;
use crate::run;
use crate::store::run::about::State;
use crate::store::run::shelf::{self, Standing};
use crate::store::run::{Opened, Progress};

#[derive(Args)]
pub struct ResumeArgs {
    /// The run: its folder, or as much of its name as no other has; without it the latest that was interrupted
    #[arg(value_name = "RUN")]
    run: Option<PathBuf>,
    /// Go on with a run of misfit train on the screen
    #[arg(long)]
    screen: bool,
}

impl ResumeArgs {
    pub fn run(&self) -> Result<ExitCode> {
        if self.screen && run::check().is_err() {
            return Err(usage(
                "--screen needs a terminal that can be drawn on; without --screen misfit resume goes on all the same",
            ));
        }
        let folder = match &self.run {
            Some(word) => shelf::find(word)?,
            None => latest()?,
        };
        // It is gone to before anything of the run is read.
        let folder = folder
            .canonicalize()
            .map_err(Error::io("find the folder of the run"))?;
        let run = Opened::new(&folder)?;
        if run.about.state == State::Failed {
            let why = run.about.why.as_deref().unwrap_or("it did not say why");
            return Err(Error::Told(format!(
                "the run failed and cannot go on: {}",
                sanitize(why)
            )));
        }
        let from = sanitize(&run.about.folder);
        env::set_current_dir(&run.about.folder)
            .map_err(Error::io(format!("go to {from}, where the run began")))?;
        run.check_inputs()?;
        let cli = typed_once(&run.about.command)?;
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let name = sanitize(&name.to_string_lossy());
        // A stderr that cannot be written to is no reason to fail.
        let _ = writeln!(
            io::stderr(),
            "going on with {name}: {}",
            how_far(run.progress())
        );
        match &cli.command {
            None => cli.explore(Some(run)),
            Some(Subcommands::Train(args)) if self.screen => args.on_screen(run),
            Some(Subcommands::Train(args)) => args.resume(run),
            Some(_) => Err(Error::Told(
                "the run was begun by another command and cannot go on".into(),
            )),
        }
    }
}

/// The folder of the latest run that was interrupted.
fn latest() -> Result<PathBuf> {
    let runs = shelf::list();
    let mut interrupted = runs
        .into_iter()
        .filter(|run| run.standing == Standing::Interrupted);
    interrupted.next().map(|run| run.folder).ok_or_else(|| {
        Error::Told("no run was interrupted; misfit runs lists those that are kept".into())
    })
}

/// How far a run has come, in words.
pub fn how_far(progress: Option<&Progress>) -> String {
    let Some(progress) = progress else {
        return "from the start".into();
    };
    let step = group(progress.step);
    let steps = progress
        .steps
        .map_or_else(String::new, |steps| format!(" of {}", group(steps)));
    if progress.networks > 1 {
        let (network, networks) = (progress.network + 1, progress.networks);
        format!("network {network} of {networks}, step {step}{steps}")
    } else {
        format!("step {step}{steps}")
    }
}
