//! From the mouse to actions: what is clicked is looked up where it was drawn.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect, Size};
use ratatui::widgets::Block;

use crate::app::App;
use crate::app::action::{Action, Panel, Resize};
use crate::app::pages::Page;
use crate::app::pages::columns::Columns;
use crate::app::pages::row::Part;
use crate::tui::layout;
use crate::tui::pages::dashboard::charts::ChartPanel;
use crate::tui::pages::dashboard::layers::Layers;
use crate::tui::pages::dashboard::outliers::Outliers;
use crate::tui::pages::dashboard::{self};
use crate::tui::pages::first::FirstPanel;
use crate::tui::pages::row::RowPanel;
use crate::tui::pages::scores::ScoresPanel;
use crate::tui::pages::table::TablePanel;
use crate::tui::theme::Theme;

/// Lines that the wheel scrolls by.
const WHEEL: usize = 3;
/// Geometry is the same in every theme.
const THEME: Theme = Theme::PLAIN;

/// A border that is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dragged {
    /// The one before the outliers.
    Column,
    /// The one above the layers.
    Row,
}

/// What the mouse does on a screen of this size, in order. `dragged` is remembered from one event to the next.
pub fn actions(
    app: &App,
    size: Size,
    event: MouseEvent,
    dragged: &mut Option<Dragged>,
) -> Vec<Action> {
    let at = Position::new(event.column, event.row);
    let area = Rect::from((Position::ORIGIN, size));
    let alone = app
        .page()
        .is_some_and(|page| page.behaviour().stands_alone());
    let open = alone || app.session.is_open();
    let Some([_, body, _]) = layout::split(area).filter(|_| open) else {
        return Vec::new();
    };
    let on_dashboard = app.page().is_none();
    match event.kind {
        MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
            let up = event.kind == MouseEventKind::ScrollUp;
            let move_by = if up { Action::Up } else { Action::Down };
            let focus = on_dashboard.then(|| panel_at(app, body, at)).flatten();
            let focus = focus.filter(|(panel, _)| *panel != app.dashboard.focus);
            let focus = focus.map(|(panel, _)| Action::Focus(panel));
            let turn = turn_at(app, body, at);
            let before = focus.or(turn).into_iter();
            before.chain([move_by; WHEEL]).collect()
        }
        MouseEventKind::Down(MouseButton::Left) => {
            *dragged = border_at(app, body, at).filter(|_| on_dashboard);
            match app.page() {
                _ if dragged.is_some() => Vec::new(),
                None => press_panel(app, body, at),
                Some(page) => press_page(app, page, body, at),
            }
        }
        MouseEventKind::Drag(MouseButton::Left) => match dragged {
            Some(Dragged::Column) => {
                vec![Action::Resize(Resize::ColumnTo(
                    at.x.saturating_sub(body.x),
                ))]
            }
            Some(Dragged::Row) => vec![Action::Resize(Resize::RowTo(at.y.saturating_sub(body.y)))],
            None if on_dashboard => drag_cursor(app, body, at),
            // The line that the scores are cut at is dragged along.
            None => match app.page() {
                Some(page @ Page::Scores(_)) => press_page(app, page, body, at),
                _ => Vec::new(),
            },
        },
        MouseEventKind::Up(_) => {
            *dragged = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Turns to the part of a row's page that is under the mouse.
fn turn_at(app: &App, body: Rect, at: Position) -> Option<Action> {
    let Some(Page::Row(page)) = app.page() else {
        return None;
    };
    let panel = RowPanel {
        app,
        page,
        theme: THEME,
    };
    let (part, _) = panel.spot_at(body, at)?;
    (part != page.part()).then_some(Action::NextPanel)
}

fn panel_at(app: &App, body: Rect, at: Position) -> Option<(Panel, Rect)> {
    let areas = dashboard::areas(app, body);
    let panel = |panel: Panel| Some((panel, areas.of(panel)?));
    Panel::ALL
        .into_iter()
        .filter_map(panel)
        .find(|(_, area)| area.contains(at))
}

/// The border under the mouse: the frames' edges on both sides of it.
fn border_at(app: &App, body: Rect, at: Position) -> Option<Dragged> {
    if app.dashboard.zoomed || !body.contains(at) {
        return None;
    }
    let (column, row) = dashboard::areas(app, body).borders(body);
    let (x, y) = (at.x - body.x, at.y - body.y);
    if x == column || x + 1 == column {
        return Some(Dragged::Column);
    }
    (x < column && y == row).then_some(Dragged::Row)
}

fn press_panel(app: &App, body: Rect, at: Position) -> Vec<Action> {
    let Some((panel, area)) = panel_at(app, body, at) else {
        return Vec::new();
    };
    let focused = app.dashboard.focus == panel;
    let focus = (!focused).then_some(Action::Focus(panel));
    let inner = Block::bordered().inner(area);
    let picked = match panel {
        Panel::Loss | Panel::Second => step_at(app, panel, area, at).map(Action::CursorTo),
        Panel::Layers => {
            let layer = line_of(inner, at)
                .map(|line| Layers { app, theme: THEME }.window(inner).start + line);
            let shown = |layer: &usize| Layers { app, theme: THEME }.window(inner).contains(layer);
            let again = |layer: usize| focused && app.selection.layer == layer;
            layer
                .filter(shown)
                .map(|layer| open_or_select(again(layer), layer))
        }
        Panel::Outliers => {
            let rank = line_of(inner, at)
                .and_then(|line| Outliers { app, theme: THEME }.rank_at(inner, line));
            rank.map(|rank| open_or_select(focused && app.selection.rank == rank, rank))
        }
    };
    focus.into_iter().chain(picked).collect()
}

/// A click selects; on what is selected already, it opens.
fn open_or_select(again: bool, line: usize) -> Action {
    if again {
        Action::Open
    } else {
        Action::Select(line)
    }
}

/// The line of a list under its heading.
fn line_of(inner: Rect, at: Position) -> Option<usize> {
    let below = usize::from(at.y).checked_sub(usize::from(inner.y) + 1);
    below.filter(|_| inner.contains(at))
}

fn step_at(app: &App, panel: Panel, area: Rect, at: Position) -> Option<u64> {
    let (axis, place) = ChartPanel {
        app,
        theme: THEME,
        panel,
    }
    .steps(area);
    let column = at.x.checked_sub(place.plot.x)?;
    if column >= place.plot.width || !place.plot.rows().any(|row| row.y == at.y) {
        return None;
    }
    let share = (f64::from(column) + 0.5) / f64::from(place.plot.width);
    Some(axis.value(share).round().max(1.0) as u64)
}

fn drag_cursor(app: &App, body: Rect, at: Position) -> Vec<Action> {
    let Some((panel, area)) = panel_at(app, body, at) else {
        return Vec::new();
    };
    let dragging = panel.is_chart() && app.dashboard.focus == panel;
    let step = step_at(app, panel, area, at).filter(|_| dragging);
    step.map(Action::CursorTo).into_iter().collect()
}

/// The lists of the other pages.
fn press_page(app: &App, page: &Page, body: Rect, at: Position) -> Vec<Action> {
    let inner = Block::bordered().inner(body);
    let line = match page {
        Page::Scores(scores) => {
            let panel = ScoresPanel {
                app,
                page: scores,
                theme: THEME,
            };
            panel.part_at(body, at.x, at.y)
        }
        Page::Table(table) => {
            let line = at.y.checked_sub(inner.y).filter(|_| inner.contains(at));
            let panel = TablePanel {
                app,
                page: table,
                theme: THEME,
            };
            let place = line.and_then(|line| panel.row_at(inner, usize::from(line)));
            let again = |place: usize| place == table.at;
            return place
                .map(|place| open_or_select(again(place), place))
                .into_iter()
                .collect();
        }
        Page::First(first) => {
            let line = at.y.checked_sub(inner.y).filter(|_| inner.contains(at));
            let panel = FirstPanel {
                app,
                page: first,
                theme: THEME,
            };
            line.and_then(|line| panel.row_at(inner, usize::from(line)))
        }
        Page::Row(row) => {
            let panel = RowPanel {
                app,
                page: row,
                theme: THEME,
            };
            let spot = panel.spot_at(body, at).map(|(part, line)| match part {
                Part::Columns => Action::Select(line),
                Part::Nearest => Action::OpenNear(line),
            });
            return spot.into_iter().collect();
        }
        Page::Columns(columns) => {
            let all = app.session.columns().len();
            let first = columns.first(usize::from(inner.height), &app.session);
            let shown = Columns::room(usize::from(inner.height), &app.session);
            let line = line_of(inner, at).filter(|line| *line < shown && first + line < all);
            line.map(|line| first + line)
        }
        _ => None,
    };
    line.map(Action::Select).into_iter().collect()
}
