//! Text made safe for HTML, as content and in quoted attributes.

use crate::data::text::sanitize;

/// `text` with nothing in it that HTML would act on, nor a reader be fooled by.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut last = ' ';
    let text = sanitize(text);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // A line does not end between a number and its percent sign.
            ' ' if last.is_ascii_digit() && rest.peek() == Some(&'%') => safe.push('\u{a0}'),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
        last = c;
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_html_would_act_on() {
        assert_eq!(
            escape("<script>alert('1') & \"2\"</script>\u{1b}\u{202e}"),
            "&lt;script&gt;alert(&#39;1&#39;) &amp; &quot;2&quot;&lt;/script&gt;\u{fffd}\u{fffd}"
        );
        assert_eq!(escape("λ = 4 °C"), "λ = 4 °C");
    }

    #[test]
    fn a_percent_sign_stays_with_its_number() {
        assert_eq!(escape("top 5 %, a %"), "top 5\u{a0}%, a %");
    }
}
