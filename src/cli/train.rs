//! `misfit train`: the whole job without a screen.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::cli::args::RunArgs;
use crate::cli::{print, print_json};
use crate::data::table::Table;
use crate::data::text::sanitize;
use crate::error::{Error, Result, csv_write};
use crate::format;
use crate::message::{Explanation, Watch};
use crate::model::ledger::Ledger;
use crate::plan::Prepared;
use crate::score::ranking::{Quality, Ranking};
use crate::train::engine::Metrics;
use crate::train::trainer::Sum;

/// Rows of the ranking that are printed.
const TOP: usize = 20;

#[derive(Args)]
pub struct TrainArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Write every row's score and rank to FILE as CSV, in file order
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

impl TrainArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let start = Instant::now();
        let plan = self.run.plan()?;
        let mut prepared = plan.prepare(&mut |_| ControlFlow::Continue(()))?;
        // Opened before the work begins, so that a wrong path costs none of it.
        let scores_file = self
            .scores
            .as_deref()
            .map(|path| self.open_scores(path))
            .transpose()?;
        let trained = self.train(&mut prepared)?;
        let scoring = Instant::now();
        let (scores, basis) = prepared.trainer.scores()?;
        let ranking = prepared.trainer.rank_by(&scores, basis).clone();
        let watch = Watch {
            first: 0,
            count: TOP,
            row: None,
        };
        let reasons = prepared.trainer.explain(watch).rows;
        let score_seconds = scoring.elapsed().as_secs_f64();
        if let Some((doing, file)) = scores_file {
            write_scores(BufWriter::new(file), &scores, &prepared.table)
                .map_err(Error::io(doing))?;
        }
        let outcome = Outcome {
            prepared,
            trained,
            ranking,
            reasons,
            score_seconds,
            total_seconds: start.elapsed().as_secs_f64(),
        };
        if self.json {
            print_json(&outcome.document())
        } else {
            print(outcome.text().as_bytes())
        }
    }

    /// The file for the scores, and what to call the attempt where it fails.
    fn open_scores(&self, path: &Path) -> Result<(String, File)> {
        let doing = format!("write {}", sanitize(&path.to_string_lossy()));
        let same = |file: &PathBuf| {
            file.canonicalize()
                .ok()
                .is_some_and(|file| path.canonicalize().ok() == Some(file))
        };
        if self.run.file.as_ref().is_some_and(same) {
            return Err(Error::Usage(
                "--scores would overwrite the table; name another file".into(),
            ));
        }
        let file = File::create(path).map_err(Error::io(doing.clone()))?;
        Ok((doing, file))
    }

    fn train(&self, prepared: &mut Prepared) -> Result<Trained> {
        let steps = prepared.trainer.limit().unwrap_or_default();
        let progress = Progress::new(self.quiet, steps);
        let mut trained = Trained::default();
        let mut epoch = Sum::default();
        while !prepared.trainer.finished() {
            let before = Instant::now();
            let step = prepared.trainer.advance()?;
            trained.time += before.elapsed();
            trained.rows += step.rows;
            epoch.add(step.metrics, step.rows);
            trained.valid = prepared.trainer.review().valid.or(trained.valid);
            if step.epoch.is_some() {
                epoch = Sum::default();
                trained.last_epoch = step.epoch;
            }
            progress.advance(step.step, step.metrics);
        }
        progress.end();
        // Large tables may not see one whole epoch; then the mean so far stands for it.
        trained.last_epoch = trained.last_epoch.or_else(|| epoch.take());
        Ok(trained)
    }
}

/// How the training went.
#[derive(Default)]
struct Trained {
    time: Duration,
    rows: usize,
    last_epoch: Option<Metrics>,
    valid: Option<Metrics>,
}

/// Progress on stderr: a bar on a terminal, a line for every tenth otherwise.
enum Progress {
    Silent,
    Bar(ProgressBar),
    Lines { steps: u64 },
}

