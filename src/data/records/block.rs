//! A stream of bytes, cut into blocks at the ends of records, so that blocks can be read side by side.
//!
//! A line end inside quotes ends no record. A quote opens only at the start of a cell and closes at the next quote that is
//! not doubled, exactly as the csv crate has it; a test holds the two together.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

/// Bytes of a block: enough to make the cutting cheap, few enough that all cores have some of a small file.
const BLOCK: usize = 1 << 20;
/// A quoted cell longer than this counts as never closed.
const LONGEST: usize = 64 << 20;
/// A line longer than this is none: zeros that were packed, or something else than a table.
const LINE: usize = 256 << 20;

/// Whole records.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The records with their line ends.
    pub bytes: Vec<u8>,
    /// Where the block begins in the stream.
    pub offset: u64,
    /// Whether there is a quote in it.
    pub quoted: bool,
    /// Where in the block a quote opens that is never closed.
    pub unclosed: Option<usize>,
}

/// Cuts a stream into blocks.
pub struct Blocks<R> {
    input: R,
    /// What quotes open behind; none where a record is a line, whatever quotes are in it.
    delimiter: Option<u8>,
    terminator: u8,
    /// Read, but not yet handed out.
    pending: Vec<u8>,
    offset: u64,
    ended: bool,
}

/// Where text can be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Where the last whole record ends, if there is one.
    pub end: Option<usize>,
    /// The quote that is still open at the end, if one is.
    pub open: Option<usize>,
}

impl<R: Read> Blocks<R> {
    /// `input` begins with a record, `offset` bytes into its stream.
    pub fn new(input: R, delimiter: Option<u8>, terminator: u8, offset: u64) -> Self {
        Self {
            input,
            delimiter,
            terminator,
            pending: Vec::new(),
            offset,
            ended: false,
        }
    }

    /// The next block; none at the end.
    pub fn read(&mut self) -> io::Result<Option<Block>> {
        let mut wanted = BLOCK;
        loop {
            let missing = wanted.saturating_sub(self.pending.len()) as u64;
            let read = (&mut self.input)
                .take(missing)
                .read_to_end(&mut self.pending)?;
            self.ended |= (read as u64) < missing;
            if self.pending.is_empty() {
                return Ok(None);
            }
            let quoted = self.delimiter.is_some() && memchr(b'"', &self.pending).is_some();
            let cut = self.cut(quoted);
            if self.ended {
                let bytes = std::mem::take(&mut self.pending);
                return Ok(Some(self.block(bytes, quoted, cut.open)));
            }
            if cut
                .open
                .is_some_and(|open| self.pending.len() - open > LONGEST)
            {
                self.ended = true;
                let bytes = std::mem::take(&mut self.pending);
                return Ok(Some(self.block(bytes, quoted, cut.open)));
            }
            if let Some(end) = cut.end {
                let rest = self.pending.split_off(end);
                let bytes = std::mem::replace(&mut self.pending, rest);
                return Ok(Some(self.block(bytes, quoted, None)));
            }
            if self.pending.len() >= LINE {
                let problem = "a line is longer than 256 MB, so this is no table of rows";
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            wanted *= 2;
        }
    }

    /// Whether the last block is known to have been read.
    pub fn is_over(&self) -> bool {
        self.ended && self.pending.is_empty()
    }

    fn block(&mut self, bytes: Vec<u8>, quoted: bool, unclosed: Option<usize>) -> Block {
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        Block {
            bytes,
            offset,
            quoted,
            unclosed,
        }
    }

    fn cut(&self, quoted: bool) -> Cut {
        let bytes = &self.pending[..];
        if !quoted {
            let end = memrchr(self.terminator, bytes).map(|at| at + 1);
            return Cut { end, open: None };
        }
        Cut::of(bytes, self.delimiter, self.terminator, self.ended)
    }
}

impl Cut {
    /// Of text that begins with a record; `whole` says that nothing follows it.
    pub fn of(bytes: &[u8], delimiter: Option<u8>, terminator: u8, whole: bool) -> Self {
        let end_in =
            |from: usize, to: usize| memrchr(terminator, &bytes[from..to]).map(|at| from + at + 1);
        let (mut end, mut at) = (None, 0);
        loop {
            let Some(quote) = memchr(b'"', &bytes[at..]).map(|found| at + found) else {
                end = end_in(at, bytes.len()).or(end);
                return Cut { end, open: None };
            };
            end = end_in(at, quote).or(end);
            at = quote + 1;
            let opens = quote == 0 || {
                let before = bytes[quote - 1];
                before == terminator || Some(before) == delimiter
            };
            if !opens {
                continue;
            }
            loop {
                let Some(close) = memchr(b'"', &bytes[at..]).map(|found| at + found) else {
                    return Cut {
                        end,
                        open: Some(quote),
                    };
                };
                at = close + 1;
                match bytes.get(at) {
                    Some(b'"') => at += 1,
                    // The next byte may be the quote that doubles this one.
                    None if !whole => {
                        return Cut {
                            end,
                            open: Some(quote),
                        };
                    }
                    _ => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(bytes: &[u8]) -> Vec<csv::ByteRecord> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'));
        reader
            .from_reader(bytes)
            .into_byte_records()
            .map(Result::unwrap)
            .collect()
    }

    /// Cuts at every place where a stream that long could be cut.
    fn check(text: &[u8]) {
        let whole = records(text);
        for length in 1..=text.len() {
            let blocks = Blocks {
                pending: text[..length].to_vec(),
                ..Blocks::new(io::empty(), Some(b','), b'\n', 0)
            };
            if let Some(end) = blocks.cut(true).end {
                let mut parts = records(&text[..end]);
                parts.extend(records(&text[end..]));
                assert_eq!(
                    parts,
                    whole,
                    "{:?} cut at {end}",
                    String::from_utf8_lossy(text)
                );
            }
        }
    }

    proptest! {
        #[test]
        fn a_cut_never_parts_a_record(text in "[ab,\"\n]{0,40}") {
            check(text.as_bytes());
        }
    }

    #[test]
    fn a_quote_that_never_closes_is_found() {
        let mut blocks = Blocks::new(&b"1,2\n3,\"4\n5,6\n"[..], Some(b','), b'\n', 7);
        let block = blocks.read().unwrap().unwrap();
        assert_eq!((block.offset, block.unclosed), (7, Some(6)));
        assert_eq!(blocks.read().unwrap(), None);
    }

    #[test]
    fn long_streams_come_in_blocks_that_join_to_the_whole() {
        let line = format!("{},\"a\n\"\"b\",2\n", "x".repeat(50));
        let text = line.repeat(60_000);
        let mut blocks = Blocks::new(text.as_bytes(), Some(b','), b'\n', 0);
        let (mut joined, mut count) = (Vec::new(), 0);
        while let Some(block) = blocks.read().unwrap() {
            assert_eq!(block.offset, joined.len() as u64);
            assert!(block.bytes.ends_with(b"2\n") && block.quoted && block.unclosed.is_none());
            joined.extend(block.bytes);
            count += 1;
        }
        assert_eq!(joined, text.as_bytes());
        assert!(count > 2);
    }
}
