//! Seeded training on small tables with Burn: the loss falls, planted rows rise, the same seed gives the same bits; and
//! Burn's gradients and Adam against formulas worked out here.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::ops::ControlFlow;
use std::sync::Arc;

use misfit::data::columns::column::Column;
use misfit::data::encoder::{Encoded, Scaling};
use misfit::data::read::ReadOptions;
use misfit::data::samples::Sample;
use misfit::data::source::Source;
use misfit::data::windows::choice::WindowChoice;
use misfit::message::{Moment, Watch};
use misfit::model::init::Initializer;
use misfit::model::spec::{Activation, BiasChoice, NetworkSpec};
use misfit::model::weights::Weights;
use misfit::plan::Plan;
use misfit::score::ranking::{Basis, By, Quality, Ranking};
use misfit::score::reference::References;
use misfit::train::burn_engine::BurnEngine;
use misfit::train::engine::{Batch, Engine, Metrics};
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Length, Loss, Preset, Recipe, activations};
use misfit::train::trainer::Trainer;

/// Columns that follow two hidden numbers, and one row that follows others.
fn correlated(rows: usize, strange: usize) -> Encoded {
    let hidden = |row: usize, turn: f64| ((row as f64 + 1.0) * turn).sin();
    let value = |row: usize, column: usize| {
        let (a, b) = (hidden(row, 0.37), hidden(row, 1.91));
        let mix = (column as f64 * 0.8).cos();
        let honest = mix * a + (1.0 - mix) * b;
        if row == strange && column.is_multiple_of(2) {
            -honest - 0.8
        } else {
            honest
        }
    };
    let column = |index: usize| {
        let values = (0..rows).map(|r| value(r, index)).collect();
        Column::numbers(format!("c{index}"), values)
    };
    Encoded::new((0..8).map(column).collect(), rows, Scaling::ZScore)
}

fn trainer(data: &Arc<Encoded>, recipe: Recipe, spec: NetworkSpec) -> Trainer {
    Trainer::new(Arc::clone(data), None, recipe, spec, BurnEngine::ndarray).unwrap()
}

fn small() -> NetworkSpec {
    NetworkSpec::new(
        vec![8, 5, 2],
        Activation::Tanh,
        Activation::Linear,
        Activation::Linear,
    )
    .unwrap()
}

fn recipe(steps: u64) -> Recipe {
    Recipe {
        rate: 1e-2,
        batch: 32,
        length: Length::Steps(steps),
        ..Recipe::new(Preset::Auto)
    }
}

fn snapshots(steps: &[u64]) -> Basis {
    Basis::Snapshots {
        steps: steps.to_vec(),
        networks: 1,
    }
}

fn losses(trainer: &mut Trainer) -> Vec<f64> {
    let mut losses = Vec::new();
    while !trainer.finished() {
        losses.push(trainer.advance().unwrap().metrics.loss);
        trainer.review();
    }
    losses
}

#[test]
fn the_loss_falls_and_the_planted_row_ranks_first() {
    let data = Arc::new(correlated(200, 137));
    for spec in [
        small(),
        small().with_tied(true),
        small().with_bias(&BiasChoice::None).unwrap(),
    ] {
        let mut trainer = trainer(&data, recipe(400), spec);
        let losses = losses(&mut trainer);
        let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
        assert!(
            mean(&losses[350..]) < 0.3 * mean(&losses[..20]),
            "{losses:?}"
        );
        assert_eq!(trainer.rank().unwrap().rows[0].row, 137);
    }
}

#[test]
fn one_seed_gives_one_curve_and_one_ranking() {
    let data = Arc::new(correlated(100, 3));
    let run = |seed| {
        let mut trainer = trainer(&data, Recipe { seed, ..recipe(60) }, small());
        (losses(&mut trainer), trainer.scores().unwrap().0)
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5).0, run(6).0);
}

