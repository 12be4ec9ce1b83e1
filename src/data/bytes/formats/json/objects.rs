//! The objects of a text one by one, or its arrays, wherever between them lines end.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::Sender;

use crate::data::bytes::formats::flat::{Cell, Record, Records};
use crate::data::bytes::formats::json::{not_json, parse, without_nan};
use crate::data::bytes::formats::{Damage, Said};
use crate::format;

/// Lines that are named where some hold no whole object.
const NAMED: usize = 5;
/// Longest object.
const LONGEST: usize = 64 << 20;

/// The objects of a text, or arrays.
pub(super) struct Objects<R> {
    pub input: BufReader<R>,
    /// What each begins with.
    pub opening: u8,
    /// Whether each stands behind its name, and the last name.
    pub names: Option<String>,
    /// Whether each stands on a line of its own, so that one which does not end there is torn.
    pub whole_lines: bool,
    /// How many are torn, and the lines of the first.
    pub torn: (usize, Vec<u64>),
    /// The line that is read, 1 = first.
    pub line: u64,
    pub object: Vec<u8>,
    pub said: Option<Sender<Said>>,
}

impl<R: Read> Objects<R> {
    /// Those of a text that begins in a line.
    pub fn new(text: R, line: u64) -> Self {
        Self {
            input: BufReader::with_capacity(1 << 18, text),
            opening: b'{',
            names: None,
            whole_lines: false,
            torn: (0, Vec::new()),
            line,
            object: Vec::new(),
            said: None,
        }
    }
}

impl<R: Read> Objects<R> {
    /// The next byte that is no blank, without taking it.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(&byte) = self.input.fill_buf()?.first() else {
                return Ok(None);
            };
            // RFC 7464 begins each text with the record separator.
            if !byte.is_ascii_whitespace() && byte != 0x1e {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.input.consume(1);
        }
    }

    /// Takes the text of the next object; the answer is the line that it begins in.
    pub fn take(&mut self) -> io::Result<Option<u64>> {
        loop {
            let Some(begin) = self.begin()? else {
                self.say_torn();
                return Ok(None);
            };
            if self.rest(begin)? {
                return Ok(Some(begin));
            }
            self.torn.0 += 1;
            if self.torn.1.len() < NAMED {
                self.torn.1.push(begin);
            }
        }
    }

    /// Says which lines hold no whole object.
    fn say_torn(&mut self) {
        let (count, lines) = std::mem::take(&mut self.torn);
        if let (1.., Some(said)) = (count, &self.said) {
            let named: Vec<String> = lines.iter().map(u64::to_string).collect();
            let more = if count > named.len() { ", …" } else { "" };
            // Whoever no longer listens has stopped reading, too.
            let sentence = format!(
                "skipped {} that {} no whole object (line {}{more})",
                format::count(count, "line"),
                if count == 1 { "holds" } else { "hold" },
                named.join(", ")
            );
            let _ = said.send(Said::Notice(sentence));
            let _ = said.send(Said::Skipped(count));
        }
    }

    /// Goes to where the next object begins; the answer is its line.
    fn begin(&mut self) -> io::Result<Option<u64>> {
        loop {
            match self.peek()? {
                None => return Ok(None),
                Some(byte) if byte == self.opening => return Ok(Some(self.line)),
                Some(b'"') if self.names.is_some() => self.names = Some(self.name()?),
                Some(b':') if self.names.is_some() => self.input.consume(1),
                // Between the objects of an array.
                Some(b'[' | b']' | b',') => self.input.consume(1),
                Some(other) => {
                    let found = char::from(other).escape_default();
                    let (what, advice) = if self.opening == b'[' {
                        ("an array […]", "every row must be one array, as in [1, 2]")
                    } else {
                        (
                            "an object {…}",
                            "every row must be one object, as in {\"a\": 1, \"b\": 2}",
                        )
                    };
                    let problem = format!("“{found}” stands where {what} should begin");
                    return Err(Damage::at(self.place(), problem, advice));
                }
            }
        }
    }

    /// Takes the object that begins here; false where it is torn.
    fn rest(&mut self, begin: u64) -> io::Result<bool> {
        self.object.clear();
        let (mut depth, mut quoted, mut escaped) = (0_u64, false, false);
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() && self.whole_lines {
                return Ok(false);
            }
            if bytes.is_empty() {
                return Err(Damage::at(
                    format!("line {begin}"),
                    "the object that begins here does not end: the file is cut off",
                    "get the whole file, or remove the last object",
                ));
            }
            let (mut end, mut torn) = (None, false);
            for (at, byte) in bytes.iter().enumerate() {
                match byte {
                    b'\n' => {
                        self.line += 1;
                        if self.whole_lines {
                            (end, torn) = (Some(at + 1), true);
                            break;
                        }
                    }
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => quoted = !quoted,
                    b'{' | b'[' if !quoted => depth += 1,
                    b'}' | b']' if !quoted => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            end = Some(at + 1);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let taken = end.unwrap_or(bytes.len());
            self.object.extend_from_slice(&bytes[..taken]);
            self.input.consume(taken);
            if end.is_some() {
                return Ok(!torn);
            }
            if self.object.len() > LONGEST {
                return Err(Damage::at(
                    format!("line {begin}"),
                    "the object that begins here is longer than 64 MB, or does not end",
                    "misfit reads rows: an object for each of them",
                ));
            }
        }
    }

    /// Takes the name that stands before an object.
    fn name(&mut self) -> io::Result<String> {
        let (mut name, mut escaped) = (Vec::new(), false);
        while let Some(&byte) = self.input.fill_buf()?.first() {
            self.input.consume(1);
            name.push(byte);
            if byte == b'"' && !escaped && name.len() > 1 {
                break;
            }
            escaped = byte == b'\\' && !escaped;
            if name.len() > LONGEST {
                break;
            }
        }
        serde_json::from_slice(&name).map_err(|error| not_json(self.line, &error))
    }

    fn place(&self) -> String {
        format!("line {}", self.line)
    }
}

impl<R: Read> Records for Objects<R> {
    fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(begin) = self.take()? else {
            return Ok(None);
        };
        let parsed = match parse(&self.object) {
            Err(_) if without_nan(&mut self.object) => parse(&self.object),
            parsed => parsed,
        };
        let mut record = parsed.map_err(|error| not_json(begin, &error))?;
        if let Some(name) = &self.names {
            record.insert(0, ("key".into(), Cell::One(name.clone())));
        }
        Ok(Some(record))
    }
}
