//! The fused engine against Burn on ndarray, the oracle: gradients, 200 steps of Adam, biases switched in mid-run, tied
//! weights, every activation and loss, odd batches and widths.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use misfit::data::matrix::Matrix;
use misfit::model::init::Initializer;
use misfit::model::spec::{Activation, NetworkSpec};
use misfit::model::weights::Weights;
use misfit::train::burn_engine::BurnEngine;
use misfit::train::engine::{Batch, BuildEngine, Engine};
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Loss, Preset, Recipe};
use proptest::prelude::*;

/// Rows of numbers in (0, 1), different in every cell, the same every time.
fn rows(count: usize, width: usize, turn: usize) -> Vec<f32> {
    let cell = |index: usize| ((index + turn * 7_919) as f32 * 0.731).sin() * 0.45 + 0.5;
    (0..count * width).map(cell).collect()
}

struct Pair {
    fused: Box<dyn Engine>,
    burn: Box<dyn Engine>,
    width: usize,
}

impl Pair {
    fn new(spec: &NetworkSpec, recipe: &Recipe) -> Self {
        let weights = Initializer::FanInUniform.draw(spec, 11);
        Self {
            fused: FusedEngine::build(spec, recipe, &weights).unwrap(),
            burn: BurnEngine::ndarray(spec, recipe, &weights).unwrap(),
            width: spec.inputs(),
        }
    }

    /// One step of both on the same batch; their metrics must agree.
    fn step(&mut self, batch: &[f32], rate: f64) {
        let batch = Batch::whole(batch, self.width);
        let (fused, burn) = (self.fused.step(batch, rate), self.burn.step(batch, rate));
        assert_close("loss", fused.loss, burn.loss, 1e-4);
        // Adam turns rounding in near-zero gradients into whole steps; the loss hardly feels them, the metric a little.
        assert_close("mse", fused.mse, burn.mse, 1e-3);
    }

    fn set_bias(&mut self, layer: usize, on: bool) {
        self.fused.set_bias(layer, on);
        self.burn.set_bias(layer, on);
    }
}

fn assert_close(what: &str, ours: f64, oracle: f64, tolerance: f64) {
    assert!(
        (ours - oracle).abs() <= tolerance * oracle.abs().max(1e-3),
        "{what}: {ours} against {oracle}"
    );
}

fn recipe(loss: Loss, batch: usize, threads: usize) -> Recipe {
    Recipe {
        loss,
        batch,
        threads: Some(threads),
        ..Recipe::new(Preset::Auto)
    }
}

fn spec(widths: &[usize], hidden: Activation, output: Activation, tied: bool) -> NetworkSpec {
    NetworkSpec::new(widths.to_vec(), hidden, Activation::Linear, output)
        .unwrap()
        .with_tied(tied)
}

/// All tensors of a network, one after the other.
fn tensors(weights: &Weights) -> Vec<&Vec<f32>> {
    weights
        .layers
        .iter()
        .flat_map(|layer| layer.weight.iter().chain(&layer.bias))
        .collect()
}

/// The gradients of one batch. With an ε far above any gradient, Adam's first step is −rate / ε · g.
fn gradients(
    build: misfit::train::engine::BuildEngine,
    spec: &NetworkSpec,
    loss: Loss,
    batch: &[f32],
) -> Vec<Vec<f64>> {
    const EPSILON: f32 = 1e6;
    const SCALE: f64 = 1e3;
    let weights = Initializer::FanInUniform.draw(spec, 11);
    let recipe = Recipe {
        epsilon: EPSILON,
        ..recipe(loss, batch.len() / spec.inputs(), 2)
    };
    let mut engine = build(spec, &recipe, &weights).unwrap();
    engine.step(
        Batch::whole(batch, spec.inputs()),
        f64::from(EPSILON) * SCALE,
    );
    let after = engine.weights();
    let pairs = tensors(&weights)
        .into_iter()
        .zip(tensors(&after))
        .map(|(before, after)| {
            before
                .iter()
                .zip(after)
                .map(|(before, after)| f64::from(before - after) / SCALE)
                .collect()
        });
    pairs.collect()
}

fn assert_same_gradients(spec: &NetworkSpec, loss: Loss, count: usize) {
    let batch = rows(count, spec.inputs(), 1);
    let ours = gradients(FusedEngine::build, spec, loss, &batch);
    let oracle = gradients(BurnEngine::ndarray, spec, loss, &batch);
    for (tensor, (ours, oracle)) in ours.iter().zip(&oracle).enumerate() {
        let largest = oracle.iter().fold(1e-9_f64, |max, g| max.max(g.abs()));
        for (a, b) in ours.iter().zip(oracle) {
            assert!(
                (a - b).abs() <= 2e-5 * largest,
                "{} {loss:?} tensor {tensor}: {a} against {b}",
                spec.shape()
            );
        }
    }
}