#[test]
fn a_restart_repeats_the_run_and_a_toggle_changes_only_what_follows() {
    let data = Arc::new(correlated(100, 3));
    let mut first = trainer(&data, recipe(40), small());
    let before = losses(&mut first);
    let spec = first.spec().clone();
    let mut again = first.restarted(spec).unwrap();
    let mut toggled = Vec::new();
    while !again.finished() {
        if again.step() == 20 {
            let mut wanted = again.spec().bias().to_vec();
            wanted[3] = false;
            assert_eq!(
                again.set_bias(&wanted).as_deref(),
                Some("decoder.1 bias off")
            );
        }
        toggled.push(again.advance().unwrap().metrics.loss);
    }
    assert_eq!(before[..20], toggled[..20]);
    assert_ne!(before[20..], toggled[20..]);
}

#[test]
fn snapshots_are_averaged_and_go_on_beyond_the_recipe() {
    let data = Arc::new(correlated(100, 3));
    let mut trainer = trainer(
        &data,
        Recipe {
            snapshots: vec![5, 10],
            ..recipe(10)
        },
        small(),
    );
    losses(&mut trainer);
    let (_, basis) = trainer.scores().unwrap();
    assert_eq!(basis, snapshots(&[5, 10]));
    trainer.extend();
    while trainer.step() < 40 {
        trainer.advance().unwrap();
        trainer.review();
    }
    assert_eq!(trainer.scores().unwrap().1, snapshots(&[5, 10, 20, 40]));
}

#[test]
fn two_kinds_of_network_take_turns_and_count_alike() {
    let data = Arc::new(correlated(100, 3));
    let wide = NetworkSpec::new(
        vec![8, 12, 4],
        Activation::Tanh,
        Activation::Linear,
        Activation::Linear,
    )
    .unwrap();
    let recipe = Recipe {
        snapshots: vec![10, 20],
        networks: 2,
        ..recipe(20)
    };
    let alone = |spec: &NetworkSpec, seed| {
        let recipe = Recipe {
            networks: 1,
            seed,
            ..recipe.clone()
        };
        let mut trainer = trainer(&data, recipe, spec.clone());
        losses(&mut trainer);
        trainer.scores().unwrap().0
    };
    let mut both = trainer(&data, recipe.clone(), small())
        .and_then(wide.clone())
        .unwrap();
    assert_eq!(both.networks(), 4);
    let mut shapes = Vec::new();
    loop {
        shapes.push(both.spec().shape());
        losses(&mut both);
        if !both.begin_next().unwrap() {
            break;
        }
    }
    let (narrow, broad) = (small().shape(), wide.shape());
    assert_eq!(shapes, [&*narrow, &*broad, &*narrow, &*broad]);
    let (scores, basis) = both.scores().unwrap();
    let steps = [10, 20].repeat(4);
    assert_eq!(basis, Basis::Snapshots { steps, networks: 4 });
    let each = [
        alone(&small(), 0),
        alone(&wide, 0),
        alone(&small(), 1),
        alone(&wide, 1),
    ];
    for (row, score) in scores.iter().enumerate() {
        let mean = each.iter().map(|scores| scores[row]).sum::<f32>() / 4.0;
        assert!((score - mean).abs() < 1e-5 * mean, "row {row}");
    }
    let again = both.restarted(small().with_tied(true)).unwrap();
    let kinds: Vec<_> = again.kinds().map(|(spec, _)| spec.shape()).collect();
    assert_eq!(kinds, [narrow, broad]);
    assert!(again.kinds().all(|(spec, _)| spec.tied()));
}

#[test]
fn a_budget_ends_a_run_early_and_the_trainer_says_so() {
    let data = Arc::new(correlated(100, 3));
    let recipe = Recipe {
        budget: Some(1),
        ..recipe(3_200)
    };
    let trainer = trainer(&data, recipe.clone(), small());
    assert_eq!(
        (trainer.limit(), trainer.shortened_from()),
        (Some(800), Some(3_200))
    );
    let free = Recipe {
        budget: None,
        ..recipe
    };
    let trainer = self::trainer(&data, free, small());
    assert_eq!(
        (trainer.limit(), trainer.shortened_from()),
        (Some(3_200), None)
    );
}

#[test]
fn validation_rows_are_measured_but_never_trained_on() {
    let data = Arc::new(correlated(50, 3));
    let mut trainer = trainer(
        &data,
        Recipe {
            validation: 0.2,
            batch: 40,
            ..recipe(3)
        },
        small(),
    );
    assert_eq!(trainer.steps_per_epoch(), 1);
    assert_eq!(trainer.advance().unwrap().rows, 40);
    assert!(trainer.review().valid.is_some());
    assert_eq!(trainer.scores().unwrap().0.len(), 50, "all rows are scored");
}

