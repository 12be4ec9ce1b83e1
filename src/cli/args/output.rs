//! The flags about what is printed.

use clap::Args;

use crate::cli::progress::Progress;

/// What goes to standard output and to standard error.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

impl OutputArgs {
    /// Progress on stderr, unless it is unwanted.
    pub fn progress(&self) -> Progress {
        Progress::new(self.quiet)
    }
}
