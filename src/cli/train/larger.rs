//! A table larger than memory: the network has learned from a sample, and all rows of the file are scored in a second pass.

use std::fmt::Write as _;
use std::thread::available_parallelism;
use std::time::Instant;

use serde::Serialize;

use super::document::{Agrees, Judged, PerReference};
use super::draft::Draft;
use super::flagged::Flagged;
use crate::cli::progress::Progress;
use crate::error::{Error, Result};
use crate::format;
use crate::message::{Export, Rows};
use crate::plan::Prepared;
use crate::score::distribution::{About, Step};
use crate::score::ranking::{By, Ranking};
use crate::score::reference::References;
use crate::stream::{self, Scorer};
use crate::train::whole::Whole;

/// Parts of the histogram for each factor of two.
const PARTS: i32 = 2;
/// Signs of the longest bar.
const BAR: f64 = 40.0;

/// What is known after the second pass that is not known of a table that fits.
#[derive(Serialize)]
pub struct Larger {
    pub sampled_rows: usize,
    /// Of the first pass, which draws the sample.
    pub read_seconds: f64,
    /// Of the second pass, which scores every row.
    pub pass_seconds: f64,
    /// By the label, and those among the flagged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outliers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outliers_flagged: Option<usize>,
    /// The most that the two numbers can be off, since scores are counted and not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roc_auc_off: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_precision_off: Option<f64>,
    /// All rows by their scores.
    pub histogram: Vec<Bar>,
    /// The same of the sample that was learned from.
    pub sample: Sample,
}

/// Rows of similar scores.
#[derive(Serialize)]
pub struct Bar {
    pub from: f64,
    pub to: f64,
    pub rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outliers: Option<u64>,
}

/// What the scores of the sample say.
#[derive(Serialize)]
pub struct Sample {
    pub flag: Flagged,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<PerReference<Judged>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<PerReference<Agrees>>,
    /// On how many of its rows, where not on all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement_rows: Option<usize>,
}

impl Sample {
    /// From the sample's ranking.
    pub fn new(
        ranking: &Ranking,
        network: &[f32],
        outlier: Option<&[bool]>,
        references: &References,
    ) -> Self {
        Self {
            flag: Flagged::new(ranking),
            judged: Judged::of(ranking),
            baseline: outlier.and_then(|outlier| {
                PerReference::<Judged>::judge(references, outlier, ranking.flag.count)
            }),
            agreement: PerReference::agree(references, network),
            agreement_rows: references.sampled(),
        }
    }
}

/// Refuses what a second pass cannot do, before the training.
pub fn check(prepared: &Prepared, asked: Option<&Export>) -> Result<()> {
    if prepared.table.again.is_none() {
        return Ok(());
    }
    let refuse = |what: &str| {
        Err(Error::Usage(format!(
            "the table is larger than memory, and then {what}; give more with --memory, or draw a sample with --sample"
        )))
    };
    Scorer::check(&prepared.data)?;
    if prepared.trainer.recipe().by != By::Network {
        return refuse("only the network can score all rows: take --score network");
    }
    let most = stream::kept(prepared.data.encoder.features.len());
    let kept = format::group(most);
    match asked.map(|asked| &asked.rows) {
        Some(Rows::All) => refuse(&format!(
            "--export keeps the first {kept} rows: take --rows top:{most}, or --scores for every row's score"
        )),
        Some(Rows::Top(count)) if *count > most => refuse(&format!(
            "--export keeps the first {kept} rows: take --rows top:{most} or fewer, or --scores for every row's score"
        )),
        _ => Ok(()),
    }
}

/// Scores every row of the file, drafts the file of scores on the way if asked to, and lets the trainer show the ranking of all.
pub fn score(
    prepared: &mut Prepared,
    mut draft: Option<&mut Draft>,
    (read_seconds, sample): (f64, Sample),
    progress: &Progress,
) -> Result<Larger> {
    let began = Instant::now();
    let (jury, found) = prepared.trainer.jury()?;
    let all = Scorer::check(&prepared.data)?;
    progress.begin("all rows", Some(all.again.rows as u64));
    let cores = available_parallelism().map_or(1, Into::into);
    let scorer = Scorer {
        data: &prepared.data,
        jury,
        threshold: sample.flag.threshold,
        threads: prepared.trainer.recipe().threads.unwrap_or(cores),
        names: draft.is_some(),
        picks: None,
    };
    let outcome = scorer.pass(&mut |scored| {
        progress.add(scored.scores.len() as u64);
        draft.as_mut().map_or(Ok(()), |draft| draft.add(scored))
    })?;
    let whole = outcome.whole(found);
    let larger = Larger::new(
        &whole,
        (read_seconds, began.elapsed().as_secs_f64()),
        sample,
    );
    prepared.trainer.set_whole(whole);
    Ok(larger)
}

