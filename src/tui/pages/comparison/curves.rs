//! The variants' losses, a small chart each, all on the same axes; the first variant's stands dotted in the others.

use std::ops::Range;

use malevich::Dash;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::compare::results::{Comparison, VariantResult};
use crate::format;
use crate::tui::theme::Theme;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::chart::{Chart, Series};
use crate::tui::widgets::panel::frame;

/// Points of a whole run.
pub const POINTS: usize = 128;
/// A smaller chart, frame and all, shows nothing.
const SMALLEST: (u16, u16) = (26, 8);
/// How many times as wide as high a chart is at best, in cells.
const SHAPE: f64 = 3.0;

/// Draws them, if they have a place on `area`.
pub fn draw(comparison: &Comparison, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let variants = &comparison.variants;
    let Some(columns) = columns(variants.len(), area) else {
        return;
    };
    let rows = variants.len().div_ceil(columns);
    let y = values(variants);
    for (index, variant) in variants.iter().enumerate() {
        let across = part(area.x, area.width, index % columns, columns);
        let down = part(area.y, area.height, index / columns, rows);
        let place = Rect {
            x: across.start,
            y: down.start,
            width: across.end - across.start,
            height: down.end - down.start,
        };
        let others = (index > 0).then(|| &variants[0]);
        draw_one(variant, others, (comparison.steps, y), theme, place, buffer);
    }
}

/// Charts side by side: as many as make the shape of each the best; none where there is no room for all.
fn columns(count: usize, area: Rect) -> Option<usize> {
    let shape = |columns: &usize| {
        let rows = count.div_ceil(*columns);
        let (width, height) = (
            usize::from(area.width) / columns,
            usize::from(area.height) / rows,
        );
        let fits = width >= usize::from(SMALLEST.0) && height >= usize::from(SMALLEST.1);
        fits.then(|| (width as f64 / height as f64 / SHAPE).ln().abs())
    };
    let fitting = (1..=count).filter_map(|columns| Some((columns, shape(&columns)?)));
    let best = fitting.min_by(|a, b| a.1.total_cmp(&b.1));
    best.map(|(columns, _)| columns)
}

/// From where to where the part of this number reaches, of `length` cells cut into `parts`.
fn part(start: u16, length: u16, number: usize, parts: usize) -> Range<u16> {
    let edge = |number: usize| start + (usize::from(length) * number / parts) as u16;
    edge(number)..edge(number + 1)
}

/// The axis of all losses there are.
fn values(variants: &[VariantResult]) -> Axis {
    /// A fall by more than this is drawn in ratios.
    const MUCH: f64 = 5.0;
    let all = || {
        let losses = variants.iter().flat_map(|variant| &variant.curve);
        losses
            .copied()
            .filter(|loss| loss.is_finite())
            .map(f64::from)
    };
    let (low, high) = (
        all().fold(f64::MAX, f64::min),
        all().fold(f64::MIN, f64::max),
    );
    let log = low > 0.0 && high > MUCH * low;
    let margin = if log { 0.0 } else { 0.05 * (high - low) };
    Axis::new(low - margin, high + margin, log)
}

fn draw_one(
    variant: &VariantResult,
    first: Option<&VariantResult>,
    (steps, y): (u64, Axis),
    theme: Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let line = |variant: &VariantResult, style, dash, glyph| {
        let step = |point: usize| (point + 1) as f64 * steps as f64 / POINTS as f64;
        let points = variant.curve.iter().enumerate();
        Series {
            points: points
                .map(|(point, loss)| (step(point), f64::from(*loss)))
                .collect(),
            style,
            dash,
            glyph,
        }
    };
    let own = line(variant, theme.train(), Dash::Solid, "*");
    let before = first.map(|first| line(first, theme.former(), Dash::Dotted, ":"));
    let chart = Chart {
        series: before.into_iter().chain([own]).collect(),
        ..Chart::new(Axis::new(0.0, steps as f64, false), "step", y)
    };
    let loss = variant.curve.last().map_or_else(String::new, |loss| {
        format!(" {} ", format::metric(f64::from(*loss)))
    });
    let headline = Line::styled(loss, theme.train());
    let dotted = first.map_or_else(String::new, |first| {
        format!(", {} {}", theme.sign("┈"), first.name)
    });
    let detail = format!("loss{dotted}");
    let block = frame(theme, false, area.width, [&variant.name, &detail], headline);
    let inner = block.inner(area);
    block.render(area, buffer);
    chart.draw(theme, inner, buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_stand_so_that_none_is_a_strip() {
        let columns = |width, height| columns(5, Rect::new(0, 0, width, height));
        assert_eq!(columns(118, 24), Some(3));
        assert_eq!(columns(158, 34), Some(3));
        assert_eq!(columns(158, 9), Some(5));
        assert_eq!(columns(78, 10), None);
        assert_eq!(columns(60, 60), Some(1));
    }

    #[test]
    fn parts_leave_no_cell_out() {
        let parts: Vec<_> = (0..3).map(|number| part(1, 10, number, 3)).collect();
        assert_eq!(parts, [1..4, 4..7, 7..11]);
    }
}
