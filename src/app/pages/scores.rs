//! The scores: how they are spread, where flagging begins, and what each rule would flag. The line that the user moves is a
//! rule of its own, and what it flags is known here at once; the ranking follows.

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, moved};
use crate::app::session::Session;
use crate::message::{Report, Spread};
use crate::score::flag::{Flag, FlagRule};

/// Parts of the histogram: as many as the widest screen has columns for it.
pub const BINS: usize = 240;
/// The line moves by this part of the way from the least score to the highest, on the logarithmic axis.
const STEPS: f64 = 150.0;

/// The page's state.
#[derive(Debug, Default)]
pub struct Scores {
    /// What was told last.
    pub told: Option<Spread>,
    /// The rows, and the outliers among them, in equal parts of the logarithmic axis of the scores.
    pub bins: Vec<(u32, u32)>,
    /// The rule that was chosen here, until the ranking goes by it.
    chosen: Option<FlagRule>,
}

/// What is flagged, as it is known so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flagged {
    /// By what rule.
    pub rule: FlagRule,
    /// The score that a flagged row exceeds.
    pub threshold: f64,
    /// How many rows do.
    pub count: usize,
}

impl Scores {
    /// The least score above zero, and the highest.
    pub fn range(&self) -> Option<(f64, f64)> {
        let scores = &self.told.as_ref()?.descending;
        let finite = |score: &&f32| score.is_finite();
        let high = scores.iter().find(finite)?;
        let low = scores
            .iter()
            .rev()
            .filter(finite)
            .find(|score| **score > 0.0)?;
        (high > low).then(|| (f64::from(*low), f64::from(*high)))
    }

    /// What is flagged now.
    pub fn flagged(&self, session: &Session) -> Option<Flagged> {
        let of = |flag: &Flag| Flagged {
            rule: flag.rule,
            threshold: flag.threshold,
            count: flag.count,
        };
        match self.chosen {
            None => session.ranking.as_ref().map(|ranking| of(&ranking.flag)),
            Some(FlagRule::Score(threshold)) => Some(Flagged {
                rule: FlagRule::Score(threshold),
                threshold,
                count: self.above(threshold),
            }),
            Some(rule) => self
                .told
                .as_ref()?
                .each
                .iter()
                .find(|flag| flag.rule == rule)
                .map(of),
        }
    }

    /// All rows.
    pub fn rows(&self) -> usize {
        self.told.as_ref().map_or(0, Spread::total)
    }

    /// Rows that score more.
    pub fn above(&self, threshold: f64) -> usize {
        self.told.as_ref().map_or(0, |told| told.above(threshold))
    }

    /// Outliers among the first `count` rows, and in all; none without a label.
    pub fn hits(&self, count: usize) -> Option<(u32, u32)> {
        let told = self.told.as_ref()?;
        let outliers = &told.outliers;
        let all = *outliers.last()?;
        let hits = told
            .scores_of(count)
            .checked_sub(1)
            .map_or(0, |last| outliers[last.min(outliers.len() - 1)]);
        Some((hits, all))
    }

    /// The rules that can be chosen, the one in force among them.
    pub fn rules(&self, session: &Session) -> Vec<Flagged> {
        let each = self.told.iter().flat_map(|told| &told.each);
        let mut rules: Vec<Flagged> = each
            .map(|flag| Flagged {
                rule: flag.rule,
                threshold: flag.threshold,
                count: flag.count,
            })
            .collect();
        let now = self.flagged(session);
        rules.extend(now.filter(|now| rules.iter().all(|flag| flag.rule != now.rule)));
        rules
    }

    fn choose(&mut self, rule: FlagRule, context: &mut Context<'_>) {
        self.chosen = Some(rule);
        context.session.flag_by(rule, context.effects);
    }

