//! Which rows are flagged: by what rule, above which score, how many, and whether they stand apart from the rest.
//!
//! All rules are functions of the scores alone, sorted once for all of them. A row is flagged that scores *more* than the
//! threshold, so rows of one score are flagged together or not at all: `top:20` flags fewer than 20 where a tie lies across
//! the cut, and none where all score alike. A score that is not a number is never flagged.

mod auto;
mod clean;
mod flagging;
mod gap;
mod iqr;
pub mod mad;
mod mixture;
mod rule;
mod sorted;

use std::fmt;

use crate::format::{group, score};

pub use auto::MOST;
pub use flagging::Flagging;
pub use gap::Gap;
pub use rule::{ALLOWED, FlagRule};

use sorted::Sorted;

/// Whether the flagged rows stand apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Boundary {
    /// Over these ranks the scores fall faster than anywhere below, more so than chance would have it, and the cut lies there.
    Clear(Gap),
    /// The scores fall off smoothly where the cut is.
    None,
    /// The threshold is that of a sample of so many rows, whose scores have a clear boundary or none.
    Sampled {
        /// Rows of the sample.
        rows: usize,
        /// Whether its boundary is clear.
        clear: bool,
    },
    /// The rule names a score or a number of rows, and nobody has looked whether there is a boundary.
    Unasked,
    /// The threshold is that of so many rows, all of them ordinary.
    Ordinary {
        /// How many.
        rows: usize,
        /// Whether they were kept back from training.
        kept: bool,
        /// Whether they are too few for the share that was asked for, so that the threshold is the highest of their scores.
        too_few: bool,
    },
}

/// The rows that are flagged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flag {
    /// By what rule.
    pub rule: FlagRule,
    /// The score that a flagged row exceeds.
    pub threshold: f64,
    /// How many rows do; they are the first of the ranking.
    pub count: usize,
    /// Of so many.
    pub rows: usize,
    /// Whether they stand apart.
    pub boundary: Boundary,
}

impl Flag {
    /// Flags by `rule`, of scores from the highest down with those that are not numbers last, as
    /// [`order`](crate::score::order::order) has them.
    pub fn new(descending: &[f32], rule: FlagRule) -> Self {
        Self::of(Sorted::new(descending), rule, None)
    }

    /// What each kind of rule would flag, of scores from the highest down.
    pub fn each(descending: &[f32]) -> [Self; FlagRule::EACH.len()] {
        let sorted = Sorted::new(descending);
        FlagRule::EACH.map(|rule| Self::of(sorted, rule, None))
    }

    /// No row of so many.
    pub fn nothing(rule: FlagRule, rows: usize) -> Self {
        Self {
            rule,
            threshold: f64::INFINITY,
            count: 0,
            rows,
            boundary: Boundary::None,
        }
    }

    /// Where rows were kept back from training, `kept` are their scores from the highest down.
    fn of(sorted: Sorted<'_>, rule: FlagRule, kept: Option<&[f32]>) -> Self {
        let rows = sorted.rows();
        let most = (rows as f64 * MOST) as usize;
        let above = |threshold| (threshold, sorted.above(threshold));
        let (threshold, count) = match rule {
            FlagRule::Auto => {
                let (threshold, count, boundary) = auto::flag(sorted);
                return Self {
                    rule,
                    threshold,
                    count,
                    rows,
                    boundary,
                };
            }
            FlagRule::Clean(share) => {
                let (threshold, boundary) = clean::flag(sorted, share, kept);
                return Self {
                    rule,
                    threshold,
                    count: 0,
                    rows,
                    boundary,
                };
            }
            FlagRule::Gap => sorted.cut(gap::find(sorted, most).map_or(0, |found| found.count)),
            FlagRule::Mixture => above(mixture::threshold(sorted)),
            FlagRule::Iqr(ranges) => above(iqr::threshold(sorted.finite(), ranges)),
            FlagRule::Mad(deviations) => above(mad::threshold(sorted.finite(), deviations)),
            FlagRule::Top(count) => sorted.cut(count),
            FlagRule::Percent(share) => sorted.cut((rows as f64 * share / 100.0).ceil() as usize),
            FlagRule::Score(score) | FlagRule::Model(score) => above(score),
        };
        let clear = gap::find(sorted, most).filter(gap::Found::is_clear);
        // The rows of the stretch itself belong to either side.
        let inside = |gap: &Gap| (gap.first..gap.last).contains(&count);
        let boundary = clear.map(|found| found.gap).filter(inside);
        Self {
            rule,
            threshold,
            count,
            rows,
            boundary: boundary.map_or(Boundary::None, Boundary::Clear),
        }
    }

