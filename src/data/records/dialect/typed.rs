//! Which columns of the first records hold numbers or dates: beside them words stand out, as headers and titles have them.

use csv::ByteRecord;

use crate::data::columns::datetime::{self, Format};
use crate::data::columns::number::{self, Cell, Spelling};

/// The columns that hold numbers or dates.
pub struct Typed {
    /// Which they are, with the format of those that hold dates.
    pub columns: Vec<(usize, Option<Format>)>,
    width: usize,
    spelling: Spelling,
}

impl Typed {
    /// Looks at the lower half, where no line stands above the table.
    pub fn of(records: &[ByteRecord], width: usize, spelling: Spelling) -> Self {
        let half = records.len() / 2;
        let is_word =
            |cell: &[u8]| matches!(number::read(cell, spelling), Cell::Word | Cell::Missing);
        // A header that comes again and again says nothing about what stands beneath it.
        let again = |at: usize| {
            let record = &records[at];
            record.iter().all(is_word) && records[..half].contains(record)
        };
        let mut rows: Vec<usize> = (half..records.len())
            .filter(|at| records[*at].len() == width)
            .collect();
        if rows.iter().any(|at| !again(*at)) {
            rows.retain(|at| !again(*at));
        }
        let rows: Vec<&ByteRecord> = rows.iter().map(|at| &records[*at]).collect();
        let typed = |column: usize| {
            let present: Vec<&[u8]> = rows
                .iter()
                .map(|record| number::trim(&record[column]))
                .filter(|cell| number::read(cell, spelling) != Cell::Missing)
                .collect();
            let numbers = present
                .iter()
                .filter(|cell| number::read(cell, spelling) != Cell::Word)
                .count();
            if present.is_empty() {
                None
            } else if numbers * 10 >= present.len() * 8 {
                Some((column, None))
            } else if numbers == 0 {
                datetime::find(&present).map(|format| (column, Some(format)))
            } else {
                None
            }
        };
        Self {
            columns: (0..width).filter_map(typed).collect(),
            width,
            spelling,
        }
    }

    /// Whether a third of the columns hold in this record what they hold below, or all of them nothing.
    pub fn is_data(&self, record: &ByteRecord) -> bool {
        if record.len() != self.width {
            return false;
        }
        let (mut fitting, mut words, mut keyed) = (0, 0, false);
        for (column, format) in &self.columns {
            let cell = number::trim(&record[*column]);
            match (format, number::read(cell, self.spelling)) {
                (_, Cell::Missing) => {}
                (Some(format), _) if datetime::read(cell, *format).is_some() => fitting += 1,
                (None, Cell::Number(_) | Cell::NotFinite) => fitting += 1,
                _ => {
                    words += 1;
                    keyed |= *column == 0;
                }
            }
        }
        // `Samples;120` is no row of two numbers.
        let few = if keyed {
            2 * fitting <= self.columns.len()
        } else {
            3 * fitting < self.columns.len()
        };
        let some = fitting > 0 && !few;
        // A row of delimiters alone stands between a title and the table.
        let empty = record.iter().all(|cell| number::trim(cell).is_empty());
        some || words == 0 && !empty && !self.columns.is_empty()
    }

    /// Whether one of the columns at least holds a word here, and all others words or nothing.
    pub fn are_named(&self, record: &ByteRecord) -> bool {
        let word = |(column, _): &(usize, Option<Format>)| {
            let cell = record.get(*column).map(number::trim);
            cell.is_some_and(|cell| number::read(cell, self.spelling) == Cell::Word)
        };
        self.are_words(record) && self.columns.iter().any(word)
    }

    /// Whether all of the columns hold words here, or nothing. A record that ends before the last of them does not.
    pub fn are_words(&self, record: &ByteRecord) -> bool {
        let words = |(column, _): &(usize, Option<Format>)| {
            let cell = record.get(*column).map(number::trim);
            cell.is_some_and(|cell| {
                matches!(
                    number::read(cell, self.spelling),
                    Cell::Word | Cell::Missing
                )
            })
        };
        self.columns.iter().all(words)
    }
}
