//! A model from its document and its tensors. Nothing is believed: what does not fit together is named.

mod columns;
mod networks;
mod scores;

use std::sync::Arc;

use super::document::{self, Document};
use super::tensors::Tensors;
use super::{Model, Window};
use crate::data::columns::label::Label;
use crate::data::options::Missing;
use crate::data::text::sanitize;
use crate::data::windows::WindowSize;
use crate::score::error::ErrorMeasure;
use crate::score::flag::FlagRule;
use crate::score::judge::Judge;
use crate::score::jury::Jury;
use crate::score::ranking::By;
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
    let (encoder, sources) = columns::encoder(&document.columns, tensors)?;
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
    let (networks, views) = networks::networks(
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
    let lesinn = lesinn.map(|lesinn| scores::neighbours(lesinn, inputs, tensors));
    let lesinn = lesinn.transpose()?.map(Arc::new);
    if (by == By::Network) != lesinn.is_none() {
        return Err("its random rows and its score do not fit together".into());
    }
    let ordinary = document.flag.ordinary.as_ref();
    let ordinary = ordinary
        .map(|of| scores::ordinary(of, tensors))
        .transpose()?;
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
        curves: columns::curves(&document.curves, encoder.columns.len())?,
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
        trained: scores::trained(document.trained)?,
    })
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
            Some((
                columns.map(|name| sanitize(name)).collect(),
                columns::unit(&of)?,
            ))
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

fn positive(median: f64) -> Outcome<()> {
    if median.is_finite() && median > 0.0 {
        Ok(())
    } else {
        Err("a median score of it is no positive number".into())
    }
}
