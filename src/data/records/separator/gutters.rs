//! Columns of fixed width: they lie between gutters, the positions that are blank in all lines. So a cell may be empty, and may
//! hold blanks itself. Positions count characters, not bytes: `é` takes one.

use crate::data::records::separator::blanks::is_blank;

/// Blank positions between two columns, in characters from the start of the line: from the first to behind the last.
pub type Gutter = (usize, usize);

/// Fewer lines than this don't show what is blank by chance.
pub const FEWEST: usize = 4;

/// The gutters between the columns of some lines; none where there are fewer than two columns, or too few lines.
pub fn find(lines: &[&[u8]]) -> Option<Vec<Gutter>> {
    if lines.len() < FEWEST {
        return None;
    }
    let mut written: Vec<bool> = Vec::new();
    for line in lines {
        mark(line, &mut written);
    }
    let gutters = between(&written);
    (!gutters.is_empty()).then_some(gutters)
}

/// Marks the positions at which a line is not blank.
fn mark(line: &[u8], written: &mut Vec<bool>) {
    let first = line.iter().filter(|byte| is_first(**byte));
    for (at, byte) in first.enumerate() {
        if written.len() <= at {
            written.resize(at + 1, false);
        }
        written[at] |= !is_blank(*byte);
    }
}

fn between(written: &[bool]) -> Vec<Gutter> {
    let (mut gutters, mut from) = (Vec::new(), None::<usize>);
    let mut begun = false;
    for (at, written) in written.iter().enumerate() {
        if *written {
            if let (Some(from), true) = (from.take(), begun) {
                gutters.push((from, at));
            }
            begun = true;
        } else {
            from = from.or(Some(at));
        }
    }
    gutters
}

/// Whether a byte begins a character of UTF-8.
fn is_first(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// Where the cells of a line are, without the blanks around them.
pub fn split(line: &[u8], gutters: &[Gutter], cells: &mut Vec<(usize, usize)>) {
    // Where each character begins; in plain ASCII that is its position.
    let starts: Vec<usize> = if line.is_ascii() {
        Vec::new()
    } else {
        (0..line.len()).filter(|at| is_first(line[*at])).collect()
    };
    let byte = |at: usize| {
        if starts.is_empty() {
            at.min(line.len())
        } else {
            starts.get(at).copied().unwrap_or(line.len())
        }
    };
    let mut from = 0;
    for (begin, end) in gutters {
        let (begin, end) = (byte(*begin), byte(*end));
        let cut = cut(line, begin, end).max(from);
        cells.push(trimmed(line, from, cut));
        from = cut;
    }
    cells.push(trimmed(line, from, line.len()));
}

/// Where to cut in a gutter: a cell wider than those that were looked at may grow into it from either side.
fn cut(line: &[u8], begin: usize, end: usize) -> usize {
    let gutter = &line[begin..end];
    if let Some(sign) = touching(line, begin, end) {
        return sign;
    }
    let grows_right = begin > 0 && gutter.first().is_some_and(|byte| !is_blank(*byte));
    let blank = if grows_right {
        gutter.iter().rposition(|byte| is_blank(*byte))
    } else {
        gutter.iter().position(|byte| is_blank(*byte))
    };
    blank.map_or(end, |at| begin + at)
}

/// Where a number that fills its column begins right behind the one before it, in a gutter without a blank: at its sign, as in
/// `12-100.30`, or at the stars that Fortran writes where a number is too long.
fn touching(line: &[u8], begin: usize, end: usize) -> Option<usize> {
    let gutter = &line[begin..end];
    if gutter.iter().any(|byte| is_blank(*byte)) {
        return None;
    }
    let is_digit = |at: usize| {
        line.get(at)
            .is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'.'))
    };
    let begins = |at: usize| match line[at] {
        b'-' | b'+' => is_digit(at + 1),
        b'*' => line.get(at + 1) == Some(&b'*'),
        _ => false,
    };
    let mut places = begin..end;
    places.find(|at| *at > 0 && is_digit(at - 1) && begins(*at))
}

fn trimmed(line: &[u8], mut from: usize, mut to: usize) -> (usize, usize) {
    while from < to && is_blank(line[from]) {
        from += 1;
    }
    while from < to && is_blank(line[to - 1]) {
        to -= 1;
    }
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells<'a>(lines: &[&str], line: &'a str) -> Vec<&'a str> {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        let gutters = find(&lines).unwrap();
        let mut cells = Vec::new();
        split(line.as_bytes(), &gutters, &mut cells);
        cells.iter().map(|(from, to)| &line[*from..*to]).collect()
    }

    const LINES: [&str; 4] = [
        "New York    12.5     3",
        "Köln         7.0    12",
        "Rio          8.25     ",
        "São Paulo            4",
    ];

    #[test]
    fn cells_may_hold_blanks_and_be_empty() {
        assert_eq!(cells(&LINES, LINES[0]), ["New York", "12.5", "3"]);
        assert_eq!(cells(&LINES, LINES[2]), ["Rio", "8.25", ""]);
        assert_eq!(cells(&LINES, LINES[3]), ["São Paulo", "", "4"]);
        assert_eq!(cells(&LINES, ""), ["", "", ""]);
    }

    #[test]
    fn a_sign_parts_numbers_that_touch() {
        let lines = [
            "  N     X      Y",
            "   0 100.48   4.56",
            "   1  99.46  15.44",
            "  12 100.46   5.44",
        ];
        for (line, expected) in [
            ("  12-100.30   4.71", ["12", "-100.30", "4.71"]),
            ("  12*******   4.71", ["12", "*******", "4.71"]),
            ("   3  -1.50 -14.71", ["3", "-1.50", "-14.71"]),
        ] {
            assert_eq!(cells(&lines, line), expected);
        }
    }

    #[test]
    fn a_wider_cell_grows_into_the_gutter() {
        assert_eq!(
            cells(&LINES, "Bad Tölz am See 1 "),
            ["Bad Tölz am", "See 1", ""]
        );
        assert_eq!(
            cells(&LINES, "Ulm       1012.5   103"),
            ["Ulm", "1012.5", "103"]
        );
        assert_eq!(
            cells(&LINES, "Ludwigsburg  2.0   103"),
            ["Ludwigsburg", "2.0", "103"]
        );
    }
}
