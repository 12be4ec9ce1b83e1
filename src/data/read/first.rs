//! The first rows of a table as they stand in the file, to be shown while the rest of it is read.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use csv::ByteRecord;
use unicode_width::UnicodeWidthStr;

use crate::data::bytes::stream::{Pause, Text};
use crate::data::columns::guess::ReadAs;
use crate::data::columns::number;
use crate::data::columns::roles::{self, ColumnSpec, Role};
use crate::data::options::ReadOptions;
use crate::data::read::head::{self, Further};
use crate::data::read::progress::{Advance, News, Progress};
use crate::data::records::dialect::{self, Dialect};
use crate::data::records::layout::Layout;
use crate::data::records::reader::Reader;
use crate::data::text::sanitize_bytes;
use crate::error::{Error, Result};
use crate::format::short;

/// Rows at most: more than any screen is high, and some to scroll. There are fewer where the head of the file holds fewer,
/// as it does of a table of thousands of columns.
const MOST: usize = 500;

/// The first rows of a table, and how it is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirstRows {
    /// The columns.
    pub columns: Vec<FirstColumn>,
    /// What separates cells: a character, `tab`, `space`, `blanks` or `fixed widths`.
    pub delimiter: String,
    /// Whether the columns have names in the file.
    pub header: bool,
    /// Lines above the table that were skipped.
    pub above: u64,
    /// The encoding, and how the file is packed.
    pub encoding: String,
    /// Whether these are all that have come so far, since whoever writes into the pipe rests.
    pub rests: bool,
    /// What the cells say, sanitised, row after row in one text: of a wide table they are many, and one text is one
    /// piece of memory.
    text: String,
    /// Where each cell ends in it.
    ends: Vec<u32>,
}

/// A column, as far as the head of the file shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirstColumn {
    /// Name, sanitised and made unique.
    pub name: String,
    /// The unit that a row under the header names.
    pub unit: Option<String>,
    /// What it seems to hold, or what it is for.
    pub seems: &'static str,
    /// Whether it seems to hold numbers.
    pub numbers: bool,
    /// Cells of a screen that its widest value takes, long fractions rounded.
    pub width: u16,
}

impl FirstRows {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.ends.len() / self.columns.len().max(1)
    }

    /// What a cell says.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.columns.len() + column;
        let Some(end) = self.ends.get(at) else {
            return "";
        };
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin as usize..*end as usize]
    }

    /// Adds a row, whose cells are as many as the columns.
    fn push<'a>(&mut self, cells: impl Iterator<Item = &'a [u8]>) {
        for (cell, column) in cells.zip(&mut self.columns) {
            let cell = sanitize_bytes(number::trim(cell));
            let width = short(&cell).width();
            column.width = column.width.max(u16::try_from(width).unwrap_or(u16::MAX));
            self.text.push_str(&cell);
            self.ends.push(self.text.len() as u32);
        }
    }
}

/// Tells the first rows of a text, and how much of it has been read so far.
pub fn tell(
    text: &Text<'_>,
    dialect: &Dialect,
    specs: &[ColumnSpec],
    layout: &Layout,
    advance: &mut Advance<'_>,
) -> Result<()> {
    let show = || {
        let (head, encoding) = ((&text.head[..], text.whole), text.encoding_name());
        Some(rows(head, dialect, specs, layout, encoding))
    };
    let progress = Progress {
        bytes: text.taken.load(Ordering::Relaxed),
        total: text.total,
        ..Progress::default()
    };
    if advance(News::First(&show)).is_break() || advance(News::Progress(progress)).is_break() {
        return Err(Error::Stopped);
    }
    Ok(())
}

/// Tells how much has come through a pipe when its writer rests, and the rows in it.
pub fn tell_early(
    pause: &Pause<'_>,
    options: &ReadOptions,
    advance: &mut Advance<'_>,
) -> ControlFlow<()> {
    let progress = Progress {
        bytes: pause.bytes,
        ..Progress::default()
    };
    advance(News::Progress(progress))?;
    match pause.text {
        Some(text) => advance(News::First(&|| early(text, options))),
        None => ControlFlow::Continue(()),
    }
}

/// The first rows of the text that begins with `head`. The last record is left out where the head may end in the middle of it.
fn rows(
    (head, whole): (&[u8], bool),
    dialect: &Dialect,
    specs: &[ColumnSpec],
    layout: &Layout,
    encoding: String,
) -> FirstRows {
    let units = dialect.units.as_deref().unwrap_or_default();
    let column = |(index, spec): (usize, &ColumnSpec)| FirstColumn {
        name: spec.name.clone(),
        unit: units.get(index).filter(|unit| !unit.is_empty()).cloned(),
        seems: seems(spec.role, layout.read_as[index]),
        numbers: layout.read_as[index].is_number() || spec.role == Role::Label,
        width: 0,
    };
    let mut first = FirstRows {
        columns: specs.iter().enumerate().map(column).collect(),
        delimiter: dialect.separator.name(),
        header: dialect.header.is_some(),
        above: dialect.skipped,
        encoding,
        ..FirstRows::default()
    };
    let mut reader = Reader::new(
        &head[dialect.body..],
        &layout.separator,
        layout.terminator,
        layout.comments,
    );
    let (mut record, mut last) = (ByteRecord::new(), ByteRecord::new());
    // Each record is added when there is one behind it, so that the last one can be left out. Reading from memory cannot fail.
    while first.rows() < MOST && reader.read(&mut record).unwrap_or(false) {
        if is_row(&last, layout) {
            first.push(last.iter());
        }
        std::mem::swap(&mut record, &mut last);
    }
    if whole && first.rows() < MOST && is_row(&last, layout) {
        first.push(last.iter());
    }
    first
}

/// The rows of which the writer of a pipe has written only so much; none as long as that is not one.
fn early(text: &[u8], options: &ReadOptions) -> Option<FirstRows> {
    let end = memchr::memrchr(b'\n', text).or_else(|| memchr::memrchr(b'\r', text))?;
    let head = (&text[..=end], true);
    let dialect = dialect::find(head.0, head.1, options.layout, None);
    let names = roles::unique_names(dialect.header.as_ref(), dialect.columns);
    // What may be said about columns is said when the head is complete.
    let specs = roles::assign(names, options, &mut Vec::new()).ok()?;
    let layout = head::layout(
        head.0,
        head.1,
        &dialect,
        &specs,
        &Further::default(),
        options,
    );
    let first = rows(head, &dialect, &specs, &layout, String::new());
    (first.rows() > 0).then_some(FirstRows {
        rests: true,
        ..first
    })
}

/// Whether a record is a row of so many columns; rows of another length are skipped.
fn is_row(record: &ByteRecord, layout: &Layout) -> bool {
    let columns = layout.read_as.len();
    let blank = || columns == 1 && number::trim(&record[0]).is_empty();
    record.len() == columns && !blank() && layout.top.of_record(record).is_none()
}

/// What a column seems to hold, in a word; or what it is for.
fn seems(role: Role, read_as: ReadAs) -> &'static str {
    match (role, read_as) {
        (Role::Label, _) => "label",
        (Role::Id, _) => "id",
        (Role::Group, _) => "group",
        (Role::Dropped(_), _) => "left out",
        (Role::Feature, ReadAs::Numbers | ReadAs::Measures(_)) => "number",
        (Role::Feature, ReadAs::Times(_)) => "datetime",
        (Role::Feature, ReadAs::Words) => "words",
        (Role::Feature, ReadAs::Presence) => "text",
    }
}
