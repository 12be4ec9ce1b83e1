//! Rows from the strangest to the most ordinary, and how they moved since the ranking before.

mod basis;
mod places;

use crate::score::agreement::of_places;
use crate::score::disagreement::disagreement;
use crate::score::entropy::entropy;
use crate::score::flag::{Flag, FlagRule, Flagging};
use crate::score::metrics::{Hits, average_precision, roc_auc};
use crate::score::order::{order, places};

pub use basis::{Basis, By};
pub use places::{Places, Standing};

/// Most rows a [`Ranking`] lists. Nobody reads further, and it bounds what crosses to the screen.
pub const LISTED: usize = 10_000;

/// Since the ranking before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// There was no ranking before.
    First,
    /// Flagged now, not flagged before.
    New,
    /// Ranks climbed; negative: fallen; zero: the same rank.
    By(i64),
}

/// A row in its place; the place is its position in [`Ranking::rows`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// In multiples of the median row's.
    pub score: f32,
    /// The score of the other way, the network's or the reference's, in the same measure; none before there is one.
    pub beside: Option<f32>,
    /// Which of the two finds the row stranger, where their disagreement ranks.
    pub stranger: Option<By>,
    /// Since the ranking before.
    pub movement: Movement,
}

/// How well a ranking agrees with the label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Area under the ROC curve.
    pub roc_auc: f64,
    /// Average precision.
    pub average_precision: f64,
}

impl Quality {
    /// None where the label has only one class.
    pub fn judge(scores: &[f32], outlier: &[bool]) -> Option<Self> {
        Some(Self {
            roc_auc: roc_auc(scores, outlier)?,
            average_precision: average_precision(scores, outlier)?,
        })
    }
}

/// The rows in order of their score.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// What the network's scores stand on.
    pub basis: Basis,
    /// Whose scores these are.
    pub by: By,
    /// The first [`LISTED`] rows.
    pub rows: Vec<Ranked>,
    /// Number of rows ranked.
    pub total: usize,
    /// Which of them are flagged: the first [`Flag::count`].
    pub flag: Flag,
    /// Against the label, where there is one.
    pub quality: Option<Quality>,
    /// What the label says of the flagged rows, where it has both classes.
    pub hits: Option<Hits>,
    /// How evenly the scores are spread; a hint where there is no label, see [`entropy`].
    pub entropy: Option<f64>,
    /// Rank correlation with the ranking before it; none for the first.
    pub agreement: Option<f64>,
    /// Share of the rows flagged before it that still are; none where there were none.
    pub stayed: Option<f64>,
}

impl Ranking {
    /// Ranks `scores`, one per row, against the places `before`, and flags the first by a rule.
    pub fn new<'a>(
        scores: &[f32],
        (basis, by, flagging): (Basis, By, impl Into<Flagging<'a>>),
        outlier: Option<&[bool]>,
        before: Option<&Places>,
    ) -> (Self, Places) {
        let order = order(scores);
        let descending: Vec<f32> = order.iter().map(|row| scores[*row as usize]).collect();
        let flag = flagging.into().flag(scores, &descending);
        let flagged = flag.count;
        let movement = |row: u32, rank: usize| match before {
            None => Movement::First,
            Some(places) => {
                let was = places.rank(row);
                if rank < flagged && was >= places.flagged {
                    Movement::New
                } else {
                    Movement::By(was as i64 - rank as i64)
                }
            }
        };
        let ranked = |(rank, row): (usize, &u32)| Ranked {
            row: *row,
            score: scores[*row as usize],
            beside: None,
            stranger: None,
            movement: movement(*row, rank),
        };
        let rows = order.iter().take(LISTED).enumerate().map(ranked).collect();
        let ranks = places(&order);
        let quality = outlier.and_then(|outlier| Quality::judge(scores, outlier));
        let hits = outlier.and_then(|outlier| Hits::new(&order, outlier, flagged));
        let ranking = Self {
            basis,
            by,
            rows,
            total: scores.len(),
            flag,
            quality,
            hits,
            entropy: entropy(scores),
            agreement: None,
            stayed: None,
        };
        let places = Places { ranks, flagged };
        (ranking.after(before, &places), places)
    }

    /// Rows by how differently the network and the reference rank them. None is flagged, none is said to have moved, and no
    /// label judges it.
    pub fn of_disagreement(
        network: &[f32],
        lesinn: &[f32],
        (basis, rule): (Basis, FlagRule),
        before: Option<&Places>,
    ) -> (Self, Places) {
        let found = disagreement(network, lesinn);
        let ratios: Vec<f32> = found.iter().map(|ratio| ratio.abs()).collect();
        let what = (basis, By::Disagreement, FlagRule::Top(0));
        let (mut ranking, places) = Self::new(&ratios, what, None, None);
        (ranking.flag, ranking.entropy) = (Flag::nothing(rule, ratios.len()), None);
        for ranked in &mut ranking.rows {
            ranked.score = network[ranked.row as usize];
            let who = if found[ranked.row as usize] < 0.0 {
                By::Lesinn
            } else {
                By::Network
            };
            ranked.stranger = Some(who);
        }
        let places = Places {
            flagged: 0,
            ..places
        };
        (ranking.beside(lesinn).after(before, &places), places)
    }

