//! Parse, run, print the error chain, exit code.

use std::process::ExitCode;

use misfit::cli;
use misfit::error::Error;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("misfit: {}", error.chain());
            ExitCode::from(if matches!(error, Error::Usage(_)) {
                2
            } else {
                1
            })
        }
    }
}
