//! One row: why it ranks where it does, and what the file says against what the network makes of it, column by column, the
//! largest part first. Columns that form a curve are drawn as one.
//!
//! ```text
//! ━ the file  ╍ the network  ░ errs        where there is a curve: all of it, and the stretch that errs beside it
//! λ0742–0763: too high 80 %                the reasons
//! column    the file  expected … share     the table
//! ◆ this row   expected: …                 what its columns mean
//! nearest in the code      LeSiNN …        its like, and what is said without a network; on a low screen in place of the table
//! ```

mod beside;
mod curve;
mod nearest;
mod pair;
mod series;
mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::app::App;
use crate::app::pages::row::{Part, Row};
use crate::app::session::Session;
use crate::format;
use crate::message::{Place, RowPage};
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

/// Where the parts of the page are.
pub(super) struct Areas {
    picture: Rect,
    above: Rect,
    /// The columns; nothing where the nearest rows take their place.
    table: Rect,
    notes: Rect,
    /// The nearest rows; nothing where the columns need the room.
    nearest: Rect,
    /// What the other way of scoring says, and how the row moved.
    side: Rect,
}

impl Widget for RowPanel<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let block = self.theme.block(true).title_top(self.title(area.width));
        let block = match self.way(area.width) {
            Some(way) => block.title_top(Line::styled(way, self.theme.quiet()).right_aligned()),
            None => block,
        };
        let inner = block.inner(area);
        block.render(area, buffer);
        let Some(page) = self.page.page() else {
            draw_waiting("looking …", self.theme, inner, buffer);
            return;
        };
        let (areas, reasons) = self.areas(page, inner);
        if page.around.is_some() {
            self.draw_series(page, areas.picture, buffer);
        } else {
            self.draw_curve(page, areas.picture, buffer);
        }
        draw_lines(reasons, areas.above, buffer);
        if areas.table.height > 0 {
            self.draw_table(page, areas.table, buffer);
        }
        self.draw_nearest(areas.nearest, buffer);
        self.draw_beside(page, areas.side, buffer);
        self.notes(areas.notes.width).render(areas.notes, buffer);
    }
}

