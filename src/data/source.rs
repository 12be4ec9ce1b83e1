//! Where a table comes from: a file, standard input, or the built-in samples.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use crate::data::read::{self, Advance, ReadOptions};
use crate::data::sample::Sample;
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

    /// Reads the table, telling `advance` how far it has come.
    pub fn load(&self, options: &ReadOptions, advance: &mut Advance<'_>) -> Result<Table> {
        let name = self.name();
        match self {
            Self::Sample(sample) => Ok(sample.table(name)),
            Self::Stdin if io::stdin().is_terminal() => Err(Error::Usage(
                "standard input is the terminal; name a file, or pipe a table into misfit".into(),
            )),
            Self::Stdin => read::read(io::stdin().lock(), &name, None, options, advance),
            Self::Path(path) => {
                let (file, size) = open(path)?;
                let named = sanitize(&path.to_string_lossy());
                let table = read::read(file, &named, Some(size), options, advance)?;
                Ok(Table { name, ..table })
            }
        }
    }
}

fn open(path: &Path) -> Result<(impl Read, u64)> {
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
    Ok((file, metadata.len()))
}
