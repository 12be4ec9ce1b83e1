//! The list of what is kept.

use unicode_width::UnicodeWidthStr;

use super::text::{ago, columns};
use crate::cli::resume::how_far;
use crate::format;
use crate::store::run::shelf::{Entry, Standing};

/// What is left out where the screen is too narrow for all, one after the other: a run's name says which table it is of.
const SPARED: [usize; 5] = [TABLE, SIZE, NETWORK, LOSS, BEGUN];
const BEGUN: usize = 1;
const TABLE: usize = 2;
const NETWORK: usize = 3;
const LOSS: usize = 6;
const SIZE: usize = 7;

/// Cells of a line on the terminal; none where the list goes somewhere else.
pub fn width() -> Option<usize> {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|width| *width > 0)
    }
    #[cfg(not(unix))]
    None
}

/// The runs, a line each, of so many cells at most where there is not room for more.
pub fn text(runs: &[Entry], width: Option<usize>) -> String {
    if runs.is_empty() {
        return "no runs are kept; a training of more than two seconds is, or one with --run\n"
            .into();
    }
    let head = [
        "run", "begun", "table", "network", "how far", "state", "loss", "size",
    ];
    let mut lines = vec![head.map(ToOwned::to_owned).to_vec()];
    lines.extend(runs.iter().map(line));
    let mut text = fitting(&lines, width);
    if runs.iter().any(|run| run.standing == Standing::Interrupted) {
        text.push_str("misfit resume RUN goes on with one that was interrupted\n");
    }
    text
}

/// As many of the columns as there is room for.
fn fitting(lines: &[Vec<String>], width: Option<usize>) -> String {
    let mut shown: Vec<usize> = (0..=SIZE).collect();
    let mut spared = SPARED.into_iter();
    loop {
        let cells = |line: &Vec<String>| shown.iter().map(|at| line[*at].clone()).collect();
        let lines: Vec<Vec<String>> = lines.iter().map(cells).collect();
        let is_figure = |place: &usize| matches!(shown[*place], LOSS | SIZE);
        let right: Vec<usize> = (0..shown.len()).filter(is_figure).collect();
        let text = columns(&lines, &right);
        let fits = |width: usize| text.lines().all(|line| line.width() <= width);
        match spared.next().filter(|_| !width.is_none_or(fits)) {
            Some(next) => shown.retain(|column| *column != next),
            None => return text,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_screen_has_fewer_columns_and_no_line_is_broken() {
        let cells = [
            "20260131-235959-readings",
            "2 min ago",
            "readings.csv",
            "7-5-2-5-7",
            "step 1,200 of 30,000",
            "interrupted",
            "0.1234",
            "1.2 MB",
        ];
        let lines = [cells.map(ToOwned::to_owned).to_vec()];
        let all = fitting(&lines, None);
        assert!(cells.iter().all(|cell| all.contains(cell)), "{all}");
        let narrow = fitting(&lines, Some(80));
        assert!(narrow.trim_end().width() <= 80, "{narrow}");
        for cell in [cells[0], cells[4], cells[5]] {
            assert!(narrow.contains(cell), "{narrow}");
        }
    }
}