impl RowPanel<'_> {
    /// Where everything is, and the lines above the columns.
    fn areas(&self, page: &RowPage, inner: Rect) -> (Areas, Vec<Line<'static>>) {
        /// Lines that the columns have in any case where the nearest rows are shown too.
        const COLUMNS: u16 = 9;
        /// Where it is narrower, what the other way says has no room at the side.
        const WIDE: u16 = 116;
        let drawn = page.around.is_some() || self.page.curve(&self.app.session).is_some();
        let picture = if drawn {
            share(inner.height, 45).clamp(7, 18) + 1
        } else {
            0
        };
        let columns = page.cells.len() as u16 + 1;
        let lines = |reasons: &[Line<'_>]| picture + reasons.len() as u16;
        let mut reasons = self.reasons(page, inner);
        let has_nearest = self.page.nearest().is_some();
        let least = columns.min(COLUMNS) + nearest::LEAST + 1;
        let both = has_nearest && inner.height > lines(&reasons) + least;
        let alone = has_nearest && !both && self.page.part() == Part::Nearest;
        let aside = (both || alone) && inner.width >= WIDE;
        if aside || alone {
            // It stands beside the nearest rows, or below them.
            reasons.truncate(self.main_reasons(page, inner).len());
        }
        // Where it is low the table itself needs the line.
        let notes = u16::from(!alone && inner.height >= lines(&reasons) + 8);
        let rest = inner.height.saturating_sub(lines(&reasons) + notes);
        let (table, below) = match (both, alone) {
            (true, _) => {
                let table = columns.min(rest.saturating_sub(nearest::LEAST));
                (table, rest - table)
            }
            (_, true) => (0, rest),
            _ => (rest, 0),
        };
        let [picture, above, table, notes, below] = Layout::vertical([
            Constraint::Length(picture),
            Constraint::Length(reasons.len() as u16),
            Constraint::Length(table),
            Constraint::Length(notes),
            Constraint::Length(below),
        ])
        .areas(inner);
        let [nearest, side] = if aside {
            let side = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(3)]).spacing(2);
            side.areas(below)
        } else {
            /// Lines that are kept for what the other way says.
            const SIDE: u16 = 7;
            let rows = self.page.nearest().map_or(0, |nearest| nearest.rows.len());
            let all = rows as u16 + nearest::AROUND;
            let most = below
                .height
                .saturating_sub(SIDE)
                .max(nearest::LEAST)
                .min(all);
            Layout::vertical([
                Constraint::Length(most.min(below.height)),
                Constraint::Fill(1),
            ])
            .areas(below)
        };
        let areas = Areas {
            picture,
            above,
            table,
            notes,
            nearest,
            side,
        };
        (areas, reasons)
    }

    /// What is at a place of the screen: a line of the columns, or one of the nearest rows.
    pub fn spot_at(&self, body: Rect, at: Position) -> Option<(Part, usize)> {
        let page = self.page.page()?;
        let (areas, _) = self.areas(page, Block::bordered().inner(body));
        let Areas { table, nearest, .. } = areas;
        if table.contains(at) {
            let line = usize::from((at.y - table.y).checked_sub(1)?);
            let line = self.first_line(table) + line;
            return (line < self.page.order.len()).then_some((Part::Columns, line));
        }
        let line = at.y.checked_sub(nearest.y + nearest::AROUND)?;
        let near = self.first_near(nearest) + usize::from(line);
        let rows = self.page.nearest()?.rows.len();
        (nearest.contains(at) && near < rows).then_some((Part::Nearest, near))
    }

    /// Where the row stands among those that next and previous lead to, as far as there is room beside its score.
    fn way(&self, width: u16) -> Option<String> {
        // Of a row that was read besides, its place among all says more than the one among those that are here.
        if self.place().is_some_and(|place| place.about) {
            return None;
        }
        let words = self.page.steps.in_words(self.page.row, &self.app.session)?;
        let (short, _) = words.split_once(", ").unwrap_or((&words, ""));
        let taken = [self.name(), self.score()]
            .iter()
            .map(|text| cells::width(text))
            .sum::<usize>();
        let room = usize::from(width).saturating_sub(taken + 5);
        let texts = [&words[..], short].map(|words| format!(" {words} "));
        let fits = |text: &String| cells::width(text) <= room;
        texts.into_iter().find(fits)
    }

    fn score(&self) -> String {
        self.place().map_or_else(String::new, |place| {
            format!("  {} the median row", format::score(place.score))
        })
    }

    /// Its number, and its id where there is one.
    fn name(&self) -> String {
        let (session, row) = (&self.app.session, self.page.row);
        let number = format!("row {}", session.row_number(row));
        match session.ids() {
            Some(_) => format!("{number} “{}”", cells::cut(&session.row_name(row), 24)),
            None => number,
        }
    }

    fn title(&self, width: u16) -> Line<'static> {
        let (session, theme, row) = (&self.app.session, self.theme, self.page.row);
        let name = self.name();
        let place = self.place();
        let rank = place.map_or_else(String::new, |place| {
            let total = format::group(session.ranked_in_all());
            let about = if place.about { "about " } else { "" };
            format!("  rank {about}{} of {total}", format::group(place.rank + 1))
        });
        let score = self.score();
        let flagged = match place {
            Some(place) if place.flagged => ", flagged",
            _ => "",
        };
        let label = match session.is_labelled(row) {
            Some(true) => ", labelled outlier ●",
            Some(false) => ", not labelled",
            None => "",
        };
        let way = self.way(width).map_or(0, |way| cells::width(&way));
        let room = usize::from(width).saturating_sub(cells::width(&name) + way + 5);
        let texts = [
            format!("{rank}{score}{flagged}{label}"),
            format!("{score}{flagged}{label}"),
            format!("{score}{flagged}"),
            score,
            String::new(),
        ];
        let text = cells::first_fitting(room, &texts.each_ref().map(String::as_str));
        Line::from(vec![
            Span::raw(" "),
            Span::styled(name, theme.accent()),
            Span::raw(format!("{text} ")),
        ])
    }

    /// Where the row stands: by the list, which leaves out what is called ordinary, or by what was told of it.
    fn place(&self) -> Option<Place> {
        place_of(
            self.page.row,
            self.page.page().and_then(|page| page.place),
            &self.app.session,
        )
    }

    /// Why the row ranks where it does.
    fn main_reasons(&self, page: &RowPage, inner: Rect) -> Vec<Line<'static>> {
        /// Lines for the reasons.
        const LINES: usize = 2;
        let width = usize::from(inner.width);
        let reasons = reasons::in_lines("", &page.reasons, [width.saturating_sub(2), LINES]);
        let lines = reasons.into_iter();
        lines
            .map(|reason| Line::styled(format!("  {reason}"), self.theme.strong()))
            .collect()
    }

    /// The same, and what the other way of scoring makes of it in a line.
    fn reasons(&self, page: &RowPage, inner: Rect) -> Vec<Line<'static>> {
        /// Where it is lower the table needs the room.
        const LOW: u16 = 19;
        let width = usize::from(inner.width);
        let mut lines = self.main_reasons(page, inner);
        if inner.height < LOW {
            return lines;
        }
        let beside = page.beside.as_ref().map_or_else(String::new, |beside| {
            format!("  {}: {}", beside::name(beside.by), self.standing(beside))
        });
        let moved = moved(self.app.session.ranks.of(page.row));
        let short = beside.replace(" the median row", "");
        let moved_alone = format!("  {}", moved.trim_start());
        let texts = [
            format!("{beside}{moved}"),
            format!("{short}{moved}"),
            beside,
            short,
        ];
        let text = cells::first_fitting(width, &texts.each_ref().map(String::as_str));
        let text = if text.is_empty() { moved_alone } else { text };
        lines.push(Line::styled(text, self.theme.quiet()));
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

/// Where a row stands: by the list, or by what was told of it.
fn place_of(row: u32, told: Option<Place>, session: &Session) -> Option<Place> {
    let Some(rank) = session.rank_of(row) else {
        return told;
    };
    let ranking = session.ranking.as_ref()?;
    Some(Place {
        rank: rank as u32,
        score: ranking.rows[rank].score,
        flagged: rank < ranking.flag.count,
        about: false,
    })
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
