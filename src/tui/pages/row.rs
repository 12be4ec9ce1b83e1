//! One row: what the file says against what the network makes of it, feature by feature, the largest part first.

use malevich::Dash;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::row::Row;
use crate::format;
use crate::message::{Cell, RowPage};
use crate::tui::cells;
use crate::tui::layout::share;
use crate::tui::theme::Theme;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::chart::{Chart, Note, Series};
use crate::tui::widgets::panel::draw_waiting;

/// The page of the selected row.
pub struct RowPanel<'a> {
    pub app: &'a App,
    pub page: &'a Row,
    pub theme: Theme,
}

/// Narrower tables show no differences.
const NARROW: usize = 70;
/// Cells of the share bars.
const BAR: usize = 10;

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
        let picture = share(inner.height, 45).clamp(7, 18);
        let [picture, legend, table] = Layout::vertical([
            Constraint::Length(picture),
            Constraint::Length(1),
            Constraint::Fill(1),
        ])
        .areas(inner);
        self.plot(page, picture, buffer);
        self.legend(legend.width).render(legend, buffer);
        self.table(page, table, buffer);
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

    fn legend(&self, width: u16) -> Line<'static> {
        let units = if self.page.draws_scaled(&self.app.session) {
            "scaled units"
        } else {
            "original units"
        };
        let order = if width >= 90 {
            ", columns in file order"
        } else {
            ""
        };
        let signs = ["━", "╍"].map(|sign| self.theme.sign(sign));
        Line::from(vec![
            Span::styled(format!("  {} the file", signs[0]), self.theme.valid()),
            Span::styled(format!("   {} the network", signs[1]), self.theme.train()),
            Span::styled(format!("   {units}{order}"), self.theme.quiet()),
        ])
    }

    fn plot(&self, page: &RowPage, area: Rect, buffer: &mut Buffer) {
        let scaled = self.page.draws_scaled(&self.app.session);
        let scale = |feature: usize, value: f64| match &self.app.session.loaded {
            Some(loaded) if scaled => (value - loaded.offsets[feature]) / loaded.scales[feature],
            _ => value,
        };
        let series = |of: fn(&Cell) -> f64| {
            let points = page.cells.iter().enumerate();
            let points = points.map(|(index, cell)| (index as f64 + 1.0, scale(index, of(cell))));
            points.filter(|(_, y)| y.is_finite()).collect::<Vec<_>>()
        };
        let original = series(|cell| cell.original);
        let rebuilt = series(|cell| cell.reconstruction);
        let values = || original.iter().chain(&rebuilt).map(|(_, y)| *y);
        let (low, high) = (
            values().fold(f64::MAX, f64::min),
            values().fold(f64::MIN, f64::max),
        );
        let margin = 0.05 * (high - low);
        let selected = self.page.order.get(self.page.line);
        let note = selected.map(|column| Note {
            step: *column as f64 + 1.0,
            words: self.app.session.column_name(*column),
        });
        let line = |points, style, dash, glyph| Series {
            points,
            style,
            dash,
            glyph,
        };
        let chart = Chart {
            unit: "column",
            x: Axis::new(1.0, (page.cells.len() as f64).max(2.0), false),
            y: Axis::new(low - margin, high + margin, false),
            least_gutter: 0,
            series: vec![
                line(original, self.theme.valid(), Dash::Solid, "*"),
                line(rebuilt, self.theme.train(), Dash::Dashed, "o"),
            ],
            band: Vec::new(),
            notes: note.into_iter().collect(),
            dots: Vec::new(),
            level: None,
            cursor: None,
        };
        // The columns are written on the last row.
        let plot = Rect {
            height: area.height - 1,
            ..area
        };
        chart.draw(self.theme, plot, buffer);
    }

    fn table(&self, page: &RowPage, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let width = usize::from(area.width);
        let names = self
            .app
            .session
            .loaded
            .iter()
            .flat_map(|loaded| &loaded.features);
        let longest = names.map(|name| cells::width(name)).max().unwrap_or(0);
        // Where it is narrow the difference goes first: both values are there.
        let numbers = if width < NARROW { 2 } else { 3 };
        let name = width
            .saturating_sub(2 + numbers * 13 + 7 + BAR + 1)
            .min(longest)
            .max(8);
        let line = |prefix: &str, cells: [&str; 5], bar: &str| {
            let [feature, file, network, off, share] = cells;
            let (feature, file) = (cells::left(feature, name), cells::right(file, 12));
            let (network, share) = (cells::right(network, 12), cells::right(share, 6));
            let off = if numbers == 3 {
                format!(" {}", cells::right(off, 12))
            } else {
                String::new()
            };
            format!("{prefix}{feature} {file} {network}{off} {share} {bar}")
        };
        let heading = line(
            "  ",
            ["column", "the file", "the network", "difference", "share"],
            "",
        );
        Line::styled(cells::cut(&heading, width), theme.quiet())
            .render(Rect { height: 1, ..area }, buffer);
        let room = usize::from(area.height).saturating_sub(1);
        let order = &self.page.order;
        let first = self
            .page
            .line
            .saturating_sub(room / 2)
            .min(order.len().saturating_sub(room));
        for (line_index, y) in (first..order.len()).zip(area.y + 1..area.bottom()) {
            let feature = order[line_index];
            let cell = &page.cells[feature];
            let scale = self
                .app
                .session
                .loaded
                .as_ref()
                .map_or(1.0, |loaded| loaded.scales[feature]);
            let value = |number| format::aligned(number, scale);
            // A value that the file does not have stands in brackets; else its own words, as it has them.
            let file = match (&cell.text, cell.missing) {
                (Some(text), false) => text.clone(),
                (_, true) if cell.rebuilt.is_some() => "(missing)".into(),
                (_, true) => format!("({})", value(cell.original)),
                (None, false) => value(cell.original),
            };
            let (network, off) = match &cell.rebuilt {
                // What a word is off by is in its share.
                Some(rebuilt) => (rebuilt.clone(), String::new()),
                None => (
                    value(cell.reconstruction),
                    value(cell.reconstruction - cell.original),
                ),
            };
            let full = (cell.share * BAR as f32).round() as usize;
            let selected = line_index == self.page.line;
            let values = [
                self.app.session.column_name(feature),
                &file,
                &network,
                &off,
                &format::percent(cell.share),
            ];
            let text = line(
                if selected { "▸ " } else { "  " },
                values,
                &"█".repeat(full.min(BAR)),
            );
            let style = if selected {
                theme.selected(true)
            } else {
                Style::new()
            };
            Line::styled(cells::left(&text, width), style).render(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                buffer,
            );
        }
    }
}
