//! What a column holds.

use std::fmt;
use std::str::FromStr;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Yes or no.
    Boolean,
    /// Dates or times.
    Datetime,
    /// Dates or times, of which the hour of the day and the day of the week count.
    Clock,
    /// A few words that recur.
    Category,
    /// Words that are nearly all different.
    Text,
    /// A name for each row.
    Id,
    /// One value throughout.
    Constant,
    /// Nothing.
    Empty,
    /// Which rows are outliers.
    Label,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Number,
        Self::Boolean,
        Self::Datetime,
        Self::Clock,
        Self::Category,
        Self::Text,
        Self::Id,
        Self::Constant,
        Self::Empty,
        Self::Label,
    ];

    /// Its name on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::Clock => "clock",
            Self::Category => "category",
            Self::Text => "text",
            Self::Id => "id",
            Self::Constant => "constant",
            Self::Empty => "empty",
            Self::Label => "label",
        }
    }

    /// The kinds that a user can ask for.
    pub const WANTED: [Self; 6] = [
        Self::Number,
        Self::Datetime,
        Self::Clock,
        Self::Category,
        Self::Id,
        Self::Label,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::WANTED.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| {
            format!(
                "expected one of {}",
                Self::WANTED.map(Self::name).join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_names_and_only_some_can_be_asked_for() {
        assert_eq!("category".parse(), Ok(Kind::Category));
        assert!(
            "constant"
                .parse::<Kind>()
                .unwrap_err()
                .contains("number, datetime")
        );
    }
}
