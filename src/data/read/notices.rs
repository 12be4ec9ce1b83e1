//! What the user should know of how a stream was turned into text.

use crate::data::bytes::stream::Text;

/// What the user should know of packing and encoding.
/// Of packing and encoding.
pub fn of_text(text: &Text<'_>) -> Vec<String> {
    let (name, mut notices) = (text.found.encoding.name(), Vec::new());
    if let Some(packing) = text.packing.name() {
        notices.push(format!("unpacked with {packing}"));
    }
    match text.found.line {
        Some(line) if text.found.guessed && name != "UTF-8" => notices.push(format!(
            "line {line} is not UTF-8, so the file is read as {name}; --encoding names another"
        )),
        Some(line) if name == "UTF-8" => notices.push(format!(
            "line {line} is not UTF-8; what cannot be read shows as \u{FFFD}; --encoding names another encoding"
        )),
        _ if name != "UTF-8" => notices.push(format!("read as {name}")),
        _ => {}
    }
    notices
}
