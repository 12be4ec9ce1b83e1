//! Networks from other programs' files: `state_dict`s of PyTorch and models of Keras become a [`Chain`] of dense layers.
//!
//! Files come from anywhere. Nothing in them is ever run, what cannot be held here is refused by its name, and no file makes
//! misfit take much more memory than the file itself takes on the disk.

pub mod chain;
mod hdf5;
mod keras;
mod order;
mod pickle;
mod safe;
mod state;
mod tensor;
mod torch;

use std::fs;
use std::path::Path;

use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};

pub use chain::Chain;

/// What a file of weights may be called.
pub const ENDINGS: &str = ".keras, .h5, .pt, .pth or .safetensors";

/// The kinds of files, by their endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A whole Keras model: a zip with a description and the weights.
    Keras,
    /// Keras' weights alone.
    Hdf5,
    /// A `state_dict` as `torch.save` writes it.
    Torch,
    /// A `state_dict` as safetensors.
    Safe,
}

impl Form {
    fn of(path: &Path) -> Option<Self> {
        match &*path.extension()?.to_string_lossy().to_ascii_lowercase() {
            "keras" => Some(Self::Keras),
            "h5" | "hdf5" => Some(Self::Hdf5),
            "pt" | "pth" => Some(Self::Torch),
            "safetensors" => Some(Self::Safe),
            _ => None,
        }
    }
}

/// Why a file gives no network, and the way out.
#[derive(Debug)]
struct Unusable {
    problem: String,
    advice: String,
}

impl Unusable {
    fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        let (problem, advice) = (problem.into(), advice.into());
        Self { problem, advice }
    }

    fn damaged(what: impl std::fmt::Display) -> Self {
        // What a library says may quote the file.
        let problem = format!("the file is damaged: {}", sanitize(&what.to_string()));
        Self::new(problem, "save or copy it again")
    }
}

/// Whether the ending of the name is that of a file of weights.
pub fn is_weights(path: &Path) -> bool {
    Form::of(path).is_some()
}

/// Reads the network of a file.
pub fn read(path: &Path) -> Result<Chain> {
    let file = sanitize(&path.to_string_lossy());
    let about = |why: Unusable| -> Error {
        DataError {
            file: file.clone(),
            problem: why.problem,
            advice: why.advice,
            ..DataError::default()
        }
        .into()
    };
    let Some(form) = Form::of(path) else {
        let advice = format!("name a file that ends in {ENDINGS}");
        return Err(about(Unusable::new(
            "not a file of weights by its name",
            advice,
        )));
    };
    let doing = format!("read {file}");
    let metadata = fs::metadata(path).map_err(Error::io(doing.clone()))?;
    if !metadata.is_file() {
        return Err(about(Unusable::new(
            "it is no file",
            "name a file of weights",
        )));
    }
    let bytes = fs::read(path).map_err(Error::io(doing))?;
    let chain = match form {
        Form::Keras => keras::chain(&bytes),
        Form::Hdf5 => hdf5::tensors(bytes).and_then(hdf5::chain),
        Form::Torch => torch::chain(&bytes),
        Form::Safe => safe::chain(&bytes),
    };
    chain.map(|chain| chain.called(file.clone())).map_err(about)
}