    /// Moves the line by so many steps along the axis.
    fn move_line(&mut self, steps: f64, context: &mut Context<'_>) {
        let (Some((low, high)), Some(now)) = (self.range(), self.flagged(context.session)) else {
            return;
        };
        let now = now.threshold.clamp(low, high);
        let threshold = (now.ln() + steps * (high / low).ln() / STEPS).exp();
        self.line_to(threshold.clamp(low, high), context);
    }

    fn line_to(&mut self, threshold: f64, context: &mut Context<'_>) {
        // Three figures are as exact as an eye, and can be typed again.
        let figures = 10_f64.powi(2 - threshold.log10().floor() as i32);
        self.choose(
            FlagRule::Score((threshold * figures).round() / figures),
            context,
        );
    }

    fn choose_rule(&mut self, by: isize, context: &mut Context<'_>) {
        let rules = self.rules(context.session);
        let now = self.flagged(context.session);
        let at = rules
            .iter()
            .position(|flag| Some(flag.rule) == now.map(|now| now.rule));
        if let Some(next) = rules.get(moved(at.unwrap_or(0), by, rules.len())) {
            self.choose(next.rule, context);
        }
    }

    fn take(&mut self, spread: Spread) {
        self.told = Some(spread);
        self.bins = vec![(0, 0); BINS];
        let (Some((low, high)), Some(told)) = (self.range(), &self.told) else {
            return;
        };
        let scale = BINS as f64 / (high / low).ln();
        let mut before = 0;
        for (rank, score) in told
            .descending
            .iter()
            .enumerate()
            .filter(|(_, score)| score.is_finite())
        {
            let place = (f64::from(*score).max(low) / low).ln() * scale;
            let bin = &mut self.bins[(place as usize).min(BINS - 1)];
            bin.0 += (told.rows_of(rank + 1) - told.rows_of(rank)) as u32;
            let outliers = told.outliers.get(rank).copied().unwrap_or(before);
            bin.1 += outliers - before;
            before = outliers;
        }
    }
}

impl Behaviour for Scores {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Scores => context.effects.close(),
            Action::CursorLeft => self.move_line(-1.0, context),
            Action::CursorRight => self.move_line(1.0, context),
            // What a click does: a part of the axis.
            Action::Select(part) => {
                if let Some((low, high)) = self.range() {
                    let place = (part as f64 + 0.5) / BINS as f64;
                    self.line_to(low * (high / low).powf(place), context);
                }
            }
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                self.choose_rule(by, context);
            }
        }
        true
    }

    fn hint(&self, action: Action, _: &Session) -> Hint {
        match action {
            Action::Scores => Hint::Hidden,
            _ => Hint::AsListed,
        }
    }

    fn apply(&mut self, report: &Report, _: &Session) {
        match report {
            Report::Spread(spread) => self.take(spread.clone()),
            Report::Ranked(ranking) if self.chosen == Some(ranking.flag.rule) => self.chosen = None,
            _ => {}
        }
    }

    fn spreads(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores() -> Scores {
        let mut page = Scores::default();
        page.take(Spread {
            descending: vec![100.0, 50.0, 2.0, 1.0, 1.0, 0.0, f32::NAN],
            outliers: vec![1, 1, 2, 2, 2, 2, 2],
            ..Spread::default()
        });
        page
    }

    #[test]
    fn bins_hold_every_finite_score_and_its_label() {
        let page = scores();
        assert_eq!(page.range(), Some((1.0, 100.0)));
        let sum = page
            .bins
            .iter()
            .fold((0, 0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1));
        assert_eq!(sum, (6, 2));
        // What scores nothing stands with the least.
        assert_eq!(page.bins[0], (3, 0));
        assert_eq!(page.bins[BINS - 1], (1, 1));
    }

    #[test]
    fn rows_and_hits_above_a_line_are_counted() {
        let page = scores();
        assert_eq!(page.above(1.0), 3);
        assert_eq!(page.above(0.5), 5);
        assert_eq!(page.above(100.0), 0);
        assert_eq!(page.hits(0), Some((0, 2)));
        assert_eq!(page.hits(3), Some((2, 2)));
    }
}
