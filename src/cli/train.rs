//! `misfit train`: the whole job without a screen.

mod document;
mod flagged;
mod taking;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use crate::app::session::curve::Curve;
use crate::cli::args::RunArgs;
use crate::cli::args::output::OutputArgs;
use crate::cli::args::taking::TakingArgs;
use crate::cli::progress::Progress;
use crate::cli::progress::workload::Workload;
use crate::cli::stretch::Stretch;
use crate::cli::{print, print_json};
use crate::data::table::Table;
use crate::data::text::sanitize;
use crate::error::{Error, Result, csv_write};
use crate::format;
use crate::message::{self, Explanation, Point, Watch};
use crate::model::ledger::Ledger;
use crate::plan::Prepared;
use crate::score::entropy::entropy;
use crate::score::flag::Flag;
use crate::score::order::order;
use crate::score::ranking::{By, Ranking};
use crate::score::reference::{LOCAL_HINT, References};
use crate::train::engine::Metrics;
use crate::train::explain::in_words;
use crate::train::sum::Sum;
use crate::train::trainer::Trainer;

use document::{Because, Document, Judged, Network, Past, PerReference, Top};
use flagged::Flagged;

/// Rows of the ranking that are printed.
const TOP: usize = 20;

#[derive(Args)]
pub struct TrainArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Write every row's score and rank to FILE as CSV, in file order, with reasons for the flagged; an existing FILE is replaced
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    scores: Option<PathBuf>,
    #[command(flatten)]
    taking: TakingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl TrainArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let start = Instant::now();
        let plan = self.run.plan()?;
        self.taking.check_apart(self.scores.as_deref())?;
        let progress = self.output.progress();
        let mut prepared = plan.prepare(&mut progress.reading())?;
        // Opened before the work begins, so that a wrong path costs none of it.
        let scores_file = self
            .scores
            .as_deref()
            .map(|path| self.open_scores(path))
            .transpose()?;
        self.taking.check(prepared.table.path.as_deref())?;
        // Before the training, whose memory is not taken yet.
        let referring = Instant::now();
        progress.begin("references", Some(prepared.table.rows as u64));
        let references = prepared.references_telling(&|rows| progress.add(rows as u64))?;
        let references = Arc::new(references);
        prepared.trainer.set_references(Arc::clone(&references));
        let reference_seconds = referring.elapsed().as_secs_f64();
        let trained = train(&mut prepared, &progress)?;
        let scoring = Instant::now();
        progress.begin("scoring", None);
        let (network, basis) = prepared.trainer.scores()?;
        let (scores, _) = prepared.trainer.ranking_scores(&network);
        let ranking = prepared.trainer.rank_by(&network, basis).clone();
        let watch = Watch {
            first: 0,
            count: TOP,
            row: None,
        };
        let reasons = prepared.trainer.explain(watch).rows;
        let score_seconds = scoring.elapsed().as_secs_f64();
        if let Some((doing, file)) = scores_file {
            progress.begin("writing", None);
            // Of an ordinary row a reason says nothing, and millions of them would take longer than the training.
            let count = ranking.flag.count.max(TOP).min(scores.len());
            let reasons = prepared.trainer.explain_rows(&order(&scores)[..count]);
            write_scores(
                BufWriter::new(file),
                &scores,
                &ranking.flag,
                &prepared.table,
                &reasons,
            )
            .map_err(Error::io(doing))?;
        }
        let saved = self
            .taking
            .write(&mut prepared, &trained, (&plan, &progress))?;
        let outcome = Outcome {
            saved,
            preset: plan.preset.to_string(),
            prepared,
            trained,
            ranking,
            reasons,
            references,
            network,
            score_seconds,
            reference_seconds,
            total_seconds: start.elapsed().as_secs_f64(),
        };
        drop(progress);
        if self.output.json {
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
}

/// Trains all networks of the recipe.
fn train(prepared: &mut Prepared, progress: &Progress) -> Result<Trained> {
    let trainer = &mut prepared.trainer;
    let steps: Vec<u64> = trainer.kinds().map(|(_, (steps, _))| steps).collect();
    let work = Workload::new(trainer.recipe(), &steps, prepared.table.rows);
    progress.begin("training", Some(work.total()));
    let mut training = Trained::default();
    loop {
        training.train(trainer, &work, progress)?;
        if !trainer.begin_next()? {
            return Ok(training);
        }
    }
}

/// How the training went: of several networks the time, the rows and the steps of all, the losses of the last.
#[derive(Default)]
struct Trained {
    time: Duration,
    rows: usize,
    steps: u64,
    last_epoch: Option<Metrics>,
    valid: Option<Metrics>,
    history: Vec<Past>,
    /// The losses of the last network.
    train: Curve,
    validated: Curve,
    /// What its rankings were worth.
    worth: Vec<message::Judged>,
}

