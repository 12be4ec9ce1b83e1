//! What a column holds, and how its cells are read to find out.

use std::fmt;
use std::str::FromStr;

use crate::data::columns::datetime::{self, Format};
use crate::data::columns::number::{self, Cell, Spelling};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Yes or no.
    Boolean,
    /// Dates or times.
    Datetime,
    /// A few words that come again and again.
    Category,
    /// Words that hardly ever come again.
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
    pub const ALL: [Self; 9] = [
        Self::Number,
        Self::Boolean,
        Self::Datetime,
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
            Self::Category => "category",
            Self::Text => "text",
            Self::Id => "id",
            Self::Constant => "constant",
            Self::Empty => "empty",
            Self::Label => "label",
        }
    }

    /// The kinds that a user can ask for.
    pub const WANTED: [Self; 5] = [
        Self::Number,
        Self::Datetime,
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

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// As numbers.
    Numbers,
    /// As dates of this spelling.
    Times(Format),
    /// As words.
    Words,
    /// Only whether they are there.
    Presence,
}

/// Cells of a sample from which text is told for certain.
const SURE: usize = 1_000;

/// How to read a column whose first cells are these.
pub fn lean<'a>(cells: impl Iterator<Item = &'a [u8]>, spelling: Spelling) -> Lean {
    let cells: Vec<&[u8]> = cells
        .map(number::trim)
        .filter(|cell| number::read(cell, spelling) != Cell::Missing)
        .collect();
    let numbers = cells
        .iter()
        .filter(|cell| number::read(cell, spelling) != Cell::Word)
        .count();
    if numbers * 2 >= cells.len() {
        return if is_code(&cells) {
            Lean::Words
        } else {
            Lean::Numbers
        };
    }
    if let Some(format) = datetime::find(&cells[..cells.len().min(SURE)]) {
        return Lean::Times(format);
    }
    let different: hashbrown::HashSet<&[u8]> = cells.iter().copied().collect();
    let unique = different.len() == cells.len();
    // Names of rows do not come again either, but they are short and one word.
    let is_name =
        |cell: &&[u8]| cell.len() <= LONGEST_ID && !cell.iter().any(u8::is_ascii_whitespace);
    if cells.len() >= SURE
        && is_text(different.len(), cells.len())
        && !(unique && cells.iter().all(is_name))
    {
        return Lean::Presence;
    }
    Lean::Words
}

/// Longest cell of a column that names rows.
pub const LONGEST_ID: usize = 64;

/// Whether so many different words in so many cells are text.
pub fn is_text(different: usize, present: usize) -> bool {
    different > 2 && different * 2 > present
}

/// Whether digits are a code and no number: one begins with a zero, as postcodes do.
fn is_code(cells: &[&[u8]]) -> bool {
    let digits = |cell: &&[u8]| !cell.is_empty() && cell.iter().all(u8::is_ascii_digit);
    let zero = |cell: &&[u8]| cell.len() > 1 && cell[0] == b'0';
    cells.iter().any(zero) && cells.iter().all(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaning(cells: &[&str]) -> Lean {
        lean(
            cells.iter().map(|cell| cell.as_bytes()),
            Spelling::default(),
        )
    }

    #[test]
    fn the_first_cells_say_how_to_read_a_column() {
        assert_eq!(leaning(&["1", "2.5", "", "12kg", "NaN"]), Lean::Numbers);
        assert_eq!(leaning(&["", "NA"]), Lean::Numbers);
        assert_eq!(leaning(&["0012", "0112", "7000"]), Lean::Words);
        assert_eq!(leaning(&["0", "10", "0.5"]), Lean::Numbers);
        assert_eq!(
            leaning(&["2024-01-10", "", "2024-02-10"]),
            Lean::Times(Format::Iso)
        );
        assert_eq!(leaning(&["yes", "no", "1"]), Lean::Words);
        let texts: Vec<String> = (0..SURE).map(|row| format!("seen {row} times")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(
            (leaning(&texts), leaning(&texts[1..])),
            (Lean::Presence, Lean::Words)
        );
    }

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
