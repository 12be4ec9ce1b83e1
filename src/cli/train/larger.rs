//! A table larger than memory: the network has learned from a sample, and all rows of the file are scored in a second pass.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

use serde::Serialize;

use super::document::{Because, Top};
use super::trained::Trained;
use crate::cli::progress::Progress;
use crate::data::source::Origin;
use crate::data::text::sanitize;
use crate::error::{Error, Result, csv_write};
use crate::format;
use crate::plan::Prepared;
use crate::score::ranking::By;
use crate::stream::{Outcome, Scorer};
use crate::train::explain::Reasons;

/// Rows between two notes of how far the pass is.
const NOTED: u64 = 16_384;

/// What is known before the second pass.
pub struct Found {
    /// The rule's, of the sample.
    pub threshold: f64,
    /// Rows of the sample.
    pub sampled: usize,
    /// Seconds of the first pass.
    pub read_seconds: f64,
    /// Rows to tell of.
    pub top: usize,
}

/// What is known after it.
pub struct Larger {
    found: Found,
    outcome: Outcome,
    pass_seconds: f64,
    top: Vec<Top>,
    notices: Vec<String>,
}

/// The document of a table larger than memory.
#[derive(Serialize)]
pub struct Document {
    rows: usize,
    sampled_rows: usize,
    preset: String,
    /// Of the first pass, which draws the sample.
    read_seconds: f64,
    train_seconds: f64,
    /// Of the second pass, which scores every row.
    score_seconds: f64,
    /// Of the sample's scores, and so a little uncertain.
    threshold: f64,
    flagged: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    outliers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outliers_flagged: Option<usize>,
    top: Vec<Top>,
    notices: Vec<String>,
    saved: Vec<String>,
}

/// Refuses what a second pass cannot do, before the training.
pub fn check(prepared: &Prepared) -> Result<()> {
    if prepared.table.again.is_none() {
        return Ok(());
    }
    let refuse = |what: &str| {
        Err(Error::Usage(format!(
            "the table is larger than memory, and then {what}; give more with --memory, or draw a sample with --sample"
        )))
    };
    if prepared.trainer.recipe().by != By::Network {
        return refuse("only the network can score all rows: take --score network");
    }
    if !prepared.data.encoder.reads(prepared.table.header.len()) {
        return refuse("no clock can be made of a column: leave out --kind COL=clock");
    }
    Ok(())
}

