//! A stream read again, block by block, as it was read the first time: nothing of it is kept.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rayon::prelude::*;

use crate::data::bytes::encoding;
use crate::data::bytes::stream::{Refusal, Reopen, Text, Wanted};
use crate::data::records::block::Blocks;
use crate::data::records::chunk::Chunk;
use crate::data::records::layout::Layout;
use crate::error::{Error, Result};

/// Blocks that are parsed side by side.
const BATCH: usize = 4;

/// How a stream was read.
#[derive(Debug, Clone)]
pub struct Again {
    /// How to parse its blocks; every row is in the sample.
    pub layout: Layout,
    /// The encoding that the user named.
    pub encoding: Option<String>,
    /// The sheet that was asked for.
    pub sheet: Option<String>,
    /// Where in the text the rows begin.
    pub body: u64,
    /// Where they end.
    pub end: u64,
    /// Rows that there are.
    pub rows: usize,
}

/// A stream on its way through a second time.
pub struct Rereading<'a> {
    blocks: Blocks<Box<dyn Read + Send + 'a>>,
    layout: &'a Layout,
    /// Data rows before the next block, including skipped ones.
    seen: u64,
    /// Bytes read so far.
    pub taken: Arc<AtomicU64>,
}

impl Again {
    /// Opens the stream at its first row. It must not have changed.
    pub fn open<'a>(&'a self, input: &'a mut dyn Reopen) -> Result<Rereading<'a>> {
        let doing = || Error::io("read the table again");
        let wanted = self.encoding.as_deref().and_then(encoding::named);
        let text = Text::open(
            input.open()?,
            Wanted {
                encoding: wanted,
                sheet: self.sheet.as_deref(),
            },
        )
        .map_err(|refusal| match refusal {
            Refusal::Io(error) => doing()(error),
            Refusal::Stopped => Error::Stopped,
            Refusal::Foreign(what, _) => doing()(io::Error::other(format!("by now it is {what}"))),
        })?;
        let mut head = Cursor::new(text.head);
        head.set_position(self.body);
        let rows = head.chain(text.rest).take(self.end - self.body);
        let rows: Box<dyn Read + Send + 'a> = Box::new(rows);
        let Layout {
            separator,
            terminator,
            ..
        } = &self.layout;
        Ok(Rereading {
            blocks: Blocks::new(rows, separator.byte(), *terminator, self.body),
            layout: &self.layout,
            seen: 0,
            taken: text.taken,
        })
    }
}

impl Rereading<'_> {
    /// The next blocks, each with the number of data rows before it and made into something else side by side; none at the end.
    pub fn next<T: Send>(
        &mut self,
        of: impl Fn(&Chunk) -> T + Sync,
    ) -> Result<Vec<(u64, Chunk, T)>> {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let block = self.blocks.read();
            match block.map_err(Error::io("read the table again"))? {
                Some(block) => batch.push(block),
                None => break,
            }
        }
        let layout = self.layout;
        let made: Vec<(Chunk, T)> = batch
            .par_iter()
            .map(|block| {
                let chunk = Chunk::read(block, layout);
                let made = of(&chunk);
                (chunk, made)
            })
            .collect();
        let number = |(chunk, made): (Chunk, T)| {
            let before = self.seen;
            self.seen += u64::from(chunk.seen);
            (before, chunk, made)
        };
        Ok(made.into_iter().map(number).collect())
    }
}