/// The shipped sample under both presets: what the README promises.
#[test]
fn planted_faults_rise_above_the_ranking_without_a_network() {
    let plan = Plan {
        source: Source::Sample(Sample::Sensors),
        read: ReadOptions::default(),
        preset: Preset::Auto,
        recipe: Recipe::new(Preset::Auto),
        window: WindowChoice::Found,
        hidden: None,
        activations: activations(Preset::Auto),
        bias: BiasChoice::All,
        tied: false,
        start: None,
        model: None,
        engine: FusedEngine::build,
    };
    let mut prepared = plan.prepare(&mut |_| ControlFlow::Continue(())).unwrap();
    losses(&mut prepared.trainer);
    let quality = prepared.trainer.rank().unwrap().quality.unwrap();
    let label = prepared.table.label.as_ref().unwrap();
    let references = prepared.references().unwrap();
    let baseline = Quality::judge(&references.z_norm, &label.outlier).unwrap();
    assert!(
        quality.roc_auc > 0.95 && baseline.roc_auc < 0.75,
        "{quality:?} against {baseline:?}"
    );
}

/// One linear layer pair without hidden activation: the output is x·A·B + c, and everything can be worked out by hand.
mod by_hand {
    use super::*;

    const ROWS: [f32; 6] = [0.2, 0.9, 0.4, 0.7, 0.1, 0.5];

    fn spec(output: Activation, tied: bool) -> NetworkSpec {
        NetworkSpec::new(vec![3, 2], Activation::Linear, Activation::Linear, output)
            .unwrap()
            .with_tied(tied)
    }

    /// x·A + a, then ·B + b, then the output activation; straight from the definition.
    fn forward(spec: &NetworkSpec, weights: &Weights, row: &[f32]) -> Vec<f64> {
        let mut values: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
        for layer in spec.layers() {
            let own = &weights.layers[layer.index];
            let mirror = weights.layers[spec.mirror(layer.index)].weight.as_ref();
            let weight = |i: usize, o: usize| match &own.weight {
                Some(weight) => weight[i * layer.outputs + o],
                None => mirror.unwrap()[o * layer.inputs + i],
            };
            let output = |o: usize| {
                let product: f64 = (0..layer.inputs)
                    .map(|i| values[i] * f64::from(weight(i, o)))
                    .sum();
                product + own.bias.as_ref().map_or(0.0, |bias| f64::from(bias[o]))
            };
            values = (0..layer.outputs).map(output).collect();
        }
        if spec.output() == Activation::Sigmoid {
            values.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect()
        } else {
            values
        }
    }

    fn metrics(spec: &NetworkSpec, weights: &Weights, loss: Loss) -> Metrics {
        let cells = ROWS.chunks(3).flat_map(|row| {
            let output = forward(spec, weights, row);
            row.iter()
                .map(|t| f64::from(*t))
                .zip(output)
                .collect::<Vec<_>>()
        });
        let cells: Vec<(f64, f64)> = cells.collect();
        let mean = |of: &dyn Fn(f64, f64) -> f64| {
            cells.iter().map(|(t, y)| of(*t, *y)).sum::<f64>() / cells.len() as f64
        };
        let mse = mean(&|t, y| (t - y).powi(2));
        let bce = mean(&|t, y: f64| -t * y.ln() - (1.0 - t) * (1.0 - y).ln());
        Metrics {
            loss: if loss == Loss::Bce { bce } else { mse },
            mse,
        }
    }

    fn cases() -> impl Iterator<Item = (NetworkSpec, Loss)> {
        [
            (Activation::Sigmoid, Loss::Bce),
            (Activation::Linear, Loss::Mse),
            (Activation::Sigmoid, Loss::Mse),
        ]
        .into_iter()
        .flat_map(|(output, loss)| [false, true].map(|tied| (spec(output, tied), loss)))
    }

