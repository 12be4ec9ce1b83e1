//! The first line: what is learned, how, and how far it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::session::Phase;
use crate::format;
use crate::message::Moment;
use crate::model::spec::NetworkSpec;
use crate::score::flag::FlagRule;
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

/// Pieces of this `drop` and above can be done without.
const QUIET: u8 = 5;
/// Cells that a name is not shortened below.
const SHORTEST_NAME: usize = 12;

impl Widget for Status<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let (mut left, mut right) = (self.data(), self.progress());
        let width = |pieces: &[Piece]| {
            pieces
                .iter()
                .map(|piece| cells::width(&piece.text) + 2)
                .sum::<usize>()
        };
        loop {
            let excess = (width(&left) + width(&right)).saturating_sub(usize::from(area.width));
            let pieces = left.iter().chain(&right);
            let Some(worst) = pieces.map(|piece| piece.drop).max().filter(|_| excess > 0) else {
                break;
            };
            // A long name gives way before what the run is doing.
            let name = &mut left[1].text;
            let shorter = cells::width(name).saturating_sub(excess);
            if worst < QUIET && shorter >= SHORTEST_NAME {
                *name = cells::middle(name, shorter);
                break;
            }
            if worst == 0 {
                break;
            }
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
        let (session, theme) = (&self.app.session, self.theme);
        let piece = |text: String, style, drop| Piece { text, style, drop };
        let mut pieces = vec![piece("misfit".into(), theme.accent(), 0)];
        match &session.loaded {
            None => pieces.push(piece(cells::cut(&session.source, 30), theme.strong(), 0)),
            Some(loaded) => {
                pieces.push(piece(cells::cut(&loaded.name, 30), theme.strong(), 0));
                let (rows, features) = (
                    format::group(loaded.rows),
                    format::group(loaded.features.len()),
                );
                let rows = match loaded.of {
                    Some(of) => format!("{rows} of {}", format::group(of)),
                    None => rows,
                };
                pieces.push(piece(format!("{rows} × {features}"), Style::new(), 5));
                if let Some(window) = &loaded.window {
                    let text = format!("windows of {}", format::group(window.rows));
                    pieces.push(piece(text, theme.quiet(), 8));
                }
            }
        }
        let rule = session.ranking.as_ref().map(|ranking| ranking.flag.rule);
        if rule.is_some_and(FlagRule::is_clean) {
            pieces.push(piece("clean".into(), theme.quiet(), 5));
        }
        if let Some(started) = &session.started {
            let tied = session.spec.as_ref().is_some_and(NetworkSpec::tied);
            let tied = if tied { " tied" } else { "" };
            pieces.push(piece(format!("{}{tied}", started.preset), theme.quiet(), 8));
            pieces.push(if let Some(threads) = started.threads {
                let engine = format!("{} {} ×{threads}", started.engine, started.device);
                piece(engine, theme.quiet(), 9)
            } else {
                // Not on this processor, which one wants to know; the page of facts has the address.
                let device = started.device.split('=').next().unwrap_or_default();
                piece(format!("on {device}"), Style::new(), 4)
            });
        }
        pieces
    }

    fn progress(&self) -> Vec<Piece> {
        let (app, session, theme) = (self.app, &self.app.session, self.theme);
        let piece = |text: String, style, drop| Piece { text, style, drop };
        if let Some(moment) = session.looking {
            return self.looking_back(moment);
        }
        let (word, style) = match &session.phase {
            Phase::Loading(_) => ("reading", theme.warn()),
            _ if session.comparing => ("comparing", theme.warn()),
            Phase::Training => ("training", theme.good()),
            Phase::Paused => ("paused", theme.warn()),
            Phase::Finished if session.given().is_some() => ("model as it is", theme.accent()),
            Phase::Finished => ("done", theme.accent()),
            Phase::Failed(_) | Phase::Ended(_) => ("failed", theme.bad()),
        };
        let mut pieces = vec![piece(format!("● {word}"), style, 0)];
        if let Some(percent) = session.whole.percent {
            let what = if session.whole.fetches {
                "reading the file"
            } else {
                "scoring all rows"
            };
            let text = format!("{what} {percent} %");
            pieces.push(piece(text, theme.warn(), 0));
        }
        let (Some(last), Some(started)) = (&session.run.last, &session.started) else {
            return pieces;
        };
        if started.networks > 1 {
            let text = format!("network {} of {}", started.network + 1, started.networks);
            pieces.push(piece(text, Style::new(), 3));
        }
        let steps = format::group(last.step);
        // Beyond the recipe there is no end to name.
        let text = if last.step <= started.steps {
            format!("step {steps} of {}", format::group(started.steps))
        } else {
            format!("step {steps}")
        };
        pieces.push(piece(text, Style::new(), 1));
        if session.phase == Phase::Training && !session.comparing {
            let held = app.pace.shown().is_some();
            pieces.push(piece(self.pace(), theme.warn(), if held { 4 } else { 5 }));
        }
        let epoch = format::epoch(session.epochs(last.step));
        pieces.push(piece(format!("epoch {epoch}"), theme.quiet(), 7));
        let rate = format::rate(session.rate);
        pieces.push(piece(format!("rate {rate}"), theme.quiet(), 10));
        // Steps that are granted one by one say nothing about the engine.
        if app.pace.shown().is_none() {
            pieces.push(piece(
                format::speed(last.rows_per_second, session.examples()),
                Style::new(),
                6,
            ));
        }
        let left = app.pace.left().or_else(|| session.seconds_left());
        let left = left.filter(|_| session.phase == Phase::Training && !session.comparing);
        if let Some(left) = left.filter(|left| *left >= 1.0) {
            pieces.push(piece(
                format!("{} left", format::clock(left)),
                theme.strong(),
                2,
            ));
        }
        pieces
    }

    /// How fast the run is shown: the more bars, the faster.
    fn pace(&self) -> String {
        const BARS: usize = 4;
        let (full, text) = match self.app.pace.shown() {
            None => (BARS, "full speed".to_owned()),
            Some(seconds) => {
                let full = match seconds {
                    s if s < 4.0 => 3,
                    s if s < 16.0 => 2,
                    _ => 1,
                };
                (full, format!("pace {seconds:.0} s"))
            }
        };
        format!("{}{} {text}", "▮".repeat(full), "▯".repeat(BARS - full))
    }

    fn looking_back(&self, moment: Moment) -> Vec<Piece> {
        let (session, theme) = (&self.app.session, self.theme);
        let past = session.past();
        let place = past.iter().position(|kept| *kept == moment);
        let place = place.map_or_else(String::new, |place| {
            format!(" ({} of {})", place + 1, past.len())
        });
        let (step, now) = (
            format::group(moment.step),
            format::group(session.run.step()),
        );
        let networks = session
            .started
            .as_ref()
            .map_or(1, |started| started.networks);
        let network = if networks > 1 {
            format!("network {}, ", moment.network + 1)
        } else {
            String::new()
        };
        let text = format!("◂ looking back at {network}step {step} of {now}{place}");
        vec![
            Piece {
                text,
                style: theme.warn(),
                drop: 0,
            },
            Piece {
                text: if past.last() == Some(&moment) {
                    "> or esc: now".into()
                } else {
                    "> later  esc now".into()
                },
                style: theme.quiet(),
                drop: 3,
            },
        ]
    }
}
