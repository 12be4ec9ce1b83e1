//! `misfit score`: the rows of a file scored with a model that was trained before, on their way through.

#[cfg(feature = "datafusion")]
mod engine;
mod follow;
mod lines;
mod notes;
mod outlet;
mod work;

use std::io::{self, BufWriter, Write};
use std::num::{NonZeroU8, NonZeroUsize};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::{Args, ValueEnum};

use crate::cli::args::columns::LayoutArgs;
use crate::cli::args::{named, usage};
use crate::cli::progress::Progress;
use crate::data::bytes::input::Input;
use crate::data::bytes::stream::Reopen;
use crate::data::read::ReadOptions;
use crate::data::read::matched::{Perhaps, Seeking};
use crate::data::several::{self, matching};
use crate::data::source::{Origin, Source};
use crate::data::text::sanitize;
#[cfg(feature = "datafusion")]
use crate::engine::Where;
use crate::error::{Error, Result};
use crate::store::model::Model;

use follow::Following;
use outlet::{Outlet, Reader};
use work::{Told, Work};

/// The status where as many rows are flagged as the user says.
const FLAGGED: u8 = 3;
/// The status of a program that a signal ended, less the signal.
const SIGNALLED: u8 = 128;
/// Ctrl-C, which is how following a file ends.
const SIGINT: u8 = 2;
/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// What is scored, with what, and how it is told.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ScoreArgs {
    /// Model file, as `misfit train FILE -o MODEL` writes it
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Table to score, of any kind that misfit reads; its columns are found by name. - is standard input, as is no FILE. Several
    /// files, or a pattern such as 'logs/*.csv', are read as one table
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Column that marks the outliers, to judge the scores by; the model's own, or one that is called like a label, is found by
    /// itself; `none` turns that off
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    label: Option<String>,
    /// Column that names the rows; the model's own is found by itself
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    id: Option<String>,
    #[command(flatten)]
    layout: LayoutArgs,
    /// Print only the N rows that score most, in the order of their scores
    #[arg(long, value_name = "N", value_parser = some_rows, help_heading = "Output")]
    top: Option<NonZeroUsize>,
    /// Print only the rows that are flagged: those that score more than the rule of the training says
    #[arg(long, help_heading = "Output")]
    flag: bool,
    /// Say why rows score what they do: the flagged ones, or with --top all that are printed
    #[arg(long, help_heading = "Output")]
    explain: bool,
    /// Exit with status 3 where at least N rows are flagged, whether or not somebody reads what is printed
    #[arg(long, value_name = "N", value_parser = some_rows, help_heading = "Output")]
    fail_on: Option<NonZeroUsize>,
    /// Go on with the lines that are added to FILE, as they come, until Ctrl-C. Where another file takes its place, as logs are
    /// rotated, with that one
    #[arg(long, conflicts_with = "top", help_heading = "Output")]
    follow: bool,
    /// Print JSON lines, an object for each row, instead of CSV; a score beyond all measure is "inf" in both
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// No progress and no notes on stderr, only warnings
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,
    /// Number of threads; by default one per core
    #[arg(long, value_name = "N", help_heading = "Output")]
    threads: Option<NonZeroU8>,
    /// What reads the files and calls the model; datafusion is in programs that were built with the feature of that name
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "own",
        help_heading = "Engine"
    )]
    engine: EngineArg,
    /// Score on the machines of a Ballista cluster, whose scheduler listens there; for programs that were built with the feature
    /// ballista. The files are Parquet, and each machine finds them under the same path
    #[arg(long, value_name = "ballista://HOST:PORT", help_heading = "Engine")]
    cluster: Option<String>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]
enum EngineArg {
    /// misfit itself
    Own,
    /// Apache DataFusion: of Parquet files only the columns that the model needs are read, row groups side by side
    Datafusion,
}

fn some_rows(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "expected a number of rows, 1 or more".into())
}

