//! How wide the columns of the list are, and which of them show.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::format;
use crate::score::ranking::{By, Ranking};
use crate::tui::cells;

use super::Outliers;

/// Cells of the shortest reason that says anything: a few letters and a share.
const SHORTEST: usize = 8;
/// Cells of a reason that can be read with ease.
const READABLE: usize = 20;

/// Cells of a score with six digits and their comma.
const LONGEST_SCORE: usize = 8;

/// Widths of the columns at this panel width; zero: not shown.
#[derive(Clone, Copy)]
pub(super) struct Widths {
    pub(super) rank: usize,
    pub(super) name: usize,
    /// Whether rows go by their numbers, although they have names.
    pub(super) numbered: bool,
    pub(super) score: usize,
    pub(super) beside: usize,
    pub(super) since: usize,
    pub(super) gap: usize,
    pub(super) reason: usize,
}

impl Outliers<'_> {
    /// For the lines of the list in `window`.
    pub(super) fn widths(&self, ranking: &Ranking, width: usize, window: &Range<usize>) -> Widths {
        /// Where it is narrower, ranks and scores get no more than they need at the moment.
        const NARROW: usize = 40;
        let digits = |number: usize| number.max(1).ilog10() as usize + 1;
        let narrow = width < NARROW;
        let last = window.end;
        let rank = digits(if narrow { last } else { ranking.rows.len() }).max(2);
        let session = &self.app.session;
        let named = self.width_of_names(ranking, width, window);
        // Of a sample, or where rows were skipped, the numbers go beyond the count.
        let numbers = || {
            let rows = ranking.rows.iter();
            let numbers = rows.map(|ranked| session.row_number(ranked.row));
            digits(ranking.total.max(numbers.max().unwrap_or(1) as usize)).max(3)
        };
        let name = named.map_or_else(numbers, |(name, _)| name);
        let largest = ranking.rows.iter().take(last).map(|ranked| {
            let score = format::score(ranked.score);
            cells::width(&score)
        });
        let score = match largest.max() {
            Some(largest) if narrow => largest.clamp("LeSiNN".len(), LONGEST_SCORE),
            largest => largest.map_or(7, |largest| largest.clamp(7, LONGEST_SCORE)),
        };
        let mark = if self.app.session.has_label() { 2 } else { 0 };
        let room = width.saturating_sub(2 + rank + 1 + name + 1 + score + mark);
        let since = match ranking.by {
            By::Disagreement => 6,
            _ => 5,
        };
        let gap = if narrow { 1 } else { 2 };
        // A reason says more than where the row was before, unless that is what the rows are ranked by.
        let after = room.saturating_sub(1 + since);
        let says_more =
            ranking.by != By::Disagreement && after < gap + SHORTEST && room >= gap + SHORTEST;
        // The whole file is ranked once: there is no ranking before.
        let moves = self.app.session.shown_whole().is_none();
        let since = if room > since && !says_more && moves {
            since
        } else {
            0
        };
        let room = if since > 0 { after } else { room };
        // The other score matters more than the reason where it is what the rows are ranked against.
        let needed = if ranking.by == By::Network {
            8 + READABLE
        } else {
            8
        };
        let has_other = ranking.rows.iter().any(|ranked| ranked.beside.is_some());
        let beside = if has_other && room >= needed { 7 } else { 0 };
        let room = room.saturating_sub(if beside > 0 { 1 + beside } else { 0 });
        let room = room.saturating_sub(gap);
        let reason = Some(room).filter(|reason| *reason >= SHORTEST);
        // What is too little for a reason is of use to long names.
        let name = match (named, reason) {
            (Some((name, longest)), None) => longest.min(name + room).max(name),
            _ => name,
        };
        Widths {
            rank,
            name,
            numbered: named.is_none(),
            score,
            beside,
            since,
            gap,
            reason: reason.unwrap_or(0),
        }
    }

    /// Cells for the names of the rows in `window`, and for the longest of them. None where they have none, or where names that are cut there would look
    /// alike, as those of neighbouring times do: then numbers say more, and the footer has the selected row's name.
    fn width_of_names(
        &self,
        ranking: &Ranking,
        width: usize,
        window: &Range<usize>,
    ) -> Option<(usize, usize)> {
        /// Most names need no more, and whole times no more than the other.
        const USUAL: usize = 14;
        const WIDEST: usize = 20;
        let session = &self.app.session;
        session.loaded.as_ref()?.ids.as_ref()?;
        let last = window.end.min(ranking.rows.len());
        let rows = &ranking.rows[window.start.min(last)..last];
        let names = || rows.iter().map(|ranked| session.row_name(ranked.row));
        let longest = names().map(|name| cells::width(&name)).max().unwrap_or(0);
        let room = longest.clamp(USUAL, WIDEST).min(width / 3);
        let whole: BTreeSet<String> = names().collect();
        let cut: BTreeSet<String> = rows.iter().map(|row| self.name(row.row, room)).collect();
        (cut.len() == whole.len()).then_some((room, longest))
    }
}
