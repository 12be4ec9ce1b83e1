//! A stream on its way through, block by block: nothing of it is kept. Its rows are parsed side by side and handed on in order.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rayon::prelude::*;

use crate::data::read::footer::{self, Footer};
use crate::data::records::block::{Block, Blocks};
use crate::data::records::chunk::Chunk;
use crate::data::records::layout::Layout;
use crate::error::{Error, Result};

/// Blocks of a thread that are parsed side by side with those of the others.
const BLOCKS: usize = 2;
/// Most blocks that are held at once, however many threads there are: a megabyte each, as many again are read ahead.
const MOST: usize = 32;

/// A stream on its way through.
pub struct Passing<'a> {
    blocks: Blocks<Box<dyn Read + Send + 'a>>,
    /// Blocks that were read while others were parsed.
    ahead: Option<Vec<Block>>,
    layout: Layout,
    /// What is being done, should it fail.
    doing: String,
    /// Data rows before the next block, including skipped ones.
    seen: u64,
    /// Whether rows of totals at the end are left out, and those that were found.
    totals: (bool, Option<Footer>),
    /// Whether blocks keep their text when they are parsed.
    keeps_text: bool,
    /// Bytes read so far.
    pub taken: Arc<AtomicU64>,
}

impl<'a> Passing<'a> {
    /// `rows` begins with a record, `offset` bytes into its stream.
    pub fn new(
        rows: Box<dyn Read + Send + 'a>,
        layout: Layout,
        offset: u64,
        taken: Arc<AtomicU64>,
    ) -> Self {
        Self {
            blocks: Blocks::new(rows, layout.separator.byte(), layout.terminator, offset),
            ahead: None,
            layout,
            doing: "read the table again".into(),
            seen: 0,
            totals: (false, None),
            keeps_text: false,
            taken,
        }
    }

    /// The same for the first time: what is said where it fails, and whether rows of totals at the end are left out.
    #[must_use]
    pub fn for_the_first_time(self, doing: String, totals: bool) -> Self {
        Self {
            doing,
            totals: (totals, None),
            ..self
        }
    }

    /// The same for whoever looks at the text of the rows.
    #[must_use]
    pub fn with_text(self) -> Self {
        Self {
            keeps_text: true,
            ..self
        }
    }

    /// What is made of the next blocks, side by side; none at the end. Each comes with the number of data rows before it. The
    /// blocks after them are read meanwhile.
    pub fn next<T: Send>(&mut self, of: impl Fn(&Chunk, u64) -> T + Sync) -> Result<Vec<(u64, T)>> {
        let count = (BLOCKS * rayon::current_num_threads()).clamp(1, MOST);
        let mut batch = match self.ahead.take() {
            Some(batch) => batch,
            None => read(&mut self.blocks, count, &self.doing)?,
        };
        if self.totals.0 && self.blocks.is_over() {
            self.totals.1 = cut_totals(&mut batch, &self.layout);
            self.totals.0 = false;
        }
        let (blocks, layout, doing) = (&mut self.blocks, &self.layout, &self.doing);
        let (seen, keeps_text) = (&mut self.seen, self.keeps_text);
        let (ahead, made) = rayon::join(
            || read(blocks, count, doing),
            || {
                let chunks: Vec<Chunk> = batch
                    .into_par_iter()
                    .map(|block| {
                        let mut chunk = Chunk::read(&block, layout);
                        if keeps_text {
                            chunk.text = block.bytes;
                        }
                        chunk
                    })
                    .collect();
                let numbered: Vec<(u64, Chunk)> = chunks
                    .into_iter()
                    .map(|chunk| {
                        let before = *seen;
                        *seen += u64::from(chunk.seen);
                        (before, chunk)
                    })
                    .collect();
                let made = numbered
                    .into_par_iter()
                    .map(|(before, chunk)| (before, of(&chunk, before)));
                made.collect::<Vec<(u64, T)>>()
            },
        );
        self.ahead = Some(ahead?);
        Ok(made)
    }

    /// How its blocks are parsed.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Data rows that went by, including skipped ones.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// What is said of rows of totals that were left out at the end.
    pub fn totals(&self) -> Option<&str> {
        self.totals.1.as_ref().map(|footer| &*footer.notice)
    }
}

fn read<R: Read>(blocks: &mut Blocks<R>, count: usize, doing: &str) -> Result<Vec<Block>> {
    let mut batch = Vec::with_capacity(count);
    while batch.len() < count {
        let block = blocks.read();
        match block.map_err(Error::io(doing))? {
            Some(block) => batch.push(block),
            None => break,
        }
    }
    Ok(batch)
}

/// Takes rows of totals off the end of the last blocks of a stream.
fn cut_totals(batch: &mut [Block], layout: &Layout) -> Option<Footer> {
    let last = batch
        .iter_mut()
        .rfind(|block| !block.bytes.trim_ascii().is_empty())?;
    let found = footer::said(&last.bytes, layout)?;
    last.bytes.truncate(found.at as usize);
    Some(Footer {
        at: last.offset + found.at,
        ..found
    })
}
