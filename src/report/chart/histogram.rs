//! How the scores are spread.

use std::fmt::Write as _;

use super::axis::{Axis, begin, frame, label};
use super::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH};
use crate::format;
use crate::report::collect::Scores;

/// Rows by score, both axes in steps of equal ratio, with the threshold.
pub fn histogram(scores: &Scores, threshold: f64) -> String {
    let most = scores.counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let (least, greatest) = scores.range;
    let title = "Rows by score, both axes logarithmic";
    let ends = [least, greatest].into_iter();
    let across = Axis::new(ends, true, (LEFT, WIDTH - RIGHT));
    let ends = [0.5, f64::from(most.max(2))].into_iter();
    let up = Axis::new(ends, true, (HEIGHT - BOTTOM, TOP));
    let (Some(across), Some(up)) = (across, up) else {
        return String::new();
    };
    let mut svg = String::new();
    begin(&mut svg, title, HEIGHT);
    frame(&mut svg, (across, HEIGHT), up, ["score", ""]);
    let bottom = HEIGHT - BOTTOM;
    let width = (WIDTH - RIGHT - LEFT) / scores.counts.len() as f64;
    for (index, count) in scores.counts.iter().enumerate() {
        let Some(y) = up.at(f64::from(*count)) else {
            continue;
        };
        let x = LEFT + index as f64 * width;
        let middle =
            least * (greatest / least).powf((index as f64 + 0.5) / scores.counts.len() as f64);
        let class = if middle > threshold { "flagged" } else { "bar" };
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{:.1}" y="{y:.1}" width="{:.1}" height="{:.1}"><title>{} around {}</title></rect>"#,
            x + 0.5,
            width - 1.0,
            bottom - y,
            format::count(*count as usize, "row"),
            label(middle)
        );
    }
    if let Some(x) = across
        .at(threshold)
        .filter(|x| (LEFT..=WIDTH - RIGHT).contains(x))
    {
        let anchor = if x > WIDTH * 0.8 { "end" } else { "start" };
        let beside = if anchor == "end" { x - 4.0 } else { x + 4.0 };
        let _ = write!(
            svg,
            r#"<path class="threshold" d="M{x:.1} {TOP}V{bottom}"/><text x="{beside:.1}" y="{:.1}" text-anchor="{anchor}">threshold {}</text>"#,
            TOP + 10.0,
            label(threshold)
        );
    }
    svg.push_str("</svg>");
    format!("<figure><figcaption>{title}</figcaption>{svg}</figure>")
}
