//! The real loop with a scripted keyboard, a drawn-on buffer and a worker around a fake engine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/fake.rs"]
mod fake;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use misfit::app::App;
use misfit::app::pages::{Page, PageKind};
use misfit::app::session::Phase;
use misfit::message::RowPage;
use misfit::run::Screen;
use misfit::signals::Signals;
use misfit::train::engine::BuildEngine;
use misfit::tui::draw;
use misfit::tui::terminal::Console;
use misfit::tui::theme::Theme;
use misfit::worker::Worker;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

/// A console that types what a test says and keeps what was drawn. Clones are the same console.
#[derive(Clone)]
struct Script(Rc<RefCell<State>>);

struct State {
    terminal: Terminal<TestBackend>,
    events: VecDeque<Event>,
    frames: usize,
    suspended: usize,
    alive: bool,
}

impl Script {
    fn new() -> Self {
        let terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        Self(Rc::new(RefCell::new(State {
            terminal,
            events: VecDeque::new(),
            frames: 0,
            suspended: 0,
            alive: true,
        })))
    }

    fn press(&self, code: KeyCode, modifiers: KeyModifiers) {
        self.0
            .borrow_mut()
            .events
            .push_back(Event::Key(KeyEvent::new(code, modifiers)));
    }

    fn type_keys(&self, keys: &str) {
        for key in keys.chars() {
            self.press(
                if key == '\n' {
                    KeyCode::Enter
                } else {
                    KeyCode::Char(key)
                },
                KeyModifiers::NONE,
            );
        }
    }

    fn frames(&self) -> usize {
        self.0.borrow().frames
    }

    fn shown(&self) -> String {
        self.0.borrow().terminal.backend().to_string()
    }
}

impl Console for Script {
    fn draw(&mut self, app: &App, theme: Theme) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.frames += 1;
        state
            .terminal
            .draw(|frame| draw(frame, app, theme))
            .map(|_| ())
            .map_err(io::Error::other)
    }

    fn event(&mut self, _: Duration) -> io::Result<Option<Event>> {
        Ok(self.0.borrow_mut().events.pop_front())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(Size::new(120, 40))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0
            .borrow_mut()
            .terminal
            .clear()
            .map_err(io::Error::other)
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.0.borrow_mut().suspended += 1;
        Ok(())
    }

    fn retake(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn set_mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn is_alive(&self) -> bool {
        self.0.borrow().alive
    }
}

/// What an open row's page was told.
fn told(app: &App) -> Option<&RowPage> {
    match app.page()? {
        Page::Row(row) => row.told.as_ref(),
        _ => None,
    }
}

const THEME: Theme = Theme {
    color: true,
    ascii: false,
};
const FOREVER: u64 = u64::MAX;

fn screen(console: &Script, steps: u64, build: BuildEngine) -> Screen<Script> {
    let worker = Worker::spawn("auto".into(), move |_, _| {
        Ok((fake::loaded(), fake::trainer(steps, build)))
    })
    .unwrap();
    Screen::new(
        App::new("fake.csv".into()),
        worker,
        console.clone(),
        THEME,
        Signals::default(),
    )
}

/// Turns until the app is as wanted; the worker's reports bring it there.
fn turn_until(screen: &mut Screen<Script>, wanted: impl Fn(&App) -> bool) {
    while !wanted(&screen.app) {
        screen.turn().unwrap();
    }
}

#[test]
fn a_run_reaches_the_screen_and_q_ends_it() {
    let console = Script::new();
    let mut screen = screen(&console, 30, fake::steady);
    turn_until(&mut screen, |app| app.session.phase == Phase::Finished);
    // A key without a meaning draws what is still to be drawn.
    console.type_keys("~");
    screen.turn().unwrap();
    assert!(
        console.shown().contains("step 30 of 30"),
        "{}",
        console.shown()
    );
    console.type_keys("q");
    assert_eq!(screen.run().unwrap(), None);
}

#[test]
fn keys_reach_the_worker_and_its_answers_the_screen() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::steady);
    turn_until(&mut screen, |app| app.session.run.last.is_some());
    console.type_keys(" ");
    turn_until(&mut screen, |app| app.session.phase == Phase::Paused);
    console.type_keys("b");
    turn_until(&mut screen, |app| app.session.run.changes().count() == 1);
    console.type_keys("4\n");
    turn_until(&mut screen, |app| told(app).is_some());
    assert_eq!(told(&screen.app).unwrap().row, fake::STRANGE);
    console.type_keys("?");
    turn_until(&mut screen, |app| app.page_kind() == PageKind::Help);
}

#[test]
fn a_key_is_answered_with_a_frame_in_the_same_turn() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::steady);
    turn_until(&mut screen, |app| app.session.ledger.is_some());
    console.type_keys("B");
    screen.turn().unwrap();
    assert!(
        console
            .shown()
            .contains("no biases: the halves are exactly equal"),
        "{}",
        console.shown()
    );
}

#[test]
fn a_failing_engine_leaves_a_panel_and_a_usable_screen() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::panicking);
    turn_until(&mut screen, |app| {
        matches!(app.session.phase, Phase::Ended(_))
    });
    console.type_keys("i");
    turn_until(&mut screen, |app| app.page_kind() == PageKind::About);
    console.type_keys("q");
    assert_eq!(screen.run().unwrap(), None);
}

#[test]
fn a_diverged_run_starts_again_with_what_was_changed() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::diverging);
    turn_until(&mut screen, |app| {
        matches!(app.session.phase, Phase::Failed(_))
    });
    console.type_keys("Br");
    turn_until(&mut screen, |app| {
        app.session.phase == Phase::Training && app.session.run.last.is_some()
    });
}

#[test]
fn nothing_is_drawn_when_nothing_changes() {
    let console = Script::new();
    let mut screen = screen(&console, 3, fake::steady);
    turn_until(&mut screen, |app| app.session.phase == Phase::Finished);
    // A key without a meaning draws what is still to be drawn.
    console.type_keys("~");
    screen.turn().unwrap();
    let frames = console.frames();
    for _ in 0..1_000 {
        screen.turn().unwrap();
    }
    assert_eq!(console.frames(), frames);
}

#[test]
fn ctrl_z_suspends_and_ctrl_c_quits_even_while_typing() {
    let console = Script::new();
    console.press(KeyCode::Char('z'), KeyModifiers::CONTROL);
    console.type_keys(":rate");
    console.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(screen(&console, FOREVER, fake::steady).run().unwrap(), None);
    assert_eq!(console.0.borrow().suspended, 1);
}

#[test]
fn a_terminal_that_goes_away_ends_the_program_like_a_hangup() {
    let console = Script::new();
    console.0.borrow_mut().alive = false;
    assert_eq!(
        screen(&console, FOREVER, fake::steady).run().unwrap(),
        Some(1)
    );
}
