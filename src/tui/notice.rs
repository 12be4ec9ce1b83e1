//! What stands in place of the dashboard: reading, failed, too small.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Text};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::app::App;
use crate::app::session::Phase;
use crate::data::read::Progress;
use crate::format;
use crate::tui::layout::SMALLEST;
use crate::tui::reading::Far;
use crate::tui::theme::Theme;

/// A few lines in the middle of the screen.
pub struct Notice {
    text: Text<'static>,
    border: Option<Style>,
}

/// Cells of the progress bar.
const BAR: usize = 40;

impl Notice {
    /// The table is being read.
    pub fn loading(app: &App, progress: Option<Progress>, theme: Theme) -> Self {
        let mut lines = vec![
            Line::styled(format!("reading {}", app.session.source), theme.strong()),
            Line::default(),
        ];
        match progress {
            None => lines.push(Line::styled("opening …", theme.quiet())),
            Some(progress) if progress.is_waiting() => lines.push(Line::styled(
                "waiting for data: nobody has written into the pipe yet",
                theme.quiet(),
            )),
            Some(progress) => {
                let far = Far::new(&app.session, progress);
                let bar = far.bar(BAR).map(|bar| Line::styled(bar, theme.accent()));
                lines.extend(bar);
                lines.push(Line::raw(match progress.rows {
                    0 => format!("{} so far, no whole row yet", far.read),
                    _ => far.done,
                }));
                let quiet = |text| Line::styled(text, theme.quiet());
                lines.extend(far.left.into_iter().chain(far.need).map(quiet));
            }
        }
        lines.extend([Line::default(), Line::styled("q stops", theme.quiet())]);
        Self {
            text: Text::from(lines).centered(),
            border: None,
        }
    }

    /// It failed, and what can be done.
    pub fn failed(app: &App, why: &str, theme: Theme) -> Self {
        let way_out = if matches!(app.session.phase, Phase::Failed(_)) {
            format!(
                "r starts again at learning rate {} · :rate changes it first · q quits",
                format::rate(app.session.rate)
            )
        } else {
            "q quits".to_owned()
        };
        let lines = vec![
            Line::styled(
                if app.session.started.is_some() {
                    "learning stopped"
                } else {
                    "this table cannot be used"
                },
                theme.bad(),
            ),
            Line::default(),
            Line::raw(why.to_owned()),
            Line::default(),
            Line::styled(way_out, theme.quiet()),
        ];
        Self {
            text: Text::from(lines).centered(),
            border: Some(theme.bad()),
        }
    }

    /// The terminal is too small to show anything else.
    pub fn too_small(theme: Theme, area: Rect) -> Self {
        let (
            (width, height),
            Rect {
                width: here,
                height: high,
                ..
            },
        ) = (SMALLEST, area);
        let text = format!("misfit needs {width} × {height}, this is {here} × {high}");
        Self {
            text: Text::from(Line::styled(text, theme.warn())).centered(),
            border: None,
        }
    }
}

impl Widget for Notice {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let width = area.width.min(76);
        let inner_width = width.saturating_sub(6).max(1);
        let lines: u16 = self
            .text
            .iter()
            .map(|line| (line.width() as u16).div_ceil(inner_width).max(1))
            .sum();
        let frame = if self.border.is_some() { 4 } else { 0 };
        let height = (lines + frame + 1).min(area.height);
        let area = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.y + (area.height - height) / 2,
            width,
            height,
        };
        let mut paragraph = Paragraph::new(self.text).wrap(Wrap { trim: true });
        if let Some(style) = self.border {
            let block = ratatui::widgets::Block::bordered()
                .border_type(ratatui::widgets::BorderType::Rounded);
            let padding = ratatui::widgets::Padding::symmetric(2, 1);
            paragraph = paragraph.block(block.border_style(style).padding(padding));
        }
        paragraph.render(area, buffer);
    }
}
