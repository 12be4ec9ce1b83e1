//! The rows in order of their scores, why they stand there, and what the rankings were worth.

use std::sync::Arc;

use super::Trainer;
use crate::error::{Error, Result};
use crate::message::{Explained, Explanation, Judged, Moment, Spread, Watch, Weighed};
use crate::score::flag::{Flag, FlagRule};
use crate::score::order::order;
use crate::score::ranking::{Basis, By, Places, Ranking, Standing};
use crate::score::view::View;
use crate::train::explain::Reasons;
use crate::train::explain::grounds::Grounds;
use crate::train::judging::Placed;

/// A ranking of every row, where [`Ranking`] lists the first ones.
pub struct WholeRanking {
    /// The rows, the strangest first.
    pub order: Vec<u32>,
    /// The place of each row.
    pub places: Arc<Places>,
    /// The score of each row.
    pub scores: Vec<f32>,
    /// Which rows are flagged.
    pub flag: Flag,
    /// Rows of the order that are ranked, from the first on.
    pub ranked: usize,
    /// Rows behind those that were asked for besides: their scores are known, and their ranks not exactly.
    pub besides: usize,
    /// Rows that rank in all: more than are here where the table is larger than memory.
    pub of: usize,
}

impl Trainer {
    /// Whether the scores are a mean over snapshots, and so change only when one is taken.
    pub fn ranks_by_snapshots(&self) -> bool {
        !self.snapshots.is_empty()
    }

    /// The network's score of each row and what the scores stand on: the snapshots so far, or the network as it is now. An error where
    /// the network has lost its numbers, which the loss tells only a step later.
    pub fn scores(&mut self) -> Result<(Vec<f32>, Basis)> {
        self.look(&|_| {}, &mut |_| {});
        let (scores, basis) = if self.ranks_by_snapshots() {
            let basis = self.snapshots.basis(self.snapshots.len());
            (self.snapshots.mean(), basis)
        } else {
            let (view, scores) = View::new(
                self.engine.freeze(),
                self.recipe.measure,
                &self.data.examples,
            );
            self.current = Some((view, scores.clone()));
            (scores, Basis::Step(self.step))
        };
        if scores.iter().any(|score| score.is_nan()) {
            Err(self.diverged("the scores"))
        } else {
            Ok((scores, basis))
        }
    }

    /// The scores that rank the rows, made of the network's as the recipe says. Until there is a reference the network's
    /// have to do.
    pub fn ranking_scores(&self, network: &[f32]) -> (Vec<f32>, By) {
        match (self.recipe.by, &self.references) {
            (By::Network | By::Disagreement, _) | (_, None) => (network.to_vec(), By::Network),
            (By::Lesinn, Some(references)) => (references.lesinn.clone(), By::Lesinn),
            (By::Both, Some(references)) => {
                let pairs = network.iter().zip(&references.lesinn);
                (
                    pairs.map(|(a, b)| f32::midpoint(*a, *b)).collect(),
                    By::Both,
                )
            }
        }
    }

    /// Which scores rank the rows from now on.
    pub fn set_by(&mut self, by: By) {
        if by != self.recipe.by && by != By::Disagreement {
            self.judging.wait_for_all(self.snapshots.len());
        }
        self.recipe.by = by;
    }

    /// By what rule rows are flagged from now on.
    pub fn set_flag(&mut self, rule: FlagRule) {
        if rule != self.recipe.flag {
            self.judging.wait_for_all(self.snapshots.len());
            // The places know who was flagged, by the other rule.
            self.judging.truncate(self.snapshots.len());
        }
        self.recipe.flag = rule;
        self.flag_whole_by(rule);
    }

    /// The way of ranking that is had at present.
    fn way(&self) -> By {
        match self.references {
            Some(_) => self.recipe.by,
            None => By::Network,
        }
    }

    /// Ranks all rows anew; if a kept moment is looked at, as they ranked then.
    pub fn rank(&mut self) -> Result<&Ranking> {
        if let Some(look) = self.looking.take() {
            let scores = look.view.as_ref().map(|(_, scores)| &scores[..]);
            let ranking = self.rank_then(look.moment, look.snapshots, scores);
            let look = self.looking.insert(look);
            look.ranking = ranking?;
            return Ok(&look.ranking);
        }
        let (network, basis) = self.scores()?;
        let count = self.snapshots.len();
        if count == 0 && self.step == 0 {
            self.snapshots.begin(&network);
        }
        match self.places_before(count) {
            None => Ok(self.rank_by(&network, basis)),
            Some(before) => {
                let placed = self.place(&network, basis, Some(&before));
                Ok(self.show(placed))
            }
        }
    }