impl Larger {
    fn new(whole: &Whole, (read_seconds, pass_seconds): (f64, f64), sample: Sample) -> Self {
        let counted = whole.distribution();
        let labelled = counted.is_labelled();
        let (_, outliers) = counted.total();
        let judged = whole.judged();
        let off = |which: usize| judged.map(|judged: [About; 2]| judged[which].off);
        let above = whole.above(whole.ranking().flag.threshold).1;
        Self {
            sampled_rows: whole.sampled(),
            read_seconds,
            pass_seconds,
            outliers: labelled.then_some(outliers as usize),
            outliers_flagged: labelled.then_some(above),
            roc_auc_off: off(0),
            average_precision_off: off(1),
            histogram: histogram(counted.steps(), labelled),
            sample,
        }
    }

    /// How all rows were scored, for people.
    pub fn text(&self, rows: usize) -> String {
        format!(
            "learned from {} rows; all {} rows scored in a second pass, {:.1} s after {:.1} s for the first\n",
            format::group(self.sampled_rows),
            format::group(rows),
            self.pass_seconds,
            self.read_seconds
        )
    }

    /// How exactly the judgement is known, and how the scores are spread, for people.
    pub fn details(&self) -> String {
        let mut text = String::new();
        if let (Some(auc), Some(average)) = (self.roc_auc_off, self.average_precision_off)
            && auc + average > 0.0
        {
            let _ = writeln!(
                text,
                "of all rows; counted, not sorted: ROC-AUC to ± {auc:.1e}, average precision to ± {average:.1e}"
            );
        }
        if let (Some(all), Some(flagged)) = (self.outliers, self.outliers_flagged) {
            let (all, flagged) = (format::group(all), format::group(flagged));
            let _ = writeln!(text, "{flagged} of {all} outliers are among the flagged");
        }
        let most = self.histogram.iter().map(|bar| bar.rows).max();
        let _ = writeln!(
            text,
            "scores of all rows, in multiples of the sample's median row's; bars by the logarithm"
        );
        for bar in &self.histogram {
            let share = (1.0 + bar.rows as f64).ln() / (1.0 + most.unwrap_or(1) as f64).ln();
            let signs = "#".repeat((share * BAR).round() as usize);
            let (from, to) = (format::score(bar.from as f32), format::score(bar.to as f32));
            let rows = format::group(bar.rows);
            let _ = writeln!(text, "{from:>8} to {to:<8} {rows:>13} {signs}");
        }
        text
    }
}

/// Rows by their scores, in steps of equal ratio.
fn histogram(steps: impl Iterator<Item = Step>, labelled: bool) -> Vec<Bar> {
    /// What scores less or more stands with the last.
    const RANGE: (i32, i32) = (-10 * PARTS, 20 * PARTS);
    let mut bars: Vec<Bar> = Vec::new();
    let edge = |part: i32| 2.0_f64.powf(f64::from(part) / f64::from(PARTS));
    for step in steps.filter(|step| !step.score.is_nan()) {
        let part = (f64::from(step.score).log2() * f64::from(PARTS)).floor() as i32;
        let part = part.clamp(RANGE.0, RANGE.1);
        let from = if part == RANGE.0 { 0.0 } else { edge(part) };
        match bars.last_mut() {
            Some(bar) if bar.from.total_cmp(&from).is_eq() => {
                bar.rows += step.rows;
                bar.outliers = bar.outliers.map(|outliers| outliers + step.outliers);
            }
            _ => bars.push(Bar {
                from,
                to: edge(part + 1),
                rows: step.rows,
                outliers: labelled.then_some(step.outliers),
            }),
        }
    }
    bars
}
