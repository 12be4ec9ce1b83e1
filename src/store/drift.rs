//! How the scores of a file compare with those of the training: whether the model still fits.

use std::fmt::Write as _;

use crate::format::{self, group, metric, percent};
use crate::score::distribution::About;
use crate::store::model::{Model, Quantiles};

/// Fewer rows say nothing about their like.
const FEWEST: u64 = 50;
/// A model no longer fits where the median row scores so many times what it did, or so many times less …
const MEDIAN: f64 = 1.5;
/// … where the rows that score most do …
const HIGH: f64 = 2.0;
/// … or where so many times the share of the rows is flagged, and more than chance would have it.
const SHARE: f64 = 3.0;
/// A model of ordinary rows that were all learned from flags more of others than of those, and no longer fits where it flags so large
/// a share.
const NEW: f64 = 0.05;
/// Standard deviations that chance is allowed.
const CHANCE: f64 = 4.0;

/// The scores of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Now {
    /// Its rows.
    pub rows: u64,
    /// Those that score more than the threshold.
    pub flagged: u64,
    /// What the scores are like; none of no rows.
    pub scores: Option<Quantiles>,
    /// Rows that score above every ordinary row, where the model knows some.
    pub above: u64,
    /// What the label says of the scores.
    pub quality: Option<[About; 2]>,
}

/// The scores of a file beside those of the training.
pub struct Drift {
    now: Side,
    then: Side,
    quality: Option<[About; 2]>,
    then_quality: Option<[f64; 2]>,
    clean: Option<Clean>,
}

/// What is known of a model of ordinary rows.
struct Clean {
    /// Rows that score more than all ordinary ones.
    above: u64,
    /// The ordinary rows, and what they are called.
    ordinary: (u64, &'static str),
    /// Whether they were kept back from training.
    kept: bool,
}

/// Scores of many rows.
struct Side {
    rows: u64,
    flagged: u64,
    scores: Option<Quantiles>,
}

impl Side {
    fn share(&self) -> f64 {
        self.flagged as f64 / self.rows.max(1) as f64
    }

    fn line(&self, name: &str) -> String {
        let scores = self.scores.map_or_else(
            || format!("{:>9} {:>9} {:>9} {:>9}", "–", "–", "–", "–"),
            |scores| {
                let shown = |score: f64| format::score(score as f32);
                format!(
                    "{:>9} {:>9} {:>9} {:>9}",
                    shown(scores.median),
                    shown(scores.p90),
                    shown(scores.p99),
                    shown(scores.highest)
                )
            },
        );
        let (rows, flagged) = (group(self.rows), group(self.flagged));
        let share = percent(self.share() as f32);
        format!("{name:<9} {rows:>13} {flagged:>11} {share:>7} {scores}\n")
    }
}

impl Drift {
    /// What the scores of a file are like, beside those of a model's training.
    pub fn new(model: &Model, now: Now) -> Self {
        let trained = &model.trained;
        Self {
            now: Side {
                rows: now.rows,
                flagged: now.flagged,
                scores: now.scores,
            },
            then: match model.ordinary.as_ref().filter(|ordinary| ordinary.kept) {
                // They have honest scores, as those of this file are.
                Some(ordinary) => Side {
                    rows: ordinary.rows,
                    flagged: ordinary.more(model.threshold),
                    scores: Quantiles::of(ordinary.steps(), ordinary.rows),
                },
                None => Side {
                    rows: trained.scored,
                    flagged: trained.flagged,
                    scores: Some(trained.scores),
                },
            },
            clean: model.ordinary.as_ref().map(|ordinary| Clean {
                above: now.above,
                ordinary: (ordinary.rows, ordinary.called()),
                kept: ordinary.kept,
            }),
            quality: now.quality,
            then_quality: trained.quality,
        }
    }

