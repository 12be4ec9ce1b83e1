//! `misfit scheduler` and `misfit executor` in a program that was built without them.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

use crate::cli::args::usage;
use crate::error::Result;

#[derive(Args)]
pub struct LackingArgs {
    /// Whatever is asked of them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl LackingArgs {
    #[expect(clippy::unused_self, reason = "as where they are built in")]
    pub fn run(&self) -> Result<ExitCode> {
        Err(usage(
            "misfit scheduler and misfit executor are not in this program; build it with `cargo build --release --features ballista`",
        ))
    }
}
