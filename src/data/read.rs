//! Reads a stream into a [`Table`]. Its first part, the head, shows how the file is laid out and what its columns hold; then
//! blocks of rows are parsed side by side and joined in order, so that the number of threads does not change the result.

pub mod again;
mod assemble;
mod blocks;
mod errors;
mod first;
pub(in crate::data) mod footer;
pub(in crate::data) mod head;
mod join;
pub(in crate::data) mod made;
pub mod matched;
pub(in crate::data) mod notices;
mod pass;
pub mod passing;
mod progress;
mod timing;
mod usable;

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::data::bytes::encoding;
use crate::data::bytes::stream::{Origin, Pause, Refusal, Reopen, Text, Wanted};
use crate::data::columns::roles::{self, ColumnSpec};
use crate::data::read::again::Again;
use crate::data::read::blocks::Reading;
use crate::data::read::errors::FileErrors;
use crate::data::read::footer::Footer;
use crate::data::read::head::Further;
use crate::data::read::pass::Pass;
use crate::data::records::block::Blocks;
use crate::data::records::dialect::{self, Dialect};
use crate::data::records::layout::Layout;
use crate::data::records::original::Place;
use crate::data::records::sampler::Sampler;
use crate::data::table::{Form, Table};
use crate::error::{Error, Result};
use crate::format;

pub use crate::data::options::ReadOptions;
pub use crate::data::read::first::{FirstColumn, FirstRows};
pub use crate::data::read::progress::{Advance, News, Progress};
pub use crate::data::read::usable::check;

/// A file is read again where a column does not go on as it begins; at most this many times in all.
const PASSES: usize = 5;

/// A column costs about a kilobyte, however few rows it has.
const MOST_COLUMNS: usize = 500_000;

/// What earlier passes found out about a stream.
#[derive(Debug, Default)]
struct Known {
    /// What the columns hold, whatever the head shows.
    further: Further,
    /// How many cells most rows have, where the head shows another number.
    columns: Option<usize>,
    /// Where the rows end, before a row of totals.
    footer: Option<Footer>,
}

/// Reads `input`, which messages call `file`.
pub fn read(
    input: &mut dyn Reopen,
    file: &str,
    options: &ReadOptions,
    advance: &mut Advance<'_>,
) -> Result<Table> {
    let errors = FileErrors { file };
    let mut known = Known::default();
    for _ in 0..PASSES {
        let mut pass = pass(input, options, &known, errors, advance)?;
        if let Some(again) = &mut pass.again {
            again.input = input.another().map(Into::into);
        }
        if let (Some(columns), None) = (pass.other_shape(), known.columns) {
            known.columns = Some(columns);
            known.footer = None;
            continue;
        }
        let dates = pass.misread_dates(options);
        let mut wrong = pass.misread();
        wrong.retain(|column| !dates.iter().any(|(other, _)| other == column));
        let found = pass.footer.clone().filter(|_| known.footer.is_none());
        if wrong.is_empty() && dates.is_empty() && found.is_none() {
            let undecided = pass.undecided_dates(options);
            pass.notices.extend(undecided);
            return assemble::table(pass, options, errors);
        }
        known.further.words.extend(wrong);
        known.further.dates.extend(dates);
        known.footer = known.footer.or(found);
    }
    Err(errors.whole(
        "some columns hold something else further down than at the top",
        "say how to read them with --kind, for example --kind COL=category",
    ))
}

