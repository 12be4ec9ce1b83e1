//! The rules side by side: the score each begins at, how many rows it flags, and what the label says of that.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::ScoresPanel;
use crate::app::pages::scores::Flagged;
use crate::format;
use crate::tui::cells;
use crate::tui::widgets::panel::{draw_lines, frame};

/// Draws them.
pub fn draw(
    of: &ScoresPanel<'_>,
    now: Flagged,
    rules: &[Flagged],
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = of.theme;
    let name = ["flag by", ":flag RULE"];
    let block = frame(theme, false, area.width, name, Line::default());
    let inner = block.inner(area);
    block.render(area, buffer);
    let width = usize::from(inner.width);
    let labelled = of.page.hits(0).is_some();
    let judged = if labelled { "  prec. recall" } else { "" };
    let heading = format!("  rule           above  flagged{judged}");
    let mut lines = vec![Line::styled(cells::cut(&heading, width), theme.quiet())];
    let room = usize::from(inner.height).saturating_sub(1).max(1);
    let at = rules.iter().position(|flag| flag.rule == now.rule);
    let first = (at.unwrap_or(0) + 1).saturating_sub(room);
    for flag in &rules[first..] {
        let selected = flag.rule == now.rule;
        let above = if flag.threshold.is_finite() {
            format::score(flag.threshold as f32)
        } else {
            "none".into()
        };
        let judged = of
            .page
            .hits(flag.count)
            .map_or_else(String::new, |(hits, all)| {
                let share = |of: usize| match of {
                    0 => "–".to_owned(),
                    of => format!("{:.2}", f64::from(hits) / of as f64),
                };
                let [precision, recall] = [share(flag.count), share(all as usize)];
                format!(
                    "   {} {}",
                    cells::right(&precision, 4),
                    cells::right(&recall, 6)
                )
            });
        let text = format!(
            "{} {} {} {}{judged}",
            if selected { "▸" } else { " " },
            cells::left(&flag.rule.to_string(), 12),
            cells::right(&above, 7),
            cells::right(&format::group(flag.count), 8),
        );
        let style = if selected {
            theme.selected(true)
        } else {
            Style::new()
        };
        lines.push(Line::styled(cells::left(&text, width), style));
    }
    if let Some((_, all)) = of.page.hits(0) {
        let base = f64::from(all) / of.page.rows().max(1) as f64;
        let text = format!("  of all rows {base:.3} are outliers");
        lines.push(Line::styled(cells::cut(&text, width), theme.quiet()));
    }
    draw_lines(lines, inner, buffer);
}
