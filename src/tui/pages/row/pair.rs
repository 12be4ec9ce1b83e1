//! What the file says drawn against what the network makes of it: the chart of a curve and of a series.

use malevich::Dash;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::theme::Theme;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::chart::{Chart, Note, Series};

/// A line for the file and one for the network.
pub struct Pair<'a> {
    /// What the places are counted in.
    pub unit: &'static str,
    /// The first and the last place.
    pub ends: [f64; 2],
    /// What the file says at each place.
    pub original: Vec<(f64, f64)>,
    /// What the network makes of it.
    pub rebuilt: Vec<(f64, f64)>,
    /// Places that err most.
    pub errs: Vec<f64>,
    /// A place, and what it is.
    pub note: Option<(f64, &'a str)>,
}

impl Pair<'_> {
    /// Draws it; the places are written on the last line of `area`.
    pub fn draw(mut self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        for points in [&mut self.original, &mut self.rebuilt] {
            points.retain(|(_, y)| y.is_finite());
        }
        let values = || self.original.iter().chain(&self.rebuilt).map(|(_, y)| *y);
        let (low, high) = (
            values().fold(f64::MAX, f64::min),
            values().fold(f64::MIN, f64::max),
        );
        let margin = 0.05 * (high - low);
        let y = Axis::new(low - margin, high + margin, false);
        let band = self.errs.iter().map(|place| (*place, y.low, y.high));
        let [first, last] = self.ends;
        let line = |points, style, dash, glyph| Series {
            points,
            style,
            dash,
            glyph,
        };
        let note = self.note.map(|(step, words)| Note { step, words });
        let chart = Chart {
            unit: self.unit,
            x: Axis::new(first.min(last), first.max(last), false),
            band: band.collect(),
            y,
            least_gutter: 0,
            series: vec![
                line(self.original, theme.valid(), Dash::Solid, "*"),
                line(self.rebuilt, theme.train(), Dash::Dashed, "o"),
            ],
            notes: note.into_iter().collect(),
            dots: Vec::new(),
            level: None,
            cursor: None,
        };
        let plot = Rect {
            height: area.height - 1,
            ..area
        };
        chart.draw(theme, plot, buffer);
    }
}
