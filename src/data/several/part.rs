//! One of several files: how it is laid out, and its rows, without what is none.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::path::Path;

use csv::ByteRecord;

use crate::data::bytes::encoding;
use crate::data::bytes::formats::Damage;
use crate::data::bytes::input::Input;
use crate::data::bytes::stream::{Refusal, Text, Wanted};
use crate::data::columns::roles::{self, original_names, unique_names};
use crate::data::options::ReadOptions;
use crate::data::read::head::Further;
use crate::data::read::{footer, head, made, notices};
use crate::data::records::dialect;
use crate::data::records::ragged::Ragged;
use crate::data::records::reader::{Reader, is_blank};
use crate::data::records::repeated::Top;
use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};

/// One of the files, opened.
pub struct Part {
    /// Its name, to show.
    pub name: String,
    /// Its columns.
    pub names: Vec<String>,
    /// The units that stand under their names.
    pub units: Option<Vec<String>>,
    /// How its numbers are written.
    pub decimal: u8,
    /// What is said about it.
    pub notices: Vec<String>,
    records: Reader<Box<dyn Read + Send>>,
    /// What stands above its rows.
    top: Top,
    /// Whether rows of totals at its end are left out.
    totals: bool,
    terminator: u8,
    /// Lines above them.
    above: u64,
    /// Rows that were read, those of the wrong length with them.
    seen: u64,
    /// The latter.
    pub ragged: Ragged,
    /// Rows that were read and may be totals, with their numbers.
    held: VecDeque<(u64, ByteRecord)>,
    ended: bool,
}

impl Part {
    /// Opens a file.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self> {
        let shown = sanitize(&path.to_string_lossy());
        let refuse = |problem: String, advice: &str| -> Error {
            DataError {
                file: shown.clone(),
                problem,
                advice: advice.into(),
                ..DataError::default()
            }
            .into()
        };
        let stream = Input::open_file(path)?;
        let wanted = Wanted {
            encoding: options.encoding.as_deref().and_then(encoding::named),
            sheet: options.sheet.as_deref(),
        };
        let text = Text::open(stream, wanted).map_err(|refusal| match refusal {
            Refusal::Foreign(what, advice) => refuse(format!("this is {what}"), advice),
            Refusal::Stopped => Error::Stopped,
            Refusal::Io(error) => match Damage::of(&error) {
                Some(damage) => refuse(damage.to_string(), ""),
                None => Error::io(format!("read {shown}"))(error),
            },
        })?;
        let layout = made::layout(&text, options.layout);
        let dialect = dialect::find(&text.head, text.whole, layout, None);
        let mut notices = notices::of_text(&text);
        notices.extend(dialect.notices.iter().cloned());
        let names = match &dialect.header {
            Some(header) => original_names(header, dialect.columns),
            None => unique_names(None, dialect.columns),
        };
        let body: Box<dyn Read + Send> =
            Box::new(Cursor::new(text.head[dialect.body..].to_vec()).chain(text.rest));
        // What the columns are for is decided when all files are one; here it only counts what they hold.
        let own = ReadOptions::default();
        let shown_names = unique_names(dialect.header.as_ref(), dialect.columns);
        let top = roles::assign(shown_names, &own, &mut Vec::new()).map_or_else(
            |_| Top::default(),
            |specs| {
                let layout = head::layout(
                    &text.head,
                    text.whole,
                    &dialect,
                    &specs,
                    &Further::default(),
                    &own,
                );
                (*layout.top).clone()
            },
        );
        Ok(Self {
            name: shown,
            names,
            decimal: dialect.spelling.decimal,
            records: Reader::new(
                body,
                &dialect.separator,
                dialect.terminator,
                dialect.comments,
            ),
            units: dialect.units,
            notices,
            top,
            totals: !options.keep_totals,
            above: memchr::memchr_iter(dialect.terminator, &text.head[..dialect.body]).count()
                as u64,
            terminator: dialect.terminator,
            seen: 0,
            ragged: Ragged::default(),
            held: VecDeque::new(),
            ended: false,
        })
    }

    /// The next row and its number, 1 = first; none behind the last.
    pub fn next_row(&mut self) -> io::Result<Option<(u64, ByteRecord)>> {
        let ahead = if self.totals { footer::LAST } else { 1 };
        let mut record = ByteRecord::new();
        while !self.ended && self.held.len() < ahead {
            if !self.records.read(&mut record)? {
                self.ended = true;
                self.cut_totals();
                self.tell_ragged();
            } else if self.top.of_record(&record).is_some() {
                self.say("lines from above the rows stand among them again and are left out");
            } else if record.len() == self.names.len() {
                self.seen += 1;
                self.held.push_back((self.seen, record.clone()));
            } else if !(record.len() == 1 && is_blank(record.iter())) {
                self.seen += 1;
                let line = match self.terminator {
                    b'\n' => self.records.line_of(&record),
                    // The csv crate counts no others.
                    _ => self.seen,
                };
                self.ragged.add(self.above + line - 1, record.len());
            }
        }
        Ok(self.held.pop_front())
    }

    fn tell_ragged(&mut self) {
        if self.ragged.count > 0 {
            self.notices.push(self.ragged.sentence(self.names.len()));
        }
    }

    fn cut_totals(&mut self) {
        let begin = footer::begin(self.held.make_contiguous());
        if let Some(begin) = begin.filter(|_| self.totals) {
            self.held.retain(|(row, _)| *row < begin);
            self.say("rows of totals at the end are left out; to keep them, say --keep-totals");
        }
    }

    fn say(&mut self, notice: &str) {
        if !self.notices.iter().any(|said| said == notice) {
            self.notices.push(notice.into());
        }
    }
}
