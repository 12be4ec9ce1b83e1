//! What must be the same for a checkpoint to mean the same: the numbers that are learned from, the networks' widths and the
//! recipe, but for what may be changed on the way.

use std::fmt::Write as _;
use std::hash::Hasher;
use std::sync::Arc;

use twox_hash::XxHash64;

use crate::data::encoder::Encoded;
use crate::score::flag::FlagRule;
use crate::score::ranking::By;
use crate::train::recipe::Recipe;
use crate::train::trainer::Trainer;

/// What the fingerprint is taken of; that takes a pass over the table, which can be made elsewhere.
pub struct Subject {
    data: Arc<Encoded>,
    setup: String,
}

impl Subject {
    /// Of a run.
    pub fn new(trainer: &Trainer) -> Self {
        let recipe = Recipe {
            rate: 0.0,
            threads: None,
            by: By::Network,
            flag: FlagRule::Auto,
            ..trainer.recipe().clone()
        };
        let mut setup = format!("{recipe:?} {}", trainer.engine_name().engine);
        for (spec, steps) in trainer.kinds() {
            let _ = write!(
                setup,
                " {:?} {:?} {steps:?}",
                spec.widths(),
                spec.activations()
            );
        }
        let examples = &trainer.data().examples;
        let _ = write!(setup, " {} {}", examples.rows(), examples.columns());
        if let Some(windows) = examples.windows() {
            let _ = write!(setup, " {:?}", windows.size());
        }
        Self {
            data: Arc::clone(trainer.data()),
            setup,
        }
    }

    /// The fingerprint, sixteen hexadecimal figures.
    pub fn fingerprint(&self) -> String {
        let mut hasher = XxHash64::with_seed(0);
        hasher.write(self.setup.as_bytes());
        if let Some(windows) = self.data.examples.windows() {
            for window in 0..windows.len() {
                hasher.write(&(windows.start(window) as u64).to_le_bytes());
            }
        }
        let matrix = &self.data.matrix;
        let mut bytes = Vec::with_capacity(4 * matrix.columns());
        for row in 0..matrix.rows() {
            bytes.clear();
            bytes.extend(matrix.row(row).iter().flat_map(|value| value.to_le_bytes()));
            hasher.write(&bytes);
        }
        format!("{:016x}", hasher.finish())
    }
}