    /// Both beside each other.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{:<9} {:>13} {:>11} {:>7} {:>9} {:>9} {:>9} {:>9}\n",
            "scores of", "rows", "flagged", "", "median", "90 %", "99 %", "highest"
        );
        text.push_str(&self.now.line("this file"));
        let kept = self.clean.as_ref().is_some_and(|clean| clean.kept);
        text.push_str(&self.then.line(if kept { "kept back" } else { "training" }));
        if let Some(clean) = &self.clean {
            let (rows, called) = clean.ordinary;
            let above = format::count(clean.above as usize, "row");
            let verb = if clean.above == 1 { "scores" } else { "score" };
            let _ = writeln!(text, "{above} {verb} above all {} {called}", group(rows));
        }
        if let Some([auc, average]) = self.quality {
            let _ = write!(
                text,
                "by the label: ROC-AUC {}, average precision {}",
                metric(auc.value),
                metric(average.value)
            );
            if let Some([auc, average]) = self.then_quality {
                let (auc, average) = (metric(auc), metric(average));
                let _ = write!(text, " (training {auc} and {average})");
            }
            text.push('\n');
        }
        text
    }

    /// What speaks against the model, if anything does.
    pub fn warning(&self) -> Option<String> {
        let (now, then) = (self.now.scores?, self.then.scores?);
        if self.now.rows < FEWEST {
            return None;
        }
        let mut signs = Vec::new();
        let times = |now: f64, then: f64| now / then.max(f64::MIN_POSITIVE);
        let median = times(now.median, then.median);
        if median > MEDIAN {
            signs.push(format!(
                "its median row scores {median:.1} times what the training's did"
            ));
        } else if median < 1.0 / MEDIAN {
            signs.push(format!(
                "its median row scores only {} of what the training's did",
                percent(median as f32)
            ));
        }
        let high = times(now.p90, then.p90);
        if high > HIGH && signs.is_empty() {
            signs.push(format!(
                "a tenth of its rows scores {high:.1} times what a tenth of the training's did"
            ));
        }
        let (share, usual) = (self.now.share(), self.then.share());
        if let Some(Clean { kept: false, .. }) = self.clean {
            if share > NEW && self.now.flagged as f64 > CHANCE {
                signs.push(format!(
                    "{} of its rows score above every training row",
                    percent(share as f32)
                ));
            }
            return Self::said(&signs);
        }
        let expected = usual * self.now.rows as f64;
        let chance = CHANCE * expected.sqrt().max(1.0);
        if share > SHARE * usual && self.now.flagged as f64 > expected + chance {
            let beside = match &self.clean {
                Some(_) => format!("where {} of ordinary rows are", percent(usual as f32)),
                None => format!("where it was {} in training", percent(usual as f32)),
            };
            let share = percent(share as f32);
            signs.push(format!("{share} of its rows are flagged, {beside}"));
        }
        Self::said(&signs)
    }

    fn said(signs: &[String]) -> Option<String> {
        (!signs.is_empty()).then(|| {
            format!(
                "the model may no longer fit this file: {}; train it anew on rows as they are now",
                signs.join(", and ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drift(now: (u64, u64, [f64; 4]), then: (u64, u64, [f64; 4])) -> Drift {
        let side = |(rows, flagged, [median, p90, p99, highest]): (u64, u64, [f64; 4])| Side {
            rows,
            flagged,
            scores: Some(Quantiles {
                median,
                p90,
                p99,
                highest,
            }),
        };
        Drift {
            now: side(now),
            then: side(then),
            quality: None,
            then_quality: None,
            clean: None,
        }
    }

    #[test]
    fn rows_like_those_of_the_training_are_no_cause_for_a_warning() {
        let usual = [1.0, 2.0, 5.0, 30.0];
        let fits = |now| drift(now, (10_000, 100, usual)).warning().is_none();
        assert!(fits((10_000, 100, usual)));
        assert!(fits((1_000, 14, [1.1, 2.3, 7.0, 90.0])), "a lucky sample");
        assert!(fits((20, 20, [9.0; 4])), "too few to tell");
        assert!(!fits((1_000, 60, usual)), "six times as many flagged");
        assert!(
            !fits((1_000, 10, [1.8, 2.9, 7.0, 30.0])),
            "the median has moved"
        );
        assert!(!fits((1_000, 10, [0.4, 1.0, 5.0, 30.0])), "or fallen");
        assert!(
            !fits((1_000, 10, [1.2, 4.5, 9.0, 30.0])),
            "or many at the top"
        );
        // What is new among ordinary rows is looked for, and a few are found by chance; but not everywhere.
        let clean = |flagged, kept| Drift {
            clean: Some(Clean {
                above: flagged,
                ordinary: (200, "ordinary rows kept back from training"),
                kept,
            }),
            ..drift(
                (1_000, flagged, usual),
                (200, if kept { 2 } else { 0 }, usual),
            )
        };
        assert_eq!(clean(20, true).warning(), None);
        let said = clean(60, true).warning().unwrap();
        assert!(
            said.contains("6 % of its rows are flagged, where 1 % of ordinary rows are"),
            "{said}"
        );
        assert!(
            clean(1, true)
                .text()
                .contains("\n1 row scores above all 200 ordinary rows kept back")
        );
        assert!(clean(1, true).text().contains("\nkept back "));
        assert_eq!(clean(40, false).warning(), None);
        assert!(
            clean(60, false)
                .warning()
                .unwrap()
                .contains("6 % of its rows score above every training row")
        );
        // Where nothing was flagged in training, a few rows are no drift.
        let none = drift((1_000, 3, usual), (10_000, 0, usual));
        assert_eq!(none.warning(), None);
    }
}
