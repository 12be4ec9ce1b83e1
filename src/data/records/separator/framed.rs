//! Cells between bars, of which one stands at either end of the line: `| 1.5 | a |`. A bar behind a backslash is text.

/// The bar.
const BAR: u8 = b'|';

/// Where the cells of a line are, without the blanks around them.
pub fn split(line: &[u8], cells: &mut Vec<(usize, usize)>) {
    let first = line.len() - line.trim_ascii_start().len();
    let last = line.trim_ascii_end().len();
    let mut from = first + usize::from(line.get(first) == Some(&BAR));
    let mut put = |from: usize, to: usize| {
        let cell = &line[from..to];
        let blanks = cell.len() - cell.trim_ascii_start().len();
        cells.push((from + blanks, from + blanks + cell.trim_ascii().len()));
    };
    while from < last {
        let bar = |at: &usize| line[*at] == BAR && (*at == 0 || line[at - 1] != b'\\');
        // Behind the last bar stands nothing.
        let to = (from..last).find(bar).unwrap_or(last);
        put(from, to);
        from = to + 1;
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
