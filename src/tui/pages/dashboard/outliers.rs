//! The rows from the strangest on: score, movement, and the columns that contribute most.

mod footer;

use std::cmp::Ordering;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::action::Panel;
use crate::format;
use crate::message::Part;
use crate::score::ranking::{By, Movement, Ranked, Ranking};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, draw_waiting, frame};

/// The outliers panel.
pub struct Outliers<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

/// Widths of the columns at this panel width; zero: not shown.
#[derive(Clone, Copy)]
struct Widths {
    rank: usize,
    name: usize,
    score: usize,
    beside: usize,
    since: usize,
    part: usize,
}

impl Widget for Outliers<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, theme } = self;
        let headline = app
            .session
            .ranking
            .as_ref()
            .map_or_else(Line::default, |ranking| self.headline(ranking, area.width));
        let block = frame(
            theme,
            app.dashboard.focus == Panel::Outliers,
            area.width,
            ["4 outliers", ""],
            headline,
        );
        let inner = block.inner(area);
        block.render(area, buffer);
        let Some(ranking) = &app.session.ranking else {
            draw_waiting("the first ranking …", theme, inner, buffer);
            return;
        };
        let width = usize::from(inner.width);
        let footer = self.footer(ranking, width);
        let widths = self.widths(ranking, width);
        let mut lines = vec![self.heading(ranking.by, widths)];
        let room = usize::from(inner.height).saturating_sub(1 + footer.len());
        let window = self.window(ranking, room);
        lines.extend(window.map(|line| match Self::rank_of(ranking, line) {
            Some(rank) => self.row(ranking, rank, widths, width),
            None => self.threshold(ranking, width),
        }));
        lines.resize(1 + room, Line::default());
        lines.extend(footer);
        draw_lines(lines, inner, buffer);
    }
}

