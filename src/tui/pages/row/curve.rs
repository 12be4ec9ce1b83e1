//! A curve of the row: what the file says and what the network makes of it, the stretch that errs most shaded, and beside it
//! that stretch alone.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::RowPanel;
use super::pair::Pair;
use crate::data::encoder::curve::Curve;
use crate::message::{Cell, RowPage};

/// From this width on there is room for two charts.
const WIDE: u16 = 100;

impl RowPanel<'_> {
    /// Draws the curve with its legend on `area`.
    pub(super) fn draw_curve(&self, page: &RowPage, area: Rect, buffer: &mut Buffer) {
        let session = &self.app.session;
        let Some(curve) = self.page.curve(session).filter(|_| area.height > 3) else {
            return;
        };
        let stretch = self.page.stretch(session);
        let [charts, legend] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
        self.legend(legend.width, stretch.is_some())
            .render(legend, buffer);
        let whole = curve.columns.clone();
        let Some(stretch) = stretch.filter(|stretch| whole.contains(&stretch.start)) else {
            self.plot(page, curve, whole, None, charts, buffer);
            return;
        };
        let near = around(&stretch, &whole);
        let shaded = Some(&stretch);
        if self.page.zoomed {
            self.plot(page, curve, near, shaded, charts, buffer);
        } else if area.width < WIDE {
            self.plot(page, curve, whole, shaded, charts, buffer);
        } else {
            let [left, right] =
                Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(charts);
            self.plot(page, curve, whole, shaded, left, buffer);
            self.plot(page, curve, near, shaded, right, buffer);
        }
    }

    fn legend(&self, width: u16, errs: bool) -> Line<'static> {
        let units = if self.page.draws_scaled(&self.app.session) {
            "scaled units"
        } else {
            "original units"
        };
        let signs = ["━", "╍"].map(|sign| self.theme.sign(sign));
        let shade = if errs { "   ░ errs most" } else { "" };
        let units = if width >= 60 { units } else { "" };
        Line::from(vec![
            Span::styled(format!("  {} the file", signs[0]), self.theme.valid()),
            Span::styled(format!("   {} the network", signs[1]), self.theme.train()),
            Span::styled(format!("{shade}   {units}"), self.theme.quiet()),
        ])
    }

    /// Draws these columns of the curve, the shaded ones among them.
    fn plot(
        &self,
        page: &RowPage,
        curve: &Curve,
        columns: Range<usize>,
        shaded: Option<&Range<usize>>,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let place = |column: usize| curve.places[column - curve.columns.start];
        let scaled = self.page.draws_scaled(&self.app.session);
        let scale = |column: usize, value: f64| match &self.app.session.loaded {
            Some(loaded) if scaled => (value - loaded.offsets[column]) / loaded.scales[column],
            _ => value,
        };
        let points = |of: fn(&Cell) -> f64| {
            let columns = columns.clone();
            columns
                .map(|column| (place(column), scale(column, of(&page.cells[column]))))
                .collect()
        };
        let selected = self.page.order.get(self.page.line);
        let note = selected.filter(|column| columns.contains(column));
        let pair = Pair {
            unit: "column",
            ends: [place(columns.start), place(columns.end - 1)],
            original: points(|cell| cell.original),
            rebuilt: points(|cell| cell.reconstruction),
            errs: shaded.cloned().unwrap_or_default().map(place).collect(),
            note: note.map(|column| (place(*column), self.app.session.column_name(*column))),
        };
        pair.draw(self.theme, area, buffer);
    }
}

/// A stretch with as much of the curve at either side as makes it half of what is seen.
fn around(stretch: &Range<usize>, whole: &Range<usize>) -> Range<usize> {
    /// Columns at either side, at least.
    const LEAST: usize = 6;
    let margin = (stretch.len() / 2).max(LEAST);
    stretch.start.saturating_sub(margin).max(whole.start)..(stretch.end + margin).min(whole.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_seen_with_what_is_beside_it() {
        assert_eq!(around(&(40..60), &(0..100)), 30..70);
        assert_eq!(around(&(2..3), &(0..100)), 0..9);
        assert_eq!(around(&(90..100), &(50..100)), 84..100);
    }
}
