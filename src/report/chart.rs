//! Pictures as inline SVG: curves over steps, a histogram, and a row beside what the network makes of it. Colours are the
//! page's; every text is escaped here.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::format;
use crate::report::collect::{Picture, Scores};
use crate::report::escape::escape;

/// Size of a picture, and what of it the axes take.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
/// The height of a row's picture, of which there are many.
const LOW: f64 = 150.0;
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

/// Where values lie in the picture.
#[derive(Clone, Copy)]
struct Axis {
    from: f64,
    to: f64,
    log: bool,
    /// Pixels of both ends.
    span: (f64, f64),
}

impl Axis {
    /// For these values; a little room where all are equal.
    fn new(values: impl Iterator<Item = f64>, log: bool, span: (f64, f64)) -> Option<Self> {
        let fits = |value: &f64| value.is_finite() && (!log || *value > 0.0);
        let (from, to) = values
            .filter(fits)
            .fold((f64::MAX, f64::MIN), |(a, b), value| {
                (a.min(value), b.max(value))
            });
        if from > to {
            return None;
        }
        let room = if from < to {
            0.0
        } else {
            from.abs().max(1.0) / 2.0
        };
        Some(Self {
            from: if log && room > 0.0 {
                from / 2.0
            } else {
                from - room
            },
            to: to + room,
            log,
            span,
        })
    }

    fn at(&self, value: f64) -> Option<f64> {
        let share = if self.log {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        let at = self.span.0 + share * (self.span.1 - self.span.0);
        share.is_finite().then_some(at)
    }

    /// Round values within.
    fn ticks(&self) -> Vec<f64> {
        if self.log {
            let decades = self.from.log10().ceil() as i32..=self.to.log10().floor() as i32;
            let ticks: Vec<f64> = decades.map(|power| 10f64.powi(power)).collect();
            if ticks.len() >= 2 {
                let every = ticks.len().div_ceil(6);
                return ticks.into_iter().step_by(every).collect();
            }
            return vec![self.from, (self.from * self.to).sqrt(), self.to];
        }
        let rough = (self.to - self.from) / 4.0;
        let power = 10f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps
            .into_iter()
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let first = (self.from / step).ceil();
        let ticks = (0..12).map(|tick| (first + f64::from(tick)) * step);
        ticks
            .take_while(|tick| *tick <= self.to + step / 1e6)
            .collect()
    }
}

fn begin(svg: &mut String, title: &str, height: f64) {
    let _ = write!(
        svg,
        r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{}">"#,
        escape(title)
    );
}

fn frame(svg: &mut String, (across, height): (Axis, f64), up: Axis, [name, whole]: [&str; 2]) {
    for tick in up.ticks() {
        let Some(y) = up.at(tick) else { continue };
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{LEFT} {y:.1}H{:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0,
            label(tick)
        );
    }
    let bottom = height - BOTTOM;
    for tick in across.ticks() {
        let Some(x) = across.at(tick) else { continue };
        let text = if whole.is_empty() {
            label(tick)
        } else {
            format::group(tick as u64)
        };
        let _ = write!(
            svg,
            r#"<path class="axis" d="M{x:.1} {bottom}v4"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
            bottom + 16.0
        );
    }
    let (right, below) = (WIDTH - RIGHT, height - 3.0);
    let _ = write!(
        svg,
        r#"<path class="axis" d="M{LEFT} {bottom}H{right}"/><text x="{right}" y="{below}" text-anchor="end">{}</text>"#,
        escape(name)
    );
}

/// A value at an axis.
fn label(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    match value.abs() {
        size if !(1e-3..1e5).contains(&size) => format!("{value:.0e}"),
        size if size >= 100.0 => format!("{value:.0}"),
        _ => {
            let text = format!("{value:.3}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
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

    #[test]
    fn ticks_are_round_and_few() {
        let axis = |from, to, log| {
            Axis {
                from,
                to,
                log,
                span: (0.0, 1.0),
            }
            .ticks()
        };
        assert_eq!(axis(0.0, 3_200.0, false), [0.0, 1_000.0, 2_000.0, 3_000.0]);
        assert_eq!(axis(0.02, 150.0, true), [0.1, 1.0, 10.0, 100.0]);
        assert_eq!(axis(1.0, 4.0, true), [1.0, 2.0, 4.0]);
    }
}
