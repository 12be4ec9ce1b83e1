//! Where progress is shown: a bar on a terminal, lines elsewhere.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::locale;
use crate::cli::progress::moment::Moment;

/// Work that is done by then shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two lines at most, while there is work.
const SILENCE: Duration = Duration::from_secs(30);

pub enum Display {
    Bar(Bar),
    Lines(Lines),
}

/// A bar, or a turning sign where the whole is unknown, that is drawn over and over and leaves nothing behind.
pub struct Bar {
    drawn: ProgressBar,
    ascii: bool,
    /// The stage that is drawn.
    stage: Option<usize>,
}

/// A line for every tenth, no more than one a second, and one when nothing was said for long.
#[derive(Default)]
pub struct Lines {
    /// Stage and tenth of the last line, and when it was said.
    said: Option<(usize, u64, Duration)>,
}

impl Display {
    pub fn new() -> Self {
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        if io::stderr().is_terminal() && !dumb {
            Self::Bar(Bar {
                drawn: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
                ascii: locale::is_ascii_only(|name| env::var_os(name)),
                stage: None,
            })
        } else {
            Self::Lines(Lines::default())
        }
    }

    pub fn show(&mut self, moment: &Moment) {
        match self {
            Self::Bar(bar) => bar.show(moment),
            Self::Lines(lines) => {
                if lines.are_due(moment) {
                    write(&format!("{}: {}", moment.name, moment.words(", ")));
                }
            }
        }
    }

    /// Lines that stay, above the bar where there is one.
    pub fn say(&self, lines: &[String]) {
        for line in lines {
            match self {
                Self::Bar(bar) => bar.drawn.suspend(|| write(line)),
                Self::Lines(_) => write(line),
            }
        }
    }

    /// Leaves nothing on the terminal.
    pub fn clear(&self) {
        if let Self::Bar(Bar { drawn, .. }) = self {
            drawn.finish_and_clear();
        }
    }
}

/// A line on stderr. A closed one is no reason to stop working.
pub fn write(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

impl Bar {
    fn show(&mut self, moment: &Moment) {
        if moment.running < PATIENCE {
            return;
        }
        if self.stage.is_none() {
            self.drawn
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        if self.stage != Some(moment.stage) {
            self.stage = Some(moment.stage);
            self.drawn.set_style(self.style(moment.total.is_some()));
            self.drawn.set_prefix(moment.name);
        }
        match moment.total {
            Some(total) => self.drawn.set_length(total),
            None => self.drawn.unset_length(),
        }
        self.drawn.set_message(moment.words("  "));
        self.drawn.set_position(moment.done);
        self.drawn.tick();
    }

    fn style(&self, measured: bool) -> ProgressStyle {
        let template = if measured {
            "{prefix} {bar:16} {wide_msg}"
        } else {
            "{prefix} {spinner} {wide_msg}"
        };
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        if self.ascii {
            style.progress_chars("#-").tick_chars("-\\|/ ")
        } else {
            style
        }
    }
}

impl Lines {
    /// Whether a line is to be written now; it then counts as written.
    fn are_due(&mut self, moment: &Moment) -> bool {
        if moment.elapsed < PATIENCE {
            return false;
        }
        let tenth = moment.share().map_or(0, |share| (share * 10.0) as u64);
        let due = self.said.is_none_or(|(stage, before, at)| {
            let silent = moment.running.saturating_sub(at);
            silent >= SILENCE || (silent >= PATIENCE && (stage, before) != (moment.stage, tenth))
        });
        if due {
            self.said = Some((moment.stage, tenth, moment.running));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds at which a line is written, of work that takes so many and whose stages begin at these.
    fn lines(seconds: u64, stages: &[u64]) -> Vec<u64> {
        let mut lines = Lines::default();
        (0..seconds)
            .filter(|second| {
                let stage = stages.iter().rposition(|begin| begin <= second);
                let stage = stage.unwrap_or_default();
                let end = stages.get(stage + 1).copied().unwrap_or(seconds);
                lines.are_due(&Moment {
                    name: "training",
                    stage,
                    running: Duration::from_secs(*second),
                    elapsed: Duration::from_secs(second - stages[stage]),
                    done: second - stages[stage],
                    total: Some(end - stages[stage]),
                    detail: String::new(),
                })
            })
            .collect()
    }

    #[test]
    fn a_line_is_written_for_every_tenth_and_none_in_the_first_second() {
        assert!(lines(1, &[0]).is_empty());
        assert_eq!(lines(4, &[0]), [1, 2, 3]);
        assert_eq!(lines(100, &[0])[..4], [1, 10, 20, 30]);
    }

    #[test]
    fn long_work_is_not_silent_for_longer_than_half_a_minute() {
        let lines = lines(10_000, &[0]);
        assert!(lines.windows(2).all(|pair| pair[1] - pair[0] <= 30));
    }

    #[test]
    fn stages_of_a_second_pass_without_a_line() {
        assert_eq!(lines(10, &[0, 5, 6]), [1, 2, 3, 4, 7, 8, 9]);
    }
}
