//! Tables that are drawn with the characters for boxes, as `DuckDB` and Polars print them: they become bars, dashes and pluses,
//! which are read like any table drawn so.

use std::io::{self, Read};

/// Lines at the beginning of a text that are looked at, and how many of them must begin with a box.
const LINES: usize = 12;
const DRAWN: usize = 3;
/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;

/// Whether a text that begins so is drawn with boxes.
pub fn are_drawn(head: &[u8]) -> bool {
    let lines = head.split(|byte| *byte == b'\n').take(LINES);
    let drawn = lines.filter(|line| plain(line.trim_ascii_start()).is_some());
    drawn.count() >= DRAWN
}

/// The plain character for the one that some bytes begin with, if that is a part of a box. Unicode has them from 2500 to 257F.
fn plain(bytes: &[u8]) -> Option<u8> {
    let place = match bytes {
        [0xe2, 0x94, last, ..] => usize::from(last - 0x80),
        [0xe2, 0x95, last, ..] => usize::from(last - 0x80) + 0x40,
        _ => return None,
    };
    Some(match place {
        0x02 | 0x03 | 0x06 | 0x07 | 0x0a | 0x0b | 0x4e | 0x4f | 0x51 => b'|',
        0x00 | 0x01 | 0x04 | 0x05 | 0x08 | 0x09 | 0x4c | 0x4d | 0x50 => b'-',
        _ => b'+',
    })
}

/// A text whose boxes are replaced.
pub struct Plain<R> {
    text: R,
    /// What was read, its boxes replaced, and how much of it was handed on.
    made: (Vec<u8>, usize),
    /// The beginning of a character whose end was not read yet.
    rest: Vec<u8>,
}

impl<R: Read> Plain<R> {
    /// `text` is UTF-8.
    pub fn new(text: R) -> Self {
        Self {
            text,
            made: (Vec::new(), 0),
            rest: Vec::new(),
        }
    }

    /// Reads on and replaces; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut bytes = std::mem::take(&mut self.rest);
        let before = bytes.len();
        bytes.resize(before + BUFFER, 0);
        let read = self.text.read(&mut bytes[before..])?;
        bytes.truncate(before + read);
        if read > 0 {
            let last = bytes.len().saturating_sub(2);
            // A box takes three bytes.
            let cut = (last..bytes.len()).find(|at| bytes[*at] == 0xe2);
            self.rest = bytes.split_off(cut.unwrap_or(bytes.len()));
        }
        let (made, given) = &mut self.made;
        made.clear();
        *given = 0;
        let mut at = 0;
        while at < bytes.len() {
            let replaced = plain(&bytes[at..]);
            made.push(replaced.unwrap_or(bytes[at]));
            at += if replaced.is_some() { 3 } else { 1 };
        }
        Ok(read > 0 || !made.is_empty())
    }
}

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.made.1 == self.made.0.len() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let read = (&self.made.0[self.made.1..]).read(buffer)?;
        self.made.1 += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands on a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            (&mut self.0).take(1).read(buffer)
        }
    }

    #[test]
    fn boxes_become_bars_and_dashes() {
        let drawn = "┌─────┬─────┐\n│ a   ┆ é   │\n╞═════╪═════╡\n│ 1.5 ┆ …   │\n└─────┴─────┘\n";
        assert!(are_drawn(drawn.as_bytes()));
        assert!(!are_drawn("a,b\n─,│\n1,2\n".as_bytes()));
        let plain = "+-----+-----+\n| a   | é   |\n+-----+-----+\n| 1.5 | …   |\n+-----+-----+\n";
        let mut text = String::new();
        Plain::new(Slow(drawn.as_bytes()))
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, plain);
        text.clear();
        Plain::new(drawn.as_bytes())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, plain);
    }
}
