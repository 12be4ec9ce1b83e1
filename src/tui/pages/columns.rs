//! The columns of the table: what each holds, what becomes of it and why, and what the user wants instead.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::columns::Columns;
use crate::format;
use crate::message::{Choice, ColumnInfo};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::bars;
use crate::tui::widgets::panel::draw_lines;

/// The page of columns.
pub struct Panel<'a> {
    pub app: &'a App,
    pub page: &'a Columns,
    pub theme: Theme,
}

/// Narrower tables show no distributions.
const NARROW: usize = 72;
/// Cells of a distribution.
const BARS: usize = 12;
/// Cells that a long name has in any case.
const SHORTEST_NAME: usize = 12;
/// Cells of kind, missing, distinct and range.
const KIND: usize = 11;
const COUNT: usize = 8;
const RANGE: usize = 20;
const RANGE_HEADING: &str = "range or example";
/// Lines about the selected column.
const ABOUT: u16 = 3;

impl Widget for Panel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, page, theme } = self;
        let columns = app.session.columns();
        let used = columns.iter().filter(|column| column.used).count();
        let pending = match page.pending(&app.session) {
            0 => String::new(),
            1 => "  1 change: enter reads and trains again".into(),
            count => format!("  {count} changes: enter reads and trains again"),
        };
        let block = theme.block(true).title_top(Line::from(vec![
            Span::raw(" "),
            Span::styled("columns", theme.accent()),
            // First what is to be done: where there is little room, the end is cut.
            Span::styled(pending, theme.warn()),
            Span::styled(
                format!(
                    "  {} of {} in use, {} ",
                    format::group(used),
                    format::group(columns.len()),
                    page.sort.words()
                ),
                theme.quiet(),
            ),
        ]));
        let inner = block.inner(area);
        block.render(area, buffer);
        let height = usize::from(inner.height);
        let said = Columns::said(height, &app.session) as u16;
        let [table, said, about] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(said),
            Constraint::Length(ABOUT),
        ])
        .areas(inner);
        self.table(columns, (table, height), buffer);
        draw_lines(self.said(said), said, buffer);
        let selected = page.order(&app.session).get(page.line).copied();
        if let Some(column) = selected.map(|place| &columns[place]) {
            draw_lines(self.about(column, usize::from(about.width)), about, buffer);
        }
    }
}

