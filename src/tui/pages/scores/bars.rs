//! The histogram of the scores, both axes logarithmic: flagged rows in another shade, a dot where the label calls one an
//! outlier, and the line where flagging begins.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::ScoresPanel;
use crate::app::pages::scores::{BINS, Flagged};
use crate::tui::cells::HEIGHTS;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::chart::Chart;
use crate::tui::widgets::panel::frame;

/// Draws it.
pub fn draw(
    of: &ScoresPanel<'_>,
    now: Flagged,
    (low, high): (f64, f64),
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = of.theme;
    let labelled = of.app.session.has_label();
    let legend = if labelled {
        " █ flagged  ▒ not  ● labelled "
    } else {
        " █ flagged  ▒ not "
    };
    let name = ["rows by score", "both axes logarithmic"];
    let block = frame(
        theme,
        false,
        area.width,
        name,
        Line::styled(legend, theme.quiet()),
    );
    let inner = block.inner(area);
    block.render(area, buffer);
    // The labelled rows stand below the bars.
    let below = u16::from(labelled && inner.height > 3);
    let chart = chart(of, now, (low, high), inner.width);
    chart.draw(theme, inner, buffer);
    let plot = chart.place(inner).plot;
    let ground = plot.height.saturating_sub(below);
    let line = chart.x.cell(now.threshold, plot.width);
    for column in 0..plot.width {
        let (count, outliers) = bin(of, column, plot.width);
        let middle = (f64::from(column) + 0.5) / f64::from(plot.width);
        // Clean rows are none of them flagged, wherever the line is.
        let flagged = !now.rule.is_clean() && chart.x.value(middle) > now.threshold;
        let (shade, style) = if flagged {
            ("█", theme.warn())
        } else {
            ("▒", theme.train())
        };
        let height = (1.0 + f64::from(count)).ln() / chart.y.high.ln();
        let eighths = f64::from(ground) * 8.0 * height;
        for row in 0..ground {
            let cell = &mut buffer[(plot.x + column, plot.y + ground - 1 - row)];
            let here = (eighths - f64::from(row) * 8.0).clamp(0.0, 8.0) as usize;
            match here {
                0 if line == Some(column) => cell.set_symbol("│").set_style(theme.cursor()),
                0 => cell.set_symbol(" "),
                8 => cell.set_symbol(shade).set_style(style),
                here if flagged => cell.set_char(HEIGHTS[here - 1]).set_style(style),
                // The tops of ordinary bars would look flagged.
                _ => cell.set_symbol("░").set_style(style),
            };
        }
        if below > 0 {
            let cell = &mut buffer[(plot.x + column, plot.bottom() - 1)];
            match (outliers > 0, line == Some(column)) {
                (true, _) => cell.set_symbol("●").set_style(theme.warn()),
                (false, true) => cell.set_symbol("│").set_style(theme.cursor()),
                (false, false) => cell.set_symbol(" "),
            };
        }
    }
}

fn chart<'a>(of: &ScoresPanel<'_>, now: Flagged, (low, high): (f64, f64), width: u16) -> Chart<'a> {
    let most = (0..width).map(|column| bin(of, column, width).0).max();
    let most = most.unwrap_or(1);
    Chart {
        cursor: Some(now.threshold),
        ..Chart::new(
            Axis::new(low, high, true),
            "times the median",
            Axis::new(1.0, (1.0 + f64::from(most)) * 1.5, true),
        )
    }
}

/// Rows and outliers of a column of the plot.
fn bin(of: &ScoresPanel<'_>, column: u16, columns: u16) -> (u32, u32) {
    let edge = |column: u16| usize::from(column) * BINS / usize::from(columns.max(1));
    let (from, to) = (edge(column), edge(column + 1).max(edge(column) + 1));
    let bins = of.page.bins.get(from..to.min(BINS)).unwrap_or_default();
    bins.iter()
        .fold((0, 0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1))
}

/// Which part of the axis is at a place on the screen.
pub fn part_at(of: &ScoresPanel<'_>, area: Rect, x: u16, y: u16) -> Option<usize> {
    let range = of.page.range()?;
    let now = of.page.flagged(&of.app.session)?;
    let inner = of.theme.block(false).inner(area);
    let plot = chart(of, now, range, inner.width).place(inner).plot;
    let on = plot.contains((x, y).into());
    on.then(|| usize::from(x - plot.x) * BINS / usize::from(plot.width))
}
