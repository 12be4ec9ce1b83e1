//! Which examples are kept back from training, and which rows are in them alone. They are the same for every network of a run, so
//! that the mean of their scores is honest too.

use std::sync::Arc;

use super::Trainer;
use crate::data::encoder::Encoded;
use crate::score::flag::Flagging;
use crate::score::order::order;
use crate::score::ordinary::Ordinary;
use crate::train::batches;
use crate::train::recipe::Recipe;

/// The examples to learn from, and those kept back. Where the rows kept back say above which score others are flagged, windows are
/// not drawn at random, since each shares its rows with its neighbours: the last ones are kept back.
pub(super) fn split(data: &Encoded, recipe: &Recipe) -> (Vec<usize>, Vec<usize>) {
    let (rows, share) = (data.examples.rows(), recipe.validation);
    let in_turn = recipe.flag.is_clean() && data.examples.windows().is_some();
    if !in_turn || share <= 0.0 || rows < 2 {
        return batches::split(rows, share, recipe.seed);
    }
    let kept = ((rows as f64 * share).round() as usize).clamp(1, rows - 1);
    ((0..rows - kept).collect(), (rows - kept..rows).collect())
}

/// The rows of the table that are in an example kept back, and in none that is learned from.
pub(super) fn rows(data: &Encoded, learned: &[usize], kept: &[usize]) -> Arc<[u32]> {
    let Some(windows) = data.examples.windows() else {
        return kept.iter().map(|row| *row as u32).collect();
    };
    if kept.is_empty() {
        return Arc::default();
    }
    let mut is_learned = vec![false; windows.len()];
    for window in learned {
        is_learned[*window] = true;
    }
    let alone = |row: &u32| {
        let mut holding = windows.holding(*row as usize);
        !holding.is_empty() && !holding.any(|window| is_learned[window])
    };
    (0..data.matrix.rows() as u32).filter(alone).collect()
}

impl Trainer {
    /// The rows that no network of the run has learned from.
    pub fn kept_back(&self) -> &Arc<[u32]> {
        &self.kept_back
    }

    /// By what rule rows are flagged, and what it looks at.
    pub fn flagging(&self) -> Flagging<'_> {
        Flagging {
            rule: self.recipe.flag,
            kept: &self.kept_back,
        }
    }

    /// Where all rows are taken as ordinary: what others are held against, the rows kept back or else all of them.
    pub fn ordinary(&self, scores: &[f32]) -> Option<Ordinary> {
        let flagging = self.flagging();
        if !flagging.rule.is_clean() {
            return None;
        }
        let kept = flagging.scores(scores);
        let one = |score: f32| (score, 1);
        if !kept.is_empty() {
            return Some(Ordinary::new(kept.into_iter().map(one), true));
        }
        let all = order(scores).into_iter().map(|row| scores[row as usize]);
        Some(Ordinary::new(all.map(one), false))
    }
}