    fn build(spec: &NetworkSpec, loss: Loss, weights: &Weights) -> Box<dyn Engine> {
        let recipe = Recipe {
            loss,
            epsilon: 1e-8,
            ..Recipe::new(Preset::Auto)
        };
        BurnEngine::ndarray(spec, &recipe, weights).unwrap()
    }

    #[test]
    fn losses_and_reconstructions_are_those_of_the_formulas() {
        for (spec, loss) in cases() {
            let weights = Initializer::FanInUniform.draw(&spec, 3);
            let engine = build(&spec, loss, &weights);
            let (measured, expected) = (
                engine.evaluate(Batch::whole(&ROWS, 3)),
                metrics(&spec, &weights, loss),
            );
            assert!(
                (measured.loss - expected.loss).abs() < 1e-6,
                "{measured:?} {expected:?}"
            );
            assert!(
                (measured.mse - expected.mse).abs() < 1e-6,
                "{measured:?} {expected:?}"
            );
            let rebuilt = engine.freeze().reconstruct(&ROWS);
            let expected = ROWS.chunks(3).flat_map(|row| forward(&spec, &weights, row));
            assert!(
                rebuilt
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6)
            );
        }
    }

    /// Adam's first step moves every parameter by rate · g / (|g| + ε'), so its sign is the gradient's; the gradient comes
    /// from differences of the formula.
    #[test]
    fn the_first_adam_step_follows_the_numeric_gradient() {
        const RATE: f64 = 1e-2;
        for (spec, loss) in cases() {
            let start = Initializer::FanInUniform.draw(&spec, 3);
            let mut engine = build(&spec, loss, &start);
            engine.step(Batch::whole(&ROWS, 3), RATE);
            let after = engine.weights();
            assert!(after.fits(&spec));
            for layer in 0..spec.len() {
                for part in [weight_of as Part, bias_of] {
                    let Some(count) = part(&mut start.clone(), layer).map(|numbers| numbers.len())
                    else {
                        continue;
                    };
                    for index in 0..count {
                        let moved = |by: f32| {
                            let mut weights = start.clone();
                            part(&mut weights, layer).unwrap()[index] += by;
                            metrics(&spec, &weights, loss).loss
                        };
                        let gradient = (moved(1e-3) - moved(-1e-3)) / 2e-3;
                        let from = part(&mut start.clone(), layer).unwrap()[index];
                        let to = part(&mut after.clone(), layer).unwrap()[index];
                        let step = f64::from(to - from);
                        assert!(gradient.abs() > 1e-5, "too flat to tell a direction");
                        assert!(
                            (step + RATE * gradient.signum()).abs() < 1e-4,
                            "layer {layer}: {step} at {gradient}"
                        );
                    }
                }
            }
        }
    }

    type Part = fn(&mut Weights, usize) -> Option<&mut Vec<f32>>;

    fn weight_of(weights: &mut Weights, layer: usize) -> Option<&mut Vec<f32>> {
        weights.layers[layer].weight.as_mut()
    }

    fn bias_of(weights: &mut Weights, layer: usize) -> Option<&mut Vec<f32>> {
        weights.layers[layer].bias.as_mut()
    }

    #[test]
    fn a_bias_switched_off_and_on_again_comes_back_as_zeros() {
        let spec = spec(Activation::Linear, false);
        let start = Initializer::FanInUniform.draw(&spec, 3);
        let mut engine = build(&spec, Loss::Mse, &start);
        engine.step(Batch::whole(&ROWS, 3), 1e-2);
        let before = engine.weights();
        engine.set_bias(1, false);
        assert_eq!(engine.weights().layers[1].bias, None);
        engine.set_bias(1, true);
        let after = engine.weights();
        assert_eq!(after.layers[1].bias, Some(vec![0.0; 3]));
        assert_eq!(
            after.layers[1].weight, before.layers[1].weight,
            "weights are untouched"
        );
        // Fresh moments: the next step of the new bias is a first step, of the full rate.
        engine.step(Batch::whole(&ROWS, 3), 1e-2);
        let bias = engine.weights().layers[1].bias.clone().unwrap();
        assert!(
            bias.iter().all(|b| (b.abs() - 1e-2).abs() < 1e-4),
            "{bias:?}"
        );
    }
}

