//! Where everything stands. Pure geometry.
//!
//! ```text
//! wide                                       narrow
//! ┌ loss ──────────────┐┌ outliers ────────┐ ┌ loss ────┐┌ ranking ┐┌ outliers ┐
//! ├ ranking ───────────┤│                  │ │          ││         ││          │
//! │                    ││                  │ ├ layers ──┴┴─────────┤│          │
//! ├ layers ────────────┤│                  │ │                     ││          │
//! └────────────────────┘└──────────────────┘ └─────────────────────┘└──────────┘
//! ```
//!
//! The layers get the rows they have something to say on, the charts what is left of their column, the outliers, of which there
//! is always more, a column of their own. Where even that is too narrow for two charts, one shows at a time.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::action::Panel;
use crate::app::pages::dashboard::Borders;

/// The smallest terminal that is drawn on.
pub const SMALLEST: (u16, u16) = (60, 18);
/// What the layers panel needs besides one line per layer: frame, header, total, halves, two sentences.
const LAYERS_CHROME: u16 = 7;
/// Charts lower than this show nothing.
const LOWEST_CHART: u16 = 7;
/// Layers lower than this show nothing: frame, header, a layer, total, halves.
const LOWEST_LAYERS: u16 = 6;
/// Charts on top of each other are at least so high each, and at least twice as wide as high.
const STACKED: u16 = 9;
/// Charts beside each other are at least so wide each.
const NARROWEST_CHART: u16 = 22;
/// Columns that the outliers need at least, and that charts and layers do.
const NARROWEST: (u16, u16) = (24, 24);
/// The layers' table fits whole from this width on.
const LAYERS_WIDTH: u16 = 70;

/// Status line, body, hint line; none when the terminal is too small.
pub fn split(area: Rect) -> Option<[Rect; 3]> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return None;
    }
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
    ]);
    Some(rows.areas(area))
}

/// `percent` of `whole`.
pub fn share(whole: u16, percent: u32) -> u16 {
    (u32::from(whole) * percent / 100) as u16
}

/// What the dashboard is laid out by.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Layers of the network.
    pub layers: usize,
    /// The chart that shows where there is room for one.
    pub chart: Panel,
    /// Where the user has put the borders.
    pub borders: Borders,
}

/// Places of the panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas([Option<Rect>; 4]);

impl Areas {
    /// All panels on `body`.
    pub fn new(body: Rect, content: Content) -> Self {
        let Content {
            layers,
            chart,
            borders,
        } = content;
        let wanted = match body.width {
            0..100 => body.width - share(body.width, 38).clamp(NARROWEST.0, 36),
            _ => share(body.width, 56).max(LAYERS_WIDTH),
        };
        let left = borders.column.unwrap_or(wanted);
        let left = left.clamp(NARROWEST.1, body.width - NARROWEST.0);
        let [column, outliers] =
            Layout::horizontal([Constraint::Length(left), Constraint::Fill(1)]).areas(body);
        let wanted = (LAYERS_CHROME + layers as u16).min(column.height - LOWEST_CHART);
        let upper = borders.row.unwrap_or(column.height - wanted);
        let upper = upper.clamp(LOWEST_CHART, column.height - LOWEST_LAYERS);
        let [charts, layers] =
            Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(column);
        let half = [Constraint::Fill(1), Constraint::Fill(1)];
        let [loss, second] = if charts.height >= 2 * STACKED && charts.width >= charts.height {
            Layout::vertical(half).areas(charts).map(Some)
        } else if charts.width >= 2 * NARROWEST_CHART {
            Layout::horizontal(half).areas(charts).map(Some)
        } else if chart == Panel::Second {
            [None, Some(charts)]
        } else {
            [Some(charts), None]
        };
        Self([loss, second, Some(layers), Some(outliers)])
    }

    /// One panel alone.
    pub fn zoomed(body: Rect, panel: Panel) -> Self {
        Self(Panel::ALL.map(|other| (other == panel).then_some(body)))
    }

    /// Where a panel stands, if it does.
    pub fn of(&self, panel: Panel) -> Option<Rect> {
        Panel::ALL
            .iter()
            .zip(self.0)
            .find(|(other, _)| **other == panel)
            .and_then(|(_, area)| area)
    }

    /// The column of the border before the outliers, and the row of the border above the layers, within the body.
    pub fn borders(&self, body: Rect) -> (u16, u16) {
        let outliers = self.of(Panel::Outliers).map_or(body.x, |area| area.x);
        let layers = self.of(Panel::Layers).map_or(body.y, |area| area.y);
        (outliers - body.x, layers - body.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(layers: usize) -> Content {
        Content {
            layers,
            chart: Panel::Loss,
            borders: Borders::default(),
        }
    }

    fn body(width: u16, height: u16) -> Rect {
        split(Rect::new(0, 0, width, height)).unwrap()[1]
    }

    #[test]
    fn panels_fill_the_body_without_overlap_at_every_size_and_wherever_the_borders_are() {
        for width in SMALLEST.0..=200 {
            for height in SMALLEST.1..=70 {
                let body = body(width, height);
                for (layers, column, row) in [
                    (2, None, None),
                    (8, None, None),
                    (20, None, None),
                    (4, Some(0), Some(90)),
                    (4, Some(500), Some(0)),
                ] {
                    let borders = Borders {
                        column,
                        row,
                        now: (0, 0),
                    };
                    let areas = Areas::new(
                        body,
                        Content {
                            borders,
                            ..content(layers)
                        },
                    );
                    let shown: Vec<Rect> = Panel::ALL
                        .iter()
                        .filter_map(|panel| areas.of(*panel))
                        .collect();
                    let covered: u32 = shown.iter().map(|area| area.area()).sum();
                    assert_eq!(covered, body.area(), "{width}×{height}, {layers} layers");
                    assert!(
                        shown
                            .iter()
                            .all(|area| area.width >= 20 && area.height >= 6),
                        "{width}×{height}: {shown:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_classic_network_s_layers_fit_whole_at_24_rows_and_small_ones_leave_their_rows() {
        let areas = Areas::new(body(80, 24), content(8));
        assert!(areas.of(Panel::Layers).unwrap().height >= LAYERS_CHROME + 8);
        let areas = Areas::new(body(120, 40), content(4));
        assert_eq!(areas.of(Panel::Layers).unwrap().height, LAYERS_CHROME + 4);
        assert_eq!(areas.of(Panel::Outliers).unwrap().height, 38);
    }

    #[test]
    fn where_there_is_room_for_one_chart_it_is_the_one_that_is_asked_for() {
        let areas = Areas::new(
            body(60, 20),
            Content {
                chart: Panel::Second,
                ..content(4)
            },
        );
        assert!(areas.of(Panel::Loss).is_none() && areas.of(Panel::Second).is_some());
    }

    #[test]
    fn a_zoomed_panel_stands_alone() {
        let body = Rect::new(0, 1, 80, 22);
        let areas = Areas::zoomed(body, Panel::Second);
        assert_eq!(
            (areas.of(Panel::Second), areas.of(Panel::Loss)),
            (Some(body), None)
        );
    }

    #[test]
    fn below_the_smallest_size_nothing_is_placed() {
        assert_eq!(split(Rect::new(0, 0, 59, 40)), None);
        assert_eq!(split(Rect::new(0, 0, 80, 17)), None);
    }
}
