//! The list of what is kept.

use super::text::{ago, columns};
use crate::cli::resume::how_far;
use crate::format;
use crate::store::run::shelf::{Entry, Standing};

/// The runs, a line each.
pub fn text(runs: &[Entry]) -> String {
    if runs.is_empty() {
        return "no runs are kept; a training of more than two seconds is, or one with --run\n"
            .into();
    }
    let head = [
        "run", "begun", "table", "network", "how far", "state", "loss", "size",
    ];
    let mut lines = vec![head.map(ToOwned::to_owned).to_vec()];
    lines.extend(runs.iter().map(line));
    let mut text = columns(&lines, &[6, 7]);
    if runs.iter().any(|run| run.standing == Standing::Interrupted) {
        text.push_str("misfit resume RUN goes on with one that was interrupted\n");
    }
    text
}

fn line(run: &Entry) -> Vec<String> {
    let size = format::bytes(run.bytes);
    let Ok(about) = &run.about else {
        let state = run.standing.name().to_owned();
        let unknown = String::new;
        return vec![
            run.name.clone(),
            unknown(),
            unknown(),
            unknown(),
            unknown(),
            state,
            unknown(),
            size,
        ];
    };
    let progress = run.progress.as_ref();
    let loss = match &about.result {
        Some(result) => result.loss,
        None => progress.and_then(|progress| progress.loss),
    };
    vec![
        run.name.clone(),
        ago(about.ages()[0]),
        about.table.clone(),
        about.setting("network").unwrap_or_default().to_owned(),
        progress.map_or_else(String::new, |progress| how_far(Some(progress))),
        run.standing.name().to_owned(),
        loss.map_or_else(String::new, format::metric),
        size,
    ]
}
