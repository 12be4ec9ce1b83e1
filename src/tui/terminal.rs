//! The terminal: entered, drawn on, left again whatever happens.
//!
//! ratatui's own `init` restores the terminal on a panic in *any* thread, even one that is caught; a failing trainer would
//! drop the screen out of its mode while it is still being drawn. So the hook here is ours and heeds the drawing thread
//! alone: what other threads panic with reaches the screen as a report.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::panic;
use std::thread;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::clipboard::CopyToClipboard;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    Event,
};
use ratatui::crossterm::style::force_color_output;
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute, queue};
use ratatui::layout::{Position, Rect, Size};

use crate::app::App;
use crate::tui::draw;
use crate::tui::theme::Theme;

/// What is drawn on and typed at: the terminal, or a test's script.
pub trait Console {
    /// Draws the screen as `app` has it.
    fn draw(&mut self, app: &App, theme: Theme) -> io::Result<()>;

    /// The next event, waiting for it no longer than `timeout`.
    fn event(&mut self, timeout: Duration) -> io::Result<Option<Event>>;

    /// Columns and rows of the screen.
    fn size(&self) -> io::Result<Size>;

    /// Forgets what was drawn, so that the next drawing draws all of it.
    fn clear(&mut self) -> io::Result<()>;

    /// Hands the terminal back to the shell until it returns.
    fn suspend(&mut self) -> io::Result<()>;

    /// Takes the terminal over again after somebody else had it.
    fn retake(&mut self) -> io::Result<()>;

    /// Takes the mouse, or leaves it to the terminal.
    fn set_mouse(&mut self, on: bool) -> io::Result<()>;

    /// Asks the terminal to put this on its clipboard. Whether it does, it does not say.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Whether the terminal still exists.
    fn is_alive(&self) -> bool;
}

/// A frame is written in one go: standard output alone would flush every kilobyte.
type Output = BufWriter<Stdout>;
const FRAME_BYTES: usize = 1 << 16;

/// The real terminal, in raw mode on its alternate screen until dropped.
pub struct Tty {
    terminal: Terminal<CrosstermBackend<Output>>,
    mouse: bool,
}

/// Why nothing can be drawn, in a sentence; none where there is a terminal that can be drawn on.
pub fn obstacle() -> Option<&'static str> {
    obstacle_of(io::stdout().is_terminal(), env::var_os("TERM").as_deref())
}

/// A `TERM` that is not set is no obstacle: some containers set none, on terminals that can be drawn on.
fn obstacle_of(is_terminal: bool, term: Option<&OsStr>) -> Option<&'static str> {
    if !is_terminal {
        return Some(
            "standard output is not a terminal; `misfit train` does the same work without a screen",
        );
    }
    match term.and_then(OsStr::to_str) {
        Some("dumb") => Some(
            "this terminal cannot draw a screen (TERM is dumb); `misfit train` does the same work without one",
        ),
        Some("") if cfg!(unix) => Some(
            "TERM is empty, so it is not known how to draw on this terminal; `misfit train` does the same work without a screen",
        ),
        _ => None,
    }
}

impl Tty {
    /// Takes the terminal over.
    pub fn enter() -> io::Result<Self> {
        // crossterm 0.29 answers NO_COLOR by resetting bold and reverse too (fixed by its PR #1069, not released): the
        // theme heeds NO_COLOR instead.
        force_color_output(true);
        restore_on_panic();
        take()?;
        let output = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        Ok(Self {
            terminal: Terminal::new(CrosstermBackend::new(output))?,
            mouse: false,
        })
    }
}

impl Console for Tty {
    fn draw(&mut self, app: &App, theme: Theme) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| draw(frame, app, theme))?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.terminal.backend_mut().flush()
    }

    fn event(&mut self, timeout: Duration) -> io::Result<Option<Event>> {
        if event::poll(in_whole_milliseconds(timeout))? {
            event::read().map(Some)
        } else {
            Ok(None)
        }
    }

    fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    fn clear(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: it asks the terminal where the cursor is and fails where no answer comes.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    fn suspend(&mut self) -> io::Result<()> {
        give_back()?;
        stop()?;
        self.retake()
    }

    fn retake(&mut self) -> io::Result<()> {
        // The shell may have changed the mode unseen, and crossterm sets what it believes is set only once.
        disable_raw_mode()?;
        take()?;
        let mouse = std::mem::take(&mut self.mouse);
        self.set_mouse(mouse)?;
        self.clear()
    }

    fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        if self.mouse == on {
            return Ok(());
        }
        self.mouse = on;
        if on {
            execute!(io::stdout(), EnableMouseCapture)
        } else {
            execute!(io::stdout(), DisableMouseCapture)
        }
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    fn is_alive(&self) -> bool {
        is_alive()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // Nothing can be told to a terminal that cannot be restored. What a broken-off drawing has left behind goes first:
        // written later, it would reach the shell's screen.
        let _ = queue!(self.terminal.backend_mut(), EndSynchronizedUpdate);
        let _ = self.terminal.backend_mut().flush();
        let _ = give_back();
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        // Where there is no other screen, what was written before would show through every blank.
        Clear(ClearType::All),
        EnableBracketedPaste,
        cursor::Hide
    )
}

fn give_back() -> io::Result<()> {
    let screen = execute!(
        io::stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    disable_raw_mode()?;
    screen
}

fn restore_on_panic() {
    let drawing = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            // Undone again when the `Tty` is dropped, which does no harm.
            let _ = give_back();
            before(info);
        }
    }));
}

/// A timeout that crossterm's tty source sleeps through. It waits for whole milliseconds, rounded down, and spins for what is
/// left over: at 30 looks a second that took 3 % of the core, which the training wants. The excess makes up for the time
/// between its look at the clock and its sleep.
fn in_whole_milliseconds(timeout: Duration) -> Duration {
    const EXCESS: Duration = Duration::from_micros(50);
    let milliseconds = timeout.as_micros().div_ceil(1_000) as u64;
    Duration::from_millis(milliseconds) + EXCESS
}

/// Stops this process as Ctrl-Z would; returns when the shell sends it on.
#[cfg(unix)]
fn stop() -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
}

#[cfg(not(unix))]
fn stop() -> io::Result<()> {
    Ok(())
}

/// A terminal that has gone away no longer has settings. crossterm does not notice (its issue #793).
#[cfg(unix)]
fn is_alive() -> bool {
    rustix::termios::tcgetattr(io::stdout()).is_ok()
}

#[cfg(not(unix))]
fn is_alive() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_drawn_on_is_told_with_the_way_out() {
        let obstacle = |is_terminal, term: Option<&'static str>| {
            obstacle_of(is_terminal, term.map(OsStr::new))
        };
        assert_eq!(obstacle(true, Some("xterm-256color")), None);
        assert_eq!(obstacle(true, None), None);
        for (is_terminal, term) in [(false, Some("xterm")), (true, Some("dumb"))] {
            let what = obstacle(is_terminal, term).unwrap();
            assert!(what.contains("misfit train"), "{what}");
        }
        assert_eq!(obstacle(true, Some("")).is_some(), cfg!(unix));
    }

    #[test]
    fn a_timeout_never_ends_within_a_millisecond() {
        for (timeout, milliseconds) in [
            (0, 0),
            (1, 1),
            (999, 1),
            (1_000, 1),
            (1_001, 2),
            (33_000, 33),
        ] {
            let whole = in_whole_milliseconds(Duration::from_micros(timeout));
            assert_eq!(whole.as_millis(), milliseconds, "{timeout} µs");
            assert!(whole >= Duration::from_micros(timeout));
        }
    }
}
