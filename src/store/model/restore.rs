//! A model from its document and its tensors. Nothing is believed: what does not fit together is named.

use std::sync::Arc;

use super::document::{self, Document};
use super::tensors::Tensors;
use super::{Model, Origin, Quantiles, Trained, Window};
use crate::data::columns::clock::Part;
use crate::data::columns::datetime::Unit;
use crate::data::columns::label::Label;
use crate::data::encoder::curve::Curve;
use crate::data::encoder::{Coded, Encoder, Feature};
use crate::data::options::Missing;
use crate::data::text::sanitize;
use crate::data::windows::WindowSize;
use crate::model::spec::{Activation, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};
use crate::score::error::ErrorMeasure;
use crate::score::flag::FlagRule;
use crate::score::judge::Judge;
use crate::score::jury::Jury;
use crate::score::lesinn::{DRAWN, DRAWS, Draw, Lesinn};
use crate::score::ordinary::Ordinary;
use crate::score::ranking::By;
use crate::score::standard::Standard;
use crate::score::view::{Reconstruct, View};
use crate::train::burn_engine::BurnEngine;
use crate::train::engine::BuildEngine;
use crate::train::fused::FusedEngine;
use crate::train::recipe::{Loss, Preset, Recipe};

/// What is wrong, in words.
type Outcome<T> = Result<T, String>;

/// Rows of a window at most, and from one to the next.
const LONGEST: usize = 100_000;
/// Rows that a network passes on at once, each with a number for every one of its widths.
const AT_ONCE: usize = 256;
/// Bytes that these may take in any case, and for each byte of the file.
const ROOM: usize = 256 << 20;
const ROOM_EACH: usize = 16;

/// Restores a model from a file of so many bytes.
pub fn restore(
    document: Document,
    tensors: &mut Tensors<'_>,
    (bytes, threads): (usize, Option<usize>),
) -> Outcome<Model> {
    let window = document.window.map(window).transpose()?;
    let (encoder, sources) = encoder(&document.columns, tensors)?;
    let shape = [encoder.features.len()];
    let least = finite("encoder.least", tensors.f32("encoder.least", &shape)?)?;
    let greatest = finite("encoder.greatest", tensors.f32("encoder.greatest", &shape)?)?;
    let rows = window.as_ref().map_or(1, |window| window.size.rows);
    let inputs = encoder.features.len().checked_mul(rows);
    let inputs = inputs.ok_or("its windows are too large")?;
    let build: BuildEngine = match &*document.engine {
        "fused" => FusedEngine::build,
        "burn" => BurnEngine::ndarray,
        other => return Err(format!("there is no engine {}", quoted(other))),
    };
    let recipe = Recipe {
        threads,
        batch: 1,
        ..Recipe::new(Preset::Auto)
    };
    let room = ROOM.max(bytes.saturating_mul(ROOM_EACH));
    let (networks, views) = self::networks(
        &document.networks,
        (inputs, room),
        (build, &recipe),
        tensors,
    )?;
    let by = match &*document.score {
        "network" => By::Network,
        "lesinn" => By::Lesinn,
        "both" => By::Both,
        other => return Err(format!("there is no score {}", quoted(other))),
    };
    let lesinn = document.lesinn.as_ref();
    let lesinn = lesinn.map(|lesinn| neighbours(lesinn, inputs, tensors));
    let lesinn = lesinn.transpose()?.map(Arc::new);
    if (by == By::Network) != lesinn.is_none() {
        return Err("its random rows and its score do not fit together".into());
    }
    let ordinary = document.flag.ordinary.as_ref();
    let ordinary = ordinary.map(|of| self::ordinary(of, tensors)).transpose()?;
    if tensors.left() > 0 {
        return Err(format!("it has {} tensors too many", tensors.left()));
    }
    let rule: FlagRule = document.flag.rule.parse()?;
    if rule.is_clean() != ordinary.is_some() {
        return Err("its rule and its ordinary rows do not fit together".into());
    }
    let threshold = document.flag.threshold.unwrap_or(f64::INFINITY);
    Ok(Model {
        program: sanitize(&document.program),
        curves: curves(&document.curves, encoder.columns.len())?,
        encoder,
        sources,
        ranges: least
            .into_iter()
            .zip(greatest)
            .map(|(a, b)| [a, b])
            .collect(),
        missing: document.missing.map_or(Missing::Found, Missing::Said),
        window,
        label: document.label.map(|label| Label {
            marks: label.marks,
            speaks: label.speaks,
            ..Label::speaking(sanitize(&label.name))
        }),
        id: document.id.map(|id| sanitize(&id)),
        unused: document.unused.iter().map(|name| sanitize(name)).collect(),
        recipe: document.recipe.map(|of| self::recipe(&of)).transpose()?,
        judge: Judge::new(Jury::new(views), lesinn, by),
        networks,
        rule,
        threshold,
        ordinary,
        trained: trained(document.trained)?,
    })
}

