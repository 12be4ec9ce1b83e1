//! The program, started from a test with nothing on its standard input.

use std::process::{Command, Output, Stdio};

/// Runs it to its end; what it keeps of long runs stays out of the user's own folder.
pub fn misfit(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(arguments).stdin(Stdio::null());
    command.output().unwrap()
}

/// What it printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The same, once it did not fail.
pub fn done(output: Output) -> Output {
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}
