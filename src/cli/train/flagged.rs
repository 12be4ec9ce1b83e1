//! What `misfit train` says of the flagged rows, to people and to scripts.

use std::fmt::Write as _;

use serde::Serialize;

use crate::score::flag::{Boundary, Flag};
use crate::score::metrics::Hits;
use crate::score::ranking::Ranking;

/// The flagged rows.
#[derive(Serialize)]
pub struct Flagged {
    /// As `--flag` takes it.
    pub rule: String,
    /// The score that a flagged row exceeds; null where none is flagged because none can be.
    pub threshold: f64,
    pub count: usize,
    /// Of all rows.
    pub share: f64,
    /// Whether they stand apart.
    pub clear: bool,
    /// The ranks over which the scores fall, where they do.
    pub boundary: Option<Stretch>,
    /// Of clean rows: those whose scores are the threshold's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<Ordinary>,
    /// All of it in words.
    pub sentence: String,
    /// Against the label.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub against_label: Option<AgainstLabel>,
}

/// Ranks over which the scores fall faster than below.
#[derive(Serialize)]
pub struct Stretch {
    pub first_rank: usize,
    pub last_rank: usize,
    /// The score at the first rank divided by that at the last.
    pub fall: f64,
    /// What that would be if the scores fell as they do below.
    pub usual_fall: f64,
}

/// The rows that say above which score another is flagged.
#[derive(Serialize)]
pub struct Ordinary {
    pub rows: usize,
    /// Whether they were kept back from training.
    pub kept_back: bool,
    /// Whether they are too few for the share that was asked for.
    pub too_few: bool,
}

/// What the label says of the flagged rows.
#[derive(Serialize)]
pub struct AgainstLabel {
    pub precision: Option<f64>,
    /// The precision that chance would have.
    pub share_of_outliers: f64,
    pub recall: f64,
    pub f1: f64,
}

impl Flagged {
    pub fn new(ranking: &Ranking) -> Self {
        let flag: &Flag = &ranking.flag;
        Self {
            rule: flag.rule.to_string(),
            threshold: flag.threshold,
            count: flag.count,
            share: flag.share(),
            clear: flag.is_clear(),
            boundary: match flag.boundary {
                Boundary::Clear(gap) => Some(Stretch {
                    first_rank: gap.first,
                    last_rank: gap.last,
                    fall: gap.fall,
                    usual_fall: gap.usual,
                }),
                Boundary::None
                | Boundary::Sampled { .. }
                | Boundary::Unasked
                | Boundary::Ordinary { .. } => None,
            },
            ordinary: match flag.boundary {
                Boundary::Ordinary {
                    rows,
                    kept,
                    too_few,
                } => Some(Ordinary {
                    rows,
                    kept_back: kept,
                    too_few,
                }),
                _ => None,
            },
            sentence: flag.to_string(),
            against_label: ranking.hits.as_ref().map(AgainstLabel::new),
        }
    }

    /// For people: the sentence, the threshold, and what the label says.
    pub fn text(&self) -> String {
        let mut text = self.sentence.clone();
        if self.count > 0 {
            let _ = write!(text, "; score above {:.2}", self.threshold);
        }
        text.push('\n');
        if let Some(AgainstLabel {
            precision,
            share_of_outliers,
            recall,
            f1,
        }) = &self.against_label
        {
            let precision = precision.map_or_else(|| "none".into(), |share| format!("{share:.3}"));
            let _ = writeln!(
                text,
                "flagged   precision {precision} (all rows {share_of_outliers:.3})  recall {recall:.3}  F1 {f1:.3}"
            );
        }
        text
    }
}

impl AgainstLabel {
    fn new(hits: &Hits) -> Self {
        Self {
            precision: hits.precision(),
            share_of_outliers: hits.base(),
            recall: hits.recall(),
            f1: hits.f1(),
        }
    }
}
