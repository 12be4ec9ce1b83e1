//! The first line: what is learned, how, and how far it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::{App, Phase};
use crate::format;
use crate::tui::cells;
use crate::tui::theme::Theme;

/// The status line.
pub struct Status<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

/// A piece of the line; the pieces of the highest `drop` go first when the line is short.
struct Piece {
    text: String,
    style: Style,
    drop: u8,
}

impl Widget for Status<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let (mut left, mut right) = (self.data(), self.progress());
        let width = |pieces: &[Piece]| {
            pieces
                .iter()
                .map(|piece| cells::width(&piece.text) + 2)
                .sum::<usize>()
        };
        while width(&left) + width(&right) > usize::from(area.width) {
            let Some(worst) = left
                .iter()
                .chain(&right)
                .map(|piece| piece.drop)
                .max()
                .filter(|drop| *drop > 0)
            else {
                break;
            };
            left.retain(|piece| piece.drop != worst);
            right.retain(|piece| piece.drop != worst);
        }
        let line = |pieces: Vec<Piece>| {
            let spans = pieces
                .into_iter()
                .flat_map(|piece| [Span::styled(piece.text, piece.style), Span::raw("  ")]);
            Line::from(spans.collect::<Vec<_>>())
        };
        let mut left = line(left);
        left.spans.insert(0, Span::raw(" "));
        let mut right = line(right);
        right.spans.pop();
        right.spans.push(Span::raw(" "));
        left.render(area, buffer);
        let width = (right.width() as u16).min(area.width);
        right.render(
            Rect {
                x: area.right() - width,
                width,
                ..area
            },
            buffer,
        );
    }
}

impl Status<'_> {
    fn data(&self) -> Vec<Piece> {
        let (app, theme) = (self.app, self.theme);
        let piece = |text: String, style, drop| Piece { text, style, drop };
        let mut pieces = vec![piece("misfit".into(), theme.accent(), 0)];
        match &app.loaded {
            None => pieces.push(piece(cells::cut(&app.source, 30), theme.strong(), 0)),
            Some(loaded) => {
                pieces.push(piece(cells::cut(&loaded.name, 30), theme.strong(), 0));
                let (rows, features) = (
                    format::group(loaded.rows),
                    format::group(loaded.features.len()),
                );
                pieces.push(piece(format!("{rows} × {features}"), Style::new(), 3));
            }
        }
        if let Some(started) = &app.started {
            let tied = if app
                .spec
                .as_ref()
                .is_some_and(crate::model::spec::NetworkSpec::tied)
            {
                " tied"
            } else {
                ""
            };
            pieces.push(piece(format!("{}{tied}", started.preset), theme.quiet(), 5));
            let engine = format!("{} {} ×{}", started.engine, started.device, started.threads);
            pieces.push(piece(engine, theme.quiet(), 6));
        }
        pieces
    }

    fn progress(&self) -> Vec<Piece> {
        let (app, theme) = (self.app, self.theme);
        let (word, style) = match &app.phase {
            Phase::Loading(_) => ("reading", theme.warn()),
            Phase::Training => ("training", theme.good()),
            Phase::Paused => ("paused", theme.warn()),
            Phase::Finished => ("done", theme.accent()),
            Phase::Failed(_) | Phase::Ended(_) => ("failed", theme.bad()),
        };
        let mut pieces = vec![Piece {
            text: format!("● {word}"),
            style,
            drop: 0,
        }];
        if let (Some(last), Some(started)) = (&app.run.last, &app.started) {
            let epoch = app.epochs(last.step);
            let text = if epoch < 10.0 {
                format!("epoch {epoch:.1}")
            } else {
                format!("epoch {epoch:.0}")
            };
            pieces.push(Piece {
                text,
                style: Style::new(),
                drop: 1,
            });
            if started.networks > 1 {
                pieces.push(Piece {
                    text: format!("network {} of {}", started.network + 1, started.networks),
                    style: Style::new(),
                    drop: 2,
                });
            }
            let steps = format::group(last.step);
            // Beyond the recipe there is no end to name.
            let text = if last.step <= started.steps {
                format!("step {steps} of {}", format::group(started.steps))
            } else {
                format!("step {steps}")
            };
            pieces.push(Piece {
                text,
                style: theme.quiet(),
                drop: 7,
            });
            pieces.push(Piece {
                text: format!("rate {}", format::rate(app.rate)),
                style: theme.quiet(),
                drop: 4,
            });
            pieces.push(Piece {
                text: format::speed(last.rows_per_second),
                style: Style::new(),
                drop: 2,
            });
            pieces.push(Piece {
                text: format::clock(last.seconds),
                style: theme.strong(),
                drop: 1,
            });
        }
        pieces
    }
}
