//! The CPU engine, written for exactly one kind of network: dense layers, elementwise activations, MSE or cross-entropy,
//! Adam.
//!
//! A general engine walks memory once per operation. Here one training step is five kinds of pass, each over data that is
//! in the cache anyway:
//!
//! 1. **forward**, layer by layer: product, bias and activation in one tile of registers (`kernel`, `activation`);
//! 2. **loss**: output activation, loss, metric and the output's gradient in one sweep (`loss`);
//! 3. **input gradient** of every layer but the first, times the activation's slope: the weights are turned a few rows at a
//!    time, so that it is the same product as forward;
//! 4. **weight gradient**: a tile of it is summed in registers and handed to Adam there, so it never goes to memory
//!    (`adam`);
//! 5. **bias gradient**: column sums, and Adam.
//!
//! All matrices are stored in column `panels`, which makes every access of every pass contiguous and lets threads own
//! whole panels. Vector code goes through `pulp`, which picks the widest instruction set at run time and falls back on
//! plain Rust.

#![allow(
    clippy::inline_always,
    reason = "vector code must be inlined into the function compiled for its instruction set"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "products are written with their indices"
)]

mod activation;
mod adam;
mod jobs;
mod kernel;
mod loss;
mod network;
mod panels;
mod tape;
mod threads;

use std::cell::RefCell;

use crate::error::Result;
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::score::view::Reconstruct;
use crate::train::engine::{Engine, EngineName, Metrics};
use crate::train::recipe::{Loss, Recipe};
use adam::Rate;
use network::Network;
use tape::Tape;
use threads::Threads;

/// Rows that are evaluated or rebuilt in one go.
const CHUNK: usize = 256;

/// A network in training.
pub struct FusedEngine {
    network: Network,
    tape: Tape,
    loss: Loss,
    epsilon: f32,
    threads: Threads,
}

impl FusedEngine {
    /// Takes `weights` over; a [`BuildEngine`](crate::train::engine::BuildEngine).
    pub fn build(
        spec: &NetworkSpec,
        recipe: &Recipe,
        weights: &Weights,
    ) -> Result<Box<dyn Engine>> {
        weights.check(spec)?;
        Ok(Box::new(Self::new(
            spec,
            recipe,
            weights,
            Threads::new(recipe.threads, spec.widest())?,
        )))
    }

    fn new(spec: &NetworkSpec, recipe: &Recipe, weights: &Weights, threads: Threads) -> Self {
        let shape = threads.shape();
        Self {
            network: Network::new(spec, weights, shape),
            tape: Tape::new(spec, recipe.batch, shape),
            loss: recipe.loss,
            epsilon: recipe.epsilon,
            threads,
        }
    }
}

impl Engine for FusedEngine {
    fn step(&mut self, rows: &[f32], rate: f64) -> Metrics {
        let Self {
            network,
            tape,
            loss,
            epsilon,
            threads,
        } = self;
        let (loss, rate) = (
            *loss,
            Rate {
                rate: rate as f32,
                epsilon: *epsilon,
            },
        );
        let width = network.inputs();
        tape.fit(rows.len() / width, network.spec(), threads.shape());
        threads.install(network.work(rows.len() / width), || {
            tape.load(rows);
            network.forward(tape, false, threads);
            let metrics = tape.measure(loss, network.spec().output(), threads);
            network.backward(tape, rate, threads);
            metrics
        })
    }

    fn evaluate(&self, rows: &[f32]) -> Metrics {
        let width = self.network.inputs();
        let count = rows.len() / width;
        let mut tape = Tape::new(self.network.spec(), count.min(CHUNK), self.threads.shape());
        let (mut loss, mut mse) = (0.0, 0.0);
        for chunk in rows.chunks(CHUNK * width) {
            let metrics = self
                .threads
                .install(self.network.work(chunk.len() / width), || {
                    tape.load(chunk);
                    self.network.forward(&mut tape, false, &self.threads);
                    tape.measure(self.loss, self.network.spec().output(), &self.threads)
                });
            let share = chunk.len() as f64 / rows.len() as f64;
            loss += metrics.loss * share;
            mse += metrics.mse * share;
        }
        Metrics { loss, mse }
    }

    fn freeze(&self) -> Box<dyn Reconstruct> {
        let network = self.network.frozen();
        let tape = Tape::new(network.spec(), CHUNK, self.threads.shape());
        Box::new(Frozen {
            network,
            tape: RefCell::new(tape),
            threads: self.threads.clone(),
        })
    }

    fn set_bias(&mut self, layer: usize, on: bool) {
        self.network.set_bias(layer, on, self.threads.shape());
    }

    fn weights(&self) -> Weights {
        self.network.weights()
    }

    fn name(&self) -> EngineName {
        EngineName {
            engine: "fused",
            device: "cpu",
            threads: self.threads.count(),
        }
    }
}

/// A copy of the numbers, for looking at rows.
struct Frozen {
    network: Network,
    tape: RefCell<Tape>,
    threads: Threads,
}

impl Reconstruct for Frozen {
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
        let Self {
            network,
            tape,
            threads,
        } = self;
        let (width, tape) = (network.inputs(), &mut *tape.borrow_mut());
        let mut rebuilt = Vec::with_capacity(rows.len());
        for chunk in rows.chunks(CHUNK * width) {
            threads.install(network.work(chunk.len() / width), || {
                tape.load(chunk);
                network.forward(tape, true, threads);
            });
            tape.unload(&mut rebuilt);
        }
        rebuilt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::init::Initializer;
    use crate::model::spec::Activation;
    use crate::train::recipe::Preset;
    use pulp::Arch;

    /// The instruction sets of this machine, plain Rust among them.
    fn archs() -> Vec<Arch> {
        let mut archs = vec![Arch::Scalar, Arch::new()];
        #[cfg(target_arch = "x86_64")]
        archs.extend(pulp::x86::V3::try_new().map(Arch::V3));
        archs
    }

    #[test]
    fn every_instruction_set_learns_the_same() {
        let widths = vec![37, 21, 5];
        let spec = NetworkSpec::new(
            widths,
            Activation::Tanh,
            Activation::Sigmoid,
            Activation::Sigmoid,
        )
        .unwrap();
        let recipe = Recipe {
            loss: Loss::Bce,
            batch: 19,
            ..Recipe::new(Preset::Auto)
        };
        let rows: Vec<f32> = (0..19 * 37)
            .map(|cell| (cell as f32 * 0.37).sin() * 0.4 + 0.5)
            .collect();
        for tied in [false, true] {
            let spec = spec.clone().with_tied(tied);
            let weights = Initializer::GlorotNormal.draw(&spec, 3);
            let run = |arch| {
                let threads = Threads::with_arch(arch, Some(1), spec.widest()).unwrap();
                let mut engine = FusedEngine::new(&spec, &recipe, &weights, threads);
                (0..30)
                    .map(|_| engine.step(&rows, 1e-3).loss)
                    .collect::<Vec<_>>()
            };
            let plain = run(Arch::Scalar);
            for arch in archs() {
                assert!(
                    run(arch)
                        .iter()
                        .zip(&plain)
                        .all(|(a, b)| (a - b).abs() < 1e-5),
                    "{arch:?}"
                );
            }
        }
    }
}
