//! The blocks of a stream: parsed side by side, collected in order, as long as memory suffices.

use std::io::{self, Read};
use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::data::bytes::memory::{Need, budget};
use crate::data::columns::guess::ReadAs;
use crate::data::options::ReadOptions;
use crate::data::read::errors::FileErrors;
use crate::data::records::block::{Block, Blocks};
use crate::data::records::chunk::Chunk;
use crate::data::records::kept::Kept;
use crate::data::records::layout::Layout;
use crate::data::records::ragged::Ragged;
use crate::error::{Error, Result};
use crate::format;

/// Blocks parsed between two calls of `advance`: a few hundredths of a second of work.
const BATCH: usize = 8;

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
    /// The first line that is not UTF-8, 1 = first.
    pub not_utf8: Option<u64>,
    /// The text so far, while it is kept.
    pub kept: Option<Kept>,
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
            not_utf8: None,
            kept: keep.then(Kept::default),
            budget: budget(),
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
            self.draw_sample();
            let (flow, share) = advance(self.seen as usize, self.need);
            if flow.is_break() {
                return Err(Error::Stopped);
            }
            self.check_memory(share)?;
            batch = following.map_err(|error| self.errors.io(error))?;
        }
        Ok(())
    }

    fn keep_text(&mut self, batch: &[Block]) {
        for block in batch {
            let Some(kept) = &mut self.kept else { return };
            // Where the disk is full the table is read all the same, and its text is gone.
            if kept.push(&block.bytes).is_err() {
                self.kept = None;
            }
        }
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
        let Some(wanted) = self.options.sample else {
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
                .read_as
                .iter()
                .filter(|read_as| **read_as != ReadAs::Presence)
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
