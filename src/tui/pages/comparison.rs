//! Variants of the network side by side: what each costs, how far it has come, what it is worth, and what that shows.

mod curves;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::compare::results::{Comparison, VariantResult};
use crate::format;
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, draw_waiting};
use curves::POINTS;

/// The page of the experiment.
pub struct ComparisonPanel<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

/// Cells of the columns before the curve.
const NAME: usize = 16;
const PARAMETERS: usize = 10;
const DONE: usize = 5;
const LOSS: usize = 16;
const JUDGED: usize = 14;
/// Cells of a curve, at least and at most.
const CURVE: (usize, usize) = (8, 40);

/// Cells of a loss, with its spread or without.
const fn loss_width(spread: bool) -> usize {
    if spread { LOSS } else { 8 }
}

impl Widget for ComparisonPanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, theme } = self;
        let latest = app.session.comparison.as_ref();
        let state = match latest {
            None => String::new(),
            Some(comparison) if comparison.finished() => {
                format!("  {} seeds, done ", comparison.seeds)
            }
            Some(comparison) => {
                let (seed, seeds) = (comparison.seed + 1, comparison.seeds);
                let left = app.session.busy_left(comparison.share());
                let left = left.map_or_else(String::new, |left| {
                    format!(", about {} left", format::clock(left))
                });
                format!("  seed {seed} of {seeds}{left}; training waits ")
            }
        };
        let block = theme.block(true).title_top(Line::from(vec![
            Span::raw(" "),
            Span::styled("compare", theme.accent()),
            Span::styled(state, theme.quiet()),
        ]));
        let inner = block.inner(area);
        block.render(area, buffer);
        match latest {
            None => draw_waiting("the first steps …", theme, inner, buffer),
            Some(comparison) => {
                let lines = self.lines(comparison, inner);
                let height = (lines.len() as u16 + 1).min(inner.height);
                draw_lines(lines, inner, buffer);
                let below = Rect {
                    y: inner.y + height,
                    height: inner.height - height,
                    ..inner
                };
                curves::draw(comparison, theme, below, buffer);
            }
        }
    }
}

impl ComparisonPanel<'_> {
    fn lines(&self, comparison: &Comparison, area: Rect) -> Vec<Line<'static>> {
        let theme = self.theme;
        let width = usize::from(area.width);
        let judged = if comparison.labelled {
            "ROC-AUC"
        } else {
            "rank corr"
        };
        // Where it is narrow the loss stands without its spread, and how far it is stands in the title alone.
        let spread = width >= NAME + PARAMETERS + DONE + LOSS + JUDGED + 6;
        let fixed = NAME + PARAMETERS + DONE + loss_width(spread) + JUDGED + 6;
        let curve = width.saturating_sub(fixed + 2);
        let curve = if curve < CURVE.0 {
            0
        } else {
            curve.min(CURVE.1)
        };
        let heading = row(
            ["variant", "parameters", "done", "loss", judged],
            match curve {
                0 => "",
                1..15 => "curve",
                _ => "loss, this seed",
            },
            (curve, spread),
        );
        let mut lines = vec![Line::styled(cells::left(&heading, width), theme.quiet())];
        for result in &comparison.variants {
            let text = match &result.failed {
                Some(why) => format!(" {} {why}", cells::left(&result.name, NAME)),
                None => Self::result(comparison, result, (curve, spread)),
            };
            let style = if result.failed.is_some() {
                theme.warn()
            } else {
                Style::new()
            };
            lines.push(Line::styled(cells::left(&text, width), style));
        }
        lines.push(Line::default());
        let about = if comparison.labelled {
            "mean ± sd over the seeds so far; the label judges and never trains"
        } else {
            "mean ± sd over the seeds so far; rank corr: with the first variant, its own with its other seeds"
        };
        for piece in cells::wrap(about, width.saturating_sub(2)) {
            lines.push(Line::styled(format!(" {piece}"), theme.quiet()));
        }
        lines.push(Line::default());
        if let Some(conclusion) = comparison.conclusion() {
            if !comparison.finished() {
                lines.push(Line::styled(" so far:", theme.quiet()));
            }
            for piece in cells::wrap(&conclusion, width.saturating_sub(2)) {
                lines.push(Line::styled(format!(" {piece}"), theme.strong()));
            }
        }
        lines
    }

    fn result(
        comparison: &Comparison,
        result: &VariantResult,
        (curve, spread): (usize, bool),
    ) -> String {
        let (done, all) = comparison.progress(result);
        let share = format::percent((done as f64 / all.max(1) as f64) as f32);
        let judged = if comparison.labelled {
            result.roc_auc()
        } else {
            result.spearman()
        };
        let loss = result.loss().map_or_else(
            || "…".into(),
            |loss| {
                if spread {
                    loss.write(format::metric)
                } else {
                    format::metric(loss.mean)
                }
            },
        );
        let judged = judged.map_or_else(
            || "…".into(),
            |judged| judged.write(|value| format!("{value:.3}")),
        );
        row(
            [
                &result.name,
                &format::group(result.parameters),
                &share,
                &loss,
                &judged,
            ],
            &drawn(&result.curve, curve),
            (curve, spread),
        )
    }
}

fn row(
    [name, parameters, done, loss, judged]: [&str; 5],
    curve: &str,
    (room, spread): (usize, bool),
) -> String {
    format!(
        " {} {}{} {} {}  {}",
        cells::left(name, NAME),
        cells::right(parameters, PARAMETERS),
        if spread {
            format!(" {}", cells::right(done, DONE))
        } else {
            String::new()
        },
        cells::right(loss, loss_width(spread)),
        cells::right(judged, JUDGED),
        cells::left(curve, room),
    )
}

/// A curve in one line, on a logarithmic scale from its least to its greatest value; a whole run fills `room`.
fn drawn(curve: &[f32], room: usize) -> String {
    let heights: Vec<f32> = curve.iter().map(|loss| loss.max(1e-12).ln()).collect();
    let (least, most) = heights
        .iter()
        .fold((f32::MAX, f32::MIN), |(least, most), height| {
            (least.min(*height), most.max(*height))
        });
    let reached = (room * curve.len()).div_ceil(POINTS).min(room);
    let height = |cell: usize| {
        let at = (cell * POINTS / room.max(1)).min(heights.len() - 1);
        let share = (heights[at] - least) / (most - least).max(1e-6);
        cells::HEIGHTS[((share * 7.0).round() as usize).min(7)]
    };
    (0..reached).map(height).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_falls_from_left_to_right_as_far_as_it_has_come() {
        let losses: Vec<f32> = (0..64).map(|point| (-(point as f32) / 9.0).exp()).collect();
        let half = drawn(&losses, 8);
        assert_eq!(half.chars().count(), 4);
        assert!(
            half.starts_with('█') && half.ends_with(['▁', '▂', '▃']),
            "{half}"
        );
        assert_eq!(drawn(&[], 8), "");
        assert_eq!(drawn(&[1.0; 128], 4), "▁▁▁▁");
    }
}
