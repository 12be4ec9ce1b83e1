//! The whole file of a table that is larger than memory: what it takes to score its rows, and their ranking in place of the
//! sample's.

use std::sync::Arc;

use super::{Trainer, WholeRanking};
use crate::data::encoder::Encoded;
use crate::error::{Error, Result};
use crate::score::flag::FlagRule;
use crate::score::jury::Jury;
use crate::score::order::places;
use crate::score::ranking::{By, Places};
use crate::train::whole::{Found, Whole};

impl Trainer {
    /// The networks that the scores of the present stand on and what a pass through the file begins with. An error where
    /// something else than the network has a say in the ranking, or where nothing is ranked yet.
    pub fn jury(&mut self) -> Result<(Jury, Found)> {
        if self.recipe.by != By::Network {
            return Err(Error::Usage(
                "the table is larger than memory, and then only the network can score all rows: take --score network".into(),
            ));
        }
        let (scores, basis) = self.scores()?;
        let shows = std::mem::replace(&mut self.shows_whole, false);
        let looking = self.looking.take();
        let grounds = self.grounds();
        (self.shows_whole, self.looking) = (shows, looking);
        let grounds = grounds.ok_or_else(|| Error::Told("nothing is ranked yet".into()))?;
        let jury = match &self.current {
            Some((view, _)) if self.snapshots.is_empty() => Jury::new(vec![vec![view.fork()]]),
            _ => self.snapshots.jury(),
        };
        let found = Found {
            jury: jury.fork(),
            grounds,
            basis,
            scores,
            outlier: self.outlier.clone(),
            rule: self.recipe.flag,
            kept: Arc::clone(&self.kept_back),
        };
        Ok((jury, found))
    }

    /// Takes the ranking of all rows; it is shown from now on.
    pub fn set_whole(&mut self, whole: Whole) {
        self.whole = Some(whole);
        self.shows_whole = true;
    }

    /// Shows the ranking of all rows, or else the sample's; whether that is another than before.
    pub fn show_whole(&mut self, on: bool) -> bool {
        let shown = on && self.whole.is_some();
        std::mem::replace(&mut self.shows_whole, shown) != shown
    }

    /// Forgets the ranking of all rows.
    pub fn forget_whole(&mut self) {
        (self.whole, self.shows_whole) = (None, false);
    }

    /// All rows of the file, once they were scored.
    pub fn whole(&self) -> Option<&Whole> {
        self.whole.as_ref()
    }

    /// The same for taking in more of them.
    pub fn whole_mut(&mut self) -> Option<&mut Whole> {
        self.whole.as_mut()
    }

    /// The same where their ranking is shown.
    pub fn shown_whole(&self) -> Option<&Whole> {
        let shown = self.shows_whole && self.looking.is_none();
        self.whole.as_ref().filter(|_| shown)
    }

    /// The rows that the ranking is of which is shown: the table's, or with them the first of the whole file.
    pub fn shown_data(&self) -> &Arc<Encoded> {
        self.shown_whole().map_or(&self.data, Whole::data)
    }

    /// The truth about them, where it is known.
    pub fn shown_outlier(&self) -> Option<&Arc<[bool]>> {
        match self.shown_whole() {
            Some(whole) => whole.outlier.as_ref(),
            None => self.outlier.as_ref(),
        }
    }

    pub(super) fn flag_whole_by(&mut self, rule: FlagRule) {
        if let Some(whole) = &mut self.whole {
            whole.flag_by(rule);
        }
    }
}

impl Whole {
    /// The first rows in their places, behind them those that were read besides, and then the rest of the sample, which no one is
    /// to ask for.
    pub(super) fn whole_ranking(&self) -> WholeRanking {
        let mut order = [self.top(), self.besides()].concat();
        let mut listed = vec![false; self.scores.len()];
        for row in &order {
            listed[*row as usize] = true;
        }
        order.extend((0..listed.len() as u32).filter(|row| !listed[*row as usize]));
        WholeRanking {
            places: Arc::new(Places::new(places(&order), self.ranking.flag.count)),
            ranked: self.top().len(),
            besides: self.besides().len(),
            of: self.rows(),
            order,
            scores: self.scores.clone(),
            flag: self.ranking.flag,
        }
    }
}
