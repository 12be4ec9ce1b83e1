//! Looks at a network in a file of their own.

use std::path::Path;

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::layers::{pull, push};
use super::sealed::sealed;
use crate::error::Result;
use crate::message::Moment;
use crate::model::weights::LayerWeights;
use crate::store::model::save::serialize;
use crate::store::model::seal::OPEN;
use crate::store::model::tensors::Tensors;
use crate::store::run::{BEGIN_ANEW, SCHEMA, program, refuse};
use crate::train::checkpoint::Look;

/// The document of a file of looks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    checksum: String,
    schema: u32,
    program: String,
    /// `looks`
    part: String,
    looks: Vec<Taken>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    network: u64,
    step: u64,
    layers: usize,
}

/// The bytes of some looks.
pub fn looks_bytes(looks: &[Look]) -> Result<Vec<u8>> {
    let mut tensors = Vec::new();
    for (index, look) in looks.iter().enumerate() {
        let own = |[weight, bias]: &[Option<Vec<f32>>; 2]| LayerWeights {
            weight: weight.clone(),
            bias: bias.clone(),
        };
        let numbers: Vec<LayerWeights> = look.layers.iter().map(own).collect();
        push(&mut tensors, &format!("look.{index}."), &numbers);
    }
    let taken = looks.iter().map(|look| Taken {
        network: look.moment.network,
        step: look.moment.step,
        layers: look.layers.len(),
    });
    let index = Index {
        checksum: OPEN.into(),
        schema: SCHEMA,
        program: program(),
        part: "looks".into(),
        looks: taken.collect(),
    };
    serialize(&index, tensors)
}

/// Reads the looks of a file.
pub fn read_looks(path: &Path) -> Result<Vec<Look>> {
    let (bytes, document) = sealed(path)?;
    let read = || {
        let index: Index = serde_json::from_str(&document).map_err(|error| error.to_string())?;
        if index.part != "looks" {
            return Err("it holds no looks".into());
        }
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| error.to_string())?;
        let tensors = &mut Tensors::new(tensors);
        let mut looks = Vec::new();
        for (place, taken) in index.looks.iter().enumerate() {
            if taken.layers > 1_000 {
                return Err(format!("there is no network of {} layers", taken.layers));
            }
            let numbers = pull(tensors, &format!("look.{place}."), taken.layers)?;
            let layers = numbers.into_iter().map(|own| [own.weight, own.bias]);
            looks.push(Look {
                moment: Moment {
                    network: taken.network,
                    step: taken.step,
                },
                layers: layers.collect(),
            });
        }
        Ok::<_, String>(looks)
    };
    read().map_err(|what| refuse(path, format!("the file is damaged: {what}"), BEGIN_ANEW))
}
