//! What is known of a run: what it learns, how, and how far it has come.

use std::sync::Arc;

use super::Trainer;
use crate::data::encoder::Encoded;
use crate::message::Moment;
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::train::engine::{BuildEngine, EngineName};
use crate::train::recipe::Recipe;

impl Trainer {
    /// The networks that are trained from each seed, and the steps of each, as [`Recipe::steps`] gives them.
    pub fn kinds(&self) -> impl Iterator<Item = (&NetworkSpec, (u64, Option<u64>))> {
        self.specs.iter().map(|spec| (spec, self.length(spec)))
    }

    /// Networks that are trained in all, one after the other.
    pub fn networks(&self) -> u64 {
        self.recipe.networks * self.specs.len() as u64
    }

    /// The network being trained, the first being number 0.
    pub fn network(&self) -> u64 {
        self.network
    }

    /// The table it learns.
    pub fn data(&self) -> &Arc<Encoded> {
        &self.data
    }

    /// The truth about its rows, where it is known.
    pub fn outlier(&self) -> Option<&Arc<[bool]>> {
        self.outlier.as_ref()
    }

    /// The network as it now stands.
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Its numbers.
    pub fn weights(&self) -> Weights {
        self.engine.weights()
    }

    /// Whether its first weights were given and not drawn.
    pub fn is_given_weights(&self) -> bool {
        self.start.is_some()
    }

    /// What happened to its engine since this was asked last, for people.
    pub fn engine_news(&mut self) -> Option<String> {
        self.engine.news()
    }

    /// How it trains.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// How its engine is built.
    pub fn build(&self) -> BuildEngine {
        self.build
    }

    /// What runs it.
    pub fn engine_name(&self) -> EngineName {
        self.engine.name()
    }

    /// Steps in one epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.batches.per_epoch()
    }

    /// Steps done.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Where the training stands.
    pub fn moment(&self) -> Moment {
        Moment {
            network: self.network,
            step: self.step,
        }
    }

    /// Steps of the recipe for this network, while it has not been extended.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// The steps there would be if the table were not so wide, where that makes them fewer.
    pub fn shortened_from(&self) -> Option<u64> {
        self.shortened_from
    }

    /// Whether the recipe is done.
    pub fn finished(&self) -> bool {
        self.limit.is_some_and(|limit| self.step >= limit)
    }
}
