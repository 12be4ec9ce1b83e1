//! A stream → [`Table`]. The head shows how the file is written and what its columns hold; the rest is cut into blocks that
//! are read side by side and joined in order, so that the number of threads changes nothing.

pub(super) mod errors;

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use csv::ByteRecord;
use rayon::prelude::*;

use crate::data::bytes::encoding;
use crate::data::bytes::memory::{Need, budget};
use crate::data::bytes::stream::{Refusal, Reopen, Text};
use crate::data::columns::column::Joined;
use crate::data::columns::datetime;
use crate::data::columns::kind::{Kind, Lean, lean};
use crate::data::columns::roles::{self, Part, Role};
use crate::data::read::errors::Blame;
use crate::data::records::block::{Block, Blocks};
use crate::data::records::chunk::{Chunk, Layout, Ragged};
use crate::data::records::dialect::{self, Dialect, delimiter_name};
use crate::data::records::join::{self, Read as Joinable};
use crate::data::records::original::{KEPT, Original, Place};
use crate::data::table::{Form, Table};
use crate::error::{Error, Result};
use crate::format;

pub use crate::data::options::ReadOptions;

/// Records of the head that show what a column holds.
const SHOWN: usize = 2_000;
/// Blocks read between two calls of [`Advance`]: a few hundredths of a second.
const BATCH: usize = 8;
/// A file whose columns turn out to be something else than their beginning is read again at most this often.
const PASSES: usize = 3;

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows so far.
    pub rows: usize,
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes of the whole file, where known.
    pub total: Option<u64>,
    /// Bytes of memory that the whole table will take, from what is read of it so far.
    pub need: Option<u64>,
}

/// Told of [`Progress`] every so often; may stop the reading.
pub type Advance<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

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
        let (joinable, columns) = pass(input, options, &misread, blame, advance)?;
        let wrong: Vec<usize> = (0..columns.len())
            .filter(|index| joinable.may_be_misread(*index) && columns[*index].is_misread())
            .collect();
        if wrong.is_empty() {
            return join::table(joinable, columns, options, blame);
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
) -> Result<(Joinable, Vec<Joined>)> {
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
    let mut notices = text_notices(&text);
    notices.extend(dialect.notices.iter().cloned());
    let names = roles::unique_names(dialect.header.as_ref(), dialect.columns);
    let parts = roles::assign(names, options, &mut notices)
        .map_err(|unknown| blame.whole(&unknown.problem, &unknown.advice))?;
    let layout = layout(&text.head, text.whole, &dialect, &parts, words, options);
    let form = Form {
        encoding: text.encoding_name(),
        delimiter: delimiter_name(dialect.delimiter),
        header: dialect.header.is_some(),
    };
    let seekable = origin.filter(|_| text.plain);
    let mark = text.found.mark as u64;
    let mut reading = Reading {
        layout,
        options,
        blame,
        lines: dialect.lines,
        chunks: Vec::new(),
        starts: Vec::new(),
        seen: 0,
        rows: 0,
        ragged: Ragged::default(),
        not_utf8: None,
        kept: seekable.is_none().then(Vec::new),
        budget: budget(),
        need: None,
    };
    let taken = std::sync::Arc::clone(&text.taken);
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
    Ok(reading.join(parts, notices, form, place))
}

fn encoding_named(name: &str) -> Result<&'static encoding_rs::Encoding> {
    encoding::named(name).ok_or_else(|| {
        Error::Usage(format!("--encoding: there is no encoding {name:?}; utf-8, utf-16, latin1 and windows-1252 are some"))
    })
}

