//! The composition root: the only place that knows the app, the worker and the terminal, and the only loop.
//!
//! ```text
//! file ─ data ─▶ Table ─ Encoder ─▶ Matrix ─ Trainer ─▶ Report ─▶ App ─▶ draw(&App)
//!                                      ▲                               │
//!                                      └───────── Command ◀── Action ◀─┘ keys
//! ```

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::app::App;
use crate::app::action::Action;
use crate::app::farewell::farewell;
use crate::app::pace::PaceSetting;
use crate::app::prompt::Edit;
use crate::app::session::Phase;
use crate::app::session::run::Run;
use crate::error::{Error, Result};
use crate::message::{Command, Formulas};
use crate::plan::Plan;
use crate::signals::Signals;
use crate::store::run::Keeping;
use crate::tui;
use crate::tui::keymap::{action_for, edit_for};
use crate::tui::pointer::{self, Dragged};
use crate::tui::terminal::{Console, Tty, obstacle};
use crate::tui::theme::Theme;
use crate::worker::Worker;

/// Shortest time between two frames while only the training moves: 30 a second. Keys are answered at once.
const FRAME: Duration = Duration::from_millis(33);
/// How often the terminal is asked whether it still exists.
const PULSE: Duration = Duration::from_millis(250);
/// How long the worker may take to answer what was typed.
const LATELY: Duration = Duration::from_secs(5);
/// Keys that come closer together are answered together. Not zero: crossterm's tty source reads nothing then.
const BURST_GAP: Duration = Duration::from_millis(1);
/// Most events answered before the screen is drawn again.
const BURST: usize = 64;

/// A screen that was suspended or stuck does not make up for it at once.
const LONGEST_TICK: Duration = Duration::from_millis(100);

/// Exit status of a process ended by a signal, less the signal.
const SIGNALLED: u8 = 128;
const SIGHUP: u8 = 1;

/// How the screen is to be.
#[derive(Debug, Clone)]
pub struct Look {
    /// How to draw.
    pub theme: Theme,
    /// How fast runs are shown.
    pub pace: PaceSetting,
    /// Whether the mouse works the program.
    pub mouse: bool,
    /// What becomes of cells that a spreadsheet would run, where rows are taken along.
    pub formulas: Formulas,
    /// The command line that does the same without a screen.
    pub again: String,
}

/// An error where there is no terminal that a screen could be drawn on.
pub fn check() -> Result<()> {
    obstacle().map_or(Ok(()), |what| Err(Error::Usage(what.into())))
}

/// Shows `plan` being carried out until the user has seen enough, and keeps the training so; beside its curves stand those of a
/// run of another day.
pub fn explore(plan: Plan, look: &Look, keeping: Keeping, beside: Option<Run>) -> Result<ExitCode> {
    check()?;
    let signals = Signals::register().map_err(Error::io("listen for signals"))?;
    let mut app = App::new(plan.source.name()).with_pace(look.pace);
    app.mouse = look.mouse;
    app.formulas = look.formulas;
    app.session.beside = beside;
    let preset = plan.preset.to_string();
    let tty = Tty::enter().map_err(Error::io("use the terminal"))?;
    let mut origin = plan.source.origin();
    let worker = Worker::keeping(
        preset,
        move |changes, advance| {
            let prepared = plan.prepare_from(&mut origin, changes, advance)?;
            Ok((prepared.loaded(), prepared.trainer))
        },
        keeping,
    )?;
    let mut screen = Screen::new(app, worker, tty, look.theme, signals);
    let ended = screen.run();
    // The terminal is restored before anything is said about how it went, and before the worker is waited for.
    let Screen {
        app,
        worker,
        console,
        ..
    } = screen;
    drop(console);
    if let Some(text) = farewell(&app.session, &look.again) {
        // A terminal that has gone away is told nothing.
        let _ = writeln!(io::stderr(), "{text}");
    }
    if app.session.is_loading() {
        worker.abandon();
    } else {
        drop(worker);
    }
    match ended? {
        None => match app.session.phase {
            Phase::Failed(why) | Phase::Ended(why) => Err(Error::Told(why)),
            _ => Ok(ExitCode::SUCCESS),
        },
        Some(signal) => Ok(ExitCode::from(SIGNALLED + signal)),
    }
}

/// App, worker and terminal, turning together.
pub struct Screen<C> {
    /// The state of the screen.
    pub app: App,
    worker: Worker,
    console: C,
    theme: Theme,
    signals: Signals,
    stale: bool,
    drawn: Option<Instant>,
    felt: Instant,
    /// When something was last typed.
    asked: Instant,
    /// When the app was last told the time.
    ticked: Instant,
    /// The border that the mouse drags.
    dragged: Option<Dragged>,
}

