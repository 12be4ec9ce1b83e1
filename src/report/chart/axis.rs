//! Where values lie in a picture, and the frame that says so.

use std::fmt::Write as _;

use super::{BOTTOM, LEFT, RIGHT, WIDTH};
use crate::format;
use crate::report::escape::escape;

/// Where values lie in the picture.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) log: bool,
    /// Pixels of both ends.
    pub(super) span: (f64, f64),
}

impl Axis {
    /// For these values; a little room where all are equal.
    pub(super) fn new(
        values: impl Iterator<Item = f64>,
        log: bool,
        span: (f64, f64),
    ) -> Option<Self> {
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

    pub(super) fn at(&self, value: f64) -> Option<f64> {
        let share = if self.log {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        let at = self.span.0 + share * (self.span.1 - self.span.0);
        share.is_finite().then_some(at)
    }

    /// Round values within.
    pub(super) fn ticks(&self) -> Vec<f64> {
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

pub(super) fn begin(svg: &mut String, title: &str, height: f64) {
    let _ = write!(
        svg,
        r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{}">"#,
        escape(title)
    );
}

pub(super) fn frame(
    svg: &mut String,
    (across, height): (Axis, f64),
    up: Axis,
    [name, whole]: [&str; 2],
) {
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
pub(super) fn label(value: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

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
