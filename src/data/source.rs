//! Where a table comes from: a file, standard input, or the built-in samples.

use std::path::{Path, PathBuf};

use crate::data::bytes::input::Input;
use crate::data::read::{self, Advance, ReadOptions};
use crate::data::samples::Sample;
use crate::data::several;
use crate::data::table::Table;
use crate::data::text::sanitize;
use crate::error::{Error, Result};

/// A place to read a table from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    Path(PathBuf),
    /// Several files, read as one table.
    Files(Vec<PathBuf>),
    /// Standard input, `-` on the command line.
    Stdin,
    /// Built-in data; nothing is read.
    Sample(Sample),
}

impl Source {
    /// Its name, safe to show.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => last(path),
            Self::Files(paths) => match &paths[..] {
                [first, .., end] => format!("{} … {}", last(first), last(end)),
                paths => paths.iter().map(|path| last(path)).collect(),
            },
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
                Origin::Input(Input::Pipe(Some(path.clone()), None))
            }
            Self::Path(path) => Origin::Input(Input::Path(path.clone())),
            Self::Files(paths) => Origin::Files(paths.clone()),
            Self::Stdin => Origin::Input(Input::Pipe(None, None)),
            Self::Sample(sample) => Origin::Sample(*sample),
        }
    }

    /// Reads the table once, telling `advance` how far it has come.
    pub fn load(&self, options: &ReadOptions, advance: &mut Advance<'_>) -> Result<Table> {
        self.origin().load(self.name(), options, advance)
    }
}

/// The last part of a path, safe to show.
fn last(path: &Path) -> String {
    sanitize(
        &path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy(),
    )
}

/// An opened source, with what must be kept to read it again.
#[derive(Debug)]
pub enum Origin {
    /// A file or a pipe.
    Input(Input),
    /// Several files.
    Files(Vec<PathBuf>),
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
        let input = match self {
            Self::Sample(sample) => return sample.load(name, options, advance),
            Self::Files(files) => {
                let (mut several, read) = several::one(files, options)?;
                let table = read::read(&mut several, &name, &read, advance)?;
                let mut table = Table { name, ..table };
                let notice = format!("{} files read as one table", files.len());
                table.notices.insert(0, notice);
                return Ok(table);
            }
            Self::Input(input) => input,
        };
        if input.is_terminal() {
            return Err(Error::Usage(
                "standard input is the terminal; name a file, or pipe a table into misfit".into(),
            ));
        }
        let named = match input.path() {
            Some(path) => sanitize(&path.to_string_lossy()),
            None => name.clone(),
        };
        let table = read::read(input, &named, options, advance)?;
        let path = input.path().map(Into::into);
        Ok(Table {
            name,
            path,
            ..table
        })
    }
}
