//! `config.json`: which dense layers there are, in the order of the data flow, where their weights lie, and what follows them.

use std::collections::HashMap;

use serde_json::Value;

use super::super::Unusable;
use super::super::chain::After;
use super::function;
use crate::data::text::{quote, sanitize};
use crate::model::spec::Activation;

/// Models within models.
const DEEPEST: usize = 8;
/// Layers that change nothing once a network is trained.
const IDLE: [&str; 7] = [
    "Dropout",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
    "ActivityRegularization",
    "Identity",
];
const CHAIN: &str = "only a plain chain of dense layers can be read";

/// A dense layer, before its numbers.
pub(super) struct Dense {
    pub(super) name: String,
    /// Its group among the weights.
    pub(super) path: String,
    pub(super) units: u64,
    pub(super) bias: bool,
    pub(super) after: After,
}

/// The dense layers of a model, and what was left out.
pub(super) fn read(json: &[u8]) -> Result<(Vec<Dense>, Vec<String>), Unusable> {
    let model: Value = serde_json::from_slice(json)
        .map_err(|error| Unusable::damaged(format!("config.json: {error}")))?;
    let mut walk = Walk {
        layers: Vec::new(),
        notes: Vec::new(),
    };
    walk.model(&model, "", 0)?;
    if walk.layers.is_empty() {
        return Err(Unusable::new("there is no dense layer in it", CHAIN));
    }
    Ok((walk.layers, walk.notes))
}

struct Walk {
    layers: Vec<Dense>,
    notes: Vec<String>,
}

impl Walk {
    fn model(&mut self, model: &Value, at: &str, depth: usize) -> Result<(), Unusable> {
        let class = text(model, "class_name");
        let layers = model["config"]["layers"].as_array();
        let Some(layers) = layers.filter(|_| depth < DEEPEST) else {
            let problem = format!(
                "config.json does not say what the layers of {} are",
                quote(class.as_bytes())
            );
            let advice = "of a model class of your own, save the weights with model.save_weights(\"x.weights.h5\")";
            return Err(Unusable::new(problem, advice));
        };
        // Keras names the groups of the weights by the classes, counted as they are listed.
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut paths = Vec::with_capacity(layers.len());
        for layer in layers {
            let group = snake(text(layer, "class_name"));
            let count = counts.entry(group.clone()).or_default();
            paths.push(match *count {
                0 => format!("{at}layers/{group}"),
                count => format!("{at}layers/{group}_{count}"),
            });
            *count += 1;
        }
        let order = match class {
            "Sequential" => (0..layers.len()).collect(),
            _ => flow(layers)?,
        };
        for index in order {
            self.layer(&layers[index], &paths[index], depth)?;
        }
        Ok(())
    }

    fn layer(&mut self, layer: &Value, path: &str, depth: usize) -> Result<(), Unusable> {
        let (class, config) = (text(layer, "class_name"), &layer["config"]);
        let name = text(config, "name");
        match class {
            "InputLayer" => {}
            "Dense" => self.layers.push(Dense {
                name: name.to_owned(),
                path: path.to_owned(),
                units: config["units"].as_u64().unwrap_or(0),
                bias: config["use_bias"].as_bool().unwrap_or(true),
                after: function::said(&config["activation"]),
            }),
            "Sequential" | "Functional" | "Model" => {
                self.model(layer, &format!("{path}/"), depth + 1)?;
            }
            idle if IDLE.contains(&idle) => self.notes.push(format!(
                "“{}” ({idle}) is left out: it only works while Keras trains",
                sanitize(name)
            )),
            _ => {
                let Some(after) = function::layer(class, config) else {
                    let problem =
                        format!("{} is a {} layer", quote(name.as_bytes()), sanitize(class));
                    return Err(Unusable::new(problem, CHAIN));
                };
                self.follow(name, after)?;
            }
        }
        Ok(())
    }

    /// An activation that is a layer of its own belongs to the dense layer before it.
    fn follow(&mut self, name: &str, after: After) -> Result<(), Unusable> {
        match self.layers.last_mut() {
            Some(last) if last.after == After::Known(Activation::Linear) => last.after = after,
            Some(last) => {
                last.after = After::Other(format!(
                    "two activations, the second being “{}”",
                    sanitize(name)
                ));
            }
            None => {
                let problem = format!("{} comes before any dense layer", quote(name.as_bytes()));
                return Err(Unusable::new(problem, CHAIN));
            }
        }
        Ok(())
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// `LeakyReLU` as `leaky_re_lu`, the way Keras does it: an underscore before a capital that begins a word.
fn snake(class: &str) -> String {
    let letters: Vec<char> = class
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let mut text = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let lower = |at: Option<usize>| {
            at.and_then(|at| letters.get(at))
                .is_some_and(|c| c.is_lowercase())
        };
        let begins = letter.is_uppercase()
            && index > 0
            && (lower(Some(index + 1)) || lower(index.checked_sub(1)));
        if begins {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// The layers of a graph in the order of the data flow, where each takes the output of exactly one.
fn flow(layers: &[Value]) -> Result<Vec<usize>, Unusable> {
    let names: HashMap<&str, usize> = layers
        .iter()
        .enumerate()
        .map(|(index, layer)| (text(layer, "name"), index))
        .collect();
    let mut next: Vec<Option<usize>> = vec![None; layers.len()];
    let mut first = None;
    for (index, layer) in layers.iter().enumerate() {
        let name = quote(text(layer, "name").as_bytes());
        let mut sources = Vec::new();
        for node in layer["inbound_nodes"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
        {
            histories(node, &mut sources, 0);
        }
        match sources[..] {
            [] if first.is_none() => first = Some(index),
            [source] => {
                let Some(&source) = names.get(source) else {
                    return Err(Unusable::damaged(format!(
                        "config.json: {name} follows a layer that is not there"
                    )));
                };
                if let Some(other) = next[source].replace(index) {
                    let other = quote(text(&layers[other], "name").as_bytes());
                    return Err(Unusable::new(
                        format!("{other} and {name} take the same values"),
                        CHAIN,
                    ));
                }
            }
            [] => return Err(Unusable::new(format!("{name} is a second input"), CHAIN)),
            _ => {
                let problem = format!("{name} takes the outputs of {} layers", sources.len());
                return Err(Unusable::new(problem, CHAIN));
            }
        }
    }
    let order: Vec<usize> = std::iter::successors(first, |index| next[*index])
        .take(layers.len())
        .collect();
    if order.len() == layers.len() {
        return Ok(order);
    }
    Err(Unusable::new("its layers are not all connected", CHAIN))
}

/// Names of the layers that a node takes its values from: Keras 3 has them under `keras_history`, Keras 2 in nested lists.
fn histories<'a>(value: &'a Value, found: &mut Vec<&'a str>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(object) => match object
            .get("keras_history")
            .and_then(|history| history[0].as_str())
        {
            Some(name) => found.push(name),
            None => object
                .values()
                .for_each(|value| histories(value, found, depth + 1)),
        },
        Value::Array(list) => match &list[..] {
            [Value::String(name), Value::Number(_), Value::Number(_), ..] => found.push(name),
            _ => list
                .iter()
                .for_each(|value| histories(value, found, depth + 1)),
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn classes_are_named_as_keras_names_them() {
        let named = [
            ("Dense", "dense"),
            ("LeakyReLU", "leaky_re_lu"),
            ("InputLayer", "input_layer"),
            ("BatchNormalization", "batch_normalization"),
            ("ELU", "elu"),
            ("Functional", "functional"),
        ];
        for (class, name) in named {
            assert_eq!(snake(class), name);
        }
    }
}
