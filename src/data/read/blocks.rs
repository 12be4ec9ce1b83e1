//! The blocks of a stream: parsed side by side, collected in order, as long as memory suffices.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use memchr::memchr;
use rayon::prelude::*;
use tempfile::SpooledTempFile;

use crate::data::bytes::memory::{Need, budget};
use crate::data::columns::guess::ReadAs;
use crate::data::options::ReadOptions;
use crate::data::read::errors::FileErrors;
use crate::data::records::block::{Block, Blocks};
use crate::data::records::chunk::Chunk;
use crate::data::records::layout::Layout;
use crate::data::records::original::{IN_MEMORY, KEPT};
use crate::data::records::ragged::Ragged;
use crate::data::records::repeated::Repeats;
use crate::error::{Error, Result};
use crate::format;

/// Blocks parsed between two calls of `advance`: a few hundredths of a second of work.
const BATCH: usize = 8;
/// Most rows of the sample of a table that does not fit into memory.
const DRAWN: usize = 200_000;
/// Fewest rows of it, however little memory there may be.
const FEWEST: usize = 1_000;
/// Blocks of which few rows are left are joined up to so many rows.
const JOINED: usize = 8_192;
/// Bytes of the end of the text that are looked at for totals.
const TAIL: usize = 128 << 10;

/// The reading of one stream, as far as it has come.
pub struct Reading<'a> {
    pub layout: Layout,
    pub options: &'a ReadOptions,
    errors: FileErrors<'a>,
    /// Lines before the next block.
    pub lines: u64,
    /// The parsed blocks, each with the numbers of lines and data rows before it.
    pub chunks: Vec<(u64, u64, Chunk)>,
    /// Where each block begins in the stream, and where its rows begin in it; filled once all are joined.
    pub starts: Vec<(u64, Vec<u32>)>,
    /// Data rows so far, including skipped ones and those outside the sample.
    pub seen: u64,
    /// Rows kept so far.
    pub rows: usize,
    pub ragged: Ragged,
    /// Lines that belong above the rows.
    pub repeats: Repeats,
    /// The first line that is not UTF-8, 1 = first.
    pub not_utf8: Option<u64>,
    /// The text so far, while it is kept.
    pub kept: Option<SpooledTempFile>,
    /// Its length.
    kept_bytes: u64,
    /// The end of the text so far, and where in the stream it begins.
    pub tail: (u64, Vec<u8>),
    /// Rows to draw at random, where not all are kept.
    pub sample: Option<usize>,
    /// Whether they are drawn because the whole table does not fit into memory.
    pub larger: bool,
    /// Blocks that were left when they were last joined.
    joined: usize,
    /// Bytes that the table may take.
    budget: u64,
    /// Bytes that the whole table will take, as far as that is known.
    need: Option<u64>,
}

impl<'a> Reading<'a> {
    /// A reading that begins after `lines` lines. `keep` says whether to keep the text.
    pub fn new(
        layout: Layout,
        options: &'a ReadOptions,
        errors: FileErrors<'a>,
        lines: u64,
        keep: bool,
    ) -> Self {
        Self {
            layout,
            options,
            errors,
            lines,
            chunks: Vec::new(),
            starts: Vec::new(),
            seen: 0,
            rows: 0,
            ragged: Ragged::default(),
            repeats: Repeats::default(),
            not_utf8: None,
            kept: keep.then(|| SpooledTempFile::new(IN_MEMORY)),
            kept_bytes: 0,
            tail: (0, Vec::new()),
            sample: options.sample,
            larger: false,
            joined: 0,
            budget: options.memory.unwrap_or_else(budget),
            need: None,
        }
    }

    /// Reads all blocks. `advance` is given the rows so far and the memory that the whole table will need; it says whether to
    /// go on, and what share of the file has been read.
    pub fn run<R: Read + Send>(
        &mut self,
        mut blocks: Blocks<R>,
        mut advance: impl FnMut(usize, Option<u64>) -> (ControlFlow<()>, Option<f64>),
    ) -> Result<()> {
        let next = |blocks: &mut Blocks<R>| -> io::Result<Vec<Block>> {
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
        let mut batch = next(&mut blocks).map_err(|error| self.errors.io(error))?;
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
            let (flow, share) = advance(self.seen as usize, self.need);
            if flow.is_break() {
                return Err(Error::Stopped);
            }
            self.sample_if_larger(share);
            self.draw_sample();
            self.join_blocks();
            self.check_memory(share)?;
            batch = following.map_err(|error| self.errors.io(error))?;
        }
        Ok(())
    }

    fn keep_text(&mut self, batch: &[Block]) {
        self.keep_tail(batch);
        for block in batch {
            self.kept_bytes += block.bytes.len() as u64;
            // A full disk ends the keeping, not the reading.
            let keep = |kept: &mut SpooledTempFile| kept.write_all(&block.bytes).is_ok();
            if self.kept_bytes > KEPT || !self.kept.as_mut().is_some_and(keep) {
                self.kept = None;
            }
        }
    }

