//! Opens a model file. Whatever is in it, the answer is a model or one sentence that says what is wrong, and no more memory is
//! taken than the file has bytes: first its length is looked at, then how its header begins, then the checksum of all of it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use safetensors::SafeTensors;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Model;
use super::document::{self, Document, First, SCHEMA};
use super::restore::restore;
use super::seal::{self, BEGINNING, LENGTH};
use super::tensors::Tensors;
use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};
use crate::format;

/// Bytes of a header that safetensors allows.
const LONGEST: u64 = 100_000_000;

/// The header of a safetensors file, as far as it tells whether this is a model.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    metadata: Option<Said>,
}

#[derive(Deserialize)]
struct Said {
    misfit: Option<IgnoredAny>,
}

impl Model {
    /// Opens a model file, to be run on so many threads; on all where none are named.
    pub fn open(path: &Path, threads: Option<usize>) -> Result<Self> {
        Self::of_bytes(
            &Self::bytes(path)?,
            &sanitize(&path.to_string_lossy()),
            threads,
        )
    }

    /// The bytes of a file that begins like a model.
    pub fn bytes(path: &Path) -> Result<Vec<u8>> {
        let name = sanitize(&path.to_string_lossy());
        let refuse = |problem: String, advice: &str| refuse(&name, problem, advice);
        let doing = || Error::io(format!("read {name}"));
        if !path.exists() {
            return Err(refuse(
                "no such file".into(),
                "misfit train FILE -o MODEL.misfit makes one",
            ));
        }
        let mut file = File::open(path).map_err(doing())?;
        let known = file.metadata().map_err(doing())?;
        if !known.is_file() {
            let what = if known.is_dir() {
                "this is a folder"
            } else {
                "this is a device or a pipe"
            };
            return Err(refuse(what.into(), "name a model file"));
        }
        read(&mut file, known.len()).map_err(|wrong| match wrong {
            Wrong::Io(error) => doing()(error),
            Wrong::Told(problem, advice) => refuse(problem, advice),
        })
    }

    /// Opens a model from its bytes, which messages call `name`.
    pub fn of_bytes(bytes: &[u8], name: &str, threads: Option<usize>) -> Result<Self> {
        understand(bytes, threads).map_err(|(problem, advice)| refuse(name, problem, advice))
    }
}

fn refuse(name: &str, problem: String, advice: &str) -> Error {
    DataError {
        file: name.to_owned(),
        problem,
        advice: advice.into(),
        ..DataError::default()
    }
    .into()
}

enum Wrong {
    Io(std::io::Error),
    Told(String, &'static str),
}

impl From<std::io::Error> for Wrong {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

const NO_MODEL: &str = "this is no model file";
const WHAT_IT_TAKES: &str =
    "a model file is written by misfit train FILE -o MODEL.misfit, or with w in the program";
const DAMAGED: &str = "copy it again, or train and save it anew";

/// The bytes of a file, once its first ones look like a model's.
fn read(file: &mut File, length: u64) -> Result<Vec<u8>, Wrong> {
    let foreign = || Wrong::Told(NO_MODEL.into(), WHAT_IT_TAKES);
    let mut first = Vec::new();
    let begins = LENGTH + BEGINNING.len();
    file.by_ref().take(begins as u64).read_to_end(&mut first)?;
    let Some(size) = first.first_chunk::<LENGTH>() else {
        return Err(foreign());
    };
    let header = u64::from_le_bytes(*size);
    let fits = header <= LONGEST && header <= length.saturating_sub(LENGTH as u64);
    if !first[LENGTH..].starts_with(BEGINNING.as_bytes()) {
        // Another file of this layout may be told apart by its header.
        if !fits || first.get(LENGTH) != Some(&b'{') {
            return Err(foreign());
        }
        let mut rest = first.split_off(LENGTH);
        let left = header.saturating_sub(rest.len() as u64);
        file.by_ref().take(left).read_to_end(&mut rest)?;
        rest.truncate(header as usize);
        return Err(match serde_json::from_slice::<Header>(&rest) {
            Ok(Header {
                metadata: Some(Said { misfit: Some(_) }),
            }) => Wrong::Told(
                "another program has written this model anew".into(),
                DAMAGED,
            ),
            Ok(_) => Wrong::Told(
                "this is a safetensors file, but no model of misfit".into(),
                WHAT_IT_TAKES,
            ),
            Err(_) => foreign(),
        });
    }
    if !fits {
        return Err(Wrong::Told(
            format!(
                "the file is cut off or damaged: it has {}, and its header alone should have {}",
                format::bytes(length),
                format::bytes(header)
            ),
            DAMAGED,
        ));
    }
    let mut bytes = Vec::new();
    let room = usize::try_from(length).ok();
    if room.is_none_or(|room| bytes.try_reserve_exact(room).is_err()) {
        let what = format!("its {} do not fit into memory", format::bytes(length));
        return Err(Wrong::Told(what, ""));
    }
    bytes.extend(first);
    let left = length - bytes.len() as u64;
    file.by_ref().take(left).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the bytes say, or what is wrong with them and what to do.
fn understand(bytes: &[u8], threads: Option<usize>) -> Result<Model, (String, &'static str)> {
    let damaged = |what: String| (format!("the file is damaged: {what}"), DAMAGED);
    // A newer program may have another way to make the checksum.
    let header = bytes
        .first_chunk::<LENGTH>()
        .map(|size| u64::from_le_bytes(*size));
    let text = header.and_then(|header| bytes.get(LENGTH..LENGTH + usize::try_from(header).ok()?));
    let document = text.and_then(document_of);
    if let Some(Ok(first)) = document.as_deref().map(serde_json::from_str::<First>)
        && first.schema > SCHEMA
    {
        let program = sanitize(&first.program);
        return Err((
            format!(
                "the model was written by a newer program, {program}: its layout is number {}, and this program knows {SCHEMA}",
                first.schema
            ),
            "update misfit",
        ));
    }
    if !seal::is_whole(bytes) {
        return Err(damaged("its checksum is wrong".into()));
    }
    let document = document.ok_or_else(|| damaged("its header cannot be read".into()))?;
    let document: Document = serde_json::from_str(&document)
        .map_err(|error| damaged(format!("its document: {error}")))?;
    if !(document::FIRST..=SCHEMA).contains(&document.schema) {
        return Err(damaged(format!("there is no layout {}", document.schema)));
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(error.to_string()))?;
    let mut tensors = Tensors::new(tensors);
    restore(document, &mut tensors, (bytes.len(), threads)).map_err(damaged)
}

/// The document in a header.
pub fn document_of(header: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Whole {
        #[serde(rename = "__metadata__")]
        metadata: Entry,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        misfit: String,
    }
    let whole: Whole = serde_json::from_slice(header).ok()?;
    Some(whole.metadata.misfit)
}
