//! Pictures as inline SVG: curves over steps, a histogram, and a row beside what the network makes of it. Colours are the
//! page's; every text is escaped here.

mod axis;
mod histogram;
mod row;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::report::escape::escape;
use axis::{Axis, begin, frame};

pub use histogram::histogram;
pub use row::row;

/// Size of a picture, and what of it the axes take.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 34.0;
/// Points of a curve; more cannot be told apart.
const POINTS: usize = 800;

/// A curve.
pub struct Line<'a> {
    /// What it is, for the legend.
    pub name: &'a str,
    /// How it is drawn, a class of the page's style.
    pub class: &'a str,
    /// Where it goes.
    pub points: Vec<(f64, f64)>,
}

/// Curves over the same steps, and what happened at some of them.
pub struct Curves<'a> {
    /// What the picture shows, in words.
    pub title: &'a str,
    /// What lies along the lower axis.
    pub across: &'a str,
    /// The curves.
    pub lines: Vec<Line<'a>>,
    /// What happened, and where.
    pub marks: &'a [(u64, String)],
    /// Whether equal ratios of the values are equally far apart.
    pub log: bool,
}

/// No more points than can be told apart: of neighbours the least and the greatest, so that no spike is lost.
fn thinned(points: &[(f64, f64)]) -> Cow<'_, [(f64, f64)]> {
    let together = (2 * points.len()).div_ceil(POINTS);
    if points.len() <= POINTS {
        return Cow::Borrowed(points);
    }
    let ends = points.chunks(together).flat_map(|part| {
        let order = |a: &usize, b: &usize| part[*a].1.total_cmp(&part[*b].1);
        let least = (0..part.len()).min_by(order).unwrap_or(0);
        let greatest = (0..part.len()).max_by(order).unwrap_or(0);
        let (first, second) = (least.min(greatest), least.max(greatest));
        let one = first == second;
        std::iter::once(part[first]).chain((!one).then_some(part[second]))
    });
    let mut kept: Vec<(f64, f64)> = ends.collect();
    if kept.last() != points.last() {
        kept.extend(points.last());
    }
    Cow::Owned(kept)
}

/// The way through the points; gaps where a value has no place.
fn way(points: &[(f64, f64)], across: Axis, up: Axis) -> String {
    let mut way = String::new();
    let mut pen = 'M';
    for (x, y) in thinned(points).iter() {
        let fits = y.is_finite() && (!up.log || *y > 0.0);
        match (across.at(*x), up.at(*y).filter(|_| fits)) {
            (Some(x), Some(y)) => {
                let _ = write!(way, "{pen}{x:.1} {y:.1}");
                pen = 'L';
            }
            _ => pen = 'M',
        }
    }
    way
}

/// Curves over steps with their legend; nothing where there is no value to draw.
pub fn curves(chart: &Curves<'_>) -> String {
    let all = || chart.lines.iter().flat_map(|line| line.points.iter());
    let across = Axis::new(all().map(|point| point.0), false, (LEFT, WIDTH - RIGHT));
    let up = Axis::new(
        all().map(|point| point.1),
        chart.log,
        (HEIGHT - BOTTOM, TOP),
    );
    let (Some(across), Some(up)) = (across, up) else {
        return String::new();
    };
    let mut svg = String::new();
    begin(&mut svg, chart.title, HEIGHT);
    frame(&mut svg, (across, HEIGHT), up, [chart.across, "whole"]);
    for (step, what) in chart.marks {
        if let Some(x) = across.at(*step as f64) {
            let _ = write!(
                svg,
                r#"<path class="mark" d="M{x:.1} {TOP}V{:.1}"><title>step {step}: {}</title></path>"#,
                HEIGHT - BOTTOM,
                escape(what)
            );
        }
    }
    for line in &chart.lines {
        let way = way(&line.points, across, up);
        let _ = write!(svg, r#"<path class="line {}" d="{way}"/>"#, line.class);
    }
    svg.push_str("</svg>");
    let names = chart.lines.iter().map(|line| {
        format!(
            r#"<span class="{}">{}</span>"#,
            line.class,
            escape(line.name)
        )
    });
    let names: String = names.collect();
    format!(
        "<figure><figcaption>{} <small>{names}</small></figcaption>{svg}</figure>",
        escape(chart.title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_between_many_points_is_drawn() {
        let mut points: Vec<(f64, f64)> = (0..5_000).map(|x| (f64::from(x), 1.0)).collect();
        (points[1_234].1, points[3_001].1) = (9.0, -9.0);
        let kept = thinned(&points);
        assert!(kept.len() <= POINTS + 1, "{}", kept.len());
        for index in [1_234, 3_001, 4_999] {
            assert!(kept.contains(&points[index]), "{index}");
        }
        assert!(kept.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn pictures_of_nothing_and_of_one_value_hold() {
        let chart = |points: Vec<(f64, f64)>, log| {
            curves(&Curves {
                title: "t",
                across: "steps",
                lines: vec![Line {
                    name: "<b>",
                    class: "train",
                    points,
                }],
                marks: &[(1, "\"off\"".into())],
                log,
            })
        };
        assert_eq!(chart(vec![], true), "");
        assert_eq!(chart(vec![(1.0, f64::NAN)], false), "");
        for log in [false, true] {
            for points in [
                vec![(1.0, 2.0)],
                vec![(1.0, 1.0), (2.0, f64::NAN), (3.0, 0.0), (4.0, 9.0)],
            ] {
                let svg = chart(points, log);
                assert!(
                    svg.contains("&lt;b&gt;") && svg.contains("&quot;off"),
                    "{svg}"
                );
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            }
        }
    }

    #[test]
    fn long_curves_are_thinned_and_keep_their_end() {
        let points: Vec<_> = (0..100_000)
            .map(|x| (f64::from(x), f64::from(x % 7)))
            .collect();
        let axis = |to| Axis {
            from: 0.0,
            to,
            log: false,
            span: (0.0, 100.0),
        };
        let way = way(&points, axis(99_999.0), axis(6.0));
        assert!(way.matches('L').count() <= POINTS + 1);
        assert!(way.contains("L100.0 "), "the last point is there");
    }
}
