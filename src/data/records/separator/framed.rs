//! Cells between bars, of which one stands at either end of the line: `| 1.5 | a |`. A bar behind a backslash is text.

/// The bar.
const BAR: u8 = b'|';

/// Where the cells of a line are, without the blanks around them.
pub fn split(line: &[u8], cells: &mut Vec<(usize, usize)>) {
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let from = line.iter().position(|byte| !blank(byte));
    let to = line
        .iter()
        .rposition(|byte| !blank(byte))
        .map(|last| last + 1);
    let (Some(mut from), Some(to)) = (from, to) else {
        return;
    };
    let mut put = |from: usize, to: usize| {
        let cell = &line[from..to];
        let first = cell.iter().take_while(|byte| blank(byte)).count();
        let last = cell[first..].trim_ascii_end().len();
        cells.push((from + first, from + first + last));
    };
    if line[from] == BAR {
        from += 1;
    }
    let mut end = from.max(to);
    for at in memchr::memchr_iter(BAR, &line[from..to])
        .map(|at| from + at)
        .collect::<Vec<_>>()
    {
        if at > 0 && line[at - 1] == b'\\' {
            continue;
        }
        put(from, at);
        from = at + 1;
        end = to;
    }
    // Behind the last bar stands nothing.
    if from < end {
        put(from, end);
    }
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
    fn bars_at_the_ends_part_nothing() {
        assert_eq!(cells("| 1.5 | a b ||"), ["1.5", "a b", ""]);
        assert_eq!(cells("  |x|y|  \r"), ["x", "y"]);
        assert_eq!(cells("| a \\| b | c |"), ["a \\| b", "c"]);
        assert_eq!(cells("no bar"), ["no bar"]);
        assert_eq!(cells("|"), Vec::<&str>::new());
        assert_eq!(cells(" "), Vec::<&str>::new());
    }
}
