//! What a run is, in words and figures: what the table turned out to be and how it is learned. For people who look at a run
//! later, or lay two side by side.

use crate::data::encoder::Scaling;
use crate::format::{self, group};
use crate::model::init::Initializer;
use crate::model::ledger::Ledger;
use crate::model::spec::{Activation, NetworkSpec};
use crate::score::error::ErrorMeasure;
use crate::train::trainer::Trainer;

/// Of a training whose recipe started from a preset: a name and a value each, always the same names in the same order.
pub fn settings(trainer: &Trainer, preset: &str) -> Vec<(String, String)> {
    let (recipe, data) = (trainer.recipe(), trainer.data());
    let kinds: Vec<_> = trainer.kinds().collect();
    let each = |of: &dyn Fn(&NetworkSpec, u64) -> String| {
        let words = kinds.iter().map(|(spec, (steps, _))| of(spec, *steps));
        words.collect::<Vec<_>>().join(" and ")
    };
    let bias = |on: &[bool]| match on.iter().filter(|on| **on).count() {
        0 => "none".to_owned(),
        count if count == on.len() => "all".into(),
        _ => {
            let names = trainer.spec().layers().filter(|layer| layer.bias);
            names
                .map(|layer| layer.name())
                .collect::<Vec<_>>()
                .join(",")
        }
    };
    let examples = &data.examples;
    let windows = examples.windows().map_or_else(
        || "none".to_owned(),
        |windows| {
            let size = windows.size();
            format!(
                "{} of {} rows, {} apart",
                group(windows.len()),
                size.rows,
                size.step
            )
        },
    );
    let [hidden, code, output] = trainer.spec().activations().map(Activation::name);
    let settings = [
        ("rows", group(data.matrix.rows())),
        ("columns", group(data.encoder.columns.len())),
        ("features", group(data.encoder.features.len())),
        ("windows", windows),
        ("preset", preset.to_owned()),
        ("network", each(&|spec, _| spec.shape())),
        (
            "parameters",
            each(&|spec, _| group(Ledger::new(spec).total().total())),
        ),
        ("bias", bias(trainer.spec().bias())),
        ("tied", yes(trainer.spec().tied()).into()),
        ("activations", format!("{hidden}, {code}, {output}")),
        ("loss", recipe.loss.name().into()),
        (
            "scaling",
            match recipe.scaling {
                Scaling::ZScore => "zscore".into(),
                Scaling::MinMax => "minmax".into(),
            },
        ),
        (
            "first weights",
            match (trainer.is_given_weights(), recipe.initializer) {
                (true, _) => "from a file".into(),
                (false, Initializer::FanInUniform) => "uniform by fan-in".into(),
                (false, Initializer::GlorotNormal) => "Glorot normal".into(),
            },
        ),
        ("steps", each(&|_, steps| group(steps))),
        ("batch", group(recipe.batch)),
        ("learning rate", format::rate(recipe.rate)),
        ("seed", recipe.seed.to_string()),
        ("seeds", recipe.networks.to_string()),
        ("validation", recipe.validation.to_string()),
        (
            "error",
            match recipe.measure {
                ErrorMeasure::Mse => "mse".into(),
                ErrorMeasure::Robust => "robust".into(),
            },
        ),
        (
            "score",
            match recipe.also {
                Some(also) => format!("{}+{also}", recipe.by.name()),
                None => recipe.by.name().into(),
            },
        ),
        ("flag", recipe.flag.to_string()),
        ("engine", trainer.engine_name().engine.into()),
    ];
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    settings.map(owned).into()
}

fn yes(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}
