//! The frame of a panel, and what is drawn inside it line by line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::tui::cells;
use crate::tui::theme::Theme;

/// A panel's frame with its number and name at the left and its headline at the right, as far as `width` has room:
/// first the detail goes, then the headline.
pub fn frame(
    theme: Theme,
    focused: bool,
    width: u16,
    [name, detail]: [&str; 2],
    headline: Line<'static>,
) -> Block<'static> {
    let room = usize::from(width).saturating_sub(3);
    let wanted = |parts: &[&str]| {
        parts
            .iter()
            .map(|part| cells::width(part) + 2)
            .sum::<usize>()
    };
    let fits = |parts: &[&str]| wanted(parts) + headline.width() <= room;
    let style = if focused {
        theme.accent()
    } else {
        theme.strong()
    };
    let mut title = vec![
        Span::raw(" "),
        Span::styled(name.to_owned(), style),
        Span::raw(" "),
    ];
    if !detail.is_empty() && fits(&[name, detail]) {
        title.push(Span::styled(format!(" {detail} "), theme.quiet()));
    }
    let block = theme.block(focused).title_top(Line::from(title));
    if headline.width() > 0 && fits(&[name]) {
        block.title_top(headline.right_aligned())
    } else {
        block
    }
}

/// Draws lines one below the other, as far as there is room.
pub fn draw_lines<'a>(lines: impl IntoIterator<Item = Line<'a>>, area: Rect, buffer: &mut Buffer) {
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        line.render(
            Rect {
                y,
                height: 1,
                ..area
            },
            buffer,
        );
    }
}

/// Says in the middle of a panel what it waits for.
pub fn draw_waiting(text: &str, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let middle = Rect {
        y: area.y + area.height / 2,
        height: area.height.min(1),
        ..area
    };
    Line::styled(text, theme.quiet())
        .centered()
        .render(middle, buffer);
}
