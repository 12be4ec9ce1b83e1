//! The page of columns: which one is selected, and what the user wants of each.

use std::collections::{BTreeMap, BTreeSet};

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, moved};
use crate::app::session::Session;
use crate::data::columns::kind::Kind;
use crate::message::{Choice, Command};

/// The page's state.
#[derive(Debug, Default)]
pub struct Columns {
    /// Selected line.
    pub line: usize,
    /// The order of the lines.
    pub sort: Sort,
    /// What the user wants of columns, by name; none is what was found.
    pub wanted: BTreeMap<String, Choice>,
}

/// What the columns are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// As in the file.
    #[default]
    File,
    /// By name.
    Name,
    /// By kind.
    Kind,
    /// The most missing cells first.
    Missing,
    /// The most different values first.
    Distinct,
    /// Those that are left out first.
    LeftOut,
}

impl Sort {
    /// The next one.
    const fn next(self) -> Self {
        match self {
            Self::File => Self::Name,
            Self::Name => Self::Kind,
            Self::Kind => Self::Missing,
            Self::Missing => Self::Distinct,
            Self::Distinct => Self::LeftOut,
            Self::LeftOut => Self::File,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::File => "as in the file",
            Self::Name => "by name",
            Self::Kind => "by kind",
            Self::Missing => "most missing first",
            Self::Distinct => "most distinct first",
            Self::LeftOut => "left out first",
        }
    }
}

/// The choices in the order in which the keys go through them; none is what was found.
const CHOICES: [Option<Choice>; 7] = [
    None,
    Some(Choice::As(Kind::Number)),
    Some(Choice::As(Kind::Datetime)),
    Some(Choice::As(Kind::Category)),
    Some(Choice::As(Kind::Id)),
    Some(Choice::As(Kind::Label)),
    Some(Choice::Drop),
];

/// Lines in any case for what is said about the reading, with a heading; and from how many lines on the page has them.
const SAID: usize = 3;
const LOW: usize = 14;

impl Columns {
    /// Lines of the page that are no columns: the heading, and three about the selected one.
    pub const AROUND: usize = 4;

    /// The page as the table was read.
    pub fn new(session: &Session) -> Self {
        Self {
            line: 0,
            sort: Sort::default(),
            wanted: session.applied.clone(),
        }
    }

    /// Lines beneath the columns for what is said about how the table was read: those that the columns leave free, and a few in
    /// any case, where `height` lines are inside the frame.
    pub fn said(height: usize, session: &Session) -> usize {
        let notices = session
            .loaded
            .as_ref()
            .map_or(0, |loaded| loaded.notices.len());
        if notices == 0 || height < LOW {
            return 0;
        }
        let free = height.saturating_sub(Self::AROUND + session.columns().len());
        free.max(SAID)
    }

    /// Lines of columns where `height` lines are inside the frame.
    pub fn room(height: usize, session: &Session) -> usize {
        height.saturating_sub(Self::AROUND + Self::said(height, session))
    }

    /// The first column that shows.
    pub fn first(&self, height: usize, session: &Session) -> usize {
        let room = Self::room(height, session);
        let last = session.columns().len().saturating_sub(room);
        self.line.saturating_sub(room / 2).min(last)
    }

    /// Columns that are wanted otherwise than they were read.
    pub fn pending(&self, session: &Session) -> usize {
        let names: BTreeSet<&String> = self.wanted.keys().chain(session.applied.keys()).collect();
        let differs = |name: &&&String| self.wanted.get(**name) != session.applied.get(**name);
        names.iter().filter(differs).count()
    }

