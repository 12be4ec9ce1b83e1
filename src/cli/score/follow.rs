//! `--follow`: lines that are added to a file are scored as they come, until the user has seen enough. Where the file is moved away
//! or cut, as logs are when they are rotated, what is left in it is scored, and then the one that stands under its path.

pub mod top;

use std::cell::Cell;
use std::io::{Cursor, ErrorKind};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use memchr::{memchr, memchr_iter};

use crate::data::bytes::growing::{Growing, There};
use crate::data::records::block::{Block, Blocks, Cut};
use crate::data::records::layout::Layout;
use crate::error::{Error, Result};
use crate::signals::Signals;
use crate::stream::{Listener, Met, Outcome, Scored, Stream};
use top::Top;

/// How often the file is looked at.
const EVERY: Duration = Duration::from_millis(100);
/// A quote that is open for so many bytes will not be closed.
const LONGEST: usize = 1 << 20;
/// Nor one that is open for so long while lines follow it.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many lines.
const FURTHER: usize = 3;

/// A file that is followed.
pub struct Following {
    /// Its whole lines so far are scored first.
    pub growing: Growing,
    signals: Signals,
    /// Where a record begins with a quote that is not closed yet, and since when that is known.
    held: Option<(u64, Instant)>,
    /// Whether what stands above the rows of a new file is still to be found.
    fresh: bool,
}

/// How the file is read, and who is told what.
pub struct How<'a> {
    pub stream: &'a Stream<'a>,
    pub layout: &'a Layout,
    /// What stood above the rows of the first file.
    pub top: Top<'a>,
    /// What the file is called.
    pub file: &'a str,
    /// Says something at once.
    pub say: &'a dyn Fn(&str),
    /// Whether nobody reads the scores any more.
    pub unread: &'a Cell<bool>,
}

impl Following {
    /// Waits until a file has a row; the signal where the user does not.
    pub fn begin(path: &Path) -> Result<Result<Self, u8>> {
        let signals = Signals::ending().map_err(Error::io("watch for signals"))?;
        let mut growing = Growing::open(path)?;
        while growing.lines()? < 2 {
            if let Some(signal) = signals.end() {
                return Ok(Err(signal));
            }
            sleep(EVERY);
            growing = match Growing::open(path) {
                // On its way from one file to the next.
                Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => continue,
                opened => opened?,
            };
        }
        Ok(Ok(Self {
            growing,
            signals,
            held: None,
            fresh: false,
        }))
    }

    /// The signal that ended it.
    pub fn signal(&self) -> Option<u8> {
        self.signals.end()
    }

