//! `misfit runs`: what is kept of former trainings.

mod compare;
mod list;
mod show;
mod text;
mod value;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::{print, print_json};
use crate::error::Result;
use crate::store::run::about::Outcome;
use crate::store::run::shelf::{self, Entry, Standing};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RunsArgs {
    #[command(subcommand)]
    command: Option<RunsCommand>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum RunsCommand {
    /// All that is known of a run
    Show {
        /// Its folder, or as much of its name as no other has
        #[arg(value_name = "RUN")]
        run: PathBuf,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// What came of two runs, and how they differ
    Compare {
        /// A run: its folder, or as much of its name as no other has
        #[arg(value_name = "RUN")]
        first: PathBuf,
        /// Another one
        #[arg(value_name = "RUN")]
        second: PathBuf,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Take runs away
    Delete {
        /// Runs: their folders, or as much of their names as no other has
        #[arg(value_name = "RUN", required = true)]
        runs: Vec<PathBuf>,
    },
}

impl RunsArgs {
    pub fn run(&self) -> Result<ExitCode> {
        match &self.command {
            None if self.json => {
                let runs = shelf::list();
                print_json(&runs.iter().map(Told::new).collect::<Vec<_>>())
            }
            None => print(list::text(&shelf::list(), list::width()).as_bytes()),
            Some(RunsCommand::Show { run, json }) => {
                let entry = Entry::at(&shelf::find(run)?);
                if *json {
                    print_json(&Told::new(&entry))
                } else {
                    print(show::text(&entry)?.as_bytes())
                }
            }
            Some(RunsCommand::Compare {
                first,
                second,
                json,
            }) => {
                let entries = [
                    Entry::at(&shelf::find(first)?),
                    Entry::at(&shelf::find(second)?),
                ];
                compare::run(&entries, *json)
            }
            Some(RunsCommand::Delete { runs }) => delete(runs),
        }
    }
}

/// Takes runs away; all names are understood before the first goes.
fn delete(words: &[PathBuf]) -> Result<ExitCode> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for word in words {
        let folder = shelf::find(word)?;
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let mut text = String::new();
    for folder in &folders {
        let name = Entry::at(folder).name;
        shelf::delete(folder)?;
        let _ = writeln!(text, "deleted {name}");
    }
    print(text.as_bytes())
}

/// A run, as `--json` names it.
#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    folder: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<u32>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<String>,
    bytes: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    about: Option<Asked<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<&'a crate::store::run::Progress>,
}

/// What it was asked to do, and what came of it.
#[derive(Serialize)]
struct Asked<'a> {
    table: &'a str,
    program: &'a str,
    command: &'a [String],
    started_in: &'a str,
    begun: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    settings: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Outcome>,
}

impl<'a> Told<'a> {
    fn new(entry: &'a Entry) -> Self {
        let process = match entry.standing {
            Standing::Running(process) => process,
            _ => None,
        };
        Self {
            name: &entry.name,
            folder: entry.folder.to_string_lossy().into_owned(),
            state: entry.standing.name(),
            process,
            damage: entry.about.as_ref().err().map(crate::error::Error::chain),
            bytes: entry.bytes,
            about: entry.about.as_ref().ok().map(|about| Asked {
                table: &about.table,
                program: &about.program,
                command: &about.command,
                started_in: &about.folder,
                begun: &about.begun,
                ended: about.ended.as_deref(),
                why: about.why.as_deref(),
                settings: about
                    .settings
                    .iter()
                    .map(|(name, value)| (name.replace(' ', "_"), value::of(value)))
                    .collect(),
                result: about.result.as_ref(),
            }),
            checkpoint: entry.progress.as_ref(),
        }
    }
}
