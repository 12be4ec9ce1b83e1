//! What `misfit train --json` prints, under stable names.

use crate::message::Reason;
use serde::Serialize;

use super::flagged::Flagged;
use super::larger::Larger;
use crate::cli::found::{Coded, Found, Measured};
use crate::cli::stretch::Stretch;
use crate::format;
use crate::score::agreement::{Agreement, Ranks};
use crate::score::metrics::precision_at;
use crate::score::order::order;
use crate::score::ranking::{Quality, Ranking};
use crate::score::reference::{Reference, References};

/// The whole document.
#[derive(Serialize)]
pub struct Document<'a> {
    pub rows: usize,
    #[serde(flatten)]
    pub found: Found<'a>,
    pub columns: usize,
    /// Columns whose unit a row under the header says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Measured<'a>>,
    /// Numbers that count as missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_codes: Vec<Coded<'a>>,
    pub features: usize,
    /// Columns that form curves.
    pub curves: Vec<Stretch>,
    pub preset: String,
    pub engine: &'static str,
    pub device: &'static str,
    /// Null where that is no matter of this processor.
    pub threads: Option<usize>,
    pub seed: u64,
    /// Seeds whose networks' scores are averaged.
    pub seeds: u64,
    /// Of the network that was trained last, as are epochs and losses.
    pub steps: u64,
    pub epochs: f64,
    pub loss: Option<f64>,
    pub mse: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_mse: Option<f64>,
    pub train_seconds: f64,
    /// Of windows, where they are learned.
    pub rows_per_second: f64,
    pub score_seconds: f64,
    pub reference_seconds: f64,
    pub total_seconds: f64,
    /// Of all networks of one seed.
    pub parameters: u64,
    /// The networks that are trained from each seed, one unless the score is network+local.
    pub networks: Vec<Network>,
    /// Whose score ranks the rows.
    pub score: &'static str,
    pub threshold: f64,
    pub flagged: usize,
    /// The same two, with the rule that made them and what is known of the boundary.
    pub flag: Flagged,
    pub top: Vec<Top>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<PerReference<Judged>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<PerReference<Agrees>>,
    /// On how many of the rows, where not on all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement_rows: Option<usize>,
    /// What else is known where the table is larger than memory.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub larger: Option<&'a Larger>,
    pub history: Vec<Past>,
    pub notices: Vec<String>,
    /// What was written to files, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<String>,
    /// What the scores suggest, never more than a hint.
    pub hints: Vec<&'static str>,
}

/// A network that is trained from each seed.
#[derive(Serialize)]
pub struct Network {
    pub preset: String,
    /// Widths from the input to the output.
    pub shape: String,
    pub parameters: u64,
    pub steps: u64,
    /// The steps there would be if the table were not so wide, where that makes them fewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortened_from: Option<u64>,
}

/// A row of the ranking.
#[derive(Serialize)]
pub struct Top {
    pub rank: usize,
    pub row: u32,
    #[serde(serialize_with = "crate::format::json::score")]
    pub score: f32,
    /// The row's name, where an id column was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The column that contributes most, and its share of the score.
    pub column: String,
    pub share: f32,
    /// What errs in the row, the largest share first.
    pub reasons: Vec<Because>,
}

/// Why a row ranks where it does.
#[derive(Serialize)]
pub struct Because {
    pub text: String,
    /// The names of the columns that err together.
    pub columns: Vec<String>,
    /// Their share of the score.
    pub share: f32,
}

impl Because {
    /// Reasons, whose columns `name` calls by their names.
    pub fn all(reasons: &[Reason], name: impl Fn(u32) -> String) -> Vec<Self> {
        let one = |reason: &Reason| Self {
            text: reason.text(),
            columns: reason.columns.clone().map(&name).collect(),
            share: reason.share,
        };
        reasons.iter().map(one).collect()
    }
}

/// A score against the label.
#[derive(Serialize, Clone, Copy)]
pub struct Judged {
    pub roc_auc: f64,
    pub average_precision: f64,
    /// Among as many rows from the top as the ranking flags; null where it flags none.
    pub precision_at_flagged: Option<f64>,
}

/// A score beside the network's.
#[derive(Serialize)]
pub struct Agrees {
    pub spearman: Option<f64>,
    /// Share of the first hundredth of the rows that both have in common.
    pub top_overlap: f64,
}

/// Something about each score without a network.
#[derive(Serialize)]
pub struct PerReference<T> {
    pub z_norm: T,
    pub lesinn: T,
    pub pca: T,
}

/// The network's scores when a snapshot was taken: the mean over the snapshots up to it.
#[derive(Serialize, Clone)]
pub struct Past {
    /// Number of the network among those trained, 1 = first.
    pub network: u64,
    pub step: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// How evenly the scores are spread, 0 to 1: a hint without a label.
    pub entropy: Option<f64>,
}