    /// Ranks all rows by the network's scores or whatever the recipe makes of them, against the ranking before.
    pub fn rank_by(&mut self, network: &[f32], basis: Basis) -> &Ranking {
        let way = self.way();
        let same = self
            .ranking
            .as_ref()
            .filter(|(ranking, _)| ranking.by == way);
        let before = same.map(|(_, places)| Arc::clone(places));
        let placed = self.place(network, basis, before.as_deref());
        self.show(placed)
    }

    fn show(&mut self, placed: Placed) -> &Ranking {
        let count = self.snapshots.len();
        if count > 0 || self.step == 0 {
            self.judging.judged(count, &placed);
        }
        &self.ranking.insert(placed).0
    }

    /// Ranks all rows, against a ranking before made in the same way.
    pub(super) fn place(&self, network: &[f32], basis: Basis, before: Option<&Places>) -> Placed {
        let (ranking, places) = match (self.recipe.by, &self.references) {
            (By::Disagreement, Some(references)) => {
                let what = (basis, self.recipe.flag);
                Ranking::of_disagreement(network, &references.lesinn, what, before)
            }
            (_, references) => {
                let (scores, by) = self.ranking_scores(network);
                let what = (basis, by, self.flagging());
                let (ranking, places) =
                    Ranking::new(&scores, what, self.outlier.as_deref(), before);
                let ranking = match references {
                    Some(_) if by == By::Lesinn => ranking.beside(network),
                    Some(references) => ranking.beside(&references.lesinn),
                    None => ranking,
                };
                (ranking, places)
            }
        };
        (ranking, Arc::new(places))
    }

    /// The rows' places by the snapshots before the last of the first `count`; none where scores are not kept.
    fn places_before(&self, count: usize) -> Option<Arc<Places>> {
        let before = count.checked_sub(1)?;
        let known = self.judging.places(before, self.way()).map(Arc::clone);
        known.or_else(|| {
            let network = self.snapshots.mean_then(before)?;
            Some(self.place(&network, self.snapshots.basis(before), None).1)
        })
    }

    /// The ranking as it was after the first `count` snapshots, or before the first step; none where scores are not kept.
    pub(super) fn place_then(&self, count: usize) -> Option<Placed> {
        let network = self.snapshots.mean_then(count)?;
        let basis = match count {
            0 => Basis::Step(0),
            _ => self.snapshots.basis(count),
        };
        let before = self.places_before(count);
        Some(self.place(&network, basis, before.as_deref()))
    }

    /// The place of each row in the last ranking; none before there is one.
    pub fn places(&self) -> Option<&Places> {
        self.ranking.as_ref().map(|(_, places)| &**places)
    }

    /// What the last ranking was worth; a disagreement is not judged.
    pub fn judged(&self) -> Option<Judged> {
        let (ranking, _) = self.ranking.as_ref()?;
        if ranking.by == By::Disagreement {
            return None;
        }
        let at = match ranking.basis {
            Basis::Step(step) => Moment {
                network: self.network,
                step,
            },
            Basis::Snapshots { .. } => self.looked_at(self.snapshots.len()),
        };
        Some(Judged::new(at, ranking))
    }

    /// Judges the first ranking by snapshots that nobody has seen, because others came soon after it.
    pub fn judge_skipped(&mut self) -> Option<Judged> {
        if self.way() == By::Disagreement {
            return None;
        }
        loop {
            let count = self.judging.skipped(self.snapshots.len())?;
            if let Some(placed) = self.place_then(count) {
                self.judging.judged(count, &placed);
                return Some(Judged::new(self.looked_at(count), &placed.0));
            }
            self.judging.forget(count);
        }
    }

    /// When the last of the first `count` snapshots was taken.
    fn looked_at(&self, count: usize) -> Moment {
        let (network, step) = self.snapshots.last_of(count).unwrap_or_default();
        Moment { network, step }
    }

    /// The last ranking, or the one that is looked at.
    pub fn shown(&self) -> Option<&Ranking> {
        if let Some(whole) = self.shown_whole() {
            return Some(&whole.ranking);
        }
        let look = self.looking.as_ref().map(|look| &look.ranking);
        look.or_else(|| self.ranking.as_ref().map(|(ranking, _)| ranking))
    }

    /// How every row ranks, in the ranking that [`Trainer::shown`] shows; none before there is one.
    pub fn standing(&self) -> Option<Standing> {
        if let Some(whole) = self.shown_whole() {
            return Some(whole.standing());
        }
        let whole = self.whole_ranking().ok()?;
        Some(Standing {
            scores: whole.scores,
            ranks: whole.places.ranks().to_vec(),
            flagged: whole.flag.count,
            exact: whole.ranked,
        })
    }