    /// The columns in the order of the lines, by their place in the file.
    pub fn order(&self, session: &Session) -> Vec<usize> {
        let columns = session.columns();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        match self.sort {
            Sort::File => {}
            Sort::Name => order.sort_by_key(|place| columns[*place].name.to_lowercase()),
            Sort::Kind => order.sort_by_key(|place| columns[*place].kind.name()),
            Sort::Missing => order.sort_by_key(|place| std::cmp::Reverse(columns[*place].missing)),
            Sort::Distinct => {
                order.sort_by_key(|place| std::cmp::Reverse(columns[*place].distinct));
            }
            Sort::LeftOut => order.sort_by_key(|place| columns[*place].used),
        }
        order
    }

    fn selected(&self, session: &Session) -> Option<String> {
        let place = *self.order(session).get(self.line)?;
        Some(session.columns()[place].name.clone())
    }

    /// The next order; the selection stays with its column.
    fn sort(&mut self, context: &mut Context<'_>) {
        let place = self.order(context.session).get(self.line).copied();
        self.sort = self.sort.next();
        let order = self.order(context.session);
        let line = order.iter().position(|other| Some(*other) == place);
        self.line = line.unwrap_or(0);
        context
            .effects
            .say(format!("columns {}", self.sort.words()));
    }

    /// Leaves the selected column out, or takes it in again.
    fn toggle(&mut self, session: &Session) {
        let Some(name) = self.selected(session) else {
            return;
        };
        if self.wanted.get(&name) == Some(&Choice::Drop) {
            self.wanted.remove(&name);
        } else {
            self.wanted.insert(name, Choice::Drop);
        }
    }

    /// Goes `by` places on through what the selected column can be.
    fn turn_kind(&mut self, by: usize, session: &Session) {
        let Some(name) = self.selected(session) else {
            return;
        };
        let now = self.wanted.get(&name).copied();
        let at = CHOICES.iter().position(|choice| *choice == now);
        match CHOICES[(at.unwrap_or(0) + by) % CHOICES.len()] {
            Some(choice) => self.wanted.insert(name, choice),
            None => self.wanted.remove(&name),
        };
    }

    /// Asks for the table as it is wanted.
    fn apply_changes(&mut self, context: &mut Context<'_>) {
        if self.pending(context.session) == 0 {
            return context
                .effects
                .say("nothing has changed; d leaves a column out, → reads it as another kind");
        }
        context.session.applied.clone_from(&self.wanted);
        let changes = context.session.changes();
        context.effects.send(Command::Reread(changes));
        context.effects.close();
    }
}

impl Behaviour for Columns {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        let session = &*context.session;
        match action {
            Action::Columns => {
                self.close(context);
                context.effects.close();
            }
            Action::Sort => self.sort(context),
            Action::ToggleColumn => self.toggle(session),
            Action::NextKind => self.turn_kind(1, session),
            Action::PreviousKind => self.turn_kind(CHOICES.len() - 1, session),
            Action::Apply => self.apply_changes(context),
            Action::Select(line) => self.line = line.min(session.columns().len().max(1) - 1),
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                self.line = moved(self.line, by, session.columns().len());
            }
        }
        true
    }

    fn hint(&self, action: Action, session: &Session) -> Hint {
        match action {
            Action::Apply if self.pending(session) == 0 => Hint::Hidden,
            Action::Columns => Hint::Hidden,
            _ => Hint::AsListed,
        }
    }

    /// Forgets what was not applied.
    fn close(&mut self, context: &mut Context<'_>) {
        if self.pending(context.session) > 0 {
            context.effects.say("the columns stay as they were");
        }
    }

    fn find(&mut self, text: &str, skip: usize, context: &mut Context<'_>) {
        let (columns, wanted) = (context.session.columns(), text.to_lowercase());
        let mut places =
            (0..columns.len()).map(|offset| (self.line + skip + offset) % columns.len());
        let order = self.order(context.session);
        let name = |place: usize| columns[order[place]].name.to_lowercase();
        match places.find(|place| name(*place).contains(&wanted)) {
            Some(place) => self.line = place,
            None => context.effects.say(format!("no column is called “{text}”")),
        }
    }

    fn sought(&self) -> Option<&'static str> {
        Some("column name")
    }
}
