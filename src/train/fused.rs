//! The CPU engine, written for exactly one kind of network: dense layers, elementwise activations, MSE or cross-entropy,
//! Adam.
//!
//! A general engine walks memory once per operation. Here one training step is four kinds of pass, each over data that is
//! in the cache anyway:
//!
//! 1. **forward**, layer by layer: product, bias and activation, a panel at a time (`product`, `activation`);
//! 2. **loss**: output activation, loss, metric and the output's gradient in one sweep (`loss`);
//! 3. **learn**, layer by layer from the last: while a tile of the weights is in the cache, the gradient goes on through it to
//!    the layer below, the tile's own gradient is summed in registers, and Adam takes its step with it there, so that it
//!    never goes to memory (`learn`, `step`, `adam`). The first layer passes no gradient on; its tiles, once they have learned,
//!    are multiplied with the next batch instead, so that they need not come from memory for it again;
//! 4. **bias gradient**: column sums, and Adam.
//!
//! What has a row for each row of the batch lies in column `panels`, weights lie in square `tiles`: every pass reads and
//! writes whole vectors, and threads own whole panels or whole groups of tiles. All products are made of one block of sums in
//! registers (`kernel`), and weights that are too many for the caches are prefetched (`prefetch`). Vector
//! code goes through `pulp`, which picks the widest instruction set at run time and falls back on
//! plain Rust. A thread `pool` shares the `chunks` of a pass where the pass is worth it (`threads`), and small steps only
//! while `autotune` finds that it pays. Everything that lasts for one step lies in a `workspace`, allocated once.

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
mod autotune;
mod backward;
mod chunks;
mod errors;
mod jobs;
mod kernel;
mod learn;
mod loss;
mod narrow;
mod network;
mod panels;
mod pool;
mod prefetch;
mod product;
mod state;
mod step;
mod threads;
mod tiles;
mod transpose;
mod workspace;

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use crate::error::Result;
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::score::view::Reconstruct;
use crate::train::engine::{Batch, Engine, EngineName, EngineState, Metrics};
use crate::train::recipe::{Loss, Recipe};
use adam::Rate;
use autotune::Autotune;
use narrow::Narrow;
use network::Network;
use threads::Threads;
use workspace::Workspace;

/// Rows that are evaluated or rebuilt in one go.
const CHUNK: usize = 128;

/// A network in training.
pub struct FusedEngine {
    network: Network,
    workspace: Workspace,
    loss: Loss,
    epsilon: f32,
    threads: Threads,
    /// The same without helpers, for steps that are not shared.
    alone: Threads,
    autotune: Autotune,
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
            workspace: Workspace::new(spec, recipe.batch, shape),
            loss: recipe.loss,
            epsilon: recipe.epsilon,
            alone: threads.alone(),
            threads,
            autotune: Autotune::new(),
        }
    }

    fn frozen(&self) -> Frozen {
        let network = self.network.frozen();
        let workspace = Workspace::new(network.spec(), CHUNK, self.threads.shape());
        Frozen {
            network: Arc::new(network),
            workspace: RefCell::new(workspace),
            threads: self.threads.clone(),
        }
    }
}

impl Engine for FusedEngine {
    fn step(&mut self, batch: Batch<'_>, rate: f64) -> Metrics {
        let Self {
            network,
            workspace,
            loss,
            epsilon,
            threads,
            alone,
            autotune,
        } = self;
        let (begun, rows) = (Instant::now(), batch.rows());
        let shared = autotune.shares(network.work(rows));
        let threads = if shared { &*threads } else { &*alone };
        let (loss, rate) = (
            *loss,
            Rate {
                rate: rate as f32,
                epsilon: *epsilon,
            },
        );
        workspace.fit(rows, network.spec(), threads.shape());
        workspace.load(batch, threads);
        network.forward(workspace, false, threads);
        let metrics = workspace.measure(loss, network.spec().output(), threads);
        if let Some(next) = batch.next().filter(|next| network.looks_ahead(next.rows())) {
            workspace.load_ahead(next, threads);
        }
        network.backward(workspace, rate, threads);
        autotune.took(begun.elapsed().as_secs_f64() / rows as f64);
        metrics
    }

