//! The layers and what they cost: weights, biases and totals, and why the halves differ.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::action::Panel;
use crate::format::{self, group};
use crate::message;
use crate::model::ledger::{Count, Entry, Ledger};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::{draw_lines, frame};

/// The layers panel.
pub struct Layers<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

/// A column of the table. They are dropped from the highest `drop` on where the panel is narrow.
struct Column {
    heading: &'static str,
    right: bool,
    drop: u8,
    /// One cell per layer, then that of the total.
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        self.cells
            .iter()
            .map(|cell| cells::width(cell))
            .chain([cells::width(self.heading)])
            .max()
            .unwrap_or(0)
    }

    fn fit(&self, text: &str) -> String {
        if self.right {
            cells::right(text, self.width())
        } else {
            cells::left(text, self.width())
        }
    }
}

impl Widget for Layers<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, theme } = self;
        let session = &app.session;
        let total = session
            .ledger
            .as_ref()
            .map(|ledger| group(ledger.total().total()));
        let headline = total.map_or_else(Line::default, |total| {
            Line::from(vec![
                Span::styled(format!(" {total}"), theme.strong()),
                Span::styled(" parameters ", theme.quiet()),
            ])
        });
        let shape = session
            .spec
            .as_ref()
            .map(crate::model::spec::NetworkSpec::shape)
            .unwrap_or_default();
        let block = frame(
            theme,
            app.dashboard.focus == Panel::Layers,
            area.width,
            ["3 layers", &shape],
            headline,
        );
        let inner = block.inner(area);
        let Some(ledger) = &session.ledger else {
            block.render(area, buffer);
            return;
        };
        let window = self.window(inner);
        block
            .title_bottom(self.scrolled(&window, ledger.entries.len()))
            .render(area, buffer);
        let mut columns = columns(ledger, session.layers.as_ref());
        let row_width = |columns: &[Column]| {
            2 + columns
                .iter()
                .map(|column| column.width() + 1)
                .sum::<usize>()
                - 1
        };
        while row_width(&columns) > usize::from(inner.width)
            && columns.iter().any(|column| column.drop > 0)
        {
            let worst = columns.iter().map(|column| column.drop).max();
            columns.retain(|column| Some(column.drop) != worst);
        }
        let line = |prefix: &str, cell: &dyn Fn(&Column) -> String| {
            let cells: Vec<String> = columns
                .iter()
                .map(|column| column.fit(&cell(column)))
                .collect();
            format!("{prefix}{}", cells.join(" "))
        };
        let layers = ledger.entries.len();
        let mut sums = self.sums(ledger, usize::from(inner.width));
        sums.truncate(sentences(inner.height, layers));
        let mut lines = vec![Line::styled(
            line("  ", &|column| column.heading.into()),
            theme.quiet(),
        )];
        for index in window {
            let selected = index == app.selection.layer;
            let text = line(if selected { "▸ " } else { "  " }, &|column| {
                column.cells[index].clone()
            });
            let style = if selected {
                theme.selected(app.dashboard.focus == Panel::Layers)
            } else {
                Style::new()
            };
            lines.push(Line::styled(
                cells::left(&text, usize::from(inner.width)),
                style,
            ));
        }
        lines.push(Line::styled(
            line("  ", &|column| column.cells[layers].clone()),
            theme.strong(),
        ));
        lines.extend(sums);
        draw_lines(lines, inner, buffer);
    }
}

/// Lines below the total: a layer is worth more than a sentence, but the halves are worth more than a layer.
fn sentences(height: u16, layers: usize) -> usize {
    usize::from(height).saturating_sub(2 + layers).clamp(1, 3)
}

