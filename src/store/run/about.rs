//! `run.json`: what was asked for, how the run stands, and what came of it. Text, so that people and scripts can read it.

use std::fmt::Write as _;
use std::hash::Hasher;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash64;

use super::{ABOUT, BEGIN_ANEW, Input, SCHEMA, program, refuse};
use crate::error::{Error, Result};
use crate::export::target::Target;

/// Bytes of `run.json` at most: a command line and a few names.
const LONGEST: u64 = 16 << 20;

/// What the file begins with, up to the checksum.
const BEGINNING: &str = "{\n  \"checksum\": \"";
/// The figures before they are known.
const OPEN: &str = "0000000000000000";

/// A run, but for its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Sixteen hexadecimal figures; it stands first, so that its place in the file is known.
    checksum: String,
    schema: u32,
    /// The program that began it, with its version.
    pub program: String,
    /// The command line behind `misfit`.
    pub command: Vec<String>,
    /// The folder that it was given in.
    pub folder: String,
    /// When.
    pub begun: String,
    /// How it stands, as far as it could tell.
    pub state: State,
    /// When it ended.
    pub ended: Option<String>,
    /// Why it failed.
    pub why: Option<String>,
    /// The table's name, sanitised.
    pub table: String,
    /// Where the recipe started from.
    pub preset: String,
    /// The files that were read.
    pub inputs: Vec<Input>,
    /// What the table turned out to be and how it is learned: a name and a value each.
    pub settings: Vec<(String, String)>,
    /// What came of it.
    pub result: Option<Outcome>,
}

/// What is looked at first: whether the rest can be understood.
#[derive(Deserialize)]
pub(super) struct First {
    pub schema: u32,
    pub program: String,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It trains, or was interrupted: nobody could write that down.
    Running,
    /// It is done.
    Finished,
    /// It cannot go on.
    Failed,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The mean over the last epoch.
    pub loss: Option<f64>,
    /// The mean squared error over it.
    pub mse: Option<f64>,
    /// The validation rows' loss.
    pub valid_loss: Option<f64>,
    /// Seconds spent in training steps.
    pub train_seconds: f64,
    /// Rows that were scored.
    pub rows: u64,
    /// Rows that were flagged.
    pub flagged: u64,
    /// The score that they exceed; none where none could be flagged.
    pub threshold: Option<f64>,
    /// How the scores agree with the label.
    pub roc_auc: Option<f64>,
    /// The same.
    pub average_precision: Option<f64>,
}

impl About {
    /// A run that begins now: the command line and the folder that it was given in, the table's name and the preset's, and
    /// the files that are read.
    pub fn new(
        (command, folder): (Vec<String>, String),
        (table, preset): (String, String),
        inputs: Vec<Input>,
    ) -> Self {
        Self {
            checksum: OPEN.into(),
            schema: SCHEMA,
            program: program(),
            command,
            folder,
            begun: now(),
            state: State::Running,
            ended: None,
            why: None,
            table,
            preset,
            inputs,
            settings: Vec::new(),
            result: None,
        }
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let mut settings = self.settings.iter();
        settings.find_map(|(own, value)| (own == name).then_some(&**value))
    }

    /// Seconds since it began, and since it ended.
    pub fn ages(&self) -> [Option<i64>; 2] {
        let age = |then: &String| {
            let then: Timestamp = then.parse().ok()?;
            Some(Timestamp::now().as_second() - then.as_second())
        };
        [age(&self.begun), self.ended.as_ref().and_then(age)]
    }

    /// It stands otherwise from now on.
    pub fn end(&mut self, state: State) {
        self.state = state;
        self.ended = (state != State::Running).then(now);
    }

    /// Writes it into a run's folder.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(ABOUT);
        let open = Self {
            checksum: OPEN.into(),
            ..self.clone()
        };
        let failed = |error: serde_json::Error| Error::io("write JSON")(error.into());
        let mut text = serde_json::to_string_pretty(&open).map_err(failed)?;
        text.push('\n');
        let mut bytes = text.into_bytes();
        let sum = format!("{:016x}", sum(&bytes));
        bytes[BEGINNING.len()..][..OPEN.len()].copy_from_slice(sum.as_bytes());
        replace(&path, &bytes)
    }

    /// Reads it from a run's folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(ABOUT);
        let bytes = match path.metadata() {
            Ok(known) if known.len() <= LONGEST => std::fs::read(&path),
            Ok(_) => return Err(refuse(&path, "it is too long for a run", BEGIN_ANEW)),
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => refuse(
                folder,
                "this is no run",
                "misfit runs lists those that there are",
            ),
            _ => Error::io(format!("read {}", path.display()))(error),
        })?;
        if let Ok(First { schema, program }) = serde_json::from_slice(&bytes)
            && schema > SCHEMA
        {
            let problem = format!(
                "the run was written by a newer program, {}",
                crate::data::text::sanitize(&program)
            );
            return Err(refuse(&path, problem, "update misfit"));
        }
        let told = bytes
            .get(BEGINNING.len()..)
            .and_then(|rest| rest.get(..OPEN.len()));
        if told != Some(format!("{:016x}", sum(&bytes)).as_bytes()) {
            return Err(refuse(&path, "the file is damaged", BEGIN_ANEW));
        }
        let about: Self = serde_json::from_slice(&bytes).map_err(|error| {
            let problem = format!("the file is damaged: {error}");
            refuse(&path, problem, BEGIN_ANEW)
        })?;
        Ok(about)
    }

    /// The command line, quoted as a shell wants it.
    pub fn line(&self) -> String {
        let mut line = "misfit".to_owned();
        for word in &self.command {
            let _ = write!(line, " {}", quoted(word));
        }
        line
    }
}

/// A word in quotes where a shell would take it apart.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:+@%".contains(c);
    let word = crate::data::text::sanitize(word);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The present, in whole seconds.
pub(super) fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second())
        .unwrap_or(now)
        .to_string()
}

/// XXH64 of the bytes, the figures of the checksum taken as zeros.
fn sum(bytes: &[u8]) -> u64 {
    let start = BEGINNING.len().min(bytes.len());
    let end = (start + OPEN.len()).min(bytes.len());
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(&bytes[..start]);
    hasher.write(OPEN.as_bytes());
    hasher.write(&bytes[end..]);
    hasher.finish()
}

/// Writes a file that appears whole, in place of another.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let told = |refusal: crate::export::target::Refusal| refusal.error(path);
    let mut target = Target::open(path, true, None).map_err(told)?;
    let mut writer = target.writer();
    let written = writer.write_all(bytes).and_then(|()| writer.flush());
    drop(writer);
    written.map_err(|error| crate::export::target::failed(path, &error))?;
    target.keep().map_err(told)?;
    Ok(())
}
