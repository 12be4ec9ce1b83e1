//! A chart: lines over a common axis, a quiet band behind them, marks with their words, a cursor. The lines' dots are malevich's;
//! axes, marks and the telling apart of lines without colour are ours.
//!
//! ```text
//! 0.69┤⢣      ╎ encoder.1 bias off      values at the left, at least three
//!     │⠈⢆░░   ╎
//! 0.60┤ ⠘⡄⠉⠉⠉⠉╎⠢⠤⠤⣀                     ░ between the least and the greatest step
//! 0.50┤       ╎    ⠉⠉⠉
//! ╰───1────10─●─●100●──1,000●──── step ╯ the frame's lower edge is the axis of the steps
//! ```

mod band;
mod notes;

use malevich::{Dash, Line as Stroke, Plot};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::axis::{Axis, counts, labels};

/// A line of a chart.
pub struct Series {
    /// Where it goes, in the axes' values; points that are not finite are gaps.
    pub points: Vec<(f64, f64)>,
    /// Its colour.
    pub style: Style,
    /// How it is drawn, so that it shows without colour.
    pub dash: Dash,
    /// What it is drawn with where there are ASCII characters only.
    pub glyph: &'static str,
}

/// Something that happened at a step, with its words.
pub struct Note<'a> {
    /// When.
    pub step: f64,
    /// What.
    pub words: &'a str,
}

/// A chart over steps.
pub struct Chart<'a> {
    /// The axis of the steps.
    pub x: Axis,
    /// What it counts.
    pub unit: &'static str,
    /// The axis of the values.
    pub y: Axis,
    /// Columns for the values, if they need fewer.
    pub least_gutter: u16,
    /// Lines, the last on top.
    pub series: Vec<Series>,
    /// What lies between the least and the greatest value: step, least, greatest.
    pub band: Vec<(f64, f64, f64)>,
    /// What happened on the way.
    pub notes: Vec<Note<'a>>,
    /// Steps with a dot on the axis.
    pub dots: Vec<f64>,
    /// A value with a line across.
    pub level: Option<f64>,
    /// Where the cursor stands.
    pub cursor: Option<f64>,
}

/// Where the parts of a chart stand within its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Where the lines are drawn.
    pub plot: Rect,
    /// Columns at the left of it, for the values.
    pub gutter: u16,
}

/// Rows between two values, at least.
const ROWS_A_TICK: usize = 3;
/// Columns between two steps, at least.
const COLUMNS_A_TICK: usize = 11;

impl Series {
    /// A line through `points`.
    pub fn new(points: Vec<(f64, f64)>, style: Style, dash: Dash, glyph: &'static str) -> Self {
        Self {
            points,
            style,
            dash,
            glyph,
        }
    }
}

