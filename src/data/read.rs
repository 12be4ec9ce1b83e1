//! A stream → [`Table`]. The head shows how the file is written and what its columns hold; the rest is cut into blocks that
//! are read side by side and joined in order, so that the number of threads changes nothing.

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
use crate::data::read::errors::Blame;
use crate::data::read::pass::Pass;
use crate::data::records::block::Blocks;
use crate::data::records::dialect;
use crate::data::records::dialect::delimiter::delimiter_name;
use crate::data::records::original::Place;
use crate::data::table::{Form, Table};
use crate::error::{Error, Result};

pub use crate::data::options::ReadOptions;
pub use crate::data::read::progress::{Advance, Progress};

/// A file whose columns turn out to be something else than their beginning is read again at most this often.
const PASSES: usize = 3;

/// Reads `input`, called `file` in messages.
pub fn read(
    input: &mut dyn Reopen,
    file: &str,
    options: &ReadOptions,
    advance: &mut Advance<'_>,
) -> Result<Table> {
    let blame = Blame { file };
    let mut misread = Vec::new();
    for _ in 0..PASSES {
        let pass = pass(input, options, &misread, blame, advance)?;
        let wrong = pass.misread();
        if wrong.is_empty() {
            return assemble::table(pass, options, blame);
        }
        misread.extend(wrong);
    }
    Err(blame.whole(
        "its columns change what they hold",
        "say what they are with --kind COL=category",
    ))
}

/// Reads the whole stream once. The columns named in `words` are read as words, whatever the head says.
fn pass(
    input: &mut dyn Reopen,
    options: &ReadOptions,
    words: &[usize],
    blame: Blame<'_>,
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
        Refusal::Io(error) => blame.io(error),
        Refusal::Foreign(what, advice) => blame.whole(&format!("this is {what}"), advice),
    })?;
    if text.head.is_empty() {
        return Err(blame.whole(
            "the file is empty",
            "it needs a header line and rows of numbers",
        ));
    }
    let dialect = dialect::find(&text.head, text.whole, options.layout);
    if dialect.columns == 0 {
        return Err(blame.whole(
            "the file holds nothing but blank lines",
            "it needs a header line and rows of numbers",
        ));
    }
    let mut notices = notices::of_text(&text);
    notices.extend(dialect.notices.iter().cloned());
    let names = roles::unique_names(dialect.header.as_ref(), dialect.columns);
    let parts = roles::assign(names, options, &mut notices)
        .map_err(|unknown| blame.whole(&unknown.problem, &unknown.advice))?;
    let layout = head::layout(&text.head, text.whole, &dialect, &parts, words, options);
    let form = Form {
        encoding: text.encoding_name(),
        delimiter: delimiter_name(dialect.delimiter),
        header: dialect.header.is_some(),
    };
    let seekable = origin.filter(|_| text.plain);
    let mark = text.found.mark as u64;
    let mut reading = Reading::new(layout, options, blame, dialect.lines, seekable.is_none());
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
        notices.push(format!("line {line} is not UTF-8; what cannot be read shows as \u{FFFD}; --encoding names another encoding"));
    }
    let place = match (seekable, reading.kept.take()) {
        (Some((path, length, changed)), _) => Some(Place::File {
            path,
            skip: mark,
            length,
            changed,
        }),
        (None, Some(text)) => Some(Place::Memory {
            text,
            from: dialect.body as u64,
        }),
        (None, None) => None,
    };
    Ok(join::join(reading, parts, notices, form, place))
}

fn encoding_named(name: &str) -> Result<&'static encoding_rs::Encoding> {
    encoding::named(name).ok_or_else(|| {
        Error::Usage(format!("--encoding: there is no encoding {name:?}; utf-8, utf-16, latin1 and windows-1252 are some"))
    })
}
