//! What misfit writes for other programs, run by them: reconstructions equal to 1e-5 in onnxruntime and in PyTorch, where Python
//! has these. `MISFIT_PYTHON` names another Python than `python3`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use misfit::data::read::ReadOptions;
use misfit::data::source::Source;
use misfit::data::windows::WindowSize;
use misfit::data::windows::choice::WindowChoice;
use misfit::model::spec::{Activation, BiasChoice};
use misfit::plan::{Plan, Prepared};
use misfit::store::onnx::{self, Trained};
use misfit::store::plain;
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Length, Preset, Recipe, activations};
use serde_json::json;

/// Numbers of different sizes, words, and gaps.
fn table(path: &Path) {
    let mut text = String::from("seconds,load,state,room\n");
    for row in 0..200_u32 {
        let (seconds, load) = (1_700_000_000 + 37 * row, f64::from(row * row % 91) / 7.0);
        let state = ["on", "off", "idle"][row as usize % 3];
        let room = if row % 20 == 3 {
            ""
        } else {
            ["12", "14.5"][row as usize % 2]
        };
        let _ = writeln!(text, "{seconds},{load},{state},{room}");
    }
    fs::write(path, text).unwrap();
}

fn trained(path: &Path, preset: Preset, change: impl FnOnce(&mut Plan)) -> Prepared {
    let mut plan = Plan {
        source: Source::Path(path.into()),
        read: ReadOptions::default(),
        preset,
        recipe: Recipe {
            length: Length::Steps(40),
            snapshots: Vec::new(),
            ..Recipe::new(preset)
        },
        window: WindowChoice::Off,
        hidden: Some(vec![5, 2]),
        activations: activations(preset),
        bias: BiasChoice::All,
        tied: false,
        start: None,
        model: None,
        engine: FusedEngine::build,
    };
    change(&mut plan);
    let mut prepared = plan.prepare(&mut |_| ControlFlow::Continue(())).unwrap();
    while !prepared.trainer.finished() {
        prepared.trainer.advance().unwrap();
        prepared.trainer.review();
    }
    prepared
}

/// Writes the network, and what the engine makes of twenty rows.
fn write(prepared: &Prepared, folder: &Path) {
    let trainer = &prepared.trainer;
    let (spec, weights, encoder) = (trainer.spec(), trainer.weights(), &prepared.data.encoder);
    let network = onnx::bytes(Trained {
        spec,
        weights: &weights,
        encoder,
        table: "a test",
    });
    fs::write(folder.join("network.onnx"), network.unwrap()).unwrap();
    fs::write(
        folder.join("network.safetensors"),
        plain::bytes(spec, &weights).unwrap(),
    )
    .unwrap();
    let width = encoder.features.len();
    let engine = FusedEngine::build(spec, trainer.recipe(), &weights)
        .unwrap()
        .freeze();
    let inverse = |scaled: &[f32]| -> Vec<f64> {
        let features = scaled
            .iter()
            .enumerate()
            .map(|(index, value)| encoder.features[index % width].inverse(f64::from(*value)));
        features.collect()
    };
    let rows: Vec<Vec<f32>> = (0..20)
        .map(|row| prepared.data.examples.row(7 * row).to_vec())
        .collect();
    let rebuilt: Vec<Vec<f32>> = rows.iter().map(|row| engine.reconstruct(row)).collect();
    let codes: Vec<Vec<f32>> = rows.iter().map(|row| engine.encode(row)).collect();
    let names: Vec<&str> = encoder
        .features
        .iter()
        .map(|feature| feature.name.as_str())
        .collect();
    let expected = json!({
        "names": names,
        "features": rows.iter().map(|row| inverse(row)).collect::<Vec<_>>(),
        "scaled": rows,
        "code": codes,
        "scaled_reconstruction": rebuilt,
        "reconstruction": rebuilt.iter().map(|row| inverse(row)).collect::<Vec<_>>(),
    });
    fs::write(folder.join("expected.json"), expected.to_string()).unwrap();
}

fn check(name: &str, preset: Preset, change: impl FnOnce(&mut Plan)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    table(&path);
    write(&trained(&path, preset, change), folder.path());
    let python = env::var("MISFIT_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/check_onnx.py");
    let run = Command::new(&python)
        .arg(script)
        .arg(folder.path())
        .output();
    let Ok(output) = run else {
        eprintln!("skipped: there is no {python}");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    eprintln!("{name}: {said}");
    assert!(
        output.status.success() || said.starts_with("skip:"),
        "{name}: {said}"
    );
}

#[test]
fn the_automatic_network_gives_the_same_elsewhere() {
    check("auto", Preset::Auto, |_| {});
}

#[test]
fn the_classic_network_gives_the_same_elsewhere() {
    check("classic", Preset::Classic, |_| {});
}

#[test]
fn a_tied_network_without_biases_gives_the_same_elsewhere() {
    check("tied", Preset::Auto, |plan| {
        plan.tied = true;
        plan.bias = BiasChoice::Output;
        plan.activations = [Activation::Elu, Activation::Relu, Activation::Linear];
    });
}

#[test]
fn a_network_of_windows_gives_the_same_elsewhere() {
    check("windows", Preset::Auto, |plan| {
        plan.window = WindowChoice::Said(WindowSize::new(4, 1));
    });
}
