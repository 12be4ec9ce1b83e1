//! The first rows of the table as they stand in the file, and how far the reading of the rest has come.
//!
//! ```text
//! ┏ first rows  as they stand in the file ━━━━━━━━━━━━━━━━ col 1/30 · row 1 of the first 500 ┓
//! ┃ █████████·························  1,234,567 rows, 45 MB of 170 MB, about 3 s left      ┃
//! ┃ cells separated by “,”, with a header, UTF-8                                             ┃
//! ┃ ──────────────────────────────────────────────────────────────────────────────────────── ┃
//! ┃   row │ time     │ temp [°C]                                                       +28 → ┃
//! ┃       │ datetime │    number                                                             ┃
//! ┃ ▸   1 │ 12:00:01 │     21.53                                                             ┃
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::first::First;
use crate::app::session::Phase;
use crate::data::read::FirstColumn;
use crate::format;
use crate::tui::cells;
use crate::tui::pages::table::columns::Shown;
use crate::tui::reading::Far;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, frame};

/// The page of the first rows.
pub struct FirstPanel<'a> {
    pub app: &'a App,
    pub page: &'a First,
    pub theme: Theme,
}

/// Progress, layout, a rule; names and kinds.
const ABOVE: usize = 5;
/// A rule, the selected cell, what comes next.
const BELOW: usize = 3;
/// Cells of the progress bar.
const BAR: usize = 40;

impl Widget for FirstPanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let titles = ["first rows", "as they stand in the file"];
        let block = frame(theme, true, area.width, titles, self.place(area.width));
        let inner = block.inner(area);
        block.render(area, buffer);
        let width = usize::from(inner.width);
        let rule = || Line::styled("─".repeat(width), theme.quiet());
        let frozen = self.number_width() + 3;
        let shown = self.shown(width.saturating_sub(frozen));
        let mut lines = vec![self.progress(width), self.layout(width), rule()];
        lines.extend(self.heading(&shown, frozen, width));
        let room = usize::from(inner.height).saturating_sub(ABOVE + BELOW);
        let rows = self.page.rows.rows();
        let first = Self::first(self.page.at, rows, room);
        lines.extend((first..(first + room).min(rows)).map(|row| self.row(row, &shown)));
        lines.resize(ABOVE + room, Line::default());
        lines.extend([rule(), self.cell(width), self.outlook(width)]);
        draw_lines(lines, inner, buffer);
    }
}

