//! The command line: one file per subcommand. clap stops here; everything behind it takes a plan.

mod again;
mod args;
mod compare;
#[cfg(feature = "ballista")]
mod executor;
mod found;
mod inspect;
#[cfg(not(feature = "ballista"))]
mod lacking;
mod locale;
mod mistyped;
mod progress;
mod resume;
mod runs;
mod sample;
#[cfg(feature = "ballista")]
mod scheduler;
mod score;
mod serve;
mod stretch;
mod summary;
mod train;

use std::env;
use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::error::{Error, Result};
use crate::run;
use crate::store::run::Opened;

use args::RunArgs;
use args::beside::BesideArgs;
use args::keeping::KeepingArgs;
use args::screen::ScreenArgs;
use mistyped::Typed;

const EXAMPLES: &str = "\
Examples:
  misfit                            train on the built-in sample and watch
  misfit readings.csv               find the rows of readings.csv that don't fit
  misfit train readings.csv --json  the same without a screen
  misfit train readings.csv -o readings.misfit
                                    the same, and keep what was learned
  misfit resume                     go on with a training that was interrupted
  misfit score readings.misfit tonight.csv --flag --explain
                                    find what is strange in other rows
  misfit tonight.csv --model readings.misfit
                                    look at them with what was learned, or train on
  misfit train good.csv --clean=99% -o good.misfit
                                    learn from ordinary rows, to find what is new
  misfit serve                      lend this machine's device to the screens of others
  misfit compare readings.csv       whether biases or tied weights are worth it
  misfit inspect readings.csv       how the file is read, column by column
  misfit summary --layers 1602,1024,8,4,3 --bias none
                                    the size of a network, weights and biases
  misfit summary autoencoder.keras  the size of one from Keras or PyTorch

Exit status: 0 success, 1 failure, 2 wrong usage, 3 as many rows flagged as --fail-on says; 129, 130 and 143 after SIGHUP, SIGINT and SIGTERM.";

/// Find the rows that don't fit: train an autoencoder on a CSV, watch it learn, and see the outliers ranked.
#[derive(Parser)]
#[command(name = "misfit", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Subcommands>,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    keeping: KeepingArgs,
    #[command(flatten)]
    beside: BesideArgs,
    #[command(flatten)]
    screen: ScreenArgs,
}

#[derive(Subcommand)]
enum Subcommands {
    /// Train without a screen: progress on stderr, the ranking on stdout
    Train(train::TrainArgs),
    /// Go on with a run that was interrupted, to the same result as if it had not been
    Resume(resume::ResumeArgs),
    /// The runs that are kept: list them, look at one, lay two side by side, delete some
    Runs(runs::RunsArgs),
    /// Score the rows of a file with a model that was trained before: scores on stdout, row by row
    Score(score::ScoreArgs),
    /// Let others train on this machine's device, from their own screens
    Serve(serve::ServeArgs),
    /// Deal the files of misfit score --cluster out to executors, which are misfit too
    #[cfg(feature = "ballista")]
    Scheduler(scheduler::SchedulerArgs),
    /// Score the files that a scheduler deals out
    #[cfg(feature = "ballista")]
    Executor(executor::ExecutorArgs),
    /// The same where they are not built in, which is said
    #[cfg(not(feature = "ballista"))]
    #[command(hide = true, alias = "executor", disable_help_flag = true)]
    Scheduler(lacking::LackingArgs),
    /// Compare networks with biases, without them and with tied weights, trained side by side over several seeds
    Compare(compare::CompareArgs),
    /// Show how a file is read: its columns, their kinds, which ones are used and why
    Inspect(inspect::InspectArgs),
    /// Show the size of a network: weights and biases per layer, per half and in total
    Summary(summary::SummaryArgs),
    /// Write a built-in sample as CSV
    Sample(sample::SampleArgs),
    /// Write shell completions
    Completions {
        /// The shell to write them for
        shell: clap_complete::Shell,
    },
    /// Write the manual page
    Man,
}

impl Cli {
    /// Shows the training on the screen: a new one, or one that goes on.
    fn explore(&self, run: Option<Opened>) -> Result<ExitCode> {
        let beside = self.beside.read()?;
        let (plan, look, keeping) = match run {
            None => {
                let plan = self.run.plan()?;
                // Without a terminal there is nothing to keep.
                run::check()?;
                let keeping = self.keeping.begin(&self.run, &plan)?;
                (plan, self.screen.look(), keeping)
            }
            Some(run) => {
                let look = self.screen.look_again(&run.about.command);
                (
                    self.run.plan_without_stdin()?,
                    look,
                    self.keeping.again(run),
                )
            }
        };
        run::explore(plan, &look, keeping, beside)
    }
}

/// Does what the command line says.
pub fn run() -> Result<ExitCode> {
    let cli = parse()?;
    match cli.command {
        None => cli.explore(None),
        Some(Subcommands::Train(args)) => args.run(),
        Some(Subcommands::Resume(args)) => args.run(),
        Some(Subcommands::Runs(args)) => args.run(),
        Some(Subcommands::Score(args)) => args.run(),
        Some(Subcommands::Serve(args)) => args.run(),
        #[cfg(feature = "ballista")]
        Some(Subcommands::Scheduler(args)) => args.run(),
        #[cfg(feature = "ballista")]
        Some(Subcommands::Executor(args)) => args.run(),
        #[cfg(not(feature = "ballista"))]
        Some(Subcommands::Scheduler(args)) => args.run(),
        Some(Subcommands::Compare(args)) => args.run(),
        Some(Subcommands::Inspect(args)) => args.run(),
        Some(Subcommands::Summary(args)) => args.run(),
        Some(Subcommands::Sample(args)) => args.run(),
        Some(Subcommands::Completions { shell }) => {
            // Generated whole first: clap_complete panics on a closed pipe.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "misfit", &mut script);
            print(&script)
        }
        Some(Subcommands::Man) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .map_err(Error::io("write the manual"))?;
            print(&page)
        }
    }
}

/// The command line as it was meant. clap itself answers --help, --version and its own errors.
fn parse() -> Result<Cli> {
    let typed = Typed::new(env::args_os().skip(1), Cli::command());
    if let Some(error) = typed.mistyped() {
        return Err(error);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return Err(typed.second_word(&error).unwrap_or_else(|| error.exit())),
    };
    if cli.command.is_none() {
        let files = &cli.run.files;
        let wrong = files.iter().find_map(|file| typed.misplaced(file));
        if let Some(error) = wrong.or_else(|| Typed::no_command(files)) {
            return Err(error);
        }
    }
    Ok(cli)
}

/// The command line of a run, as it was typed once.
fn typed_once(command: &[String]) -> Result<Cli> {
    let words = ["misfit"]
        .into_iter()
        .chain(command.iter().map(String::as_str));
    Cli::try_parse_from(words).map_err(|error| {
        let said = error.to_string();
        let said = said.lines().next().unwrap_or_default();
        Error::Told(format!(
            "this program no longer understands the run's command line: {}",
            crate::data::text::sanitize(said)
        ))
    })
}

/// Writes a result to standard output.
fn print(text: &[u8]) -> Result<ExitCode> {
    use io::Write;
    let mut output = io::stdout().lock();
    output
        .write_all(text)
        .and_then(|()| output.flush())
        .map_err(Error::io("write to standard output"))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes one JSON document to standard output.
fn print_json(document: &impl serde::Serialize) -> Result<ExitCode> {
    let mut text = serde_json::to_string_pretty(document)
        .map_err(|error| Error::io("write JSON")(error.into()))?;
    text.push('\n');
    print(text.as_bytes())
}