impl Chart<'_> {
    /// An empty chart with these axes; the one across counts `unit`.
    pub fn new(x: Axis, unit: &'static str, y: Axis) -> Self {
        Self {
            x,
            unit,
            y,
            least_gutter: 0,
            series: Vec::new(),
            band: Vec::new(),
            notes: Vec::new(),
            dots: Vec::new(),
            level: None,
            cursor: None,
        }
    }

    fn y_ticks(&self, height: u16) -> (Vec<f64>, Vec<String>) {
        let ticks = self.y.ticks(usize::from(height) / ROWS_A_TICK);
        let labels = labels(&ticks);
        (ticks, labels)
    }

    /// Columns that the values need on so many rows.
    pub fn gutter(&self, height: u16) -> u16 {
        let (_, labels) = self.y_ticks(height);
        let widest = labels.iter().map(|label| cells::width(label)).max();
        widest.unwrap_or(0) as u16 + 1
    }

    /// Where the parts stand on `area`.
    pub fn place(&self, area: Rect) -> Place {
        let gutter = self.gutter(area.height).max(self.least_gutter);
        let gutter = gutter.min(area.width / 2);
        Place {
            plot: Rect {
                x: area.x + gutter,
                width: area.width - gutter,
                ..area
            },
            gutter,
        }
    }

    /// Draws it on `area`, and the steps on the row below, which is the frame's.
    pub fn draw(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let Place { plot, gutter } = self.place(area);
        if plot.width < 2 || plot.height == 0 {
            return;
        }
        self.draw_values(theme, area, gutter, buffer);
        if let Some(row) = self.level.and_then(|level| self.y.cell(level, plot.height)) {
            let y = plot.bottom() - 1 - row;
            let line = "┄".repeat(usize::from(plot.width));
            buffer.set_string(plot.x, y, line, theme.quiet());
        }
        for series in &self.series {
            self.draw_series(series, theme, plot, buffer);
        }
        self.draw_band(theme, plot, buffer);
        self.draw_notes(theme, plot, buffer);
        self.draw_steps(theme, plot, buffer);
        if let Some(column) = self.cursor.and_then(|step| self.x.cell(step, plot.width)) {
            for y in plot.y..plot.bottom() {
                let cell = &mut buffer[(plot.x + column, y)];
                if cell.symbol() == " " || cell.symbol() == "░" {
                    cell.set_symbol("│");
                }
                cell.set_style(theme.cursor());
            }
        }
    }

    fn draw_values(&self, theme: Theme, area: Rect, gutter: u16, buffer: &mut Buffer) {
        let line = area.x + gutter - 1;
        for y in area.y..area.bottom() {
            buffer[(line, y)].set_symbol("│").set_style(theme.quiet());
        }
        let (ticks, labels) = self.y_ticks(area.height);
        for (tick, label) in ticks.iter().zip(labels) {
            if let Some(row) = self.y.cell(*tick, area.height) {
                let y = area.bottom() - 1 - row;
                let label = cells::right(&label, usize::from(gutter - 1));
                buffer.set_string(area.x, y, label, theme.quiet());
                buffer[(line, y)].set_symbol("┤");
            }
        }
    }

    /// Draws a line on a sheet of its own and lays that over what is there, so that every line keeps its own sign.
    fn draw_series(&self, series: &Series, theme: Theme, plot: Rect, buffer: &mut Buffer) {
        let places: Vec<(f64, f64)> = series
            .points
            .iter()
            .map(|(x, y)| (self.x.place(*x), self.y.place(*y)))
            .collect();
        let style = series.style;
        if let [(x, y)] = places[..] {
            // A single point is no line.
            let at = Axis::new(0.0, 1.0, false);
            if let (Some(column), Some(row)) = (at.cell(x, plot.width), at.cell(y, plot.height)) {
                let cell = &mut buffer[(plot.x + column, plot.bottom() - 1 - row)];
                cell.set_symbol("•").set_style(style);
            }
            return;
        }
        if places.len() < 2 {
            return;
        }
        let (x, y): (Vec<f64>, Vec<f64>) = places.into_iter().unzip();
        let stroke = Stroke::xy(x, y).dash(series.dash);
        let sheet_plot = Plot::new()
            .axes(false)
            .x_domain(0.0, 1.0)
            .y_domain(0.0, 1.0)
            .layer(stroke);
        let mut sheet = Buffer::empty(plot);
        sheet_plot
            .widget()
            .charset(theme.charset())
            .render(plot, &mut sheet);
        for (below, above) in plot.positions().map(|at| (at, &sheet[at])) {
            if above.symbol().trim().is_empty() {
                continue;
            }
            let cell = &mut buffer[below];
            let symbol = if theme.ascii {
                series.glyph.to_owned()
            } else {
                overlaid(cell.symbol(), above.symbol())
            };
            cell.set_symbol(&symbol).set_style(style);
        }
    }

    /// Writes the steps and their unit into the frame's lower edge, with a dot where scores were taken.
    fn draw_steps(&self, theme: Theme, plot: Rect, buffer: &mut Buffer) {
        /// Where it is narrower the steps themselves need the room.
        const ROOM_FOR_UNIT: u16 = 40;
        let y = plot.bottom();
        if !buffer.area.contains((plot.x, y).into()) {
            return;
        }
        let unit = if plot.width >= ROOM_FOR_UNIT {
            format!(" {} ", self.unit)
        } else {
            String::new()
        };
        let right = plot.right() - cells::width(&unit) as u16;
        buffer.set_string(right, y, &unit, theme.quiet());
        // Steps below the unit would not be written: the others must be three.
        let written = Axis {
            high: self
                .x
                .value(f64::from(right - plot.x) / f64::from(plot.width)),
            ..self.x
        };
        let ticks = written.ticks(usize::from(right - plot.x) / COLUMNS_A_TICK);
        let mut end = plot.x.saturating_sub(1);
        let whole = ticks.iter().all(|tick| tick.fract() == 0.0);
        let texts = if whole {
            counts(&ticks)
        } else {
            labels(&ticks)
        };
        for (tick, label) in ticks.iter().zip(texts) {
            let Some(column) = self.x.cell(*tick, plot.width) else {
                continue;
            };
            let width = cells::width(&label) as u16;
            let x = (plot.x + column).saturating_sub(width / 2).max(plot.x);
            // At the edge it may stand a little aside, but no further: it would be read as another step.
            let aside = (x + width).saturating_sub(right);
            let x = x.saturating_sub(aside);
            if aside <= width / 2 + 1 && (x > end || x == plot.x) {
                buffer.set_string(x, y, &label, theme.quiet());
                end = x + width;
            }
        }
        for column in self
            .dots
            .iter()
            .filter_map(|step| self.x.cell(*step, plot.width))
        {
            let cell = &mut buffer[(plot.x + column, y)];
            if !cell
                .symbol()
                .starts_with(|c: char| c.is_ascii_digit() || c == ',' || c == 'k')
            {
                cell.set_symbol("●").set_style(theme.accent());
            }
        }
    }
}

