//! A stream of bytes on its way to text: counted, decompressed and decoded, its first part read in advance. Whoever writes into a
//! pipe may rest before that part is complete; what has come by then is told.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::SystemTime;

use encoding_rs::{Encoding, UTF_8};

use crate::data::bytes::boxes;
use crate::data::bytes::compression::{self, Packing};
use crate::data::bytes::encoding;
use crate::data::bytes::foreign;
use crate::data::bytes::formats::{self, Binary, Contents, Converted, Said};

/// Bytes looked at to find out how a file is written.
const HEAD: u64 = 1 << 20;

/// Bytes that show how a stream is packed: no more, since nothing can be shown until they have come.
const PACKED: u64 = 4;

/// A file that can be read again: its path, its length and the time of its last change.
pub type Origin = (PathBuf, u64, Option<SystemTime>);

/// Whether whoever writes a stream rests: nothing has come for a moment, and it has not ended.
pub type Rests = Box<dyn Fn() -> bool + Send>;

/// A stream as it was opened.
pub struct Stream<'a> {
    /// The bytes.
    pub reader: Box<dyn Read + Send + 'a>,
    /// How many there are, where known.
    pub total: Option<u64>,
    /// The file they come from, where any part of it can be read again: its path, length and time of the last change.
    pub file: Option<Origin>,
    /// Whether its writer rests, where that can be known.
    pub rests: Option<Rests>,
    /// What is said about it while it is read.
    pub said: Option<Receiver<Said>>,
}

/// A file as it is on the disk, so that a change can be noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The file.
    pub path: PathBuf,
    /// Its length, and the time of its last change; none where it can't be found.
    pub state: Option<(u64, Option<SystemTime>)>,
}

impl Stamp {
    /// As the file is now.
    pub fn of(path: &Path) -> Self {
        let metadata = path.metadata().ok();
        Self {
            path: path.to_owned(),
            state: metadata.map(|now| (now.len(), now.modified().ok())),
        }
    }
}

/// Input that can be read more than once.
pub trait Reopen: fmt::Debug {
    /// Opens it at its beginning.
    fn open(&mut self) -> crate::error::Result<Stream<'_>>;

    /// The same input for somebody else, who reads it whenever they like; none where it can't be had twice.
    fn another(&self) -> Option<Box<dyn Reopen + Send + Sync>> {
        None
    }

    /// The files that it is, as they are now; none where nobody else can change it.
    fn stamps(&self) -> Vec<Stamp> {
        Vec::new()
    }

    /// Whether opening it may take until somebody writes something.
    fn waits(&self) -> bool {
        false
    }
}

impl Reopen for &[u8] {
    fn open(&mut self) -> crate::error::Result<Stream<'_>> {
        Ok(Stream {
            reader: Box::new(*self),
            total: Some(self.len() as u64),
            file: None,
            rests: None,
            said: None,
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
    /// Bytes read from the stream so far, before decompression; of the text where it is converted.
    pub taken: Arc<AtomicU64>,
    /// Bytes of the stream, where they are known and counted.
    pub total: Option<u64>,
    /// How it is compressed.
    pub packing: Packing,
    /// Its encoding.
    pub found: encoding::Found,
    /// Whether the text has the same bytes as the stream, apart from the byte-order mark.
    pub plain: bool,
    /// Where the text is made from another format: what is known of it.
    pub made: Option<Made>,
    /// What is said while it is read.
    pub said: Option<Receiver<Said>>,
}

/// What is known of a table that was converted to text.
pub struct Made {
    /// Whether the first line names the columns; none where the text shows it.
    pub header: Option<bool>,
    /// For each column whether the file says that its values are names.
    pub named: Vec<bool>,
}

/// What the user says about a stream.
#[derive(Default, Clone, Copy)]
pub struct Wanted<'a> {
    /// The encoding; a byte-order mark wins.
    pub encoding: Option<&'static Encoding>,
    /// The sheet of a workbook.
    pub sheet: Option<&'a str>,
}

/// What has come of a head when its writer rests.
pub struct Pause<'a> {
    /// Bytes of the stream.
    pub bytes: u64,
    /// The text; none where it is to be made from another format.
    pub text: Option<&'a [u8]>,
}

/// Told of every [`Pause`]; may stop the reading.
pub type Watch<'a> = dyn FnMut(Pause<'_>) -> ControlFlow<()> + 'a;

/// Why a stream cannot be read as text.
pub enum Refusal {
    /// Nobody wants it any more.
    Stopped,
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
    /// Decompresses, decodes and converts a stream.
    pub fn open(stream: Stream<'a>, wanted: Wanted<'_>) -> Result<Self, Refusal> {
        Self::open_watched(stream, wanted, &mut |_| ControlFlow::Continue(()))
    }

