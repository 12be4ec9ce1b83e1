//! Rows of a series without a time that can be read: how many, and the first of them.

use crate::data::columns::gaps::Gaps;
use crate::data::text::quote;
use crate::format::{count, group};

/// How many unreadable times are named.
const NAMED: usize = 3;

/// Rows without a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untimed {
    /// How many.
    pub rows: u64,
    /// The number of the first.
    first: Option<u64>,
    /// What stands where a time should be: lines before it, counted from the first row, and text.
    words: Vec<(u64, Box<[u8]>)>,
}

impl Untimed {
    /// Of the numbers of these rows, and the cells that hold no time.
    pub fn of<'a>(
        mut rows: impl Iterator<Item = u64>,
        gaps: impl Iterator<Item = &'a Gaps>,
    ) -> Self {
        let first = rows.next();
        let not_times = |gaps: &'a Gaps| gaps.first_words.iter().chain(&gaps.first_not_finite);
        let words = gaps.flat_map(not_times).take(NAMED);
        Self {
            rows: u64::from(first.is_some()) + rows.count() as u64,
            first,
            words: words.cloned().collect(),
        }
    }

    /// Adds those of a later part that begins after so many lines.
    pub fn append(&mut self, later: Self, lines: u64) {
        self.rows += later.rows;
        self.first = self.first.or(later.first);
        let room = NAMED.saturating_sub(self.words.len());
        let words = later.words.into_iter().take(room);
        self.words
            .extend(words.map(|(line, word)| (lines + line, word)));
    }

    /// A sentence about them where there are any: what tells the time, the rows of the file, and the lines above them.
    pub fn sentence(&self, clock: &str, rows: u64, above: u64) -> Option<String> {
        let first = self.first?;
        let name = quote(clock.as_bytes());
        let words = self.words.iter();
        let words: Vec<String> = words
            .map(|(line, word)| format!("{} in line {}", quote(word), group(above + line + 1)))
            .collect();
        let such = if words.is_empty() {
            String::new()
        } else {
            format!(", such as {}", words.join(", "))
        };
        Some(if self.rows >= rows {
            format!(
                "column {name}: no row has a time that can be read{such}, so that all are taken in the order of the file"
            )
        } else {
            format!(
                "column {name}: {} without a time that can be read, the first is row {}{such}; each counts as taken when the row before it was",
                count(self.rows as usize, "row"),
                group(first),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_the_first_lines_are_named() {
        let gaps = Gaps {
            words: 1,
            first_words: vec![(3, b"soon"[..].into())],
            ..Gaps::default()
        };
        let mut untimed = Untimed::of([4, 9].into_iter(), [&gaps].into_iter());
        untimed.append(Untimed::of([21].into_iter(), [&gaps].into_iter()), 20);
        assert_eq!(
            untimed.sentence("at", 30, 1).unwrap(),
            "column “at”: 3 rows without a time that can be read, the first is row 4, such as “soon” in line 5, “soon” in line 25; \
             each counts as taken when the row before it was"
        );
        assert!(untimed.sentence("at", 3, 1).unwrap().contains("no row has"));
        assert_eq!(Untimed::default().sentence("at", 30, 1), None);
    }
}
