//! The network as a Burn module: dense layers with an optional bias and, when tied, borrowed weights.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData, activation};

use crate::model::spec::{Activation, LEAKY_SLOPE, LayerSpec, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};

/// One dense layer. A tied decoder layer has no `weight` and uses its mirror's, transposed.
#[derive(Module, Debug)]
pub struct Dense {
    /// `[inputs, outputs]`.
    pub weight: Option<Param<Tensor<2>>>,
    /// `[outputs]`.
    pub bias: Option<Param<Tensor<1>>>,
}

/// The layers in the order of the data flow.
#[derive(Module, Debug)]
pub struct Network {
    /// One per layer of the [`NetworkSpec`].
    pub layers: Vec<Dense>,
}

impl Network {
    /// Puts `weights` on `device`; they must fit `spec`.
    pub fn new(spec: &NetworkSpec, weights: &Weights, device: &Device) -> Self {
        let dense = |(layer, own): (LayerSpec, &LayerWeights)| Dense {
            weight: own.weight.as_ref().map(|numbers| {
                let data = TensorData::new(numbers.clone(), [layer.inputs, layer.outputs]);
                Param::from_tensor(Tensor::from_data(data, device))
            }),
            bias: own
                .bias
                .as_ref()
                .map(|numbers| bias(numbers.clone(), device)),
        };
        Self {
            layers: spec.layers().zip(&weights.layers).map(dense).collect(),
        }
    }

    /// The last layer's values before its activation. `input` is `[rows, features]`.
    pub fn logits(&self, spec: &NetworkSpec, input: Tensor<2>) -> Tensor<2> {
        let last = spec.len() - 1;
        spec.layers().fold(input, |values, layer| {
            let values = self.dense(spec, layer, values);
            if layer.index == last {
                values
            } else {
                activate(layer.activation, values)
            }
        })
    }

    /// The code: what the encoder makes of `input`, which is `[rows, features]`.
    pub fn code(&self, spec: &NetworkSpec, input: Tensor<2>) -> Tensor<2> {
        let layers = spec.layers().take(spec.encoder());
        layers.fold(input, |values, layer| {
            activate(layer.activation, self.dense(spec, layer, values))
        })
    }

    fn dense(&self, spec: &NetworkSpec, layer: LayerSpec, input: Tensor<2>) -> Tensor<2> {
        let own = &self.layers[layer.index];
        let weight = if let Some(weight) = &own.weight {
            weight.val()
        } else {
            let mirror = &self.layers[spec.mirror(layer.index)];
            mirror
                .weight
                .as_ref()
                .expect("an encoder layer owns its weights")
                .val()
                .transpose()
        };
        let product = input.matmul(weight);
        match &own.bias {
            Some(bias) => product + bias.val().unsqueeze(),
            None => product,
        }
    }

    /// Copies the numbers out.
    pub fn weights(&self) -> Weights {
        let numbers = |data: TensorData| data.try_to_vec::<f32>().expect("parameters are f32");
        let own = |dense: &Dense| LayerWeights {
            weight: dense
                .weight
                .as_ref()
                .map(|weight| numbers(weight.val().into_data())),
            bias: dense
                .bias
                .as_ref()
                .map(|bias| numbers(bias.val().into_data())),
        };
        Weights {
            layers: self.layers.iter().map(own).collect(),
        }
    }
}

/// A bias parameter; new to any optimizer, so its moments start afresh.
pub fn bias(numbers: Vec<f32>, device: &Device) -> Param<Tensor<1>> {
    let length = numbers.len();
    Param::from_tensor(Tensor::from_data(
        TensorData::new(numbers, [length]),
        device,
    ))
}

/// Applies `activation` to every value.
pub fn activate(activation: Activation, values: Tensor<2>) -> Tensor<2> {
    match activation {
        Activation::Linear => values,
        Activation::Relu => activation::relu(values),
        Activation::LeakyRelu => activation::leaky_relu(values, f64::from(LEAKY_SLOPE)),
        Activation::Elu => activation::elu(values, 1.0),
        Activation::Tanh => activation::tanh(values),
        Activation::Sigmoid => activation::sigmoid(values),
    }
}
