//! How well the automatic recipe finds labelled outliers, beside ranking without a network.
//!
//! `cargo bench --bench detection -- FOLDER [--preset local]` trains on every CSV of FOLDER that has a label column, from
//! seeds 0 to 4, and prints one table for ROC-AUC and one for average precision. Single networks, mean ± standard
//! deviation over the seeds; `5 networks` is the mean score of the five. Nothing is tuned and no label is trained on.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on should stop"
)]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use misfit::data::read::ReadOptions;
use misfit::data::source::Source;
use misfit::model::spec::BiasChoice;
use misfit::plan::Plan;
use misfit::score::ranking::Quality;
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Preset, Recipe, activations};

const SEEDS: u64 = 5;
const NAMES: [&str; 6] = ["network", "5 networks", "both", "lesinn", "pca", "z_norm"];

/// What one set came to.
struct Row {
    name: String,
    shape: String,
    /// Per name and seed.
    quality: Vec<Vec<Quality>>,
    seconds: [f64; 2],
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo adds `--bench` to what it hands over.
    let mut words = arguments.iter().filter(|word| *word != "--bench");
    let (mut folder, mut preset) = (None, Preset::Auto);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--preset" => preset = words.next().expect("--preset NAME").parse().unwrap(),
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
        .filter_map(|file| measure(file, preset))
        .collect();
    if rows.is_empty() {
        println!("no CSV with a label column in {}", folder.display());
        return;
    }
    print("ROC-AUC", &rows, |quality| quality.roc_auc);
    print("average precision", &rows, |quality| {
        quality.average_precision
    });
    println!("\nseconds for one network, and for all scores without one");
    for row in &rows {
        let [network, references] = row.seconds;
        println!(
            "{:<17} {:<14} {network:>7.2} {references:>7.2}",
            row.name, row.shape
        );
    }
}

fn plan(file: &Path, preset: Preset, seed: u64) -> Plan {
    Plan {
        source: Source::Path(file.to_owned()),
        read: ReadOptions::default(),
        preset,
        recipe: Recipe {
            seed,
            ..Recipe::new(preset)
        },
        hidden: None,
        activations: activations(preset),
        bias: BiasChoice::All,
        tied: false,
        engine: FusedEngine::build,
    }
}

fn measure(file: &Path, preset: Preset) -> Option<Row> {
    let mut quality = vec![Vec::new(); NAMES.len()];
    let (mut sum, mut outlier, mut shape) = (Vec::new(), Vec::new(), String::new());
    let mut seconds = [0.0; 2];
    for seed in 0..SEEDS {
        let plan = plan(file, preset, seed);
        let mut prepared = plan.prepare(&mut |_| ControlFlow::Continue(())).unwrap();
        outlier.clone_from(&prepared.table.label.as_ref()?.outlier);
        shape = format!(
            "{} × {}",
            prepared.table.rows,
            prepared.data.matrix.columns()
        );
        let start = Instant::now();
        while !prepared.trainer.finished() {
            prepared.trainer.advance().unwrap();
            prepared.trainer.review();
        }
        let (network, _) = prepared.trainer.scores().unwrap();
        seconds[0] += start.elapsed().as_secs_f64() / SEEDS as f64;
        let start = Instant::now();
        let references = prepared.references().unwrap();
        seconds[1] += start.elapsed().as_secs_f64() / SEEDS as f64;
        sum.resize(network.len(), 0.0);
        sum.iter_mut()
            .zip(&network)
            .for_each(|(sum, score)| *sum += score);
        let pairs = network.iter().zip(&references.lesinn);
        let both: Vec<f32> = pairs.map(|(a, b)| a + b).collect();
        let mut judge = |name: &str, scores: &[f32]| {
            let place = NAMES.iter().position(|known| *known == name).unwrap();
            quality[place].extend(Quality::judge(scores, &outlier));
        };
        judge("network", &network);
        judge("both", &both);
        judge("lesinn", &references.lesinn);
        judge("z_norm", &references.z_norm);
        judge("pca", &references.pca);
    }
    quality[1].extend(Quality::judge(&sum, &outlier));
    let name = file.file_stem()?.to_string_lossy().into_owned();
    Some(Row {
        name,
        shape,
        quality,
        seconds,
    })
}

fn print(title: &str, rows: &[Row], figure: impl Fn(&Quality) -> f64) {
    println!("\n{title}");
    print!("{:<17}", "set");
    for name in NAMES {
        print!(" {name:>12}");
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
            print!(" {text:>12}");
        }
        println!();
    }
    print!("{:<17}", "mean");
    for mean in means {
        print!(" {:>12}", format!("{mean:.3}"));
    }
    println!();
}
