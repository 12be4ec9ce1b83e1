//! The table, browsed: a thread of its own orders, filters and finds rows and reads what they hold, so that neither the
//! training nor the screen waits for it.
//!
//! It has no copy of the file. A sort or a filter on columns passes through the file once, and what came of it is kept until
//! another one is asked for; a part of the rows is read where they stand.

mod arranging;
mod condition;
mod keys;
mod store;

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use crate::error::{Error, Result};
use crate::format::short;
use crate::message::{Arrangement, Ask, Browse, Browsed, Filter, Line, Report, Seek};
use crate::score::ranking::Standing;
pub use condition::{Condition, Facts};
use keys::Keys;
pub use store::Store;
use unicode_width::UnicodeWidthStr as _;

/// What the thread is told and asked.
#[derive(Debug)]
pub enum Errand {
    /// Another table.
    Table(Store),
    /// The same table with other rows behind its own.
    Grown(Store),
    /// The rows rank anew.
    Ranked(Standing),
    /// The screen asks.
    Ask(Browse),
    /// There is nothing to browse any more.
    End,
}

/// Starts the thread; it ends when it is told to, or when nobody can send it anything any more.
pub fn spawn(report: impl Fn(Report) + Send + 'static) -> Result<Sender<Errand>> {
    let (sender, errands) = channel();
    thread::Builder::new()
        .name("browser".into())
        .spawn(move || Browser::new(errands, Box::new(report)).run())
        .map_err(Error::io("start a thread"))?;
    Ok(sender)
}

/// A pass through the file was broken off: something newer was asked.
struct Interrupted;

type Pass<T> = std::result::Result<T, Interrupted>;

struct Browser {
    errands: Receiver<Errand>,
    report: Box<dyn Fn(Report) + Send>,
    /// Taken from the channel during a pass, and not done yet.
    waiting: Vec<Errand>,
    hung_up: bool,
    store: Store,
    standing: Standing,
    /// What the screen shows.
    showing: Option<Ask>,
    /// A search that something newer broke off.
    unfinished: Option<Seek>,
    /// The last sort by a column.
    keys: Option<(usize, Keys)>,
    /// The rows that the last conditions on columns leave.
    passing: Option<(Vec<Filter>, Vec<bool>)>,
    /// The rows that were last looked for.
    sought: Option<(Filter, Vec<bool>)>,
    /// The last arrangement, until the rows rank anew where that matters.
    arranged: Option<(Arrangement, Vec<u32>)>,
}

impl Browser {
    fn new(errands: Receiver<Errand>, report: Box<dyn Fn(Report) + Send>) -> Self {
        Self {
            errands,
            report,
            waiting: Vec::new(),
            hung_up: false,
            store: Store::default(),
            standing: Standing::default(),
            showing: None,
            unfinished: None,
            keys: None,
            passing: None,
            sought: None,
            arranged: None,
        }
    }

    fn run(mut self) {
        while !self.hung_up {
            if self.waiting.is_empty() {
                match self.errands.recv() {
                    Ok(errand) => self.waiting.push(errand),
                    Err(_) => return,
                }
            }
            self.collect();
            let mut changed = false;
            for errand in std::mem::take(&mut self.waiting) {
                changed |= self.take(errand);
            }
            if changed && let Some(ask) = self.showing.clone() {
                let _ = self.show(ask);
            }
            if self.waiting.is_empty() {
                self.seek_again();
            }
        }
    }

    /// Takes a search up again that was broken off, where the rows still stand as they did: whoever scrolls meanwhile still
    /// wants to know. Otherwise it is over, which has to be said, since somebody waits for it.
    fn seek_again(&mut self) {
        let Some(showing) = &self.showing else {
            return;
        };
        let Some(seek) = self.unfinished.take() else {
            return;
        };
        if seek.arrangement == showing.arrangement {
            self.begin_seek(seek);
        } else {
            let why = format!("the rows changed before “{}” was found", seek.filter.typed);
            (self.report)(Report::Sought(Err(why)));
        }
    }

    fn begin_seek(&mut self, seek: Seek) {
        self.unfinished = match self.seek(&seek) {
            Ok(()) => None,
            Err(Interrupted) => Some(seek),
        };
    }

