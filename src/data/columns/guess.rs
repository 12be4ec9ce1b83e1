//! Guesses from a column's first cells how to read it.

use crate::data::columns::datetime::{self, Format, Order};
use crate::data::columns::ids::is_name;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::columns::unit::Suffix;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadAs {
    /// As numbers.
    Numbers,
    /// As numbers with this unit behind them.
    Measures(Suffix),
    /// As dates in this format.
    Times(Format),
    /// As words.
    Words,
    /// Not at all: only whether they are missing.
    Presence,
}

impl ReadAs {
    /// Whether it gives numbers, and no dates.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Numbers | Self::Measures(_))
    }
}

/// Cells that are enough to tell text from categories for certain.
const SURE: usize = 1_000;

/// Guesses how to read a column whose first cells are these.
pub fn guess<'a>(
    cells: impl Iterator<Item = &'a [u8]>,
    spelling: Spelling,
    missing: &MissingWords,
    dates: Option<Order>,
) -> ReadAs {
    let mut numbers = 0;
    let cells: Vec<&[u8]> = cells
        .map(number::trim)
        .filter(|cell| {
            let read = number::read(cell, spelling);
            let is_there = read != Cell::Missing && !missing.has(cell);
            numbers += usize::from(is_there && read != Cell::Word);
            is_there
        })
        .collect();
    if numbers * 2 >= cells.len() {
        return if is_code(&cells) {
            ReadAs::Words
        } else {
            ReadAs::Numbers
        };
    }
    if let Some(format) = datetime::find_in(&cells, dates) {
        return ReadAs::Times(format);
    }
    if let Some(suffix) = Suffix::of(&cells, spelling) {
        return ReadAs::Measures(suffix);
    }
    let different: hashbrown::HashSet<&[u8]> = cells.iter().copied().collect();
    let unique = different.len() == cells.len();
    // Names of rows are all different too, but each is short and one word.
    if cells.len() >= SURE
        && is_text(different.len(), cells.len())
        && !(unique && cells.iter().all(|cell| is_name(cell)))
    {
        return ReadAs::Presence;
    }
    ReadAs::Words
}

/// Whether a column with this many different words in this many cells is text rather than categories.
pub fn is_text(different: usize, present: usize) -> bool {
    different > 2 && different * 2 > present
}

/// Whether all cells are digits that form a code rather than a number: some begin with a zero, as postcodes do.
fn is_code(cells: &[&[u8]]) -> bool {
    let digits = |cell: &&[u8]| !cell.is_empty() && cell.iter().all(u8::is_ascii_digit);
    let zero = |cell: &&[u8]| cell.len() > 1 && cell[0] == b'0';
    cells.iter().any(zero) && cells.iter().all(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(cells: &[&str]) -> ReadAs {
        guess(
            cells.iter().map(|cell| cell.as_bytes()),
            Spelling::default(),
            &MissingWords::default(),
            None,
        )
    }

    #[test]
    fn the_first_cells_say_how_to_read_a_column() {
        assert_eq!(guessed(&["1", "2.5", "", "12kg", "NaN"]), ReadAs::Numbers);
        assert_eq!(guessed(&["", "NA"]), ReadAs::Numbers);
        assert_eq!(guessed(&["0012", "0112", "7000"]), ReadAs::Words);
        assert_eq!(guessed(&["0", "10", "0.5"]), ReadAs::Numbers);
        assert_eq!(
            guessed(&["2024-01-10", "", "2024-02-10"]),
            ReadAs::Times(Format::Iso)
        );
        assert_eq!(guessed(&["yes", "no", "1"]), ReadAs::Words);
        assert!(matches!(
            guessed(&["2 kg", "3.5 kg", "?"]),
            ReadAs::Measures(_)
        ));
        let texts: Vec<String> = (0..SURE).map(|row| format!("seen {row} times")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(
            (guessed(&texts), guessed(&texts[1..])),
            (ReadAs::Presence, ReadAs::Words)
        );
    }
}
