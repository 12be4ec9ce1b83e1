//! All that is known of one run.

use super::text::{ago, columns};
use crate::cli::resume::how_far;
use crate::data::text::sanitize;
use crate::error::Result;
use crate::format;
use crate::store::run::about::{Outcome, State};
use crate::store::run::shelf::{Entry, Standing};

/// The run, a line for each thing.
pub fn text(entry: &Entry) -> Result<String> {
    let about = match &entry.about {
        Ok(about) => about,
        // The words of the error, which is not ours to give away.
        Err(error) => return Err(crate::error::Error::Told(error.chain())),
    };
    let [begun, ended] = about.ages();
    let mut lines = Vec::new();
    let mut say = |name: &str, value: String| lines.push(vec![name.to_owned(), value]);
    say("run", entry.name.clone());
    say("folder", sanitize(&entry.folder.to_string_lossy()));
    say(
        "state",
        match entry.standing {
            Standing::Running(Some(process)) => format!("running, process {process}"),
            Standing::Finished | Standing::Failed if about.state == State::Running => format!(
                "{}, and there was no room to write down what came of it",
                entry.standing.name()
            ),
            standing => standing.name().into(),
        },
    );
    if let Some(why) = &about.why {
        say("why", sanitize(why));
    }
    say("command", about.line());
    say("in", sanitize(&about.folder));
    say(
        "begun",
        format!("{}, {}", sanitize(&about.begun), ago(begun)),
    );
    if let Some(at) = &about.ended {
        say("ended", format!("{}, {}", sanitize(at), ago(ended)));
    }
    say("by", sanitize(&about.program));
    for input in &about.inputs {
        let (path, bytes) = (sanitize(&input.path), format::bytes(input.bytes));
        say("file", format!("{path}, {bytes}"));
    }
    for (name, value) in &about.settings {
        say(&sanitize(name), sanitize(value));
    }
    if let Some(progress) = &entry.progress {
        say(
            "checkpoint",
            format!("{}, {}", how_far(Some(progress)), sanitize(&progress.at)),
        );
    }
    let result = about.result.clone();
    for (name, value) in figures(result.as_ref(), entry) {
        say(name, value.unwrap_or_else(|| "none".into()));
    }
    say("size", format::bytes(entry.bytes));
    Ok(columns(&lines, &[]))
}

/// What came of a run so far: names and values, none where there is none.
pub fn figures(result: Option<&Outcome>, entry: &Entry) -> Vec<(&'static str, Option<String>)> {
    let progress = entry.progress.as_ref();
    let metric = |value: Option<f64>| value.map(format::metric);
    let mut figures = vec![
        (
            "loss reached",
            metric(match result {
                Some(result) => result.loss,
                None => progress.and_then(|progress| progress.loss),
            }),
        ),
        (
            "mse reached",
            metric(match result {
                Some(result) => result.mse,
                None => progress.and_then(|progress| progress.mse),
            }),
        ),
    ];
    if let Some(result) = result {
        figures.push(("validation loss", metric(result.valid_loss)));
        figures.push((
            "training time",
            Some(format!("{:.1} s", result.train_seconds)),
        ));
        let (flagged, rows) = (format::group(result.flagged), format::group(result.rows));
        figures.push(("flagged", Some(format!("{flagged} of {rows}"))));
        figures.push(("threshold", metric(result.threshold)));
        let three = |value: Option<f64>| value.map(|value| format!("{value:.3}"));
        figures.push(("ROC-AUC", three(result.roc_auc)));
        figures.push(("average precision", three(result.average_precision)));
    }
    figures
}
