//! From tensors with names to dense layers: `encoder.0.weight` and `encoder.0.bias` are one.

use super::Unusable;
use super::chain::{After, Link};
use super::tensor::Tensor;
use crate::data::text::{quote, sanitize};
use crate::store::plain::transposed;

/// How a matrix lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// `[outputs, inputs]`, PyTorch's.
    Weight,
    /// `[inputs, outputs]`, Keras' and Flax'.
    Kernel,
    /// `[outputs]`
    Bias,
}

/// The tensors of one layer.
struct Part {
    layer: String,
    matrix: Option<(Role, Tensor)>,
    bias: Option<Tensor>,
}

/// Tensors that are looked at; an autoencoder has a few.
const MOST: usize = 4_096;
const DENSE: &str = "only dense layers can be read, a matrix and perhaps a bias each";

/// The dense layers that these tensors are, in the order in which they first come.
pub(super) fn links(tensors: Vec<Tensor>) -> Result<Vec<Link>, Unusable> {
    if tensors.len() > MOST {
        let problem = format!(
            "{} tensors are too many for a chain of dense layers",
            tensors.len()
        );
        return Err(Unusable::new(problem, DENSE));
    }
    let mut parts: Vec<Part> = Vec::new();
    for tensor in tensors {
        let (layer, role) = split(&tensor)?;
        let place = parts.iter().position(|part| part.layer == layer);
        let place = place.unwrap_or_else(|| {
            parts.push(Part {
                layer,
                matrix: None,
                bias: None,
            });
            parts.len() - 1
        });
        let part = &mut parts[place];
        let twice = match role {
            Role::Bias => part.bias.replace(tensor).is_some(),
            role => part.matrix.replace((role, tensor)).is_some(),
        };
        if twice {
            let problem = format!("{} has two weights or biases", quote(part.layer.as_bytes()));
            return Err(Unusable::new(problem, DENSE));
        }
    }
    if parts.is_empty() {
        return Err(Unusable::new("there are no weights in it", DENSE));
    }
    parts.into_iter().map(link).collect()
}

/// The layer of a tensor, and what it is there.
fn split(tensor: &Tensor) -> Result<(String, Role), Unusable> {
    let (layer, last) = tensor.name.rsplit_once('.').unwrap_or(("", &tensor.name));
    let role = match (last, tensor.shape.len()) {
        ("weight", 2) => Role::Weight,
        ("kernel", 2) => Role::Kernel,
        ("bias", 1) => Role::Bias,
        ("weight" | "kernel", dimensions) => {
            let what = if dimensions < 2 {
                "as in a normalisation"
            } else {
                "as in a convolution"
            };
            let problem = format!(
                "{} is {}, {what}",
                quote(tensor.name.as_bytes()),
                tensor.size()
            );
            return Err(Unusable::new(problem, DENSE));
        }
        _ => {
            let problem = format!(
                "{} ({}) is neither the weight nor the bias of a dense layer",
                quote(tensor.name.as_bytes()),
                tensor.size()
            );
            return Err(Unusable::new(problem, DENSE));
        }
    };
    Ok((layer.to_owned(), role))
}

fn link(
    Part {
        layer,
        matrix,
        bias,
    }: Part,
) -> Result<Link, Unusable> {
    let name = layer.as_str();
    let Some((role, matrix)) = matrix else {
        let problem = format!("{} has a bias and no weight", quote(name.as_bytes()));
        return Err(Unusable::new(problem, DENSE));
    };
    let (rows, columns) = (matrix.shape[0], matrix.shape[1]);
    if rows == 0 || columns == 0 {
        let problem = format!("{} is empty ({})", quote(name.as_bytes()), matrix.size());
        return Err(Unusable::new(problem, DENSE));
    }
    let values = matrix.floats()?;
    let (inputs, outputs, weight) = match role {
        Role::Weight => (columns, rows, transposed(&values, rows, columns)),
        _ => (rows, columns, values),
    };
    let bias = match bias {
        Some(bias) if bias.shape != [outputs] => {
            let problem = format!(
                "the bias of {} is {}, and its weight gives {outputs} values",
                quote(name.as_bytes()),
                bias.size()
            );
            return Err(Unusable::new(problem, DENSE));
        }
        Some(bias) => Some(bias.floats()?),
        None => None,
    };
    Ok(Link {
        name: sanitize(name),
        inputs,
        outputs,
        weight,
        bias,
        after: After::Unsaid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::import::tensor::Numbers;

    #[test]
    fn a_layer_needs_its_weight_and_a_bias_that_fits() {
        let tensor = |name: &str, shape: &[usize]| Tensor {
            name: name.into(),
            shape: shape.to_vec(),
            numbers: Numbers::Floats(vec![0.0; shape.iter().product()]),
        };
        let why = |tensors: Vec<Tensor>| links(tensors).unwrap_err().problem;
        assert!(why(vec![tensor("fc.bias", &[3])]).contains("“fc” has a bias and no weight"));
        assert!(
            why(vec![tensor("fc.weight", &[3, 2]), tensor("fc.bias", &[2])])
                .contains("gives 3 values")
        );
        assert!(why(vec![tensor("bn.running_mean", &[3])]).contains("“bn.running_mean”"));
        assert!(
            why(vec![tensor("c.weight", &[3, 1, 2])]).contains("3 × 1 × 2, as in a convolution")
        );
        assert!(why(Vec::new()).contains("no weights"));
    }
}