impl Layers<'_> {
    /// The layers that show on `inner`, the selected one among them.
    pub fn window(&self, inner: Rect) -> Range<usize> {
        let layers = self.app.session.layer_count();
        let below = 1 + sentences(inner.height, layers);
        let shown = usize::from(inner.height)
            .saturating_sub(1 + below)
            .clamp(1, layers.max(1));
        let selected = self.app.selection.layer;
        let first = selected
            .saturating_sub(shown / 2)
            .min(layers.saturating_sub(shown));
        first..(first + shown).min(layers)
    }

    /// Which layers show, where that is not all of them.
    fn scrolled(&self, window: &Range<usize>, layers: usize) -> Line<'static> {
        if window.len() == layers {
            return Line::default();
        }
        let (first, last) = (window.start + 1, window.end);
        Line::styled(
            format!(" layers {first} to {last} of {layers}, ↑↓ "),
            self.theme.warn(),
        )
    }

    /// The halves and the sentences, cut to what is worth most where there is little room.
    fn sums(&self, ledger: &Ledger, width: usize) -> Vec<Line<'static>> {
        let number = |count: Count| group(count.total());
        let (encoder, decoder) = (number(ledger.encoder), number(ledger.decoder));
        let gap = group(ledger.difference());
        let halves = cells::first_fitting(
            width,
            &[
                &format!("  encoder {encoder}  decoder {decoder}  gap {gap}"),
                &format!(" encoder {encoder}  decoder {decoder}  gap {gap}"),
                &format!("  gap {gap} = decoder − encoder"),
                &format!("  gap {gap}"),
            ],
        );
        let [why, mirror] = ledger.explain();
        let quiet = |text: String| {
            Line::styled(cells::cut(&format!("  {text}"), width), self.theme.quiet())
        };
        // The terms say more than what comes before them.
        let terms = why
            .split_once(": ")
            .map_or(why.as_str(), |(_, terms)| terms);
        let texts = [
            format!("  {why}"),
            format!("  bias: {terms}"),
            format!(" {terms}"),
        ];
        let why = cells::first_fitting(width, &texts.each_ref().map(String::as_str));
        let why = Line::styled(why, self.theme.warn());
        vec![Line::raw(halves), why, quiet(mirror)]
    }
}

fn columns(ledger: &Ledger, numbers: Option<&message::Layers>) -> Vec<Column> {
    let cells = |of: &dyn Fn(&Entry) -> String, total: String| {
        ledger
            .entries
            .iter()
            .map(of)
            .chain([total])
            .collect::<Vec<_>>()
    };
    let code = ledger.entries.len() / 2 - 1;
    let shape = |entry: &Entry| {
        let code = if entry.layer.index == code {
            " code"
        } else {
            ""
        };
        format!("{}→{}{code}", entry.layer.inputs, entry.layer.outputs)
    };
    let number = |count: u64| group(count);
    let total = ledger.total();
    let weights = |entry: &Entry| {
        if entry.layer.shared {
            "shared".into()
        } else {
            number(entry.count.weights)
        }
    };
    let norm = |entry: &Entry| {
        let layer = numbers.and_then(|numbers| numbers.layers.get(entry.layer.index));
        layer.map_or_else(String::new, |layer| format::metric(layer.weight_norm))
    };
    let mut columns = vec![
        Column {
            heading: "layer",
            right: false,
            drop: 0,
            cells: cells(&|entry| entry.layer.name(), "total".into()),
        },
        Column {
            heading: "shape",
            right: false,
            drop: 1,
            cells: cells(&shape, String::new()),
        },
        Column {
            heading: "activation",
            right: false,
            drop: 3,
            cells: cells(&|entry| entry.layer.activation.name().into(), String::new()),
        },
        Column {
            heading: "bias",
            right: false,
            drop: 0,
            cells: cells(
                &|entry| if entry.layer.bias { "[x]" } else { "[ ]" }.into(),
                String::new(),
            ),
        },
        Column {
            heading: "weights",
            right: true,
            drop: 0,
            cells: cells(&weights, number(total.weights)),
        },
        Column {
            heading: "biases",
            right: true,
            drop: 0,
            cells: cells(&|entry| number(entry.count.biases), number(total.biases)),
        },
        Column {
            heading: "total",
            right: true,
            drop: 2,
            cells: cells(&|entry| number(entry.count.total()), number(total.total())),
        },
    ];
    if numbers.is_some() {
        columns.push(Column {
            heading: "norm",
            right: true,
            drop: 4,
            cells: cells(&norm, String::new()),
        });
    }
    columns
}