#[test]
fn gradients_agree_for_every_activation_and_loss_tied_or_not() {
    for hidden in Activation::ALL {
        for (loss, output) in [
            (Loss::Mse, hidden),
            (Loss::Bce, Activation::Sigmoid),
            (Loss::Mse, Activation::Linear),
        ] {
            for tied in [false, true] {
                assert_same_gradients(&spec(&[23, 17, 5], hidden, output, tied), loss, 13);
            }
        }
    }
}

/// Networks with narrow panels and with wide ones, with weights of their own and tied.
fn shapes() -> impl Iterator<Item = NetworkSpec> {
    let shape = |widths: &'static [usize]| {
        let spec = |tied| spec(widths, Activation::Tanh, Activation::Linear, tied);
        [false, true].map(spec)
    };
    [&[40, 33, 6][..], &[150, 90, 6]]
        .into_iter()
        .flat_map(shape)
}

#[test]
fn gradients_agree_for_every_batch_size() {
    for spec in shapes() {
        for count in [1, 3, 31, 32, 257] {
            assert_same_gradients(&spec, Loss::Mse, count);
        }
    }
}

#[test]
fn a_batch_leaves_nothing_behind_for_a_smaller_or_larger_one() {
    for spec in shapes() {
        let mut pair = Pair::new(&spec, &recipe(Loss::Mse, 64, 1));
        for (turn, count) in [64, 3, 33, 64, 1, 200, 20].into_iter().enumerate() {
            pair.step(&rows(count, spec.inputs(), turn), 1e-3);
        }
    }
}

#[test]
fn gradients_agree_for_every_width() {
    for width in 1..=70_usize {
        let widths = [width, 71 - width, width.div_ceil(2)];
        assert_same_gradients(
            &spec(
                &widths,
                Activation::Sigmoid,
                Activation::Sigmoid,
                width % 3 == 0,
            ),
            Loss::Bce,
            9,
        );
    }
}

#[test]
fn the_classic_network_agrees() {
    let leaky = Activation::LeakyRelu;
    let spec =
        NetworkSpec::new(vec![1602, 1024, 8, 4, 3], leaky, leaky, Activation::Sigmoid).unwrap();
    assert_same_gradients(&spec, Loss::Bce, 32);
    let mut pair = Pair::new(&spec, &recipe(Loss::Bce, 32, 2));
    for turn in 0..4 {
        pair.step(&rows(32, 1602, turn), 1e-4);
    }
}

#[test]
fn two_hundred_steps_agree_while_biases_come_and_go() {
    let cases = [
        (Activation::Tanh, Activation::Linear, Loss::Mse),
        (Activation::LeakyRelu, Activation::Sigmoid, Loss::Bce),
        (Activation::Elu, Activation::Sigmoid, Loss::Mse),
    ];
    for (hidden, output, loss) in cases {
        for tied in [false, true] {
            let spec = spec(&[30, 24, 12, 4], hidden, output, tied);
            let mut pair = Pair::new(&spec, &recipe(loss, 32, 1));
            for turn in 0..200 {
                match turn {
                    50 => pair.set_bias(0, false),
                    80 => pair.set_bias(5, false),
                    120 => pair.set_bias(0, true),
                    _ => {}
                }
                // The last batch of an epoch is smaller.
                pair.step(
                    &rows(if turn % 10 == 9 { 7 } else { 32 }, 30, turn % 10),
                    1e-3,
                );
            }
            let (ours, oracle) = (pair.fused.weights(), pair.burn.weights());
            assert!(ours.layers[5].bias.is_none() && oracle.layers[5].bias.is_none());
            let batch = rows(50, 30, 3);
            let whole = Batch::whole(&batch, 30);
            assert_close(
                "evaluation",
                pair.fused.evaluate(whole).loss,
                pair.burn.evaluate(whole).loss,
                1e-4,
            );
            let rebuilt = pair.fused.freeze().reconstruct(&batch);
            for (a, b) in rebuilt.iter().zip(pair.burn.freeze().reconstruct(&batch)) {
                assert_close("reconstruction", f64::from(*a), f64::from(b), 2e-3);
            }
        }
    }
}

