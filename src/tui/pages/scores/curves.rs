//! The scores from the highest down, and with a label the curves of what each line would find.

use malevich::Dash;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::ScoresPanel;
use crate::app::pages::scores::Flagged;
use crate::format;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::chart::{Chart, Series};
use crate::tui::widgets::panel::{draw_waiting, frame};

/// Points of a curve.
const POINTS: usize = 400;

/// Ranks that a curve goes through: equally far apart on a logarithmic axis, from 1 on.
fn ranks(rows: usize) -> Vec<usize> {
    let place = |point: usize| (rows as f64).powf(point as f64 / (POINTS - 1) as f64) as usize;
    let ranks = (0..POINTS).map(place).map(|rank| rank.clamp(1, rows));
    let mut ranks: Vec<usize> = ranks.collect();
    ranks.dedup();
    ranks
}

/// The scores from the highest down.
pub fn draw_sorted(
    of: &ScoresPanel<'_>,
    now: Flagged,
    (low, high): (f64, f64),
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = of.theme;
    let told = of.page.told.as_ref();
    let scores = told.map_or(&[][..], |told| &told.descending);
    let (count, above) = (
        format::group(now.count),
        format::score(now.threshold as f32),
    );
    let headline = Line::styled(format!(" {count} above {above} "), theme.cursor());
    let name = ["from the highest down", ""];
    let block = frame(theme, false, area.width, name, headline);
    let inner = block.inner(area);
    block.render(area, buffer);
    let points = ranks(scores.len().max(1)).into_iter().filter_map(|rank| {
        let score = f64::from(*scores.get(rank - 1)?);
        (score > 0.0).then_some((rank as f64, score))
    });
    let mut chart = Chart::new(
        Axis::new(1.0, scores.len().max(2) as f64, true),
        "rank",
        Axis::new(low, high, true),
    );
    chart.series = vec![Series::new(
        points.collect(),
        theme.train(),
        Dash::Solid,
        "*",
    )];
    chart.level = now.threshold.is_finite().then_some(now.threshold);
    chart.cursor = Some(now.count.max(1) as f64);
    chart.draw(theme, inner, buffer);
}

/// With a label: precision over recall, and outliers found over false alarms.
pub fn draw_quality(of: &ScoresPanel<'_>, now: Flagged, area: Rect, buffer: &mut Buffer) {
    let theme = of.theme;
    let name = ["by the label", ""];
    let Some((_, all)) = of.page.hits(0).filter(|(_, all)| *all > 0) else {
        let block = frame(theme, false, area.width, name, Line::default());
        let inner = block.inner(area);
        block.render(area, buffer);
        return draw_waiting("no label says how right a line is", theme, inner, buffer);
    };
    let headline = Line::from(vec![
        Span::styled(format!(" {} ", theme.sign("━")), theme.train()),
        Span::styled("precision/recall ", theme.quiet()),
        Span::styled(format!(" {} ", theme.sign("╍")), theme.valid()),
        Span::styled("ROC ", theme.quiet()),
    ]);
    let block = frame(theme, false, area.width, name, headline);
    let inner = block.inner(area);
    block.render(area, buffer);
    let rows = of.page.rows();
    let others = (rows - all as usize).max(1) as f64;
    let at = |rank: usize| {
        let hits = f64::from(of.page.hits(rank).map_or(0, |(hits, _)| hits));
        let recall = hits / f64::from(all);
        let precision = hits / rank as f64;
        ((recall, precision), ((rank as f64 - hits) / others, recall))
    };
    let ranks = ranks(rows);
    let precision = ranks.iter().map(|rank| at(*rank).0).collect();
    let roc = ranks.iter().map(|rank| at(*rank).1);
    let roc = std::iter::once((0.0, 0.0)).chain(roc).collect();
    let whole = Axis::new(0.0, 1.0, false);
    let mut chart = Chart::new(whole, "recall or false alarms", whole);
    chart.series = vec![
        Series::new(roc, theme.valid(), Dash::Dashed, "o"),
        Series::new(precision, theme.train(), Dash::Solid, "*"),
    ];
    chart.level = Some(f64::from(all) / rows.max(1) as f64);
    chart.cursor = (now.count > 0).then(|| at(now.count).0.0);
    chart.draw(theme, inner, buffer);
}
