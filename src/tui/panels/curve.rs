//! The loss or the mean squared error over time: training, validation, the run before, and marks where something changed.

use malevich::{Color as Ink, Dash, Frame, Line as Stroke, Plot, Rule};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::action::Panel;
use crate::app::{App, Run};
use crate::format;
use crate::message::Point;
use crate::tui::cells;
use crate::tui::panels::{draw_waiting, frame};
use crate::tui::theme::Theme;

/// One of the two curves.
pub struct CurvePanel<'a> {
    pub app: &'a App,
    pub theme: Theme,
    /// [`Panel::Loss`] or [`Panel::Mse`].
    pub panel: Panel,
}

/// A line to draw.
struct Series {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Series {
    /// Adds the line to `plot`; a single point is no line.
    fn layer(self, plot: Plot<'_>, ink: Ink, dash: Dash) -> Plot<'_> {
        if self.x.len() < 2 {
            plot
        } else {
            plot.layer(Stroke::xy(self.x, self.y).color(ink).dash(dash))
        }
    }
}

/// Below this a logarithmic axis shows rounding errors only.
const SMALLEST: f64 = 1e-12;

impl Widget for CurvePanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let focused = self.app.focus == self.panel;
        let block = frame(
            self.theme,
            focused,
            area.width,
            self.title(),
            self.headline(area.width),
        );
        let block = block.title_bottom(Line::styled(" epoch ", self.theme.quiet()).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        if self.app.run.train.is_empty() && self.app.former.is_none() {
            draw_waiting("the first steps …", self.theme, inner, buffer);
            return;
        }
        self.plot(inner, buffer);
    }
}

impl CurvePanel<'_> {
    fn is_loss(&self) -> bool {
        self.panel == Panel::Loss
    }

    fn log(&self) -> bool {
        self.app.log[usize::from(!self.is_loss())]
    }

    fn title(&self) -> [&'static str; 2] {
        match (self.is_loss(), &self.app.started) {
            (true, Some(started)) => ["1 loss", started.loss],
            (true, None) => ["1 loss", ""],
            (false, _) => ["2 mse", ""],
        }
    }

    fn pick(&self, point: Point) -> f64 {
        if self.is_loss() {
            point.loss
        } else {
            point.mse
        }
    }

    /// `train 0.5231  valid 0.5260`, the words in the colours of their curves; the figures alone where it is narrow.
    fn headline(&self, width: u16) -> Line<'static> {
        const ROOM_FOR_WORDS: u16 = 44;
        let figure = |word: &str, point: Option<Point>, style: Style| {
            point.map(|point| {
                let figure = format::metric(self.pick(point));
                let text = if width >= ROOM_FOR_WORDS {
                    format!(" {word} {figure} ")
                } else {
                    format!(" {figure} ")
                };
                Span::styled(text, style)
            })
        };
        let train = figure("train", self.app.headline(), self.theme.train().0);
        let valid = figure("valid", self.app.run.last_valid, self.theme.valid().0);
        let valid = valid.filter(|_| width >= ROOM_FOR_WORDS);
        Line::from(train.into_iter().chain(valid).collect::<Vec<_>>())
    }

    /// Points as the axes want them: x in epochs, y finite and, on a logarithmic axis, positive.
    fn series(&self, points: impl IntoIterator<Item = (f64, Point)>) -> Series {
        let floor = if self.log() { SMALLEST } else { f64::MIN };
        let per_epoch = self.steps_per_epoch();
        let points = points
            .into_iter()
            .map(|(step, point)| (step / per_epoch, self.pick(point).max(floor)));
        let (x, y) = points.filter(|(_, y)| y.is_finite()).unzip();
        Series { x, y }
    }

    fn steps_per_epoch(&self) -> f64 {
        self.app
            .started
            .as_ref()
            .map_or(1, |started| started.steps_per_epoch.max(1)) as f64
    }

    fn plot(&self, area: Rect, buffer: &mut Buffer) {
        let (theme, run) = (self.theme, &self.app.run);
        let raw = self.series(run.train.points());
        let smooth = self.series(run.train.smoothed(self.steps_per_epoch()));
        let valid = self.series(run.valid.points());
        let smoothed = |run: &Run| self.series(run.train.smoothed(self.steps_per_epoch()));
        let former = self.app.former.as_ref().map(smoothed);
        let mut plot = Plot::new();
        // The axis follows what is being learned now: neither single steps nor a former run that went astray stretch it.
        let now = || smooth.y.iter().chain(&valid.y).copied();
        let before = former.iter().flat_map(|former| former.y.iter().copied());
        let low = now().chain(before).fold(f64::MAX, f64::min);
        let high = now().fold(f64::MIN, f64::max);
        if low < high && self.log() {
            // Whole decades: otherwise there may be a single tick, or none.
            let (low, high) = (low.log10().floor(), high.log10().ceil());
            plot = plot
                .log_y()
                .y_domain(10_f64.powf(low), 10_f64.powf(high.max(low + 1.0)));
        } else if low < high {
            let margin = 0.05 * (high - low);
            plot = plot.y_domain(low - margin, high + margin);
        }
        if let Some(former) = former {
            plot = former.layer(plot, theme.former(), Dash::Dotted);
        }
        plot = raw.layer(plot, theme.noise(), Dash::Solid);
        plot = smooth.layer(plot, theme.train().1, Dash::Solid);
        plot = valid.layer(plot, theme.valid().1, Dash::Dashed);
        for (step, _) in self.app.changes() {
            plot = plot.layer(
                Rule::v(self.app.epochs(step))
                    .color(theme.mark().1)
                    .dash(Dash::Dashed),
            );
        }
        plot.widget().charset(theme.charset()).render(area, buffer);
        self.label_marks(&plot, area, buffer);
    }

    /// Writes beside each mark what was changed, each on a line of its own, and dots the axis where scores were taken.
    fn label_marks(&self, plot: &Plot<'_>, area: Rect, buffer: &mut Buffer) {
        let mapping = plot.mapping(&Frame::plain(
            usize::from(area.width),
            usize::from(area.height),
        ));
        let Some(panel) = mapping.plot_area() else {
            return;
        };
        let column_of = |step| {
            mapping
                .column_at(self.app.epochs(step))
                .map(|column| area.x + column as u16)
        };
        let (style, _) = self.theme.mark();
        // The latest few, and of those that stand in one column the last: more would cover the curve.
        let rows = panel.height.saturating_sub(1).clamp(1, 4);
        let changes: Vec<(u64, &str)> = self.app.changes().collect();
        let mut taken = Vec::new();
        for (step, what) in changes.into_iter().rev() {
            let Some(column) = column_of(step).filter(|column| !taken.contains(column)) else {
                continue;
            };
            if taken.len() == rows {
                break;
            }
            let y = area.y + (panel.row + taken.len()) as u16;
            taken.push(column);
            let label = format!(" {what} ");
            let width = cells::width(&label) as u16;
            let right = area.right().saturating_sub(column + 1);
            let left = column.saturating_sub(area.x + panel.column as u16);
            // Right of the mark where there is room, else left of it, else not at all: the mark itself stays.
            if width <= right {
                buffer.set_string(column + 1, y, label, style);
            } else if width <= left {
                buffer.set_string(column - width, y, label, style);
            }
        }
        let axis = area.y + (panel.row + panel.height) as u16;
        for column in self.app.snapshots().filter_map(column_of) {
            if axis < area.bottom() {
                buffer.set_string(column, axis, "●", self.theme.accent());
            }
        }
    }
}