    fn evaluate(&self, batch: Batch<'_>) -> Metrics {
        let (network, threads, rows) = (&self.network, &self.threads, batch.rows());
        let mut workspace = Workspace::new(network.spec(), rows.min(CHUNK), threads.shape());
        let (mut loss, mut mse) = (0.0, 0.0);
        for first in (0..rows).step_by(CHUNK) {
            let count = CHUNK.min(rows - first);
            workspace.load(batch.part(first..first + count), threads);
            network.forward(&mut workspace, false, threads);
            let metrics = workspace.measure(self.loss, network.spec().output(), threads);
            let share = count as f64 / rows as f64;
            loss += metrics.loss * share;
            mse += metrics.mse * share;
        }
        Metrics { loss, mse }
    }

    fn freeze(&self) -> Box<dyn Reconstruct> {
        if let Some(narrow) = Narrow::of(&self.network, &self.threads) {
            return Box::new(narrow);
        }
        Box::new(self.frozen())
    }

    fn set_bias(&mut self, layer: usize, on: bool) {
        self.network.set_bias(layer, on);
    }

    fn weights(&self) -> Weights {
        self.network.weights()
    }

    /// The copy takes its workspace when it makes a step: most never do.
    fn fork(&self) -> Box<dyn Engine> {
        Box::new(Self {
            network: self.network.clone(),
            workspace: Workspace::new(self.network.spec(), 0, self.threads.shape()),
            loss: self.loss,
            epsilon: self.epsilon,
            threads: self.threads.clone(),
            alone: self.alone.clone(),
            autotune: Autotune::new(),
        })
    }

    fn state(&self) -> Option<EngineState> {
        Some(self.network.state())
    }

    fn restore(&mut self, state: &EngineState) -> Result<()> {
        self.network.restore(state)?;
        // What was begun with belongs to other numbers.
        let rows = self.workspace.rows();
        self.workspace = Workspace::new(self.network.spec(), rows, self.threads.shape());
        Ok(())
    }

    fn name(&self) -> EngineName {
        EngineName {
            engine: "fused",
            device: "cpu",
            threads: Some(self.threads.count()),
        }
    }
}

/// A copy of the numbers, for looking at rows.
struct Frozen {
    /// Its copies for other threads share the numbers.
    network: Arc<Network>,
    workspace: RefCell<Workspace>,
    threads: Threads,
}

impl Frozen {
    /// What so many layers make of row-major `rows`.
    fn pass(&self, rows: &[f32], layers: usize) -> Vec<f32> {
        let Self {
            network,
            workspace,
            threads,
        } = self;
        let (width, workspace) = (network.inputs(), &mut *workspace.borrow_mut());
        let outputs = network.spec().layer(layers - 1).outputs;
        let mut passed = Vec::with_capacity(rows.len() / width * outputs);
        for chunk in rows.chunks(CHUNK * width) {
            let batch = Batch::whole(chunk, width);
            workspace.load(batch, threads);
            network.pass(workspace, layers, true, threads);
            workspace.unload(layers, &mut passed);
        }
        passed
    }
}

