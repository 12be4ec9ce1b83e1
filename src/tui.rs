//! The screen: [`draw`] shows an [`App`] and changes nothing. Keys come in through the [`keymap`], the terminal is
//! entered and left in [`terminal`].
//!
//! ```text
//! status      what, how, how far
//! body        dashboard │ row page │ about │ help │ loading │ failed
//! hint line   keys of the moment │ the line being typed │ an answer
//! ```

mod ascii;
pub mod cells;
pub mod keymap;
pub mod layout;
mod panels;
pub mod terminal;
pub mod theme;

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use crate::app::action::Panel;
use crate::app::{App, Page, Phase};
use layout::Areas;
use panels::about::About;
use panels::columns::Columns;
use panels::comparison::ComparisonPage;
use panels::curve::CurvePanel;
use panels::help::Help;
use panels::hints::Hints;
use panels::layers::Layers;
use panels::notice::Notice;
use panels::outliers::Outliers;
use panels::row::RowPanel;
use panels::status::Status;
use theme::Theme;

/// Draws the whole screen.
pub fn draw(frame: &mut Frame<'_>, app: &App, theme: Theme) {
    let area = frame.area();
    match layout::split(area) {
        None => frame.render_widget(Notice::too_small(theme), area),
        Some([status, body, hints]) => {
            frame.render_widget(Status { app, theme }, status);
            draw_body(frame, app, theme, body);
            frame.render_widget(Hints { app, theme }, hints);
            if let Some(column) = panels::hints::cursor(app) {
                frame.set_cursor_position((
                    hints.x + column.min(hints.width.saturating_sub(1)),
                    hints.y,
                ));
            }
        }
    }
    if theme.ascii {
        ascii::translate(frame.buffer_mut());
    }
}

/// Lines of the page of text that do not fit on a screen of this size: how far it can be scrolled.
pub fn overflow(app: &App, size: Size) -> usize {
    let Some([_, body, _]) = layout::split(Rect::from((Position::ORIGIN, size))) else {
        return 0;
    };
    match app.page {
        Page::Help => panels::about::overflow(&Help::entries(), body),
        Page::About => panels::about::overflow(&About::entries(app), body),
        Page::Dashboard | Page::Row | Page::Columns | Page::Comparison => 0,
    }
}

fn draw_body(frame: &mut Frame<'_>, app: &App, theme: Theme, body: Rect) {
    match (app.page, &app.phase) {
        (Page::Help, _) => frame.render_widget(Help { app, theme }, body),
        (Page::About, _) => frame.render_widget(About { app, theme }, body),
        (_, Phase::Loading(progress)) => {
            frame.render_widget(Notice::loading(app, *progress, theme), body);
        }
        (_, Phase::Failed(why) | Phase::Ended(why)) => {
            frame.render_widget(Notice::failed(app, why, theme), body);
        }
        (Page::Columns, _) => frame.render_widget(Columns { app, theme }, body),
        (Page::Comparison, _) => frame.render_widget(ComparisonPage { app, theme }, body),
        (Page::Row, _) => frame.render_widget(RowPanel { app, theme }, body),
        (Page::Dashboard, _) => {
            let layers = app
                .spec
                .as_ref()
                .map_or(0, crate::model::spec::NetworkSpec::len);
            let areas = if app.zoomed {
                Areas::zoomed(body, app.focus)
            } else {
                Areas::new(body, layers)
            };
            for panel in Panel::ALL {
                let Some(area) = areas.of(panel) else {
                    continue;
                };
                match panel {
                    Panel::Loss | Panel::Mse => {
                        frame.render_widget(CurvePanel { app, theme, panel }, area);
                    }
                    Panel::Layers => frame.render_widget(Layers { app, theme }, area),
                    Panel::Outliers => frame.render_widget(Outliers { app, theme }, area),
                }
            }
        }
    }
}
