//! The quiet band behind a line: from the least to the greatest value of each column of cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Chart;
use crate::tui::theme::Theme;

impl Chart<'_> {
    /// Shades what is empty between the least and the greatest value of each column.
    pub(super) fn draw_band(&self, theme: Theme, plot: Rect, buffer: &mut Buffer) {
        let mut columns = vec![None::<(f64, f64)>; usize::from(plot.width)];
        let mut widen = |column: u16, low: f64, high: f64| {
            let span = &mut columns[usize::from(column)];
            let (least, greatest) = span.unwrap_or((low, high));
            *span = Some((least.min(low), greatest.max(high)));
        };
        let mut before: Option<(u16, f64, f64)> = None;
        for (step, low, high) in &self.band {
            let (low, high) = (self.y.place(*low), self.y.place(*high));
            let Some(column) = self.x.cell(*step, plot.width) else {
                continue;
            };
            if !low.is_finite() || !high.is_finite() {
                before = None;
                continue;
            }
            widen(column, low, high);
            // Where a step takes more than a column, the band goes straight on to the next.
            if let Some((from, low_before, high_before)) = before {
                for between in from + 1..column {
                    let share = f64::from(between - from) / f64::from(column - from);
                    let mix = |a: f64, b: f64| a + share * (b - a);
                    widen(between, mix(low_before, low), mix(high_before, high));
                }
            }
            before = Some((column, low, high));
        }
        let height = f64::from(plot.height);
        for (column, span) in (plot.x..).zip(columns) {
            let Some((low, high)) = span.filter(|(low, high)| *high >= 0.0 && *low <= 1.0) else {
                continue;
            };
            let row = |place: f64| ((place.clamp(0.0, 1.0) * height) as u16).min(plot.height - 1);
            for row in row(low)..=row(high) {
                let cell = &mut buffer[(column, plot.bottom() - 1 - row)];
                if cell.symbol() == " " {
                    cell.set_symbol("░").set_style(theme.band());
                }
            }
        }
    }
}
