//! Networks from other programs' files: what Python's libraries wrote (`data/weights/make.py`) is read, rebuilds what it rebuilt
//! there, and what is no such file is refused in words.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assert_cmd::Command;
use misfit::data::columns::column::Column;
use misfit::data::encoder::{Encoded, Scaling};
use misfit::model::init::Initializer;
use misfit::model::spec::{Activation, BiasChoice, NetworkSpec};
use misfit::store::{import, plain};
use misfit::train::engine::Engine;
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Preset, Recipe, activations};
use misfit::train::trainer::Trainer;
use predicates::prelude::*;
use predicates::str::contains;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

const ROW: [f32; 6] = [0.1, 0.9, 0.3, 0.7, 0.5, 0.2];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/weights")
        .join(name)
}

fn misfit(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(args).env_remove("NO_COLOR");
    command
}

fn refusal(name: &str) -> String {
    let read = import::read(&file(name));
    read.and_then(|chain| chain.spec(activations(Preset::Classic)).map(drop))
        .unwrap_err()
        .chain()
}

#[test]
fn every_file_rebuilds_a_row_as_python_did() {
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(file("expected.json")).unwrap()).unwrap();
    let files = expected.as_object().unwrap();
    assert!(files.len() >= 6, "{files:?}");
    for (name, values) in files {
        let chain = import::read(&file(name)).unwrap();
        let start = chain.into_start(activations(Preset::Classic)).unwrap();
        assert_eq!(start.spec.shape(), "6-4-2-4-6", "{name}");
        let engine =
            FusedEngine::build(&start.spec, &Recipe::new(Preset::Classic), &start.weights).unwrap();
        let rebuilt = Engine::freeze(&*engine).reconstruct(&ROW);
        for (ours, theirs) in rebuilt.iter().zip(values.as_array().unwrap()) {
            let theirs = theirs.as_f64().unwrap();
            assert!(
                (f64::from(*ours) - theirs).abs() < 1e-6,
                "{name}: {rebuilt:?} {values}"
            );
        }
    }
}

#[test]
fn what_keras_says_of_its_layers_is_taken() {
    let chain = import::read(&file("nested.keras")).unwrap();
    assert!(
        chain.notes[0].contains("“dropout” (Dropout) is left out"),
        "{:?}",
        chain.notes
    );
    assert!(!chain.leaves_open());
    let spec = chain.spec(activations(Preset::Auto)).unwrap();
    assert_eq!(spec.bias(), [true, false, true, true]);
    let said: Vec<&str> = spec.layers().map(|layer| layer.activation.name()).collect();
    assert_eq!(said, ["leaky_relu", "leaky_relu", "leaky_relu", "sigmoid"]);
}

#[test]
fn starting_again_keeps_the_weights_whatever_becomes_of_biases_and_ties() {
    let chain = import::read(&file("sequential.keras")).unwrap();
    let start = chain.into_start(activations(Preset::Classic)).unwrap();
    let column = |place: usize| {
        let value = move |row: usize| ((row * (place + 3)) as f64 * 0.7).sin();
        Column::numbers(format!("c{place}"), (0..64).map(value).collect())
    };
    let data = Encoded::new((0..6).map(column).collect(), 64, Scaling::MinMax);
    let recipe = Recipe::new(Preset::Classic);
    let spec = start.spec.clone();
    let trainer = Trainer::new(
        Arc::new(data),
        None,
        recipe,
        spec.clone(),
        FusedEngine::build,
    )
    .unwrap();
    let mut trainer = trainer.starting_from(Arc::clone(&start.weights)).unwrap();
    let no_bias = spec.clone().with_bias(&BiasChoice::None).unwrap();
    let wanted = [
        spec.clone(),
        no_bias.clone(),
        spec.clone().with_tied(true),
        no_bias.with_tied(true),
        spec,
    ];
    for wanted in wanted {
        trainer.advance().unwrap();
        assert_ne!(
            Some(trainer.weights()),
            start.weights.wired_like(trainer.spec())
        );
        trainer = trainer.restarted(wanted.clone()).unwrap();
        assert_eq!(
            Some(trainer.weights()),
            start.weights.wired_like(&wanted),
            "{wanted:?}"
        );
        // A bias that is switched off in mid-run and on again is zero; whoever starts again has the file's.
        if wanted.bias().iter().all(|on| *on) {
            trainer.set_bias(&vec![false; wanted.len()]);
            trainer.set_bias(&vec![true; wanted.len()]);
            let first = &trainer.weights().layers[0].bias;
            assert_eq!(
                first.as_ref().map(|bias| bias.iter().all(|of| *of == 0.0)),
                Some(true)
            );
            trainer = trainer.restarted(wanted.clone()).unwrap();
            assert_eq!(Some(trainer.weights()), start.weights.wired_like(&wanted));
        }
    }
}

