//! One row: why it ranks where it does, and what the file says against what the network makes of it, column by column, the
//! largest part first. Columns that form a curve are drawn as one.
//!
//! ```text
//! ━ the file  ╍ the network  ░ errs        where there is a curve: all of it, and the stretch that errs beside it
//! λ0742–0763: too high 80 %                the reasons
//! column    the file  expected … share     the table
//! ◆ this row   expected: …                 what its columns mean
//! ```

mod curve;
mod series;
mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::row::Row;
use crate::format;
use crate::message::RowPage;
use crate::score::ranking::By;
use crate::tui::cells;
use crate::tui::layout::share;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, draw_waiting};
use crate::tui::widgets::reasons;

/// The page of the selected row.
pub struct RowPanel<'a> {
    pub app: &'a App,
    pub page: &'a Row,
    pub theme: Theme,
}

impl Widget for RowPanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let block = self.theme.block(true).title_top(self.title(area.width));
        let inner = block.inner(area);
        block.render(area, buffer);
        let selected = self.app.selected_row();
        let Some(page) = self
            .page
            .told
            .as_ref()
            .filter(|page| Some(page.row) == selected)
        else {
            draw_waiting("looking …", self.theme, inner, buffer);
            return;
        };
        let curve = self.page.curve(&self.app.session).is_some();
        let picture = if curve || page.around.is_some() {
            share(inner.height, 45).clamp(7, 18) + 1
        } else {
            0
        };
        let reasons = self.reasons(page, inner);
        // Where it is low the table itself needs the line.
        let notes = u16::from(inner.height >= picture + reasons.len() as u16 + 8);
        let [picture, above, table, below] = Layout::vertical([
            Constraint::Length(picture),
            Constraint::Length(reasons.len() as u16),
            Constraint::Fill(1),
            Constraint::Length(notes),
        ])
        .areas(inner);
        if page.around.is_some() {
            self.draw_series(page, picture, buffer);
        } else {
            self.draw_curve(page, picture, buffer);
        }
        draw_lines(reasons, above, buffer);
        self.draw_table(page, table, buffer);
        self.notes(below.width).render(below, buffer);
    }
}

impl RowPanel<'_> {
    fn title(&self, width: u16) -> Line<'static> {
        let (app, theme) = (self.app, self.theme);
        let Some(ranking) = &app.session.ranking else {
            return Line::raw(" row ");
        };
        let Some(ranked) = ranking.rows.get(app.selection.rank) else {
            return Line::raw(" row ");
        };
        let has_ids = app
            .session
            .loaded
            .as_ref()
            .is_some_and(|loaded| loaded.ids.is_some());
        let name = format!("row {}", app.session.row_number(ranked.row));
        let name = if has_ids {
            format!(
                "{name} “{}”",
                cells::cut(&app.session.row_name(ranked.row), 24)
            )
        } else {
            name
        };
        let total = format::group(ranking.total);
        let rank = format!("  rank {} of {total}", app.selection.rank + 1);
        let score = format!("{rank}  {} the median row", format::score(ranked.score));
        let flagged = if app.selection.rank < ranking.flag.count {
            ", flagged"
        } else {
            ""
        };
        let label = match app.session.is_labelled(ranked.row) {
            Some(true) => ", labelled outlier ●",
            Some(false) => ", not labelled",
            None => "",
        };
        let room = usize::from(width).saturating_sub(cells::width(&name) + 4);
        let texts = [
            format!("{score}{flagged}{label}"),
            format!("{score}{flagged}"),
            format!("{rank}{flagged}"),
            rank,
        ];
        let text = cells::first_fitting(room, &texts.each_ref().map(String::as_str));
        Line::from(vec![
            Span::raw(" "),
            Span::styled(name, theme.accent()),
            Span::raw(format!("{text} ")),
        ])
    }

    /// Why the row ranks where it does, and what the score without a network makes of it.
    fn reasons(&self, page: &RowPage, inner: Rect) -> Vec<Line<'static>> {
        /// Lines for the reasons.
        const LINES: usize = 2;
        /// Where it is lower the table needs the room.
        const LOW: u16 = 19;
        let width = usize::from(inner.width);
        let reasons = reasons::in_lines("", &page.reasons, [width.saturating_sub(2), LINES]);
        let mut lines: Vec<Line<'static>> = reasons
            .into_iter()
            .map(|reason| Line::styled(format!("  {reason}"), self.theme.strong()))
            .collect();
        let ranking = self.app.session.ranking.as_ref();
        let ranking = ranking.filter(|_| inner.height >= LOW);
        let ranked = ranking.and_then(|ranking| ranking.rows.get(self.app.selection.rank));
        if let (Some(ranking), Some(ranked)) = (ranking, ranked) {
            let whose = match ranking.by {
                By::Lesinn => "the network",
                _ => "LeSiNN, no network",
            };
            let beside = ranked.beside.map_or_else(String::new, |beside| {
                format!("  {whose}: {} the median row", format::score(beside))
            });
            let moved = moved(self.app.session.ranks.of(ranked.row));
            let short = beside.replace(" the median row", "");
            let texts = [
                format!("{beside}{moved}"),
                format!("{short}{moved}"),
                beside,
                short,
            ];
            let text = cells::first_fitting(width, &texts.each_ref().map(String::as_str));
            lines.push(Line::styled(text, self.theme.quiet()));
        }
        lines
    }

    /// What the columns of the table mean.
    fn notes(&self, width: u16) -> Line<'static> {
        let texts = [
            "  expected: what the network makes of the row   sd off: how far, in robust sd of the column   ◆ this row among all; ends: outermost 1 %",
            "  expected: by the network   sd off: in robust sd   ◆ this row; ends: outer 1 %",
            "  expected: by the network   sd off: in robust sd",
        ];
        let text = cells::first_fitting(usize::from(width), &texts);
        Line::styled(text, self.theme.quiet())
    }
}

/// How a row moved while the network learned: its first rank, the latest ones, and in between that there were more.
fn moved(ranks: &[usize]) -> String {
    /// Ranks at the end that are told.
    const LATEST: usize = 4;
    let [first, .., _] = ranks else {
        return String::new();
    };
    let latest = &ranks[ranks.len().saturating_sub(LATEST).max(1)..];
    let more = if latest.len() + 1 < ranks.len() {
        " → …"
    } else {
        ""
    };
    let latest = latest
        .iter()
        .map(|rank| format!(" → {}", format::group(rank + 1)));
    let latest: String = latest.collect();
    format!(
        "   rank while learning: {}{more}{latest}",
        format::group(first + 1)
    )
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn a_row_s_way_is_told_from_its_beginning_to_its_end() {
        assert_eq!(moved(&[3]), "");
        assert_eq!(moved(&[1_203, 4]), "   rank while learning: 1,204 → 5");
        assert_eq!(
            moved(&[9, 8, 7, 6, 5, 4, 0]),
            "   rank while learning: 10 → … → 7 → 6 → 5 → 1"
        );
    }
}
