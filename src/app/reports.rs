//! From what the worker tells to what changes on the screen, besides the session itself: the selection, the open pages, the pace.

use super::action::Action;
use super::context::Selection;
use super::pages::first::First;
use super::pages::row::{Follows, Row};
use super::pages::{Page, PageKind};
use super::session::{Phase, Session};
use super::{App, Asked};
use crate::data::read::FirstRows;
use crate::format;
use crate::message::{Fetch, Loaded, Report, RowPage, Scoring, Through, Watch};
use crate::score::ranking::Ranking;

impl App {
    /// Takes what the worker tells.
    pub fn apply(&mut self, report: Report) {
        if let Report::First(rows) = report {
            return self.show_first(rows);
        }
        match &report {
            Report::Loaded(_) if self.session.loaded.is_some() => self.begin_anew(),
            Report::Loaded(_) => self.above.retain(|page| page.kind() != PageKind::First),
            Report::Refused(why) => {
                self.answer = Some(why.clone());
                if self.session.comparing && self.page_kind() == PageKind::Comparison {
                    self.above.pop();
                }
            }
            Report::Started(started) => {
                self.pace.start(started);
                self.dashboard.charts.cursor = None;
                // The driver of a card may have written across the screen when it was opened.
                if started.threads.is_none() {
                    self.terminal = Some(Action::Redraw);
                }
            }
            Report::Moved(moved) => {
                self.answer = Some(moved.why.clone());
                self.terminal = Some(Action::Redraw);
            }
            Report::Exported(exported) => self.take_exported(exported),
            Report::Copied(copied) => self.take_copied(copied),
            Report::Scoring(scoring) => self.take_scoring(scoring),
            Report::ShowsWhole(false) => self.close_rows_behind(),
            Report::Advanced(advanced) => self.pace.measure(advanced),
            // The failure stands where its way out works.
            Report::Failed(_) | Report::Ended(_) => self.above.clear(),
            _ => {}
        }
        if let Report::Loaded(Loaded {
            model: Some(Through { file, fits }),
            ..
        }) = &report
        {
            self.answer = Some(if *fits {
                format!("through {file} as it is; space trains on")
            } else {
                "the model may no longer fit: i says why; space trains on".into()
            });
        }
        let mut adopted = None;
        if let Report::Ranked(ranking) = &report {
            adopted = Some(self.place_in(ranking));
        }
        if let Report::Explained(explained) = &report {
            // The answer about another row does not land on the page of this one.
            let asked = |page: &RowPage| Some(page.row) == self.watch.row;
            if explained.page.as_ref().is_none_or(asked) {
                for page in &mut self.above {
                    page.behaviour_mut().apply(&report, &self.session);
                }
            }
        }
        if let Report::Browsed(_)
        | Report::Weighed(_)
        | Report::Sought(_)
        | Report::Spread(_)
        | Report::Ranked(_) = &report
        {
            for page in &mut self.above {
                page.behaviour_mut().apply(&report, &self.session);
            }
        }
        if let Report::Sought(Err(why)) = &report {
            let more = match self.above.last() {
                Some(Page::Table(table)) if self.session.shown_whole().is_some() => {
                    match table.unfound {
                        Some(_) => "; a looks for it in the whole file",
                        None => "; a reads the next ranks",
                    }
                }
                _ => "",
            };
            self.answer = Some(format!("{why}{more}"));
        }
        self.session.apply(report);
        if let Some(rank) = adopted {
            self.selection.rank = rank;
        }
        let layers = self.session.layer_count();
        self.selection.layer = self.selection.layer.min(layers.saturating_sub(1));
    }

    /// Says what came of scoring all rows. Pages of rows behind the sample are about rows that are called otherwise by then.
    fn take_scoring(&mut self, scoring: &Scoring) {
        match scoring {
            Scoring::Failed(why) => self.answer = Some(why.clone()),
            Scoring::Done(_) | Scoring::Forgotten => {
                self.close_rows_behind();
                if let Scoring::Done(whole) = scoring {
                    self.answer = Some(match self.session.phase {
                        Phase::Training => format!(
                            "all {} rows are scored as of step {}; W shows the first of them",
                            format::group(whole.rows),
                            format::group(whole.step)
                        ),
                        _ => Session::about_whole(whole),
                    });
                }
            }
            Scoring::Fetched {
                fetch,
                count,
                here,
                first,
                whole,
            } => {
                let known = self.session.whole.known.as_ref();
                self.close_rows_from(known.map_or(whole.sampled, |known| known.fixed));
                self.answer = Some(Session::about_fetched(fetch, (*count, *here), whole));
                if let Some(row) = first.filter(|_| *fetch != Fetch::Next) {
                    self.go_to_fetched(row, fetch);
                }
            }
            Scoring::Percent(_) | Scoring::Fetching(_) | Scoring::Stopped => {}
        }
    }

    /// Goes to a row that was read: in the table to its place there, unless filters may leave it out; else to its page.
    fn go_to_fetched(&mut self, row: u32, fetch: &Fetch) {
        let arrangement = &self.session.arrangement;
        let filtered = !arrangement.filters.is_empty() || arrangement.hidden.contains(&row);
        let called = matches!(fetch, Fetch::Called(_));
        match self.above.last_mut() {
            Some(Page::Table(table)) if !(called && filtered) => table.go_to_row(row),
            Some(Page::Row(page)) if called => page.turn_to(row),
            None | Some(Page::Table(_)) if called => {
                self.above.push(Page::from(Row::new(row, Follows::Rank)));
            }
            _ => {}
        }
    }

    /// Closes the pages of rows behind the sample.
    fn close_rows_behind(&mut self) {
        let loaded = self.session.loaded.as_ref();
        self.close_rows_from(loaded.map_or(0, |loaded| loaded.rows));
    }

    /// From this one on rows are called otherwise: closes their pages, and the table waits to be told them anew.
    fn close_rows_from(&mut self, first: usize) {
        for page in &mut self.above {
            if let Page::Table(table) = page {
                table.forget_from(first);
            }
        }
        self.above.retain(|page| match page {
            Page::Row(page) => (page.row as usize) < first,
            _ => true,
        });
    }

    /// Shows the first rows of the first table, under whatever the user has opened. While another is read in its place,
    /// because columns were changed, the user knows its rows.
    fn show_first(&mut self, rows: FirstRows) {
        if self.session.loaded.is_some() {
            return;
        }
        let first = self.above.iter_mut().find_map(|page| match page {
            Page::First(first) => Some(first),
            _ => None,
        });
        match first {
            Some(first) => first.take(rows),
            None => self.above.insert(
                0,
                Page::from(First {
                    rows,
                    ..First::default()
                }),
            ),
        }
    }

    /// Another table: the selection and the pages are about the old one.
    fn begin_anew(&mut self) {
        self.selection = Selection::default();
        self.above.clear();
        self.dashboard.charts.cursor = None;
        self.watch = Watch::default();
        self.asked = Asked::default();
    }

    /// Where the selection goes in a new ranking: it stays with its row, but for the top of the list, which stays the top
    /// unless its page is open.
    fn place_in(&self, ranking: &Ranking) -> usize {
        let stays = self.selection.rank > 0 || self.watched_row().is_some();
        let row = self.watched_row().or_else(|| self.selected_row());
        let row = row.filter(|_| stays);
        let place = row.and_then(|row| ranking.rows.iter().position(|ranked| ranked.row == row));
        place
            .unwrap_or(self.selection.rank)
            .min(ranking.rows.len().saturating_sub(1))
    }
}