impl<C: Console> Screen<C> {
    /// Ready for the first turn.
    pub fn new(app: App, worker: Worker, console: C, theme: Theme, signals: Signals) -> Self {
        Self {
            app,
            worker,
            console,
            theme,
            signals,
            stale: true,
            drawn: None,
            felt: Instant::now(),
            asked: Instant::now(),
            ticked: Instant::now(),
            dragged: None,
        }
    }

    /// Turns until the user quits, or until a signal, which is returned.
    pub fn run(&mut self) -> Result<Option<u8>> {
        self.measure().map_err(Error::io("use the terminal"))?;
        while !self.app.quit {
            if let Some(signal) = self.signals.end() {
                return Ok(Some(signal));
            }
            if self.felt.elapsed() >= PULSE {
                self.felt = Instant::now();
                if !self.console.is_alive() {
                    return Ok(Some(SIGHUP));
                }
            }
            self.turn().map_err(Error::io("use the terminal"))?;
        }
        Ok(None)
    }

    /// Takes all waiting reports, draws if something changed and it is time, and answers what is typed.
    pub fn turn(&mut self) -> io::Result<()> {
        while let Some(report) = self.worker.try_report() {
            self.app.apply(report);
            self.stale = true;
        }
        self.obey()?;
        if let Some(text) = self.app.take_clipboard() {
            self.console.copy(&text)?;
        }
        for command in self.app.rewatch().into_iter().chain(self.app.browse()) {
            self.worker.send(command);
        }
        let passed = self.ticked.elapsed().min(LONGEST_TICK);
        self.ticked = Instant::now();
        if let Some(command) = self.app.tick(passed) {
            self.worker.send(command);
        }
        self.console.set_mouse(self.app.mouse)?;
        if self.signals.take_stop() {
            self.console.suspend()?;
            self.stale = true;
        }
        if self.signals.take_continued() {
            self.console.retake()?;
            self.stale = true;
        }
        let wait = self.drawn.map_or(Duration::ZERO, |drawn| {
            FRAME.saturating_sub(drawn.elapsed())
        });
        if self.stale && wait.is_zero() {
            self.draw()?;
        }
        let wait = match self.stale {
            true => wait,
            // Nothing is under way and nothing was asked lately: there is nothing to be quick for.
            false if self.app.session.is_idle() && self.asked.elapsed() >= LATELY => PULSE,
            false => FRAME,
        };
        let Some(event) = self.console.event(wait)? else {
            return Ok(());
        };
        self.answer(event)?;
        for _ in 1..BURST {
            match self.console.event(BURST_GAP)? {
                Some(event) => self.answer(event)?,
                None => break,
            }
        }
        if self.app.quit { Ok(()) } else { self.draw() }
    }

    fn draw(&mut self) -> io::Result<()> {
        self.console.draw(&self.app, self.theme)?;
        self.drawn = Some(Instant::now());
        self.stale = false;
        Ok(())
    }

    fn answer(&mut self, event: Event) -> io::Result<()> {
        self.asked = Instant::now();
        let commands = match event {
            Event::Key(key) => self.press(key),
            Event::Paste(text) if self.app.prompt.is_some() => self.app.edit(&Edit::Insert(text)),
            Event::Mouse(mouse) if self.app.prompt.is_none() => {
                let size = self.console.size()?;
                let actions = pointer::actions(&self.app, size, mouse, &mut self.dragged);
                actions
                    .into_iter()
                    .flat_map(|action| self.app.update(action))
                    .collect()
            }
            _ => Vec::new(),
        };
        for command in commands {
            self.worker.send(command);
        }
        self.obey()?;
        // A key may have opened a page of text, and the terminal may have another size.
        self.measure()
    }

    /// Does what the terminal is asked to do.
    fn obey(&mut self) -> io::Result<()> {
        match self.app.take_terminal() {
            Some(Action::Suspend) => self.console.suspend(),
            Some(_) => self.console.clear(),
            None => Ok(()),
        }
    }

    fn measure(&mut self) -> io::Result<()> {
        let measures = tui::measure(&self.app, self.console.size()?);
        self.app.measure(measures);
        Ok(())
    }

    fn press(&mut self, key: KeyEvent) -> Vec<Command> {
        let leaves =
            key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
        if self.app.prompt.is_some() && !leaves {
            return edit_for(key).map_or_else(Vec::new, |edit| self.app.edit(&edit));
        }
        match action_for(key, self.app.page_kind()) {
            Some(action) => self.app.update(action),
            None => Vec::new(),
        }
    }
}