impl ScoreArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let threads = self.threads.map(|count| usize::from(count.get()));
        let model = Model::open(&self.model, threads)?;
        let source = self.source()?;
        let progress = Progress::new(self.quiet);
        let reader = Reader {
            fail_on: self.fail_on.map(NonZeroUsize::get),
            ..Reader::default()
        };
        let outlet = Outlet {
            inner: io::stdout().lock(),
            reader: &reader,
        };
        let mut output = BufWriter::with_capacity(BUFFER, outlet);
        let work = Work {
            args: self,
            model: &model,
            threads: threads.unwrap_or_else(|| available_parallelism().map_or(1, Into::into)),
            progress: &progress,
            reader: &reader,
        };
        let told = if self.engine == EngineArg::Own && self.cluster.is_none() {
            self.told(&work, &source, &mut output)
        } else {
            let told = self.told_by_engine(&work, &source, &mut output);
            told.map(|told| (Some(told), None))
        };
        let (told, signal) = match told {
            Err(Error::Stopped) if reader.has_enough() => return Ok(ExitCode::from(FLAGGED)),
            told => told?,
        };
        drop(progress);
        output
            .flush()
            .map_err(Error::io("write to standard output"))?;
        drop(output);
        let status = told.map_or(ExitCode::SUCCESS, |told| self.tell(told));
        Ok(match signal {
            None | Some(SIGINT) => status,
            Some(signal) => ExitCode::from(SIGNALLED + signal),
        })
    }

    /// Scores what is to be scored, nothing where the user did not wait for the first line; and the signal that ended it.
    fn told(
        &self,
        work: &Work<'_>,
        source: &Source,
        output: &mut dyn Write,
    ) -> Result<(Option<Told>, Option<u8>)> {
        let options = self.options(work.model);
        // Names that are made of columns are not looked for.
        let own = work.model.id.clone();
        let own = own.filter(|_| work.model.named_by_series().is_none());
        let told = match source.origin() {
            Origin::Input(Input::Path(path)) if self.follow => {
                let mut following = match Following::begin(&path)? {
                    Ok(following) => following,
                    Err(signal) => return Ok((None, Some(signal))),
                };
                let file = sanitize(&path.to_string_lossy());
                let what = (&options, &self.seeking(work.model, own));
                let mut begun = following.growing.again()?;
                let begun = (&mut begun as &mut dyn Reopen, &*file);
                let told = work.score(begun, what, Some(&mut following), output)?;
                return Ok((Some(told), following.signal()));
            }
            _ if self.follow => {
                return Err(usage(
                    "--follow takes one file; a pipe is scored as it comes without it",
                ));
            }
            Origin::Input(mut input) => {
                if input.is_terminal() {
                    return Err(usage("name the file to score, or pipe one in"));
                }
                let path = input.path();
                let path = path.map(|path| sanitize(&path.to_string_lossy()));
                let file = path.unwrap_or_else(|| source.name());
                let what = (&options, &self.seeking(work.model, own));
                work.score((&mut input, &file), what, None, output)?
            }
            Origin::Files(files) => {
                let (mut several, read) = several::one(&files, &options)?;
                let id = read.id.clone().or(own);
                let what = (&read, &self.seeking(work.model, id));
                work.score((&mut several, &source.name()), what, None, output)?
            }
            Origin::Sample(_) => return Err(usage("name the file to score")),
        };
        Ok((Some(told), None))
    }

    /// The same by another program's engine, on this machine or on others.
    #[cfg(feature = "datafusion")]
    fn told_by_engine(
        &self,
        work: &Work<'_>,
        source: &Source,
        output: &mut dyn Write,
    ) -> Result<Told> {
        let here = NonZeroUsize::new(work.threads).unwrap_or(NonZeroUsize::MIN);
        let options = self.options(work.model);
        let seeking = |id| self.seeking(work.model, id);
        let task = |at| engine::Task {
            work,
            model: &self.model,
            at,
        };
        let Some(cluster) = &self.cluster else {
            let task = task(Where::Here(here));
            return task.score(source, &options, &seeking, output);
        };
        let address = cluster
            .parse()
            .map_err(|error| usage(&format!("--cluster {}: {error}", sanitize(cluster))))?;
        let task = task(Where::Cluster(&address));
        task.score(source, &options, &seeking, output)
    }

    #[cfg(not(feature = "datafusion"))]
    #[allow(clippy::unused_self, reason = "as where there is an engine")]
    fn told_by_engine(&self, _: &Work<'_>, _: &Source, _: &mut dyn Write) -> Result<Told> {
        let (what, feature) = match &self.cluster {
            Some(_) => ("--cluster", "ballista"),
            None => ("--engine datafusion", "datafusion"),
        };
        Err(usage(&format!(
            "{what}: this misfit was built without it; build it with `cargo build --release --features {feature}`"
        )))
    }

    /// Says on stderr how the scores are beside those of the training; the status to exit with.
    fn tell(&self, told: Told) -> ExitCode {
        let mut stderr = io::stderr().lock();
        // A stderr that cannot be written to is no reason to fail.
        if !self.quiet {
            for note in told.notes {
                let _ = writeln!(stderr, "note: {note}");
            }
            let _ = write!(stderr, "{}", told.drift.text());
        }
        if let Some(warning) = told.drift.warning() {
            let _ = writeln!(stderr, "warning: {warning}");
        }
        let fails = self.fail_on.is_some_and(|most| told.flagged >= most.get());
        if fails {
            ExitCode::from(FLAGGED)
        } else {
            ExitCode::SUCCESS
        }
    }

    /// What is read.
    fn source(&self) -> Result<Source> {
        match &self.files[..] {
            [] => Ok(Source::Stdin),
            [path] if path.as_os_str() == "-" => Ok(Source::Stdin),
            words => {
                let files: Result<Vec<_>> = words.iter().map(|word| matching(word)).collect();
                named(files?.concat())
            }
        }
    }

    /// How it is read: as the user says, and where they do not, with the model's words for a missing value.
    fn options(&self, model: &Model) -> ReadOptions {
        let mut options = self.layout.options();
        if !self.layout.says_missing() {
            options.missing = model.missing.clone();
        }
        options
    }

    /// The columns that are looked for.
    fn seeking(&self, model: &Model, id: Option<String>) -> Seeking {
        Seeking {
            columns: model.sought(),
            label: match (self.label.as_deref(), &model.label) {
                (Some("none"), _) => Perhaps::Unwanted,
                (Some(name), _) => Perhaps::Named(name.to_owned()),
                (None, Some(label)) => Perhaps::IfThere(label.name.clone()),
                (None, None) => Perhaps::Any,
            },
            id: match (&self.id, id) {
                (Some(name), _) => Perhaps::Named(name.clone()),
                (None, Some(name)) => Perhaps::IfThere(name),
                (None, None) => Perhaps::Unwanted,
            },
        }
    }
}
