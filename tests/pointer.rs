//! What the mouse does: clicks, the wheel and drags, looked up where things are drawn.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/story.rs"]
#[expect(dead_code, reason = "other tests tell more of the story")]
mod story;

use misfit::app::App;
use misfit::app::action::{Action, Panel, Resize};
use misfit::app::pages::Page;
use misfit::message::Report;
use misfit::tui::pointer::{Dragged, actions};
use misfit::tui::theme::Theme;
use misfit::tui::{draw, measure};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

const SIZE: (u16, u16) = (120, 40);
const PRESS: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);

/// The place of a text on the screen.
fn place_of(app: &App, text: &str) -> (u16, u16) {
    let theme = Theme {
        color: false,
        ascii: false,
    };
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    terminal.draw(|frame| draw(frame, app, theme)).unwrap();
    let cells = &terminal.backend().buffer().content;
    let lines = cells.chunks(usize::from(SIZE.0));
    let found = lines.enumerate().find_map(|(y, line)| {
        let starts = |x: usize| {
            let rest: String = line[x..]
                .iter()
                .map(ratatui::buffer::Cell::symbol)
                .collect();
            rest.starts_with(text)
        };
        Some(((0..line.len()).find(|x| starts(*x))? as u16, y as u16))
    });
    found.unwrap_or_else(|| panic!("{text} is not on the screen"))
}

fn at(app: &App, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Action> {
    dragging(app, kind, (column, row), &mut None)
}

fn dragging(
    app: &App,
    kind: MouseEventKind,
    (column, row): (u16, u16),
    dragged: &mut Option<Dragged>,
) -> Vec<Action> {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    actions(app, SIZE.into(), event, dragged)
}

#[test]
fn a_click_selects_and_a_click_on_what_is_selected_opens() {
    let mut app = story::dashboard();
    let third = place_of(&app, "encoder.3");
    assert_eq!(at(&app, PRESS, third), [Action::Select(2)]);
    app.update(Action::Select(2));
    assert_eq!(at(&app, PRESS, third), [Action::Open]);
    let row = place_of(&app, "    5  338");
    let clicked = at(&app, PRESS, row);
    assert_eq!(clicked, [Action::Focus(Panel::Outliers), Action::Select(4)]);
    for action in clicked {
        app.update(action);
    }
    assert_eq!(
        (app.dashboard.focus, app.selection.rank),
        (Panel::Outliers, 4)
    );
    let below = place_of(&app, "   10  753");
    assert_eq!(
        at(&app, PRESS, below),
        [Action::Select(9)],
        "below the threshold's line"
    );
    let threshold = place_of(&app, "─ threshold");
    assert_eq!(at(&app, PRESS, threshold), []);
}

#[test]
fn the_wheel_moves_what_is_under_it() {
    let app = story::dashboard();
    let outliers = place_of(&app, "    5  338");
    assert_eq!(
        at(&app, MouseEventKind::ScrollDown, outliers),
        [
            Action::Focus(Panel::Outliers),
            Action::Down,
            Action::Down,
            Action::Down
        ]
    );
    let layers = place_of(&app, "encoder.3");
    assert_eq!(at(&app, MouseEventKind::ScrollUp, layers), [Action::Up; 3]);
}

#[test]
fn a_click_on_a_chart_sets_the_cursor_and_a_drag_moves_it() {
    let mut app = story::dashboard();
    let (x, y) = place_of(&app, "╎");
    let clicked = at(&app, PRESS, (x, y));
    let [Action::Focus(Panel::Loss), Action::CursorTo(step)] = clicked[..] else {
        panic!("{clicked:?}")
    };
    assert!(step.abs_diff(580) < 20, "{step} is where the mark is");
    app.update(Action::Focus(Panel::Loss));
    let moved = at(&app, DRAG, (x + 5, y));
    assert!(
        matches!(moved[..], [Action::CursorTo(later)] if later > step),
        "{moved:?}"
    );
}

#[test]
fn borders_are_dragged_and_put_back() {
    let mut app = story::dashboard();
    app.measure(measure(&app, SIZE.into()));
    let (column, row) = app.dashboard.borders.now;
    let mut dragged = None;
    assert_eq!(dragging(&app, PRESS, (column, 10), &mut dragged), []);
    assert_eq!(dragged, Some(Dragged::Column));
    let moved = dragging(&app, DRAG, (column - 9, 12), &mut dragged);
    assert_eq!(moved, [Action::Resize(Resize::ColumnTo(column - 9))]);
    app.update(moved[0]);
    app.measure(measure(&app, SIZE.into()));
    assert_eq!(app.dashboard.borders.now, (column - 9, row));
    dragging(
        &app,
        MouseEventKind::Up(MouseButton::Left),
        (0, 0),
        &mut dragged,
    );
    assert_eq!(dragged, None);
    app.update(Action::Resize(Resize::Up));
    app.measure(measure(&app, SIZE.into()));
    assert_eq!(app.dashboard.borders.now, (column - 9, row - 1));
    app.update(Action::Resize(Resize::Reset));
    app.measure(measure(&app, SIZE.into()));
    assert_eq!(app.dashboard.borders.now, (column, row));
}

#[test]
fn columns_are_selected_by_a_click() {
    let mut app = story::dashboard();
    app.update(Action::Columns);
    let second = place_of(&app, "note");
    assert_eq!(at(&app, PRESS, second), [Action::Select(1)]);
    assert_eq!(
        at(&app, PRESS, (5, 38)),
        [],
        "the lines about the column are no columns"
    );
}

#[test]
fn on_a_row_s_page_columns_are_selected_and_nearest_rows_opened() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Open);
    let row = app.watch().row.unwrap();
    app.apply(Report::Explained(story::explained(Some(row))));
    let column = place_of(&app, "λ1121");
    let clicked = at(&app, PRESS, column);
    let [Action::Select(line)] = clicked[..] else {
        panic!("{clicked:?}");
    };
    let Some(Page::Row(page)) = app.page() else {
        panic!("a row's page is open");
    };
    assert_eq!(page.order[line], 1_120);
    assert_eq!(
        at(&app, MouseEventKind::ScrollDown, column),
        [Action::Down; 3]
    );
    app.update(Action::NextPanel);
    let near = place_of(&app, &format!("┃  {}  ", row + 1 + 34));
    assert_eq!(at(&app, PRESS, (near.0 + 3, near.1)), [Action::OpenNear(1)]);
    app.update(Action::OpenNear(1));
    assert_eq!(app.watch().row, Some(row + 34));
}

#[test]
fn the_first_rows_are_selected_and_scrolled_while_the_rest_is_read() {
    let mut app = App::new("flows.csv".into());
    app.apply(Report::First(story::first_rows(200)));
    let place = place_of(&app, "12:00:09");
    assert_eq!(at(&app, PRESS, place), [Action::Select(9)]);
    let wheel = at(&app, MouseEventKind::ScrollDown, place);
    assert!(!wheel.is_empty() && wheel.iter().all(|action| *action == Action::Down));
    let heading = place_of(&app, "protocol");
    assert!(at(&app, PRESS, heading).is_empty());
}
