//! Marks at steps where something happened, and their words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Chart;
use crate::tui::cells;
use crate::tui::theme::Theme;

impl Chart<'_> {
    /// Draws a line at each note and its words beside it: where they cover neither other words nor, if that can be, a curve.
    pub(super) fn draw_notes(&self, theme: Theme, plot: Rect, buffer: &mut Buffer) {
        let style = theme.mark();
        let mut taken: Vec<Rect> = Vec::new();
        let columns: Vec<(u16, &str)> = self
            .notes
            .iter()
            .filter_map(|note| Some((plot.x + self.x.cell(note.step, plot.width)?, note.words)))
            .collect();
        for (column, _) in &columns {
            for y in plot.y..plot.bottom() {
                let cell = &mut buffer[(*column, y)];
                if matches!(cell.symbol(), " " | "░" | "┄") {
                    cell.set_symbol("╎").set_style(style);
                }
            }
        }
        // The latest first: where there is not room for all, it is what was just done that is looked for.
        for (column, words) in columns.iter().rev() {
            let words = format!(" {words} ");
            let words = if cells::width(&words) < usize::from(plot.width) {
                words
            } else {
                words
                    .replace("encoder.", "enc.")
                    .replace("decoder.", "dec.")
            };
            let words = cells::cut(&words, usize::from(plot.width) - 1);
            let width = cells::width(&words) as u16;
            // Where there is room on neither side the words stand across the mark.
            let across = plot.right().checked_sub(width);
            let beside = [Some(column + 1), column.checked_sub(width), across];
            let fits = |x: &u16| *x >= plot.x && x + width <= plot.right();
            let spots = (plot.y..plot.bottom()).flat_map(|y| beside.map(|x| (x, y)));
            let spots = spots.filter_map(|(x, y)| Some(Rect::new(x.filter(fits)?, y, width, 1)));
            let free: Vec<Rect> = spots
                .filter(|spot| taken.iter().all(|other| !other.intersects(*spot)))
                .collect();
            let covered = |spot: &Rect| {
                let is_ink = |at| !matches!(buffer[at].symbol(), " " | "╎" | "░");
                spot.positions().filter(|at| is_ink(*at)).count()
            };
            if let Some(spot) = free.into_iter().min_by_key(covered) {
                buffer.set_string(spot.x, spot.y, &words, style);
                taken.push(spot);
            }
        }
    }
}
