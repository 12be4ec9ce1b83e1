//! `misfit compare`: networks with biases, without and with tied weights, over several seeds.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::args::output::OutputArgs;
use crate::cli::args::{RunArgs, usage};
use crate::cli::progress::workload::Workload;
use crate::cli::{print, print_json};
use crate::compare::Experiment;
use crate::compare::results::{Comparison, Spread, VariantResult};
use crate::compare::variant::Variant;
use crate::error::Result;
use crate::format;
use crate::model::spec::BiasChoice;
use crate::score::flag::FlagRule;
use crate::score::ranking::By;
use crate::tui::cells;

/// Columns of the output: it fits the usual terminal, and what it is pasted into.
const WIDTH: usize = 80;
const RULE: &str = "Variants are compared seed by seed. A difference counts where the mean of the paired differences exceeds its standard error times Student's t at 99 %, and also 0.01 in ROC-AUC or, without a label, 1 % of the loss.";

// The variants say which biases there are, and the network alone is judged.
#[derive(Args)]
#[command(
    mut_arg("bias", |arg| arg.hide(true)),
    mut_arg("tied", |arg| arg.hide(true)),
    mut_arg("score", |arg| arg.hide(true)),
    mut_arg("seeds", |arg| arg.default_value("5").help("Number of seeds that each variant is trained with, from --seed on")),
    after_help = RULE
)]
pub struct CompareArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Another variant to compare: its name, the layers with a bias (all, none, output or names such as encoder.1), and
    /// whether it is tied; may be repeated
    #[arg(
        long = "variant",
        value_name = "NAME=bias:LAYERS,tied",
        help_heading = "Network"
    )]
    variants: Vec<Variant>,
    #[command(flatten)]
    output: OutputArgs,
}

impl CompareArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let plan = self.run.plan()?;
        if plan.tied || plan.bias != BiasChoice::All {
            return Err(usage(
                "compare always tries networks with biases, without them and with tied weights; for another variant, add --variant NAME=bias:LAYERS,tied",
            ));
        }
        if plan.model.is_some() {
            return Err(usage(
                "compare trains every variant from the beginning; leave out --model",
            ));
        }
        if plan.start.is_some() {
            return Err(usage(
                "compare trains every variant from the beginning; leave out --weights",
            ));
        }
        if plan.recipe.by != By::Network || plan.recipe.also.is_some() {
            return Err(usage(
                "compare ranks by the network's score alone; leave out --score",
            ));
        }
        if plan.recipe.flag != FlagRule::Auto {
            return Err(usage("compare flags no rows; leave out --flag and --clean"));
        }
        let variants = [Variant::usual(), self.variants.clone()].concat();
        let progress = self.output.progress();
        let prepared = plan.prepare(&mut progress.reading())?;
        let mut notices = prepared.table.notices.clone();
        let mut experiment = Experiment::new(&prepared.trainer, &variants, plan.recipe.networks)?;
        let steps = experiment.comparison().steps;
        let work = Workload::new(&plan.recipe, &[steps], prepared.table.rows);
        drop(prepared);
        progress.begin("comparing", Some(work.total()));
        for turn in 1.. {
            if experiment.finished() {
                break;
            }
            experiment.advance()?;
            if let Some(news) = experiment.news() {
                progress.say(&news);
                notices.push(news);
            }
            progress.at(work.done(turn / steps, turn % steps), || {
                state(experiment.comparison(), turn % steps)
            });
        }
        drop(progress);
        let comparison = experiment.comparison();
        if self.output.json {
            print_json(&Document::new(comparison, notices))
        } else {
            print(text(comparison, &notices).as_bytes())
        }
    }
}

/// Which seed is on, and how far the variants are with it.
fn state(comparison: &Comparison, step: u64) -> String {
    let (seed, seeds) = (comparison.seed + 1, comparison.seeds);
    let (step, steps) = (format::group(step), format::group(comparison.steps));
    format!("seed {seed} of {seeds}, step {step} of {steps}")
}

/// What `misfit compare --json` prints, under stable names.
#[derive(Serialize)]
struct Document {
    rows: usize,
    features: usize,
    seeds: u64,
    steps: u64,
    variants: Vec<Row>,
    conclusion: String,
    notices: Vec<String>,
}

