//! The real loop with a scripted keyboard, a drawn-on buffer and a worker around a fake engine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/fake.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod fake;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use misfit::app::App;
use misfit::app::action::Panel;
use misfit::app::pace::PaceSetting;
use misfit::app::pages::{Page, PageKind};
use misfit::app::session::Phase;
use misfit::message::RowPage;
use misfit::run::Screen;
use misfit::score::flag::FlagRule;
use misfit::signals::Signals;
use misfit::train::engine::BuildEngine;
use misfit::tui::draw;
use misfit::tui::terminal::Console;
use misfit::tui::theme::Theme;
use misfit::worker::Worker;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind,
};
use ratatui::layout::Size;

/// A console that types what a test says and keeps what was drawn. Clones are the same console.
#[derive(Clone)]
struct Script(Rc<RefCell<State>>);

struct State {
    /// What was put on the clipboard.
    copied: Vec<String>,
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
            copied: Vec::new(),
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

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.0.borrow_mut().copied.push(text.to_owned());
        Ok(())
    }

    fn is_alive(&self) -> bool {
        self.0.borrow().alive
    }
}

/// What an open row's page was told.
fn told(app: &App) -> Option<&RowPage> {
    match app.page()? {
        Page::Row(row) => row.told.as_deref(),
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

#[test]
fn a_short_run_waits_for_the_clock_until_it_is_let_go() {
    let console = Script::new();
    let mut screen = screen(&console, 100_000, fake::steady);
    screen.app.pace.set(PaceSetting::Seconds(86_400.0));
    turn_until(&mut screen, |app| app.session.run.step() >= 4);
    for _ in 0..200 {
        screen.turn().unwrap();
    }
    assert!(screen.app.session.run.step() < 100, "a day is not over yet");
    assert_eq!(screen.app.session.phase, Phase::Training);
    console.type_keys("f");
    turn_until(&mut screen, |app| app.session.phase == Phase::Finished);
    assert_eq!(screen.app.session.run.step(), 100_000);
}

#[test]
fn a_finished_run_is_looked_back_at_and_trained_on_from_there() {
    let console = Script::new();
    let mut screen = screen(&console, 64, fake::steady);
    turn_until(&mut screen, |app| app.session.phase == Phase::Finished);
    let present = screen.app.session.ranking.clone();
    console.type_keys("<");
    let is_at = |app: &App, step| {
        let basis = app
            .session
            .ranking
            .as_ref()
            .map(|ranking| ranking.basis.step());
        app.session.looking.is_some() && basis == Some(step)
    };
    turn_until(&mut screen, |app| is_at(app, 32));
    assert!(console.shown().contains("looking back at step 32 of 64"));
    console.type_keys(">");
    turn_until(&mut screen, |app| {
        app.session.looking.is_none() && app.session.ranking == present
    });
    console.type_keys("<<R");
    turn_until(&mut screen, |app| {
        let from = app
            .session
            .started
            .as_ref()
            .and_then(|started| started.from);
        from.is_some_and(|from| from.step == 16) && app.session.phase == Phase::Finished
    });
    assert_eq!(screen.app.session.run.step(), 64);
    assert!(
        screen.app.session.former.is_some(),
        "the old run stays drawn"
    );
}

#[test]
fn a_paused_run_takes_single_steps_and_epochs() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::steady);
    turn_until(&mut screen, |app| app.session.run.last.is_some());
    console.type_keys(" ");
    turn_until(&mut screen, |app| app.session.phase == Phase::Paused);
    // What was trained before the pause reaches the screen with it.
    console.type_keys(".");
    screen.turn().unwrap();
    let steps_per_epoch = screen.app.session.steps_per_epoch();
    turn_until(&mut screen, |app| app.session.run.step() > 0);
    let before = screen.app.session.run.step();
    console.type_keys("E");
    turn_until(&mut screen, |app| {
        app.session.run.step() >= before + steps_per_epoch
    });
    assert_eq!(screen.app.session.phase, Phase::Paused);
}

#[test]
fn leaving_in_mid_run_asks_once() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::steady);
    turn_until(&mut screen, |app| app.session.run.step() > 0);
    console.type_keys("q");
    screen.turn().unwrap();
    assert!(!screen.app.quit && console.shown().contains("q again leaves"));
    console.type_keys("q");
    assert_eq!(screen.run().unwrap(), None);
}