impl FirstPanel<'_> {
    /// Where one is.
    fn place(&self, width: u16) -> Line<'static> {
        let First { rows, at, column } = self.page;
        let (columns, rows) = (rows.columns.len(), format::group(rows.rows()));
        let (column, row) = (format::group(column + 1), format::group(at + 1));
        let long = format!(" col {column}/{columns} · row {row} of the first {rows} ");
        let short = format!(" col {column}/{columns} · row {row}/{rows} ");
        let text = cells::first_fitting(usize::from(width / 2), &[&long, &short]);
        Line::styled(text, self.theme.quiet())
    }

    /// How far the reading has come.
    fn progress(&self, width: usize) -> Line<'static> {
        let (theme, session) = (self.theme, &self.app.session);
        let progress = match &session.phase {
            Phase::Loading(progress) => progress.unwrap_or_default(),
            _ => return Line::default(),
        };
        let far = Far::new(session, progress);
        if progress.rows == 0 {
            let text = if self.page.rows.rests {
                let rows = format::count(self.page.rows.rows(), "row");
                let read = &far.read;
                let long = format!(
                    " ● waiting for more data: {rows} in {read} came through the pipe, nothing since"
                );
                let short = format!(" ● waiting for more data, {rows} in {read} so far");
                cells::first_fitting(width, &[&long, &short])
            } else if progress.bytes > 0 {
                format!(" reading the rest, {} so far", far.read)
            } else {
                " reading the rest …".into()
            };
            return Line::styled(text, theme.warn());
        }
        let texts: Vec<&str> = [Some(&far.done), far.left.as_ref(), far.need.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let bar = far.bar(BAR.min(width / 4));
        let bar = bar.map_or_else(String::new, |bar| format!("{bar}  "));
        let room = width.saturating_sub(cells::width(&bar) + 1);
        let said: Vec<String> = (1..=texts.len())
            .rev()
            .map(|count| texts[..count].join(", "))
            .collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        Line::from(vec![
            Span::raw(" "),
            Span::styled(bar, theme.accent()),
            Span::raw(cells::first_fitting(room, &said)),
        ])
    }

    /// How the file is laid out, as far as it was found out.
    fn layout(&self, width: usize) -> Line<'static> {
        let rows = &self.page.rows;
        let separated = match rows.delimiter.as_str() {
            "blanks" => "cells separated by blanks".to_owned(),
            "fixed widths" => "cells of fixed widths".to_owned(),
            "tab" | "space" => format!("cells separated by a {}", rows.delimiter),
            delimiter => format!("cells separated by “{delimiter}”"),
        };
        let header = if rows.header {
            "with a header"
        } else {
            "without a header, columns are numbered"
        };
        let above = match rows.above {
            0 => String::new(),
            above => format!(
                ", {} above the table skipped",
                format::count(above as usize, "line")
            ),
        };
        let encoding = match rows.encoding.as_str() {
            "" => String::new(),
            encoding => format!(", {encoding}"),
        };
        let long = format!(" {separated}, {header}{above}{encoding}");
        let short = format!(" {separated}, {header}{above}");
        let least = format!(" {separated}{above}");
        let text = cells::first_fitting(width, &[&long, &short, &least]);
        Line::styled(cells::cut(&text, width), self.theme.quiet())
    }

    fn heading(&self, shown: &Shown, frozen: usize, width: usize) -> [Line<'static>; 2] {
        let theme = self.theme;
        let number = cells::right("row", frozen - 2);
        let mut names = vec![Span::styled(format!("{number}  "), theme.quiet())];
        let more = match (shown.before, shown.after) {
            (0, 0) => String::new(),
            (0, after) => format!("+{after} →"),
            (before, 0) => format!("← +{before}"),
            (before, after) => format!("← +{before}  +{after} →"),
        };
        let mut kinds = vec![Span::raw(" ".repeat(frozen))];
        for column in &shown.columns {
            let info = &self.page.rows.columns[column.index];
            let style = if column.index == self.page.column {
                theme.accent().add_modifier(Modifier::UNDERLINED)
            } else {
                theme.strong()
            };
            let name = cells::middle(&titled(info), column.width);
            names.extend(in_column(align(info, &name, column.width), style, theme));
            let kind = cells::cut(info.seems, column.width);
            kinds.extend(in_column(
                align(info, &kind, column.width),
                theme.quiet(),
                theme,
            ));
        }
        // Beside the kinds there is room where the columns end, if anywhere.
        let mut kinds = Line::from(kinds);
        let gap = width.saturating_sub(kinds.width());
        if cells::width(&more) < gap {
            kinds.push_span(Span::styled(cells::right(&more, gap), theme.accent()));
        }
        [Line::from(names), kinds]
    }

    fn row(&self, row: usize, shown: &Shown) -> Line<'static> {
        let theme = self.theme;
        let selected = row == self.page.at;
        // Every other row is quieter, as in the table.
        let base = match (selected, row % 2) {
            (true, _) => theme.strong(),
            (false, 1) => Style::new().add_modifier(Modifier::DIM),
            _ => Style::new(),
        };
        let sign = if selected { "▸" } else { " " };
        let number = cells::right(&format::group(row + 1), self.number_width());
        let mut spans = vec![
            Span::raw(sign),
            Span::styled(format!("{number}  "), theme.quiet()),
        ];
        for column in &shown.columns {
            let info = &self.page.rows.columns[column.index];
            let text = format::short(self.page.rows.cell(row, column.index));
            let style = if selected && column.index == self.page.column {
                theme.selected(true)
            } else {
                base
            };
            spans.extend(in_column(align(info, &text, column.width), style, theme));
        }
        Line::from(spans)
    }

    /// The selected cell in full.
    fn cell(&self, width: usize) -> Line<'static> {
        let First { rows, at, column } = self.page;
        let Some(info) = rows.columns.get(*column) else {
            return Line::default();
        };
        let text = match rows.cell(*at, *column) {
            "" => "nothing",
            text => text,
        };
        let text = format!(" {}: {text}", titled(info));
        Line::styled(cells::cut(&text, width), self.theme.strong())
    }

    /// What comes next, and what can be done until then.
    fn outlook(&self, width: usize) -> Line<'static> {
        let text = cells::first_fitting(
            width,
            &[
                " learning begins by itself when all rows are here; until then arrow keys look around, q stops",
                " learning begins when all rows are here; arrow keys look around",
                " learning begins when all is read; arrows look around",
            ],
        );
        Line::styled(cells::cut(&text, width), self.theme.quiet())
    }

    fn shown(&self, room: usize) -> Shown {
        let columns = &self.page.rows.columns;
        let widths = |index: usize| {
            let info: &FirstColumn = &columns[index];
            let heading = [cells::width(&titled(info)), cells::width(info.seems)];
            (usize::from(info.width), heading)
        };
        let order: Vec<usize> = (0..columns.len()).collect();
        Shown::of((&[], &order), self.page.column, room, widths)
    }

    fn number_width(&self) -> usize {
        format::group(self.page.rows.rows()).len().max(3)
    }

    /// The first row that shows where the selected one is in the middle, if that can be.
    fn first(at: usize, rows: usize, room: usize) -> usize {
        at.saturating_sub(room / 2).min(rows.saturating_sub(room))
    }

    /// The row on a line of the panel's inside, the frame not counted, if there is one.
    pub fn row_at(&self, inner: Rect, line: usize) -> Option<usize> {
        let room = usize::from(inner.height).saturating_sub(ABOVE + BELOW);
        let line = line.checked_sub(ABOVE).filter(|line| *line < room)?;
        let rows = self.page.rows.rows();
        let row = Self::first(self.page.at, rows, room) + line;
        (row < rows).then_some(row)
    }
}

/// The name with its unit.
fn titled(column: &FirstColumn) -> String {
    match &column.unit {
        Some(unit) => format!("{} [{unit}]", column.name),
        None => column.name.clone(),
    }
}

/// Numbers stand at the right of their column.
fn align(column: &FirstColumn, text: &str, width: usize) -> String {
    if column.numbers {
        cells::right(text, width)
    } else {
        cells::left(text, width)
    }
}

fn in_column(text: String, style: Style, theme: Theme) -> [Span<'static>; 3] {
    [
        Span::styled("│ ", theme.quiet()),
        Span::styled(text, style),
        Span::raw(" "),
    ]
}
