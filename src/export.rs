//! Rows taken along: written to a file as CSV or JSON lines, or made ready for the clipboard. Each row with its rank, its number,
//! its score, its flag and the reason, and behind them its cells as the file has them.
//!
//! A table may have a million rows, so they are explained, read again and written some at a time, see [`rows`]. A file
//! appears under its name only when all of it is written, see [`target`].

pub mod clipboard;
pub mod formula;
pub mod rows;
pub mod sheet;
pub mod target;

use std::ops::ControlFlow;
use std::path::Path;

use crate::error::{Error, Result};
use crate::format;
use crate::message::{Export, Formulas};
use crate::train::trainer::Trainer;

use rows::{Source, Take};
use sheet::{Cell, Form, Sheet};
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

/// Writes the rows that are asked for.
pub fn export(
    trainer: &mut Trainer,
    asked: &Export,
    heard: &mut Heard<'_>,
) -> Result<Written, Refusal> {
    let form = form_of(&asked.path)?;
    let whole = trainer.whole_ranking()?;
    let take = Take::new(trainer, &whole, &asked.rows)?;
    for source in take.sources() {
        let table = trainer.data().provenance.path.as_deref();
        let mut target = Target::open(&asked.path, asked.overwrite, table)?;
        let failed = |error| target::failed(&asked.path, &error);
        let names = take.names(source);
        let mut sheet =
            Sheet::new(form, target.writer(), &names, asked.formulas).map_err(failed)?;
        let mut write = |record: &[Cell<'_>]| sheet.write(record).map(ControlFlow::Continue);
        match take.each(source, heard, &mut write) {
            Ok(true) => {}
            // The file has changed while it was read again.
            Ok(false) => continue,
            Err(Error::Io { source, .. }) => return Err(failed(source).into()),
            Err(error) => return Err(error.into()),
        }
        let formulas = sheet.finish().map_err(failed)?;
        let file = target.file();
        let bytes = target.keep()?;
        return Ok(Written {
            file,
            rows: take.len(),
            bytes,
            source,
            formulas,
            quoted: asked.formulas,
        });
    }
    Err(Error::Told(format!(
        "cannot write {}: its table keeps changing",
        target::shown(&asked.path)
    ))
    .into())
}
