//! A run in a folder, so that a training that was interrupted can go on as if it had not been.
//!
//! ```text
//! run.json     what was asked for (command line, folder, files with size, time and checksum), how the run stands, its result
//! checkpoint   the training between two batches: numbers, moments, rows to come, curves; and which looks belong to it
//! looks-000N   networks as they were looked at since the checkpoint before
//! lock         held by the program that trains; the number of its process
//! ```
//!
//! **Going on** carries the same command line out again: the table is read anew, the trainer is set up anew, and then gets the
//! numbers of the checkpoint. So nothing of the plan is written down twice, and what is written down is what cannot be had again.
//! The rows are looked at anew through the kept looks, which gives the same scores to the bit. Two things keep a run from going
//! on with something else: the files must be those that were read (size and time, or else the checksum), and a fingerprint of
//! the encoded table and of the recipe must be the same, which a newer program may set up otherwise. Piped tables are gone when
//! they are read, and Burn's optimizer does not give its moments away: neither can be kept.
//!
//! **Nothing is half written.** Every file appears whole under its name (temporary file, sync, rename), and all have a checksum.
//! Looks never change once they are written; a checkpoint comes after those that it names, and only then those go that no
//! checkpoint names any more. So whenever the process dies, the newest checkpoint is whole, and the run loses what came after
//! it: about two seconds.
//!
//! **Training does not wait.** [`Keeper`] copies the numbers between two batches, and a thread makes bytes of them and writes.
//! A checkpoint is due every two seconds, later where copying or writing would take more than a small share of the time, and at
//! the end. Where the disk is full or cannot be written to, that is said once, and the training goes on without.
//!
//! **What costs nothing.** A run that was not asked for (`--run`) gets its folder with its first checkpoint, so one that ends
//! before leaves nothing. Such runs lie in the [`shelf`], where the oldest go when there are too many.
//!
//! **Two programs** never write one run: `lock` is locked through the system, which lets go when the process ends, however it
//! does.

pub mod about;
mod checkpoint;
mod fingerprint;
mod held;
mod input;
mod keeper;
mod keeping;
mod opened;
mod settings;
pub mod shelf;

pub use about::About;
pub use checkpoint::Progress;
pub use held::Held;
pub use input::Input;
pub use keeper::Keeper;
pub use keeping::Keeping;
pub use opened::Opened;

use std::path::Path;

use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};
use crate::train::history::History;

/// The file that makes a folder a run.
const ABOUT: &str = "run.json";
/// The newest checkpoint.
const CHECKPOINT: &str = "checkpoint";
/// What is locked.
const LOCK: &str = "lock";
/// How files of looks are called.
const LOOKS: &str = "looks-";

/// The layout of a run's files. A program refuses one that it does not know.
const SCHEMA: u32 = 1;

/// The program, with its version.
fn program() -> String {
    format!("misfit {}", env!("CARGO_PKG_VERSION"))
}

/// What is told of a run's training, as of its last checkpoint; somebody may be at work on it.
pub fn told(folder: &Path) -> Result<History> {
    let saved = checkpoint::read_checkpoint(&folder.join(CHECKPOINT))?;
    Ok(saved.history)
}

/// What is wrong with a run's file, and what to do.
fn refuse(file: &Path, problem: impl Into<String>, advice: &str) -> Error {
    Error::from(DataError {
        file: sanitize(&file.to_string_lossy()),
        problem: problem.into(),
        advice: advice.into(),
        ..DataError::default()
    })
}

/// What to do about a damaged file.
const BEGIN_ANEW: &str =
    "the run cannot go on; train anew, and misfit runs delete takes this one away";