#[test]
fn a_ranking_is_judged_alike_when_it_is_made_and_later() {
    let data = Arc::new(correlated(100, 3));
    let run = |ranks_at: &[u64]| {
        let recipe = Recipe {
            networks: 2,
            snapshots: vec![5, 10, 20],
            ..recipe(20)
        };
        let mut trainer = trainer(&data, recipe, small());
        trainer.keep(1 << 20);
        trainer.rank().unwrap();
        let mut judged = vec![trainer.judged().unwrap()];
        loop {
            while !trainer.finished() {
                trainer.advance().unwrap();
                trainer.review();
                if ranks_at.contains(&trainer.step()) {
                    while let Some(skipped) = trainer.judge_skipped() {
                        judged.push(skipped);
                    }
                    trainer.rank().unwrap();
                    judged.push(trainer.judged().unwrap());
                }
            }
            if !trainer.begin_next().unwrap() {
                return (judged, trainer.rank().unwrap().clone());
            }
        }
    };
    let (at_once, last) = run(&[5, 10, 20]);
    assert_eq!(at_once.len(), 7);
    assert!(
        at_once[1..]
            .iter()
            .all(|judged| judged.agreement.is_some_and(|a| a < 1.0))
    );
    assert_eq!((at_once, last), run(&[20]));
}

#[test]
fn a_disagreement_is_not_judged_and_what_was_known_of_the_ranking_stays() {
    let data = Arc::new(correlated(100, 3));
    let recipe = Recipe {
        snapshots: vec![5, 10],
        ..recipe(10)
    };
    let mut trainer = trainer(&data, recipe, small());
    trainer.keep(1 << 20);
    trainer.set_references(Arc::new(References::new(&data.matrix, 3, Some(1)).unwrap()));
    trainer.rank().unwrap();
    while !trainer.finished() {
        trainer.advance().unwrap();
        trainer.review();
    }
    trainer.set_by(By::Disagreement);
    assert_eq!(trainer.rank().unwrap().by, By::Disagreement);
    assert_eq!((trainer.judged(), trainer.judge_skipped()), (None, None));
    // All of them when the network ranks again.
    trainer.set_by(By::Network);
    trainer.rank().unwrap();
    assert_eq!(trainer.judged().map(|judged| judged.at.step), Some(10));
    let skipped = std::iter::from_fn(|| trainer.judge_skipped());
    let steps: Vec<u64> = skipped.map(|judged| judged.at.step).collect();
    assert_eq!(steps, [0, 5]);
}

/// Trains on to the end of all networks, ranking after these steps; every loss, and what was ranked when.
fn to_the_end(trainer: &mut Trainer, ranks_at: &[u64]) -> (Vec<f64>, Vec<(Moment, Ranking)>) {
    let (mut losses, mut rankings) = (Vec::new(), Vec::new());
    loop {
        while !trainer.finished() {
            losses.push(trainer.advance().unwrap().metrics.loss);
            trainer.review();
            if ranks_at.contains(&trainer.step()) {
                rankings.push((trainer.moment(), trainer.rank().unwrap().clone()));
            }
        }
        if !trainer.begin_next().unwrap() {
            return (losses, rankings);
        }
    }
}

fn fused(data: &Arc<Encoded>, recipe: Recipe) -> Trainer {
    Trainer::new(Arc::clone(data), None, recipe, small(), FusedEngine::build).unwrap()
}

const fn moment(network: u64, step: u64) -> Moment {
    Moment { network, step }
}