#[test]
fn commands_are_completed_and_carried_out() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::steady);
    turn_until(&mut screen, |app| app.session.run.step() > 0);
    console.type_keys(":bia");
    console.press(KeyCode::Tab, KeyModifiers::NONE);
    console.type_keys("n");
    console.press(KeyCode::Tab, KeyModifiers::NONE);
    console.type_keys("\n");
    turn_until(&mut screen, |app| app.session.run.changes().count() == 1);
    let changes: Vec<_> = screen.app.session.run.changes().collect();
    assert_eq!(changes[0].1, "all biases off");
}

#[test]
fn the_mouse_selects_and_scrolls() {
    let console = Script::new();
    let mut screen = screen(&console, FOREVER, fake::steady);
    turn_until(&mut screen, |app| !app.session.ranked().is_empty());
    let event = |kind, column, row| {
        Event::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    let wheel = event(MouseEventKind::ScrollDown, 100, 10);
    console.0.borrow_mut().events.push_back(wheel);
    screen.turn().unwrap();
    assert_eq!(
        (screen.app.dashboard.focus, screen.app.selection.rank),
        (Panel::Outliers, 3)
    );
}

#[test]
fn y_puts_the_selected_row_on_the_terminals_clipboard() {
    let console = Script::new();
    let mut screen = screen(&console, 20, fake::steady);
    turn_until(&mut screen, |app| app.session.phase == Phase::Finished);
    console.type_keys("4y");
    turn_until(&mut screen, |app| {
        app.answer
            .as_ref()
            .is_some_and(|answer| answer.contains("copied"))
    });
    let copied = console.0.borrow().copied.clone();
    let [text] = &copied[..] else {
        panic!("{copied:?}");
    };
    assert!(
        text.starts_with("rank,row,score") && text.lines().count() == 2,
        "{text}"
    );
}

#[test]
fn the_table_is_browsed_filtered_and_marked_while_the_run_goes_on() {
    let console = Script::new();
    let mut screen = screen(&console, u64::MAX, fake::steady);
    turn_until(&mut screen, |app| app.session.ranking.is_some());
    console.type_keys("T");
    let table = |app: &App| match app.page() {
        Some(Page::Table(table)) => table.shown.clone(),
        _ => None,
    };
    let total = |app: &App| table(app).map(|browsed| browsed.total);
    turn_until(&mut screen, |app| total(app).is_some());
    let all = total(&screen.app).unwrap();
    // The strangest row is called ordinary: it is gone from the table and from the ranking.
    turn_until(&mut screen, |app| {
        table(app).is_some_and(|browsed| browsed.lines[0].rank == Some(0))
    });
    let strangest = table(&screen.app).unwrap().lines[0].row;
    console.type_keys("x");
    turn_until(&mut screen, |app| total(app) == Some(all - 1));
    assert!(
        screen
            .app
            .session
            .ranked()
            .iter()
            .all(|ranked| ranked.row != strangest)
    );
    // Marked rows leave and come back alone.
    console.type_keys("mu");
    turn_until(&mut screen, |app| total(app) == Some(all - 2));
    console.type_keys("u");
    turn_until(&mut screen, |app| total(app) == Some(1));
    console.type_keys("uyc");
    turn_until(&mut screen, |app| total(app) == Some(all - 1));
    turn_until(&mut screen, |app| {
        let answer = app.answer.as_ref();
        answer.is_some_and(|answer| answer.contains("copied the cell"))
    });
    console.type_keys("&row > 3\n");
    turn_until(&mut screen, |app| {
        total(app).is_some_and(|total| total < all - 1)
    });
    assert_eq!(screen.app.session.arrangement.marked.len(), 1);
    assert!(console.shown().contains("row > 3"), "{}", console.shown());
    console.press(KeyCode::Backspace, KeyModifiers::NONE);
    turn_until(&mut screen, |app| total(app) == Some(all - 1));
}

#[test]
fn the_line_of_the_scores_moves_and_the_ranking_follows() {
    let console = Script::new();
    let mut screen = screen(&console, u64::MAX, fake::steady);
    turn_until(&mut screen, |app| app.session.ranking.is_some());
    console.type_keys("S");
    turn_until(
        &mut screen,
        |app| matches!(app.page(), Some(Page::Scores(scores)) if scores.told.is_some()),
    );
    console.type_keys("jjj");
    let rule = |app: &App| {
        app.session
            .ranking
            .as_ref()
            .map(|ranking| ranking.flag.rule)
    };
    turn_until(&mut screen, |app| rule(app) == Some(FlagRule::Iqr(1.5)));
    console.type_keys("h");
    turn_until(&mut screen, |app| {
        matches!(rule(app), Some(FlagRule::Score(_)))
    });
}
