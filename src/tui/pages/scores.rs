//! The scores: their histogram with the line where flagging begins, the rules beside it, and where there is room the scores
//! from the highest down, and with a label how many outliers each line would find.
//!
//! ```text
//! 63 of 5,803 rows flagged: …                     precision .92 (all rows .012)  recall …
//! ┌ histogram ─────────────┐┌ rules ────────┐
//! │ ▒▒▒▒▒▒▒▒▒▒▒│ █ █   █   ││▸ auto     63  │
//! ├ from the highest down ─┤├ by the label ─┤
//! └────────────────────────┘└───────────────┘
//! ```

mod bars;
mod curves;
mod rules;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::scores::{Flagged, Scores};
use crate::format;
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, draw_waiting};

/// The page of the scores.
pub struct ScoresPanel<'a> {
    pub app: &'a App,
    pub page: &'a Scores,
    pub theme: Theme,
}

/// Rows that the curves need below the histogram.
const ROOM_FOR_CURVES: u16 = 26;
/// Columns that the rules need beside the histogram.
const BESIDE: u16 = 100;
const RULES: u16 = 48;

/// Where the parts stand.
struct Parts {
    text: Rect,
    histogram: Rect,
    rules: Rect,
    curves: Option<[Rect; 2]>,
}

impl Widget for ScoresPanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let title = Line::from(vec![
            Span::raw(" "),
            Span::styled("scores ", theme.accent()),
        ]);
        let block = theme.block(true).title_top(title);
        let inner = block.inner(area);
        block.render(area, buffer);
        let now = self.page.flagged(&self.app.session);
        let (Some(now), Some((low, high))) = (now, self.page.range()) else {
            let text = match self.page.told {
                Some(_) => "all rows score the same",
                None => "the scores …",
            };
            return draw_waiting(text, theme, inner, buffer);
        };
        let text = self.text(now, usize::from(inner.width));
        let rules = self.page.rules(&self.app.session);
        let parts = Self::parts(inner, text.len() as u16, rules.len() as u16);
        draw_lines(text, parts.text, buffer);
        bars::draw(&self, now, (low, high), parts.histogram, buffer);
        rules::draw(&self, now, &rules, parts.rules, buffer);
        if let Some([left, right]) = parts.curves {
            curves::draw_sorted(&self, now, (low, high), left, buffer);
            curves::draw_quality(&self, now, right, buffer);
        }
    }
}

impl ScoresPanel<'_> {
    fn parts(inner: Rect, text: u16, rules: u16) -> Parts {
        let [text, rest] =
            Layout::vertical([Constraint::Length(text), Constraint::Fill(1)]).areas(inner);
        if inner.width >= BESIDE {
            let rows = if rest.height >= ROOM_FOR_CURVES { 2 } else { 1 };
            let rows = Layout::vertical(vec![Constraint::Fill(1); rows]).split(rest);
            let halves = |row: Rect| {
                Layout::horizontal([Constraint::Fill(1), Constraint::Length(RULES)]).areas(row)
            };
            let [histogram, rules] = halves(rows[0]);
            return Parts {
                text,
                histogram,
                rules,
                curves: rows.get(1).map(|row| halves(*row)),
            };
        }
        // On a low screen the rules scroll.
        let rules = (rules + 3).min(rest.height / 2);
        let [histogram, rules] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(rules)]).areas(rest);
        Parts {
            text,
            histogram,
            rules,
            curves: None,
        }
    }

    /// What is flagged, in a sentence, and what the label says of it.
    fn text(&self, now: Flagged, width: usize) -> Vec<Line<'static>> {
        let (theme, session) = (self.theme, &self.app.session);
        let told = session.ranking.as_ref().map(|ranking| &ranking.flag);
        let rows = self.page.rows();
        let sentence = match told.filter(|flag| flag.rule == now.rule) {
            Some(flag) => flag.to_string(),
            None => format!(
                "{} of {} rows flagged",
                format::group(now.count),
                format::group(rows)
            ),
        };
        let line = |text: &str, style| {
            let pieces = cells::wrap(text, width.saturating_sub(2)).into_iter();
            pieces
                .map(move |piece| Line::styled(format!(" {piece}"), style))
                .collect::<Vec<_>>()
        };
        let mut lines = line(&sentence, theme.strong());
        if let Some((hits, all)) = self.page.hits(now.count) {
            let share = |part: u32, of: usize| f64::from(part) / of.max(1) as f64;
            let precision = match now.count {
                0 => "no precision without a flagged row".to_owned(),
                count => format!(
                    "precision {:.3} where {:.3} of all rows are outliers",
                    share(hits, count),
                    share(all, rows)
                ),
            };
            let recall = share(hits, all as usize);
            let f1 = 2.0 * f64::from(hits) / (now.count + all as usize).max(1) as f64;
            let text =
                format!("{precision}; recall {recall:.3}: {hits} of {all} outliers; F1 {f1:.3}");
            lines.extend(line(&text, theme.warn()));
        }
        lines
    }

    /// Which part of the axis is at a place on the page, if the histogram is there.
    pub fn part_at(&self, body: Rect, x: u16, y: u16) -> Option<usize> {
        let inner = self.theme.block(true).inner(body);
        let now = self.page.flagged(&self.app.session)?;
        let text = self.text(now, usize::from(inner.width)).len() as u16;
        let rules = self.page.rules(&self.app.session).len() as u16;
        let parts = Self::parts(inner, text, rules);
        bars::part_at(self, parts.histogram, x, y)
    }
}
