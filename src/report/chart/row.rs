//! A row that is a curve.

use std::fmt::Write as _;

use super::axis::{Axis, begin, frame};
use super::{BOTTOM, LEFT, RIGHT, TOP, WIDTH, way};
use crate::report::collect::Picture;
use crate::report::escape::escape;

/// The height of a row's picture, of which there are many.
const LOW: f64 = 150.0;

/// A row's curve, and what the network makes of it.
pub fn row(name: &str, picture: &Picture) -> String {
    let Picture {
        columns,
        original,
        rebuilt,
    } = picture;
    let ends = original.iter().map(|point| point.0);
    let across = Axis::new(ends, false, (LEFT, WIDTH - RIGHT));
    let all = original.iter().chain(rebuilt).map(|point| point.1);
    let up = Axis::new(all, false, (LOW - BOTTOM, TOP));
    let (Some(across), Some(up)) = (across, up) else {
        return String::new();
    };
    let mut svg = String::new();
    begin(&mut svg, name, LOW);
    frame(&mut svg, (across, LOW), up, [columns, ""]);
    for (class, points) in [("rebuilt", rebuilt), ("original", original)] {
        let way = way(points, across, up);
        let _ = write!(svg, r#"<path class="line {class}" d="{way}"/>"#);
    }
    svg.push_str("</svg>");
    format!(
        "<figure><figcaption>{}</figcaption>{svg}</figure>",
        escape(name)
    )
}
