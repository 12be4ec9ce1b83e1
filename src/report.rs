//! One page of HTML about a run, to be read, printed and passed on: how it learned, what the network costs, how the scores are
//! spread, the strangest rows and why, the columns, and how all of it can be made again. It needs no script, no network and no
//! second file, and follows the reader's light or dark scheme.
//!
//! [`collect()`] gathers plain data from trainer and [`Story`]; [`html`] makes text of it. Nothing that came from a file reaches
//! the page but through `escape`.

mod chart;
mod collect;
mod escape;
mod page;
mod sections;

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::export::target::{self, Refusal, Target};
use crate::format;
use crate::message::Story;
use crate::train::trainer::Trainer;

pub use collect::{Page, Strange, collect};
pub use page::html;

/// Whether the page could be written, as far as that can be known before.
pub fn check(path: &Path, overwrite: bool, table: Option<&Path>) -> Result<(), Refusal> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("html" | "htm")) {
        let file = target::shown(path);
        let what = format!("cannot write {file}: the page goes to a file ending in .html");
        return Err(Error::Told(what).into());
    }
    Target::open(path, overwrite, table).map(drop)
}

/// Writes the page; what was written, in a sentence.
pub fn publish(
    trainer: &mut Trainer,
    story: Story,
    path: &Path,
    overwrite: bool,
) -> Result<String, Refusal> {
    let table = trainer.data().provenance.path.clone();
    check(path, overwrite, table.as_deref())?;
    let text = html(&collect(trainer, story)?);
    let mut target = Target::open(path, overwrite, table.as_deref())?;
    let mut writer = target.writer();
    // What is left in the buffer when it is dropped is lost without a word.
    let written = writer
        .write_all(text.as_bytes())
        .and_then(|()| writer.flush());
    drop(writer);
    written.map_err(|error| target::failed(path, &error))?;
    let file = target.file();
    let bytes = format::bytes(target.keep()?);
    Ok(format!("wrote the report to {file} ({bytes})"))
}
