//! Rows taken along: written to a file as CSV or JSON lines, or made ready for the clipboard. Each row with its rank, its number,
//! its score, its flag and the reason, and behind them its cells as the file has them.
//!
//! A table may have a million rows, so they are explained, read again and written some at a time, see [`pieces`], and with a
//! copy of all that it takes, see [`rows`], so that training can go on. A file
//! appears under its name only when all of it is written, see [`target`].

pub mod clipboard;
pub mod formula;
pub mod pieces;
pub mod rows;
pub mod sheet;
pub mod target;
mod values;

use std::fmt::Write as _;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use crate::error::{Error, Result};
use crate::format;
use crate::message::{Export, Formulas};
use crate::train::trainer::Trainer;

use pieces::{Manner, Piece};
use rows::{Source, Take};
use sheet::{Form, Sheet};
use target::{Refusal, Target};

/// Told how many rows of how many are written; says whether to go on.
pub type Heard<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file, sanitised.
    pub file: String,
    /// Rows in it.
    pub rows: usize,
    /// Its bytes.
    pub bytes: u64,
    /// Where the cells come from.
    pub source: Source,
    /// Cells that begin like a formula.
    pub formulas: usize,
    /// What became of them.
    pub quoted: Formulas,
    /// Rows that were asked for besides and are not kept of a table larger than memory.
    pub lacking: usize,
}

impl Written {
    /// What was written, in a sentence; `option` is what the user would say to make text of formulas.
    pub fn sentence(&self, option: &str) -> String {
        let rows = format::count(self.rows, "row");
        let mut sentence = format!(
            "wrote {rows} to {} ({})",
            self.file,
            format::bytes(self.bytes)
        );
        if self.lacking > 0 {
            let _ = write!(
                sentence,
                "; {} more are not kept of a table larger than memory, misfit train --scores FILE tells of every row",
                format::group(self.lacking)
            );
        }
        for note in notes(self.source, self.formulas, self.quoted, option) {
            sentence.push_str("; ");
            sentence.push_str(&note);
        }
        sentence
    }
}

/// What should be said of cells.
fn notes(source: Source, formulas: usize, quoted: Formulas, option: &str) -> Vec<String> {
    let (cells, begin) = match formulas {
        1 => ("1 cell".to_owned(), "begins"),
        _ => (format::count(formulas, "cell"), "begin"),
    };
    let formulas = (formulas > 0).then(|| match quoted {
        Formulas::Keep => {
            let writes = if begin == "begins" { "it" } else { "them" };
            format!("{cells} {begin} like a formula; {option} writes {writes} as text")
        }
        Formulas::Quote => {
            format!("{cells} that {begin} like a formula got an apostrophe in front")
        }
    });
    source
        .note()
        .map(str::to_owned)
        .into_iter()
        .chain(formulas)
        .collect()
}

/// What a file for rows may be called.
fn form_of(path: &Path) -> Result<Form> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Form::Csv),
        Some("jsonl" | "ndjson") => Ok(Form::Lines),
        _ => Err(Error::Told(format!(
            "cannot write {}: rows go to a file ending in .csv or .jsonl",
            target::shown(path)
        ))),
    }
}

/// Whether the file could be written, as far as that can be known before.
pub fn check(asked: &Export, table: Option<&Path>) -> Result<(), Refusal> {
    form_of(&asked.path)?;
    Target::open(&asked.path, asked.overwrite, table).map(drop)
}

/// Rows on their way to a file. Holds all that it takes, so that it can be done in another thread.
pub struct Job {
    asked: Export,
    form: Form,
    take: Take,
}

impl Job {
    /// What is asked for, of the ranking that is shown.
    pub fn new(trainer: &Trainer, asked: Export) -> Result<Self> {
        Ok(Self {
            form: form_of(&asked.path)?,
            take: Take::new(trainer, &asked.rows)?,
            asked,
        })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.take.len()
    }

    /// Writes the rows, with so many threads at most.
    pub fn run(&self, threads: usize, heard: &mut Heard<'_>) -> Result<Written, Refusal> {
        let Self { asked, form, take } = self;
        let (form, formulas) = (*form, asked.formulas);
        let manner = Manner {
            form,
            formulas,
            threads,
        };
        let failed = |error| target::failed(&asked.path, &error);
        for source in take.sources() {
            let table = take.data().provenance.path.as_deref();
            let mut target = Target::open(&asked.path, asked.overwrite, table)?;
            let header = Sheet::with_header(form, &take.names(source), formulas).map_err(failed)?;
            let mut counted = header.formulas();
            let mut writer = target.writer();
            let names = header.into_bytes();
            names
                .and_then(|names| writer.write_all(&names))
                .map_err(failed)?;
            let mut write = |piece: Piece| {
                counted += piece.ends.last().map_or(0, |(_, formulas)| *formulas);
                writer.write_all(&piece.bytes)?;
                Ok(ControlFlow::Continue(()))
            };
            match pieces::each(take, source, manner, heard, &mut write) {
                Ok(true) => {}
                // The file has changed while it was read again.
                Ok(false) => continue,
                Err(Error::Io { source, .. }) => return Err(failed(source).into()),
                Err(error) => return Err(error.into()),
            }
            writer.flush().map_err(failed)?;
            drop(writer);
            let file = target.file();
            let bytes = target.keep()?;
            return Ok(Written {
                file,
                rows: take.len(),
                bytes,
                source,
                formulas: counted,
                quoted: formulas,
                lacking: take.lacking,
            });
        }
        Err(Error::Told(format!(
            "cannot write {}: its table keeps changing",
            target::shown(&asked.path)
        ))
        .into())
    }
}