    /// How the scores are spread, and what each rule would flag of them.
    pub fn spread(&self) -> Option<Spread> {
        if let Some(whole) = self.shown_whole() {
            return Some(whole.spread());
        }
        let scores = self.standing()?.scores;
        let order = order(&scores);
        let descending: Vec<f32> = order.iter().map(|row| scores[*row as usize]).collect();
        let mut each = Flag::each(&descending).to_vec();
        // A share of the rows kept back is beside the highest score what else there is of clean rows.
        let own = self.flagging().flag(&scores, &descending);
        let belongs = own.rule.is_clean() || self.is_given();
        if belongs && each.iter().all(|flag| flag.rule != own.rule) {
            each.push(own);
        }
        let outliers = self.outlier.as_ref().map_or_else(Vec::new, |outlier| {
            let running = order.iter().scan(0, |sum, row| {
                *sum += u32::from(outlier[*row as usize]);
                Some(*sum)
            });
            running.collect()
        });
        Some(Spread {
            descending,
            outliers,
            each,
            ..Spread::default()
        })
    }

    /// Why these rows have their scores, with every column's share.
    pub fn weigh(&self, rows: &[u32]) -> Vec<Weighed> {
        // Rows behind the sample are not here while the sample is shown.
        let here = |row: &&u32| (**row as usize) < self.shown_data().matrix.rows();
        let rows: Vec<u32> = rows.iter().filter(here).copied().collect();
        self.reasons()
            .map_or_else(Vec::new, |reasons| reasons.weigh(&rows))
    }

    /// Why the watched rows stand where they do in the last ranking, or in the one that is looked at.
    pub fn explain(&mut self, watch: Watch) -> Explained {
        let (Some(ranking), Some(reasons)) = (self.shown(), self.reasons()) else {
            return Explained::default();
        };
        let explained = reasons.explain(ranking, watch);
        Explained {
            page: watch.row.and_then(|row| self.row_page(row)),
            ..explained
        }
    }

    /// Why these rows score as they do in the ranking that is shown; nothing before there is one.
    pub fn explain_rows(&self, rows: &[u32]) -> Vec<Explanation> {
        self.reasons()
            .map_or_else(Vec::new, |reasons| reasons.explanations(rows))
    }

    /// What the last ranking stands on, or the one that is looked at; none before there is one.
    pub fn reasons(&self) -> Option<Reasons<'_>> {
        if let Some(whole) = self.shown_whole() {
            return Some(whole.grounds.reasons());
        }
        let ranking = self.shown()?;
        let (snapshots, current) = match &self.looking {
            Some(look) => (look.snapshots, look.view.as_ref().map(|(view, _)| view)),
            None => (
                self.snapshots.len(),
                self.current.as_ref().map(|(view, _)| view),
            ),
        };
        let views = if snapshots > 0 {
            self.snapshots.views(snapshots).collect()
        } else {
            current.iter().map(|view| (*view, 1.0)).collect()
        };
        Some(Reasons {
            data: &self.data,
            views,
            references: self.references.as_deref(),
            by: ranking.by,
        })
    }

    /// What the last ranking stands on, or the one that is looked at, in a copy; none before there is one.
    pub fn grounds(&self) -> Option<Grounds> {
        if let Some(whole) = self.shown_whole() {
            return Some(whole.grounds.fork());
        }
        let Reasons { views, by, .. } = self.reasons()?;
        let views = views.into_iter();
        Some(Grounds {
            data: Arc::clone(&self.data),
            views: views.map(|(view, weight)| (view.fork(), weight)).collect(),
            references: self.references.clone(),
            by,
        })
    }

    /// Every row in its place, in the ranking that [`Trainer::shown`] shows. An error where there is none yet, or where the
    /// scores of a moment that is looked at were not kept.
    pub fn whole_ranking(&self) -> Result<WholeRanking> {
        if let Some(whole) = self.shown_whole() {
            return Ok(whole.whole_ranking());
        }
        let gone = || Error::Told("the scores of that moment were not kept".into());
        let shown = self.shown().ok_or_else(gone)?;
        let network = self.shown_scores().ok_or_else(gone)?;
        let basis = shown.basis.clone();
        let (ranking, places) = self.place(&network, basis, None);
        let scores = match ranking.by {
            By::Disagreement => network,
            _ => self.ranking_scores(&network).0,
        };
        Ok(WholeRanking {
            order: places.order(),
            ranked: places.ranks().len(),
            besides: 0,
            of: places.ranks().len(),
            places,
            scores,
            flag: ranking.flag,
        })
    }

    /// The network's score of each row in the ranking that is shown; none where those of a moment that is looked at were not
    /// kept.
    pub(super) fn shown_scores(&self) -> Option<Vec<f32>> {
        let seen = match &self.looking {
            Some(look) => look.view.as_ref(),
            None => self.current.as_ref(),
        };
        let snapshots = match &self.looking {
            Some(look) => look.snapshots,
            None => self.snapshots.len(),
        };
        match (&self.looking, seen) {
            (None, _) if snapshots > 0 => Some(self.snapshots.mean()),
            (_, Some((_, scores))) => Some(scores.clone()),
            (_, None) => self.snapshots.mean_then(snapshots),
        }
    }
}
