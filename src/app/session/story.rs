//! What the session knows of a run besides what its trainer knows, for a report.

use super::Session;
use crate::message::Story;

impl Session {
    /// The run so far.
    pub fn story(&self) -> Story {
        let loaded = self.loaded.as_ref();
        let preset = self.started.as_ref();
        let changes = self.run.changes();
        Story {
            name: loaded.map_or_else(|| self.source.clone(), |loaded| loaded.name.clone()),
            preset: preset.map_or_else(String::new, |started| started.preset.clone()),
            columns: self.columns().to_vec(),
            notices: loaded.map_or_else(Vec::new, |loaded| loaded.notices.clone()),
            train: self.run.train.smoothed(self.steps_per_epoch() as f64),
            valid: self.run.valid.points().collect(),
            judged: self.run.judged.clone(),
            changes: changes
                .map(|(step, what)| (step, what.to_owned()))
                .collect(),
        }
    }
}
