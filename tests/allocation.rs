//! A training step takes no memory of its own: all it needs is taken with the engine, or by the first steps.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use misfit::data::matrix::Matrix;
use misfit::model::spec::{Activation, NetworkSpec};
use misfit::train::engine::Batch;
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Loss, Preset, Recipe};

/// Pieces of memory that a few steps take on the thread that leads, after some to warm up. The last batch is smaller.
fn taken(widths: &[usize], tied: bool, threads: usize) -> u64 {
    let (hidden, output) = (Activation::Tanh, Activation::Sigmoid);
    let spec = NetworkSpec::new(widths.to_vec(), hidden, hidden, output)
        .unwrap()
        .with_tied(tied);
    let recipe = Recipe {
        loss: Loss::Bce,
        batch: 32,
        threads: Some(threads),
        ..Recipe::new(Preset::Auto)
    };
    let weights = recipe.initializer.draw(&spec, 1);
    let mut engine = FusedEngine::build(&spec, &recipe, &weights).unwrap();
    let columns = spec.inputs();
    let cells = (0..80 * columns).map(|cell| (cell as f32).sin() * 0.4 + 0.5);
    let table = Matrix::new(columns, cells.collect());
    let rows: Vec<usize> = (0..80).collect();
    let mut epochs = |count| {
        for _ in 0..count {
            let batches: [&[usize]; 4] = [&rows[..32], &rows[32..64], &rows[64..], &[]];
            for [now, next] in batches.array_windows() {
                engine.step(Batch::of(&table, now).before(next), 1e-3);
            }
        }
    };
    epochs(2);
    allocation_counter::measure(|| epochs(5)).count_total
}

#[test]
fn a_step_takes_no_memory() {
    for threads in [1, 3] {
        for tied in [false, true] {
            assert_eq!(taken(&[30, 24, 12, 4], tied, threads), 0, "small");
            assert_eq!(taken(&[400, 300, 8, 3], tied, threads), 0, "large");
        }
    }
}
