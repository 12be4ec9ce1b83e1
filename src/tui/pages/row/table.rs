//! The table of a row's columns: what the file says, what is expected, how far that is, and where the row stands among all.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::RowPanel;
use crate::app::pages::row::Part;
use crate::data::columns::spread::Spread;
use crate::format;
use crate::message::{Cell, Loaded, RowPage};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::bars;

/// Cells of what a column is off by, and of its share.
const OFF: usize = 7;
const SHARE: usize = 5;
/// Cells that a long name has in any case.
const SHORTEST_NAME: usize = 12;
/// What a distribution is marked with where the row stands.
const HERE: char = '◆';

/// Widths of the columns at this width; zero: not shown.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Widths {
    name: usize,
    value: usize,
    usual: usize,
    bar: usize,
    spread: usize,
}

impl Widths {
    /// What there is room for; of names the longest has so many cells.
    fn new(width: usize, longest: usize) -> Self {
        let (value, usual, bar, spread) = match width {
            0..70 => (10, 0, 0, 0),
            70..100 => (11, 0, 0, 12),
            100..116 => (12, 0, 8, 24),
            116..150 => (12, 19, 8, 24),
            _ => (14, 23, 20, 24),
        };
        let gaps = [usual, bar, spread]
            .iter()
            .filter(|width| **width > 0)
            .count();
        let fixed = 2 + 2 * (1 + value) + 1 + OFF + 1 + SHARE + usual + bar + spread + gaps;
        let name = width.saturating_sub(fixed);
        Self {
            name: name
                .min(longest.max("column".len()))
                .max(SHORTEST_NAME.min(longest)),
            value,
            usual,
            bar,
            spread,
        }
    }

    /// One line, without its distribution.
    fn line(
        self,
        mark: &str,
        [column, file, expected, off, usual, share, bar]: [&str; 7],
    ) -> String {
        let mut line = format!(
            "{mark}{} {} {} {} {}",
            cells::left(&cells::middle(column, self.name), self.name),
            cells::right(file, self.value),
            cells::right(expected, self.value),
            cells::right(off, OFF),
            cells::right(share, SHARE),
        );
        for (text, width) in [(bar, self.bar), (usual, self.usual)] {
            if width > 0 {
                line.push(' ');
                line.push_str(&cells::left(text, width));
            }
        }
        line
    }
}

impl RowPanel<'_> {
    pub(super) fn draw_table(&self, page: &RowPage, area: Rect, buffer: &mut Buffer) {
        let Some(loaded) = &self.app.session.loaded else {
            return;
        };
        let width = usize::from(area.width);
        let longest = loaded.features.iter().map(|name| cells::width(name)).max();
        let titled = loaded
            .columns
            .iter()
            .filter(|column| column.measure.is_some());
        let titled = titled.map(|column| cells::width(&column.titled())).max();
        let widths = Widths::new(width, longest.max(titled).unwrap_or(0));
        let mut heading = widths.line(
            "  ",
            [
                "column",
                "the file",
                "expected",
                "sd off",
                "98 % between",
                "share",
                "",
            ],
        );
        if widths.spread > 0 {
            // A larger table's other rows are not here.
            heading.push_str(match self.app.session.all_rows() {
                Some(_) => " the sample",
                None => " all rows",
            });
        }
        Line::styled(cells::cut(&heading, width), self.theme.quiet())
            .render(Rect { height: 1, ..area }, buffer);
        let (order, first) = (&self.page.order, self.first_line(area));
        let focused = self.page.part() == Part::Columns;
        for (index, y) in (first..order.len()).zip(area.y + 1..area.bottom()) {
            let selected = index == self.page.line && focused;
            let line = self.line(page, loaded, order[index], widths, selected);
            let line = if selected {
                let text: String = line
                    .spans
                    .iter()
                    .map(|span| span.content.as_ref())
                    .collect();
                Line::styled(cells::left(&text, width), self.theme.selected(true))
            } else {
                line
            };
            line.render(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                buffer,
            );
        }
    }

    /// The first line of the columns that is shown.
    pub(super) fn first_line(&self, area: Rect) -> usize {
        let room = usize::from(area.height).saturating_sub(1);
        let first = self.page.line.saturating_sub(room / 2);
        first.min(self.page.order.len().saturating_sub(room))
    }

    fn line(
        &self,
        page: &RowPage,
        loaded: &Loaded,
        column: usize,
        widths: Widths,
        selected: bool,
    ) -> Line<'static> {
        let cell = &page.cells[column];
        let spread = &loaded.spreads[column];
        let value = |number| format::aligned(number, loaded.scales[column]);
        // A value that the file does not have stands in brackets; else its own words, as it has them.
        let file = match (&cell.text, cell.missing) {
            // More figures than there is room for are no use: cut off they would be another number.
            (Some(text), false) if cell.rebuilt.is_none() && cells::width(text) > widths.value => {
                format::value(cell.original)
            }
            (Some(text), false) => text.clone(),
            (_, true) if cell.rebuilt.is_some() => "(missing)".into(),
            (_, true) => format!("({})", value(cell.original)),
            (None, false) => value(cell.original),
        };
        let expected = cell.rebuilt.clone();
        let expected = expected.unwrap_or_else(|| value(cell.reconstruction));
        // Words and dates are not between two numbers.
        let between = spread.bulk.filter(|_| cell.rebuilt.is_none());
        let usual = between.map_or_else(String::new, |bulk| {
            let (low, high) = (short(bulk.low), short(bulk.high));
            if low == high {
                low
            } else {
                format!("{low} to {high}")
            }
        });
        let full = (cell.share * widths.bar as f32).round() as usize;
        let line = widths.line(
            if selected { "▸ " } else { "  " },
            [
                &self.app.session.column_title(column),
                &file,
                &expected,
                &off(cell, spread),
                &usual,
                &format::percent(cell.share),
                &"█".repeat(full.min(widths.bar)),
            ],
        );
        let mut spans = vec![Span::raw(line)];
        if widths.spread > 0 {
            spans.push(Span::raw(" "));
            spans.extend(distribution(cell, spread, widths.spread, self.theme));
        }
        Line::from(spans)
    }
}

