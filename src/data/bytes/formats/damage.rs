//! What is wrong with a file in a format of its own, and where. It travels as an [`io::Error`], because that is what a stream
//! has to say.

use std::fmt;
use std::io;

/// What is wrong, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where in the file: `line 12`, `row group 3`, `sheet “A”`; nothing where the whole file is meant.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What the user can do.
    pub advice: String,
}

impl Damage {
    /// What an error says about a format, if that is what it is.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// Of the whole file.
    pub fn whole(problem: impl Into<String>, advice: impl Into<String>) -> io::Error {
        Self::at("", problem, advice)
    }

    /// At a place.
    pub fn at(
        place: impl Into<String>,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> io::Error {
        io::Error::other(Self {
            place: place.into(),
            problem: problem.into(),
            advice: advice.into(),
        })
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}; {}", self.problem, self.advice)
    }
}

impl std::error::Error for Damage {}
