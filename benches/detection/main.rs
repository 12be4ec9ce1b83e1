//! How well each way of ranking finds labelled outliers: with one network, with several, and without any.
//!
//! `cargo bench --bench detection -- FOLDER [--seeds N]` trains on every CSV of FOLDER that has a label column, from seeds
//! 0 to N − 1 (N is 5 where none is given), and prints one table for ROC-AUC and one for average precision: mean ±
//! standard deviation over the seeds. `seeds` is the mean score of the automatic networks from all seeds. Nothing is
//! tuned and no label is trained on. Two more tables hold the rules for flagging beside each other, for the scores `network`
//! and `both`, on those sets and on the two built-in samples.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on should stop"
)]

mod flags;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use misfit::data::read::ReadOptions;
use misfit::data::samples::Sample;
use misfit::data::source::Source;
use misfit::data::windows::choice::WindowChoice;
use misfit::model::spec::BiasChoice;
use misfit::plan::{Plan, Prepared};
use misfit::score::ranking::Quality;
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Preset, Recipe, activations};

use flags::Outcome;

const SEEDS: u64 = 5;
const NAMES: [&str; 8] = [
    "network",
    "seeds",
    "both",
    "network+local",
    "local",
    "lesinn",
    "pca",
    "z_norm",
];

/// What one set came to.
struct Row {
    name: String,
    shape: String,
    /// Per name and seed.
    quality: Vec<Vec<Quality>>,
    /// Each rule for flagging per seed, on the scores of the network and on both.
    flags: [Vec<Vec<Outcome>>; 2],
    /// One network of auto, one of local, all scores without a network.
    seconds: [f64; 3],
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo adds `--bench` to what it hands over.
    let mut words = arguments.iter().filter(|word| *word != "--bench");
    let (mut folder, mut seeds) = (None, SEEDS);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seeds" => seeds = words.next().expect("--seeds N").parse().unwrap(),
            path => folder = Some(PathBuf::from(path)),
        }
    }
    let folder = folder
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/outliers"));
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there is no folder {}", folder.display());
        return;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    let rows: Vec<Row> = files
        .iter()
        .filter_map(|file| measure(&Source::Path(file.clone()), seeds))
        .collect();
    let samples = [Sample::Spectra, Sample::Sensors].map(Source::Sample);
    let samples: Vec<Row> = samples
        .iter()
        .filter_map(|sample| measure(sample, seeds))
        .collect();
    if rows.is_empty() {
        println!("no CSV with a label column in {}", folder.display());
        return;
    }
    print("ROC-AUC", &rows, |quality| quality.roc_auc);
    print("average precision", &rows, |quality| {
        quality.average_precision
    });
    for (place, title) in ["network", "both"].into_iter().enumerate() {
        let sets = rows.iter().chain(&samples);
        flags::print(
            title,
            sets.map(|row| (&row.name[..], &row.flags[place][..])),
        );
    }
    println!("\nseconds for a network of auto, for one of local, and for all scores without one");
    for row in &rows {
        let [auto, local, references] = row.seconds;
        println!(
            "{:<17} {:<14} {auto:>7.2} {local:>7.2} {references:>7.2}",
            row.name, row.shape
        );
    }
}

fn plan(source: &Source, preset: Preset, seed: u64) -> Plan {
    Plan {
        source: source.clone(),
        read: ReadOptions::default(),
        preset,
        recipe: Recipe {
            seed,
            ..Recipe::new(preset)
        },
        window: WindowChoice::Found,
        hidden: None,
        activations: activations(preset),
        bias: BiasChoice::All,
        tied: false,
        start: None,
        model: None,
        engine: FusedEngine::build,
    }
}

/// Reads the table and trains one network; the scores, and the seconds of the training.
fn train(source: &Source, preset: Preset, seed: u64) -> (Prepared, Vec<f32>, f64) {
    let plan = plan(source, preset, seed);
    let mut prepared = plan.prepare(&mut |_| ControlFlow::Continue(())).unwrap();
    let start = Instant::now();
    while !prepared.trainer.finished() {
        prepared.trainer.advance().unwrap();
        prepared.trainer.review();
    }
    let (scores, _) = prepared.trainer.scores().unwrap();
    (prepared, scores, start.elapsed().as_secs_f64())
}

fn measure(source: &Source, seeds: u64) -> Option<Row> {
    let mut quality = vec![Vec::new(); NAMES.len()];
    let (mut sum, mut outlier, mut shape) = (Vec::new(), Vec::new(), String::new());
    let mut seconds = [0.0; 3];
    let mut flags = [Vec::new(), Vec::new()];
    for seed in 0..seeds {
        let (prepared, network, auto) = train(source, Preset::Auto, seed);
        outlier.clone_from(&prepared.table.label.as_ref()?.outlier);
        let (rows, columns) = (prepared.table.rows, prepared.data.matrix.columns());
        shape = format!("{rows} × {columns}");
        let start = Instant::now();
        let references = prepared.references().unwrap();
        let referring = start.elapsed().as_secs_f64();
        let (_, local, wide) = train(source, Preset::Local, seed);
        for (mean, taken) in seconds.iter_mut().zip([auto, wide, referring]) {
            *mean += taken / seeds as f64;
        }
        sum.resize(network.len(), 0.0);
        sum.iter_mut()
            .zip(&network)
            .for_each(|(sum, score)| *sum += score);
        let mut judge = |name: &str, scores: &[f32]| {
            let place = NAMES.iter().position(|known| *known == name).unwrap();
            quality[place].extend(Quality::judge(scores, &outlier));
        };
        let both = mean(&network, &references.lesinn);
        for (flags, scores) in flags.iter_mut().zip([&network, &both]) {
            flags.extend(flags::measure(scores, &outlier));
        }
        judge("network", &network);
        judge("both", &both);
        judge("network+local", &mean(&network, &local));
        judge("local", &local);
        judge("lesinn", &references.lesinn);
        judge("z_norm", &references.z_norm);
        judge("pca", &references.pca);
    }
    quality[1].extend(Quality::judge(&sum, &outlier));
    let name = match source {
        Source::Path(file) => file.file_stem()?.to_string_lossy().into_owned(),
        other => other.name(),
    };
    Some(Row {
        name,
        shape,
        quality,
        flags,
        seconds,
    })
}

fn mean(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter()
        .zip(b)
        .map(|(a, b)| f32::midpoint(*a, *b))
        .collect()
}

fn print(title: &str, rows: &[Row], figure: impl Fn(&Quality) -> f64) {
    println!("\n{title}");
    print!("{:<17}", "set");
    for name in NAMES {
        print!(" {name:>13}");
    }
    println!();
    let mut means = vec![0.0; NAMES.len()];
    for row in rows {
        print!("{:<17}", row.name);
        for (sum, quality) in means.iter_mut().zip(&row.quality) {
            let figures: Vec<f64> = quality.iter().map(&figure).collect();
            let count = figures.len() as f64;
            let mean = figures.iter().sum::<f64>() / count;
            let square = figures.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
            *sum += mean / rows.len() as f64;
            let text = if figures.len() > 1 {
                format!("{mean:.3} ±{:.3}", (square / (count - 1.0)).sqrt())
            } else {
                format!("{mean:.3}")
            };
            print!(" {text:>13}");
        }
        println!();
    }
    print!("{:<17}", "mean");
    for mean in means {
        print!(" {:>13}", format!("{mean:.3}"));
    }
    println!();
}