#[test]
fn a_row_s_reconstruction_depends_neither_on_its_batch_nor_on_the_threads() {
    let spec = spec(&[300, 200, 20], Activation::Tanh, Activation::Linear, false);
    let weights = Initializer::FanInUniform.draw(&spec, 4);
    let rebuild = |threads: usize, batch: &[f32]| {
        let engine = FusedEngine::build(&spec, &recipe(Loss::Mse, 32, threads), &weights).unwrap();
        engine.freeze().reconstruct(batch)
    };
    let batch = rows(700, 300, 0);
    let all = rebuild(1, &batch);
    assert_eq!(all, rebuild(2, &batch));
    for row in [0, 5, 255, 256, 699] {
        assert_eq!(
            rebuild(2, &batch[row * 300..][..300]),
            all[row * 300..][..300],
            "row {row}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_for_any_number_of_threads() {
    let spec = spec(
        &[500, 300, 9],
        Activation::LeakyRelu,
        Activation::Sigmoid,
        false,
    );
    let weights = Initializer::GlorotNormal.draw(&spec, 4);
    let run = |threads: usize| {
        let mut engine =
            FusedEngine::build(&spec, &recipe(Loss::Bce, 64, threads), &weights).unwrap();
        let losses: Vec<f64> = (0..20)
            .map(|turn| {
                engine
                    .step(Batch::whole(&rows(64, 500, turn), 500), 1e-3)
                    .loss
            })
            .collect();
        (losses, engine.weights())
    };
    let one = run(1);
    assert_eq!(one, run(1));
    assert_eq!(one, run(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_networks_agree(
        widths in prop::collection::vec(1..60_usize, 2..5),
        count in 1..70_usize,
        hidden in 0..6_usize,
        tied in any::<bool>(),
        bias in any::<u16>(),
        cross_entropy in any::<bool>(),
    ) {
        let (loss, output) = if cross_entropy { (Loss::Bce, Activation::Sigmoid) } else { (Loss::Mse, Activation::Linear) };
        let mut spec = spec(&widths, Activation::ALL[hidden], output, tied);
        for layer in 0..spec.len() {
            spec.set_bias(layer, bias >> layer & 1 == 1);
        }
        let mut pair = Pair::new(&spec, &recipe(loss, count, 2));
        for turn in 0..5 {
            pair.step(&rows(count, widths[0], turn), 1e-3);
        }
    }
}

#[test]
fn a_fork_goes_on_exactly_as_the_engine_does() {
    let (width, builds) = (
        300,
        [FusedEngine::build as BuildEngine, BurnEngine::ndarray],
    );
    let table = Matrix::new(width, rows(60, width, 0));
    let order: Vec<usize> = (0..60).map(|row| row * 7 % 60).collect();
    // Wide enough for the first layer to begin with the batch to come.
    let (tanh, linear) = (Activation::Tanh, Activation::Linear);
    let spec = NetworkSpec::new(vec![width, 256, 9], tanh, linear, linear).unwrap();
    for (build, tied) in builds
        .into_iter()
        .flat_map(|build| [(build, false), (build, true)])
    {
        let spec = spec.clone().with_tied(tied);
        let recipe = recipe(Loss::Mse, 5, 2);
        let weights = Initializer::FanInUniform.draw(&spec, 11);
        let mut engine = build(&spec, &recipe, &weights).unwrap();
        let steps = |engine: &mut Box<dyn Engine>, count: usize| -> Vec<f64> {
            let batches: Vec<&[usize]> = order.chunks(5).cycle().take(count + 1).collect();
            let step = |pair: &[&[usize]]| {
                let batch = Batch::of(&table, pair[0]).before(pair[1]);
                engine.step(batch, 1e-3).loss
            };
            batches.windows(2).map(step).collect()
        };
        steps(&mut engine, 4);
        engine.set_bias(1, false);
        engine.set_bias(3, false);
        steps(&mut engine, 3);
        engine.set_bias(1, true);
        steps(&mut engine, 2);
        let mut fork = engine.fork();
        let losses = steps(&mut engine, 20);
        assert_eq!(fork.name(), engine.name());
        assert_eq!(
            losses,
            steps(&mut fork, 20),
            "{}, tied: {tied}",
            fork.name().engine
        );
        assert_eq!(engine.weights(), fork.weights());
    }
}

#[test]
fn the_code_of_rows_is_the_same() {
    for tied in [false, true] {
        let spec = spec(&[9, 5, 2], Activation::Tanh, Activation::Sigmoid, tied);
        let mut pair = Pair::new(&spec, &recipe(Loss::Mse, 16, 2));
        pair.step(&rows(16, 9, 0), 1e-2);
        let looked = rows(300, 9, 1);
        let fused = pair.fused.freeze().encode(&looked);
        let burn = pair.burn.freeze().encode(&looked);
        assert_eq!(fused.len(), 600);
        for (fused, burn) in fused.iter().zip(&burn) {
            assert_close("code", f64::from(*fused), f64::from(*burn), 1e-3);
        }
    }
}
