//! The csv crate, set up for the layout of a file.

use csv::{ReaderBuilder, Terminator};

use crate::data::columns::number;

/// A csv reader for records of this layout.
pub fn reader<R: std::io::Read>(
    input: R,
    delimiter: u8,
    terminator: u8,
    comments: bool,
) -> csv::Reader<R> {
    builder(delimiter, terminator, comments).from_reader(input)
}

/// What makes such a reader.
pub fn builder(delimiter: u8, terminator: u8, comments: bool) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(Terminator::Any(terminator))
        .comment(comments.then_some(b'#'));
    builder
}

/// Whether a record is a blank line.
pub fn is_blank<'a>(mut cells: impl Iterator<Item = &'a [u8]>) -> bool {
    cells
        .next()
        .is_none_or(|cell| number::trim(cell).is_empty())
        && cells.next().is_none()
}
