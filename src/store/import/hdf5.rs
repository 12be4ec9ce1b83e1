//! HDF5, by the `hdf5-pure` crate: Keras' weights, whose groups are its layers.

use hdf5_pure::{DType, File, Group};

use super::chain::Chain;
use super::tensor::{Numbers, Tensor};
use super::{Unusable, order, state};

/// Groups within groups.
const DEEPEST: usize = 16;
/// Groups and datasets that are looked at.
const MOST: usize = 20_000;
/// Bytes that a compressed byte of the file may become, and what small files may take anyway.
const SWELLS: usize = 64;
const SMALL: usize = 1 << 20;

/// All datasets but the optimizer's, named by their paths: `layers/dense/vars/0`.
pub(super) fn tensors(bytes: Vec<u8>) -> Result<Vec<Tensor>, Unusable> {
    let budget = bytes.len().saturating_mul(SWELLS).saturating_add(SMALL);
    let file = File::from_bytes(bytes).map_err(Unusable::damaged)?;
    let mut walk = Walk {
        found: Vec::new(),
        budget,
        visited: 0,
    };
    walk.group(&file.root(), "", 0)?;
    Ok(walk.found)
}

struct Walk {
    found: Vec<Tensor>,
    /// Bytes that may still be read.
    budget: usize,
    visited: usize,
}

impl Walk {
    fn group(&mut self, group: &Group, at: &str, depth: usize) -> Result<(), Unusable> {
        if depth > DEEPEST {
            return Err(Unusable::damaged("its groups lie too deep in each other"));
        }
        let datasets = group.datasets().map_err(Unusable::damaged)?;
        let groups = group.groups().map_err(Unusable::damaged)?;
        self.visited += groups.len() + datasets.len();
        if self.visited > MOST {
            return Err(Unusable::damaged("it has too many groups"));
        }
        for name in datasets {
            let path = format!("{at}{name}");
            // Dropout keeps the state of its generator.
            if !path.contains("seed_generator") {
                self.dataset(group, &name, path)?;
            }
        }
        for name in groups {
            if depth == 0 && ["optimizer", "optimizer_weights", "_optimizer"].contains(&&*name) {
                continue;
            }
            let inner = group.group(&name).map_err(Unusable::damaged)?;
            self.group(&inner, &format!("{at}{name}/"), depth + 1)?;
        }
        Ok(())
    }

    fn dataset(&mut self, group: &Group, name: &str, path: String) -> Result<(), Unusable> {
        let dataset = group.dataset(name).map_err(Unusable::damaged)?;
        let shape = dataset.shape().map_err(Unusable::damaged)?;
        let shape: Result<Vec<usize>, _> = shape.into_iter().map(usize::try_from).collect();
        let shape = shape.map_err(Unusable::damaged)?;
        let kind = dataset.dtype().map_err(Unusable::damaged)?;
        let width = if kind == DType::F64 { 8 } else { 4 };
        // Before anything is read: the shape may promise what it likes.
        let bytes = shape
            .iter()
            .try_fold(width, |bytes: usize, side| bytes.checked_mul(*side));
        let left = bytes.and_then(|bytes| self.budget.checked_sub(bytes));
        self.budget =
            left.ok_or_else(|| Unusable::damaged("it promises more numbers than it can hold"))?;
        let numbers = match kind {
            DType::F32 => Numbers::Floats(dataset.read_f32().map_err(Unusable::damaged)?),
            DType::F64 => {
                let values = dataset.read_f64().map_err(Unusable::damaged)?;
                Numbers::Floats(values.into_iter().map(|value| value as f32).collect())
            }
            other => Numbers::Other(other.to_string()),
        };
        let held = match &numbers {
            Numbers::Floats(values) => values.len() == shape.iter().product::<usize>(),
            Numbers::Other(_) => true,
        };
        if !held {
            return Err(Unusable::damaged(
                "a dataset holds fewer numbers than it says",
            ));
        }
        self.found.push(Tensor {
            name: path,
            shape,
            numbers,
        });
        Ok(())
    }
}

/// The network of weights without a description: the groups are ordered by their names.
pub(super) fn chain(tensors: Vec<Tensor>) -> Result<Chain, Unusable> {
    let named = tensors.into_iter().map(|tensor| Tensor {
        name: layer(&tensor.name),
        ..tensor
    });
    let links = order::follow(state::links(named.collect())?, false)?;
    Ok(Chain::new(links, Vec::new()))
}

/// `layers/dense_1/vars/0` and, of Keras 2, `dense_1/dense_1/kernel:0` as `dense_1.kernel`.
fn layer(path: &str) -> String {
    let path = path.strip_prefix("model_weights/").unwrap_or(path);
    let (group, last) = path.rsplit_once('/').unwrap_or(("", path));
    let last = match last {
        "0" | "kernel:0" => "kernel",
        "1" | "bias:0" => "bias",
        other => other,
    };
    let group = group.strip_suffix("/vars").unwrap_or(group);
    let mut parts: Vec<&str> = group
        .split('/')
        .filter(|part| !part.ends_with("layers"))
        .collect();
    parts.dedup();
    format!("{}.{last}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::layer;

    #[test]
    fn paths_of_all_versions_of_keras_name_the_layer() {
        let named = [
            ("layers/dense_1/vars/0", "dense_1.kernel"),
            (
                "_layer_checkpoint_dependencies/dense/vars/1",
                "_layer_checkpoint_dependencies/dense.bias",
            ),
            (
                "layers/functional/layers/dense/vars/1",
                "functional/dense.bias",
            ),
            ("dense/dense/kernel:0", "dense.kernel"),
            ("model_weights/dense_3/dense_3/bias:0", "dense_3.bias"),
            ("encoder/layers/dense/vars/0", "encoder/dense.kernel"),
            ("layers/batch_normalization/vars/2", "batch_normalization.2"),
        ];
        for (path, name) in named {
            assert_eq!(layer(path), name);
        }
    }
}
