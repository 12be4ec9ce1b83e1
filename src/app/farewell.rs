//! What stays on the terminal when the program is left: what was found, and the command that keeps it.

use super::session::Session;
use crate::format;
use crate::score::flag::FlagRule;

/// Rows that are named.
const NAMED: usize = 3;

/// Two lines about the session, where there is something to tell; `again` is the command line that does it without a screen.
pub fn farewell(session: &Session, again: &str) -> Option<String> {
    let (loaded, ranking) = (session.loaded.as_ref()?, session.ranking.as_ref()?);
    let steps = session.run.step();
    if steps == 0 {
        return None;
    }
    let name = |row: u32| {
        let number = session.row_number(row);
        let id = session.row_id(row);
        let explanation = session.explanations.get(&row);
        let reason = explanation.and_then(|explanation| explanation.reasons.first());
        let part =
            reason.map(|reason| format!("{} {}", reason.text(), format::percent(reason.share)));
        let words: Vec<String> = id.map(str::to_owned).into_iter().chain(part).collect();
        match words[..] {
            [] => format!("row {number}"),
            _ => format!("row {number} ({})", words.join(", ")),
        }
    };
    let strangest: Vec<String> = ranking
        .rows
        .iter()
        .take(NAMED)
        .map(|ranked| name(ranked.row))
        .collect();
    // A sample of a larger table is said to be one.
    let rows = match (session.shown_whole(), loaded.of) {
        (Some(whole), _) => format::group(whole.rows),
        (None, Some(of)) => format!("{} of {}", format::group(loaded.rows), format::group(of)),
        (None, None) => format::group(loaded.rows),
    };
    let steps = format::group(steps);
    let flagged = match ranking.flag.rule {
        FlagRule::Clean(_) => "clean, nothing flagged".to_owned(),
        _ => format!("{} flagged", format::group(ranking.flag.count)),
    };
    let kept = match &session.saved[..] {
        [] => {
            let saved = session.kept_as.as_ref().map_or_else(
                || "Nothing was saved.".into(),
                |name| format!("The run is kept: misfit resume {name} opens it again."),
            );
            // A run that goes on may have been asked for them already.
            let scores = if again.contains(" --scores") {
                ""
            } else {
                " --scores scores.csv"
            };
            format!("{saved} To keep the scores: {again}{scores}")
        }
        saved => {
            let plain = |saved: &String| {
                saved
                    .trim_start_matches("wrote ")
                    .split("; ")
                    .take(1)
                    .collect()
            };
            let saved: Vec<String> = saved.iter().map(plain).collect();
            format!("Saved: {}.", saved.join("; "))
        }
    };
    Some(format!(
        "misfit: {}, {rows} rows, {steps} steps: {flagged}. The strangest: {}.\n{kept}",
        loaded.name,
        strangest.join(", ")
    ))
}