#[test]
fn wide_names_keep_the_columns_of_the_table_in_line() {
    let output = misfit(&["summary", file("slope.keras").to_str().unwrap()])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<&str> = told
        .lines()
        .take_while(|line| !line.starts_with("note"))
        .collect();
    let wide = rows.iter().any(|row| row.contains("with slope"));
    assert!(wide, "{told}");
    let ends = |row: &&str| row.chars().count();
    let length = ends(&rows[0]);
    assert!(rows.iter().all(|row| ends(row) == length), "{told}");
}

#[test]
fn what_is_no_chain_of_dense_layers_is_refused_by_name() {
    let refused = [
        (
            "norm.keras",
            "“batch_normalization” is a BatchNormalization layer",
        ),
        ("branch.keras", "“add” takes the outputs of 2 layers"),
        ("slope.keras", "followed by leaky_relu with slope 0.3"),
        ("uneven.keras", "6-4-2-6 is no mirrored autoencoder"),
        ("conv.pt", "“0.weight” is 2 × 1 × 3, as in a convolution"),
        (
            "evil.pt",
            "posix.system, which no state_dict needs; nothing was run",
        ),
        ("whole.pt", "__main__.Autoencoder"),
        ("old.pt", "it is no zip"),
    ];
    for (name, words) in refused {
        let said = refusal(name);
        assert!(said.contains(words) && said.contains(name), "{said}");
    }
    assert!(!Path::new("it-was-run").exists());
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let names = [
        "sequential.keras",
        "nested.keras",
        "sequential.weights.h5",
        "state.pt",
        "checkpoint.pth",
        "whole.pt",
        "state.safetensors",
        "conv.pt",
        "norm.keras",
    ];
    for name in names {
        let whole = fs::read(file(name)).unwrap();
        let path = folder.path().join(name);
        for turn in 0..150 {
            let mut bytes = whole.clone();
            match turn % 3 {
                0 => bytes.truncate(rng.random_range(0..whole.len())),
                1 => {
                    for _ in 0..rng.random_range(1..12) {
                        let at = rng.random_range(0..bytes.len());
                        bytes[at] ^= 1 << rng.random_range(0..8);
                    }
                }
                // Sizes and addresses are what hurts most.
                _ => {
                    let at = rng.random_range(0..bytes.len() - 8);
                    let value = [
                        0,
                        1,
                        0x7fff_ffff,
                        u64::MAX,
                        u64::MAX / 2,
                        whole.len() as u64,
                    ][rng.random_range(0..6)];
                    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
                }
            }
            fs::write(&path, &bytes).unwrap();
            let read = catch_unwind(|| import::read(&path).map(|chain| chain.shape()));
            assert!(read.is_ok(), "{name}, damage {turn}");
        }
    }
}