impl Progress {
    fn new(quiet: bool, steps: u64) -> Self {
        if quiet {
            return Self::Silent;
        }
        if !io::stderr().is_terminal() {
            return Self::Lines { steps };
        }
        let bar =
            ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template(
            "{bar:32} step {human_pos} of {human_len}  {msg}  {eta} left",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Bar(bar)
    }

    fn advance(&self, step: u64, metrics: Metrics) {
        let figures = || {
            format!(
                "loss {}  mse {}",
                format::metric(metrics.loss),
                format::metric(metrics.mse)
            )
        };
        match self {
            Self::Silent => {}
            Self::Bar(bar) => {
                bar.set_position(step);
                if step.is_multiple_of(8) {
                    bar.set_message(figures());
                }
            }
            Self::Lines { steps } => {
                if step * 10 / steps != (step - 1) * 10 / steps {
                    // A closed stderr is no reason to stop training.
                    let _ = writeln!(io::stderr(), "step {step} of {steps}  {}", figures());
                }
            }
        }
    }

    fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Everything there is to print.
struct Outcome {
    prepared: Prepared,
    trained: Trained,
    ranking: Ranking,
    /// Why the first rows rank where they do, in their order.
    reasons: Vec<Explanation>,
    score_seconds: f64,
    total_seconds: f64,
}

#[derive(Serialize)]
struct Document {
    rows: usize,
    columns: usize,
    features: usize,
    engine: &'static str,
    device: &'static str,
    threads: usize,
    steps: u64,
    epochs: f64,
    loss: Option<f64>,
    mse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_mse: Option<f64>,
    train_seconds: f64,
    rows_per_second: f64,
    score_seconds: f64,
    total_seconds: f64,
    parameters: u64,
    threshold: f64,
    flagged: usize,
    top: Vec<Top>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roc_auc: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    average_precision: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<Baseline>,
    notices: Vec<String>,
}

#[derive(Serialize)]
struct Top {
    rank: usize,
    row: u32,
    score: f32,
    /// The row's name, where an id column was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The column that contributes most, and its share of the score.
    column: String,
    share: f32,
}

#[derive(Serialize)]
struct Baseline {
    z_norm: Judged,
}

#[derive(Serialize)]
struct Judged {
    roc_auc: f64,
    average_precision: f64,
}

impl From<Quality> for Judged {
    fn from(
        Quality {
            roc_auc,
            average_precision,
        }: Quality,
    ) -> Self {
        Self {
            roc_auc,
            average_precision,
        }
    }
}

impl Outcome {
    fn rows_per_second(&self) -> f64 {
        self.trained.rows as f64 / self.trained.time.as_secs_f64().max(1e-9)
    }

    fn document(&self) -> Document {
        let Self {
            prepared:
                Prepared {
                    table,
                    data,
                    trainer,
                },
            trained,
            ranking,
            ..
        } = self;
        let name = trainer.engine_name();
        let top =
            ranking
                .rows
                .iter()
                .zip(&self.reasons)
                .enumerate()
                .map(|(rank, (ranked, reason))| {
                    let row = ranked.row as usize;
                    let part = reason.parts.first();
                    Top {
                        rank: rank + 1,
                        row: table.number(row),
                        score: ranked.score,
                        id: table.ids.as_ref().map(|ids| ids.values[row].clone()),
                        column: part.map_or_else(String::new, |part| {
                            data.encoder.columns[part.feature as usize].name.clone()
                        }),
                        share: part.map_or(0.0, |part| part.share),
                    }
                });
        Document {
            rows: table.rows,
            columns: table.columns.len(),
            features: data.encoder.features.len(),
            engine: name.engine,
            device: name.device,
            threads: name.threads,
            steps: trainer.step(),
            epochs: trainer.step() as f64 / trainer.steps_per_epoch() as f64,
            loss: trained.last_epoch.map(|metrics| metrics.loss),
            mse: trained.last_epoch.map(|metrics| metrics.mse),
            valid_loss: trained.valid.map(|metrics| metrics.loss),
            valid_mse: trained.valid.map(|metrics| metrics.mse),
            train_seconds: trained.time.as_secs_f64(),
            rows_per_second: self.rows_per_second(),
            score_seconds: self.score_seconds,
            total_seconds: self.total_seconds,
            parameters: Ledger::new(trainer.spec()).total().total(),
            threshold: ranking.threshold,
            flagged: ranking.flagged,
            top: top.collect(),
            roc_auc: ranking.quality.map(|quality| quality.roc_auc),
            average_precision: ranking.quality.map(|quality| quality.average_precision),
            baseline: self.prepared.z_norm().map(|quality| Baseline {
                z_norm: quality.into(),
            }),
            notices: table.notices.clone(),
        }
    }

    fn text(&self) -> String {
        let document = self.document();
        let mut text = String::new();
        for notice in &document.notices {
            let _ = writeln!(text, "note: {notice}");
        }
        let seconds = format!("{:.1} s", document.train_seconds);
        let speed = format::speed(self.rows_per_second());
        let widths = self.prepared.trainer.spec().shape();
        let parameters = format::group(document.parameters);
        let _ = writeln!(
            text,
            "{widths}, {parameters} parameters, {} steps in {seconds} ({speed})",
            document.steps
        );
        let figure = |value: Option<f64>| value.map_or_else(|| "none".into(), format::metric);
        let _ = writeln!(
            text,
            "loss {}  mse {}",
            figure(document.loss),
            figure(document.mse)
        );
        if let (Some(auc), Some(precision)) = (document.roc_auc, document.average_precision) {
            let _ = write!(text, "ROC-AUC {auc:.3}  average precision {precision:.3}");
            if let Some(Baseline { z_norm }) = &document.baseline {
                let _ = write!(
                    text,
                    "  (no model: {:.3}, {:.3})",
                    z_norm.roc_auc, z_norm.average_precision
                );
            }
            text.push('\n');
        }
        let (flagged, rows, threshold) = (document.flagged, document.rows, document.threshold);
        let _ = writeln!(
            text,
            "{flagged} of {} rows above {threshold:.2}",
            format::group(rows)
        );
        let _ = writeln!(
            text,
            "{:>5} {:>9} {:>9}  largest part",
            "rank", "row", "score"
        );
        for Top {
            rank,
            row,
            score,
            id,
            column,
            share,
        } in &document.top
        {
            let (score, share) = (format::score(*score), format::percent(*share));
            let id = id
                .as_ref()
                .map_or_else(String::new, |id| format!("  ({})", sanitize(id)));
            let _ = writeln!(text, "{rank:>5} {row:>9} {score:>9}  {column} {share}{id}");
        }
        text
    }
}

/// One line per data row in file order: row, score, rank, then the id and label columns if there are any.
fn write_scores(output: impl Write, scores: &[f32], table: &Table) -> io::Result<()> {
    let mut ranks = vec![0; scores.len()];
    for (rank, row) in crate::score::ranking::order(scores).into_iter().enumerate() {
        ranks[row as usize] = rank + 1;
    }
    let mut writer = csv::Writer::from_writer(output);
    let names = [
        table.ids.as_ref().map(|ids| &ids.name),
        table.label.as_ref().map(|label| &label.name),
    ];
    let names = names.into_iter().flatten().map(String::as_str);
    let header = ["row", "score", "rank"].into_iter().chain(names);
    writer.write_record(header).map_err(csv_write)?;
    for (row, (score, rank)) in scores.iter().zip(ranks).enumerate() {
        let mut record = vec![
            table.number(row).to_string(),
            score.to_string(),
            rank.to_string(),
        ];
        record.extend(table.ids.as_ref().map(|ids| ids.values[row].clone()));
        record.extend(
            table
                .label
                .as_ref()
                .map(|label| u8::from(label.outlier[row]).to_string()),
        );
        writer.write_record(record).map_err(csv_write)?;
    }
    writer.flush()
}
