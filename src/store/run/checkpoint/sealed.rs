//! A file of numbers from the disk: refused whole where one byte of it is another.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use super::Progress;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::store::model::open::document_of;
use crate::store::model::seal::{self, LENGTH};
use crate::store::run::about::First;
use crate::store::run::{BEGIN_ANEW, SCHEMA, refuse};

/// Bytes of a header at most.
const LONGEST: u64 = 100_000_000;

/// How far a run has come, from the header of its checkpoint alone; what is wrong with it is found out when it is read.
pub fn progress(path: &Path) -> Option<Progress> {
    #[derive(Deserialize)]
    struct Part {
        progress: Progress,
    }
    let mut file = File::open(path).ok()?;
    let mut size = [0; LENGTH];
    file.read_exact(&mut size).ok()?;
    let size = u64::from_le_bytes(size);
    if size > LONGEST.min(file.metadata().ok()?.len()) {
        return None;
    }
    let mut header = Vec::new();
    file.take(size).read_to_end(&mut header).ok()?;
    let document = document_of(&header)?;
    Some(serde_json::from_str::<Part>(&document).ok()?.progress)
}

/// The bytes of a file, once its checksum was looked at, and its document.
pub(super) fn sealed(path: &Path) -> Result<(Vec<u8>, String)> {
    let damaged = |what: &str| refuse(path, format!("the file is damaged: {what}"), BEGIN_ANEW);
    let doing = || Error::io(format!("read {}", path.display()));
    let mut file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(refuse(path, "the file is gone", BEGIN_ANEW));
        }
        file => file.map_err(doing())?,
    };
    let length = file.metadata().map_err(doing())?.len();
    let mut bytes = Vec::new();
    let room = usize::try_from(length).ok();
    if room.is_none_or(|room| bytes.try_reserve_exact(room).is_err()) {
        return Err(refuse(path, "it does not fit into memory", ""));
    }
    file.by_ref()
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(doing())?;
    let header = bytes.first_chunk::<LENGTH>();
    let header = header.and_then(|size| usize::try_from(u64::from_le_bytes(*size)).ok());
    let end = header.and_then(|header| header.checked_add(LENGTH));
    let document = end
        .and_then(|end| bytes.get(LENGTH..end))
        .and_then(document_of);
    if let Some(Ok(first)) = document.as_deref().map(serde_json::from_str::<First>)
        && first.schema > SCHEMA
    {
        let problem = format!(
            "the run was written by a newer program, {}",
            sanitize(&first.program)
        );
        return Err(refuse(path, problem, "update misfit"));
    }
    if !seal::is_whole(&bytes) {
        return Err(damaged("its checksum is wrong"));
    }
    let document = document.ok_or_else(|| damaged("its header cannot be read"))?;
    Ok((bytes, document))
}
