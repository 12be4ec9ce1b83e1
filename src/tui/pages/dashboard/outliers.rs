//! The rows from the strangest on: score, movement, and why they stand there.

mod footer;
mod widths;

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::action::Panel;
use crate::format;
use crate::score::flag::FlagRule;
use crate::score::ranking::{By, Movement, Ranked, Ranking};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, draw_waiting, frame};
use crate::tui::widgets::reasons;

use widths::Widths;

/// The outliers panel.
pub struct Outliers<'a> {
    pub app: &'a App,
    pub theme: Theme,
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
            match app.session.shown_whole() {
                Some(_) => ["4 outliers", "whole file"],
                None => ["4 outliers", ""],
            },
            headline,
        );
        let inner = block.inner(area);
        block.render(area, buffer);
        let Some(ranking) = &app.session.ranking else {
            draw_waiting("the first ranking …", theme, inner, buffer);
            return;
        };
        let width = usize::from(inner.width);
        let footer = self.footer(ranking, inner);
        let room = usize::from(inner.height).saturating_sub(1 + footer.len());
        let window = self.window(ranking, room);
        let widths = self.widths(ranking, width, &window);
        let mut lines = vec![self.heading(ranking.by, widths)];
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
        let session = &self.app.session;
        let of = match (session.shown_whole(), session.all_rows()) {
            (Some(_), _) if width >= 60 => " rows of the file",
            (None, Some(_)) if width >= 60 => " rows of the sample",
            _ => "",
        };
        if ranking.flag.rule.is_clean() {
            let text = if width >= 40 {
                format!(" clean: none of {total} flagged ")
            } else {
                " clean ".into()
            };
            return Line::styled(text, self.theme.quiet());
        }
        let rest = if width >= 40 {
            format!(" of {total}{of} flagged ")
        } else {
            " flagged ".into()
        };
        Line::from(vec![
            Span::styled(format!(" {flagged}"), self.theme.strong()),
            Span::styled(rest, self.theme.quiet()),
        ])
    }

    /// A row's name in so many cells.
    fn name(&self, row: u32, room: usize) -> String {
        let session = &self.app.session;
        cells::without_stem(&session.row_name(row), &session.stem, room)
    }

    fn heading(&self, by: By, widths: Widths) -> Line<'static> {
        let Widths {
            rank,
            name,
            score,
            beside,
            since,
            gap,
            reason,
            ..
        } = widths;
        let [score_name, beside_name, since_name] = match by {
            By::Network => ["score", "LeSiNN", "since"],
            By::Lesinn => ["LeSiNN", "network", "since"],
            By::Both => ["both", "LeSiNN", "since"],
            By::Disagreement => ["network", "LeSiNN", "higher"],
        };
        let [rank, name] = [cells::right("#", rank), cells::right("row", name)];
        let mut text = format!("  {rank} {name} {}", cells::right(score_name, score));
        if beside > 0 {
            let _ = write!(text, " {}", cells::right(beside_name, beside));
        }
        if since > 0 {
            let _ = write!(text, " {}", cells::right(since_name, since));
        }
        if self.app.session.has_label() {
            text.push_str("  ");
        }
        if reason > 0 {
            let _ = write!(text, "{:gap$}{}", "", cells::left("reason", reason));
        }
        Line::styled(text, self.theme.quiet())
    }

    /// Lines of the list that show in `room` lines: the ranked rows with the threshold as a line of its own, scrolled so that
    /// the selected row stays in sight.
    fn window(&self, ranking: &Ranking, room: usize) -> Range<usize> {
        // Where more rows are flagged than are listed, the threshold lies beyond them.
        let beyond = ranking.flag.count > ranking.rows.len();
        let threshold = usize::from(ranking.by != By::Disagreement && !beyond);
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
        let footer = self.footer(ranking, inner).len();
        let room = usize::from(inner.height).saturating_sub(1 + footer);
        let mut window = self.window(ranking, room);
        Self::rank_of(ranking, window.nth(line)?)
    }

    fn threshold(&self, ranking: &Ranking, width: usize) -> Line<'static> {
        let (threshold, words) = (ranking.flag.threshold, ranking.flag.words());
        let plain = format!("─ threshold {threshold:.2}× ");
        let brief = match ranking.flag.rule {
            FlagRule::Clean(_) => format!("{plain}(clean) "),
            _ => plain.clone(),
        };
        let mut text =
            cells::first_fitting(width, &[&format!("{plain}({words}) "), &brief, &plain]);
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
        let name = if widths.numbered {
            app.session.row_number(row).to_string()
        } else {
            self.name(row, widths.name)
        };
        let mut spans = vec![
            Span::raw(if selected { "▸ " } else { "  " }),
            Span::styled(
                cells::right(&(rank + 1).to_string(), widths.rank),
                theme.quiet(),
            ),
            Span::raw(format!(" {}", cells::right(&name, widths.name))),
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
        if widths.since > 0 {
            spans.push(Span::styled(
                format!(" {}", cells::right(&since, widths.since)),
                since_style,
            ));
        }
        if let Some(labelled) = app.session.is_labelled(row) {
            spans.push(Span::styled(
                if labelled { " ●" } else { "  " },
                theme.warn(),
            ));
        }
        if widths.reason > 0 {
            let explanation = app.session.explanations.get(&row);
            let reasons = explanation.map_or(&[][..], |explanation| &explanation.reasons);
            let text = reasons::in_cell(reasons, widths.reason);
            let (gap, text) = (widths.gap, cells::left(&text, widths.reason));
            spans.push(Span::raw(format!("{:gap$}{text}", "")));
        }
        if !selected {
            return Line::from(spans);
        }
        let focused = app.dashboard.focus == Panel::Outliers;
        // Reversed colours would make a patchwork of the line: the selected one is plain.
        let text: String = spans.iter().map(|span| span.content.as_ref()).collect();
        Line::styled(cells::left(&text, width), theme.selected(focused))
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
