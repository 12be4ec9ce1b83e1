//! The screen: [`draw`] shows an [`App`] and changes nothing. Keys come in through the [`keymap`], the mouse through the
//! [`mod@pointer`]; the terminal is entered and left in [`terminal`].
//!
//! ```text
//! status      what, how, how far
//! body        the page on top │ loading │ failed
//! hint line   keys of the moment │ the line being typed │ an answer
//! ```

mod ascii;
pub mod cells;
mod hints;
pub mod keymap;
pub mod layout;
mod notice;
mod pages;
pub mod pointer;
mod reading;
mod status;
pub mod terminal;
pub mod theme;
mod widgets;

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use crate::app::session::Phase;
use crate::app::{App, Measures};
use hints::Hints;
use notice::Notice;
use status::Status;
use theme::Theme;

/// Draws the whole screen.
pub fn draw(frame: &mut Frame<'_>, app: &App, theme: Theme) {
    let area = frame.area();
    match layout::split(area) {
        None => frame.render_widget(Notice::too_small(theme, area), area),
        Some([status, body, hints]) => {
            frame.render_widget(Status { app, theme }, status);
            draw_body(frame, app, theme, body);
            frame.render_widget(Hints { app, theme }, hints::area(app, hints, body));
            if let Some(column) = hints::cursor(app, hints.width) {
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

fn draw_body(frame: &mut Frame<'_>, app: &App, theme: Theme, body: Rect) {
    let alone = app
        .page()
        .is_some_and(|page| page.behaviour().stands_alone());
    match &app.session.phase {
        Phase::Loading(progress) if !alone => {
            frame.render_widget(Notice::loading(app, *progress, theme), body);
        }
        Phase::Failed(why) | Phase::Ended(why) if !alone => {
            frame.render_widget(Notice::failed(app, why, theme), body);
        }
        _ => pages::draw(frame.buffer_mut(), app, theme, body),
    }
}

/// What only the drawing knows of a screen of this size.
pub fn measure(app: &App, size: Size) -> Measures {
    let area = Rect::from((Position::ORIGIN, size));
    let Some([_, body, _]) = layout::split(area) else {
        return Measures::default();
    };
    let (borders, scale) = pages::dashboard::measure(app, body);
    Measures {
        height: size.height,
        overflow: pages::overflow(app, body),
        borders,
        scale,
    }
}
