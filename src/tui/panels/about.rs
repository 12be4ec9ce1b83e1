//! What was read, what was left out, and how it is learned.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::app::App;
use crate::format;
use crate::tui::cells;
use crate::tui::theme::Theme;

/// The page about the data and the run.
pub struct About<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

impl Widget for About<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, theme } = self;
        let fact = |word: &str, text: String| {
            Line::from(vec![
                Span::styled(format!("  {} ", cells::left(word, 14)), theme.quiet()),
                Span::raw(text),
            ])
        };
        let mut lines = vec![Line::styled("data", theme.strong())];
        match &app.loaded {
            None => lines.push(fact("", format!("{} is still being read", app.source))),
            Some(loaded) => {
                lines.push(fact("name", loaded.name.clone()));
                lines.push(fact("rows", format::group(loaded.rows)));
                let (features, columns) = (loaded.features.len(), loaded.columns);
                lines.push(fact(
                    "columns",
                    format!(
                        "{} of {} in use",
                        format::group(features),
                        format::group(columns)
                    ),
                ));
                lines.extend(
                    loaded
                        .notices
                        .iter()
                        .map(|notice| fact("note", notice.clone())),
                );
            }
        }
        lines.push(Line::default());
        lines.push(Line::styled("run", theme.strong()));
        if let (Some(started), Some(spec)) = (&app.started, &app.spec) {
            lines.push(fact("preset", started.preset.clone()));
            lines.push(fact(
                "network",
                format!(
                    "{}{}",
                    spec.shape(),
                    if spec.tied() { ", tied" } else { "" }
                ),
            ));
            lines.push(fact("loss", started.loss.into()));
            lines.push(fact(
                "optimizer",
                format!(
                    "Adam, learning rate {}, {} rows a step",
                    format::rate(app.rate),
                    started.batch
                ),
            ));
            let (steps, epoch) = (
                format::group(started.steps),
                format::group(started.steps_per_epoch),
            );
            lines.push(fact(
                "length",
                format!("{steps} steps, {epoch} to the epoch"),
            ));
            lines.push(fact(
                "engine",
                format!(
                    "{} on {}, {} threads",
                    started.engine, started.device, started.threads
                ),
            ));
        }
        page(app, theme, "about", lines, area, buffer);
    }
}

/// A framed page of text, scrolled by [`App::scroll`] and never past its last line.
pub(super) fn page(
    app: &App,
    theme: Theme,
    title: &str,
    lines: Vec<Line<'_>>,
    area: Rect,
    buffer: &mut Buffer,
) {
    let block = theme.block(true).title_top(Line::from(vec![
        Span::raw(" "),
        Span::styled(title.to_owned(), theme.accent()),
        Span::styled("  esc closes · ↑↓ scrolls ", theme.quiet()),
    ]));
    let inner = block.inner(area);
    let length: usize = lines
        .iter()
        .map(|line| {
            line.width()
                .div_ceil(usize::from(inner.width.max(1)))
                .max(1)
        })
        .sum();
    let last = (length as u16).saturating_sub(inner.height);
    let paragraph = Paragraph::new(lines)
        .wrap(Wrap { trim: false })
        .scroll((app.scroll.min(last), 0));
    block.render(area, buffer);
    paragraph.render(inner, buffer);
}
