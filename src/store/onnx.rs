//! A trained network as ONNX: from the table's features to their reconstruction, with the scaling before and after.
//!
//! | | name | type | |
//! |---|---|---|---|
//! | in | `features` | f64 `[rows, features]` | as the table has them, in the order of the metadata's `features`: numbers as they are, dates as the number that `misfit inspect` shows, a category as one 0 or 1 for each of its words, gaps filled with the metadata's `fills` |
//! | out | `scaled` | f32 | what the network is given |
//! | out | `code` | f32 | its narrowest layer |
//! | out | `scaled_reconstruction` | f32 | what it makes of `scaled` |
//! | out | `reconstruction` | f64 | the same in the table's units |
//!
//! Where windows of rows are learned, a row of `features` is a window: all features of its first row, then of the next.
//!
//! No kept crate writes ONNX; `prost` does the writing, and the messages it needs are in `message`.

mod graph;
mod message;

use prost::Message;

use crate::data::encoder::Encoder;
use crate::error::{Error, Result};
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use message::{Entry, Graph, Model, Operators, Tensor, ValueInfo};

/// The version of the operators; of all that are used here the newest is far older, so that old runtimes read it too.
const OPERATORS: i64 = 13;
/// The version of the file, of the same time.
const VERSION: i64 = 7;
/// A message of protobuf cannot be larger; something is left for what stands around the numbers.
const LARGEST: usize = i32::MAX as usize - (1 << 20);

/// What is known of the network besides its numbers.
#[derive(Debug, Clone, Copy)]
pub struct Trained<'a> {
    /// The network.
    pub spec: &'a NetworkSpec,
    /// Its numbers.
    pub weights: &'a Weights,
    /// How rows become features.
    pub encoder: &'a Encoder,
    /// The table it has learned, for the description.
    pub table: &'a str,
}

/// The file's bytes.
pub fn bytes(trained: Trained<'_>) -> Result<Vec<u8>> {
    trained.weights.check(trained.spec)?;
    let numbers: usize = trained
        .weights
        .layers
        .iter()
        .map(|layer| {
            layer.weight.as_ref().map_or(0, Vec::len) + layer.bias.as_ref().map_or(0, Vec::len)
        })
        .sum();
    if numbers.saturating_mul(4) > LARGEST {
        return Err(Error::Usage(
            "the network is too large for ONNX, whose files end at 2 GB; write --safetensors"
                .into(),
        ));
    }
    let mut graph = Graph {
        name: "autoencoder".into(),
        ..Graph::default()
    };
    graph::encode(&mut graph, trained);
    let mut flow = "scaled".to_owned();
    for layer in trained.spec.layers() {
        flow = graph::dense(&mut graph, trained, layer, flow);
    }
    graph::decode(&mut graph, &flow);
    let (inputs, code) = (trained.spec.inputs(), trained.spec.code());
    graph
        .input
        .push(ValueInfo::rows_of("features", Tensor::DOUBLE, inputs));
    graph.output = vec![
        ValueInfo::rows_of("reconstruction", Tensor::DOUBLE, inputs),
        ValueInfo::rows_of("scaled_reconstruction", Tensor::FLOAT, inputs),
        ValueInfo::rows_of("code", Tensor::FLOAT, code),
        ValueInfo::rows_of("scaled", Tensor::FLOAT, inputs),
    ];
    let model = Model {
        ir_version: VERSION,
        producer_name: "misfit".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        doc_string: format!(
            "An autoencoder of {}, with the scaling of its columns before and after.",
            trained.table
        ),
        graph: Some(graph),
        opset_import: vec![Operators {
            domain: String::new(),
            version: OPERATORS,
        }],
        metadata_props: metadata(trained)?,
    };
    Ok(model.encode_to_vec())
}

