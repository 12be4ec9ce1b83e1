//! `--follow`: lines that are added to a file are scored as they come, until the user has seen enough.

use std::io::Cursor;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::data::bytes::growing::Growing;
use crate::data::records::block::{Block, Blocks};
use crate::data::records::layout::Layout;
use crate::error::{Error, Result};
use crate::signals::Signals;
use crate::stream::{Listener, Outcome, Stream};

/// How often the file is looked at.
const EVERY: Duration = Duration::from_millis(100);

/// A file that is followed.
pub struct Following {
    /// Its whole lines so far are scored first.
    pub growing: Growing,
    signals: Signals,
}

impl Following {
    /// Waits until a file has a row; none where the user does not.
    pub fn begin(path: &Path) -> Result<Option<Self>> {
        let signals = Signals::register().map_err(Error::io("watch for signals"))?;
        let mut growing = Growing::open(path)?;
        while growing.lines()? < 2 {
            if signals.end().is_some() {
                return Ok(None);
            }
            sleep(EVERY);
            growing = Growing::open(path)?;
        }
        Ok(Some(Self { growing, signals }))
    }

    /// Scores what is added to the file, of which so many data rows were scored.
    pub fn follow(
        &mut self,
        (stream, layout, mut seen): (&Stream<'_>, &Layout, u64),
        (outcome, each): (&mut Outcome, &mut Listener<'_>),
    ) -> Result<()> {
        while self.signals.end().is_none() {
            let Some((start, lines)) = self.growing.more(layout.terminator)? else {
                sleep(EVERY);
                continue;
            };
            let blocks = blocks((start, &lines), layout)?;
            if blocks.iter().any(|block| block.unclosed.is_some()) {
                self.growing.put_back((start, lines));
                sleep(EVERY);
                continue;
            }
            for block in &blocks {
                seen += stream.block((block, layout), seen, (&mut *outcome, &mut *each))?;
            }
        }
        Ok(())
    }
}

fn blocks((start, lines): (u64, &[u8]), layout: &Layout) -> Result<Vec<Block>> {
    let separator = layout.separator.byte();
    let mut blocks = Blocks::new(Cursor::new(lines), separator, layout.terminator, start);
    let mut all = Vec::new();
    while let Some(block) = blocks
        .read()
        .map_err(Error::io("read what was added to the file"))?
    {
        all.push(block);
    }
    Ok(all)
}