/// Reads the whole stream once.
fn pass(
    input: &mut dyn Reopen,
    options: &ReadOptions,
    known: &Known,
    errors: FileErrors<'_>,
    advance: &mut Advance<'_>,
) -> Result<Pass> {
    if input.waits() && advance(News::Progress(Progress::default())).is_break() {
        return Err(Error::Stopped);
    }
    let stamps = input.stamps();
    let (text, origin) = text_of(input, options, errors, advance)?;
    if text.head.is_empty() {
        return Err(errors.whole(
            "the file is empty",
            "it needs a header line and rows of numbers",
        ));
    }
    let total = text.total;
    let layout = made::layout(&text, options.layout);
    let dialect = dialect::find(&text.head, text.whole, layout, known.columns);
    check_columns(dialect.columns, errors)?;
    let mut notices = notices::of_text(&text);
    notices.extend(dialect.notices.iter().cloned());
    let names = roles::unique_names(dialect.header.as_ref(), dialect.columns);
    let mut specs = roles::assign(names, options, &mut notices)
        .map_err(|unknown| errors.whole(&unknown.problem, &unknown.advice))?;
    if let Some(made) = &text.made {
        made::name(&mut specs, &made.named);
    }
    let further = &known.further;
    let layout = head::layout(&text.head, text.whole, &dialect, &specs, further, options);
    first::tell(&text, &dialect, &specs, &layout, advance)?;
    let mut form = form(&text, &dialect, known);
    let seekable = origin.filter(|_| text.plain);
    let mark = text.found.mark as u64;
    let mut reading = Reading::new(layout, options, errors, dialect.lines, seekable.is_none());
    let taken = Arc::clone(&text.taken);
    let body = Cursor::new(text.head[dialect.body..].to_vec()).chain(text.rest);
    // Rows of totals, and what follows them, are no rows.
    let end = known.footer.as_ref().map_or(u64::MAX, |footer| footer.at);
    let body = body.take(end - dialect.body as u64);
    let blocks = Blocks::new(
        body,
        dialect.separator.byte(),
        dialect.terminator,
        dialect.body as u64,
    );
    reading.run(blocks, |rows, need| {
        let bytes = taken.load(Ordering::Relaxed);
        (
            advance(News::Progress(Progress {
                rows,
                bytes,
                total,
                need,
            })),
            total.map(|total| (bytes as f64 / total.max(1) as f64).min(1.0)),
        )
    })?;
    if let (Some(line), None) = (reading.not_utf8, text.found.line) {
        notices.push(notices::not_utf8(line));
    }
    let said = text.said;
    let skipped = said.map_or(0, |said| made::hear(&said, &mut form, &mut notices));
    let place = match (seekable, reading.kept.take()) {
        (Some((path, length, changed)), _) => Some(Place::File {
            path,
            skip: mark,
            length,
            changed,
        }),
        (None, Some(text)) => Some(Place::kept(text, dialect.body as u64)),
        (None, None) => None,
    };
    let header = written(&dialect, &specs);
    notices.extend(known.footer.iter().map(|footer| footer.notice.clone()));
    let mut pass = join::join(reading, specs, notices, (form, header), place);
    pass.ragged.count += skipped;
    pass.again = pass.larger.take().map(|(layout, rows)| {
        let sampler = Sampler::new(0);
        Again {
            layout: Layout { sampler, ..layout },
            encoding: options.encoding.clone(),
            sheet: options.sheet.clone(),
            body: dialect.body as u64,
            end,
            rows,
            input: None,
            stamps,
        }
    });
    Ok(pass)
}

/// The columns' names as the file has them.
fn written(dialect: &Dialect, specs: &[ColumnSpec]) -> Vec<String> {
    match &dialect.header {
        Some(header) => roles::original_names(header, dialect.columns),
        None => specs.iter().map(|spec| spec.name.clone()).collect(),
    }
}

/// Refuses a table without columns, or with more than can be.
fn check_columns(columns: usize, errors: FileErrors<'_>) -> Result<()> {
    if columns == 0 {
        return Err(errors.whole(
            "the file holds nothing but blank lines",
            "it needs a header line and rows of numbers",
        ));
    }
    if columns > MOST_COLUMNS {
        return Err(errors.whole(
            &format!(
                "its rows have {} cells or more, and tables of more than {} columns are not read",
                format::group(columns),
                format::group(MOST_COLUMNS)
            ),
            "if it stands on one line, put every record on a line of its own",
        ));
    }
    Ok(())
}

/// How a table is written, as far as that is known before its rows are read.
fn form(text: &Text<'_>, dialect: &Dialect, known: &Known) -> Form {
    Form {
        format: None,
        encoding: text.encoding_name(),
        delimiter: dialect.separator.name(),
        header: dialect.header.is_some(),
        above: dialect.skipped,
        units: dialect.units.clone().unwrap_or_default(),
        totals: known.footer.is_some(),
    }
}

/// The text of a stream, and the file that it is, where any part of it can be read again.
fn text_of<'a>(
    input: &'a mut dyn Reopen,
    options: &ReadOptions,
    errors: FileErrors<'_>,
    advance: &mut Advance<'_>,
) -> Result<(Text<'a>, Option<Origin>)> {
    let stream = input.open()?;
    let origin = stream.file.clone();
    let wanted = options
        .encoding
        .as_deref()
        .map(encoding_named)
        .transpose()?;
    let wanted = Wanted {
        encoding: wanted,
        sheet: options.sheet.as_deref(),
    };
    let mut watch = |pause: Pause<'_>| first::tell_early(&pause, options, advance);
    let text = Text::open_watched(stream, wanted, &mut watch).map_err(|refusal| match refusal {
        Refusal::Stopped => Error::Stopped,
        Refusal::Io(error) => errors.io(error),
        Refusal::Foreign(what, advice) => errors.whole(&format!("this is {what}"), advice),
    })?;
    Ok((text, origin))
}

fn encoding_named(name: &str) -> Result<&'static encoding_rs::Encoding> {
    encoding::named(name).ok_or_else(|| {
        Error::Usage(format!(
            "--encoding: there is no encoding {name:?}; try utf-8, utf-16, latin1 or windows-1252"
        ))
    })
}
