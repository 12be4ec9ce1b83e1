//! The charts: the loss or the mean squared error over the steps, or what the ranking does while the network learns.

mod figures;

use malevich::Dash;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::action::Panel;
use crate::app::pages::dashboard::charts::{Second, spans_decades};
use crate::app::session::Session;
use crate::message::{Judged, Point};
use crate::tui::theme::Theme;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::chart::{Chart, Note, Place, Series};
use crate::tui::widgets::panel::{draw_lines, draw_waiting, frame};

/// One of the two charts.
pub struct ChartPanel<'a> {
    pub app: &'a App,
    pub theme: Theme,
    /// [`Panel::Loss`] or [`Panel::Second`].
    pub panel: Panel,
}

impl Widget for ChartPanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let focused = self.app.dashboard.focus == self.panel;
        let legend = self.legend();
        let headline = legend.headline(self.theme, area.width);
        let block = frame(self.theme, focused, area.width, self.title(), headline);
        let inner = block.inner(area);
        block.render(area, buffer);
        let session = &self.app.session;
        let empty = match self.shows() {
            Shown::Ranking => session.run.judged.is_empty(),
            _ => session.run.train.is_empty() && session.former.is_none(),
        };
        if empty {
            let awaited = match self.shows() {
                Shown::Ranking => "the first ranking …",
                _ if session.given().is_some() => "space trains on",
                _ => "the first steps …",
            };
            return draw_waiting(awaited, self.theme, inner, buffer);
        }
        let lines = legend.lines(self.theme, area.width, area.height);
        let inner = below(lines.len(), inner);
        draw_lines(lines, area.inner(Margin::new(1, 1)), buffer);
        self.aligned(inner.height).draw(self.theme, inner, buffer);
    }
}

/// What is left of `area` below so many lines.
fn below(lines: usize, area: Rect) -> Rect {
    let lines = (lines as u16).min(area.height);
    Rect {
        y: area.y + lines,
        height: area.height - lines,
        ..area
    }
}

/// What a chart shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Loss,
    Mse,
    Ranking,
}

impl Shown {
    fn pick(self, point: Point) -> f64 {
        match self {
            Self::Loss => point.loss,
            _ => point.mse,
        }
    }
}

impl ChartPanel<'_> {
    fn session(&self) -> &Session {
        &self.app.session
    }

    fn shows(&self) -> Shown {
        match (self.panel, self.app.dashboard.charts.second(self.session())) {
            (Panel::Loss, _) => Shown::Loss,
            (_, Second::Mse) => Shown::Mse,
            (_, Second::Ranking) => Shown::Ranking,
        }
    }

    /// The axis of the steps on `area`, frame and all, and where the chart's parts stand.
    pub fn steps(&self, area: Rect) -> (Axis, Place) {
        let lines = self.legend().lines(self.theme, area.width, area.height);
        let inner = below(lines.len(), area.inner(Margin::new(1, 1)));
        let chart = self.aligned(inner.height);
        (chart.x, chart.place(inner))
    }

    /// The chart with as much room for its values as the other one needs: where they stand one above the other, a step is at
    /// the same place in both.
    fn aligned(&self, height: u16) -> Chart<'_> {
        let other = Self {
            panel: match self.panel {
                Panel::Loss => Panel::Second,
                _ => Panel::Loss,
            },
            ..*self
        };
        Chart {
            least_gutter: other.chart().gutter(height),
            ..self.chart()
        }
    }

    fn title(&self) -> [&'static str; 2] {
        let started = self.session().started.as_ref();
        let loss = started.map_or("", |started| started.loss);
        let (name, detail) = match self.shows() {
            Shown::Loss => ("1 loss", loss),
            Shown::Mse => ("2 mse", ""),
            Shown::Ranking => ("2 ranking", ""),
        };
        [name, detail]
    }
}