impl Trained {
    /// Trains one network to its end.
    fn train(&mut self, trainer: &mut Trainer, work: &Workload, progress: &Progress) -> Result<()> {
        let (network, networks) = (trainer.network(), work.networks());
        let steps = trainer.limit().unwrap_or_default();
        let mut epoch = Sum::default();
        self.last_epoch = None;
        (self.train, self.validated) = (Curve::default(), Curve::default());
        self.worth.clear();
        while !trainer.finished() {
            let before = Instant::now();
            let step = trainer.advance()?;
            let metrics = step.metrics;
            self.train.push(step.step, step.rows as u64, point(metrics));
            self.time += before.elapsed();
            self.rows += step.rows;
            self.steps += 1;
            epoch.add(step.metrics, step.rows);
            let review = trainer.review();
            if let Some(valid) = review.valid {
                self.validated.push(step.step, 1, point(valid));
            }
            self.valid = review.valid.or(self.valid);
            if review.snapshot {
                let (past, worth) = past(trainer)?;
                self.history.push(past);
                self.worth.extend(worth);
            }
            if step.epoch.is_some() {
                epoch = Sum::default();
                self.last_epoch = step.epoch;
            }
            progress.at(work.done(network, step.step), || {
                let (step, steps) = (format::group(step.step), format::group(steps));
                let loss = format::metric(metrics.loss);
                match networks {
                    1 => format!("step {step} of {steps}, loss {loss}"),
                    _ => format!(
                        "network {} of {networks}, step {step} of {steps}, loss {loss}",
                        network + 1
                    ),
                }
            });
        }
        // Large tables may not see one whole epoch; then the mean so far stands for it.
        self.last_epoch = self.last_epoch.or_else(|| epoch.take());
        Ok(())
    }
}

fn point(metrics: Metrics) -> Point {
    Point {
        loss: metrics.loss,
        mse: metrics.mse,
    }
}

/// What the network's scores are worth now.
fn past(trainer: &mut Trainer) -> Result<(Past, Option<message::Judged>)> {
    let (scores, basis) = trainer.scores()?;
    // Ranking takes longer than all else here, and only the label asks for it.
    let rule = trainer.recipe().flag;
    let ranking = trainer.outlier().map(|outlier| {
        let (ranking, _) = Ranking::new(&scores, (basis, By::Network, rule), Some(outlier), None);
        ranking
    });
    let past = Past {
        network: trainer.network() + 1,
        step: trainer.step(),
        judged: ranking.as_ref().and_then(Judged::of),
        entropy: entropy(&scores),
    };
    let worth = ranking.map(|ranking| message::Judged::new(trainer.moment(), &ranking));
    Ok((past, worth))
}