/// Scores every row of the file; writes the scores on the way if asked to.
pub fn score(
    prepared: &Prepared,
    origin: &mut Origin,
    found: Found,
    scores: Option<(String, File)>,
    progress: &Progress,
) -> Result<Larger> {
    let began = Instant::now();
    let (table, data) = (&prepared.table, &prepared.data);
    let (Some(again), Origin::Input(input), Some(reasons)) =
        (&table.again, origin, prepared.trainer.reasons())
    else {
        return Err(Error::Told("there is nothing to score again".into()));
    };
    let place = |name: &str| table.columns.iter().position(|column| column.name == name);
    let label = table.label.as_ref();
    let by_view = Scorer {
        encoder: &data.encoder,
        views: reasons.views.clone(),
        threshold: found.threshold,
        label: label.and_then(|label| Some((label, place(&label.name)?))),
        id: table.ids.as_ref().and_then(|ids| place(&ids.name)),
    };
    let (doing, file) = scores.unzip();
    let mut writer = file.map(|file| csv::Writer::from_writer(BufWriter::new(file)));
    let doing = doing.unwrap_or_default();
    let failed = |error| Error::io(doing.clone())(csv_write(error));
    if let Some(writer) = &mut writer {
        let names = [
            table.ids.as_ref().map(|ids| &ids.name),
            label.map(|label| &label.name),
        ];
        let names = names.into_iter().flatten().map(String::as_str);
        let header = ["row", "score", "flagged"].into_iter().chain(names);
        writer.write_record(header).map_err(failed)?;
    }
    let mut done = 0;
    let outcome = by_view.pass(input, again, &mut |row| {
        done += 1;
        if done % NOTED == 0 {
            progress.add(NOTED);
        }
        let Some(writer) = &mut writer else {
            return Ok(());
        };
        let mut record = vec![
            row.number.to_string(),
            row.score.to_string(),
            u8::from(row.flagged).to_string(),
        ];
        record.extend(row.id.map(str::to_owned));
        record.extend(row.outlier.map(|outlier| u8::from(outlier).to_string()));
        writer.write_record(record).map_err(failed)
    })?;
    if let Some(mut writer) = writer {
        writer.flush().map_err(Error::io(doing.clone()))?;
    }
    let top = &outcome.top[..found.top.min(outcome.top.len())];
    let values = top.iter().flat_map(|kept| kept.values.clone()).collect();
    let missing: Vec<Vec<usize>> = top.iter().map(|kept| kept.missing.clone()).collect();
    let encoded = data.with_rows(values, &missing);
    let rows: Vec<u32> = (0..top.len() as u32).collect();
    let explanations = Reasons {
        data: &encoded,
        views: reasons.views.clone(),
        references: None,
        by: By::Network,
    }
    .explanations(&rows);
    let name = |column: u32| data.encoder.columns[column as usize].name.clone();
    let top = top.iter().zip(explanations).enumerate();
    let top = top.map(|(rank, (kept, reason))| Top {
        rank: rank + 1,
        row: kept.number as u32,
        score: kept.score,
        id: kept.id.clone(),
        column: name(reason.largest),
        share: reason.share,
        reasons: Because::all(&reason.reasons, name),
    });
    Ok(Larger {
        top: top.collect(),
        found,
        outcome,
        pass_seconds: began.elapsed().as_secs_f64(),
        notices: table.notices.clone(),
    })
}

impl Larger {
    /// For scripts.
    pub fn document(self, preset: &str, trained: &Trained, saved: Vec<String>) -> Document {
        Document {
            rows: self.outcome.rows,
            sampled_rows: self.found.sampled,
            preset: preset.to_owned(),
            read_seconds: self.found.read_seconds,
            train_seconds: trained.time.as_secs_f64(),
            score_seconds: self.pass_seconds,
            threshold: self.found.threshold,
            flagged: self.outcome.flagged,
            outliers: self.outcome.outliers.map(|(all, _)| all),
            outliers_flagged: self.outcome.outliers.map(|(_, flagged)| flagged),
            top: self.top,
            notices: self.notices,
            saved,
        }
    }

    /// For people.
    pub fn text(&self, saved: &[String]) -> String {
        let mut text = String::new();
        for notice in &self.notices {
            let _ = writeln!(text, "note: {notice}");
        }
        let group = |count: usize| format::group(count);
        let (rows, flagged) = (group(self.outcome.rows), group(self.outcome.flagged));
        let _ = writeln!(
            text,
            "learned from {} rows; all {rows} rows scored in a second pass, {:.1} s after {:.1} s for the first",
            group(self.found.sampled),
            self.pass_seconds,
            self.found.read_seconds
        );
        let _ = writeln!(
            text,
            "{flagged} of {rows} rows flagged: they score above {:.2}, where the rule puts the threshold in the sample",
            self.found.threshold
        );
        if let Some((all, among)) = self.outcome.outliers {
            let _ = writeln!(
                text,
                "{} of {} outliers are among the flagged",
                group(among),
                group(all)
            );
        }
        let _ = writeln!(text, "{:>5} {:>12} {:>9}  reason", "rank", "row", "score");
        for top in &self.top {
            let reason = top.reasons.first().map_or_else(String::new, |reason| {
                format!("{} {}", reason.text, format::percent(reason.share))
            });
            let id = top
                .id
                .as_ref()
                .map_or_else(String::new, |id| format!("  ({})", sanitize(id)));
            let (rank, row, score) = (top.rank, top.row, format::score(top.score));
            let _ = writeln!(text, "{rank:>5} {row:>12} {score:>9}  {reason}{id}");
        }
        for saved in saved {
            let _ = writeln!(text, "{saved}");
        }
        text
    }
}
