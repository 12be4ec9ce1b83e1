//! Activations, as Keras writes them: a name, an object with a name in it, or a layer of its own.

use serde_json::Value;

use super::super::chain::After;
use crate::data::text::sanitize;
use crate::model::spec::{Activation, LEAKY_SLOPE};

/// What `activation` of a layer says.
pub(super) fn said(value: &Value) -> After {
    match value {
        Value::Null => After::Known(Activation::Linear),
        Value::String(name) => named(name),
        Value::Object(object) => match (object.get("config"), object.get("class_name")) {
            // {"class_name": "function", "config": "leaky_relu"}
            (Some(Value::String(name)), _) => named(name),
            (Some(config), Some(Value::String(class))) => {
                layer(class, config).unwrap_or_else(|| other(class))
            }
            _ => other("an activation without a name"),
        },
        _ => other("an activation without a name"),
    }
}

/// What a layer does that is an activation; none where it is another kind of layer.
pub(super) fn layer(class: &str, config: &Value) -> Option<After> {
    let number = |names: &[&str], default: f64| {
        let found = names.iter().find_map(|name| config.get(name));
        found.map_or(Some(default), Value::as_f64)
    };
    Some(match class {
        "Activation" => said(config.get("activation").unwrap_or(&Value::Null)),
        // Keras 2 called it alpha, and wrote an array for it in some versions.
        "LeakyReLU" => match number(&["negative_slope", "alpha"], 0.3) {
            Some(slope) => leaky(slope),
            None => other("leaky_relu with a slope that is no number"),
        },
        "ReLU" => {
            let plain = config.get("max_value").is_none_or(Value::is_null)
                && number(&["threshold"], 0.0) == Some(0.0);
            match number(&["negative_slope"], 0.0) {
                Some(0.0) if plain => After::Known(Activation::Relu),
                Some(slope) if plain => leaky(slope),
                _ => other("relu with a threshold or a ceiling"),
            }
        }
        "ELU" => match number(&["alpha"], 1.0) {
            Some(1.0) => After::Known(Activation::Elu),
            _ => other("elu with an alpha that is not 1"),
        },
        "PReLU" | "Softmax" => other(&class.to_lowercase()),
        _ => return None,
    })
}

fn leaky(slope: f64) -> After {
    if slope as f32 == LEAKY_SLOPE {
        After::Known(Activation::LeakyRelu)
    } else {
        other(&format!("leaky_relu with slope {slope}"))
    }
}

fn named(name: &str) -> After {
    name.parse().map_or_else(|_| other(name), After::Known)
}

fn other(words: &str) -> After {
    After::Other(sanitize(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_objects_and_layers_say_the_same() {
        let leaky = After::Known(Activation::LeakyRelu);
        let written = [
            json!("leaky_relu"),
            json!({"module": "builtins", "class_name": "function", "config": "leaky_relu"}),
            json!({"module": "keras.layers", "class_name": "LeakyReLU", "config": {"negative_slope": 0.2}}),
            json!({"class_name": "LeakyReLU", "config": {"alpha": 0.200_000_003}}),
        ];
        for value in written {
            assert_eq!(said(&value), leaky, "{value}");
        }
        assert_eq!(said(&Value::Null), After::Known(Activation::Linear));
        assert_eq!(said(&json!("gelu")), After::Other("gelu".into()));
    }

    #[test]
    fn slopes_that_misfit_does_not_have_are_told() {
        assert_eq!(
            layer("LeakyReLU", &json!({})),
            Some(After::Other("leaky_relu with slope 0.3".into()))
        );
        assert_eq!(
            layer("ReLU", &json!({"max_value": 6.0})),
            Some(After::Other("relu with a threshold or a ceiling".into()))
        );
        assert_eq!(
            layer(
                "ReLU",
                &json!({"max_value": null, "negative_slope": 0.0, "threshold": 0.0})
            ),
            Some(After::Known(Activation::Relu))
        );
        assert_eq!(layer("Conv1D", &json!({})), None);
    }
}
