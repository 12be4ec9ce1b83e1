//! The series around the row: what the file says of the selected column, what the network makes of it, where it errs most, and
//! where the row stands in it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::RowPanel;
use super::pair::Pair;
use crate::message::{Around, Course, RowPage};
use crate::tui::cells;

impl RowPanel<'_> {
    /// The column that is drawn, an index among those in use: the selected one, or the first of numbers.
    fn drawn_column(&self, around: &Around) -> Option<usize> {
        let order = &self.page.order;
        let selected = order.get(self.page.line).into_iter().chain(order);
        selected
            .copied()
            .find(|column| around.courses[*column].is_some())
    }

    /// Draws the series with its legend on `area`.
    pub(super) fn draw_series(&self, page: &RowPage, area: Rect, buffer: &mut Buffer) {
        let Some(around) = page.around.as_ref().filter(|_| area.height > 3) else {
            return;
        };
        let column = self.drawn_column(around);
        let Some((column, course)) =
            column.and_then(|column| Some((column, around.courses[column].as_ref()?)))
        else {
            return;
        };
        let [chart, legend] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
        self.plot_series(around, course, chart, buffer);
        let name = self.app.session.column_name(column);
        self.series_legend(around, course, name, legend.width)
            .render(legend, buffer);
    }

    fn plot_series(&self, around: &Around, course: &Course, area: Rect, buffer: &mut Buffer) {
        let numbers: Vec<u32> = around
            .rows
            .iter()
            .map(|row| self.app.session.row_number(*row))
            .collect();
        // Where the file has the rows in another order, or not all of them, they are counted from this one.
        let follow = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let place = |index: usize| {
            if follow {
                f64::from(numbers[index])
            } else {
                index as f64 - around.own as f64
            }
        };
        let points = |values: &[f64]| {
            let points = values.iter().enumerate();
            points
                .map(|(index, value)| (place(index), *value))
                .collect()
        };
        let errs = course.errs.clone().unwrap_or_default();
        let pair = Pair {
            unit: if follow { "row" } else { "rows from this one" },
            ends: [place(0), place(numbers.len() - 1)],
            original: points(&course.original),
            rebuilt: points(&course.rebuilt),
            errs: errs.map(place).collect(),
            note: Some((place(around.own), "this row")),
        };
        pair.draw(self.theme, area, buffer);
    }

    fn series_legend(
        &self,
        around: &Around,
        course: &Course,
        name: &str,
        width: u16,
    ) -> Line<'static> {
        let signs = ["━", "╍"].map(|sign| self.theme.sign(sign));
        let signs = [
            format!("  {} the file", signs[0]),
            format!("   {} the network", signs[1]),
        ];
        let errs = match &course.errs {
            Some(_) => "   ░ errs most",
            None => "",
        };
        let session = &self.app.session;
        let (first, last) = (around.rows[0], around.rows[around.rows.len() - 1]);
        let span = format!("{} to {}", session.row_name(first), session.row_name(last));
        let room =
            usize::from(width).saturating_sub(cells::width(&signs.concat()) + cells::width(errs));
        let name = cells::cut(name, 24);
        let texts = [
            format!("   {name}, {span}"),
            format!("   {name}"),
            String::new(),
        ];
        let text = cells::first_fitting(room, &texts.each_ref().map(String::as_str));
        let [first_sign, second_sign] = signs;
        Line::from(vec![
            Span::styled(first_sign, self.theme.valid()),
            Span::styled(second_sign, self.theme.train()),
            Span::styled(format!("{errs}{text}"), self.theme.quiet()),
        ])
    }
}