/// What the user should know of packing and encoding.
fn text_notices(text: &Text<'_>) -> Vec<String> {
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

/// How to read each column: as the head shows, or as the user says.
fn layout(
    head: &[u8],
    whole: bool,
    dialect: &Dialect,
    parts: &[Part],
    words: &[usize],
    options: &ReadOptions,
) -> Layout {
    let Dialect {
        delimiter,
        terminator,
        comments,
        spelling,
        ..
    } = *dialect;
    let reader = dialect::reader(&head[dialect.body..], delimiter, terminator, comments);
    let mut records: Vec<ByteRecord> = reader
        .into_byte_records()
        .map_while(std::result::Result::ok)
        .take(SHOWN)
        .collect();
    // The head may end in the middle of a record.
    if !whole && records.len() < SHOWN {
        records.pop();
    }
    records.retain(|record| record.len() == parts.len());
    let cells = |column: usize| records.iter().map(move |record| &record[column]);
    let leans = parts
        .par_iter()
        .enumerate()
        .map(|(index, part)| match (part.role, part.kind) {
            (Role::Dropped(_), _) => Lean::Presence,
            (Role::Label | Role::Id, _) | (_, Some(Kind::Category)) => Lean::Words,
            (_, Some(Kind::Datetime)) => {
                let cells: Vec<&[u8]> = cells(index).filter(|cell| !cell.is_empty()).collect();
                Lean::Times(datetime::find(&cells).unwrap_or(datetime::Format::Iso))
            }
            (_, Some(_)) => Lean::Numbers,
            _ if words.contains(&index) => Lean::Words,
            _ => lean(cells(index), spelling),
        });
    Layout {
        delimiter,
        terminator,
        comments,
        spelling,
        leans: leans.collect(),
        seed: options.seed,
        below: u64::MAX,
    }
}

/// Blocks as they come in.
struct Reading<'a> {
    layout: Layout,
    options: &'a ReadOptions,
    blame: Blame<'a>,
    /// Lines before the next block.
    lines: u64,
    /// Each with the lines and the data rows before it.
    chunks: Vec<(u64, u64, Chunk)>,
    starts: Vec<(u64, Vec<u32>)>,
    seen: u64,
    rows: usize,
    ragged: Ragged,
    not_utf8: Option<u64>,
    kept: Option<Vec<u8>>,
    /// Bytes that may be taken, and that the whole table will take as far as that is known.
    budget: u64,
    need: Option<u64>,
}

