//! Reads numbers as people and programs write them: `1.5`, `1,5`, `1,234.5`, `1 234`, `12 %`, `€ 3.20`, `(7)`. A cell that is
//! no finite number is told apart: missing, not finite, or a word.

mod around;
pub mod decimal;

/// How a file writes its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// The decimal mark: `.` or `,`.
    pub decimal: u8,
}

impl Default for Spelling {
    fn default() -> Self {
        Self { decimal: b'.' }
    }
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// Nothing, or a word for a missing value.
    Missing,
    /// NaN, an infinity, or a number too large for f64: written like a number, but of no use.
    NotFinite,
    /// Something else.
    Word,
}

/// Words for a missing value in a column of numbers, in lower case.
const MISSING: [&[u8]; 16] = [
    b"", b"?", b"-", b"--", b".", b"na", b"n/a", b"#n/a", b"<na>", b"null", b"#null!", b"nil",
    b"none", b"missing", b"\\n", b"#value!",
];
/// Words for a missing value in a column of words; there, `none` and `missing` may be categories.
const MISSING_WORDS: [&[u8]; 10] = [
    b"", b"?", b"na", b"n/a", b"#n/a", b"<na>", b"null", b"nil", b"nan", b"\\n",
];

fn is_one_of(cell: &[u8], words: &[&[u8]]) -> bool {
    cell.len() <= 7 && words.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

/// Whether a word stands for a missing value. `cell` is trimmed.
pub fn is_missing_word(cell: &[u8]) -> bool {
    is_one_of(cell, &MISSING_WORDS)
}

/// `cell` without the white space around it, including non-breaking spaces and the CR of a line end.
pub fn trim(cell: &[u8]) -> &[u8] {
    match cell {
        [first, .., last] if *first > b' ' && *last > b' ' && *first != 0xc2 && *last != 0xa0 => {
            cell
        }
        _ => trim_slowly(cell),
    }
}

fn trim_slowly(mut cell: &[u8]) -> &[u8] {
    loop {
        let before = cell.len();
        cell = cell.trim_ascii();
        cell = cell.strip_prefix("\u{a0}".as_bytes()).unwrap_or(cell);
        cell = cell.strip_suffix("\u{a0}".as_bytes()).unwrap_or(cell);
        if cell.len() == before {
            return cell;
        }
    }
}

/// Reads a cell of a column of numbers.
pub fn read(cell: &[u8], spelling: Spelling) -> Cell {
    let cell = trim(cell);
    let plain = spelling.decimal == b'.' || !cell.iter().any(|byte| matches!(byte, b',' | b'.'));
    if let (true, Ok(value)) = (plain, fast_float2::parse::<f64, _>(cell)) {
        return finite(value);
    }
    if is_one_of(cell, &MISSING) {
        return Cell::Missing;
    }
    around::read(cell, spelling.decimal).map_or(Cell::Word, finite)
}

fn finite(value: f64) -> Cell {
    if value.is_finite() {
        // Both zeros are one number.
        Cell::Number(value + 0.0)
    } else {
        Cell::NotFinite
    }
}

/// Digits with group separators, a decimal mark and an exponent.
fn plain(text: &str, decimal: u8) -> Option<f64> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '.' | ',')) {
        return None;
    }
    let (body, exponent) = match text.find(['e', 'E', 'd', 'D']) {
        Some(at) if is_exponent(&text[..at], &text[at..]) => (&text[..at], &text[at + 1..]),
        Some(_) => return None,
        None => without_letter(text, decimal).unwrap_or((text, "")),
    };
    let mark = char::from(decimal);
    let other = if decimal == b',' { '.' } else { ',' };
    let (whole, fraction) = match body.split_once(mark) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        // In a file of decimal commas, a point that cannot separate groups is a decimal point.
        None if decimal == b',' && !is_grouped(body) => match body.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (body, None),
        },
        None => (body, None),
    };
    let has_groups = whole.contains(|c| is_group_mark(c, other));
    if has_groups && !is_grouped(whole) {
        return None;
    }
    let mut digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole
        .chars()
        .any(|c| !c.is_ascii_digit() && !is_group_mark(c, other))
    {
        return None;
    }
    if let Some(fraction) = fraction {
        digits.push('.');
        digits.push_str(fraction);
    }
    if !exponent.is_empty() {
        digits.push('e');
        digits.push_str(exponent);
    }
    fast_float2::parse(digits).ok()
}

/// A number and its exponent of three digits, for which Fortran leaves out the letter: `1.5+103`, `0.1234-101`.
fn without_letter(text: &str, decimal: u8) -> Option<(&str, &str)> {
    let at = text.find(['+', '-'])?;
    let (body, exponent) = text.split_at(at);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = body.split_once(char::from(decimal))?;
    let is_one = exponent.len() == 4 && digits(&exponent[1..]);
    (is_one && !fraction.is_empty() && digits(whole) && digits(fraction))
        .then_some((body, exponent))
}

