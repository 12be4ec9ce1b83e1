//! The ranking of all rows of a file that is larger than memory: its first rows are here, behind the sample that was learned
//! from, and of the others the counts of their scores.

mod behind;

use std::sync::Arc;

use crate::data::encoder::Encoded;
use crate::data::text::sanitize;
use crate::message::{Spread, Whole as Told};
use crate::score::distribution::{About, Distribution};
use crate::score::flag::{Boundary, Flag, FlagRule, Flagging};
use crate::score::jury::Jury;
use crate::score::metrics::Hits;
use crate::score::order::order;
use crate::score::ranking::{Basis, By, Movement, Quality, Ranked, Ranking};
use crate::train::explain::grounds::Grounds;

pub use behind::FromFile;

/// What a pass through the file began with.
pub struct Found {
    /// The networks, as they score.
    pub jury: Jury,
    /// The networks, and the sample.
    pub grounds: Grounds,
    /// What the scores stand on.
    pub basis: Basis,
    /// The score of each row of the sample.
    pub scores: Vec<f32>,
    /// The truth about each, where it is known.
    pub outlier: Option<Arc<[bool]>>,
    /// By what rule rows are flagged.
    pub rule: FlagRule,
    /// The rows of the sample that no network has learned from.
    pub kept: Arc<[u32]>,
}

impl Found {
    /// The score above which the rule flags in the sample.
    pub fn threshold(&self) -> f64 {
        let (rule, kept) = (self.rule, &self.kept[..]);
        of_sample(&self.scores, Flagging { rule, kept }).threshold
    }
}

/// All rows of the file.
pub struct Whole {
    jury: Jury,
    /// The networks, and the sample with rows of the file behind it: the first of the ranking, then those that were read besides.
    pub(super) grounds: Grounds,
    basis: Basis,
    /// Rows of the sample.
    sampled: usize,
    /// Rows of the sample, and those behind it that are among the first.
    fixed: usize,
    /// Those of them that no network has learned from.
    kept: Arc<[u32]>,
    /// The score of each row that is here.
    pub(super) scores: Vec<f32>,
    pub(super) outlier: Option<Arc<[bool]>>,
    /// The first rows of the file, in order.
    top: Vec<u32>,
    /// Rows that are none of these and were read besides, in the order in which that was done.
    besides: Vec<u32>,
    distribution: Distribution,
    /// Above which score rows were counted exactly, how many, and outliers among them.
    counted: (f64, usize, usize),
    pub(super) ranking: Ranking,
}

/// The score above which the rule flags, and whether that was asked of the sample.
struct Line {
    threshold: f64,
    boundary: Boundary,
}

impl Whole {
    /// Puts together what a pass began with and what it found: the first rows, in order, and the counts.
    pub fn new(
        found: Found,
        first: &FromFile,
        distribution: Distribution,
        counted: (f64, usize, usize),
    ) -> Self {
        let sampled = found.scores.len();
        let mut whole = Self {
            ranking: Ranking::none(found.basis.clone(), found.rule),
            jury: found.jury,
            grounds: Grounds {
                references: None,
                by: By::Network,
                ..found.grounds
            },
            basis: found.basis,
            sampled,
            fixed: sampled,
            kept: found.kept,
            scores: found.scores,
            outlier: found.outlier,
            top: Vec::new(),
            besides: Vec::new(),
            distribution,
            counted,
        };
        whole.go_on(first, &[]);
        whole
    }

    /// What scored the rows, for another pass.
    pub fn jury(&self) -> Jury {
        self.jury.fork()
    }

    /// The sample and the rows of the file behind it.
    pub fn data(&self) -> &Arc<Encoded> {
        &self.grounds.data
    }

    /// Rows of the file.
    pub fn rows(&self) -> usize {
        self.distribution.total().0 as usize
    }

    /// Rows of the sample.
    pub fn sampled(&self) -> usize {
        self.sampled
    }

