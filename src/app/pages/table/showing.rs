//! Rows set apart, by the user, by the label or by the flag: whether they show, are hidden, or show alone. A condition says so
//! like one that was typed, so that it stands among the filters and goes the way they go.

use crate::app::session::Session;
use crate::message::{Filter, Subject, Test};

/// How rows set apart show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// Among the others.
    Shown,
    /// Not at all.
    Hidden,
    /// Without the others.
    Alone,
}

impl Showing {
    /// How they show by the filters in force.
    pub fn of(subject: Subject, session: &Session) -> Self {
        let filters = &session.arrangement.filters;
        let mut states = filters
            .iter()
            .filter_map(|filter| Self::said_by(filter, subject));
        states.next().unwrap_or(Self::Shown)
    }

    /// What a filter says of them, if it is about them alone.
    fn said_by(filter: &Filter, subject: Subject) -> Option<Self> {
        if filter.subject != subject {
            return None;
        }
        match &filter.test {
            Test::Is(text) if text == "1" => Some(Self::Alone),
            Test::Is(text) if text == "0" => Some(Self::Hidden),
            _ => None,
        }
    }

    /// Hidden, then alone, then among the others again.
    const fn next(self) -> Self {
        match self {
            Self::Shown => Self::Hidden,
            Self::Hidden => Self::Alone,
            Self::Alone => Self::Shown,
        }
    }

    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Hidden => "hidden",
            Self::Alone => "these alone",
        }
    }
}

/// What they are called.
pub const fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Label => "labelled",
        Subject::Flagged => "flagged",
        _ => "marked",
    }
}

/// Rows that are set apart so, as far as that is known without asking.
pub fn count(subject: Subject, session: &Session) -> usize {
    match subject {
        Subject::Marked => session.arrangement.marked.len(),
        Subject::Flagged => session
            .ranking
            .as_ref()
            .map_or(0, |ranking| ranking.flag.count),
        Subject::Label => {
            let outlier = session
                .loaded
                .as_ref()
                .and_then(|loaded| loaded.outlier.as_ref());
            outlier.map_or(0, |outlier| outlier.iter().filter(|is| **is).count())
        }
        _ => 0,
    }
}

/// The next way to show them. Where there are none it says so, but what is hidden can always be shown again.
pub fn turn(subject: Subject, session: &mut Session) -> Result<(), &'static str> {
    let now = Showing::of(subject, session);
    if now == Showing::Shown && count(subject, session) == 0 {
        return Err(match subject {
            Subject::Label if !session.has_label() => {
                "the table has no label; --label COLUMN says which column is one"
            }
            Subject::Label => "the label calls no row an outlier",
            Subject::Flagged => "no row is flagged",
            _ => "no row is marked; m marks one",
        });
    }
    let filters = &mut session.arrangement.filters;
    filters.retain(|filter| Showing::said_by(filter, subject).is_none());
    let value = match now.next() {
        Showing::Shown => return Ok(()),
        Showing::Hidden => "0",
        Showing::Alone => "1",
    };
    let word = match subject {
        Subject::Label => "label",
        _ => name(subject),
    };
    filters.push(Filter {
        subject,
        test: Test::Is(value.into()),
        typed: format!("{word} = {value}"),
    });
    Ok(())
}