/// The networks with the steps at which they were looked at, and the looks, where so many bytes are room enough for them.
#[allow(
    clippy::type_complexity,
    reason = "the two halves of what is known of each network"
)]
fn networks(
    all: &[document::Network],
    (inputs, room): (usize, usize),
    how: (BuildEngine, &Recipe),
    tensors: &mut Tensors<'_>,
) -> Outcome<(Vec<(NetworkSpec, Vec<u64>)>, Vec<Vec<View>>)> {
    let mut networks = Vec::new();
    let mut views = Vec::new();
    for (index, network) in all.iter().enumerate() {
        let spec = spec(network)?;
        let numbers: usize = network.widths.iter().map(|width| 2 * width).sum();
        if numbers.saturating_mul(4 * AT_ONCE) > room {
            return Err("its networks are wider than a file of this size can hold".into());
        }
        if spec.inputs() != inputs {
            return Err(format!(
                "its network {index} takes {} numbers, and its columns give {inputs}",
                spec.inputs()
            ));
        }
        let mut looks = Vec::new();
        for (turn, snapshot) in network.snapshots.iter().enumerate() {
            let place = format!("network.{index}.snapshot.{turn}");
            looks.push(view(&place, (&spec, snapshot), how, tensors)?);
        }
        if looks.is_empty() {
            return Err(format!("its network {index} has no snapshot"));
        }
        let steps = network.snapshots.iter().map(|snapshot| snapshot.step);
        let mut spec = spec;
        if let Some(last) = network.snapshots.last() {
            for (layer, on) in last.bias.iter().enumerate() {
                spec.set_bias(layer, *on);
            }
        }
        networks.push((spec, steps.collect()));
        views.push(looks);
    }
    if views.is_empty() {
        return Err("it has no network".into());
    }
    Ok((networks, views))
}

fn quoted(word: &str) -> String {
    format!("“{}”", sanitize(word))
}

/// Refuses numbers that are none.
fn finite<T: Copy + Into<f64>>(name: &str, values: Vec<T>) -> Outcome<Vec<T>> {
    if values.iter().all(|value| (*value).into().is_finite()) {
        Ok(values)
    } else {
        Err(format!("its tensor {name} holds what is no number"))
    }
}

fn window(window: document::Window) -> Outcome<Window> {
    let allowed = 1..=LONGEST;
    if window.rows < 2 || !allowed.contains(&window.rows) || !allowed.contains(&window.step) {
        let (rows, step) = (window.rows, window.step);
        return Err(format!("there are no windows of {rows} rows, {step} apart"));
    }
    let clock = match (window.clock, window.clock_unit) {
        (Some(clock), Some(of)) => {
            let columns = window.clock_date.iter().chain([&clock]);
            Some((columns.map(|name| sanitize(name)).collect(), unit(&of)?))
        }
        (None, None) if window.clock_date.is_none() => None,
        _ => return Err("its clock has no unit, or its unit no clock".into()),
    };
    Ok(Window {
        size: WindowSize::new(window.rows, window.step),
        clock,
        group: window.group.map(|group| sanitize(&group)),
    })
}

fn unit(name: &str) -> Outcome<Unit> {
    let units = [Unit::Days, Unit::Seconds, Unit::SecondsOfDay];
    let found = units
        .into_iter()
        .find(|unit| super::save::unit(*unit) == name);
    found.ok_or_else(|| format!("there is no unit {}", quoted(name)))
}