/// Whether a number may go on with this exponent. Fortran writes `1.5D+03`; without a point or a sign, `3d1` is rather a code.
fn is_exponent(body: &str, exponent: &str) -> bool {
    let (letter, power) = exponent.split_at(1);
    let digits = power.trim_start_matches(['+', '-']);
    !digits.is_empty()
        && (letter.eq_ignore_ascii_case("e")
            || body.contains(['.', ','])
            || digits.len() < power.len())
}

fn is_group_mark(c: char, other: char) -> bool {
    c == other
        || matches!(
            c,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' | '_'
        )
}

/// Whether one separator splits the digits into groups of three: `1,234,567`. Groups of two are allowed where Indian numbers
/// have them: `12,34,567`.
fn is_grouped(whole: &str) -> bool {
    let Some(mark) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        return false;
    };
    let groups: Vec<&str> = whole.split(mark).collect();
    let (first, rest) = groups.split_first().unwrap_or((&"", &[]));
    let (last, middle) = rest.split_last().unwrap_or((&"", &[]));
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    (1..=3).contains(&first.len())
        && last.len() == 3
        && middle.iter().all(|group| matches!(group.len(), 2 | 3))
        && groups.iter().all(|group| digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(cell: &str) -> Cell {
        read(cell.as_bytes(), Spelling::default())
    }

    fn comma(cell: &str) -> Cell {
        read(cell.as_bytes(), Spelling { decimal: b',' })
    }

    #[test]
    fn marks_behind_numbers_are_no_part_of_them() {
        for (cell, value) in [
            ("13.5*", 13.5),
            ("101.2#", 101.2),
            ("5.3 p", 5.3),
            ("-7 be", -7.0),
        ] {
            assert_eq!(point(cell), Cell::Number(value), "{cell}");
        }
        for (cell, value) in [("50.44K", 50_440.0), ("-1.5M", -1.5e6), ("2.25B", 2.25e9)] {
            assert_eq!(point(cell), Cell::Number(value), "{cell}");
        }
        for cell in ["*", "12B", "5K", "1.K", "5 x", "5p", "a p", "12 m", "5 bcd"] {
            assert_eq!(point(cell), Cell::Word, "{cell}");
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("1.5", 1.5),
            (" -2e-3 ", -0.002),
            ("+7", 7.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1,234.5", 1234.5),
            ("+1,000.5", 1000.5),
            ("1,234,567", 1_234_567.0),
            ("12,34,567.5", 1_234_567.5),
            ("1\u{a0}234,5".trim_end_matches(",5"), 1234.0),
            ("1'234.50", 1234.5),
            ("12 %", 12.0),
            ("12.5%", 12.5),
            ("$3.20", 3.2),
            ("-$3.20", -3.2),
            ("$-3.20", -3.2),
            ("€ 1,250", 1250.0),
            ("17 EUR", 17.0),
            ("(1,250.75)", -1250.75),
            ("1,250.75-", -1250.75),
            ("12.5- EUR", -12.5),
            ("1,250.75 DR", -1250.75),
            ("5 CR", 5.0),
            ("$12.50 Dr", -12.5),
            ("1.5D+03", 1500.0),
            ("-1.5d3", -1500.0),
            ("2D-01", 0.2),
            ("US$1,250", 1250.0),
            ("−4.5", -4.5),
            ("\u{a0}8 ", 8.0),
            ("123456789012345678901234567890", 1.234_567_890_123_456_8e29),
        ];
        for (cell, expected) in cases {
            assert_eq!(point(cell), Cell::Number(expected), "{cell:?}");
        }
    }

    #[test]
    fn decimal_commas_are_read_where_the_file_has_them() {
        let cases = [
            ("1,5", 1.5),
            ("10,173", 10.173),
            ("1.234,56", 1234.56),
            ("1.234", 1234.0),
            ("1.2345", 1.2345),
            ("-0,5e3", -500.0),
            ("1 234,5", 1234.5),
            ("12,5 %", 12.5),
            ("17", 17.0),
        ];
        for (cell, expected) in cases {
            assert_eq!(comma(cell), Cell::Number(expected), "{cell:?}");
        }
    }

    #[test]
    fn what_is_no_number_says_what_it_is() {
        for cell in [
            "", " ", "?", "NA", "n/a", "null", "None", "-", "#N/A", "\u{a0}", "\r",
        ] {
            assert_eq!(point(cell), Cell::Missing, "{cell:?}");
        }
        for cell in ["nan", "NaN", "inf", "-Infinity", "1e400", "-1e999"] {
            assert_eq!(point(cell), Cell::NotFinite, "{cell:?}");
        }
        let words = [
            "12kg",
            "0x3d1",
            "1,2",
            "1,23,4",
            "12,34",
            "1.2.3",
            "192.168.1.100",
            "2024-01-10",
            "08:00",
            "e5",
            "1e",
            "3d1",
            "1.5d",
            "1.5D+",
            "- 5 -",
            "-5-",
            "5-",
            "-5.5 DR",
            "CR",
            "5.5 DRY",
            "1 2",
            "%",
            "5 5 5",
            "١٢",
        ];
        for cell in words {
            assert_eq!(point(cell), Cell::Word, "{cell:?}");
        }
        assert_eq!(point(&"9".repeat(1_000_000)), Cell::NotFinite);
    }
}
