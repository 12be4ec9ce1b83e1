//! Cells between blanks: any number of spaces and tabs. A cell in quotes may hold some itself.

/// Whether a byte separates cells.
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// Where the cells of a line are, without the quotes around them.
pub fn split(line: &[u8], cells: &mut Vec<(usize, usize)>) {
    let mut at = 0;
    while at < line.len() {
        if is_blank(line[at]) {
            at += 1;
            continue;
        }
        if let Some(close) = closing(&line[at..]) {
            cells.push((at + 1, at + close));
            at += close + 1;
            continue;
        }
        let length = line[at..].iter().position(|byte| is_blank(*byte));
        let end = length.map_or(line.len(), |length| at + length);
        match cells.last_mut() {
            Some((from, to)) if is_half(&line[at..end]) && is_time(&line[*from..*to]) => *to = end,
            _ => cells.push((at, end)),
        }
        at = end;
    }
}

/// Whether a cell is a half of the day, which belongs to the time before it: `12:10:00 AM`.
fn is_half(cell: &[u8]) -> bool {
    matches!(cell, [b'A' | b'P' | b'a' | b'p', b'M' | b'm'])
}

fn is_time(cell: &[u8]) -> bool {
    cell.contains(&b':')
        && cell
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b':')
}

/// Where the quote closes that a cell begins with; none where it begins with none, or its end is followed by more.
fn closing(cell: &[u8]) -> Option<usize> {
    let quote = *cell.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let close = 1 + memchr::memchr(quote, &cell[1..])?;
    let ends = cell.get(close + 1).is_none_or(|byte| is_blank(*byte));
    ends.then_some(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Vec<&str> {
        let mut cells = Vec::new();
        split(line.as_bytes(), &mut cells);
        cells.iter().map(|(from, to)| &line[*from..*to]).collect()
    }

    #[test]
    fn blanks_and_tabs_count_once_and_quotes_hold_them() {
        assert_eq!(cells("  1.0   2\t \t3 \r"), ["1.0", "2", "3"]);
        assert_eq!(
            cells("18.0  8\t\"ford torino\""),
            ["18.0", "8", "ford torino"]
        );
        assert_eq!(cells("5' 3\"x \"open"), ["5'", "3\"x", "\"open"]);
        assert_eq!(cells("12:10:00 AM all 5"), ["12:10:00 AM", "all", "5"]);
        assert_eq!(cells("I AM 12:10"), ["I", "AM", "12:10"]);
        assert_eq!(cells(" \t "), Vec::<&str>::new());
    }
}