impl ChartPanel<'_> {
    fn chart(&self) -> Chart<'_> {
        let session = self.session();
        let run = &session.run;
        let notes = run.changes().map(|(step, words)| Note {
            step: step as f64,
            words,
        });
        let mut chart = Chart {
            notes: notes.collect(),
            dots: run.snapshots().map(|step| step as f64).collect(),
            cursor: self.cursor().map(|step| step as f64),
            ..Chart::new(self.steps_axis(), "step", Axis::new(0.0, 1.0, false))
        };
        match self.shows() {
            Shown::Ranking => self.add_ranking(&mut chart),
            shown => self.add_losses(shown, &mut chart),
        }
        chart
    }

    /// Both charts have the same axis of steps, from the first to the present one.
    fn steps_axis(&self) -> Axis {
        let session = self.session();
        let log = self.app.dashboard.charts.log_steps(session);
        let last = session.run.step().max(self.cursor().unwrap_or(0));
        let first = session
            .run
            .train
            .points()
            .next()
            .map_or(1.0, |(step, _)| step);
        Axis::new(
            if log { first.max(1.0) } else { 0.0 },
            last.max(10) as f64,
            log,
        )
    }

    fn add_losses(&self, shown: Shown, chart: &mut Chart<'_>) {
        let (theme, session) = (self.theme, self.session());
        let window = session.steps_per_epoch() as f64;
        let pick = |points: Vec<(f64, Point)>| -> Vec<(f64, f64)> {
            let points = points.into_iter();
            points
                .map(|(step, point)| (step, shown.pick(point)))
                .filter(|(_, value)| value.is_finite())
                .collect()
        };
        let smooth = pick(session.run.train.smoothed(window));
        let valid = pick(session.run.valid.points().collect());
        let former = session.former.as_ref();
        let former = former.map_or_else(Vec::new, |run| pick(run.train.smoothed(window)));
        // The axis follows what is being learned now: single steps do not stretch it, and a former run that went astray to twice
        // its length at most.
        let now = || smooth.iter().chain(&valid).map(|(_, value)| *value);
        let visible = |point: &&(f64, f64)| point.0 <= chart.x.high;
        let before = former.iter().filter(visible).map(|(_, value)| *value);
        let low = now().chain(before.clone()).fold(f64::MAX, f64::min);
        let high = now().fold(f64::MIN, f64::max);
        let highest = before.fold(f64::MIN, f64::max);
        let high = if high < low {
            highest
        } else {
            high.max(highest.min(high + (high - low)))
        };
        let decides = self.app.dashboard.charts.log(self.panel);
        let log = decides.unwrap_or_else(|| spans_decades(session, self.panel)) && low > 0.0;
        let (low, high) = if log {
            (low / 1.1, high * 1.1)
        } else {
            let margin = 0.05 * (high - low);
            (low - margin, high + margin)
        };
        chart.y = Axis::new(low, high, log);
        // Where a column has but one step it is the way from the mean to that step.
        let spread = session.run.train.spread().zip(&smooth);
        chart.band = spread
            .map(|((step, low, high), (_, mean))| {
                (
                    step,
                    shown.pick(low).min(*mean),
                    shown.pick(high).max(*mean),
                )
            })
            .collect();
        chart.series = vec![
            Series::new(former, theme.former(), Dash::Dotted, ":"),
            Series::new(valid, theme.valid(), Dash::Dashed, "o"),
            Series::new(smooth, theme.train(), Dash::Solid, "*"),
        ];
    }

    /// With a label how well the ranking agrees with it; without one how much of it stays from one ranking to the next.
    fn add_ranking(&self, chart: &mut Chart<'_>) {
        let session = self.session();
        let judged: Vec<&Judged> = session
            .run
            .judged
            .iter()
            .filter(|judged| judged.at.network == session.moment().network)
            .collect();
        let line = |of: &dyn Fn(&Judged) -> Option<f64>| -> Vec<(f64, f64)> {
            let point = |judged: &&Judged| Some((judged.at.step.max(1) as f64, of(judged)?));
            judged.iter().filter_map(point).collect()
        };
        let [first, second] = self.ranking_styles();
        let labelled = judged.iter().any(|judged| judged.quality.is_some());
        chart.series = if labelled {
            chart.level = session.base_rate();
            vec![
                Series::new(
                    line(&|j| Some(j.quality?.average_precision)),
                    second,
                    Dash::Dashed,
                    "o",
                ),
                Series::new(line(&|j| Some(j.quality?.roc_auc)), first, Dash::Solid, "*"),
            ]
        } else {
            vec![
                Series::new(line(&|j| j.entropy), self.theme.former(), Dash::Dotted, ":"),
                Series::new(line(&|j| j.stayed), second, Dash::Dashed, "o"),
                Series::new(line(&|j| j.agreement), first, Dash::Solid, "*"),
            ]
        };
        let values = chart.series.iter().flat_map(|series| &series.points);
        let low = values.map(|(_, value)| *value).fold(1.0, f64::min);
        // Where everything lies high up, the axis begins there: it is the differences that are looked for.
        let floor = if chart.level.is_some() {
            0.0
        } else {
            (low * 10.0).floor() / 10.0
        };
        chart.y = Axis::new(floor.clamp(-1.0, 0.9), 1.0, false);
    }
}
