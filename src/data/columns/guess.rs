//! A guess from a column's first cells how it is to be read.

use crate::data::columns::datetime::{self, Format};
use crate::data::columns::ids::is_name;
use crate::data::columns::number::{self, Cell, Spelling};

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
    if cells.len() >= SURE
        && is_text(different.len(), cells.len())
        && !(unique && cells.iter().all(|cell| is_name(cell)))
    {
        return Lean::Presence;
    }
    Lean::Words
}

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
}
