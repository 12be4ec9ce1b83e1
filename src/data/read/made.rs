//! Text that was made from another format: how it is laid out is known, and what was said while it was made.

use std::sync::mpsc::Receiver;

use crate::data::bytes::formats::Said;
use crate::data::bytes::stream::{Made, Text};
use crate::data::columns::kind::Kind;
use crate::data::columns::roles::{ColumnSpec, Role};
use crate::data::options::{Delimiter, LayoutOptions};
use crate::data::table::Form;

/// What is known of a text's layout: as the user says, and as it was made here.
pub fn layout(text: &Text<'_>, wanted: LayoutOptions) -> LayoutOptions {
    let Some(Made { header, .. }) = text.made else {
        return wanted;
    };
    LayoutOptions {
        delimiter: Some(Delimiter::Byte(b',')),
        // Where the format does not say it, the text shows whether its first line names the columns.
        header: header.or(wanted.header),
        // Text cells of a sheet may be numbers with a comma; other formats write a point.
        decimal: header.map_or(wanted.decimal, |_| Some(b'.')),
        ..wanted
    }
}

/// Columns of which the file says that they hold names are categories, whatever the names look like.
pub fn name(specs: &mut [ColumnSpec], named: &[bool]) {
    for (spec, named) in specs.iter_mut().zip(named) {
        if *named && spec.role == Role::Feature && spec.kind.is_none() {
            spec.kind = Some(Kind::Category);
        }
    }
}

/// Takes what was said; so many rows were left out.
pub fn hear(said: &Receiver<Said>, form: &mut Form, notices: &mut Vec<String>) -> usize {
    let mut skipped = 0;
    for said in said.try_iter() {
        match said {
            Said::Form(text) => form.format = Some(text),
            Said::Notice(text) => notices.push(text),
            Said::Skipped(rows) => skipped += rows,
        }
    }
    if let Some(format) = &form.format {
        notices.insert(0, format.clone());
    }
    skipped
}
