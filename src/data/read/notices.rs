//! Notices about how a stream was turned into text.

use crate::data::bytes::stream::Text;

/// Notices about compression and encoding.
pub fn of_text(text: &Text<'_>) -> Vec<String> {
    let (name, mut notices) = (text.found.encoding.name(), Vec::new());
    if let Some(packing) = text.packing.name() {
        notices.push(format!("unpacked with {packing}"));
    }
    match text.found.line {
        Some(line) if text.found.guessed && name != "UTF-8" => notices.push(format!(
            "line {line} is not UTF-8, so the file is read as {name}; if that is wrong, choose with --encoding"
        )),
        Some(line) if name == "UTF-8" => notices.push(not_utf8(line)),
        _ if name != "UTF-8" => notices.push(format!("read as {name}")),
        _ => {}
    }
    notices
}

/// A notice about a line that is not UTF-8 in a file that is.
pub fn not_utf8(line: u64) -> String {
    format!(
        "line {line} is not UTF-8; unreadable characters show as \u{FFFD}; choose another encoding with --encoding"
    )
}