fn metadata(trained: Trained<'_>) -> Result<Vec<Entry>> {
    let features = &trained.encoder.features;
    let names: Vec<&str> = features
        .iter()
        .map(|feature| feature.name.as_str())
        .collect();
    let fills: Vec<f64> = features.iter().map(|feature| feature.median).collect();
    let json = |text: serde_json::Result<String>| {
        text.map_err(|error| Error::Training(format!("cannot write the names: {error}")))
    };
    let windows = trained.spec.inputs() / features.len().max(1);
    let entries = [
        ("features", json(serde_json::to_string(&names))?),
        ("fills", json(serde_json::to_string(&fills))?),
        ("window", windows.to_string()),
        ("network", trained.spec.shape()),
    ];
    let entries = entries.map(|(key, value)| Entry {
        key: key.into(),
        value,
    });
    Ok(entries.into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::data::columns::column::Column;
    use crate::data::encoder::{Encoded, Scaling};
    use crate::model::init::Initializer;
    use crate::model::spec::{Activation, BiasChoice, LEAKY_SLOPE};

    /// What a graph gives for one row, by the definitions of the operators.
    fn evaluate(graph: &Graph, features: &[f64]) -> HashMap<String, Vec<f64>> {
        let mut values = HashMap::from([("features".to_owned(), features.to_vec())]);
        let mut sides = HashMap::new();
        for tensor in &graph.initializer {
            let numbers = match tensor.data_type {
                Tensor::DOUBLE => tensor
                    .raw_data
                    .chunks(8)
                    .map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()))
                    .collect(),
                _ => tensor
                    .raw_data
                    .chunks(4)
                    .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()).into())
                    .collect(),
            };
            values.insert(tensor.name.clone(), numbers);
            sides.insert(tensor.name.clone(), tensor.dims.clone());
        }
        for node in &graph.node {
            let given: Vec<&Vec<f64>> = node.input.iter().map(|name| &values[name]).collect();
            let pairs = |with: fn(f64, f64) -> f64| {
                given[0]
                    .iter()
                    .zip(given[1])
                    .map(|(a, b)| with(*a, *b))
                    .collect()
            };
            let each =
                |with: &dyn Fn(f64) -> f64| given[0].iter().map(|value| with(*value)).collect();
            let attribute = |name: &str| {
                node.attribute
                    .iter()
                    .find(|attribute| attribute.name == name)
            };
            let result: Vec<f64> = match &*node.op_type {
                "Sub" => pairs(|a, b| a - b),
                "Div" => pairs(|a, b| a / b),
                "Mul" => pairs(|a, b| a * b),
                "Add" => pairs(|a, b| a + b),
                "Identity" | "Cast" => given[0].clone(),
                "Tanh" => each(&f64::tanh),
                "Sigmoid" => each(&|x| 1.0 / (1.0 + (-x).exp())),
                "Relu" => each(&|x| x.max(0.0)),
                "LeakyRelu" => {
                    let alpha = f64::from(attribute("alpha").unwrap().f.unwrap());
                    each(&|x| if x < 0.0 { alpha * x } else { x })
                }
                "Gemm" => {
                    let turned =
                        attribute("transB").is_some_and(|attribute| attribute.i == Some(1));
                    let [rows, columns] = sides[&node.input[1]][..] else {
                        panic!("a matrix has two sides")
                    };
                    let (rows, columns) = (rows as usize, columns as usize);
                    let outputs = if turned { rows } else { columns };
                    let entry = |from: usize, to: usize| {
                        given[1][if turned {
                            to * columns + from
                        } else {
                            from * columns + to
                        }]
                    };
                    (0..outputs)
                        .map(|to| {
                            let sum: f64 = given[0]
                                .iter()
                                .enumerate()
                                .map(|(from, value)| value * entry(from, to))
                                .sum();
                            sum + given.get(2).map_or(0.0, |bias| bias[to])
                        })
                        .collect()
                }
                other => panic!("{other}"),
            };
            values.insert(node.output[0].clone(), result);
        }
        values
    }

    #[test]
    fn the_graph_computes_what_the_network_does() {
        let columns = (0..3).map(|index| {
            let values = (0..8)
                .map(|row| f64::from(1 + index) * 10.0 + f64::from(row * row * (index + 1) % 7))
                .collect();
            Column::numbers(format!("c{index}"), values)
        });
        let encoder = Encoded::new(columns.collect(), 8, Scaling::ZScore).encoder;
        let spec = NetworkSpec::new(
            vec![3, 4, 2],
            Activation::LeakyRelu,
            Activation::Tanh,
            Activation::Sigmoid,
        )
        .unwrap();
        let bias: BiasChoice = "encoder.1,decoder.1".parse().unwrap();
        for spec in [spec.clone(), spec.with_bias(&bias).unwrap().with_tied(true)] {
            let weights = Initializer::FanInUniform.draw(&spec, 4);
            let trained = Trained {
                spec: &spec,
                weights: &weights,
                encoder: &encoder,
                table: "t",
            };
            let model = Model::decode(&*bytes(trained).unwrap()).unwrap();
            let features = [11.0, 25.0, 31.0];
            let values = evaluate(&model.graph.unwrap(), &features);
            // By hand: a row through the layers.
            let mut flow: Vec<f64> = features
                .iter()
                .zip(&encoder.features)
                .map(|(value, feature)| feature.transform(*value))
                .collect();
            for layer in spec.layers() {
                let own = &weights.layers[layer.index];
                let turned = own.weight.is_none();
                let matrix = own
                    .weight
                    .as_ref()
                    .or(weights.layers[spec.mirror(layer.index)].weight.as_ref())
                    .unwrap();
                flow = (0..layer.outputs)
                    .map(|to| {
                        let sum: f64 = (0..layer.inputs)
                            .map(|from| {
                                flow[from]
                                    * f64::from(
                                        matrix[if turned {
                                            to * layer.inputs + from
                                        } else {
                                            from * layer.outputs + to
                                        }],
                                    )
                            })
                            .sum();
                        let sum = sum + own.bias.as_ref().map_or(0.0, |bias| f64::from(bias[to]));
                        match layer.activation {
                            Activation::LeakyRelu if sum < 0.0 => sum * f64::from(LEAKY_SLOPE),
                            Activation::Tanh => sum.tanh(),
                            Activation::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
                            _ => sum,
                        }
                    })
                    .collect();
                if layer.index + 1 == spec.encoder() {
                    assert_eq!(values["code"].len(), 2);
                    assert!(
                        values["code"]
                            .iter()
                            .zip(&flow)
                            .all(|(a, b)| (a - b).abs() < 1e-9),
                        "{values:?} {flow:?}"
                    );
                }
            }
            for (index, value) in flow.iter().enumerate() {
                assert!((values["scaled_reconstruction"][index] - value).abs() < 1e-9);
                let original = encoder.features[index].inverse(*value);
                assert!((values["reconstruction"][index] - original).abs() < 1e-9);
            }
        }
    }
}
