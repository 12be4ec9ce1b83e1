//! The files that an engine reads: looked at here before, so that what it would misread is refused.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;

use crate::data::bytes::formats::Binary;
use crate::data::text::{name_list, quote, sanitize};
use crate::error::{DataError, Error, Result};

/// Files of one kind.
pub struct Files {
    /// They, in the order in which their rows are told.
    pub paths: Vec<PathBuf>,
    /// How they are written.
    pub format: Format,
}

/// How files are written.
pub enum Format {
    /// As Parquet, with so many rows each.
    Parquet(Vec<u64>),
    /// As text.
    Csv(Csv),
}

/// How text is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csv {
    /// The byte between cells.
    pub delimiter: u8,
    /// Whether lines that begin with `#` are skipped.
    pub comments: bool,
    /// The columns, in the order of the files.
    pub names: Vec<String>,
}

impl Files {
    /// Parquet files, all of which have these columns; none where the files are of another kind. Names are as the program shows
    /// them, and become those of the files.
    pub fn parquet(paths: &[PathBuf], columns: &mut [String]) -> Result<Option<Self>> {
        if !is_parquet(&paths[0])? {
            return Ok(None);
        }
        let (mut rows, mut first) = (Vec::new(), Vec::new());
        for path in paths {
            let refuse = |problem: String, advice: &str| refuse(path, problem, advice);
            if !is_parquet(path)? {
                return Err(refuse(
                    "this is no Parquet, and the first file is".into(),
                    "name files of one kind",
                ));
            }
            let file = File::open(path).map_err(Error::io(format!("read {}", shown(path))))?;
            let reader = SerializedFileReader::new(file)
                .map_err(|_| refuse("this is no sound Parquet".into(), "write it anew"))?;
            let about = reader.metadata().file_metadata();
            let fields = about.schema().get_fields();
            let kinds: Result<Vec<(String, String)>> = columns
                .iter()
                .map(|name| {
                    let mut found = fields
                        .iter()
                        .filter(|field| sanitize(field.name()) == *name);
                    match (found.next(), found.next()) {
                        (Some(field), None) if field.is_primitive() => {
                            Ok((field.name().to_owned(), kind(field)))
                        }
                        (None, _) => Err(refuse(
                            format!("there is no plain column {}", quote(name.as_bytes())),
                            "columns inside groups and lists are read without --engine",
                        )),
                        _ => Err(refuse(
                            format!("column {} is no plain column", quote(name.as_bytes())),
                            "score it without --engine",
                        )),
                    }
                })
                .collect();
            let kinds = kinds?;
            if first.is_empty() {
                first = kinds;
            } else if let Some(((name, then), (_, now))) =
                first.iter().zip(&kinds).find(|(then, now)| then != now)
            {
                return Err(refuse(
                    format!(
                        "column {} is {now} here and {then} in the first file",
                        quote(name.as_bytes())
                    ),
                    "an engine reads a column as one type; score the files without --engine",
                ));
            }
            rows.push(about.num_rows() as u64);
        }
        for (column, (name, _)) in columns.iter_mut().zip(first) {
            *column = name;
        }
        Ok(Some(Self {
            paths: paths.to_vec(),
            format: Format::Parquet(rows),
        }))
    }

    /// Files of text, whose first lines are the same.
    pub fn csv(paths: &[PathBuf], csv: Csv) -> Result<Self> {
        let mut header = None;
        for path in paths {
            let own = first_line(path)?;
            let first = header.get_or_insert_with(|| own.clone());
            if *first != own {
                return Err(refuse(
                    path,
                    "its first line is not that of the first file".into(),
                    "an engine reads columns by their places; score the files without --engine",
                ));
            }
        }
        Ok(Self {
            paths: paths.to_vec(),
            format: Format::Csv(csv),
        })
    }

    /// Rows of each, where that is known.
    pub fn rows(&self) -> Option<&[u64]> {
        match &self.format {
            Format::Parquet(rows) => Some(rows),
            Format::Csv(_) => None,
        }
    }

    /// Refuses files that are named twice, which an engine would read once.
    pub fn check(paths: &[PathBuf]) -> Result<()> {
        // One file may have two names; one that is not there is said later.
        let mut sorted: Vec<PathBuf> = paths
            .iter()
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        sorted.sort_unstable();
        let twice = sorted.windows(2).filter(|pair| pair[0] == pair[1]);
        let twice: Vec<String> = twice.map(|pair| shown(&pair[0])).collect();
        if twice.is_empty() {
            return Ok(());
        }
        Err(Error::Usage(format!(
            "an engine reads a file once, and {} named twice: {}",
            if twice.len() == 1 {
                "one is"
            } else {
                "some are"
            },
            name_list(twice.iter().map(String::as_str))
        )))
    }
}

fn is_parquet(path: &Path) -> Result<bool> {
    let doing = || Error::io(format!("read {}", shown(path)));
    let mut head = Vec::new();
    let file = File::open(path).map_err(doing())?;
    file.take(8).read_to_end(&mut head).map_err(doing())?;
    Ok(Binary::of(&head) == Some(Binary::Parquet))
}

/// The first line of a file, as far as it is looked at.
fn first_line(path: &Path) -> Result<Vec<u8>> {
    const LONGEST: u64 = 16 << 20;
    let doing = || Error::io(format!("read {}", shown(path)));
    let mut line = Vec::new();
    let file = File::open(path).map_err(doing())?.take(LONGEST);
    std::io::BufRead::read_until(&mut std::io::BufReader::new(file), b'\n', &mut line)
        .map_err(doing())?;
    Ok(line.trim_ascii_end().to_vec())
}

/// What a column is made of, in words.
fn kind(field: &Type) -> String {
    let info = field.get_basic_info();
    match info.logical_type_ref() {
        Some(logical) => format!("{} ({logical:?})", field.get_physical_type()),
        None => field.get_physical_type().to_string(),
    }
}

fn shown(path: &Path) -> String {
    sanitize(&path.to_string_lossy())
}

fn refuse(path: &Path, problem: String, advice: &str) -> Error {
    DataError {
        file: shown(path),
        problem,
        advice: advice.into(),
        ..DataError::default()
    }
    .into()
}
