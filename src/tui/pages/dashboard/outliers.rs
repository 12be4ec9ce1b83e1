//! The rows from the strangest on: score, movement, and the column that contributes most.

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
use crate::message::{Explanation, Judged, Part};
use crate::score::ranking::{Basis, By, Movement, Quality, Ranked, Ranking};
use crate::score::reference::Reference;
use crate::score::threshold::RULE;
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
        let (flagged, total) = (format::group(ranking.flagged), format::group(ranking.total));
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
        let since = if room >= 6 { 5 } else { 0 };
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
            By::Disagreement => ["network", "LeSiNN", "who"],
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
            + if selected >= ranking.flagged {
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
        match line.cmp(&ranking.flagged) {
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
        let rule = format!("─ threshold {:.2}× ({RULE}) ", ranking.threshold);
        let rule = if cells::width(&rule) > width {
            format!("─ threshold {:.2}× ", ranking.threshold)
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
        let flagged = rank < ranking.flagged;
        let (since, since_style) = match stranger {
            Some(By::Lesinn) => ("dist".into(), theme.quiet()),
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

    /// Why the selected row stands where it does, what the scores stand on, and what they are worth.
    fn footer(&self, ranking: &Ranking, width: usize) -> Vec<Line<'static>> {
        let theme = self.theme;
        let mut lines = self.reason(width);
        let mark = if self.app.session.has_label() {
            "   ● labelled"
        } else {
            ""
        };
        let [long, short] = basis(ranking);
        let basis = [
            format!(" {long}{mark}"),
            format!(" {long}"),
            format!(" {short}"),
        ];
        let text = cells::first_fitting(width, &basis.each_ref().map(String::as_str));
        lines.push(Line::styled(text, theme.quiet()));
        lines.extend(self.quality(ranking, width));
        if self.app.session.hints_at_local() {
            let (long, short) = (
                " hint: no row is far out; try --preset local",
                " hint: --preset local",
            );
            lines.push(Line::styled(
                cells::first_fitting(width, &[long, short]),
                theme.quiet(),
            ));
        }
        lines
    }

    /// The selected row's largest parts, whole; always as many lines, so that the list stays where it is.
    fn reason(&self, width: usize) -> Vec<Line<'static>> {
        const LINES: usize = 2;
        const HARD: &str = "\u{a0}";
        let session = &self.app.session;
        let row = self.app.selected_row();
        let parts = row.and_then(|row| session.explanations.get(&row));
        let words = parts.map_or_else(String::new, |explanation: &Explanation| {
            let name = row.map_or_else(String::new, |row| session.row_name(row));
            let part = |part: &Part| {
                let column = cells::middle(session.column_name(part.column as usize), 24);
                // Held together by a space that no line is broken at.
                format!("{column} {}", format::percent(part.share)).replace(' ', HARD)
            };
            let parts: Vec<String> = explanation.parts.iter().map(part).collect();
            format!("row {}: {}", cells::cut(&name, 14), parts.join(", "))
        });
        let mut pieces = cells::wrap(&words, width.saturating_sub(2));
        pieces.resize(LINES, String::new());
        let mut lines: Vec<Line<'_>> = pieces
            .into_iter()
            .map(|piece| Line::raw(format!(" {}", piece.replace(HARD, " "))))
            .collect();
        lines.insert(0, Line::styled("─".repeat(width), self.theme.quiet()));
        lines
    }

    /// With a label how good the ranking is, and how good rankings without a network are; without one what the scores say
    /// about themselves.
    fn quality(&self, ranking: &Ranking, width: usize) -> Vec<Line<'static>> {
        let theme = self.theme;
        let Some(Quality {
            roc_auc,
            average_precision,
        }) = ranking.quality
        else {
            return self.hint(ranking, width).into_iter().collect();
        };
        let precision = ranking.precision;
        let precision = precision.map_or_else(String::new, |share| {
            format!("   precision {share:.3} of {}", ranking.flagged)
        });
        let long = format!(" ROC-AUC {roc_auc:.3}   AP {average_precision:.3}{precision}");
        let short = format!(" ROC-AUC {roc_auc:.3}   AP {average_precision:.3}");
        let text = cells::first_fitting(width, &[&long, &short, &format!(" AUC {roc_auc:.3}")]);
        let mut lines = vec![Line::styled(text, theme.strong())];
        let referenced = self.app.session.referenced.as_ref();
        let qualities = referenced.map_or(&[][..], |referenced| &referenced.quality);
        let each = |(reference, quality): &(Reference, Quality)| {
            format!("{} {:.3}", reference.name(), quality.roc_auc)
        };
        let all: Vec<String> = qualities.iter().map(each).collect();
        if let Some(first) = all.first() {
            let long = format!(" no network: {}", all.join("  "));
            let middle = format!(" no network: {first}");
            let text = cells::first_fitting(width, &[&long, &middle, &format!(" {first}")]);
            lines.push(Line::styled(text, theme.quiet()));
        }
        lines
    }

    /// When the scores were spread least evenly, where no label says when they were best.
    fn hint(&self, ranking: &Ranking, width: usize) -> Option<Line<'static>> {
        let entropy = ranking.entropy?;
        let spread = |judged: &Judged| Some((judged.entropy?, judged.at.step));
        let all = self.app.session.run.judged.iter().filter_map(spread);
        let (_, step) = all.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let now = format!(" no label; score entropy {entropy:.3}");
        let lowest = format!("{now}, lowest at step {}", format::group(step));
        let text = cells::first_fitting(width, &[&format!("{lowest} (a hint)"), &lowest, &now]);
        Some(Line::styled(text, self.theme.quiet()))
    }
}

/// What the scores stand on, at length and in short.
fn basis(ranking: &Ranking) -> [String; 2] {
    let [long, short] = match &ranking.basis {
        Basis::Step(0) => ["before the first step", "before the first step"].map(str::to_owned),
        Basis::Step(step) => {
            let text = format!("the network at step {}", format::group(*step));
            [text.clone(), text]
        }
        Basis::Snapshots { steps, .. } if steps.len() == 1 => {
            let text = format!("snapshot at step {}", format::group(steps[0]));
            [text.clone(), text]
        }
        Basis::Snapshots { steps, networks } => {
            let (count, first) = (steps.len(), steps[0]);
            let last = format::group(steps.iter().max().copied().unwrap_or_default());
            let of = match networks {
                0 | 1 => String::new(),
                networks => format!(" of {networks} networks"),
            };
            let short = format!("mean of {count} snapshots{of}");
            [format!("{short}, steps {first} to {last}"), short]
        }
    };
    // The scores without a network stand on nothing that is learned.
    match ranking.by {
        By::Network => [long, short],
        By::Lesinn => [
            "LeSiNN: distance to the nearest of a few random rows",
            "LeSiNN",
        ]
        .map(str::to_owned),
        By::Both => [
            format!("LeSiNN and network: {long}"),
            "LeSiNN and network".into(),
        ],
        By::Disagreement => [
            "network against LeSiNN; net or dist finds the row stranger",
            "network against LeSiNN",
        ]
        .map(str::to_owned),
    }
}
