//! The table: rank, row and score of each row stand still at the left, the columns of the file pass by at the right.
//!
//! ```text
//! ┏ table  the strangest first ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ col 3/30 · row 12 of 3,772 ┓
//! ┃     rank  row  score │ temp   │ wind              +21 → ┃ order, filters, what is set apart,
//! ┃                      │ number │ number                  ┃ where there is room for them
//! ┃ ▸◆●    1  418  40.1× │  97.3█ │   3.1                   ┃
//! ```

pub mod columns;
mod force;
mod heading;
mod line;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use columns::Shown;
use line::SHARES;

use crate::app::App;
use crate::app::pages::table::Table;
use crate::format;
use crate::message::{Browsed, ColumnInfo};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, draw_waiting};
use crate::tui::widgets::reasons::in_cell;

/// The page of the table.
pub struct TablePanel<'a> {
    pub app: &'a App,
    pub page: &'a Table,
    pub theme: Theme,
}

/// Cells of a score.
const SCORE: usize = 8;
/// Cells of the reason, where there is room for it.
const REASON: usize = 18;
/// Narrower screens leave it to the line about the selected row.
const ROOM_FOR_REASON: usize = 84;
/// Heading, kinds; a rule and the selected row's lines.
const ABOVE: usize = 2;
const BELOW: usize = 3;

impl Widget for TablePanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let block = theme
            .block(true)
            .title_top(self.title(area.width))
            .title_top(self.place());
        let inner = block.inner(area);
        block.render(area, buffer);
        let inner = match force::width(inner.width) {
            0 => inner,
            side => {
                let left = Rect {
                    width: inner.width - side,
                    ..inner
                };
                let right = Rect {
                    x: left.right(),
                    width: side,
                    ..inner
                };
                force::draw(self.app, self.page, theme, right, buffer);
                left
            }
        };
        let Some(browsed) = &self.page.shown else {
            return draw_waiting("the rows …", theme, inner, buffer);
        };
        let width = usize::from(inner.width);
        let height = usize::from(inner.height).saturating_sub(ABOVE + BELOW);
        let frozen = self.frozen_width(width);
        let room = width.saturating_sub(frozen + 1);
        let shown = Shown::new(&self.app.session, self.page, browsed, room);
        let mut lines = self.heading(&shown, frozen, width);
        let first = Self::first(self.page.at, browsed.total, height);
        for at in first..(first + height).min(browsed.total) {
            lines.push(self.row(at, &shown, width));
        }
        lines.resize(ABOVE + height, Line::default());
        if browsed.total == 0 && height > 1 {
            let texts = [
                "no row meets the filters; backspace takes the last one away",
                "no row meets the filters; backspace drops the last",
                "no row meets the filters",
            ];
            let text = cells::first_fitting(width, &texts);
            lines[ABOVE + height / 2] = Line::styled(text, theme.warn()).centered();
        }
        lines.extend(self.about(browsed, width));
        draw_lines(lines, inner, buffer);
    }
}