fn encoder(
    columns: &[document::Column],
    tensors: &mut Tensors<'_>,
) -> Outcome<(Encoder, Vec<Origin>)> {
    let names: Vec<&String> = columns.iter().flat_map(|column| &column.features).collect();
    if names.is_empty() {
        return Err("it has no columns".into());
    }
    let shape = [names.len()];
    let mut statistic = |name: &str| finite(name, tensors.f64(name, &shape)?);
    let mean = statistic("encoder.mean")?;
    let sd = statistic("encoder.sd")?;
    let offset = statistic("encoder.offset")?;
    let scale = statistic("encoder.scale")?;
    let median = statistic("encoder.median")?;
    if sd.iter().chain(&scale).any(|value| *value <= 0.0) {
        return Err("a column of it has no scale".into());
    }
    let features = names.iter().enumerate().map(|(index, name)| Feature {
        name: sanitize(name),
        median: median[index],
        scale: scale[index],
        offset: offset[index],
        mean: mean[index],
        sd: sd[index],
    });
    let features = features.collect();
    let (mut coded, mut sources, mut first) = (Vec::new(), Vec::new(), 0);
    for (place, column) in columns.iter().enumerate() {
        let (own, source) = self::column(column, place, first)?;
        first = own.features.end;
        coded.push(own);
        sources.push(source);
    }
    let columns = coded;
    Ok((Encoder { features, columns }, sources))
}

fn column(column: &document::Column, place: usize, first: usize) -> Outcome<(Coded, Origin)> {
    let name = sanitize(&column.name);
    let width = match column.levels.as_ref().map(Vec::len) {
        None | Some(2) => 1,
        // One level has no feature, and a table has no more than fit a byte.
        Some(levels @ 3..=255) => levels,
        Some(levels) => return Err(format!("its column “{name}” has {levels} categories")),
    };
    if column.features.len() != width {
        let features = column.features.len();
        return Err(format!("its column “{name}” has {features} features"));
    }
    let sound = column.codes.iter().all(|code| code.is_finite());
    if !sound || !column.per.is_finite() || column.per <= 0.0 {
        return Err(format!("its column “{name}” holds what is no number"));
    }
    let part = match column.part.as_deref() {
        None => None,
        Some("hour") => Some(Part::Hour),
        Some("day") => Some(Part::Day),
        Some(other) => return Err(format!("a time has no {}", quoted(other))),
    };
    let source = match (&column.of, part) {
        (Some(of), Some(_)) => sanitize(of),
        (None, None) => name.clone(),
        _ => {
            return Err(format!(
                "it is not said what its column “{name}” is made of"
            ));
        }
    };
    let levels = column.levels.as_ref();
    Ok((
        Coded {
            name,
            place,
            features: first..first + width,
            levels: levels.map(|levels| levels.iter().map(|level| sanitize(level)).collect()),
            unit: column.unit.as_deref().map(unit).transpose()?,
            codes: column.codes.clone(),
            per: column.per,
        },
        Origin {
            column: source,
            part,
        },
    ))
}

fn curves(curves: &[document::Curve], columns: usize) -> Outcome<Vec<Curve>> {
    let mut end = 0;
    let curve = |curve: &document::Curve| {
        let last = curve.first.checked_add(curve.places.len());
        let last = last.filter(|last| curve.first >= end && *last <= columns);
        let last = last.filter(|last| *last > curve.first);
        end = last.ok_or("its curves and its columns do not fit together")?;
        if curve.places.iter().any(|place| !place.is_finite()) {
            return Err("a place on a curve of it is no number".to_owned());
        }
        Ok(Curve {
            columns: curve.first..end,
            places: curve.places.clone(),
        })
    };
    curves.iter().map(curve).collect()
}

fn recipe(recipe: &document::Recipe) -> Outcome<(Loss, ErrorMeasure)> {
    let loss = match &*recipe.loss {
        "bce" => Loss::Bce,
        "mse" => Loss::Mse,
        other => return Err(format!("there is no loss {}", quoted(other))),
    };
    let measure = match &*recipe.error {
        "robust" => ErrorMeasure::Robust,
        "mse" => ErrorMeasure::Mse,
        other => return Err(format!("there is no measure {}", quoted(other))),
    };
    Ok((loss, measure))
}

fn spec(network: &document::Network) -> Outcome<NetworkSpec> {
    let activation = |name: &String| name.parse::<Activation>();
    let spec = NetworkSpec::new(
        network.widths.clone(),
        activation(&network.hidden)?,
        activation(&network.code)?,
        activation(&network.output)?,
    );
    let spec = spec.map_err(|error| error.chain())?;
    Ok(spec.with_tied(network.tied))
}

