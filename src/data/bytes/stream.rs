//! A stream of bytes on its way to text: counted, decompressed and decoded, its first part read in advance.

use std::io::{self, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use encoding_rs::{Encoding, UTF_8};

use crate::data::bytes::compression::{self, Packing};
use crate::data::bytes::encoding;

/// Bytes looked at to find out how a file is written.
const HEAD: u64 = 1 << 20;

/// A stream as it was opened.
pub struct Stream<'a> {
    /// The bytes.
    pub reader: Box<dyn Read + Send + 'a>,
    /// How many there are, where known.
    pub total: Option<u64>,
    /// The file they come from, where any part of it can be read again: its path, length and time of the last change.
    pub file: Option<(PathBuf, u64, Option<SystemTime>)>,
}

/// Input that can be read more than once.
pub trait Reopen {
    /// Opens it at its beginning.
    fn open(&mut self) -> crate::error::Result<Stream<'_>>;
}

impl Reopen for &[u8] {
    fn open(&mut self) -> crate::error::Result<Stream<'_>> {
        Ok(Stream {
            reader: Box::new(*self),
            total: Some(self.len() as u64),
            file: None,
        })
    }
}

/// Text whose first part, the head, has been read in advance.
pub struct Text<'a> {
    /// The head.
    pub head: Vec<u8>,
    /// Whether the head is all there is.
    pub whole: bool,
    /// What follows the head.
    pub rest: Box<dyn Read + Send + 'a>,
    /// Bytes read from the stream so far, before decompression.
    pub taken: Arc<AtomicU64>,
    /// How it is compressed.
    pub packing: Packing,
    /// Its encoding.
    pub found: encoding::Found,
    /// Whether the text has the same bytes as the stream, apart from the byte-order mark.
    pub plain: bool,
}

/// Why a stream cannot be read as text.
pub enum Refusal {
    /// It cannot be read.
    Io(io::Error),
    /// It is another kind of file: which, and what to do instead.
    Foreign(&'static str, &'static str),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<'a> Text<'a> {
    /// Decompresses and decodes a stream; with the encoding `wanted`, or the one its bytes show. A byte-order mark wins.
    pub fn open(
        reader: Box<dyn Read + Send + 'a>,
        wanted: Option<&'static Encoding>,
    ) -> Result<Self, Refusal> {
        let taken = Arc::new(AtomicU64::new(0));
        let mut counted = Counted {
            reader,
            taken: Arc::clone(&taken),
        };
        let start = head(&mut counted, 16)?;
        if let Some((what, advice)) = compression::foreign(&start) {
            return Err(Refusal::Foreign(what, advice));
        }
        let packing = Packing::of(&start);
        let whole = BufReader::with_capacity(1 << 18, Cursor::new(start).chain(counted));
        let mut bytes = compression::unpack(whole, packing)?;
        let start = head(&mut bytes, HEAD)?;
        if let (Some((what, advice)), true) =
            (compression::foreign(&start), packing != Packing::Plain)
        {
            return Err(Refusal::Foreign(what, advice));
        }
        let mut found = encoding::find(&start);
        if let Some(wanted) = wanted.filter(|_| found.mark == 0) {
            found.encoding = wanted;
            found.guessed = false;
        }
        let skipped = Cursor::new(start[found.mark..].to_vec()).chain(bytes);
        let mut text = encoding::decode(skipped, found.encoding);
        let head = head(&mut text, HEAD)?;
        Ok(Self {
            whole: (head.len() as u64) < HEAD,
            head,
            rest: text,
            taken,
            packing,
            found,
            plain: packing == Packing::Plain && found.encoding == UTF_8,
        })
    }

    /// The encoding and the compression, to show.
    pub fn encoding_name(&self) -> String {
        let name = self.found.encoding.name();
        self.packing
            .name()
            .map_or_else(|| name.to_owned(), |packing| format!("{name}, {packing}"))
    }
}

fn head(reader: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    Read::take(&mut *reader, length).read_to_end(&mut head)?;
    Ok(head)
}

/// Counts the bytes that are read.
struct Counted<R> {
    reader: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