    /// The first rows of the file, in order.
    pub fn top(&self) -> &[u32] {
        &self.top
    }

    /// Rows that are none of these and were read besides.
    pub fn besides(&self) -> &[u32] {
        &self.besides
    }

    /// The truth about all that are here, where it is known.
    pub fn outlier(&self) -> Option<&Arc<[bool]>> {
        self.outlier.as_ref()
    }

    /// The ranking.
    pub fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    /// The counts of all scores.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// How well the scores of all rows agree with the label, and how exactly that is known.
    pub fn judged(&self) -> Option<[About; 2]> {
        let counted = &self.distribution;
        Some([counted.roc_auc()?, counted.average_precision()?])
    }

    /// What the screen needs to know: what the rows behind the sample are called, and what they are.
    pub fn told(&self) -> Told {
        let provenance = &self.grounds.data.provenance;
        let behind = self.sampled..self.scores.len();
        let ids = provenance.ids.as_ref();
        Told {
            rows: self.rows(),
            sampled: self.sampled,
            kept: self.top.len(),
            fixed: self.fixed,
            besides: self.besides.len(),
            step: self.basis.step(),
            numbers: behind.clone().map(|row| provenance.number(row)).collect(),
            ids: ids.map(|ids| {
                let behind = &ids.values[behind.clone()];
                behind.iter().map(|id| sanitize(id)).collect()
            }),
            outlier: self
                .outlier
                .as_ref()
                .map(|outlier| outlier[behind].to_vec()),
        }
    }

    /// Ranks with another rule for flagging.
    pub fn flag_by(&mut self, rule: FlagRule) {
        let flag = self.flag(rule);
        let ranked = |row: &u32| Ranked {
            row: *row,
            score: self.scores[*row as usize],
            beside: None,
            stranger: None,
            movement: Movement::First,
        };
        let (rows, outliers) = self.distribution.total();
        let both = outliers > 0 && outliers < rows;
        let hits = both.then(|| Hits {
            hits: self.above(flag.threshold).1,
            flagged: flag.count,
            outliers: outliers as usize,
            rows: rows as usize,
        });
        self.ranking = Ranking {
            rows: self.top.iter().map(ranked).collect(),
            total: rows as usize,
            flag,
            quality: self.judged().map(|[auc, average]| Quality {
                roc_auc: auc.value,
                average_precision: average.value,
            }),
            hits,
            ..Ranking::none(self.basis.clone(), rule)
        };
    }

    /// Rows that score more than `threshold`, and outliers among them. Among the first rows, and where the pass counted, that is
    /// exact, and elsewhere up to rows whose scores differ from it by less than 0.05 %.
    pub fn above(&self, threshold: f64) -> (usize, usize) {
        if threshold.total_cmp(&self.counted.0).is_eq() {
            return (self.counted.1, self.counted.2);
        }
        let more = |row: &u32| f64::from(self.scores[*row as usize]) > threshold;
        let first = self.top.partition_point(more);
        if first < self.top.len() || first == self.rows() {
            let outlier = self.outlier.as_ref();
            let is = |row: &&u32| outlier.is_some_and(|outlier| outlier[**row as usize]);
            return (first, self.top[..first].iter().filter(is).count());
        }
        let (rows, outliers) = self.distribution.above(threshold);
        ((rows as usize).max(first), outliers as usize)
    }

    fn flag(&self, rule: FlagRule) -> Flag {
        let Line {
            threshold,
            boundary,
        } = self.line(rule);
        let flagged = if rule.is_clean() {
            0
        } else {
            self.above(threshold).0
        };
        Flag {
            rule,
            threshold,
            count: flagged,
            rows: self.rows(),
            boundary,
        }
    }