fn view(
    place: &str,
    (spec, snapshot): (&NetworkSpec, &document::Snapshot),
    (build, recipe): (BuildEngine, &Recipe),
    tensors: &mut Tensors<'_>,
) -> Outcome<View> {
    let mut spec = spec.clone();
    if snapshot.bias.len() != spec.len() {
        return Err(format!("its {place} does not have a bias for each layer"));
    }
    for (layer, on) in snapshot.bias.iter().enumerate() {
        spec.set_bias(layer, *on);
    }
    let mut layers = Vec::with_capacity(spec.len());
    for layer in spec.layers() {
        let mut numbers = |of: &str, shape: &[usize]| {
            let name = format!("{place}.{}.{of}", layer.name());
            finite(&name, tensors.f32(&name, shape)?)
        };
        let weight = (!layer.shared)
            .then(|| numbers("weight", &[layer.inputs, layer.outputs]))
            .transpose()?;
        let bias = layer
            .bias
            .then(|| numbers("bias", &[layer.outputs]))
            .transpose()?;
        layers.push(LayerWeights { weight, bias });
    }
    let name = format!("{place}.error_weights");
    let weights = finite(&name, tensors.f32(&name, &[spec.inputs()])?)?;
    if weights.iter().any(|weight| *weight < 0.0) {
        return Err(format!("its tensor {name} holds a weight below zero"));
    }
    positive(snapshot.median)?;
    let frozen = frozen(&spec, &Weights { layers }, (build, recipe))?;
    Ok(View::restored(frozen, weights, snapshot.median))
}

fn frozen(
    spec: &NetworkSpec,
    weights: &Weights,
    (build, recipe): (BuildEngine, &Recipe),
) -> Outcome<Box<dyn Reconstruct>> {
    weights.check(spec).map_err(|error| error.chain())?;
    let engine = build(spec, recipe, weights).map_err(|error| error.chain())?;
    Ok(engine.freeze())
}

fn positive(median: f64) -> Outcome<()> {
    if median.is_finite() && median > 0.0 {
        Ok(())
    } else {
        Err("a median score of it is no positive number".into())
    }
}

fn neighbours(
    document: &document::Lesinn,
    inputs: usize,
    tensors: &mut Tensors<'_>,
) -> Outcome<Lesinn> {
    positive(document.median)?;
    let mean = finite("lesinn.mean", tensors.f64("lesinn.mean", &[inputs])?)?;
    let factor = finite("lesinn.factor", tensors.f64("lesinn.factor", &[inputs])?)?;
    // A table with fewer rows than a draw has them all in each.
    let numbers = (1..=DRAWN)
        .rev()
        .find_map(|rows| tensors.u64("lesinn.rows", &[DRAWS, rows]).ok());
    let numbers = numbers.ok_or("its tensor lesinn.rows is missing, or has another shape")?;
    let values = tensors.f32("lesinn.drawn", &[DRAWS, inputs, DRAWN])?;
    if values.iter().any(|value| value.is_nan()) {
        return Err("its tensor lesinn.drawn holds what is no number".into());
    }
    let (cells, _) = values.as_chunks::<DRAWN>();
    let each = numbers
        .chunks_exact(numbers.len() / DRAWS)
        .zip(cells.chunks_exact(inputs));
    let each = each.map(|(numbers, cells)| Draw {
        rows: numbers.iter().map(|number| *number as usize).collect(),
        features: cells.to_vec(),
    });
    let standard = Standard::restored(mean.into_iter().zip(factor));
    Ok(Lesinn::restored(standard, each.collect(), document.median))
}

fn ordinary(of: &document::Ordinary, tensors: &mut Tensors<'_>) -> Outcome<Ordinary> {
    let scores = tensors.f32("ordinary.scores", &[of.scores])?;
    let above = tensors.u64("ordinary.above", &[of.scores])?;
    let falls = scores.is_sorted_by(|a, b| a > b) && !scores.iter().any(|score| score.is_nan());
    let rises = above.is_sorted_by(|a, b| a < b) && above.first() != Some(&0);
    if !falls || !rises || above.last().is_some_and(|last| *last > of.rows) {
        return Err("the scores of its ordinary rows are in no order".into());
    }
    Ok(Ordinary {
        scores,
        above,
        rows: of.rows,
        kept: of.kept_back,
    })
}

fn trained(trained: document::Trained) -> Outcome<Trained> {
    let [median, p90, p99, highest] = trained.scores;
    Ok(Trained {
        source: trained.source.map(|source| sanitize(&source)),
        rows: trained.rows,
        flagged: trained.flagged,
        scored: trained.scored,
        scores: Quantiles {
            median,
            p90,
            p99,
            highest,
        },
        quality: match (trained.roc_auc, trained.average_precision) {
            (Some(auc), Some(average)) => Some([auc, average]),
            (None, None) => None,
            _ => return Err("what its scores were worth is known by half".into()),
        },
        seed: trained.seed,
    })
}