impl Document<'_> {
    /// The judgement for people: with a label how good each score is, without one how far they agree.
    pub fn judgement(&self) -> String {
        let Some(judged) = &self.judged else {
            return self
                .agreement
                .as_ref()
                .map_or_else(String::new, |agreement| {
                    let one = |(name, agrees): (&str, &Agrees)| {
                        let rho = agrees
                            .spearman
                            .map_or_else(|| "none".into(), |rho| format!("{rho:.2}"));
                        let top = format::percent(agrees.top_overlap as f32);
                        format!("{name} {rho}, {top} of the top 1 %")
                    };
                    let each: Vec<String> = agreement.each().map(one).collect();
                    let on = self.agreement_rows.map_or_else(String::new, |rows| {
                        format!(", on {} of the rows", format::group(rows))
                    });
                    format!("rank agreement with the network{on}: {}\n", each.join("; "))
                });
        };
        let line = |(name, judged): (&str, &Judged)| {
            let precision = judged.precision_at_flagged;
            let precision = precision.map_or_else(|| "none".into(), |share| format!("{share:.3}"));
            let (auc, average) = (judged.roc_auc, judged.average_precision);
            format!("{name:<8} {auc:>8.3} {average:>18.3} {precision:>21}\n")
        };
        let mut text = "score     ROC-AUC  average precision  precision at flagged\n".to_owned();
        text.push_str(&line((self.score, judged)));
        text.extend(self.baseline.iter().flat_map(PerReference::each).map(line));
        text
    }
}

impl Network {
    /// The network for people.
    pub fn line(&self) -> String {
        let (parameters, steps) = (format::group(self.parameters), format::group(self.steps));
        format!("{}, {parameters} parameters, {steps} steps", self.shape)
    }

    /// That it was trained for less long than others.
    pub fn shortened(&self) -> Option<String> {
        let wanted = self.shortened_from?;
        let (preset, steps, all) = (
            &self.preset,
            format::group(self.steps),
            format::group(wanted),
        );
        Some(format!(
            "{preset}: {steps} steps instead of {all}, as the table is wide; --steps {wanted} takes them all"
        ))
    }
}

impl Judged {
    /// None where the label has only one class.
    pub fn of(ranking: &Ranking) -> Option<Self> {
        Some(Self::new(ranking.quality?, ranking.precision()))
    }

    fn new(quality: Quality, precision_at_flagged: Option<f64>) -> Self {
        Self {
            roc_auc: quality.roc_auc,
            average_precision: quality.average_precision,
            precision_at_flagged,
        }
    }
}

impl<T> PerReference<T> {
    fn each(&self) -> impl Iterator<Item = (&'static str, &T)> {
        let all = [
            (Reference::Lesinn, &self.lesinn),
            (Reference::Pca, &self.pca),
            (Reference::ZNorm, &self.z_norm),
        ];
        all.into_iter()
            .map(|(reference, about)| (reference.name(), about))
    }

    /// All three side by side: each takes orders of all rows.
    fn try_new(of: impl Fn(&[f32]) -> Option<T> + Sync, references: &References) -> Option<Self>
    where
        T: Send,
    {
        let about = |reference| of(references.scores(reference));
        let (z_norm, (lesinn, pca)) = rayon::join(
            || about(Reference::ZNorm),
            || rayon::join(|| about(Reference::Lesinn), || about(Reference::Pca)),
        );
        Some(Self {
            z_norm: z_norm?,
            lesinn: lesinn?,
            pca: pca?,
        })
    }
}

impl PerReference<Judged> {
    /// Against the label, the precision among the first `flagged` rows. None where the label has only one class.
    pub fn judge(references: &References, outlier: &[bool], flagged: usize) -> Option<Self> {
        let judge = |scores: &[f32]| {
            let quality = Quality::judge(scores, outlier)?;
            let precision = precision_at(&order(scores), outlier, flagged);
            Some(Judged::new(quality, precision))
        };
        Self::try_new(judge, references)
    }
}

impl PerReference<Agrees> {
    /// Beside the network's scores of the same rows.
    pub fn agree(references: &References, network: &[f32]) -> Option<Self> {
        let network = match &references.sample {
            Some(rows) => {
                let scores = rows.iter().map(|row| network[*row as usize]);
                Ranks::of(&scores.collect::<Vec<f32>>())
            }
            None => Ranks::of(network),
        };
        let agree = |scores: &[f32]| {
            let Agreement {
                spearman,
                top_overlap,
            } = Agreement::of(&Ranks::of(scores), &network);
            Some(Agrees {
                spearman,
                top_overlap,
            })
        };
        Self::try_new(agree, references)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_cut_short_says_so_to_people_and_to_scripts() {
        let whole = Network {
            preset: "auto".into(),
            shape: "2-1-2".into(),
            parameters: 7,
            steps: 3_200,
            shortened_from: None,
        };
        assert_eq!(whole.shortened(), None);
        let json = serde_json::to_value(&whole).unwrap();
        assert!(json.get("shortened_from").is_none(), "{json}");
        let cut = Network {
            steps: 800,
            shortened_from: Some(3_200),
            ..whole
        };
        assert_eq!(
            cut.shortened().as_deref(),
            Some(
                "auto: 800 steps instead of 3,200, as the table is wide; --steps 3200 takes them all"
            )
        );
        assert_eq!(serde_json::to_value(&cut).unwrap()["shortened_from"], 3_200);
    }
}