impl Reading<'_> {
    /// Takes all blocks. `advance` gets the rows so far and the memory that all will need, and says whether to go on and
    /// what share of the file is read.
    fn run<R: Read + Send>(
        &mut self,
        mut blocks: Blocks<R>,
        mut advance: impl FnMut(usize, Option<u64>) -> (ControlFlow<()>, Option<f64>),
    ) -> Result<()> {
        let next = |blocks: &mut Blocks<R>| -> std::io::Result<Vec<Block>> {
            let mut batch = Vec::with_capacity(BATCH);
            while batch.len() < BATCH {
                match blocks.read()? {
                    Some(block) => {
                        let last = block.unclosed.is_some();
                        batch.push(block);
                        if last {
                            break;
                        }
                    }
                    None => break,
                }
            }
            Ok(batch)
        };
        let mut batch = next(&mut blocks).map_err(|error| self.blame.io(error))?;
        while !batch.is_empty() {
            let layout = &self.layout;
            let (following, chunks) = rayon::join(
                || next(&mut blocks),
                || {
                    batch
                        .par_iter()
                        .map(|block| Chunk::read(block, layout))
                        .collect::<Vec<_>>()
                },
            );
            self.keep_text(&batch);
            for chunk in chunks {
                self.take(chunk)?;
            }
            self.draw_sample();
            let (flow, share) = advance(self.seen as usize, self.need);
            if flow.is_break() {
                return Err(Error::Stopped);
            }
            self.check_memory(share)?;
            batch = following.map_err(|error| self.blame.io(error))?;
        }
        Ok(())
    }

    fn keep_text(&mut self, batch: &[Block]) {
        for block in batch {
            match &mut self.kept {
                Some(kept) if kept.len() + block.bytes.len() <= KEPT => {
                    kept.extend_from_slice(&block.bytes);
                }
                _ => self.kept = None,
            }
        }
    }

    fn take(&mut self, chunk: Chunk) -> Result<()> {
        if let Some(line) = chunk.unclosed {
            let (problem, advice) = (
                "a quote opens here and is never closed",
                "close it, or double it if it is meant as text",
            );
            return Err(self.blame.line(self.lines + line + 1, problem, advice));
        }
        if let (true, Some((line, cells))) = (self.options.strict, chunk.ragged.first.first()) {
            let problem = format!(
                "{cells} cells where {} are expected",
                self.layout.leans.len()
            );
            let advice = "correct the line, or leave out --strict to skip it";
            return Err(self.blame.line(self.lines + line + 1, &problem, advice));
        }
        self.ragged.append(&chunk.ragged, self.lines);
        self.not_utf8 = self
            .not_utf8
            .or(chunk.not_utf8.map(|line| self.lines + line + 1));
        let (lines, seen) = (self.lines, self.seen);
        self.lines += chunk.lines;
        self.seen += u64::from(chunk.seen);
        self.rows += chunk.starts.len();
        self.chunks.push((lines, seen, chunk));
        Ok(())
    }

    /// Keeps the rows with the lowest lots, as many as are wanted.
    fn draw_sample(&mut self) {
        let (Some(wanted), seed) = (self.options.sample, self.layout.seed) else {
            return;
        };
        if self.rows <= wanted {
            return;
        }
        let mut lots: Vec<u64> = self
            .chunks
            .iter()
            .flat_map(|(.., chunk)| chunk.lots(seed))
            .collect();
        let (_, bound, _) = lots.select_nth_unstable(wanted);
        self.layout.below = *bound;
        let below = self.layout.below;
        self.chunks
            .par_iter_mut()
            .for_each(|(.., chunk)| chunk.retain(seed, below));
        self.rows = self
            .chunks
            .iter()
            .map(|(.., chunk)| chunk.starts.len())
            .sum();
    }

    fn check_memory(&mut self, share: Option<f64>) -> Result<()> {
        let need = Need {
            held: self
                .chunks
                .iter()
                .map(|(.., chunk)| chunk.memory() as u64)
                .sum(),
            rows: self.rows as u64,
            features: self
                .layout
                .leans
                .iter()
                .filter(|lean| **lean != Lean::Presence)
                .count() as u64,
            // A sample does not grow with the file.
            read: if self.options.sample.is_some() {
                1.0
            } else {
                share.unwrap_or(1.0).max(1e-6)
            },
        };
        self.need = share.map(|_| need.total());
        if need.total() <= self.budget {
            return Ok(());
        }
        let problem = format!(
            "its {} rows of {} columns would take about {}, and {} are free for it",
            format::group(need.rows()),
            format::group(need.features),
            format::bytes(need.total()),
            format::bytes(self.budget)
        );
        Err(self.blame.whole(
            &problem,
            "take some of the rows with --sample N, or some of the columns with --columns",
        ))
    }

    fn join(
        mut self,
        parts: Vec<Part>,
        mut notices: Vec<String>,
        form: Form,
        place: Option<Place>,
    ) -> (Joinable, Vec<Joined>) {
        if self.ragged.count > 0 {
            notices.push(self.ragged.sentence(parts.len()));
        }
        let mut numbers = Vec::with_capacity(self.rows);
        for (_, seen, chunk) in &mut self.chunks {
            numbers.extend(chunk.places.iter().map(|place| *seen as u32 + place + 1));
            self.starts
                .push((chunk.offset, std::mem::take(&mut chunk.starts)));
        }
        let whole = numbers.len() as u64 == self.seen;
        if let (Some(_), false) = (self.options.sample, whole) {
            notices.push(format!(
                "a sample of {} of {} rows, drawn evenly with seed {}",
                format::group(self.rows),
                format::group(self.seen as usize - self.ragged.count),
                self.layout.seed
            ));
        }
        let mut columns: Vec<Vec<_>> = parts
            .iter()
            .map(|_| Vec::with_capacity(self.chunks.len()))
            .collect();
        for (lines, _, chunk) in self.chunks {
            for (column, piece) in columns.iter_mut().zip(chunk.pieces) {
                column.push((lines + 1, piece));
            }
        }
        let joined = columns
            .into_par_iter()
            .map(|pieces| Joined::new(pieces.into_iter()))
            .collect();
        let Layout {
            delimiter,
            terminator,
            ..
        } = self.layout;
        let original = place.map(|place| {
            Original::new(
                place,
                [delimiter, terminator],
                parts.len(),
                self.starts.into_iter(),
            )
        });
        let joinable = Joinable {
            rows: self.rows,
            numbers: (!whole).then_some(numbers),
            leans: self.layout.leans,
            ragged: self.ragged,
            parts,
            notices,
            form,
            original,
        };
        (joinable, joined)
    }
}