    /// No rows.
    pub fn none(basis: Basis, rule: FlagRule) -> Self {
        Self {
            basis,
            by: By::Network,
            rows: Vec::new(),
            total: 0,
            flag: Flag::nothing(rule, 0),
            quality: None,
            hits: None,
            entropy: None,
            agreement: None,
            stayed: None,
        }
    }

    /// Share of the flagged rows that the label calls outliers, where there is a label and a row is flagged.
    pub fn precision(&self) -> Option<f64> {
        self.hits?.precision()
    }

    /// The same, which gave the places `now`, with how far it agrees with the ranking `before`.
    fn after(self, before: Option<&Places>, now: &Places) -> Self {
        Self {
            agreement: before.and_then(|before| of_places(&before.ranks, &now.ranks)),
            stayed: before.and_then(|before| before.stayed(now)),
            ..self
        }
    }

    /// The same with another score beside each row's.
    #[must_use]
    pub fn beside(mut self, other: &[f32]) -> Self {
        for ranked in &mut self.rows {
            ranked.beside = Some(other[ranked.row as usize]);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(step: u64) -> (Basis, By, FlagRule) {
        (Basis::Step(step), By::Network, FlagRule::Auto)
    }

    #[test]
    fn rows_are_flagged_above_the_threshold_and_judged_by_the_label() {
        let mut scores: Vec<f32> = (0..20).map(|row| 1.0 + row as f32 / 100.0).collect();
        scores[3] = 40.0;
        let outlier: Vec<bool> = (0..20).map(|row| row == 3).collect();
        let (ranking, _) = Ranking::new(&scores, what(7), Some(&outlier), None);
        assert_eq!(
            (
                ranking.flag.count,
                ranking.rows[0].row,
                ranking.rows[0].movement
            ),
            (1, 3, Movement::First)
        );
        assert_eq!(
            ranking.quality,
            Some(Quality {
                roc_auc: 1.0,
                average_precision: 1.0
            })
        );
        assert_eq!(
            (ranking.precision(), ranking.hits.unwrap().recall()),
            (Some(1.0), 1.0)
        );
    }

    #[test]
    fn a_disagreement_shows_both_scores_and_flags_nothing() {
        let (network, lesinn) = ([9.0, 5.0, 3.0, 1.0], [1.0, 5.0, 3.0, 9.0]);
        let basis = (Basis::Step(1), FlagRule::Auto);
        let (ranking, places) = Ranking::of_disagreement(&network, &lesinn, basis, None);
        let seen = |place: usize| {
            let ranked = ranking.rows[place];
            (ranked.row, ranked.score, ranked.beside, ranked.stranger)
        };
        assert_eq!(seen(0), (0, 9.0, Some(1.0), Some(By::Network)));
        assert_eq!(seen(1), (3, 1.0, Some(9.0), Some(By::Lesinn)));
        assert_eq!(
            (ranking.flag.count, ranking.quality, places.rank(3)),
            (0, None, 1)
        );
    }

    #[test]
    fn movements_tell_climbs_falls_and_newly_flagged_rows() {
        let calm: Vec<f32> = (0..20).map(|row| 1.0 + row as f32 / 100.0).collect();
        let (_, before) = Ranking::new(&calm, what(1), None, None);
        let mut stirred = calm.clone();
        stirred[0] = 90.0; // last before, flagged now
        let (ranking, _) = Ranking::new(&stirred, what(2), None, Some(&before));
        assert_eq!(
            (ranking.rows[0].row, ranking.rows[0].movement),
            (0, Movement::New)
        );
        assert_eq!(
            (ranking.rows[1].row, ranking.rows[1].movement),
            (19, Movement::By(-1))
        );
        let (again, _) = Ranking::new(
            &stirred,
            what(3),
            None,
            Some(&Ranking::new(&stirred, what(2), None, None).1),
        );
        assert!(
            again
                .rows
                .iter()
                .all(|ranked| ranked.movement == Movement::By(0))
        );
    }

    #[test]
    fn a_ranking_says_how_far_it_agrees_with_the_one_before() {
        let mut scores: Vec<f32> = (0..20).map(|row| 1.0 + row as f32 / 100.0).collect();
        (scores[3], scores[4]) = (90.0, 80.0);
        let (first, before) = Ranking::new(&scores, what(1), None, None);
        assert_eq!(
            (first.flag.count, first.agreement, first.stayed),
            (2, None, None)
        );
        // One of the two falls to the end, the eighteen behind it climb by one, the first stays.
        scores[4] = 0.5;
        let (second, _) = Ranking::new(&scores, what(1), None, Some(&before));
        let apart = 18.0 * 18.0 + 18.0;
        let expected = 1.0 - 6.0 * apart / (20.0 * 399.0);
        assert!((second.agreement.unwrap() - expected).abs() < 1e-12);
        assert_eq!(second.stayed, Some(0.5));
    }
}