    /// Keeps the last lines: where there are quotes a whole block, since inside them a line end begins no record.
    fn keep_tail(&mut self, batch: &[Block]) {
        let Some(block) = batch
            .iter()
            .rfind(|block| !block.bytes.trim_ascii().is_empty())
        else {
            return;
        };
        let bytes = &block.bytes[..];
        let mut from = 0;
        if !block.quoted && bytes.len() > TAIL {
            let cut = bytes.len() - TAIL;
            from = memchr(self.layout.terminator, &bytes[cut..]).map_or(cut, |at| cut + at + 1);
        }
        self.tail.0 = block.offset + from as u64;
        self.tail.1.clear();
        self.tail.1.extend_from_slice(&bytes[from..]);
    }

    fn take(&mut self, chunk: Chunk) -> Result<()> {
        if let Some(line) = chunk.unclosed {
            let (problem, advice) = (
                "a quote opens here and is never closed",
                "close it, or double it if it is meant as text",
            );
            return Err(self.errors.line(self.lines + line + 1, problem, advice));
        }
        if let (true, Some((line, cells))) = (self.options.strict, chunk.ragged.first.first()) {
            let problem = format!(
                "{} instead of {}",
                format::count(*cells, "cell"),
                format::group(self.layout.read_as.len())
            );
            let advice = "correct the line, or leave out --strict to skip it";
            return Err(self.errors.line(self.lines + line + 1, &problem, advice));
        }
        self.ragged.append(&chunk.ragged, self.lines);
        self.repeats.append(&chunk.repeats, self.lines);
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

    /// Drops rows until only as many are kept as the sample should have.
    fn draw_sample(&mut self) {
        let Some(wanted) = self.sample else {
            return;
        };
        if self.rows <= wanted {
            return;
        }
        let sampler = self.layout.sampler;
        let mut lots: Vec<u64> = self
            .chunks
            .iter()
            .flat_map(|(.., chunk)| chunk.lots(sampler))
            .collect();
        let (_, bound, _) = lots.select_nth_unstable(wanted);
        self.layout.sampler.below = *bound;
        let sampler = self.layout.sampler;
        self.chunks
            .par_iter_mut()
            .for_each(|(.., chunk)| chunk.retain(sampler));
        self.rows = self
            .chunks
            .iter()
            .map(|(.., chunk)| chunk.starts.len())
            .sum();
    }

    /// Begins to keep a sample where the whole table would take more memory than it may. A sample that the user wants is
    /// that of a table too large only if the user says how much memory there is.
    fn sample_if_larger(&mut self, share: Option<f64>) {
        let asked = self.options.sample;
        if self.larger || asked.is_some() && self.options.memory.is_none() {
            return;
        }
        let whole = self.need(share.unwrap_or(1.0).max(1e-6));
        if self.rows == 0 || whole.total() <= self.budget {
            return;
        }
        self.larger = true;
        if asked.is_none() {
            let each = whole.total() as f64 / whole.rows().max(1) as f64;
            // The network, its batches and the blocks on their way take memory too.
            let fitting = (self.budget as f64 / 4.0 / each) as usize;
            self.sample = Some((fitting / 1_000 * 1_000).clamp(FEWEST, DRAWN));
        }
    }

    /// Joins neighbouring blocks of which few rows are left, so that a sample of any file takes the same memory.
    fn join_blocks(&mut self) {
        if self.sample.is_none() || self.chunks.len() < 2 * self.joined + 64 {
            return;
        }
        let mut joined: Vec<(u64, u64, Chunk)> = Vec::new();
        for (lines, seen, chunk) in std::mem::take(&mut self.chunks) {
            let apart = match joined.last_mut() {
                Some((first_lines, first_seen, last))
                    if last.starts.len() + chunk.starts.len() <= JOINED =>
                {
                    last.absorb(chunk, lines - *first_lines, seen - *first_seen)
                }
                _ => Some(chunk),
            };
            joined.extend(apart.map(|chunk| (lines, seen, chunk)));
        }
        self.chunks = joined;
        self.joined = self.chunks.len();
    }

    /// What the whole table will take if so much of it has been read.
    fn need(&self, read: f64) -> Need {
        Need {
            held: self
                .chunks
                .iter()
                .map(|(.., chunk)| chunk.memory() as u64)
                .sum(),
            rows: self.rows as u64,
            features: self
                .layout
                .read_as
                .iter()
                .filter(|read_as| **read_as != ReadAs::Presence)
                .count() as u64,
            read,
        }
    }

    fn check_memory(&mut self, share: Option<f64>) -> Result<()> {
        // A sample does not grow with the file.
        let need = self.need(if self.sample.is_some() {
            1.0
        } else {
            share.unwrap_or(1.0).max(1e-6)
        });
        self.need = share.map(|_| need.total());
        // The fewest rows are kept however little memory there may be.
        if need.total() <= self.budget || self.larger && self.options.sample.is_none() {
            return Ok(());
        }
        let problem = format!(
            "its {} rows of {} columns would take about {} of memory, but only {} can be used",
            format::group(need.rows()),
            format::group(need.features),
            format::bytes(need.total()),
            format::bytes(self.budget)
        );
        Err(self.errors.whole(
            &problem,
            "read fewer rows with --sample N, or fewer columns with --columns",
        ))
    }
}