#[test]
fn the_network_of_the_question_shows_its_ledger_from_a_file() {
    let leaky = Activation::LeakyRelu;
    let spec =
        NetworkSpec::new(vec![1602, 1024, 8, 4, 3], leaky, leaky, Activation::Sigmoid).unwrap();
    let weights = Initializer::GlorotNormal.draw(&spec, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("question.safetensors");
    fs::write(&path, plain::bytes(&spec, &weights).unwrap()).unwrap();
    // It comes back as it went.
    let start = import::read(&path)
        .unwrap()
        .into_start(activations(Preset::Auto))
        .unwrap();
    assert_eq!((&start.spec, &*start.weights), (&spec, &weights));
    misfit(&["summary", path.to_str().unwrap()])
        .assert()
        .success()
        .stdout(
            contains("3,301,045")
                .and(contains(
                    "gap 1,599, all of it bias: 1,602 outputs − 3 code units",
                ))
                .and(contains("sigmoid")),
        );
}

#[test]
fn a_tied_network_is_written_with_weights_of_its_own() {
    let tanh = Activation::Tanh;
    let spec = NetworkSpec::new(vec![6, 4, 2], tanh, tanh, Activation::Linear)
        .unwrap()
        .with_tied(true);
    let weights = Initializer::FanInUniform.draw(&spec, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.safetensors");
    fs::write(&path, plain::bytes(&spec, &weights).unwrap()).unwrap();
    let start = import::read(&path)
        .unwrap()
        .into_start(activations(Preset::Auto))
        .unwrap();
    let recipe = Recipe::new(Preset::Auto);
    let rebuild = |spec, weights| {
        FusedEngine::build(spec, &recipe, weights)
            .unwrap()
            .freeze()
            .reconstruct(&ROW)
    };
    let (ours, theirs) = (
        rebuild(&spec, &weights),
        rebuild(&start.spec, &start.weights),
    );
    assert!(
        ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-6),
        "{ours:?} {theirs:?}"
    );
}

#[test]
fn summary_shows_what_cannot_be_trained_too_and_why() {
    let uneven = file("uneven.keras");
    misfit(&["summary", uneven.to_str().unwrap()])
        .assert()
        .success()
        .stdout(
            contains("dense_17")
                .and(contains("total"))
                .and(contains("misfit cannot train it: "))
                .and(contains("6-4-2-6")),
        );
    let state = file("state.pt");
    misfit(&["summary", state.to_str().unwrap()])
        .assert()
        .success()
        .stdout(contains("leaky_relu is assumed"));
    misfit(&[
        "summary",
        state.to_str().unwrap(),
        "--json",
        "--activation",
        "tanh",
    ])
    .assert()
    .success()
    .stdout(contains("\"tanh\"").and(contains("\"total\": 80")));
}

fn table(columns: usize) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let header: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    let mut text = header.join(",") + "\n";
    for _ in 0..120 {
        let row: Vec<String> = (0..columns)
            .map(|_| format!("{:.4}", rng.random_range(0.0..1.0)))
            .collect();
        text += &(row.join(",") + "\n");
    }
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn training_starts_from_the_weights_of_a_file() {
    let (folder, path) = table(6);
    let weights = file("nested.keras");
    let saved = folder.path().join("after.safetensors");
    // With a rate that moves nothing far, what is written is what was read.
    misfit(&[
        "train",
        path.to_str().unwrap(),
        "--weights",
        weights.to_str().unwrap(),
        "--steps",
        "1",
        "--lr",
        "1e-9",
    ])
    .args(["--safetensors", saved.to_str().unwrap()])
    .assert()
    .success()
    .stdout(
        contains("6-4-2-4-6")
            .and(contains("“dropout” (Dropout) is left out"))
            .and(contains("after.safetensors")),
    );
    let classic = activations(Preset::Classic);
    let before = import::read(&weights).unwrap().into_start(classic).unwrap();
    let after = import::read(&saved).unwrap().into_start(classic).unwrap();
    assert_eq!(before.spec, after.spec);
    for (before, after) in before.weights.layers.iter().zip(&after.weights.layers) {
        let pairs = before
            .weight
            .iter()
            .flatten()
            .zip(after.weight.iter().flatten());
        assert!(pairs.clone().count() > 0 && pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

#[test]
fn a_table_of_another_width_is_refused_with_both_widths() {
    let (_folder, path) = table(5);
    let weights = file("state.pt");
    misfit(&[
        "train",
        path.to_str().unwrap(),
        "--weights",
        weights.to_str().unwrap(),
    ])
    .assert()
    .failure()
    .stderr(contains("takes 6 values, and the table gives 5 features"));
    misfit(&[
        "train",
        path.to_str().unwrap(),
        "--weights",
        weights.to_str().unwrap(),
        "--layers",
        "3",
    ])
    .assert()
    .code(2);
    misfit(&["train", weights.to_str().unwrap()])
        .assert()
        .code(2)
        .stderr(contains("misfit summary"));
    misfit(&[
        "compare",
        path.to_str().unwrap(),
        "--weights",
        weights.to_str().unwrap(),
    ])
    .assert()
    .code(2)
    .stderr(contains("leave out --weights"));
}
