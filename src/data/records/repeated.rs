//! Lines from above the rows that stand among them again: files joined end to end, reports with a header on every page,
//! instruments that write theirs anew. They are no rows, and neither are lines of delimiters with nothing between them, as
//! spreadsheets write empty ones, and lines that somebody wrote in between, which happen to have as many words as there are columns.

use csv::ByteRecord;

use crate::data::columns::guess::ReadAs;
use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::Dialect;
use crate::format::{count, group};

/// Where nothing shows what the columns hold, this many rows tell a header from a row that occurs more than once.
const FEWEST: usize = 20;

/// What stands above the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The names of the columns.
    Header,
    /// The units under it, or lines above it.
    Other,
}

/// The records above the rows, for finding them again.
#[derive(Debug, Clone)]
pub struct Top {
    /// Their trimmed cells.
    records: Vec<(Part, Vec<Vec<u8>>)>,
    /// What lines above the header begin with, such as “Date” in `Date;2024-03-01`, and how many cells they have, where no row
    /// can begin so.
    keys: Vec<(Vec<u8>, usize)>,
    /// The bytes that such a line may begin with.
    begins: [bool; 256],
}

impl Default for Top {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            keys: Vec::new(),
            begins: [false; 256],
        }
    }
}

impl Top {
    /// What stands above the rows of a file.
    pub fn of(dialect: &Dialect) -> Self {
        let mut top = Self::default();
        for (part, record) in &dialect.top {
            let cells: Vec<Vec<u8>> = record
                .iter()
                .map(|cell| number::trim(cell).to_vec())
                .collect();
            if cells.iter().all(Vec::is_empty) {
                continue;
            }
            let delimiter = dialect.separator.byte().unwrap_or_default();
            let first = cells[0].first().copied().unwrap_or(delimiter);
            top.begins[usize::from(first)] = true;
            top.records.push((*part, cells));
        }
        if !top.records.is_empty() {
            // Before a cell may stand blanks, and around it quotes.
            for byte in b" \t\x0c\"" {
                top.begins[usize::from(*byte)] = true;
            }
        }
        top
    }

    /// Nothing, unless no row can be like these: a column of numbers has a word here, or none of the names ever occurs in its
    /// column. `rows` are some that differ from all of these.
    #[must_use]
    pub fn if_sure(mut self, rows: &[ByteRecord], read_as: &[ReadAs], spelling: Spelling) -> Self {
        let typed = |column: &ReadAs| column.is_number() || matches!(column, ReadAs::Times(_));
        let is_word = |cell: &Vec<u8>| number::read(cell, spelling) == Cell::Word;
        let sure = |cells: &Vec<Vec<u8>>| {
            if cells.len() != read_as.len() {
                return read_as.iter().any(typed) && cells.iter().any(is_word);
            }
            let mut columns = cells.iter().zip(read_as);
            columns.any(|(cell, read_as)| typed(read_as) && is_word(cell))
                || rows.len() >= FEWEST && never_occur(cells, rows)
        };
        self.records.retain(|(_, cells)| sure(cells));
        if self.records.is_empty() {
            return Self::default();
        }
        if read_as.first().is_some_and(typed) {
            let keyed = self.records.iter().filter(|(part, cells)| {
                *part == Part::Other && cells[0].len() > 1 && is_word(&cells[0])
            });
            self.keys = keyed
                .map(|(_, cells)| (cells[0].clone(), cells.len()))
                .collect();
        }
        self
    }

    /// Whether a line that begins with this byte may be one of these: a quick look before a thorough one.
    pub fn may_begin(&self, byte: u8) -> bool {
        self.begins[usize::from(byte)]
    }

    /// Which part a line is, if it is one of these.
    pub fn of_line(&self, line: &[u8], delimiter: u8) -> Option<Part> {
        let first = number::trim(line);
        let begins = |cells: &[Vec<u8>]| first.starts_with(&cells[0]);
        if !self.records.iter().any(|(_, cells)| begins(cells)) {
            return None;
        }
        let cells = line.split(|byte| *byte == delimiter);
        self.of_cells(&cells, cells.clone().count())
    }

    /// Which part a record is, if it is one of these.
    pub fn of_record(&self, record: &ByteRecord) -> Option<Part> {
        self.of_cells(&record.iter(), record.len())
    }

    /// The same for so many cells.
    pub fn of_cells<'a>(
        &self,
        cells: &(impl Iterator<Item = &'a [u8]> + Clone),
        count: usize,
    ) -> Option<Part> {
        let same = |(_, known): &&(Part, Vec<Vec<u8>>)| {
            known.len() == count
                && known
                    .iter()
                    .zip(cells.clone())
                    .all(|(known, cell)| *known == number::trim(cell))
        };
        if let Some((part, _)) = self.records.iter().find(same) {
            return Some(*part);
        }
        if self.keys.is_empty() {
            return None;
        }
        let first = number::trim(cells.clone().next()?);
        let keyed = self
            .keys
            .iter()
            .any(|(key, of)| *of == count && *key == first);
        keyed.then_some(Part::Other)
    }
}