/// A variant; `_sd` is the sample standard deviation over the seeds, null of one seed.
#[derive(Serialize)]
struct Row {
    name: String,
    bias: String,
    tied: bool,
    parameters: u64,
    loss: Option<f64>,
    loss_sd: Option<f64>,
    mse: Option<f64>,
    mse_sd: Option<f64>,
    roc_auc: Option<f64>,
    roc_auc_sd: Option<f64>,
    average_precision: Option<f64>,
    /// Agreement with the first variant; of the first one, with itself from another seed.
    spearman: Option<f64>,
    top_overlap: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
}

impl Document {
    fn new(comparison: &Comparison, notices: Vec<String>) -> Self {
        Self {
            rows: comparison.rows,
            features: comparison.features,
            seeds: comparison.seeds,
            steps: comparison.steps,
            variants: comparison.variants.iter().map(Row::new).collect(),
            conclusion: comparison.conclusion().unwrap_or_default(),
            notices,
        }
    }
}

impl Row {
    fn new(result: &VariantResult) -> Self {
        let mean = |spread: Option<Spread>| spread.map(|spread| spread.mean);
        let sd = |spread: Option<Spread>| spread.and_then(|spread| spread.sd);
        let (loss, mse, auc) = (result.loss(), result.mse(), result.roc_auc());
        Self {
            name: result.name.clone(),
            bias: result.bias.to_string(),
            tied: result.tied,
            parameters: result.parameters,
            loss: mean(loss),
            loss_sd: sd(loss),
            mse: mean(mse),
            mse_sd: sd(mse),
            roc_auc: mean(auc),
            roc_auc_sd: sd(auc),
            average_precision: mean(result.average_precision()),
            spearman: mean(result.spearman()),
            top_overlap: mean(result.top_overlap()),
            failed: result.failed.clone(),
        }
    }
}

fn text(comparison: &Comparison, notices: &[String]) -> String {
    let mut text = String::new();
    for notice in notices {
        let _ = writeln!(text, "note: {notice}");
    }
    let (rows, features) = (
        format::group(comparison.rows),
        format::group(comparison.features),
    );
    let (seeds, steps) = (comparison.seeds, format::group(comparison.steps));
    let _ = writeln!(
        text,
        "{rows} rows × {features} features, {steps} steps each, mean ± sd over {seeds} seeds\n"
    );
    let last = if comparison.labelled {
        ["ROC-AUC", "avg prec"]
    } else {
        ["rank corr", "top 1 %"]
    };
    line(
        &mut text,
        "variant",
        ["parameters", "loss", "MSE", last[0], last[1]],
    );
    for result in &comparison.variants {
        if let Some(why) = &result.failed {
            let _ = writeln!(text, "{}  {why}", cells::left(&result.name, NAME));
            continue;
        }
        let metric = |spread: Option<Spread>| pair(spread, format::metric);
        let [judged, also] = if comparison.labelled {
            [result.roc_auc(), result.average_precision()]
        } else {
            [result.spearman(), result.top_overlap()]
        };
        let also = also.map_or_else(
            || "none".into(),
            |spread| {
                if comparison.labelled {
                    format!("{:.3}", spread.mean)
                } else {
                    format::percent(spread.mean as f32)
                }
            },
        );
        let cells = [
            format::group(result.parameters),
            metric(result.loss()),
            result
                .mse()
                .map_or_else(|| "none".into(), |mse| format::metric(mse.mean)),
            pair(judged, |value| format!("{value:.3}")),
            also,
        ];
        line(
            &mut text,
            &result.name,
            cells.each_ref().map(String::as_str),
        );
    }
    if !comparison.labelled {
        text.push_str(
            "rank corr, top 1 %: agreement with the first variant (its own: across its seeds)\n",
        );
    }
    let conclusion = comparison.conclusion().unwrap_or_default();
    for line in [String::new()]
        .into_iter()
        .chain(cells::wrap(&conclusion, WIDTH))
    {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Columns of a variant's name.
const NAME: usize = 17;

fn line(text: &mut String, name: &str, [parameters, loss, mse, judged, also]: [&str; 5]) {
    let name = cells::left(name, NAME);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{name} {parameters:>10} {loss:>16} {mse:>8} {judged:>14} {also:>9}"
    );
}

/// A mean, and behind it its spread where there is one.
fn pair(spread: Option<Spread>, write: impl Fn(f64) -> String) -> String {
    spread.map_or_else(|| "none".into(), |spread| spread.write(write))
}