    /// The same, telling `watch` what has come of the head whenever the writer of a pipe rests.
    pub fn open_watched(
        stream: Stream<'a>,
        wanted: Wanted<'_>,
        watch: &mut Watch<'_>,
    ) -> Result<Self, Refusal> {
        let Stream {
            reader,
            mut total,
            file,
            rests,
            said: told,
        } = stream;
        let mut taken = Arc::new(AtomicU64::new(0));
        let mut counted = Counted {
            reader,
            taken: Arc::clone(&taken),
        };
        let start = head(&mut counted, PACKED)?;
        let mut packing = Packing::of(&start);
        let whole = BufReader::with_capacity(1 << 18, Cursor::new(start).chain(counted));
        let mut bytes = compression::unpack(whole, packing)?;
        let mut start = patient(&mut bytes, rests.as_ref(), |start| {
            let text = early(start, wanted);
            watch(Pause {
                bytes: taken.load(Ordering::Relaxed),
                text: text.as_deref(),
            })
        })?;
        if let Some(format) = Binary::of(&start) {
            let file = match file.filter(|_| packing == Packing::Plain) {
                Some((path, ..)) => File::open(path)?,
                None => spooled(Cursor::new(start).chain(bytes))?,
            };
            total = None;
            match formats::open(file, format, wanted.sheet)? {
                Contents::Table(table) => return Self::made(table, packing, ascii(), None),
                Contents::Packed(packed) => {
                    taken = Arc::new(AtomicU64::new(0));
                    bytes = Box::new(Counted {
                        reader: packed,
                        taken: Arc::clone(&taken),
                    });
                    packing = Packing::Zip;
                    start = head(&mut bytes, HEAD)?;
                }
            }
        }
        refuse(&start)?;
        let found = find(&start, wanted);
        let skipped = Cursor::new(start[found.mark..].to_vec()).chain(bytes);
        let drawn = found.encoding == UTF_8 && boxes::are_drawn(&start);
        let mut text = encoding::decode(skipped, found.encoding);
        if drawn {
            text = Box::new(boxes::Plain::new(text));
        }
        let head = patient(&mut text, rests.as_ref(), |head| {
            watch(Pause {
                bytes: taken.load(Ordering::Relaxed),
                text: Some(head).filter(|head| formats::is_csv(head)),
            })
        })?;
        let whole = (head.len() as u64) < HEAD;
        let begun = head.clone();
        let rest = match formats::of_text(&begun, Box::new(Cursor::new(head).chain(text)))? {
            Ok(table) => return Self::made(table, packing, found, Some((taken, total))),
            Err(mut text) => {
                // What was looked at is not read twice.
                io::copy(
                    &mut Read::take(&mut text, begun.len() as u64),
                    &mut io::sink(),
                )?;
                text
            }
        };
        Ok(Self {
            whole,
            head: begun,
            rest,
            taken,
            total,
            packing,
            found,
            plain: packing == Packing::Plain && found.encoding == UTF_8 && !drawn,
            made: None,
            said: told,
        })
    }

    /// A table made from another format; `counted` where its bytes are counted as they are read.
    fn made(
        table: Converted<'a>,
        packing: Packing,
        found: encoding::Found,
        counted: Option<(Arc<AtomicU64>, Option<u64>)>,
    ) -> Result<Self, Refusal> {
        let Converted {
            mut reader,
            said,
            header,
            named,
        } = table;
        let (taken, total) = counted.unwrap_or_else(|| {
            let taken = Arc::new(AtomicU64::new(0));
            let inner = std::mem::replace(&mut reader, Box::new(io::empty()));
            reader = Box::new(Counted {
                reader: inner,
                taken: Arc::clone(&taken),
            });
            (taken, None)
        });
        let head = head(&mut reader, HEAD)?;
        Ok(Self {
            whole: (head.len() as u64) < HEAD,
            head,
            rest: reader,
            taken,
            total,
            packing,
            found,
            plain: false,
            made: Some(Made { header, named }),
            said: Some(said),
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

/// Refuses what can be neither read nor converted.
fn refuse(head: &[u8]) -> Result<(), Refusal> {
    foreign::of(head).map_or(Ok(()), |(what, advice)| Err(Refusal::Foreign(what, advice)))
}

/// Text that was written here.
fn ascii() -> encoding::Found {
    encoding::find(b"")
}

/// A stream in a file without a name, for formats that begin at their end.
fn spooled(mut stream: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// The encoding of a stream that begins so.
fn find(start: &[u8], wanted: Wanted<'_>) -> encoding::Found {
    let mut found = encoding::find(start);
    if let Some(wanted) = wanted.encoding.filter(|_| found.mark == 0) {
        found.encoding = wanted;
        found.guessed = false;
    }
    found
}

/// The text of a stream of which only so much has come; none where it is no text, or another format.
fn early(start: &[u8], wanted: Wanted<'_>) -> Option<Vec<u8>> {
    if Binary::of(start).is_some() || foreign::of(start).is_some() {
        return None;
    }
    let found = find(start, wanted);
    let mut text = Vec::new();
    encoding::decode(&start[found.mark..], found.encoding)
        .read_to_end(&mut text)
        .ok()?;
    formats::is_csv(&text).then_some(text)
}

/// The head of a stream, telling `watch` what has come of it whenever its writer rests.
fn patient(
    reader: &mut impl Read,
    rests: Option<&Rests>,
    mut watch: impl FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<Vec<u8>, Refusal> {
    let Some(rests) = rests else {
        return Ok(head(reader, HEAD)?);
    };
    let (mut head, mut came, mut told) = (vec![0; HEAD as usize], 0, 0);
    while came < head.len() {
        if came > told && rests() {
            told = came;
            if watch(&head[..came]).is_break() {
                return Err(Refusal::Stopped);
            }
        }
        match reader.read(&mut head[came..]) {
            Ok(0) => break,
            Ok(read) => came += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    head.truncate(came);
    Ok(head)
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
