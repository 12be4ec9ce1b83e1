//! A file or a pipe, opened. What comes out of a pipe is kept, so that it can be read again.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::SpooledTempFile;

use crate::data::bytes::pipe::{self, Pipe};
use crate::data::bytes::stream::{Reopen, Stamp, Stream};
use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};

/// Bytes of a pipe that are kept in memory to be read again; beyond that, all of them go to a temporary file without a name.
const IN_MEMORY: usize = 64 << 20;

/// A file or a pipe.
#[derive(Debug)]
pub enum Input {
    /// A file.
    Path(PathBuf),
    /// A pipe, or standard input where there is no path; with what came out of it so far.
    Pipe(Option<PathBuf>, Option<Kept>),
}

/// What came out of a pipe. Several read it, each from its own place on.
pub type Kept = Arc<Mutex<SpooledTempFile>>;

impl Input {
    /// A file or a named pipe, opened once.
    pub fn open_file(path: &Path) -> Result<Stream<'static>> {
        open(path)
    }

    /// Its path; standard input has none.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) | Self::Pipe(Some(path), _) => Some(path),
            Self::Pipe(None, _) => None,
        }
    }

    /// Whether nothing is piped in, and the user would have to type the table.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Pipe(None, None)) && io::stdin().is_terminal()
    }
}

impl Reopen for Input {
    fn waits(&self) -> bool {
        matches!(self, Self::Pipe(_, None))
    }

    fn open(&mut self) -> Result<Stream<'_>> {
        match self {
            Self::Path(path) => open(path),
            Self::Pipe(path, kept @ None) => {
                let Pipe {
                    reader: from,
                    rests,
                } = match path {
                    Some(path) => pipe::named(open_file(path)?.0),
                    None => pipe::standard_input(),
                };
                let to = Arc::new(Mutex::new(SpooledTempFile::new(IN_MEMORY)));
                *kept = Some(Arc::clone(&to));
                Ok(Stream {
                    reader: Box::new(Tee { from, to }),
                    total: None,
                    file: None,
                    rests,
                    said: None,
                })
            }
            Self::Pipe(_, Some(kept)) => {
                let again = || Error::io("read the pipe again");
                let total = locked(kept).seek(SeekFrom::End(0)).map_err(again())?;
                Ok(Stream {
                    reader: Box::new(Reread {
                        from: Arc::clone(kept),
                        at: 0,
                    }),
                    total: Some(total),
                    file: None,
                    rests: None,
                    said: None,
                })
            }
        }
    }

    fn another(&self) -> Option<Box<dyn Reopen + Send + Sync>> {
        Some(Box::new(match self {
            Self::Path(path) => Self::Path(path.clone()),
            Self::Pipe(path, kept) => Self::Pipe(path.clone(), Some(Arc::clone(kept.as_ref()?))),
        }))
    }

    fn stamps(&self) -> Vec<Stamp> {
        match self {
            Self::Path(path) => vec![Stamp::of(path)],
            Self::Pipe(..) => Vec::new(),
        }
    }
}

/// Copies everything that is read.
struct Tee<R> {
    from: R,
    to: Kept,
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        let mut to = locked(&self.to);
        to.seek(SeekFrom::End(0))?;
        to.write_all(&buffer[..read])?;
        Ok(read)
    }
}

/// Reads what was kept, from its beginning on.
struct Reread {
    from: Kept,
    at: u64,
}

impl Read for Reread {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut from = locked(&self.from);
        from.seek(SeekFrom::Start(self.at))?;
        let read = from.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn locked(kept: &Kept) -> std::sync::MutexGuard<'_, SpooledTempFile> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file, a named pipe or a device, and what is known of it.
fn open_file(path: &Path) -> Result<(File, Metadata)> {
    let named = sanitize(&path.to_string_lossy());
    let refuse = |problem: &str, advice: &str| {
        let (file, problem, advice) = (named.clone(), problem.into(), advice.into());
        Err(DataError {
            file,
            problem,
            advice,
            ..DataError::default()
        }
        .into())
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return refuse(
                "no such file",
                "check the path, or run `misfit sample` for built-in data",
            );
        }
        Err(error) => return Err(Error::io(format!("read {named}"))(error)),
    };
    let metadata = file
        .metadata()
        .map_err(Error::io(format!("read {named}")))?;
    if metadata.is_dir() {
        return refuse("this is a directory", "name a CSV file inside it");
    }
    Ok((file, metadata))
}

fn open(path: &Path) -> Result<Stream<'static>> {
    let (file, metadata) = open_file(path)?;
    // Pipes and devices have no length and cannot be read twice.
    let regular = metadata.is_file();
    let length = metadata.len();
    Ok(Stream {
        reader: Box::new(file),
        total: regular.then_some(length),
        file: regular.then(|| (path.to_owned(), length, metadata.modified().ok())),
        rests: None,
        said: None,
    })
}
