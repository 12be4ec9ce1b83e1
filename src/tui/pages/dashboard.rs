//! The dashboard: its panels, each drawn by the file of its name, where the layout says.

pub mod charts;
pub mod layers;
pub mod outliers;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::action::Panel;
use crate::app::pages::dashboard::charts::Scale;
use crate::tui::layout::{Areas, Content};
use crate::tui::theme::Theme;
use charts::ChartPanel;
use layers::Layers;
use outliers::Outliers;

/// Where the panels stand.
pub fn areas(app: &App, body: Rect) -> Areas {
    let dashboard = &app.dashboard;
    if dashboard.zoomed {
        return Areas::zoomed(body, dashboard.focus);
    }
    let content = Content {
        layers: app.session.layer_count(),
        chart: dashboard.charts.last.unwrap_or(Panel::Loss),
        borders: dashboard.borders,
    };
    Areas::new(body, content)
}

/// Draws all panels.
pub fn draw(app: &App, theme: Theme, body: Rect, buffer: &mut Buffer) {
    let areas = areas(app, body);
    for panel in Panel::ALL {
        let Some(area) = areas.of(panel) else {
            continue;
        };
        match panel {
            Panel::Loss | Panel::Second => ChartPanel { app, theme, panel }.render(area, buffer),
            Panel::Layers => Layers { app, theme }.render(area, buffer),
            Panel::Outliers => Outliers { app, theme }.render(area, buffer),
        }
    }
}

/// Where the borders stand, and how steps lie on the charts.
pub fn measure(app: &App, body: Rect) -> ((u16, u16), Scale) {
    let areas = areas(app, body);
    let borders = if app.dashboard.zoomed {
        app.dashboard.borders.now
    } else {
        areas.borders(body)
    };
    let chart = [Panel::Loss, Panel::Second]
        .into_iter()
        .find_map(|panel| Some((panel, areas.of(panel)?)));
    let scale = chart.map_or_else(Scale::default, |(panel, area)| {
        let theme = Theme::PLAIN;
        let (axis, place) = ChartPanel { app, theme, panel }.steps(area);
        Scale {
            columns: place.plot.width,
            steps: (axis.low, axis.high),
        }
    });
    (borders, scale)
}