#[test]
fn a_branch_without_a_change_repeats_the_run_to_the_bit() {
    let data = Arc::new(correlated(100, 3));
    let recipe = Recipe {
        networks: 2,
        validation: 0.1,
        snapshots: vec![5, 10, 20],
        ..recipe(20)
    };
    let mut trainer = fused(&data, recipe);
    trainer.keep(1 << 20);
    trainer.rank().unwrap();
    trainer.set_bias(&[true, false, true, true]);
    let ranks_at = [5, 10, 20];
    let (losses, rankings) = to_the_end(&mut trainer, &ranks_at);
    let kept: Vec<Moment> = rankings.iter().map(|(moment, _)| *moment).collect();
    assert_eq!(trainer.kept(), kept);
    for (from, done) in [(moment(1, 5), 25), (moment(0, 10), 10), (moment(0, 20), 20)] {
        // What is changed after the moment is not there in the branch.
        trainer.set_bias(&[false; 4]);
        trainer.set_rate(0.5);
        trainer.branch(from).unwrap();
        assert_eq!(trainer.moment(), from);
        assert_eq!(trainer.spec().bias(), [true, false, true, true]);
        let again = to_the_end(&mut trainer, &ranks_at);
        assert_eq!(again.0, losses[done..], "{from:?}");
        let later = rankings.iter().filter(|(moment, _)| *moment > from);
        assert_eq!(again.1, later.cloned().collect::<Vec<_>>(), "{from:?}");
        assert_eq!(trainer.kept(), kept);
    }
    assert!(trainer.branch(moment(0, 7)).is_err());
    trainer.branch(moment(1, 20)).unwrap();
    assert_eq!((trainer.limit(), trainer.finished()), (None, false));
}

#[test]
fn a_kept_moment_looks_as_it_did_then() {
    let data = Arc::new(correlated(100, 3));
    let recipe = Recipe {
        snapshots: vec![5, 10, 20],
        ..recipe(20)
    };
    let mut trainer = fused(&data, recipe);
    trainer.keep(1 << 20);
    trainer.rank().unwrap();
    let mut then = Vec::new();
    while !trainer.finished() {
        trainer.advance().unwrap();
        if trainer.review().kept {
            let ranking = trainer.rank().unwrap().clone();
            let explained = trainer.explain(Watch::default());
            then.push((trainer.moment(), ranking, explained, trainer.layers()));
        }
    }
    assert_eq!(then.len(), 3);
    for index in [0, 2, 1, 0] {
        let (moment, ranking, explained, layers) = &then[index];
        trainer.look_at(Some(*moment)).unwrap();
        assert_eq!(trainer.shown(), Some(ranking));
        assert_eq!(trainer.explain(Watch::default()), *explained);
        assert_eq!(trainer.layers(), *layers);
        assert_eq!(
            trainer.rank().unwrap(),
            ranking,
            "ranked anew it is the same"
        );
    }
    assert!(trainer.look_at(Some(moment(0, 7))).is_err());
    assert_eq!(
        trainer.looks_at(),
        Some(then[0].0),
        "nothing else is looked at then"
    );
    trainer.look_at(None).unwrap();
    assert_eq!(trainer.shown(), Some(&then[2].1));
}

#[test]
fn without_snapshots_the_network_is_kept_after_one_two_four_epochs() {
    let data = Arc::new(correlated(100, 3));
    let recipe = Recipe {
        snapshots: Vec::new(),
        ..recipe(24)
    };
    let mut trainer = fused(&data, recipe.clone());
    trainer.keep(1 << 20);
    let scores = |ranking: &Ranking| -> Vec<(u32, f32)> {
        let rows = ranking.rows.iter();
        rows.map(|ranked| (ranked.row, ranked.score)).collect()
    };
    let (losses, rankings) = to_the_end(&mut trainer, &[4, 8, 16]);
    assert_eq!(trainer.kept(), [4, 8, 16].map(|step| moment(0, step)));
    for (moment, ranking) in &rankings {
        trainer.look_at(Some(*moment)).unwrap();
        assert_eq!(scores(trainer.shown().unwrap()), scores(ranking));
        assert_eq!(trainer.layers().at, *moment);
    }
    trainer.branch(moment(0, 8)).unwrap();
    assert_eq!(to_the_end(&mut trainer, &[]).0, losses[8..]);
    // A network of 8, 5, 2 has 120 numbers.
    let size = 120 * 12 + 100 * 8;
    for (budget, kept) in [
        (3 * size, &[4, 8, 16][..]),
        (2 * size, &[4, 16]),
        (size, &[16]),
        (size - 1, &[]),
    ] {
        let mut trainer = fused(&data, recipe.clone());
        trainer.keep(budget);
        to_the_end(&mut trainer, &[]);
        let steps: Vec<u64> = trainer.kept().iter().map(|kept| kept.step).collect();
        assert_eq!(steps, kept);
    }
}
