//! The last line: the keys of the moment, the line being typed, or an answer to the last key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::prompt::{COMMANDS, Prompt, Purpose};
use crate::app::{App, Page};
use crate::tui::theme::Theme;
use crate::tui::{cells, keymap};

/// The hint line.
pub struct Hints<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

fn sign(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Find => "/",
        Purpose::Command => ":",
    }
}

/// Where the cursor stands while a line is typed.
pub fn cursor(app: &App) -> Option<u16> {
    let Prompt { purpose, text } = app.prompt.as_ref()?;
    Some((1 + sign(*purpose).len() + cells::width(text)) as u16)
}

impl Widget for Hints<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, theme } = self;
        let line = match (&app.prompt, &app.answer) {
            (Some(Prompt { purpose, text }), _) => {
                let help = match (purpose, app.page) {
                    (Purpose::Command, _) => COMMANDS,
                    (Purpose::Find, Page::Row) => "column name",
                    (Purpose::Find, _) => "row number or id",
                };
                let typed = format!(" {}{text} ", sign(*purpose));
                let help = if text.is_empty() {
                    format!("  {help}")
                } else {
                    "  enter does it · esc forgets it".into()
                };
                Line::from(vec![
                    Span::styled(typed, theme.strong()),
                    Span::styled(help, theme.quiet()),
                ])
            }
            (None, Some(answer)) => Line::from(vec![
                Span::raw(" "),
                Span::styled(answer.as_str(), theme.warn()),
            ]),
            (None, None) => self.keys(usize::from(area.width)),
        };
        line.render(area, buffer);
    }
}

impl Hints<'_> {
    /// As many hints as fit; the way back, help and quit always do.
    fn keys(&self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let size = |(key, hint): (&str, &str)| cells::width(key) + cells::width(hint) + 3;
        let (last, others): (Vec<_>, Vec<_>) =
            keymap::hints(self.app).partition(|(key, _)| matches!(*key, "?" | "q" | "esc"));
        let mut room = width.saturating_sub(1 + last.iter().copied().map(size).sum::<usize>());
        let fitting = others.into_iter().take_while(|hint| {
            let fits = size(*hint) <= room;
            room = room.saturating_sub(size(*hint));
            fits
        });
        let span = |(key, hint): (&'static str, &'static str)| {
            [
                Span::styled(key, theme.accent()),
                Span::raw(" "),
                Span::styled(hint, theme.quiet()),
                Span::raw("  "),
            ]
        };
        let mut spans = vec![Span::raw(" ")];
        spans.extend(fitting.chain(last).flat_map(span));
        Line::from(spans)
    }
}