/// Whether a header's cells all differ, and none of them stands in its column.
fn never_occur(cells: &[Vec<u8>], rows: &[ByteRecord]) -> bool {
    let differ = cells
        .iter()
        .enumerate()
        .all(|(at, cell)| !cell.is_empty() && !cells[..at].contains(cell));
    let occurs = |row: &ByteRecord| {
        let mut pairs = row.iter().zip(cells);
        pairs.any(|(cell, name)| number::trim(cell) == name)
    };
    cells.len() > 1 && differ && !rows.iter().any(occurs)
}

/// Lines that stood among the rows though they belong above them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeats {
    header: Lines,
    other: Lines,
    empty: Lines,
    words: Lines,
}

/// How many lines, and the first of them, 0 = first in the block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lines {
    count: usize,
    first: Vec<u64>,
}

/// How many are named.
const NAMED: usize = 5;

impl Lines {
    fn add(&mut self, count: usize, first: impl Iterator<Item = u64>) {
        self.count += count;
        self.first.extend(first.take(NAMED - self.first.len()));
    }

    /// `line 501`, `lines 501, 1002, …`
    fn named(&self) -> String {
        let lines: Vec<String> = self
            .first
            .iter()
            .map(|line| (line + 1).to_string())
            .collect();
        let plural = if lines.len() == 1 { "" } else { "s" };
        let more = if self.count > lines.len() {
            ", …"
        } else {
            ""
        };
        format!("line{plural} {}{more}", lines.join(", "))
    }
}

impl Repeats {
    /// Adds a line with so many before it.
    pub fn add(&mut self, part: Part, line: u64) {
        let lines = match part {
            Part::Header => &mut self.header,
            Part::Other => &mut self.other,
        };
        lines.add(1, std::iter::once(line));
    }

    /// Adds a line of delimiters alone.
    pub fn add_empty(&mut self, line: u64) {
        self.empty.add(1, std::iter::once(line));
    }

    /// Adds a line of words where all columns hold numbers.
    pub fn add_words(&mut self, line: u64) {
        self.words.add(1, std::iter::once(line));
    }

    /// Adds those of a later block that begins after `lines` lines.
    pub fn append(&mut self, other: &Self, lines: u64) {
        for (own, other) in [
            (&mut self.header, &other.header),
            (&mut self.other, &other.other),
            (&mut self.empty, &other.empty),
            (&mut self.words, &other.words),
        ] {
            own.add(other.count, other.first.iter().map(|line| line + lines));
        }
    }

    /// A sentence about them; none where there are none.
    pub fn sentence(&self) -> Option<String> {
        let header = match self.header.count {
            0 => None,
            1 => Some(format!("the header again in {}", self.header.named())),
            times => Some(format!(
                "the header, {} times more, in {}",
                group(times),
                self.header.named()
            )),
        };
        let other = (self.other.count > 0).then(|| {
            format!(
                "{} from above the rows that {} again, {}",
                count(self.other.count, "line"),
                if self.other.count == 1 {
                    "stands there"
                } else {
                    "stand there"
                },
                self.other.named()
            )
        });
        let empty = (self.empty.count > 0).then(|| {
            let lines = count(self.empty.count, "line");
            format!("{lines} without a value, {}", self.empty.named())
        });
        let words = (self.words.count > 0).then(|| {
            let lines = count(self.words.count, "line");
            format!(
                "{lines} of words where numbers stand, {}",
                self.words.named()
            )
        });
        let parts = header.into_iter().chain(other).chain(empty).chain(words);
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| format!("left out: {}", parts.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_the_first_are_named() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.sentence(), None);
        repeats.add(Part::Header, 500);
        assert_eq!(
            repeats.sentence().unwrap(),
            "left out: the header again in line 501"
        );
        let mut tail = Repeats::default();
        tail.add_empty(61);
        assert_eq!(
            tail.sentence().unwrap(),
            "left out: 1 line without a value, line 62"
        );
        for line in 1..7 {
            let mut later = Repeats::default();
            later.add(Part::Header, line);
            later.add(Part::Other, line + 1);
            repeats.append(&later, 1_000);
        }
        assert_eq!(
            repeats.sentence().unwrap(),
            "left out: the header, 7 times more, in lines 501, 1002, 1003, 1004, 1005, …; \
             6 lines from above the rows that stand there again, lines 1003, 1004, 1005, 1006, 1007, …"
        );
    }
}
