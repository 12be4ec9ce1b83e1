//! What the system tells the process while the screen is up. A signal sets a flag; the loop looks at it.

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
}

impl Signals {
    /// Flags for SIGHUP, SIGINT, SIGTERM, SIGTSTP and SIGCONT. A second ending signal ends the process at once.
    #[cfg(unix)]
    pub fn register() -> io::Result<Self> {
        use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
        let signals = Self::default();
        let seen = Arc::new(AtomicBool::new(false));
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            // In this order: the first arrival finds `seen` unset.
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&seen))?;
            signal_hook::flag::register(signal, Arc::clone(&seen))?;
            signal_hook::flag::register_usize(signal, Arc::clone(&signals.end), signal as usize)?;
        }
        signal_hook::flag::register(SIGCONT, Arc::clone(&signals.continued))?;
        signal_hook::flag::register(SIGTSTP, Arc::clone(&signals.stop))?;
        Ok(signals)
    }

    /// No signals to wait for.
    #[cfg(not(unix))]
    pub fn register() -> io::Result<Self> {
        Ok(Self::default())
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
