//! Parse, run, print the error chain, exit code.

use std::io::Write;
use std::process::ExitCode;

use misfit::cli;
use misfit::error::Error;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // A stderr that cannot be written to is no reason to panic.
            let _ = writeln!(std::io::stderr(), "misfit: {}", error.chain());
            ExitCode::from(if matches!(error, Error::Usage(_)) {
                2
            } else {
                1
            })
        }
    }
}
