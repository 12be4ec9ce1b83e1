//! Text made safe for HTML, as content and in quoted attributes.

use crate::data::text::sanitize;

/// `text` with nothing in it that HTML would act on, nor a reader be fooled by.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in sanitize(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
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
}