    /// Share of the rows that are flagged; none of none.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.rows.max(1) as f64
    }

    /// Whether the flagged rows stand apart.
    pub fn is_clear(&self) -> bool {
        matches!(
            self.boundary,
            Boundary::Clear(_) | Boundary::Sampled { clear: true, .. }
        )
    }

    /// The rule and what is known of the boundary, where there is room for a few words.
    pub fn words(&self) -> String {
        match self.rule {
            FlagRule::Auto if self.is_clear() => "clear boundary".into(),
            FlagRule::Auto => "no clear boundary".into(),
            FlagRule::Clean(_) => format!("clean: {}", self.ordinary()),
            rule => rule.words(),
        }
    }
}

impl Flag {
    /// Of rows that are all ordinary: what the threshold is, in a few words.
    fn ordinary(&self) -> String {
        let Boundary::Ordinary {
            rows,
            kept,
            too_few,
        } = self.boundary
        else {
            return "nothing flagged".into();
        };
        let share = match self.rule {
            FlagRule::Clean(Some(share)) if share < 100.0 && !too_few => Some(share),
            _ => None,
        };
        match (share, kept) {
            (None, false) => "highest training score".into(),
            (None, true) => format!("highest of {} kept back", group(rows)),
            (Some(share), false) => format!("{share} % of the training scores"),
            (Some(share), true) => format!("{share} % of {} kept back", group(rows)),
        }
    }

    /// The same as a sentence without its full stop.
    fn ordinary_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "clean: nothing flagged of {} rows", group(self.rows))?;
        let Boundary::Ordinary {
            rows,
            kept,
            too_few,
        } = self.boundary
        else {
            return Ok(());
        };
        let threshold = score(self.threshold as f32);
        write!(f, "; threshold {threshold}")?;
        let rows = group(rows);
        match (self.rule, kept) {
            (FlagRule::Clean(Some(share)), true) if too_few => write!(
                f,
                ", the highest score of {rows} rows kept back from training, too few for {share} %"
            ),
            (FlagRule::Clean(Some(share)), true) => write!(
                f,
                ", which {share} % of {rows} rows kept back from training do not exceed"
            ),
            (FlagRule::Clean(Some(share)), false) => write!(
                f,
                ", which {share} % of the training rows do not exceed; new ones will more often, as none was kept back"
            ),
            _ => f.write_str(", the highest training score"),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (group(self.first), group(self.last));
        let times = |fall: f64| match fall {
            fall if fall < 1.995 => format!("{fall:.2}"),
            fall if fall < 9.95 => format!("{fall:.1}"),
            fall if fall < 1e7 => group(fall.round() as i64),
            fall => format!("{fall:.1e}"),
        };
        let (fall, usual) = (times(self.fall), times(self.usual));
        write!(
            f,
            "from rank {first} to {last} the score falls {fall}-fold; at the pace below it would fall {usual}-fold"
        )
    }
}

/// What was found, as a sentence without its full stop.
impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, rows) = (group(self.count), group(self.rows));
        match (self.rule, self.boundary) {
            (FlagRule::Auto, Boundary::None) if self.count == 0 => {
                write!(
                    f,
                    "no clear boundary: none of {rows} rows is more suspicious than the others"
                )
            }
            (FlagRule::Auto, Boundary::None) if self.count == 1 => {
                write!(
                    f,
                    "no clear boundary: here is the most suspicious of {rows} rows"
                )
            }
            (FlagRule::Auto, Boundary::None) => {
                write!(
                    f,
                    "no clear boundary: here are the {count} most suspicious of {rows} rows"
                )
            }
            (FlagRule::Auto, Boundary::Clear(gap)) => {
                let (they, stand) = match self.count {
                    1 => ("it", "stands"),
                    _ => ("they", "stand"),
                };
                write!(
                    f,
                    "{count} of {rows} rows flagged: {they} {stand} clearly apart ({gap})"
                )
            }
            (FlagRule::Clean(_), _) => self.ordinary_sentence(f),
            (FlagRule::Model(threshold), _) => write!(
                f,
                "{count} of {rows} rows flagged: they score above {}, the model's threshold",
                score(threshold as f32)
            ),
            (rule, Boundary::Sampled { rows: of, clear }) => {
                let found = match (rule, clear) {
                    (FlagRule::Auto, true) => "the clear boundary of",
                    (FlagRule::Auto, false) => {
                        "the line that is drawn, without a clear boundary, in"
                    }
                    _ => "the line that the rule draws in",
                };
                write!(
                    f,
                    "{count} of {rows} rows flagged by {rule}: they score above {found} a sample of {} rows",
                    group(of)
                )
            }
            (rule, boundary) => {
                write!(f, "{count} of {rows} rows flagged by {rule}")?;
                match boundary {
                    Boundary::Clear(gap) => write!(f, ": a clear boundary ({gap})"),
                    Boundary::None => f.write_str(": no clear boundary there"),
                    Boundary::Sampled { .. } | Boundary::Unasked | Boundary::Ordinary { .. } => {
                        Ok(())
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