/// How many robust standard deviations of the column the file is above what is expected. What a word is off by is in its
/// share.
fn off(cell: &Cell, spread: &Spread) -> String {
    let Some(bulk) = spread.bulk.filter(|bulk| bulk.sd > 0.0) else {
        return String::new();
    };
    let off = (cell.original - cell.reconstruction) / bulk.sd;
    let sign = if off < 0.0 { '−' } else { '+' };
    match off.abs() {
        _ if cell.missing => String::new(),
        size if !size.is_finite() => "∞".into(),
        size if size < 9.95 => format!("{sign}{size:.1}"),
        size if size < 99_999.5 => format!("{sign}{size:.0}"),
        size => format!("{sign}{size:.0e}"),
    }
}

/// A bound of the bulk with four figures.
fn short(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.1e}");
    }
    let whole = size.max(1.0).log10() as usize + 1;
    let text = format!("{value:.0$}", 4_usize.saturating_sub(whole));
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

/// The distribution of a column in so many cells, marked where the row stands: the ends apart from the bulk, or each word.
fn distribution(cell: &Cell, spread: &Spread, width: usize, theme: Theme) -> Vec<Span<'static>> {
    let counts = &spread.counts;
    let here = match spread.bulk {
        Some(_) => spread.bin(cell.original),
        None => cell.level,
    };
    let here = here.filter(|_| !cell.missing || spread.bulk.is_none());
    let (bars, here) = if let (Some(_), [below, bulk @ .., above]) = (spread.bulk, &counts[..]) {
        let middle = bulk.len().min(width.saturating_sub(4));
        let mut all = vec![*below];
        all.extend(bars::grouped(bulk, middle).iter().map(|sum| *sum as u32));
        all.push(*above);
        let place = here.map(|here| match here {
            0 => 0,
            here if here > bulk.len() => middle + 3,
            here => 2 + (here - 1) * middle / bulk.len(),
        });
        let mut bars: Vec<char> = bars::line(&all, all.len()).chars().collect();
        bars.insert(1, '│');
        bars.insert(bars.len() - 1, '│');
        (bars, place)
    } else {
        let bars: Vec<char> = bars::line(counts, width).chars().collect();
        let place = here.map(|here| here * bars.len() / counts.len().max(1));
        (bars, place)
    };
    let here = here.filter(|here| *here < bars.len()).unwrap_or(bars.len());
    let mut spans = vec![Span::raw(bars[..here].iter().collect::<String>())];
    if here < bars.len() {
        spans.push(Span::styled(
            HERE.to_string(),
            theme.warn().patch(theme.strong()),
        ));
        spans.push(Span::styled(
            bars[here + 1..].iter().collect::<String>(),
            Style::new(),
        ));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(original: f64, level: Option<usize>) -> Cell {
        Cell {
            original,
            reconstruction: 50.0,
            level,
            text: None,
            rebuilt: None,
            share: 0.5,
            missing: false,
        }
    }

    fn drawn(cell: &Cell, spread: &Spread, width: usize) -> String {
        let spans = distribution(cell, spread, width, Theme::PLAIN);
        spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn a_row_has_its_place_among_all() {
        let even = Spread::of_numbers((0..=1_000).map(|x| f64::from(x) / 10.0).collect());
        let place = |value| {
            let text = drawn(&cell(value, None), &even, 14);
            assert_eq!(cells::width(&text), 14, "{text}");
            text.chars().position(|c| c == HERE)
        };
        assert_eq!(
            [0.5, 1.1, 50.0, 98.9, 1e9].map(place),
            [0, 2, 7, 11, 13].map(Some)
        );
        let words = Spread::of_words(vec![70, 20, 1]);
        assert_eq!(drawn(&cell(1.0, Some(2)), &words, 12), "█▃◆");
        assert_eq!(drawn(&cell(f64::NAN, None), &Spread::default(), 12), "");
    }

    #[test]
    fn a_column_is_off_by_robust_standard_deviations() {
        let spread = Spread::of_numbers((0..=100).map(f64::from).collect());
        assert_eq!(off(&cell(50.0 + 3.0 * 50.0 / 1.349, None), &spread), "+3.0");
        assert_eq!(off(&cell(-1e4, None), &spread), "−271");
        assert_eq!(off(&cell(1.0, None), &Spread::of_words(vec![1, 2])), "");
        assert_eq!(
            ["0", "0.25", "1235", "1.2e9"],
            [0.0, 0.25, 1_234.56, 1.23e9].map(short)
        );
    }

    #[test]
    fn the_columns_fit_at_every_width() {
        for width in 56..200 {
            let widths = Widths::new(width, 40);
            let line = widths.line("  ", [""; 7]);
            let spread = if widths.spread > 0 {
                1 + widths.spread
            } else {
                0
            };
            assert!(cells::width(&line) + spread <= width, "{width}: {widths:?}");
        }
    }
}
