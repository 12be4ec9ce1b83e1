//! `.keras`: a zip of `config.json`, which says what the layers are, and `model.weights.h5`.

mod config;
mod function;

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::chain::{Chain, Link};
use super::tensor::Tensor;
use super::{Unusable, hdf5, order, state};
use crate::data::text::quote;
use config::Dense;

/// Bytes that a packed byte may become, and what small files may take anyway.
const SWELLS: u64 = 64;
const SMALL: u64 = 1 << 20;

/// The network of a file.
pub(super) fn chain(bytes: &[u8]) -> Result<Chain, Unusable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        let advice = "Keras writes it with model.save(\"x.keras\")";
        Unusable::new("it is no zip, as a .keras file is", advice)
    })?;
    let config = entry(&mut archive, "config.json", bytes.len())?;
    let (layers, notes) = config::read(&config)?;
    let weights = entry(&mut archive, "model.weights.h5", bytes.len())?;
    let tensors = hdf5::tensors(weights)?;
    let links: Result<Vec<Link>, _> = layers
        .into_iter()
        .map(|layer| link(layer, &tensors))
        .collect();
    // The description says how they follow each other; this is to be sure that they can.
    Ok(Chain::new(order::follow(links?, true)?, notes))
}

fn entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    file: usize,
) -> Result<Vec<u8>, Unusable> {
    let most = (file as u64).saturating_mul(SWELLS).saturating_add(SMALL);
    let entry = archive.by_name(name).map_err(|error| {
        let problem = format!("it has no {name} that can be read: {error}");
        Unusable::new(problem, "Keras 3 writes it with model.save(\"x.keras\")")
    })?;
    let mut bytes = Vec::new();
    entry
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(Unusable::damaged)?;
    if bytes.len() as u64 == most {
        return Err(Unusable::damaged(format!(
            "{name} unpacks to far more than a network"
        )));
    }
    Ok(bytes)
}

/// A layer with its numbers.
fn link(layer: Dense, tensors: &[Tensor]) -> Result<Link, Unusable> {
    let Dense {
        name,
        path,
        units,
        bias,
        after,
    } = layer;
    let find = |part: &str| {
        let wanted = format!("{path}/vars/{part}");
        let found = tensors.iter().find(|tensor| tensor.name == wanted).cloned();
        found.map(|tensor| Tensor {
            name: format!("{name}.{}", if part == "0" { "kernel" } else { "bias" }),
            ..tensor
        })
    };
    let missing = |what: &str| {
        let problem = format!(
            "the {what} of {} is not among the weights",
            quote(name.as_bytes())
        );
        Unusable::new(problem, "save the model again with a recent Keras")
    };
    let mut own = vec![find("0").ok_or_else(|| missing("kernel"))?];
    if bias {
        own.push(find("1").ok_or_else(|| missing("bias"))?);
    }
    let link = state::links(own)?.pop().ok_or_else(|| missing("kernel"))?;
    if link.outputs as u64 != units {
        let problem = format!(
            "{} has {units} units, and its weights give {}",
            quote(name.as_bytes()),
            link.outputs
        );
        return Err(Unusable::damaged(problem));
    }
    Ok(Link { after, ..link })
}
