//! What the system tells the process while it must not just end. A signal sets a flag; the loop looks at it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The signals that arrived and were not yet answered.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// The signal that asks the process to end; zero for none.
    end: Arc<AtomicUsize>,
    /// Whether the process was stopped and sent on, and the shell may have changed the terminal meanwhile.
    continued: Arc<AtomicBool>,
    /// Whether somebody else asked the process to stop, as `kill -TSTP` does.
    stop: Arc<AtomicBool>,
    /// Whether an ending signal ends the process at once.
    seen: Arc<AtomicBool>,
}

impl Signals {
    /// Flags for SIGHUP, SIGINT, SIGTERM, SIGTSTP and SIGCONT. A second ending signal ends the process at once.
    #[cfg(unix)]
    pub fn register() -> io::Result<Self> {
        use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
        let signals = Self::default();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            signals.end_by(signal)?;
        }
        signal_hook::flag::register(SIGCONT, Arc::clone(&signals.continued))?;
        signal_hook::flag::register(SIGTSTP, Arc::clone(&signals.stop))?;
        Ok(signals)
    }

    /// Flags for the signals that end a process without a screen: SIGHUP, SIGINT and SIGTERM, but for those that whoever began it
    /// wants ignored, as `nohup` does. Ctrl-Z stops it as usual.
    #[cfg(unix)]
    pub fn ending() -> io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let signals = Self::default();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            if !is_ignored(signal) {
                signals.end_by(signal)?;
            }
        }
        Ok(signals)
    }

    #[cfg(unix)]
    fn end_by(&self, signal: i32) -> io::Result<()> {
        // In this order: the first arrival finds `seen` unset.
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&self.seen))?;
        signal_hook::flag::register(signal, Arc::clone(&self.seen))?;
        signal_hook::flag::register_usize(signal, Arc::clone(&self.end), signal as usize)?;
        Ok(())
    }

    /// No signals to wait for.
    #[cfg(not(unix))]
    pub fn register() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// The same.
    #[cfg(not(unix))]
    pub fn ending() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// From now on a signal ends the process at once, since nobody looks any more.
    pub fn release(&self) {
        self.seen.store(true, Ordering::Relaxed);
    }

    /// The signal that asks the process to end, if one did.
    pub fn end(&self) -> Option<u8> {
        match self.end.load(Ordering::Relaxed) {
            0 => None,
            signal => u8::try_from(signal).ok(),
        }
    }

    /// Whether the process was asked to stop since the last look.
    pub fn take_stop(&self) -> bool {
        self.stop.swap(false, Ordering::Relaxed)
    }

    /// Whether the process was stopped and sent on since the last look.
    pub fn take_continued(&self) -> bool {
        self.continued.swap(false, Ordering::Relaxed)
    }
}

/// Whether a signal is ignored, as far as the system tells: Linux does.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
