//! Where everything stands. Pure geometry.
//!
//! ```text
//! wide                                      narrow
//! ┌ loss ────────────────┐┌ mse ──────────┐ ┌ loss ────┐┌ mse ───┐┌ outliers ┐
//! │                      ││               │ │          ││        ││          │
//! ├ layers ────────┬ outliers ────────────┤ ├ layers ──┴────────┤│          │
//! │                │                      │ │                    ││          │
//! └────────────────┴──────────────────────┘ └────────────────────┘└──────────┘
//! ```

use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::action::Panel;

/// The smallest terminal that is drawn on.
pub const SMALLEST: (u16, u16) = (60, 18);
/// From this width on, four panels stand in two rows.
const WIDE: u16 = 110;
/// What the layers panel needs besides one line per layer: frame, header, total, halves, two sentences.
const LAYERS_CHROME: u16 = 7;
/// Curves lower than this show nothing.
const LOWEST_CURVE: u16 = 7;

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

/// Places of the panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas([Option<Rect>; 4]);

impl Areas {
    /// All four panels on `body`, for a network of `layers`.
    pub fn new(body: Rect, layers: usize) -> Self {
        let wanted = LAYERS_CHROME + layers as u16;
        // The layers get what they need, as far as the curves keep enough to be read.
        let lower = wanted
            .max(body.height.saturating_sub(22))
            .min(body.height - LOWEST_CURVE);
        let rows = Layout::vertical([Constraint::Fill(1), Constraint::Length(lower)]);
        if body.width >= WIDE {
            let [upper, lower] = rows.areas(body);
            // The vertical seams of both rows meet, and the layers' table fits whole from 70 columns on.
            let seam = share(body.width, 58).max(70);
            let columns = Layout::horizontal([Constraint::Length(seam), Constraint::Fill(1)]);
            let [loss, mse] = columns.areas(upper);
            let [layers, outliers] = columns.areas(lower);
            return Self([loss, mse, layers, outliers].map(Some));
        }
        let outliers = share(body.width, 37).clamp(24, 36);
        let [left, outliers] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(outliers)]).areas(body);
        let [upper, layers] = rows.areas(left);
        let [loss, mse] =
            Layout::horizontal([Constraint::Percentage(54), Constraint::Fill(1)]).areas(upper);
        Self([loss, mse, layers, outliers].map(Some))
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_fill_the_body_without_overlap_at_every_size() {
        for width in SMALLEST.0..=200 {
            for height in SMALLEST.1..=70 {
                let [_, body, _] = split(Rect::new(0, 0, width, height)).unwrap();
                for layers in [2, 8, 20] {
                    let areas = Areas::new(body, layers);
                    let panels = Panel::ALL.map(|panel| areas.of(panel).unwrap());
                    let covered: u32 = panels.iter().map(|area| area.area()).sum();
                    assert_eq!(covered, body.area(), "{width}×{height}, {layers} layers");
                    assert!(
                        panels
                            .iter()
                            .all(|area| area.width >= 16 && area.height >= 7),
                        "{panels:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_classic_network_s_layers_fit_whole_at_24_rows() {
        let [_, body, _] = split(Rect::new(0, 0, 80, 24)).unwrap();
        assert!(Areas::new(body, 8).of(Panel::Layers).unwrap().height >= LAYERS_CHROME + 8);
    }

    #[test]
    fn a_zoomed_panel_stands_alone() {
        let body = Rect::new(0, 1, 80, 22);
        let areas = Areas::zoomed(body, Panel::Mse);
        assert_eq!(
            (areas.of(Panel::Mse), areas.of(Panel::Loss)),
            (Some(body), None)
        );
    }

    #[test]
    fn below_the_smallest_size_nothing_is_placed() {
        assert_eq!(split(Rect::new(0, 0, 59, 40)), None);
        assert_eq!(split(Rect::new(0, 0, 80, 17)), None);
    }
}
