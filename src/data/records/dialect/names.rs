//! Names above columns that blanks part, where the names hold blanks themselves: `Wind dir   Air temp (C)`. What part of the
//! line belongs to which column is seen from the rows.

use csv::ByteRecord;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::Records;
use crate::data::records::dialect::unit;
use crate::data::records::separator::Separator;

/// How far a name may stand beyond the last column.
const BEYOND: usize = 3;

/// The header of a table that blanks or positions part, cut as its columns are: which record it is, and its names.
pub fn find(records: &Records, body: &[u8], separator: &Separator) -> Option<(usize, ByteRecord)> {
    if separator.byte().is_some() || matches!(separator, Separator::Framed) {
        return None;
    }
    let (width, _) = records.usual();
    let is_word = |cell: &[u8]| number::read(cell, Spelling::default()) == Cell::Word;
    let is_row = |record: &ByteRecord| {
        record.len() == width && record.iter().filter(|cell| !is_word(cell)).count() * 3 >= width
    };
    let row = records.cells.iter().position(is_row)?;
    let above = |at: usize| at.checked_sub(1);
    let mut at = above(row)?;
    if unit::are_units(&records.cells[at]) && records.cells[at].len() == width {
        at = above(at)?;
    }
    let header = &records.cells[at];
    if width < 2
        || header.len() < width
        || !header.iter().all(|cell| is_word(cell) || cell.is_empty())
    {
        return None;
    }
    // A comment of a kind that is not known as one.
    if header.len() == width + 1 && header.get(0) == Some(b"%") {
        return Some((at, header.iter().skip(1).collect()));
    }
    let text = |at: usize| {
        let place = records.places[at];
        let line = std::str::from_utf8(&body[place.start..place.end]).ok()?;
        // What is drawn beneath a header belongs to its record.
        line.lines().next().map(str::trim_end)
    };
    let line = text(at)?;
    let far = parts(line, 2);
    let names: Vec<String> = if far.len() == width {
        far.into_iter()
            .map(|(from, to)| cut(line, from, to))
            .collect()
    } else if far.len() > 1 {
        let rows = (row..records.cells.len()).filter(|at| records.cells[*at].len() == width);
        let spans = spans(rows.filter_map(text), separator, width)?;
        by_columns(line, &spans)?
    } else {
        return None;
    };
    // Names hold no clauses, prose does.
    if names.iter().any(|name| name.contains(", ")) {
        return None;
    }
    let names: ByteRecord = names.into_iter().collect();
    (names != *header).then_some((at, names))
}

/// The parts of a line between at least so many blanks, or a tab: from which character to behind which.
fn parts(line: &str, blanks: usize) -> Vec<(usize, usize)> {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut tab = false;
    for (at, character) in line.chars().enumerate() {
        if character == '\t' {
            tab = true;
        } else if character != ' ' {
            match parts.last_mut() {
                Some((_, end)) if !tab && at - *end < blanks => *end = at + 1,
                _ => parts.push((at, at + 1)),
            }
            tab = false;
        }
    }
    parts
}

fn cut(line: &str, from: usize, to: usize) -> String {
    line.chars().skip(from).take(to - from).collect()
}

/// Where a column is written.
#[derive(Clone)]
struct Span {
    /// The first character of its cells, at least and at most.
    from: (usize, usize),
    /// The one behind their last, at least and at most.
    to: (usize, usize),
}

/// Where each column is written; none where tabs keep characters from being positions.
fn spans<'a>(
    rows: impl Iterator<Item = &'a str>,
    separator: &Separator,
    width: usize,
) -> Option<Vec<Span>> {
    let nowhere = Span {
        from: (usize::MAX, 0),
        to: (usize::MAX, 0),
    };
    let mut spans = vec![nowhere; width];
    let mut cells = Vec::new();
    for row in rows {
        if row.contains('\t') {
            return None;
        }
        separator.split(row.as_bytes(), &mut cells);
        for ((from, to), span) in cells.iter().zip(&mut spans) {
            if from < to {
                let place = |at: usize| row.get(..at).map(|before| before.chars().count());
                let (from, to) = (place(*from)?, place(*to)?);
                span.from = (span.from.0.min(from), span.from.1.max(from));
                span.to = (span.to.0.min(to), span.to.1.max(to));
            }
        }
    }
    spans
        .iter()
        .all(|span| span.from.0 < span.to.1)
        .then_some(spans)
}

/// Gives each word to the column that it stands above, or next to; none unless every column gets its name so.
fn by_columns(line: &str, spans: &[Span]) -> Option<Vec<String>> {
    let right = spans.iter().all(|span| span.to.0 == span.to.1);
    let left = spans.iter().all(|span| span.from.0 == span.from.1);
    let column = |(from, to): (usize, usize)| {
        if right {
            return spans.iter().position(|span| from < span.to.1);
        }
        if left {
            return spans.iter().rposition(|span| span.from.0 <= from);
        }
        let distance =
            |span: &Span| from.saturating_sub(span.to.1) + span.from.0.saturating_sub(to);
        (0..spans.len()).min_by_key(|at| distance(&spans[*at]))
    };
    let end = spans.last()?.to.1;
    let mut found: Vec<Option<(usize, usize)>> = vec![None; spans.len()];
    let mut over = vec![false; spans.len()];
    for word in parts(line, 1) {
        let at = column(word)?;
        over[at] |= word.0 < spans[at].to.1 && spans[at].from.0 < word.1;
        if word.1 > end + BEYOND + (word.1 - word.0) {
            return None;
        }
        let name = found[at].get_or_insert(word);
        name.1 = word.1;
    }
    let all = over.iter().filter(|over| **over).count() * 4 >= spans.len() * 3;
    let named: Option<Vec<(usize, usize)>> = found.into_iter().collect();
    let named = named.filter(|_| all)?;
    Some(
        named
            .into_iter()
            .map(|(from, to)| cut(line, from, to))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use crate::data::records::dialect::fixtures::{found, header};

    #[test]
    fn names_with_blanks_follow_the_columns() {
        let rows = |width: [usize; 3]| -> String {
            let row = |at: usize| {
                let (a, b, c) = (at * 37 % 360, at as f64 / 7.0, at * 3 % 11);
                format!(
                    "{a:w$}{b:x$.2}{c:y$}\n",
                    w = width[0],
                    x = width[1],
                    y = width[2]
                )
            };
            (10..60).map(row).collect()
        };
        let names = ["Wind dir", "Air temp (C)", "n"];
        for (line, widths) in [
            ("  Wind dir  Air temp (C)  n", [10, 14, 3]),
            ("Wind dir Air temp (C)   n", [8, 13, 4]),
            ("Wind dir   Air temp (C)   n", [4, 12, 10]),
            ("Wind dir\tAir temp (C)\tn", [4, 12, 10]),
        ] {
            let dialect = found(&format!("{line}\n{}", rows(widths)));
            assert_eq!(header(&dialect), names, "{line:?}: {:?}", dialect.notices);
            assert_eq!(dialect.lines, 1, "{line:?}");
        }
    }

    #[test]
    fn prose_above_a_table_names_no_columns() {
        for prose in [
            "Measured in the old lab",
            "taken at noon  by hand, in the rain, all of it",
        ] {
            let dialect = found(&format!(
                "{prose}\n 1.5  2.5\n 2.5 11.5\n 3.5  2.0\n 4.5  2.0\n"
            ));
            assert_eq!((dialect.header, dialect.lines), (None, 1), "{prose}");
        }
    }
}