impl Reconstruct for Frozen {
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
        self.pass(rows, self.network.spec().len())
    }

    fn encode(&self, rows: &[f32]) -> Vec<f32> {
        self.pass(rows, self.network.spec().encoder())
    }

    /// As the rows lie in panels, before anything is copied back.
    fn errors(&self, rows: &[f32], weights: &[f32], errors: &mut [f32]) {
        let Self {
            network,
            workspace,
            threads,
        } = self;
        let (width, workspace) = (network.inputs(), &mut *workspace.borrow_mut());
        let weights = errors::Weights::new(weights, threads.shape().width);
        let chunks = rows.chunks(CHUNK * width).zip(errors.chunks_mut(CHUNK));
        for (rows, errors) in chunks {
            workspace.load(Batch::whole(rows, width), threads);
            network.forward(workspace, true, threads);
            workspace.errors(&weights, errors, threads);
        }
    }

    fn numbers(&self) -> Vec<[Option<Vec<f32>>; 2]> {
        let layers = self.network.weights().layers.into_iter();
        layers.map(|layer| [layer.weight, layer.bias]).collect()
    }

    /// The copy leaves the pool to the training.
    fn fork(&self) -> Box<dyn Reconstruct> {
        let workspace = Workspace::new(self.network.spec(), CHUNK, self.threads.shape());
        Box::new(Self {
            network: Arc::clone(&self.network),
            workspace: RefCell::new(workspace),
            threads: self.threads.alone(),
        })
    }

    fn threads(&self) -> usize {
        self.threads.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::matrix::Matrix;
    use crate::model::init::Initializer;
    use crate::model::spec::Activation;
    use crate::train::recipe::Preset;
    use pulp::Arch;

    /// The instruction sets of this machine, plain Rust among them.
    pub(super) fn archs() -> Vec<Arch> {
        let mut archs = vec![Arch::Scalar, Arch::new()];
        #[cfg(target_arch = "x86_64")]
        archs.extend(pulp::x86::V3::try_new().map(Arch::V3));
        archs
    }

    #[test]
    fn a_batch_that_was_begun_with_comes_out_the_same() {
        let spec = NetworkSpec::new(
            vec![300, 256, 9, 256, 300],
            Activation::Tanh,
            Activation::Sigmoid,
            Activation::Sigmoid,
        )
        .unwrap();
        let recipe = Recipe::new(Preset::Auto);
        let values = (0..50 * 300).map(|cell| (cell as f32 * 0.37).sin());
        let table = Matrix::new(300, values.collect());
        // The fourth was not announced, the last two are smaller and larger than those before.
        let order: [&[usize]; 6] = [
            &[4, 0, 7, 20, 49],
            &[1, 2, 3, 5, 6],
            &[8, 9, 10, 11, 12],
            &[30, 31, 32, 33, 34],
            &[13],
            &[14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26],
        ];
        let announced = [order[1], order[2], order[0], order[4], order[5], &[]];
        for tied in [false, true] {
            let spec = spec.clone().with_tied(tied);
            let weights = Initializer::GlorotNormal.draw(&spec, 3);
            let run = |ahead: bool, threads| {
                let threads = Threads::new(Some(threads), spec.widest()).unwrap();
                let mut engine = FusedEngine::new(&spec, &recipe, &weights, threads);
                assert!(engine.network.looks_ahead(12));
                let mut losses = Vec::new();
                for (index, (rows, next)) in order.into_iter().zip(announced).enumerate() {
                    engine.set_bias(0, index % 2 == 0);
                    let batch = Batch::of(&table, rows);
                    losses.push(engine.evaluate(batch).loss);
                    let batch = if ahead { batch.before(next) } else { batch };
                    losses.push(engine.step(batch, 1e-3).loss);
                    let foreseen = [1, 2, 4, 5].contains(&index);
                    assert_eq!(
                        engine.workspace.precomputed,
                        ahead && foreseen,
                        "step {index}"
                    );
                }
                losses
            };
            assert_eq!(run(true, 2), run(false, 1));
        }
    }

    #[test]
    fn narrow_networks_rebuild_as_wide_ones_do() {
        for (widths, tied) in [
            (vec![20, 10, 5], false),
            (vec![64, 33, 2], true),
            (vec![3, 7, 1], false),
            (vec![9, 9, 9], true),
        ] {
            let [hidden, output] = [Activation::Tanh, Activation::Linear];
            let spec = NetworkSpec::new(widths, hidden, Activation::Sigmoid, output).unwrap();
            let mut spec = spec.with_tied(tied);
            spec.set_bias(1, false);
            let weights = Initializer::GlorotNormal.draw(&spec, 3);
            let recipe = Recipe::new(Preset::Auto);
            for (arch, count) in archs().into_iter().zip([1, 31, 200].into_iter().cycle()) {
                let threads = Threads::with_arch(arch, Some(1), spec.widest()).unwrap();
                let engine = FusedEngine::new(&spec, &recipe, &weights, threads);
                let inputs = spec.inputs();
                let rows: Vec<f32> = (0..count * inputs)
                    .map(|cell| (cell as f32 * 0.37).sin() * 2.0)
                    .collect();
                let features: Vec<f32> = (0..inputs)
                    .map(|feature| 1.0 / (feature + 3) as f32)
                    .collect();
                let (narrow, wide) = (engine.freeze(), engine.frozen());
                let bits =
                    |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
                assert_eq!(
                    bits(narrow.reconstruct(&rows)),
                    bits(wide.reconstruct(&rows))
                );
                assert_eq!(bits(narrow.encode(&rows)), bits(wide.encode(&rows)));
                assert_eq!(narrow.numbers(), wide.numbers());
                let mut errors = [vec![0.0; count], vec![0.0; count]];
                narrow.errors(&rows, &features, &mut errors[0]);
                wide.errors(&rows, &features, &mut errors[1]);
                let [narrow, wide] = errors.map(bits);
                assert_eq!(narrow, wide, "{arch:?}, {count} rows");
            }
        }
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
                    .map(|_| engine.step(Batch::whole(&rows, 37), 1e-3).loss)
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
