//! `.pt` and `.pth`: a zip of `data.pkl`, which names the tensors, and one stored entry for each storage of numbers.
//!
//! The pickle is read by [`super::pickle`], which runs nothing. The kept crates for it, `pytorch-reader` (a pre-release for
//! now) and candle's, forget the order of the tensors, and by their names alone a decoder comes before its encoder.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use super::chain::Chain;
use super::pickle::{Pickle, Stored, Value};
use super::tensor::{Float, Numbers, Tensor};
use super::{Unusable, order, state};
use crate::data::text::quote;

/// Under which a checkpoint keeps the weights.
const KEYS: [&str; 6] = [
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "weights",
    "net",
];
const SAVE: &str = "PyTorch writes it with torch.save(model.state_dict(), \"x.pt\")";

/// The network of a file.
pub(super) fn chain(bytes: &[u8]) -> Result<Chain, Unusable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        let problem = "it is no zip, as PyTorch writes since version 1.6";
        Unusable::new(problem, "load it there and save the state_dict again")
    })?;
    let mut names = archive.file_names().filter_map(Result::ok);
    let pickle = names.find(|name| name.ends_with("/data.pkl") || name == "data.pkl");
    let pickle = pickle.map(Cow::into_owned);
    drop(names);
    let Some(pickle) = pickle else {
        return Err(Unusable::new("it has no data.pkl", SAVE));
    };
    let folder = pickle.trim_end_matches("data.pkl").to_owned();
    if archive
        .index_for_name(&format!("{folder}byteorder"))
        .is_some()
    {
        let order = entry(&mut archive, &format!("{folder}byteorder"))?;
        if order != b"little" {
            let problem = "its numbers are written with the most significant byte first";
            return Err(Unusable::new(problem, "save it as safetensors"));
        }
    }
    let pickle = Pickle::read(&entry(&mut archive, &pickle)?)?;
    let (found, notes) = weights(&pickle)?;
    // Every number is used once; a few may be used twice, where weights are tied.
    let mut budget = bytes.len().saturating_mul(2);
    let mut tensors = Vec::with_capacity(found.len());
    for (name, value) in found {
        let size = value
            .shape
            .iter()
            .try_fold(4_usize, |size, side| size.checked_mul(*side));
        budget = size
            .and_then(|size| budget.checked_sub(size))
            .ok_or_else(|| {
                Unusable::damaged(format!(
                    "{} is larger than the file",
                    quote(name.as_bytes())
                ))
            })?;
        let numbers = match float(value.kind) {
            Some(float) => {
                let path = format!("{folder}data/{}", value.key);
                Numbers::Floats(strided(&entry(&mut archive, &path)?, float, value)?)
            }
            None => Numbers::Other(value.kind.into()),
        };
        tensors.push(Tensor {
            name,
            shape: value.shape.clone(),
            numbers,
        });
    }
    Ok(Chain::new(
        order::follow(state::links(tensors)?, true)?,
        notes,
    ))
}

/// A tensor by its name.
type Found<'a> = (String, &'a Stored);

/// The tensors that make the network, with their names.
fn weights(pickle: &Pickle) -> Result<(Vec<Found<'_>>, Vec<String>), Unusable> {
    let Some(root) = pickle.entries(pickle.root()) else {
        return Err(Unusable::new("it holds no state_dict", SAVE));
    };
    let mut notes = Vec::new();
    let mut entries = root;
    let inner = KEYS.iter().find_map(|key| {
        let (_, value) = entries.iter().find(|(name, _)| name == key)?;
        Some((key, pickle.entries(*value)?))
    });
    if let Some((key, found)) = inner {
        notes.push(format!("of the checkpoint only “{key}” is read"));
        entries = found;
    }
    let mut tensors = Vec::with_capacity(entries.len());
    for (name, id) in entries {
        match pickle.value(id) {
            Value::Tensor(stored) => tensors.push((name, stored)),
            other => {
                let problem = format!("{} is {}, no tensor", quote(name.as_bytes()), other.words());
                return Err(Unusable::new(problem, SAVE));
            }
        }
    }
    Ok((tensors, notes))
}

fn float(kind: &str) -> Option<Float> {
    Some(match kind {
        "HalfStorage" => Float::Half,
        "BFloat16Storage" => Float::Brain,
        "FloatStorage" => Float::Single,
        "DoubleStorage" => Float::Double,
        _ => return None,
    })
}

/// An entry as it is; PyTorch packs none.
fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>, Unusable> {
    let missing = |error| Unusable::damaged(format!("{name}: {error}"));
    let mut entry = archive.by_name(name).map_err(missing)?;
    if entry.compression() != CompressionMethod::Stored {
        return Err(Unusable::damaged(format!(
            "{name} is packed, which PyTorch never does"
        )));
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(Unusable::damaged)?;
    Ok(bytes)
}

/// The numbers of a tensor, wherever its strides lead in the storage.
fn strided(storage: &[u8], float: Float, tensor: &Stored) -> Result<Vec<f32>, Unusable> {
    let outside = || Unusable::damaged("a tensor reaches beyond its storage");
    let steps: Vec<(usize, usize)> = tensor
        .shape
        .iter()
        .copied()
        .zip(tensor.strides.iter().copied())
        .collect();
    let last = steps.iter().try_fold(tensor.offset, |at, (side, stride)| {
        at.checked_add(side.saturating_sub(1).checked_mul(*stride)?)
    });
    let held = storage.len() / float.size();
    let count: usize = tensor.shape.iter().product();
    if count > 0 && last.is_none_or(|last| last >= held) {
        return Err(outside());
    }
    let mut values = Vec::with_capacity(count);
    let mut place = vec![0; steps.len()];
    for _ in 0..count {
        let at = place
            .iter()
            .zip(&steps)
            .fold(tensor.offset, |at, (index, (_, stride))| {
                at + index * stride
            });
        let bytes = storage
            .get(at * float.size()..)
            .and_then(|rest| rest.get(..float.size()));
        values.push(float.read(bytes.ok_or_else(outside)?));
        for (index, (side, _)) in place.iter_mut().zip(&steps).rev() {
            *index += 1;
            if *index < *side {
                break;
            }
            *index = 0;
        }
    }
    Ok(values)
}
