//! How far `misfit train` and `misfit compare` are, on stderr.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::format;
use crate::train::engine::Metrics;

/// Progress on stderr: a bar on a terminal, a line for every tenth otherwise.
pub enum Progress {
    Silent,
    Bar(ProgressBar),
    Lines { steps: u64 },
}

impl Progress {
    /// For so many steps in all.
    pub fn new(quiet: bool, steps: u64) -> Self {
        if quiet {
            return Self::Silent;
        }
        if !io::stderr().is_terminal() {
            return Self::Lines { steps };
        }
        let bar =
            ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template(
            "{bar:32} step {human_pos} of {human_len}  {msg}  {eta} left",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Bar(bar)
    }

    /// Shows this many steps done, and the losses.
    pub fn advance(&self, step: u64, metrics: Metrics) {
        self.tell(step, || {
            format!(
                "loss {}  mse {}",
                format::metric(metrics.loss),
                format::metric(metrics.mse)
            )
        });
    }

    /// Shows this many steps done, and what there is to say now and then.
    pub fn tell(&self, step: u64, what: impl Fn() -> String) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => {
                bar.set_position(step);
                if step.is_multiple_of(8) {
                    bar.set_message(what());
                }
            }
            Self::Lines { steps } => {
                if step * 10 / steps != (step - 1) * 10 / steps {
                    // A closed stderr is no reason to stop training.
                    let _ = writeln!(io::stderr(), "step {step} of {steps}  {}", what());
                }
            }
        }
    }

    /// Leaves nothing on the terminal.
    pub fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
