//! Another run or another network in place of this one, and the scores without a network, which outlast them.

use std::sync::Arc;

use super::{Trainer, apart};
use crate::error::Result;
use crate::model::spec::NetworkSpec;
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::train::batches::Batches;
use crate::train::recipe::Recipe;
use crate::train::sum::Sum;

impl Trainer {
    /// The same data and recipe from the same seed with another network. Where several are trained from each seed, the first
    /// begins, and all get the biases and the ties of `spec`. The learning rate stays as it now is.
    pub fn restarted(mut self, spec: NetworkSpec) -> Result<Self> {
        self.restart(spec)?;
        Ok(self)
    }

    /// The same in its place, where nothing has changed if it fails.
    pub fn restart(&mut self, spec: NetworkSpec) -> Result<()> {
        let specs = match &self.specs[..] {
            [_] => vec![spec],
            several => several.iter().map(|own| own.wired_like(&spec)).collect(),
        };
        let (data, outlier) = (Arc::clone(&self.data), self.outlier.clone());
        let references = if self.given_rows {
            self.own_references.clone()
        } else {
            self.references.clone()
        };
        let recipe = Recipe {
            flag: self.rule_in_training(),
            ..self.recipe.clone()
        };
        let mut trainer = Self::new(data, outlier, recipe, specs[0].clone(), self.build)?;
        if let Some(keeping) = &self.keeping {
            trainer.keep(keeping.budget());
        }
        if let Some(start) = self.start.clone() {
            trainer = trainer.starting_from(start)?;
        }
        *self = Self {
            specs,
            references,
            ..trainer
        };
        Ok(())
    }

    /// Once this network is finished: begins the next one, with the biases as they now are. From each seed there is one of
    /// every kind, then comes the next seed. False where it was the last.
    pub fn begin_next(&mut self) -> Result<bool> {
        if self.network + 1 >= self.networks() {
            return Ok(false);
        }
        self.network += 1;
        let (seed, kind) = (self.seed(), self.network % self.specs.len() as u64);
        self.spec = self.specs[kind as usize].wired_like(&self.spec);
        let weights = self.first_weights()?;
        self.engine = (self.build)(&self.spec, &self.recipe, &weights)?;
        let (rows, _) = apart::split(&self.data, &self.recipe);
        self.batches = Batches::new(rows, self.recipe.batch, seed);
        self.epoch = Sum::default();
        self.step = 0;
        let (limit, shortened_from) = self.length(&self.spec);
        (self.limit, self.shortened_from) = (Some(limit), shortened_from);
        Ok(true)
    }

    /// Adds the scores without a network, which may then rank the rows.
    pub fn set_references(&mut self, references: Arc<References>) {
        if self.given_rows {
            self.own_references = Some(references);
            return;
        }
        self.references = Some(references);
        if self.recipe.by != By::Network {
            self.judging.wait_for_all(self.snapshots.len());
        }
    }
}