impl TablePanel<'_> {
    fn title(&self, width: u16) -> Line<'static> {
        let (theme, session) = (self.theme, &self.app.session);
        let state = match (self.page.seeking, self.page.waits(session)) {
            (true, _) => "  searching … ",
            (_, true) => "  arranging … ",
            _ => " ",
        };
        let filters = &session.arrangement.filters;
        let typed: Vec<&str> = filters.iter().map(|filter| &*filter.typed).collect();
        let typed = typed.join(", ");
        let filters = match filters.len() {
            0 => String::new(),
            // They are listed beside the table, where there is room for that.
            _ if force::width(width) == 0 && cells::width(&typed) <= usize::from(width) / 3 => {
                format!("  only {typed}")
            }
            1 => "  1 filter".into(),
            count => format!("  {count} filters"),
        };
        let others = [&filters, state, "table"].map(cells::width);
        let place = self.place().width();
        let room = usize::from(width).saturating_sub(others.iter().sum::<usize>() + place + 4);
        let of = self.of();
        let of = cells::first_fitting(room, &of.each_ref().map(String::as_str));
        Line::from(vec![
            Span::raw(" "),
            Span::styled("table", theme.accent()),
            Span::styled(of, theme.quiet()),
            Span::styled(filters, theme.warn()),
            Span::styled(state, theme.warn()),
        ])
    }

    /// Which rows of a file larger than memory these are, the longer the more plainly.
    fn of(&self) -> [String; 4] {
        let (session, group) = (&self.app.session, format::group);
        match (session.shown_whole(), session.all_rows()) {
            (Some(whole), _) => {
                let (kept, rows) = (group(whole.kept), group(whole.rows));
                let [more, short] = match whole.besides {
                    0 => [String::new(), String::new()],
                    besides => {
                        let besides = group(besides);
                        [format!(" and {besides} more"), format!(" + {besides}")]
                    }
                };
                [
                    format!("  the first {kept}{more} of all {rows} rows"),
                    format!("  first {kept}{short} of {rows}"),
                    format!("  of {rows}"),
                    String::new(),
                ]
            }
            (None, Some(rows)) => [
                format!("  a sample of {} rows", group(rows)),
                "  a sample".into(),
                String::new(),
                String::new(),
            ],
            (None, None) => <[String; 4]>::default(),
        }
    }

    /// Where one is.
    fn place(&self) -> Line<'static> {
        let columns = self.app.session.columns().len();
        let total = self.page.total();
        let row = if total == 0 { 0 } else { self.page.at + 1 };
        let text = format!(
            " col {}/{} · row {} of {} ",
            self.page.column + 1,
            columns,
            format::group(row),
            format::group(total)
        );
        Line::styled(text, self.theme.quiet()).right_aligned()
    }

    /// The first place that shows where the selected one is in the middle, if that can be.
    fn first(at: usize, total: usize, room: usize) -> usize {
        at.saturating_sub(room / 2).min(total.saturating_sub(room))
    }

    /// The place on a line of the panel's inside, the frame not counted, if a row stands there.
    pub fn row_at(&self, inner: Rect, line: usize) -> Option<usize> {
        let total = self.page.total();
        let room = usize::from(inner.height).saturating_sub(ABOVE + BELOW);
        let line = line.checked_sub(ABOVE).filter(|line| *line < room)?;
        let at = Self::first(self.page.at, total, room) + line;
        (at < total).then_some(at)
    }

    fn rank_width(&self) -> usize {
        let loaded = self.app.session.loaded.as_ref();
        let rows = loaded.map_or(1, |loaded| loaded.of.unwrap_or(loaded.rows));
        // A rank that is not exact has a sign before it.
        let about = usize::from(loaded.is_some_and(|loaded| loaded.of.is_some()));
        (rows.max(1).ilog10() as usize + 1 + about).max(4)
    }

    fn name_width(&self, width: usize) -> usize {
        match self.app.session.ids() {
            Some(_) => 14.min(width / 5).max(6),
            None => self.rank_width(),
        }
    }

    fn reason_width(width: usize) -> usize {
        if width >= ROOM_FOR_REASON { REASON } else { 0 }
    }

    fn frozen_width(&self, width: usize) -> usize {
        let reason = match Self::reason_width(width) {
            0 => 0,
            reason => reason + 1,
        };
        3 + self.rank_width() + 1 + self.name_width(width) + 1 + SCORE + 2 + reason
    }

    /// Numbers stand at the right of their column.
    fn align(info: &ColumnInfo, text: &str, width: usize) -> String {
        if info.holds_numbers() {
            cells::right(text, width)
        } else {
            cells::left(text, width)
        }
    }

    /// The selected cell in full, and what the reader should know.
    fn about(&self, browsed: &Browsed, width: usize) -> Vec<Line<'static>> {
        let (theme, session) = (self.theme, &self.app.session);
        let rule = Line::styled("─".repeat(width), theme.quiet());
        let Some((line, info)) = self
            .page
            .selected()
            .zip(session.columns().get(self.page.column))
        else {
            return vec![rule];
        };
        let text = line.cells.get(self.page.column).map_or("", String::as_str);
        let text = if text.is_empty() { "nothing" } else { text };
        let share = self.share(line, self.page.column);
        let share = share.map_or_else(String::new, |share| {
            format!("   {} of the score", format::percent(share))
        });
        let cell = format!(" {}: {text}{share}", info.name);
        let second = browsed.problem.as_ref().map_or_else(
            || {
                let name = session.row_name(line.row);
                let label = if session.has_label() {
                    "  ● labelled"
                } else {
                    ""
                };
                let row = format!(
                    " row {name}: {}",
                    in_cell(
                        self.reasons(line),
                        width.saturating_sub(8 + cells::width(&name))
                    )
                );
                let signs = SHARES.map(|(_, sign, ascii)| if theme.ascii { ascii } else { sign });
                let signs = signs.concat();
                let long = format!("{row}{label}  ! flagged  {signs} 50 25 10 5 % of the score");
                let short = format!("{row}{label}  ! flagged  {signs} share");
                cells::first_fitting(width, &[&long, &short, &row])
            },
            |problem| format!(" {problem}"),
        );
        let style = if browsed.problem.is_some() {
            theme.warn()
        } else {
            theme.quiet()
        };
        vec![
            rule,
            Line::styled(cells::cut(&cell, width), theme.strong()),
            Line::styled(cells::cut(&second, width), style),
        ]
    }
}

/// The rule left of a column: a double one where the pinned ones end.
fn rule(shown: &Shown, place: usize) -> &'static str {
    let ends = place > 0 && shown.columns[place - 1].pinned && !shown.columns[place].pinned;
    if ends { "║" } else { "│" }
}
