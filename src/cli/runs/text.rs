//! Tables of words, and how long ago something was.

use unicode_width::UnicodeWidthStr;

/// Columns side by side, two blanks apart; those that `right` says stand at the right.
pub fn columns(lines: &[Vec<String>], right: &[usize]) -> String {
    let count = lines.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let mut written = String::new();
        for (column, cell) in line.iter().enumerate() {
            let blanks = " ".repeat(widths[column] - cell.width());
            if column > 0 {
                written.push_str("  ");
            }
            if right.contains(&column) {
                written.push_str(&blanks);
                written.push_str(cell);
            } else {
                written.push_str(cell);
                written.push_str(&blanks);
            }
        }
        text.push_str(written.trim_end());
        text.push('\n');
    }
    text
}

/// So many seconds ago, in words.
pub fn ago(seconds: Option<i64>) -> String {
    let Some(seconds) = seconds else {
        return "at an unknown time".into();
    };
    match seconds {
        ..60 => "just now".into(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_they_take_on_a_screen() {
        let line = |cells: &[&str]| cells.iter().map(ToString::to_string).collect();
        let text = columns(&[line(&["a", "1", "x"]), line(&["温度", "100", ""])], &[1]);
        assert_eq!(text, "a       1  x\n温度  100\n");
    }

    #[test]
    fn times_are_told_as_people_do() {
        let cases = [
            (Some(3), "just now"),
            (Some(125), "2 min ago"),
            (Some(7_300), "2 h ago"),
            (Some(900_000), "10 days ago"),
            (None, "at an unknown time"),
        ];
        for (seconds, words) in cases {
            assert_eq!(ago(seconds), words);
        }
    }
}
