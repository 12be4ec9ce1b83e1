//! What the rankings by snapshots were worth: which of them are still to be judged, and the one that was ranked last, which
//! the next is held against.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::score::ranking::{By, Places, Ranking};

/// A ranking, and every row's place in it.
pub type Placed = (Ranking, Arc<Places>);

/// The rankings by the first so many snapshots, by their number; number 0 is that of the untrained network.
#[derive(Default)]
pub struct Judging {
    waiting: BTreeSet<usize>,
    last: Option<(usize, By, Arc<Places>)>,
    /// Whether anybody wants to know.
    pub wanted: bool,
}

impl Judging {
    /// The ranking by so many snapshots is to be judged.
    pub fn wait(&mut self, count: usize) {
        if self.wanted {
            self.waiting.insert(count);
        }
    }

    /// All rankings up to that by so many snapshots are to be judged, once more perhaps.
    pub fn wait_for_all(&mut self, count: usize) {
        if self.wanted {
            self.waiting = (0..=count).collect();
        }
    }

    /// Forgets what comes after the ranking by so many snapshots.
    pub fn truncate(&mut self, count: usize) {
        self.waiting.retain(|waiting| *waiting <= count);
        self.last = None;
    }

    /// The first of those below `count` that are to be judged.
    pub fn skipped(&self, count: usize) -> Option<usize> {
        self.waiting.range(..count).next().copied()
    }

    /// The ranking by so many snapshots cannot be judged.
    pub fn forget(&mut self, count: usize) {
        self.waiting.remove(&count);
    }

    /// The places of the ranking by `count` snapshots, if it was the last one.
    pub fn places(&self, count: usize, by: By) -> Option<&Arc<Places>> {
        let (last, way, places) = self.last.as_ref()?;
        (*last == count && *way == by).then_some(places)
    }

    /// The ranking by `count` snapshots was judged. A disagreement is not: it is no ranking of outliers, and what was known of
    /// those stays.
    pub fn judged(&mut self, count: usize, (ranking, places): &Placed) {
        if ranking.by != By::Disagreement {
            self.waiting.remove(&count);
        }
        self.last = Some((count, ranking.by, Arc::clone(places)));
    }
}
