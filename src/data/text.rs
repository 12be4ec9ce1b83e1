//! Text from files, made safe to show. This is done once, when the file is read; exports keep the original.
//!
//! A CSV cell may hold escape sequences, bidi overrides or a million combining marks. Terminals act on the first, readers
//! are fooled by the second, and the third fills a single screen cell without limit. ratatui removes only control characters,
//! and nothing filters what is printed without it.

use unicode_segmentation::UnicodeSegmentation;

/// Longest text kept, in graphemes; longer text ends in `…`.
pub const MAX_GRAPHEMES: usize = 256;
/// Most characters kept of one grapheme: a base and its marks.
const MAX_MARKS: usize = 5;

/// `raw` with every character that a terminal would obey, or that would be invisible, replaced by U+FFFD, and cut to length.
pub fn sanitize(raw: &str) -> String {
    // Nearly all text is short and plain.
    if raw.len() <= MAX_GRAPHEMES && raw.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return raw.to_owned();
    }
    let mut safe = String::with_capacity(raw.len().min(4 * MAX_GRAPHEMES));
    for (count, grapheme) in raw.graphemes(true).enumerate() {
        if count == MAX_GRAPHEMES {
            safe.push('…');
            break;
        }
        safe.extend(
            grapheme
                .chars()
                .take(MAX_MARKS)
                .map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c }),
        );
    }
    safe
}

/// [`sanitize`] for bytes that may not be UTF-8.
pub fn sanitize_bytes(raw: &[u8]) -> String {
    sanitize(&String::from_utf8_lossy(raw))
}

/// `text` in quotation marks, cut to a length that fits a message.
pub fn quote(raw: &[u8]) -> String {
    const LONGEST: usize = 40;
    let safe = sanitize_bytes(raw);
    if safe.graphemes(true).count() <= LONGEST {
        return format!("“{safe}”");
    }
    let start: String = safe.graphemes(true).take(LONGEST - 1).collect();
    format!("“{start}…”")
}

/// Names for a sentence: all of them if they are few, else the first ones.
pub fn name_list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    first_names(names, 5)
}

/// The same for whoever has to see to each of them: the first ones only where they would fill a screen.
pub fn full_list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    first_names(names, 50)
}

fn first_names<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let count = names.len();
    let list = names.take(most).collect::<Vec<_>>().join(", ");
    if count > most {
        format!("{list} and {} more", count - most)
    } else {
        list
    }
}

/// Controls, line separators and the format characters of Unicode's category Cf, but for the two joiners that scripts need.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}'
            | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["temperature [°C]", "名前", "e\u{301}tat", "λ0001", ""] {
            assert_eq!(sanitize(text), text);
        }
    }

    #[test]
    fn what_acts_on_a_terminal_is_replaced() {
        assert_eq!(
            sanitize("a\u{1b}[31mb\u{7}\r\n\u{202E}c\u{200B}\u{2028}"),
            {
                let r = '\u{FFFD}';
                format!("a{r}[31mb{r}{r}{r}{r}c{r}{r}")
            }
        );
        assert_eq!(sanitize_bytes(b"caf\xe9"), "caf\u{FFFD}");
    }

    #[test]
    fn absurd_lengths_are_cut() {
        assert_eq!(
            sanitize(&"x".repeat(1_000)).chars().count(),
            MAX_GRAPHEMES + 1
        );
        assert!(
            sanitize(&format!("e{}", "\u{301}".repeat(10_000)))
                .chars()
                .count()
                <= MAX_MARKS
        );
        assert_eq!(quote(&[b'x'; 100]).graphemes(true).count(), 42);
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_control_character(raw in any::<String>()) {
            prop_assert!(sanitize(&raw).chars().all(|c| !is_unsafe(c)));
        }
    }
}
