//! Text in cells: cut and padded by display width, never through a grapheme.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Heights of a bar in one cell, from the lowest to the full one.
pub const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Columns that `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` cut to `width` columns; where something is cut, it ends in `…`.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut room = width.saturating_sub(1);
    for grapheme in text.graphemes(true) {
        match room.checked_sub(grapheme.width()) {
            Some(left) => room = left,
            None => break,
        }
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// `text` cut to `width` columns; where it is too wide first the `stem` goes that it has in common with others, then its
/// middle: of `runs.csv:1204` the number is what counts.
pub fn without_stem(text: &str, stem: &str, width: usize) -> String {
    match text.strip_prefix(stem) {
        Some(rest) if text.width() > width && !stem.is_empty() => {
            middle(&format!("…{rest}"), width)
        }
        _ => middle(text, width),
    }
}

/// `text` cut to `width` columns in its middle: what tells names apart often stands at their end. The row of a file, as in
/// `runs.csv:1204`, stays whole where it can.
pub fn middle(text: &str, width: usize) -> String {
    /// Cells of what is left of the file's name then, at least.
    const HEAD: usize = 2;
    if text.width() <= width || width < 5 {
        return cut(text, width);
    }
    let half = (width - 1) / 2;
    let row = text.rsplit_once(':').map(|(_, row)| row);
    let row = row.filter(|row| row.bytes().all(|byte| byte.is_ascii_digit()));
    let row = row.map_or(0, |row| row.len() + 1);
    let tail = Some(row)
        .filter(|row| (half..width - HEAD).contains(row))
        .unwrap_or(half);
    let head = width - 1 - tail;
    let mut end = String::new();
    for grapheme in text.graphemes(true).rev() {
        if end.width() + grapheme.width() > tail {
            break;
        }
        end.insert_str(0, grapheme);
    }
    format!("{}{end}", cut(text, head + 1))
}

/// Exactly `width` columns, text at the left.
pub fn left(text: &str, width: usize) -> String {
    let mut cell = cut(text, width);
    cell.extend(std::iter::repeat_n(' ', width - cell.width().min(width)));
    cell
}

/// Exactly `width` columns, text at the right.
pub fn right(text: &str, width: usize) -> String {
    let cell = cut(text, width);
    let mut padded = " ".repeat(width - cell.width().min(width));
    padded.push_str(&cell);
    padded
}

/// The first of `texts` that fits whole, else the last, cut.
pub fn first_fitting(width: usize, texts: &[&str]) -> String {
    let fits = |text: &&&str| text.width() <= width;
    cut(
        texts.iter().find(fits).or(texts.last()).unwrap_or(&""),
        width,
    )
}

/// `text` broken between words into lines of at most `width` columns; a longer word is cut. At least one line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(&cut(word, width));
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(cut(word, width));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_are_cut_at_graphemes_and_padded_by_width() {
        assert_eq!(left("名前", 3), "名…");
        assert_eq!(left("ab", 4), "ab  ");
        assert_eq!(right("ab", 4), "  ab");
        assert_eq!(cut("e\u{301}tat", 3), "e\u{301}t…");
        assert_eq!((cut("abc", 0), cut("abc", 1)), (String::new(), "…".into()));
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        assert_eq!(middle("temperature_outlet", 11), "tempe…utlet");
        assert_eq!(middle("short", 11), "short");
        assert_eq!(middle("abcdef", 4), "abc…");
        assert_eq!(without_stem("runs.csv:1204", "", 9), "run…:1204");
        assert_eq!(without_stem("logs/p1.csv:37892", "logs/", 10), "…p1…:37892");
        assert_eq!(without_stem("12:30:05", "12:", 6), "…30:05");
    }

    #[test]
    fn text_wraps_between_words() {
        assert_eq!(wrap("ab cd efgh", 5), ["ab cd", "efgh"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abc…", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    proptest! {
        #[test]
        fn cells_have_their_width(text in "[ -~à-ÿ一-丙]{0,20}", width in 0..12_usize) {
            prop_assert_eq!(left(&text, width).width(), width);
            prop_assert_eq!(right(&text, width).width(), width);
        }
    }
}
