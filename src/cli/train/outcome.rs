//! The result, for people and for scripts.

use std::fmt::Write as _;
use std::sync::Arc;

use super::document::{Because, Document, Judged, Network, PerReference, Top};
use super::flagged::Flagged;
use super::larger::Larger;
use super::trained::Trained;
use crate::cli::found::{Coded, Found, Measured};
use crate::cli::stretch::Stretch;
use crate::data::text::sanitize;
use crate::format;
use crate::message::Explanation;
use crate::model::ledger::Ledger;
use crate::plan::Prepared;
use crate::score::ranking::{By, Ranking};
use crate::score::reference::{LOCAL_HINT, References};

/// Everything there is to print.
pub(super) struct Outcome {
    /// What was written to files, a sentence each.
    pub(super) saved: Vec<String>,
    pub(super) preset: String,
    pub(super) prepared: Prepared,
    pub(super) trained: Trained,
    pub(super) ranking: Ranking,
    /// Why the first rows rank where they do, in their order.
    pub(super) reasons: Vec<Explanation>,
    pub(super) references: Arc<References>,
    /// The network's scores, whoever ranks the rows.
    pub(super) network: Vec<f32>,
    /// What else is known where the table is larger than memory.
    pub(super) larger: Option<Larger>,
    pub(super) score_seconds: f64,
    pub(super) reference_seconds: f64,
    pub(super) total_seconds: f64,
}

impl Outcome {
    fn rows_per_second(&self) -> f64 {
        self.trained.rows as f64 / self.trained.time.as_secs_f64().max(1e-9)
    }

    pub(super) fn document(&self) -> Document<'_> {
        let Self {
            prepared,
            trained,
            ranking,
            ..
        } = self;
        let (table, data, trainer) = (&prepared.table, &prepared.data, &prepared.trainer);
        let name = trainer.engine_name();
        let provenance = &trainer.shown_data().provenance;
        let also = trainer.recipe().also;
        let fits = self.larger.is_none();
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
                        row: provenance.number(row),
                        score: ranked.score,
                        id: provenance.ids.as_ref().map(|ids| ids.values[row].clone()),
                        column: name(reason.largest).clone(),
                        share: reason.share,
                        reasons: Because::all(&reason.reasons, |column| name(column).clone()),
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
            rows: ranking.total,
            found: Found::new(table, data.examples.windows().map(|windows| &**windows)),
            columns: table.columns.len(),
            units: Measured::all(table),
            missing_codes: Coded::all(table),
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
            // Of the sample they stand with the rest of what it says.
            baseline: trainer.outlier().filter(|_| fits).and_then(|outlier| {
                PerReference::<Judged>::judge(&self.references, outlier, ranking.flag.count)
            }),
            agreement: if fits {
                PerReference::agree(&self.references, &self.network)
            } else {
                None
            },
            agreement_rows: self.references.sampled().filter(|_| fits),
            larger: self.larger.as_ref(),
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

    pub(super) fn text(&self) -> String {
        let document = self.document();
        let mut text = String::new();
        for notice in &document.notices {
            let _ = writeln!(text, "note: {notice}");
        }
        let seconds = format!("{:.1} s", document.train_seconds);
        let speed = format::speed(self.rows_per_second(), self.prepared.data.examples.called());
        let networks: Vec<String> = document.networks.iter().map(Network::line).collect();
        text.push_str(&networks.join("\n"));
        if networks.len() > 1 {
            let _ = write!(text, "\n{} steps", format::group(self.trained.steps));
        }
        let _ = writeln!(text, " in {seconds} ({speed})");
        for shortened in document.networks.iter().filter_map(Network::shortened) {
            let _ = writeln!(text, "note: {shortened}");
        }
        if let Some(larger) = &self.larger {
            text.push_str(&larger.text(document.rows));
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
        if let Some(larger) = &self.larger {
            text.push_str(&larger.details());
        }
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
                format!("{} ({})", reason.text, format::percent(reason.share))
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