impl Panel<'_> {
    fn table(&self, columns: &[ColumnInfo], (area, height): (Rect, usize), buffer: &mut Buffer) {
        let (page, theme) = (self.page, self.theme);
        let applied = &self.app.session.applied;
        let width = usize::from(area.width);
        // Where it is narrow the distribution goes first.
        let drawn = if width < NARROW { 0 } else { BARS };
        let longest = columns
            .iter()
            .map(|column| cells::width(&column.titled()))
            .max()
            .unwrap_or(0);
        let shortest = longest.clamp("column".len(), SHORTEST_NAME);
        let written = columns
            .iter()
            .map(|column| cells::width(column.range.as_ref().unwrap_or(&column.example)));
        let written = written.max().unwrap_or(0).max(RANGE_HEADING.len());
        let range = RANGE
            .min(written)
            .min(width.saturating_sub(4 + shortest + KIND + 2 * COUNT + 6 + drawn));
        let fixed = 4 + KIND + 2 * COUNT + range + drawn + 6;
        let name = width
            .saturating_sub(fixed)
            .min(longest.max(shortest))
            .max(shortest);
        let line = |marks: &str, texts: [&str; 6]| {
            let [column, kind, missing, distinct, values, bars] = texts;
            format!(
                "{marks}{} {} {} {}  {} {}",
                cells::left(&cells::middle(column, name), name),
                cells::left(kind, KIND),
                cells::right(missing, COUNT),
                cells::right(distinct, COUNT),
                cells::left(values, range),
                cells::left(bars, drawn),
            )
        };
        let heading = line(
            "    ",
            [
                "column",
                "kind",
                "missing",
                "distinct",
                RANGE_HEADING,
                if drawn > 0 { "distribution" } else { "" },
            ],
        );
        let mut lines = vec![Line::styled(cells::cut(&heading, width), theme.quiet())];
        let room = usize::from(area.height).saturating_sub(1);
        let at = page.line;
        let first = page.first(height, &self.app.session);
        let order = page.order(&self.app.session);
        for (index, place) in order.iter().enumerate().skip(first).take(room) {
            let column = &columns[*place];
            let wanted = page.wanted.get(&column.name);
            let kind = match wanted {
                None if applied.contains_key(&column.name) => "→ as found".into(),
                None => column.kind.to_string(),
                Some(Choice::Drop) => "→ left out".into(),
                Some(Choice::As(kind)) => format!("→ {kind}"),
            };
            let selected = index == at;
            let marks = format!(
                "{}{} ",
                if selected { "▸ " } else { "  " },
                if column.used { "✓" } else { "·" }
            );
            let more = if column.more { ">" } else { "" };
            let text = line(
                &marks,
                [
                    &column.titled(),
                    &kind,
                    &format::group(column.missing),
                    &format!("{more}{}", format::group(column.distinct)),
                    column.range.as_ref().unwrap_or(&column.example),
                    &bars::line(&column.histogram, drawn),
                ],
            );
            let changed = wanted != applied.get(&column.name);
            let style = match (selected, changed, column.used) {
                (true, ..) => theme.selected(true),
                (_, true, _) => theme.warn(),
                (.., false) => theme.quiet(),
                _ => Style::new(),
            };
            lines.push(Line::styled(cells::left(&text, width), style));
        }
        draw_lines(lines, area, buffer);
    }

    /// How the table was read, and what says otherwise; as much of it as there is room for.
    fn said(&self, area: Rect) -> Vec<Line<'static>> {
        let (width, room) = (usize::from(area.width), usize::from(area.height));
        let loaded = self.app.session.loaded.as_ref();
        let notices = loaded.map_or(&[][..], |loaded| &loaded.notices);
        if room == 0 {
            return Vec::new();
        }
        let heading = "── how the table was read ";
        let rule = "─".repeat(width.saturating_sub(cells::width(heading)));
        let quiet = self.theme.quiet();
        let mut lines = vec![Line::styled(
            cells::cut(&format!("{heading}{rule}"), width),
            quiet,
        )];
        for (at, notice) in notices.iter().enumerate() {
            let pieces = cells::wrap(notice, width.saturating_sub(2));
            let left = room - lines.len();
            let more = notices.len() - at;
            // One line is kept to say that there is more.
            let keep = usize::from(more > 1);
            if pieces.len() + keep > left {
                let text = format!("  … {}: i shows all", format::count(more, "more remark"));
                lines.push(Line::styled(cells::cut(&text, width), quiet));
                break;
            }
            lines.extend(
                pieces
                    .into_iter()
                    .map(|piece| Line::raw(format!("  {piece}"))),
            );
        }
        lines
    }

    /// The selected column in words.
    fn about(&self, column: &ColumnInfo, width: usize) -> Vec<Line<'static>> {
        let theme = self.theme;
        let used = if column.used { "in use" } else { "left out" };
        let example = if column.example.is_empty() {
            String::new()
        } else {
            format!("; first value “{}”", cells::cut(&column.example, 40))
        };
        let wrapped = |example: &str| {
            let text = format!("{used}: {}{example}", column.reason);
            cells::wrap(&text, width.saturating_sub(2))
        };
        let mut pieces = wrapped(&example);
        // The table shows an example too, so it is the first to go.
        if pieces.len() >= usize::from(ABOUT) {
            pieces = wrapped("");
        }
        let mut lines = vec![Line::styled("─".repeat(width), theme.quiet())];
        let indented = pieces
            .into_iter()
            .map(|piece| Line::raw(format!("  {piece}")));
        lines.extend(indented);
        lines
    }
}
