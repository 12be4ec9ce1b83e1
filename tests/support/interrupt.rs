//! Ctrl-C for programs that tests begin.

use rustix::process::Signal;

/// Its signal and number, or those of SIGTERM where whoever began the tests has it ignored, and what they begin ignores it too:
/// shells do so for what runs in the background.
pub fn interrupt() -> (Signal, i32) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    if ignored.is_some_and(|mask| mask >> 1 & 1 == 1) {
        (Signal::TERM, 15)
    } else {
        (Signal::INT, 2)
    }
}
