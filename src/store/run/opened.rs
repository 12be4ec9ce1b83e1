//! A run that is there, held and read: ready to go on.

use std::path::Path;

use super::checkpoint::{Saved, read_checkpoint, read_looks};
use super::fingerprint::Subject;
use super::{About, CHECKPOINT, Held, LOOKS, refuse};
use crate::error::{Error, Result};
use crate::train::history::History;
use crate::train::trainer::Trainer;

/// A run that can go on.
pub struct Opened {
    pub(super) held: Held,
    /// What it is.
    pub about: About,
    /// None where it was interrupted before its first checkpoint: it begins anew.
    pub(super) saved: Option<Saved>,
}

impl Opened {
    /// Takes hold of a run and reads where it stands.
    pub fn new(folder: &Path) -> Result<Self> {
        let held = Held::open(folder)?;
        let about = About::read(folder)?;
        let path = folder.join(CHECKPOINT);
        let saved = path.exists().then(|| read_checkpoint(&path)).transpose()?;
        Ok(Self { held, about, saved })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        self.held.folder()
    }

    /// The steps of which network it has done; none before its first checkpoint.
    pub fn progress(&self) -> Option<&super::Progress> {
        self.saved.as_ref().map(|saved| &saved.progress)
    }

    /// Refuses files that are no longer what they were.
    pub fn check_inputs(&self) -> Result<()> {
        self.about.inputs.iter().try_for_each(super::Input::check)
    }

    /// A trainer that was set up as the run's was, from where the run stands; and what is told of the training so far.
    pub fn restore(&mut self, trainer: Trainer) -> Result<(Trainer, History)> {
        let Some(saved) = &self.saved else {
            return Ok((trainer, History::default()));
        };
        if Subject::new(&trainer).fingerprint() != saved.fingerprint {
            let (then, now) = (&self.about.program, super::program());
            let problem = if *then == now {
                "the table or the training is set up otherwise now than when the run began".into()
            } else {
                format!(
                    "{now} sets the table or the training up otherwise than {then}, which began the run"
                )
            };
            return Err(refuse(self.folder(), problem, "train anew"));
        }
        let mut looks = Vec::new();
        for of in &saved.looks {
            // It names a file of this folder, and no other.
            let plain = of.file.starts_with(LOOKS) && !of.file.contains(['/', '\\']);
            let path = self.folder().join(&of.file);
            if !plain {
                return Err(refuse(
                    &path,
                    "there is no such file of a run",
                    super::BEGIN_ANEW,
                ));
            }
            let mut own = read_looks(&path)?;
            if own.len() < of.count {
                return Err(refuse(&path, "looks are missing in it", super::BEGIN_ANEW));
            }
            own.truncate(of.count);
            looks.extend(own);
        }
        let trainer = trainer.resumed(saved.checkpoint.clone(), looks);
        let trainer = trainer.map_err(|error| match error {
            Error::Training(what) => refuse(
                &self.folder().join(CHECKPOINT),
                format!("the file is damaged: {what}"),
                super::BEGIN_ANEW,
            ),
            error => error,
        })?;
        Ok((trainer, saved.history.clone()))
    }
}