    /// Takes what waits from the channel.
    fn collect(&mut self) {
        loop {
            match self.errands.try_recv() {
                Ok(errand) => self.waiting.push(errand),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.hung_up = true;
                    return;
                }
            }
        }
    }

    /// Whether what is being done is out of date.
    fn is_interrupted(&mut self) -> bool {
        self.collect();
        let newer = |errand: &Errand| match errand {
            Errand::Ranked(_) | Errand::Ask(Browse::Seek(_)) => false,
            Errand::Table(_)
            | Errand::Grown(_)
            | Errand::End
            | Errand::Ask(Browse::Show(_) | Browse::Rest) => true,
        };
        self.hung_up || self.waiting.iter().any(newer)
    }

    /// Takes an errand; whether what the screen shows has to be told anew.
    fn take(&mut self, errand: Errand) -> bool {
        match errand {
            Errand::Table(store) => {
                (self.store, self.standing) = (store, Standing::default());
                (self.showing, self.unfinished, self.keys) = (None, None, None);
                (self.passing, self.sought, self.arranged) = (None, None, None);
                false
            }
            Errand::Grown(store) => {
                (self.store, self.standing) = (store, Standing::default());
                (self.keys, self.passing, self.sought, self.arranged) = (None, None, None, None);
                self.showing.is_some()
            }
            Errand::Ranked(standing) => {
                self.standing = standing;
                // Conditions may be about scores, and ranks may order the rows.
                self.arranged = None;
                self.showing.is_some()
            }
            Errand::Ask(Browse::Rest) => {
                (self.showing, self.unfinished) = (None, None);
                false
            }
            Errand::End => {
                self.hung_up = true;
                false
            }
            Errand::Ask(Browse::Show(ask)) => {
                self.showing = Some(ask);
                true
            }
            Errand::Ask(Browse::Seek(seek)) => {
                self.begin_seek(seek);
                false
            }
        }
    }

    fn show(&mut self, ask: Ask) -> Pass<()> {
        let problem = match self.arrange(&ask.arrangement) {
            Ok(problem) => problem,
            Err(Interrupted) => return Err(Interrupted),
        };
        let rows = self.arranged.as_ref().map_or(&[][..], |(_, rows)| rows);
        let shown = rows.iter().skip(ask.first).take(ask.count);
        let line = |row: &u32| {
            let place = *row as usize;
            let rank = self.standing.ranks.get(place).copied();
            let rank = rank.filter(|rank| *rank != Standing::UNRANKED);
            Line {
                row: *row,
                rank,
                about: rank.is_some_and(|rank| rank as usize >= self.standing.exact),
                score: self.standing.scores.get(place).copied().unwrap_or(f32::NAN),
                flagged: rank.is_some_and(|rank| (rank as usize) < self.standing.flagged),
                cells: self.store.cells(place),
            }
        };
        let lines: Vec<Line> = shown.map(line).collect();
        let mut widths = vec![0; self.store.columns];
        for line in &lines {
            for (widest, cell) in widths.iter_mut().zip(&line.cells) {
                *widest = (short(cell).width() as u16).max(*widest);
            }
        }
        let browsed = Browsed {
            total: rows.len(),
            place: ask
                .row
                .and_then(|row| rows.iter().position(|own| *own == row)),
            lines,
            widths,
            problem: problem.or_else(|| self.store.problem()),
            asked: ask,
        };
        (self.report)(Report::Browsed(browsed));
        Ok(())
    }

    fn seek(&mut self, seek: &Seek) -> Pass<()> {
        let problem = self.arrange(&seek.arrangement)?;
        if self
            .sought
            .as_ref()
            .is_none_or(|(filter, _)| *filter != seek.filter)
        {
            let filters = std::slice::from_ref(&seek.filter);
            match self.passing(filters, &seek.arrangement)? {
                Ok(rows) => self.sought = Some((seek.filter.clone(), rows)),
                Err(why) => {
                    (self.report)(Report::Sought(Err(why)));
                    return Ok(());
                }
            }
        }
        let rows = self.arranged.as_ref().map_or(&[][..], |(_, rows)| rows);
        let found = self.sought.as_ref().map_or(&[][..], |(_, found)| found);
        let count = rows.len();
        let place = |offset: usize| {
            let on = if seek.backwards {
                count - offset
            } else {
                offset
            };
            (seek.from + on) % count
        };
        let mut places = (0..count).map(place);
        let place = places.find(|place| found[rows[*place] as usize]);
        let typed = &seek.filter.typed;
        let none = if seek.arrangement.filters.is_empty() {
            format!("no row here has “{typed}”")
        } else {
            format!("none of the rows that the filters leave has “{typed}”")
        };
        let answer = place.ok_or_else(|| problem.unwrap_or(none));
        (self.report)(Report::Sought(answer));
        Ok(())
    }
}
