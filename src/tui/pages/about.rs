//! What was read, what was left out, and how it is learned.

use crate::app::App;
use crate::app::session::Session;
use crate::format;
use crate::message::{InWindows, Judged, Started};
use crate::score::reference::LOCAL_HINT;
use crate::tui::widgets::text::Entry;

/// What there is to say.
pub fn entries(app: &App) -> Vec<Entry> {
    let session = &app.session;
    let mut entries = vec![Entry::Heading("data".into())];
    match &session.loaded {
        None => entries.push(Entry::Fact(
            "",
            if session.is_loading() {
                format!("{} is still being read", session.source)
            } else {
                format!("{} could not be read", session.source)
            },
        )),
        Some(loaded) => {
            let (features, columns) = (
                format::group(loaded.features.len()),
                format::group(loaded.columns.len()),
            );
            entries.push(Entry::Fact("name", loaded.name.clone()));
            if let Some(model) = &loaded.model {
                let now = match session.given() {
                    Some(_) => "as it was trained; space trains on with these rows",
                    None => "trained on from its weights, with a fresh optimizer",
                };
                entries.push(Entry::Fact("model", format!("{}, {now}", model.file)));
            }
            let rows = format::group(loaded.rows);
            let rows = match loaded.of {
                Some(of) => format!("{rows} learned of the file's {}", format::group(of)),
                None => rows,
            };
            entries.push(Entry::Fact("rows", rows));
            entries.extend(loaded.window.as_ref().map(windows));
            let encoded = if loaded.encoded == loaded.features.len() {
                String::new()
            } else {
                format!(", as {} features", format::group(loaded.encoded))
            };
            entries.push(Entry::Fact(
                "columns",
                format!("{features} of {columns} in use{encoded}"),
            ));
            entries.extend(
                loaded
                    .notices
                    .iter()
                    .map(|notice| Entry::Fact("note", notice.clone())),
            );
        }
    }
    if let (Some(started), Some(spec)) = (&session.started, &session.spec) {
        let (steps, epoch) = (
            format::group(started.steps),
            format::group(started.steps_per_epoch),
        );
        let shortened = started.shortened_from.map_or_else(String::new, |all| {
            format!(
                " instead of {}, since the table is wide",
                format::group(all)
            )
        });
        let tied = if spec.tied() { ", tied" } else { "" };
        let (rate, batch) = (format::rate(session.rate), started.batch);
        let Started { engine, device, .. } = started;
        let threads = started.threads.map_or_else(String::new, |threads| {
            format!(", {}", format::count(threads, "thread"))
        });
        entries.extend([
            Entry::Heading("run".into()),
            Entry::Fact("preset", started.preset.clone()),
            Entry::Fact("network", format!("{}{tied}", spec.shape())),
            Entry::Fact("loss", started.loss.into()),
            Entry::Fact(
                "optimizer",
                format!(
                    "Adam, learning rate {rate}, {batch} {} a step",
                    session.examples()
                ),
            ),
            Entry::Fact(
                "length",
                format!("{steps} steps{shortened}, {epoch} to the epoch"),
            ),
            Entry::Fact("engine", format!("{engine} on {device}{threads}")),
        ]);
        if let Some(moved) = &session.moved {
            entries.push(Entry::Fact("device", moved.clone()));
        }
        if started.networks > 1 {
            let (number, networks) = (started.network + 1, started.networks);
            let text = format!("{number} of {networks}; their scores are averaged");
            entries.push(Entry::Fact("network", text));
        }
    }
    entries.extend(scores(session));
    entries
}

/// What is flagged, and what the rankings so far were worth.
fn scores(session: &Session) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(ranking) = &session.ranking {
        entries.push(Entry::Fact("flagged", ranking.flag.to_string()));
    }
    if !session.run.judged.is_empty() {
        entries.push(Entry::Heading("scores so far".into()));
        entries.extend(session.run.judged.iter().map(judged));
    }
    if session.hints_at_local() {
        entries.push(Entry::Fact("hint", LOCAL_HINT.into()));
    }
    entries
}

/// The windows that are learned.
fn windows(window: &InWindows) -> Entry {
    let InWindows { rows, step, count } = *window;
    let [rows, count] = [rows, count].map(format::group);
    let apart = format::count(step, "row");
    Entry::Fact("windows", format!("{count} of {rows} rows, {apart} apart"))
}

/// How good the ranking was at a step: against the label, or, as a hint, in its own words.
fn judged(judged: &Judged) -> Entry {
    let step = format::group(judged.at.step);
    let share =
        |share: Option<f64>| share.map_or_else(|| "none".into(), |share| format!("{share:.3}"));
    let text = match judged.quality {
        Some(quality) => format!(
            "ROC-AUC {:.3}, average precision {:.3}, precision {}",
            quality.roc_auc,
            quality.average_precision,
            share(judged.precision)
        ),
        None => format!(
            "entropy of the scores {} (lower: more telling)",
            share(judged.entropy)
        ),
    };
    Entry::Fact("step", format!("{step}: {text}"))
}
