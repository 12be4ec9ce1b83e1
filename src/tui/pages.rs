//! The pages, drawn: a file each, of the same name as the one in `app/pages` that holds its state.

mod about;
mod columns;
mod comparison;
pub mod dashboard;
pub mod first;
mod help;
mod layer;
pub mod row;
pub mod scores;
pub mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::Page;
use crate::tui::theme::Theme;
use crate::tui::widgets::text;

/// Draws the page on top.
pub fn draw(buffer: &mut Buffer, app: &App, theme: Theme, area: Rect) {
    match app.page() {
        None | Some(Page::Dashboard(_)) => dashboard::draw(app, theme, area, buffer),
        Some(Page::Scores(page)) => scores::ScoresPanel { app, page, theme }.render(area, buffer),
        Some(Page::Table(page)) => table::TablePanel { app, page, theme }.render(area, buffer),
        Some(Page::First(page)) => first::FirstPanel { app, page, theme }.render(area, buffer),
        Some(Page::Row(page)) => row::RowPanel { app, page, theme }.render(area, buffer),
        Some(Page::Layer(page)) => layer::draw(app, page, theme, area, buffer),
        Some(Page::Columns(page)) => columns::Panel { app, page, theme }.render(area, buffer),
        Some(Page::Comparison(_)) => {
            comparison::ComparisonPanel { app, theme }.render(area, buffer);
        }
        Some(Page::About(page)) => {
            let scroll = ("about", page.scroll.first);
            text::page(theme, scroll, &about::entries(app), area, buffer);
        }
        Some(Page::Help(page)) => {
            let scroll = ("keys and words", page.scroll.first);
            text::page(theme, scroll, &help::entries(), area, buffer);
        }
    }
}

/// Lines of the page on top that do not fit on `area`; of a layer's page, rows of pictures.
pub fn overflow(app: &App, area: Rect) -> usize {
    match app.page() {
        Some(Page::About(_)) => text::overflow(&about::entries(app), area),
        Some(Page::Help(_)) => text::overflow(&help::entries(), area),
        Some(Page::Layer(_)) => layer::overflow(app, area),
        _ => 0,
    }
}
