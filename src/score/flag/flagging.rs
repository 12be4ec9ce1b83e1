//! A rule, and the rows that it looks at besides all of them: those that were kept back from training.

use super::sorted::Sorted;
use super::{Flag, FlagRule};

/// What is flagged is a matter of the scores, and for one rule of which rows were kept back.
#[derive(Debug, Clone, Copy)]
pub struct Flagging<'a> {
    /// The rule.
    pub rule: FlagRule,
    /// The rows that no network has learned from.
    pub kept: &'a [u32],
}

impl From<FlagRule> for Flagging<'_> {
    fn from(rule: FlagRule) -> Self {
        Self { rule, kept: &[] }
    }
}

impl Flagging<'_> {
    /// Flags rows by their scores, which stand in `descending` from the highest down.
    pub fn flag(self, scores: &[f32], descending: &[f32]) -> Flag {
        let rule = self.rule;
        let kept = rule.is_clean().then(|| self.scores(scores));
        Flag::of(Sorted::new(descending), rule, kept.as_deref())
    }

    /// The scores of the rows kept back from the highest down, those that are not numbers last.
    pub fn scores(self, scores: &[f32]) -> Vec<f32> {
        let own = self.kept.iter().filter_map(|row| scores.get(*row as usize));
        let mut own: Vec<f32> = own.copied().collect();
        let last = |score: f32| {
            if score.is_nan() {
                f32::NEG_INFINITY
            } else {
                score
            }
        };
        own.sort_unstable_by(|a, b| last(*b).total_cmp(&last(*a)));
        own
    }
}
