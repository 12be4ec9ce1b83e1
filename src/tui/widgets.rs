//! What pages are made of: framed panels, charts with their axes, pages of text, bars.

pub mod axis;
pub mod bars;
pub mod chart;
pub mod legend;
pub mod panel;
pub mod reasons;
pub mod text;