/// Two cells of dots on top of each other.
fn overlaid(below: &str, above: &str) -> String {
    const BRAILLE: u32 = 0x2800;
    let dots = |symbol: &str| {
        let code = symbol.chars().next().map_or(0, u32::from);
        (BRAILLE..BRAILLE + 256)
            .contains(&code)
            .then(|| code - BRAILLE)
    };
    match (dots(below), dots(above)) {
        (Some(below), Some(above)) => {
            char::from_u32(BRAILLE + (below | above)).map_or_else(String::new, String::from)
        }
        _ => above.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEME: Theme = Theme::PLAIN;

    fn chart(notes: Vec<Note<'_>>) -> Chart<'_> {
        let line = |points: Vec<(f64, f64)>| Series {
            points,
            style: Style::new(),
            dash: Dash::Solid,
            glyph: "*",
        };
        Chart {
            x: Axis::new(0.0, 100.0, false),
            unit: "step",
            y: Axis::new(0.0, 1.0, false),
            least_gutter: 0,
            series: vec![line(vec![(0.0, 0.0), (100.0, 0.0)])],
            band: vec![(50.0, 0.0, 0.5)],
            notes,
            dots: vec![25.0],
            level: None,
            cursor: None,
        }
    }

    fn drawn(chart: &Chart<'_>, theme: Theme) -> Vec<String> {
        let area = Rect::new(0, 0, 44, 7);
        let mut buffer = Buffer::empty(area);
        chart.draw(theme, Rect { height: 6, ..area }, &mut buffer);
        let line =
            |row: &[ratatui::buffer::Cell]| row.iter().map(ratatui::buffer::Cell::symbol).collect();
        buffer.content.chunks(44).map(line).collect()
    }

    #[test]
    fn words_stand_beside_their_mark_and_never_on_each_other() {
        let note = |step, words| Note { step, words };
        let notes = vec![
            note(40.0, "encoder.1 bias off"),
            note(42.0, "all biases off"),
            note(43.0, "learning rate 2e-3"),
            note(95.0, "encoder.2 bias on"),
        ];
        let lines = drawn(&chart(notes), THEME);
        for words in [
            "encoder.1 bias off",
            "all biases off",
            "learning rate 2e-3",
            "encoder.2 bias on",
        ] {
            assert!(
                lines.iter().any(|line| line.contains(words)),
                "{words}:\n{}",
                lines.join("\n")
            );
        }
    }

    #[test]
    fn a_line_hides_no_other_and_the_band_covers_no_line() {
        let lines = drawn(&chart(Vec::new()), THEME);
        assert!(
            lines[5]
                .chars()
                .filter(|c| ('\u{2801}'..='\u{28ff}').contains(c))
                .count()
                > 35,
            "{}",
            lines[5]
        );
        assert!(lines[3].contains('░') && !lines[5].contains('░'));
        assert_eq!(overlaid("⠁", "⠂"), "⠃");
        assert_eq!(overlaid("x", "⠂"), "⠂");
    }

    #[test]
    fn both_axes_have_three_values_and_scores_a_dot() {
        let lines = drawn(&chart(Vec::new()), THEME);
        assert_eq!(
            lines.iter().filter(|line| line.contains('┤')).count(),
            3,
            "{}",
            lines.join("\n")
        );
        assert!(
            ["0", "20", "40", "60", "●"]
                .iter()
                .all(|text| lines[6].contains(text)),
            "{}",
            lines[6]
        );
    }
}
