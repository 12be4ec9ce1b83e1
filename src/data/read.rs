//! Reads a stream into a [`Table`]. Its first part, the head, shows how the file is laid out and what its columns hold; then
//! blocks of rows are parsed side by side and joined in order, so that the number of threads does not change the result.

mod assemble;
mod blocks;
mod errors;
mod head;
mod join;
mod notices;
mod pass;
mod progress;

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::data::bytes::encoding;
use crate::data::bytes::stream::{Refusal, Reopen, Text};
use crate::data::columns::roles;
use crate::data::read::blocks::Reading;
use crate::data::read::errors::FileErrors;
use crate::data::read::pass::Pass;
use crate::data::records::block::Blocks;
use crate::data::records::dialect;
use crate::data::records::dialect::delimiter::delimiter_name;
use crate::data::records::original::Place;
use crate::data::table::{Form, Table};
use crate::error::{Error, Result};

pub use crate::data::options::ReadOptions;
pub use crate::data::read::progress::{Advance, Progress};

/// A file is read again where a column does not go on as it begins; at most this many times in all.
const PASSES: usize = 3;

/// Reads `input`, which messages call `file`.
pub fn read(
    input: &mut dyn Reopen,
    file: &str,
    options: &ReadOptions,
    advance: &mut Advance<'_>,
) -> Result<Table> {
    let errors = FileErrors { file };
    let mut misread = Vec::new();
    for _ in 0..PASSES {
        let pass = pass(input, options, &misread, errors, advance)?;
        let wrong = pass.misread();
        if wrong.is_empty() {
            return assemble::table(pass, options, errors);
        }
        misread.extend(wrong);
    }
    Err(errors.whole(
        "some columns hold something else further down than at the top",
        "say how to read them with --kind, for example --kind COL=category",
    ))
}

/// Reads the whole stream once. The columns whose indices are in `words` are read as words, whatever the head shows.
fn pass(
    input: &mut dyn Reopen,
    options: &ReadOptions,
    words: &[usize],
    errors: FileErrors<'_>,
    advance: &mut Advance<'_>,
) -> Result<Pass> {
    let stream = input.open()?;
    let (total, origin) = (stream.total, stream.file);
    let wanted = options
        .encoding
        .as_deref()
        .map(encoding_named)
        .transpose()?;
    let text = Text::open(stream.reader, wanted).map_err(|refusal| match refusal {
        Refusal::Io(error) => errors.io(error),
        Refusal::Foreign(what, advice) => errors.whole(&format!("this is {what}"), advice),
    })?;
    if text.head.is_empty() {
        return Err(errors.whole(
            "the file is empty",
            "it needs a header line and rows of numbers",
        ));
    }
    let dialect = dialect::find(&text.head, text.whole, options.layout);
    if dialect.columns == 0 {
        return Err(errors.whole(
            "the file holds nothing but blank lines",
            "it needs a header line and rows of numbers",
        ));
    }
    let mut notices = notices::of_text(&text);
    notices.extend(dialect.notices.iter().cloned());
    let names = roles::unique_names(dialect.header.as_ref(), dialect.columns);
    let specs = roles::assign(names, options, &mut notices)
        .map_err(|unknown| errors.whole(&unknown.problem, &unknown.advice))?;
    let layout = head::layout(&text.head, text.whole, &dialect, &specs, words, options);
    let form = Form {
        encoding: text.encoding_name(),
        delimiter: delimiter_name(dialect.delimiter),
        header: dialect.header.is_some(),
    };
    let seekable = origin.filter(|_| text.plain);
    let mark = text.found.mark as u64;
    let mut reading = Reading::new(layout, options, errors, dialect.lines, seekable.is_none());
    let taken = Arc::clone(&text.taken);
    let body = Cursor::new(text.head[dialect.body..].to_vec()).chain(text.rest);
    let blocks = Blocks::new(
        body,
        dialect.delimiter,
        dialect.terminator,
        dialect.body as u64,
    );
    reading.run(blocks, |rows, need| {
        let bytes = taken.load(Ordering::Relaxed);
        (
            advance(Progress {
                rows,
                bytes,
                total,
                need,
            }),
            total.map(|total| (bytes as f64 / total.max(1) as f64).min(1.0)),
        )
    })?;
    if let (Some(line), None) = (reading.not_utf8, text.found.line) {
        notices.push(notices::not_utf8(line));
    }
    let place = match (seekable, reading.kept.take()) {
        (Some((path, length, changed)), _) => Some(Place::File {
            path,
            skip: mark,
            length,
            changed,
        }),
        (None, Some(text)) => Some(Place::Kept {
            text,
            from: dialect.body as u64,
        }),
        (None, None) => None,
    };
    let header = match &dialect.header {
        Some(header) => roles::original_names(header, dialect.columns),
        None => specs.iter().map(|spec| spec.name.clone()).collect(),
    };
    Ok(join::join(reading, specs, notices, (form, header), place))
}

fn encoding_named(name: &str) -> Result<&'static encoding_rs::Encoding> {
    encoding::named(name).ok_or_else(|| {
        Error::Usage(format!(
            "--encoding: there is no encoding {name:?}; try utf-8, utf-16, latin1 or windows-1252"
        ))
    })
}