    /// Rules that look at how all scores are spread look at the sample's; those that name a score or the first rows, of which
    /// there are enough here, need no sample.
    fn line(&self, rule: FlagRule) -> Line {
        let sample = |rule: FlagRule| {
            let flag = of_sample(&self.scores[..self.sampled], rule.into());
            Line {
                threshold: flag.threshold,
                boundary: Boundary::Sampled {
                    rows: self.sampled,
                    clear: flag.is_clear(),
                },
            }
        };
        let first = |count: usize| {
            let scores: Vec<f32> = self
                .top
                .iter()
                .map(|row| self.scores[*row as usize])
                .collect();
            Line {
                threshold: Flag::new(&scores, FlagRule::Top(count)).threshold,
                boundary: Boundary::Unasked,
            }
        };
        let rows = self.rows();
        match rule {
            // The first row of the file is the highest; of the rows kept back all are in the sample.
            FlagRule::Clean(None) => {
                let first = self
                    .top
                    .first()
                    .map(|row| f64::from(self.scores[*row as usize]));
                Line {
                    threshold: first.unwrap_or(f64::INFINITY),
                    boundary: Boundary::Ordinary {
                        rows,
                        kept: false,
                        too_few: false,
                    },
                }
            }
            FlagRule::Clean(Some(_)) => {
                let kept = &self.kept[..];
                let flag = of_sample(&self.scores[..self.sampled], Flagging { rule, kept });
                Line {
                    threshold: flag.threshold,
                    boundary: flag.boundary,
                }
            }
            FlagRule::Score(threshold) | FlagRule::Model(threshold) => Line {
                threshold,
                boundary: Boundary::Unasked,
            },
            FlagRule::Top(count) if count < self.top.len() => first(count),
            FlagRule::Top(count) => sample(FlagRule::Percent(
                100.0 * count.min(rows) as f64 / rows.max(1) as f64,
            )),
            FlagRule::Percent(share) => {
                let count = (rows as f64 * share / 100.0).ceil() as usize;
                if count < self.top.len() {
                    first(count)
                } else {
                    sample(rule)
                }
            }
            rule => sample(rule),
        }
    }

    /// How the scores of all rows are spread: the first rows one by one, then the counts.
    pub(super) fn spread(&self) -> Spread {
        let first = self.top.iter().map(|row| {
            let outlier = self.outlier.as_ref();
            let is = outlier.is_some_and(|outlier| outlier[*row as usize]);
            (self.scores[*row as usize], 1, u64::from(is))
        });
        // The counts know the first rows too, which are taken off them from the top.
        let mut known = (self.top.len() as u64, 0);
        known.1 = first.clone().map(|(.., outlier)| outlier).sum();
        let rest = self.distribution.steps().filter_map(|step| {
            let taken = (known.0.min(step.rows), known.1.min(step.outliers));
            known = (known.0 - taken.0, known.1 - taken.1);
            let left = (step.rows - taken.0, step.outliers - taken.1);
            (left.0 > 0).then_some((step.score, left.0, left.1))
        });
        let (mut rows, mut outliers) = (0, 0);
        let mut spread = Spread {
            each: FlagRule::EACH.map(|rule| self.flag(rule)).to_vec(),
            ..Spread::default()
        };
        let least = self
            .top
            .last()
            .map_or(f32::INFINITY, |row| self.scores[*row as usize]);
        let rest: Vec<_> = rest
            .map(|(score, rows, outliers)| (score.min(least), rows, outliers))
            .collect();
        for (score, count, found) in first.chain(rest) {
            rows += count;
            outliers += found;
            spread.descending.push(score);
            spread.rows.push(rows);
            if self.outlier.is_some() {
                spread.outliers.push(outliers as u32);
            }
        }
        spread
    }
}

/// What a rule flags of a sample.
fn of_sample(scores: &[f32], flagging: Flagging<'_>) -> Flag {
    let order = order(scores);
    let descending: Vec<f32> = order.iter().map(|row| scores[*row as usize]).collect();
    flagging.flag(scores, &descending)
}
