//! Where a table comes from: a file, standard input, or the built-in samples.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;

use crate::data::bytes::stream::{Reopen, Stream};
use crate::data::read::{self, Advance, ReadOptions};
use crate::data::samples::Sample;
use crate::data::table::Table;
use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};

/// A place to read a table from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    Path(PathBuf),
    /// Standard input, `-` on the command line.
    Stdin,
    /// Built-in data; nothing is read.
    Sample(Sample),
}

/// Of standard input, as much is kept in memory to be read again; more goes to a temporary file without a name.
const IN_MEMORY: usize = 64 << 20;

impl Source {
    /// Its name, safe to show.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => sanitize(
                &path
                    .file_name()
                    .unwrap_or(path.as_os_str())
                    .to_string_lossy(),
            ),
            Self::Stdin => "stdin".into(),
            Self::Sample(sample) => format!("{sample} (built-in)"),
        }
    }

    /// What it takes to read it, once or again.
    pub fn origin(&self) -> Origin {
        match self {
            // A named pipe, or `<(…)` of a shell, can be read only once.
            Self::Path(path)
                if path
                    .metadata()
                    .is_ok_and(|is| !is.is_file() && !is.is_dir()) =>
            {
                Origin::Pipe(Some(path.clone()), None)
            }
            Self::Path(path) => Origin::Path(path.clone()),
            Self::Stdin => Origin::Pipe(None, None),
            Self::Sample(sample) => Origin::Sample(*sample),
        }
    }

    /// Reads the table once, telling `advance` how far it has come.
    pub fn load(&self, options: &ReadOptions, advance: &mut Advance<'_>) -> Result<Table> {
        self.origin().load(self.name(), options, advance)
    }
}

/// A source, with what must be kept to read it again.
#[derive(Debug)]
pub enum Origin {
    /// A file.
    Path(PathBuf),
    /// A pipe, or standard input where it has no name, and what came out of it.
    Pipe(Option<PathBuf>, Option<SpooledTempFile>),
    /// Built-in data.
    Sample(Sample),
}

impl Origin {
    /// Reads the table, which is then called `name`.
    pub fn load(
        &mut self,
        name: String,
        options: &ReadOptions,
        advance: &mut Advance<'_>,
    ) -> Result<Table> {
        let named = match self {
            Self::Sample(sample) => return sample.load(name, options, advance),
            Self::Pipe(None, None) if io::stdin().is_terminal() => {
                return Err(Error::Usage(
                    "standard input is the terminal; name a file, or pipe a table into misfit"
                        .into(),
                ));
            }
            Self::Pipe(None, _) => name.clone(),
            Self::Pipe(Some(path), _) | Self::Path(path) => sanitize(&path.to_string_lossy()),
        };
        let table = read::read(self, &named, options, advance)?;
        Ok(Table { name, ..table })
    }
}

impl Reopen for Origin {
    fn open(&mut self) -> Result<Stream<'_>> {
        match self {
            Self::Path(path) => open(path),
            Self::Pipe(path, kept @ None) => {
                let from: Box<dyn Read + Send> = match path {
                    Some(path) => open(path)?.reader,
                    None => Box::new(io::stdin()),
                };
                let to = kept.insert(SpooledTempFile::new(IN_MEMORY));
                Ok(Stream {
                    reader: Box::new(Tee { from, to }),
                    total: None,
                    file: None,
                })
            }
            Self::Pipe(_, Some(kept)) => {
                let again = || Error::io("read the pipe again");
                let total = kept.seek(SeekFrom::End(0)).map_err(again())?;
                kept.rewind().map_err(again())?;
                Ok(Stream {
                    reader: Box::new(kept),
                    total: Some(total),
                    file: None,
                })
            }
            Self::Sample(_) => Err(Error::Usage("built-in data is not read".into())),
        }
    }
}

/// Keeps what is read.
struct Tee<R, W> {
    from: R,
    to: W,
}

impl<R: Read, W: Write> Read for Tee<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.to.write_all(&buffer[..read])?;
        Ok(read)
    }
}

fn open(path: &Path) -> Result<Stream<'static>> {
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
    // Pipes and devices have no length and cannot be read twice.
    let regular = metadata.is_file();
    let length = metadata.len();
    Ok(Stream {
        reader: Box::new(file),
        total: regular.then_some(length),
        file: regular.then(|| (path.to_owned(), length, metadata.modified().ok())),
    })
}
