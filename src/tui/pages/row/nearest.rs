//! The rows nearest to this one in the network's code, beside what the row itself holds in the columns it stands out by.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{RowPanel, place_of};
use crate::app::pages::row::Part;
use crate::format;
use crate::message::{Loaded, Nearest, Place};
use crate::tui::cells;
use crate::tui::widgets::panel::draw_lines;

/// Lines above the rows: what they are, the heading, the row itself.
pub const AROUND: u16 = 3;
/// Lines that five rows take.
pub const LEAST: u16 = AROUND + 5;
/// Widest column of the file.
const WIDEST: usize = 14;

/// Widths of the columns.
struct Widths {
    name: usize,
    /// Whether there is room for what the label says.
    labelled: bool,
    /// The columns of the file that fit.
    cells: Vec<usize>,
}

impl RowPanel<'_> {
    /// The first of the nearest rows that is shown.
    pub(super) fn first_near(&self, area: Rect) -> usize {
        let room = usize::from(area.height.saturating_sub(AROUND)).max(1);
        (self.page.near + 1).saturating_sub(room)
    }

    pub(super) fn draw_nearest(&self, area: Rect, buffer: &mut Buffer) {
        let Some(nearest) = self.page.nearest().filter(|_| area.height > 0) else {
            return;
        };
        let (session, theme) = (&self.app.session, self.theme);
        let width = usize::from(area.width);
        let widths = self.widths(nearest, width);
        let name = |column: &u32| session.column_name(*column as usize).to_owned();
        let names: Vec<String> = nearest.columns.iter().map(name).collect();
        let heading = widths.line(
            ["  row", "distance", "rank", "score", "flag", "label"],
            &names,
        );
        let own = widths.line(
            self.figures("  this row".into(), None, self.place(), self.page.row)
                .each_ref()
                .map(String::as_str),
            &nearest.own,
        );
        let mut lines = vec![
            Line::styled(self.about(nearest, width), theme.strong()),
            Line::styled(cells::cut(&heading, width), theme.quiet()),
            Line::styled(cells::cut(&own, width), theme.accent()),
        ];
        let focused = self.page.part() == Part::Nearest;
        for (index, near) in nearest.rows.iter().enumerate().skip(self.first_near(area)) {
            let selected = focused && index == self.page.near;
            let mark = if selected { "▸ " } else { "  " };
            let name = format!("{mark}{}", session.row_name(near.row));
            let place = place_of(near.row, near.place, session);
            let figures = self.figures(name, Some(near.distance), place, near.row);
            let text = widths.line(figures.each_ref().map(String::as_str), &near.cells);
            lines.push(if selected {
                Line::styled(cells::left(&text, width), theme.selected(true))
            } else {
                Line::raw(cells::cut(&text, width))
            });
        }
        draw_lines(lines, area, buffer);
    }

    /// What they are, and what their distances are measured against.
    fn about(&self, nearest: &Nearest, width: usize) -> String {
        let (session, what) = (&self.app.session, self.app.session.examples());
        let count = session.loaded.as_ref().map_or(0, Loaded::count);
        let among = if nearest.among < count {
            format!(
                " among {} of {} {what}",
                format::group(nearest.among),
                format::group(count)
            )
        } else if session.all_rows().is_some() {
            format!(" among the sample's {} {what}", format::group(count))
        } else {
            String::new()
        };
        let numbers = match nearest.numbers {
            1 => "1 number".to_owned(),
            count => format!("{count} numbers"),
        };
        let usual = distance(nearest.usual);
        let texts = [
            format!(
                "  Nearest in the code of {numbers}{among}; distance 1: two random {what}; usual to the nearest: {usual}"
            ),
            format!("  Nearest in the code{among}; distance 1: two random {what}; usual: {usual}"),
            format!("  Nearest in the code{among}; 1: random {what}; usual: {usual}"),
            format!("  Nearest in the code; distance 1: random {what}"),
        ];
        cells::first_fitting(width, &texts.each_ref().map(String::as_str))
    }

    fn figures(
        &self,
        name: String,
        far: Option<f32>,
        place: Option<Place>,
        row: u32,
    ) -> [String; 6] {
        let rank = place.map(|place| format::group(place.rank + 1));
        let score = place.map(|place| format::score(place.score));
        let flag = place.is_some_and(|place| place.flagged);
        let label = self.app.session.is_labelled(row) == Some(true);
        [
            name,
            far.map_or_else(String::new, distance),
            rank.unwrap_or_default(),
            score.unwrap_or_default(),
            if flag { "yes" } else { "" }.to_owned(),
            if label { "●" } else { "" }.to_owned(),
        ]
    }

    fn widths(&self, nearest: &Nearest, width: usize) -> Widths {
        let session = &self.app.session;
        let names = nearest.rows.iter().map(|near| session.row_name(near.row));
        let longest = names.map(|name| cells::width(&name)).max().unwrap_or(0);
        let labelled = session.has_label();
        let name = (longest + 2).clamp("  this row".len(), 24);
        let mut widths = Widths {
            name,
            labelled,
            cells: Vec::new(),
        };
        let mut used = cells::width(&widths.line([""; 6], &[]));
        for (place, column) in nearest.columns.iter().enumerate() {
            let of = |cells: &[String]| cells.get(place).map_or(0, |cell| cells::width(cell));
            let rows = nearest.rows.iter().map(|near| of(&near.cells));
            let widest = rows.chain([of(&nearest.own)]).max().unwrap_or(0);
            let name = cells::width(session.column_name(*column as usize));
            let wide = widest.max(name.min(WIDEST)).clamp(4, WIDEST);
            used += 2 + wide;
            if used > width {
                break;
            }
            widths.cells.push(wide);
        }
        widths
    }
}

impl Widths {
    fn line(&self, [name, far, rank, score, flag, label]: [&str; 6], cells: &[String]) -> String {
        let mut line = format!(
            "{} {} {} {}  {}",
            cells::left(name, self.name),
            cells::right(far, 8),
            cells::right(rank, 7),
            cells::right(score, 7),
            cells::left(flag, 4),
        );
        if self.labelled {
            line.push(' ');
            line.push_str(&cells::left(label, 5));
        }
        for (width, cell) in self.cells.iter().zip(cells) {
            line.push_str("  ");
            line.push_str(&cells::right(&cells::middle(cell, *width), *width));
        }
        line
    }
}

/// A distance with two figures.
fn distance(distance: f32) -> String {
    match distance {
        0.0 => "0".into(),
        far if far < 0.001 => "< 0.001".into(),
        far if far < 0.1 => format!("{far:.3}"),
        far if far < 9.95 => format!("{far:.2}"),
        far => format!("{far:.0}"),
    }
}
