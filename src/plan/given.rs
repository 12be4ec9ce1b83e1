//! A table looked at through a model that was trained before: the columns it knows are found by their names, encoded as they were
//! when it was trained, and ranked and flagged as it says.

use std::sync::Arc;

use super::{Plan, Prepared};
use crate::data::bytes::memory;
use crate::data::encoder::Encoded;
use crate::data::read::{self, Advance, ReadOptions};
use crate::data::source::Origin;
use crate::data::text::name_list;
use crate::data::windows::choice::{self, WindowChoice};
use crate::error::{Error, Result};
use crate::format::{count, score};
use crate::message::{Change, Through};
use crate::score::order::order;
use crate::score::reference::References;
use crate::store::drift::{Drift, Now};
use crate::store::model::{Model, Quantiles};
use crate::train::recipe::Recipe;
use crate::train::trainer::Trainer;
use crate::train::trainer::given::Given;

/// A model, and the file that it is from.
#[derive(Debug)]
pub struct Opened {
    /// The file, as the user named it; sanitised.
    pub file: String,
    /// The model.
    pub model: Model,
}

/// Reads a table as the model of a plan knows it, and looks at its rows.
pub(super) fn prepare(
    plan: &Plan,
    opened: &Opened,
    (origin, changes): (&mut Origin, &[Change]),
    advance: &mut Advance<'_>,
) -> Result<Prepared> {
    let Opened { file, model } = opened;
    if !changes.is_empty() {
        return Err(Error::Told(format!(
            "the columns and windows are those of {file}; open the table without --model to learn others"
        )));
    }
    let group = model
        .window
        .as_ref()
        .and_then(|window| window.group.clone());
    let options = ReadOptions {
        known: Some(Arc::new(model.known())),
        by: group,
        ..plan.read.clone()
    };
    let mut table = origin.load(plan.source.name(), &options, advance)?;
    read::check(&table)?;
    memory::give_back();
    let said = table.notices.len();
    let windows = match &model.window {
        Some(window) => choice::settle(WindowChoice::Said(window.size), &mut table)?,
        None => None,
    };
    // What they say of flags that choose other windows is not for a model.
    table.notices.truncate(said);
    let data = Encoded::by(&model.encoder, &model.curves, &mut table).map_err(|column| {
        Error::Told(format!(
            "column “{column}” of the model cannot be read here"
        ))
    })?;
    let data = Arc::new(match windows {
        Some(windows) => data.in_windows(windows),
        None => data,
    });
    memory::give_back();
    let outlier = table.label.as_ref().map(|label| Arc::from(&*label.outlier));
    let recipe = Recipe {
        flag: model.rule,
        ..plan.recipe.clone()
    };
    let networks: Vec<Given<'_>> = model
        .networks
        .iter()
        .zip(model.judge.jury.networks())
        .map(|((spec, steps), views)| Given {
            spec: spec.clone(),
            looks: steps.iter().copied().zip(views).collect(),
        })
        .collect();
    let Some(last) = networks.last() else {
        return Err(Error::Told(format!("{file} has no network")));
    };
    let trainer = Trainer::new(
        Arc::clone(&data),
        outlier,
        recipe,
        last.spec.clone(),
        plan.engine,
    )?;
    let mut trainer = trainer.given(&networks, model.threshold, model.rule)?;
    if let Some(lesinn) = &model.judge.lesinn {
        let numbers = (0..data.examples.rows()).map(|example| data.number(example));
        let references = References::through(lesinn.placed(numbers), &data.examples);
        trainer = trainer.given_rows(model.judge.by(), references);
    }
    let (network, _) = trainer.scores()?;
    let (scores, _) = trainer.ranking_scores(&network);
    let extra: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| column.reason == UNKNOWN && !model.unused.contains(&column.name))
        .map(|column| &*column.name)
        .collect();
    let mut notices = about(file, model);
    if !extra.is_empty() {
        notices.push(format!(
            "{} that the model does not know: {}",
            count(extra.len(), "column"),
            name_list(extra.iter().copied())
        ));
    }
    let (figures, warning) = beside(model, &scores);
    let through = Through {
        file: file.clone(),
        fits: warning.is_none(),
    };
    notices.extend(figures.into_iter().chain(warning));
    table.notices.splice(0..0, notices);
    Ok(Prepared {
        table,
        data,
        trainer,
        through: Some(through),
    })
}

/// Why a column is left out that a model does not know.
const UNKNOWN: &str = "the model does not know it";

/// What the model is.
fn about(file: &str, model: &Model) -> Vec<String> {
    let trained = &model.trained;
    let source = trained.source.as_deref().unwrap_or("data without a file");
    let mut said = vec![format!(
        "network, columns and threshold are those of {file}, trained on {} of {source}",
        count(trained.rows as usize, "row")
    )];
    if let Some(ordinary) = &model.ordinary {
        said.push(format!(
            "the model took all its rows as ordinary: the threshold is that of {} {}",
            ordinary.rows,
            ordinary.called()
        ));
    }
    said
}

/// How the scores of the table are beside those of the training, and what speaks against the model.
fn beside(model: &Model, scores: &[f32]) -> (Option<String>, Option<String>) {
    let descending = order(scores).into_iter().map(|row| scores[row as usize]);
    let flagged = scores
        .iter()
        .filter(|score| f64::from(**score) > model.threshold);
    let flagged = flagged.count() as u64;
    let rows = scores.len() as u64;
    let now = Now {
        rows,
        flagged,
        scores: Quantiles::of(descending.map(|score| (score, 1)), rows),
        ..Now::default()
    };
    let (then, here) = (model.trained.scores, now.scores);
    let figures = here.map(|here| {
        let [median, high, before, highest] =
            [here.median, here.p99, then.median, then.p99].map(|of| score(of as f32));
        format!(
            "beside the training the median row scores {median} ({before} there) and 99 in a hundred up to {high} ({highest})"
        )
    });
    (figures, Drift::new(model, now).warning())
}
