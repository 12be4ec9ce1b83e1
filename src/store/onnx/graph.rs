//! The nodes of the graph: scaling, layers, and the way back to the table's units.

use super::Trained;
use super::message::{Attribute, Graph, Node, Tensor};
use crate::data::encoder::Feature;
use crate::model::spec::{Activation, LEAKY_SLOPE, LayerSpec};
use crate::store::plain::little;

/// One number of each feature, over all rows of a window.
fn each(trained: Trained<'_>, number: impl Fn(&Feature) -> f64) -> Vec<f64> {
    let features = &trained.encoder.features;
    let windows = trained.spec.inputs() / features.len().max(1);
    let of_row: Vec<f64> = features.iter().map(number).collect();
    of_row.repeat(windows)
}

/// `features` → `scaled`.
pub(super) fn encode(graph: &mut Graph, trained: Trained<'_>) {
    let offsets = each(trained, |feature| feature.offset);
    let scales = each(trained, |feature| feature.scale);
    graph.initializer.push(Tensor::doubles("offset", &offsets));
    graph.initializer.push(Tensor::doubles("scale", &scales));
    graph
        .node
        .push(Node::new("Sub", &["features", "offset"], "distance"));
    graph
        .node
        .push(Node::new("Div", &["distance", "scale"], "exact"));
    graph.node.push(
        Node::new("Cast", &["exact"], "scaled").with(Attribute::int("to", Tensor::FLOAT.into())),
    );
}

/// The last layer's output → `reconstruction`.
pub(super) fn decode(graph: &mut Graph, flow: &str) {
    graph
        .node
        .push(Node::new("Identity", &[flow], "scaled_reconstruction"));
    graph
        .node
        .push(Node::new("Cast", &[flow], "wide").with(Attribute::int("to", Tensor::DOUBLE.into())));
    graph
        .node
        .push(Node::new("Mul", &["wide", "scale"], "stretched"));
    graph
        .node
        .push(Node::new("Add", &["stretched", "offset"], "reconstruction"));
}

/// One layer and its activation; the name of what it gives.
pub(super) fn dense(
    graph: &mut Graph,
    trained: Trained<'_>,
    layer: LayerSpec,
    flow: String,
) -> String {
    let (name, own) = (layer.name(), &trained.weights.layers[layer.index]);
    // A tied decoder turns the encoder's matrix round.
    let (weight, turned) = match &own.weight {
        Some(values) => {
            let weight = format!("{name}.weight");
            let sides = [layer.inputs, layer.outputs];
            graph
                .initializer
                .push(Tensor::floats(&weight, &sides, little(values)));
            (weight, false)
        }
        None => (
            format!(
                "{}.weight",
                trained.spec.layer(trained.spec.mirror(layer.index)).name()
            ),
            true,
        ),
    };
    let mut inputs = vec![flow, weight];
    if let Some(bias) = &own.bias {
        let name = format!("{name}.bias");
        graph
            .initializer
            .push(Tensor::floats(&name, &[layer.outputs], little(bias)));
        inputs.push(name);
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let is_code = layer.index + 1 == trained.spec.encoder();
    let given = if is_code {
        "code".to_owned()
    } else {
        name.clone()
    };
    let sum = format!("{name}.sum");
    let product = Node::new("Gemm", &inputs, &sum);
    graph.node.push(if turned {
        product.with(Attribute::int("transB", 1))
    } else {
        product
    });
    let after = match layer.activation {
        Activation::Linear => Node::new("Identity", &[&sum], &given),
        Activation::Relu => Node::new("Relu", &[&sum], &given),
        Activation::LeakyRelu => {
            Node::new("LeakyRelu", &[&sum], &given).with(Attribute::float("alpha", LEAKY_SLOPE))
        }
        Activation::Elu => Node::new("Elu", &[&sum], &given),
        Activation::Tanh => Node::new("Tanh", &[&sum], &given),
        Activation::Sigmoid => Node::new("Sigmoid", &[&sum], &given),
    };
    graph.node.push(after);
    given
}