    /// Scores what is added to the file, of which so many data rows were scored.
    pub fn follow(
        &mut self,
        how: &How<'_>,
        mut seen: u64,
        (outcome, each): (&mut Outcome, &mut Listener<'_>),
    ) -> Result<()> {
        let mut gone = false;
        while !how.unread.get() {
            let ends = self.signal().is_some();
            // Before the reading, so that all is read that was written before the file was moved.
            let there = self.growing.look()?;
            let read = self.read(how, &mut seen, (&mut *outcome, &mut *each))?;
            if ends {
                break;
            }
            if read {
                continue;
            }
            match there {
                There::Same => gone = false,
                There::Nothing if gone => {}
                There::Nothing => {
                    (how.say)(&format!("{} is gone; waiting for a new one", how.file));
                    gone = true;
                }
                There::Another | There::Shorter => {
                    if let Some(growing) = self.growing.anew()? {
                        self.finish(how, &mut seen, (&mut *outcome, &mut *each))?;
                        let what = match there {
                            There::Shorter => "was cut",
                            _ => "was replaced",
                        };
                        (how.say)(&format!(
                            "{} {what}: going on with the new one from its start, whose rows are counted from 1",
                            how.file
                        ));
                        (self.growing, self.fresh, self.held) = (growing, true, None);
                        (seen, gone) = (0, false);
                        continue;
                    }
                }
            }
            sleep(EVERY);
        }
        Ok(())
    }

    /// Scores whole lines that were added; whether there were any.
    fn read(
        &mut self,
        how: &How<'_>,
        seen: &mut u64,
        (outcome, each): (&mut Outcome, &mut Listener<'_>),
    ) -> Result<bool> {
        let terminator = how.layout.terminator;
        let Some((mut start, mut lines)) = self.growing.more(terminator)? else {
            return Ok(false);
        };
        if self.fresh {
            let Some(above) = how.top.end(&lines, how.layout, how.file)? else {
                self.growing.put_back((start, lines));
                return Ok(false);
            };
            self.fresh = false;
            each(&Scored::met(Met {
                lines: memchr_iter(terminator, &lines[..above]).count() as u64,
                anew: true,
                ..Met::default()
            }))?;
            lines.drain(..above);
            start += above as u64;
        }
        let cut = Cut::of(&lines, how.layout.separator.byte(), terminator, true);
        let Some(open) = cut.open else {
            score((start, &lines), how, seen, (outcome, each))?;
            self.held = None;
            return Ok(true);
        };
        // A cell in quotes may go on beyond these lines.
        let whole = cut.end.unwrap_or(0);
        let rest = lines.split_off(whole);
        score((start, &lines), how, seen, (outcome, &mut *each))?;
        let (start, open) = (start + whole as u64, open - whole);
        if self.hopes(start, &rest[open..], terminator) {
            self.growing.put_back((start, rest));
            return Ok(whole > 0);
        }
        let rest = self.pass_over((start, rest, open), how, each)?;
        *seen += 1;
        self.growing.put_back(rest);
        Ok(true)
    }

    /// Whether a quote that opens in the record that begins there may still be closed.
    fn hopes(&mut self, start: u64, open: &[u8], terminator: u8) -> bool {
        let since = match self.held {
            Some((record, since)) if record == start => since,
            _ => Instant::now(),
        };
        self.held = Some((start, since));
        let further = memchr_iter(terminator, open).count().saturating_sub(1);
        open.len() <= LONGEST && (since.elapsed() < PATIENCE || further < FURTHER)
    }

    /// Says which line has a quote that is never closed; what follows it.
    fn pass_over(
        &mut self,
        (start, mut rest, open): (u64, Vec<u8>, usize),
        how: &How<'_>,
        each: &mut Listener<'_>,
    ) -> Result<(u64, Vec<u8>)> {
        let terminator = how.layout.terminator;
        let end = memchr(terminator, &rest[open..]).map_or(rest.len(), |at| open + at + 1);
        let line = self.growing.line(start + open as u64, terminator)?;
        (how.say)(&format!(
            "{}, line {line}: a quote opens here and is never closed; the line is left out",
            how.file
        ));
        let lines = memchr_iter(terminator, &rest[..end]).count() as u64;
        each(&Scored::met(Met {
            lines,
            ..Met::default()
        }))?;
        self.held = None;
        rest.drain(..end);
        Ok((start + end as u64, rest))
    }

    /// Scores what is left of a file to which nothing more will be added.
    fn finish(
        &mut self,
        how: &How<'_>,
        seen: &mut u64,
        (outcome, each): (&mut Outcome, &mut Listener<'_>),
    ) -> Result<()> {
        let (mut start, mut lines) = self.growing.rest();
        // Of a new file that had no whole header there is nothing to score.
        while !lines.is_empty() && !self.fresh {
            let separator = how.layout.separator.byte();
            let cut = Cut::of(&lines, separator, how.layout.terminator, true);
            let Some(open) = cut.open else {
                return score((start, &lines), how, seen, (outcome, each));
            };
            let whole = cut.end.unwrap_or(0);
            let rest = lines.split_off(whole);
            score((start, &lines), how, seen, (&mut *outcome, &mut *each))?;
            let place = (start + whole as u64, rest, open - whole);
            (start, lines) = self.pass_over(place, how, &mut *each)?;
            *seen += 1;
        }
        Ok(())
    }
}

/// Scores records and counts them.
fn score(
    (start, records): (u64, &[u8]),
    how: &How<'_>,
    seen: &mut u64,
    (outcome, each): (&mut Outcome, &mut Listener<'_>),
) -> Result<()> {
    for block in &blocks((start, records), how.layout)? {
        let what = (block, how.layout);
        *seen += how.stream.block(what, *seen, (&mut *outcome, &mut *each))?;
    }
    Ok(())
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