/// Everything there is to print.
struct Outcome {
    /// What was written to files, a sentence each.
    saved: Vec<String>,
    preset: String,
    prepared: Prepared,
    trained: Trained,
    ranking: Ranking,
    /// Why the first rows rank where they do, in their order.
    reasons: Vec<Explanation>,
    references: Arc<References>,
    /// The network's scores, whoever ranks the rows.
    network: Vec<f32>,
    score_seconds: f64,
    reference_seconds: f64,
    total_seconds: f64,
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
        let also = trainer.recipe().also;
        let top =
            ranking
                .rows
                .iter()
                .zip(&self.reasons)
                .enumerate()
                .map(|(rank, (ranked, reason))| {
                    let row = ranked.row as usize;
                    let name = |column: u32| &data.encoder.columns[column as usize].name;
                    Top {
                        rank: rank + 1,
                        row: table.number(row),
                        score: ranked.score,
                        id: table.ids.as_ref().map(|ids| ids.values[row].clone()),
                        column: name(reason.largest).clone(),
                        share: reason.share,
                        reasons: reason
                            .reasons
                            .iter()
                            .map(|reason| Because {
                                text: reason.text(),
                                columns: reason.columns.clone().map(|c| name(c).clone()).collect(),
                                share: reason.share,
                            })
                            .collect(),
                    }
                });
        let presets = [
            Some(self.preset.clone()),
            also.map(|preset| preset.to_string()),
        ];
        let networks: Vec<Network> = trainer
            .kinds()
            .zip(presets.into_iter().flatten())
            .map(|((spec, (steps, shortened_from)), preset)| Network {
                preset,
                shape: spec.shape(),
                parameters: Ledger::new(spec).total().total(),
                steps,
                shortened_from,
            })
            .collect();
        Document {
            rows: table.rows,
            columns: table.columns.len(),
            features: data.encoder.features.len(),
            curves: Stretch::all(data),
            preset: self.preset.clone(),
            engine: name.engine,
            device: name.device,
            threads: name.threads,
            seed: trainer.recipe().seed,
            seeds: trainer.recipe().networks,
            steps: trainer.step(),
            epochs: trainer.step() as f64 / trainer.steps_per_epoch() as f64,
            loss: trained.last_epoch.map(|metrics| metrics.loss),
            mse: trained.last_epoch.map(|metrics| metrics.mse),
            valid_loss: trained.valid.map(|metrics| metrics.loss),
            valid_mse: trained.valid.map(|metrics| metrics.mse),
            train_seconds: trained.time.as_secs_f64(),
            rows_per_second: self.rows_per_second(),
            score_seconds: self.score_seconds,
            reference_seconds: self.reference_seconds,
            total_seconds: self.total_seconds,
            parameters: networks.iter().map(|network| network.parameters).sum(),
            networks,
            score: match also {
                Some(_) if ranking.by == By::Network => "network+local",
                _ => ranking.by.name(),
            },
            threshold: ranking.flag.threshold,
            flagged: ranking.flag.count,
            flag: Flagged::new(ranking),
            top: top.collect(),
            judged: Judged::of(ranking),
            baseline: trainer.outlier().and_then(|outlier| {
                PerReference::<Judged>::judge(&self.references, outlier, ranking.flag.count)
            }),
            agreement: PerReference::agree(&self.references, &self.network),
            history: trained.history.clone(),
            notices: table.notices.clone(),
            saved: self.saved.clone(),
            hints: self.hints(),
        }
    }

    fn hints(&self) -> Vec<&'static str> {
        let local = self.preset == "auto" && self.references.seems_local();
        local.then_some(LOCAL_HINT).into_iter().collect()
    }

    fn text(&self) -> String {
        let document = self.document();
        let mut text = String::new();
        for notice in &document.notices {
            let _ = writeln!(text, "note: {notice}");
        }
        let seconds = format!("{:.1} s", document.train_seconds);
        let speed = format::speed(self.rows_per_second());
        let networks: Vec<String> = document.networks.iter().map(Network::line).collect();
        text.push_str(&networks.join("\n"));
        if networks.len() > 1 {
            let _ = write!(text, "\n{} steps", format::group(self.trained.steps));
        }
        let _ = writeln!(text, " in {seconds} ({speed})");
        for shortened in document.networks.iter().filter_map(Network::shortened) {
            let _ = writeln!(text, "note: {shortened}");
        }
        let figure = |value: Option<f64>| value.map_or_else(|| "none".into(), format::metric);
        let _ = writeln!(
            text,
            "loss {}  mse {}",
            figure(document.loss),
            figure(document.mse)
        );
        text.push_str(&document.judgement());
        for hint in &document.hints {
            let _ = writeln!(text, "hint: {hint}");
        }
        text.push_str(&document.flag.text());
        let _ = writeln!(text, "{:>5} {:>9} {:>9}  reason", "rank", "row", "score");
        for Top {
            rank,
            row,
            score,
            id,
            reasons,
            ..
        } in &document.top
        {
            let score = format::score(*score);
            let reason = reasons.first().map_or_else(String::new, |reason| {
                format!("{} {}", reason.text, format::percent(reason.share))
            });
            let id = id
                .as_ref()
                .map_or_else(String::new, |id| format!("  ({})", sanitize(id)));
            let _ = writeln!(text, "{rank:>5} {row:>9} {score:>9}  {reason}{id}");
        }
        for saved in &document.saved {
            let _ = writeln!(text, "{saved}");
        }
        text
    }
}

/// One line per data row in file order: row, score, rank, whether it is flagged, then the id and label columns if there are any,
/// and why, where there are reasons.
fn write_scores(
    output: impl Write,
    scores: &[f32],
    flag: &Flag,
    table: &Table,
    reasons: &[Explanation],
) -> io::Result<()> {
    let reasons: HashMap<u32, String> = reasons
        .iter()
        .map(|explanation| (explanation.row, in_words(explanation)))
        .collect();
    let mut ranks = vec![0; scores.len()];
    for (rank, row) in order(scores).into_iter().enumerate() {
        ranks[row as usize] = rank + 1;
    }
    let mut writer = csv::Writer::from_writer(output);
    let names = [
        table.ids.as_ref().map(|ids| &ids.name),
        table.label.as_ref().map(|label| &label.name),
    ];
    let names = names.into_iter().flatten().map(String::as_str);
    let header = ["row", "score", "rank", "flagged"].into_iter().chain(names);
    let header = header.chain(["reason"]);
    writer.write_record(header).map_err(csv_write)?;
    for (row, (score, rank)) in scores.iter().zip(ranks).enumerate() {
        let mut record = vec![
            table.number(row).to_string(),
            score.to_string(),
            rank.to_string(),
            u8::from(rank <= flag.count).to_string(),
        ];
        record.extend(table.ids.as_ref().map(|ids| ids.values[row].clone()));
        record.extend(
            table
                .label
                .as_ref()
                .map(|label| u8::from(label.outlier[row]).to_string()),
        );
        record.push(reasons.get(&(row as u32)).cloned().unwrap_or_default());
        writer.write_record(record).map_err(csv_write)?;
    }
    writer.flush()
}