impl Outliers<'_> {
    fn headline(&self, ranking: &Ranking, width: u16) -> Line<'static> {
        let (flagged, total) = (
            format::group(ranking.flag.count),
            format::group(ranking.total),
        );
        if ranking.by == By::Disagreement {
            return Line::styled(" disagreement ", self.theme.quiet());
        }
        let rest = if width >= 40 {
            format!(" of {total} flagged ")
        } else {
            " flagged ".into()
        };
        Line::from(vec![
            Span::styled(format!(" {flagged}"), self.theme.strong()),
            Span::styled(rest, self.theme.quiet()),
        ])
    }

    fn widths(&self, ranking: &Ranking, width: usize) -> Widths {
        let digits = |number: usize| number.max(1).ilog10() as usize + 1;
        let rank = digits(ranking.rows.len()).max(2);
        let has_ids = self
            .app
            .session
            .loaded
            .as_ref()
            .is_some_and(|loaded| loaded.ids.is_some());
        let name = if has_ids {
            14.min(width / 3)
        } else {
            digits(ranking.total).max(3)
        };
        let score = 7;
        let mark = if self.app.session.has_label() { 2 } else { 0 };
        let room = width.saturating_sub(2 + rank + 1 + name + 1 + score + mark);
        let since = match ranking.by {
            By::Disagreement => 6,
            _ => 5,
        };
        let since = if room > since { since } else { 0 };
        let room = room.saturating_sub(1 + since);
        // The other score matters more than the largest part where it is what the rows are ranked against.
        let needed = if ranking.by == By::Network { 8 + 12 } else { 8 };
        let has_other = ranking.rows.iter().any(|ranked| ranked.beside.is_some());
        let beside = if has_other && room >= needed { 7 } else { 0 };
        let part = room.saturating_sub(2 + if beside > 0 { 1 + beside } else { 0 });
        Widths {
            rank,
            name,
            score,
            beside,
            since,
            part: if part >= 10 { part } else { 0 },
        }
    }

    fn heading(&self, by: By, widths: Widths) -> Line<'static> {
        let Widths {
            rank,
            name,
            score,
            beside,
            since,
            part,
        } = widths;
        let [score_name, beside_name, since_name] = match by {
            By::Network => ["score", "LeSiNN", "since"],
            By::Lesinn => ["LeSiNN", "network", "since"],
            By::Both => ["both", "LeSiNN", "since"],
            By::Disagreement => ["network", "LeSiNN", "higher"],
        };
        let [rank, name] = [cells::right("#", rank), cells::right("row", name)];
        let mut score = cells::right(score_name, score);
        if beside > 0 {
            score = format!("{score} {}", cells::right(beside_name, beside));
        }
        let since = cells::right(since_name, since);
        let mark = if self.app.session.has_label() {
            "  "
        } else {
            ""
        };
        let part = if part > 0 {
            let name = if part < 13 {
                "largest"
            } else {
                "largest parts"
            };
            format!("  {}", cells::left(name, part))
        } else {
            String::new()
        };
        Line::styled(
            format!("  {rank} {name} {score} {since}{mark}{part}"),
            self.theme.quiet(),
        )
    }

    /// Lines of the list that show in `room` lines: the ranked rows with the threshold as a line of its own, scrolled so that
    /// the selected row stays in sight.
    fn window(&self, ranking: &Ranking, room: usize) -> Range<usize> {
        let threshold = usize::from(ranking.by != By::Disagreement);
        let lines = ranking.rows.len() + threshold;
        let selected = self.app.selection.rank;
        let selected = selected
            + if selected >= ranking.flag.count {
                threshold
            } else {
                0
            };
        let first = selected
            .saturating_sub(room / 2)
            .min(lines.saturating_sub(room));
        first..lines.min(first + room)
    }

    /// The rank that stands on a line of the list; none is the threshold.
    fn rank_of(ranking: &Ranking, line: usize) -> Option<usize> {
        if ranking.by == By::Disagreement {
            return Some(line);
        }
        match line.cmp(&ranking.flag.count) {
            Ordering::Less => Some(line),
            Ordering::Equal => None,
            Ordering::Greater => Some(line - 1),
        }
    }

    /// The rank on a line of the panel below its heading, `inner` being what is inside the frame.
    pub fn rank_at(&self, inner: Rect, line: usize) -> Option<usize> {
        let ranking = self.app.session.ranking.as_ref()?;
        let footer = self.footer(ranking, usize::from(inner.width)).len();
        let room = usize::from(inner.height).saturating_sub(1 + footer);
        let mut window = self.window(ranking, room);
        Self::rank_of(ranking, window.nth(line)?)
    }

    fn threshold(&self, ranking: &Ranking, width: usize) -> Line<'static> {
        let (threshold, words) = (ranking.flag.threshold, ranking.flag.words());
        let rule = format!("─ threshold {threshold:.2}× ({words}) ");
        let rule = if cells::width(&rule) > width {
            format!("─ threshold {threshold:.2}× ")
        } else {
            rule
        };
        let mut text = cells::cut(&rule, width);
        text.extend(std::iter::repeat_n('─', width - cells::width(&text)));
        Line::styled(text, self.theme.warn())
    }

    fn row(&self, ranking: &Ranking, rank: usize, widths: Widths, width: usize) -> Line<'static> {
        let (app, theme) = (self.app, self.theme);
        let Ranked {
            row,
            score,
            beside,
            stranger,
            movement,
        } = ranking.rows[rank];
        let selected = rank == app.selection.rank;
        let flagged = rank < ranking.flag.count;
        let (since, since_style) = match stranger {
            Some(By::Lesinn) => ("LeSiNN".into(), theme.quiet()),
            Some(_) => ("net".into(), theme.good()),
            None => self.since(movement),
        };
        let mut spans = vec![
            Span::raw(if selected { "▸ " } else { "  " }),
            Span::styled(
                cells::right(&(rank + 1).to_string(), widths.rank),
                theme.quiet(),
            ),
            Span::raw(format!(
                " {}",
                cells::right(&app.session.row_name(row), widths.name)
            )),
            Span::styled(
                format!(" {}", cells::right(&format::score(score), widths.score)),
                if flagged {
                    theme.strong()
                } else {
                    Style::new()
                },
            ),
        ];
        if widths.beside > 0 {
            let other = beside.map_or_else(String::new, format::score);
            spans.push(Span::styled(
                format!(" {}", cells::right(&other, widths.beside)),
                theme.quiet(),
            ));
        }
        spans.push(Span::styled(
            format!(" {}", cells::right(&since, widths.since)),
            since_style,
        ));
        if let Some(labelled) = app.session.is_labelled(row) {
            spans.push(Span::styled(
                if labelled { " ●" } else { "  " },
                theme.warn(),
            ));
        }
        if widths.part > 0 {
            let explanation = app.session.explanations.get(&row);
            let parts = explanation.map_or(&[][..], |explanation| &explanation.parts);
            let text = self.parts(parts, widths.part);
            spans.push(Span::raw(format!("  {}", cells::left(&text, widths.part))));
        }
        if !selected {
            return Line::from(spans);
        }
        let focused = app.dashboard.focus == Panel::Outliers;
        // Reversed colours would make a patchwork of the line: the selected one is plain.
        let text: String = spans.iter().map(|span| span.content.as_ref()).collect();
        Line::styled(cells::left(&text, width), theme.selected(focused))
    }

    /// The columns that contribute most with their shares: the first in any case, others as far as there is room.
    fn parts(&self, parts: &[Part], width: usize) -> String {
        let name = |part: &Part| self.app.session.column_name(part.column as usize);
        let Some(first) = parts.first() else {
            return String::new();
        };
        let share = format::percent(first.share);
        let room = width.saturating_sub(cells::width(&share) + 1);
        let mut text = format!("{} {share}", cells::middle(name(first), room));
        for part in &parts[1..] {
            let more = format!(", {} {}", name(part), format::percent(part.share));
            if cells::width(&text) + cells::width(&more) > width {
                break;
            }
            text.push_str(&more);
        }
        text
    }

    fn since(&self, movement: Movement) -> (String, Style) {
        match movement {
            Movement::First => (String::new(), self.theme.quiet()),
            Movement::By(0) => ("=".into(), self.theme.quiet()),
            Movement::New => ("new".into(), self.theme.warn()),
            Movement::By(up) if up > 0 => (format!("▲{up}"), self.theme.good()),
            Movement::By(down) => (format!("▼{}", -down), self.theme.quiet()),
        }
    }
}
