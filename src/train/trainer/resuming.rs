//! Stopping and going on: the present in plain data, and a trainer that goes on from there to the bit.

use super::{Trainer, apart};
use crate::error::{Error, Result};
use crate::model::spec::NetworkSpec;
use crate::model::weights::{LayerWeights, Weights};
use crate::score::view::Reconstruct;
use crate::train::batches::Batches;
use crate::train::checkpoint::{Checkpoint, Look};
use crate::train::engine::Metrics;
use crate::train::recipe::Recipe;

impl Trainer {
    /// The present; none where the engine cannot tell what Adam remembers.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        Some(Checkpoint {
            moment: self.moment(),
            extended: self.limit.is_none(),
            tied: self.spec.tied(),
            began: self.specs[0].bias().to_vec(),
            engine: self.engine.state()?,
            batches: self.batches.state(),
            epoch: self.epoch,
            rate: self.recipe.rate,
            looks: self.looks(),
        })
    }

    /// The networks that were looked at, or wait to be, but for the first so many.
    pub fn looks_from(&self, first: usize) -> Vec<Look> {
        let all = self.snapshots.all().skip(first);
        all.map(|(moment, network)| Look {
            moment,
            layers: network.numbers(),
        })
        .collect()
    }

    /// How many networks were looked at, or wait to be.
    pub fn looks(&self) -> usize {
        self.snapshots.all().count()
    }

    /// The steps after which a network was looked at, or waits to be.
    pub fn snapshot_steps(&self, network: u64) -> Vec<u64> {
        let all = self.snapshots.all().map(|(moment, _)| moment);
        let own = all.filter(|moment| moment.network == network);
        own.map(|moment| moment.step).collect()
    }

    /// The mean over the epoch so far; none at its beginning.
    pub fn epoch_so_far(&self) -> Option<Metrics> {
        let mut epoch = self.epoch;
        epoch.take()
    }

    /// This run, not begun yet, from where it stood once. The rows are looked at anew through `looks`, which gives the same
    /// scores; see [`Trainer::look`]. An error where the two do not belong together.
    pub fn resumed(mut self, checkpoint: Checkpoint, looks: Vec<Look>) -> Result<Self> {
        let wrong = || Error::Training("the checkpoint does not fit the training".into());
        let Checkpoint {
            moment,
            extended,
            tied,
            began,
            engine,
            batches,
            epoch,
            rate,
            looks: count,
        } = checkpoint;
        let layers = self.spec.len();
        if moment.network >= self.networks() || began.len() != layers || looks.len() != count {
            return Err(wrong());
        }
        let wired = |spec: &NetworkSpec| {
            let mut spec = spec.clone().with_tied(tied);
            for (layer, on) in began.iter().enumerate() {
                spec.set_bias(layer, *on);
            }
            spec
        };
        self.specs = self.specs.iter().map(wired).collect();
        self.network = moment.network;
        self.spec = spec_of(&self.kind(moment.network), &engine.weights.layers);
        engine.check(&self.spec).map_err(|_| wrong())?;
        self.recipe.rate = rate;
        self.engine = (self.build)(&self.spec, &self.recipe, &engine.weights)?;
        self.engine.restore(&engine)?;
        let (rows, validation) = apart::split(&self.data, &self.recipe);
        self.batches = Batches::new(rows, self.recipe.batch, self.seed());
        self.validation = validation;
        if !self.batches.restore(&batches) {
            return Err(wrong());
        }
        let (limit, shortened_from) = self.length(&self.spec);
        if !extended && moment.step > limit {
            return Err(wrong());
        }
        self.limit = (!extended).then_some(limit);
        self.shortened_from = shortened_from;
        (self.step, self.epoch) = (moment.step, epoch);
        for look in looks {
            if look.moment > moment {
                return Err(wrong());
            }
            let frozen = self.frozen(look.moment.network, look.layers)?;
            self.snapshots.wait(look.moment, frozen);
        }
        Ok(self)
    }

    /// The plan of a network of this run at its start.
    fn kind(&self, network: u64) -> NetworkSpec {
        let kind = network % self.specs.len() as u64;
        self.specs[kind as usize].clone()
    }

    /// A network of this run, held still with these numbers.
    fn frozen(
        &self,
        network: u64,
        layers: Vec<[Option<Vec<f32>>; 2]>,
    ) -> Result<Box<dyn Reconstruct>> {
        let own = |[weight, bias]: [Option<Vec<f32>>; 2]| LayerWeights { weight, bias };
        let layers: Vec<LayerWeights> = layers.into_iter().map(own).collect();
        let spec = spec_of(&self.kind(network), &layers);
        let weights = Weights { layers };
        weights.check(&spec)?;
        // It never learns.
        let recipe = Recipe {
            batch: 1,
            ..self.recipe.clone()
        };
        Ok((self.build)(&spec, &recipe, &weights)?.freeze())
    }
}

/// The network with the biases that there are numbers of.
fn spec_of(spec: &NetworkSpec, layers: &[LayerWeights]) -> NetworkSpec {
    let mut spec = spec.clone();
    for (layer, own) in layers.iter().enumerate().take(spec.len()) {
        spec.set_bias(layer, own.bias.is_some());
    }
    spec
}
