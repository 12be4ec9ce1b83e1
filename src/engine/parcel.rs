//! A model on its way to whoever scores with it, with how its columns are read. Small models travel whole, so that the machines
//! of a cluster need no file in common; of a large one only the path travels, and its checksum.

use std::hash::Hasher as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash64;

use super::Reading;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::format;
use crate::store::model::Model;

/// Bytes of the largest model that travels in a parcel. Ballista's messages hold 16 MB, and a plan names the parcel more than once.
pub const LARGEST: usize = 4 << 20;
/// Bytes of the length of the letter.
const LENGTH: usize = 8;

/// A model, and how its columns are read.
pub struct Parcel {
    letter: Letter,
    /// The model's file, where it travels.
    model: Vec<u8>,
}

/// What stands in front of the model.
#[derive(Serialize, Deserialize)]
struct Letter {
    /// The program that wrote it, which reads it too: other versions may score otherwise.
    version: String,
    reading: Reading,
    /// Where the model is, and its checksum, where it does not travel.
    elsewhere: Option<(PathBuf, u64)>,
}

impl Parcel {
    /// Of a model file and its bytes. Where they are too many, and it is to go to other machines, the path goes there.
    pub fn new(reading: Reading, model: (&Path, Vec<u8>), travels: bool) -> Result<Self> {
        let (path, bytes) = model;
        let elsewhere = if travels && bytes.len() > LARGEST {
            let name = || Error::io(format!("find {}", sanitize(&path.to_string_lossy())));
            Some((path.canonicalize().map_err(name())?, sum(&bytes)))
        } else {
            None
        };
        Ok(Self {
            model: if elsewhere.is_some() {
                Vec::new()
            } else {
                bytes
            },
            letter: Letter {
                version: env!("CARGO_PKG_VERSION").into(),
                reading,
                elsewhere,
            },
        })
    }

    /// What the user should know: where the other machines look for the model, if it does not travel.
    pub fn notice(&self) -> Option<String> {
        let (path, _) = self.letter.elsewhere.as_ref()?;
        Some(format!(
            "the model is larger than {}, so each machine reads it at {}",
            format::bytes(LARGEST as u64),
            sanitize(&path.to_string_lossy())
        ))
    }

    /// As bytes.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let letter = serde_json::to_vec(&self.letter)
            .map_err(|error| Error::io("write how columns are read")(error.into()))?;
        let mut bytes = (letter.len() as u64).to_le_bytes().to_vec();
        bytes.extend(letter);
        bytes.extend(&self.model);
        Ok(bytes)
    }

    /// Takes one apart: how columns are read, and the model.
    pub fn open(bytes: &[u8]) -> Result<(Reading, Model)> {
        let damaged = || Error::Told("what came with the query is no model of misfit".into());
        let (length, rest) = bytes.split_first_chunk::<LENGTH>().ok_or_else(damaged)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| damaged())?;
        let (letter, model) = rest.split_at_checked(length).ok_or_else(damaged)?;
        let letter: Letter = serde_json::from_slice(letter).map_err(|_| damaged())?;
        let own = env!("CARGO_PKG_VERSION");
        if letter.version != own {
            return Err(Error::Told(format!(
                "the query is by misfit {}, and this is misfit {own}: run the same on all machines",
                sanitize(&letter.version)
            )));
        }
        let Some((path, expected)) = letter.elsewhere else {
            return Ok((
                letter.reading,
                Model::of_bytes(model, "the model", Some(1))?,
            ));
        };
        let name = sanitize(&path.to_string_lossy());
        let model = Model::bytes(&path)?;
        if sum(&model) != expected {
            return Err(Error::Told(format!(
                "{name} is another model on this machine than on the one that asks: copy it again"
            )));
        }
        Ok((letter.reading, Model::of_bytes(&model, &name, Some(1))?))
    }
}

/// A checksum.
pub fn sum(bytes: &[u8]) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading() -> Reading {
        serde_json::from_str(r#"{"columns":[],"decimal":46,"missing":null}"#).unwrap()
    }

    #[test]
    fn a_large_model_stays_where_it_is_and_is_looked_for_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes = vec![b'x'; LARGEST + 1];
        std::fs::write(file.path(), &bytes).unwrap();
        let parcel = Parcel::new(reading(), (file.path(), bytes.clone()), true).unwrap();
        let name = file
            .path()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        assert!(parcel.notice().unwrap().contains(&name));
        let travelling = parcel.bytes().unwrap();
        assert!(travelling.len() < 1_000);
        let said = Parcel::open(&travelling).unwrap_err().to_string();
        assert!(said.contains(&name) && said.contains("no model"), "{said}");
        let here = Parcel::new(reading(), (file.path(), bytes), false).unwrap();
        assert!(here.notice().is_none() && here.bytes().unwrap().len() > LARGEST);
    }

    #[test]
    fn other_bytes_are_no_parcel() {
        for bytes in [&b""[..], b"12345678", &[0xff; 40], b"\x02\0\0\0\0\0\0\0{}"] {
            let said = Parcel::open(bytes).unwrap_err().to_string();
            assert!(said.contains("no model of misfit"), "{said}");
        }
    }
}
