//! safetensors, by the `safetensors` crate, which checks that all of the file belongs to exactly one tensor.

use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

use super::chain::{After, Chain};
use super::tensor::{Float, Numbers, Tensor};
use super::{Unusable, order, state};
use crate::store::plain::{ACTIVATIONS, Said};

/// The network of a file.
pub(super) fn chain(bytes: &[u8]) -> Result<Chain, Unusable> {
    let file = SafeTensors::deserialize(bytes).map_err(Unusable::damaged)?;
    let tensors = file.tensors().into_iter().map(|(name, view)| {
        let float = match view.dtype() {
            Dtype::F16 => Some(Float::Half),
            Dtype::BF16 => Some(Float::Brain),
            Dtype::F32 => Some(Float::Single),
            Dtype::F64 => Some(Float::Double),
            _ => None,
        };
        let numbers = match float {
            Some(float) => {
                let values = view.data().chunks_exact(float.size());
                Numbers::Floats(values.map(|bytes| float.read(bytes)).collect())
            }
            None => Numbers::Other(format!("{:?}", view.dtype())),
        };
        Tensor {
            name,
            shape: view.shape().to_vec(),
            numbers,
        }
    });
    let mut links = order::follow(state::links(tensors.collect())?, false)?;
    // What misfit itself has written says its activations.
    for said in said(bytes) {
        let link = links.iter_mut().find(|link| link.name == said.layer);
        if let (Some(link), Ok(activation)) = (link, said.activation.parse()) {
            link.after = After::Known(activation);
        }
    }
    Ok(Chain::new(links, Vec::new()))
}

/// The activations in the metadata, where there are any.
fn said(bytes: &[u8]) -> Vec<Said> {
    #[derive(Deserialize)]
    struct Word(Vec<Said>);
    let metadata = SafeTensors::read_metadata(bytes).ok();
    let word =
        metadata.and_then(|(_, metadata)| metadata.metadata().as_ref()?.get(ACTIVATIONS).cloned());
    let word = word.and_then(|word| serde_json::from_str(&word).ok());
    word.map_or_else(Vec::new, |Word(said)| said)
}
