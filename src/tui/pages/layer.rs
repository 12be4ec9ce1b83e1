//! A layer's page: what it costs and why its mirror costs something else, how its numbers are spread, whether its units work,
//! and how all that came about.
//!
//! ```text
//! encoder.1  21 → 10  tanh  bias on    210 weights + 10 biases = 220
//! ┌ weights ─────────┐┌ biases ───────┐
//! │ histogram        ││               │
//! ├ norms, by step ──┤├ units, by step ┤
//! └──────────────────┘└───────────────┘
//! ```

use malevich::Dash;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::pages::layer as page;
use crate::app::session::run::Size;
use crate::format::{self, group};
use crate::message::{Histogram, Layer};
use crate::model::ledger::{Entry, Ledger};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::axis::Axis;
use crate::tui::widgets::bars;
use crate::tui::widgets::chart::{Chart, Series};
use crate::tui::widgets::legend::{Figure, Legend};
use crate::tui::widgets::panel::{draw_lines, draw_waiting, frame};

/// Rows that two rows of pictures need.
const TWO_ROWS: u16 = 14;

/// Draws the selected layer's page.
pub fn draw(app: &App, page: &page::Layer, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let Some(ledger) = &app.session.ledger else {
        return;
    };
    let block = theme.block(true).title_top(title(app, ledger, theme));
    let inner = block.inner(area);
    block.render(area, buffer);
    let words = words(app, ledger, theme, usize::from(inner.width));
    let height = (words.len() as u16).min(inner.height);
    let [text, pictures] =
        Layout::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(inner);
    draw_lines(words, text, buffer);
    let Some(layer) = told(app) else {
        return draw_waiting("the first numbers …", theme, pictures, buffer);
    };
    if pictures.height < TWO_ROWS {
        return if page.history() {
            draw_history(app, theme, pictures, buffer);
        } else {
            draw_present(layer, theme, pictures, buffer);
        };
    }
    let [above, below] =
        Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(pictures);
    draw_present(layer, theme, above, buffer);
    draw_history(app, theme, below, buffer);
}

/// Rows of pictures that have no room on `area`.
pub fn overflow(app: &App, area: Rect) -> usize {
    let inner = area.inner(Margin::new(1, 1));
    let Some(ledger) = &app.session.ledger else {
        return 0;
    };
    let words = words(app, ledger, Theme::PLAIN, usize::from(inner.width)).len();
    usize::from(usize::from(inner.height) < words + usize::from(TWO_ROWS))
}

/// What is known of the selected layer's numbers.
fn told(app: &App) -> Option<&Layer> {
    let layers = app.session.layers.as_ref()?;
    layers.layers.get(app.selection.layer)
}

fn halves(row: Rect) -> [Rect; 2] {
    Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(row)
}

/// How the numbers are.
fn draw_present(layer: &Layer, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let [left, right] = halves(area);
    draw_histogram("weights", Some(&layer.weights), theme, left, buffer);
    draw_histogram("biases", layer.biases.as_ref(), theme, right, buffer);
}

/// How they came about.
fn draw_history(app: &App, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let [left, right] = halves(area);
    let norms = [
        Curve::new("weights", "━", |size| Some(size.weights)),
        Curve::new("biases", "╍", |size| size.biases),
    ];
    draw_growth("norm", &norms, app, theme, left, buffer);
    let units = [
        Curve::new("dead", "━", |size| Some(size.dead as f64)),
        Curve::new("saturated", "╍", |size| Some(size.saturated as f64)),
    ];
    draw_growth("units", &units, app, theme, right, buffer);
}

fn title(app: &App, ledger: &Ledger, theme: Theme) -> Line<'static> {
    let entry = &ledger.entries[app.selection.layer];
    let place = format!(
        "  layer {} of {}{} ",
        app.selection.layer + 1,
        ledger.entries.len(),
        app.session.looking.map_or_else(String::new, |moment| {
            format!(", as it was at step {}", group(moment.step))
        })
    );
    Line::from(vec![
        Span::raw(" "),
        Span::styled(entry.layer.name(), theme.accent()),
        Span::styled(place, theme.quiet()),
    ])
}

/// Shape, activation, bias and cost of a layer in one line.
fn described(entry: &Entry) -> String {
    let layer = &entry.layer;
    let bias = if layer.bias { "bias on" } else { "bias off" };
    let weights = if layer.shared {
        "its mirror's weights".to_owned()
    } else {
        format!("{} weights", group(entry.count.weights))
    };
    format!(
        "{}  {} → {}  {}  {bias}  {weights} + {} = {}",
        layer.name(),
        group(layer.inputs),
        group(layer.outputs),
        layer.activation,
        biases(entry.count.biases),
        group(entry.count.total()),
    )
}

fn biases(count: u64) -> String {
    let word = if count == 1 { "bias" } else { "biases" };
    format!("{} {word}", group(count))
}

/// What the layer is, how it differs from its mirror and what its units do.
fn words(app: &App, ledger: &Ledger, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let index = app.selection.layer;
    let entry = &ledger.entries[index];
    let mirror = &ledger.entries[ledger.entries.len() - 1 - index];
    let mut lines = Vec::new();
    let mut add = |text: &str, style: Style| {
        for piece in cells::wrap(text, width.saturating_sub(2)) {
            lines.push(Line::styled(format!(" {piece}"), style));
        }
    };
    add(&described(entry), theme.strong());
    add(&format!("mirrored by {}", described(mirror)), Style::new());
    add(&difference(entry, mirror), theme.warn());
    if let Some(layer) = told(app) {
        add(&units(layer, app.session.examples()), Style::new());
    }
    lines
}

/// Why a layer and its mirror do not cost the same, or that they do.
fn difference(entry: &Entry, mirror: &Entry) -> String {
    let (here, there) = (entry.count.biases, mirror.count.biases);
    let [name, other] = [entry, mirror].map(|entry| entry.layer.name());
    if here == there {
        return format!("{name} and {other} have as many biases");
    }
    let (more, [name, other]) = if here > there {
        (here - there, [name, other])
    } else {
        (there - here, [other, name])
    };
    let (most, least) = (here.max(there), here.min(there));
    let all = if entry.layer.shared || mirror.layer.shared {
        "; the weights are the same"
    } else {
        "; the weights are as many on both sides"
    };
    format!(
        "{name} has {} more than {other} ({} − {}): a layer has a bias for every output{all}",
        biases(more),
        group(most),
        group(least)
    )
}

/// What the units do on a sample of the rows, or of the windows.
fn units(layer: &Layer, examples: &str) -> String {
    let units = &layer.units;
    let list = |units: &[u32]| {
        const NAMED: usize = 6;
        let named: Vec<String> = units
            .iter()
            .take(NAMED)
            .map(|unit| group(unit + 1))
            .collect();
        let more = if units.len() > NAMED { ", …" } else { "" };
        match units {
            [] => String::new(),
            [_] => format!(" (unit {})", named.concat()),
            _ => format!(" (units {}{more})", named.join(", ")),
        }
    };
    format!(
        "units: {} of {} dead{}, {} saturated in more than 9 {examples} of 10{}; over {} {examples}",
        group(units.dead.len()),
        group(units.count),
        list(&units.dead),
        group(units.saturated.len()),
        list(&units.saturated),
        group(units.rows)
    )
}

fn draw_histogram(
    name: &str,
    histogram: Option<&Histogram>,
    theme: Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let Some(histogram) = histogram else {
        let block = frame(theme, false, area.width, [name, ""], Line::default());
        let inner = block.inner(area);
        block.render(area, buffer);
        return draw_waiting("the bias is off", theme, inner, buffer);
    };
    let [least, greatest] = [histogram.least, histogram.greatest].map(|edge| {
        let edge = format::metric(f64::from(edge));
        edge.replacen('-', "−", usize::from(edge.starts_with('-')))
    });
    let count: u64 = histogram.counts.iter().map(|count| u64::from(*count)).sum();
    let headline = Line::styled(
        format!(" {} from {least} to {greatest} ", group(count)),
        theme.quiet(),
    );
    let block = frame(theme, false, area.width, [name, ""], headline);
    let zero =
        f64::from(-histogram.least) / f64::from(histogram.greatest - histogram.least).max(1e-30);
    let block = block
        .title_bottom(Line::styled(format!(" {least} "), theme.quiet()))
        .title_bottom(Line::styled(format!(" {greatest} "), theme.quiet()).right_aligned());
    let inner = block.inner(area);
    block.render(area, buffer);
    bars::draw(&histogram.counts, theme.train(), inner, buffer);
    // Where zero is, if it lies between, and aside from what is written at both ends.
    let column = Axis::new(0.0, 1.0, false).cell(zero, inner.width);
    let written = [&least, &greatest].map(|edge| cells::width(edge) as u16 + 3);
    let between = written[0]..inner.width.saturating_sub(written[1]);
    if let Some(column) = column.filter(|column| inner.height > 0 && between.contains(column)) {
        buffer.set_string(inner.x + column, inner.bottom(), "0", theme.strong());
    }
}

/// A line over the steps.
struct Curve {
    word: &'static str,
    sign: &'static str,
    of: fn(&Size) -> Option<f64>,
}

impl Curve {
    fn new(word: &'static str, sign: &'static str, of: fn(&Size) -> Option<f64>) -> Self {
        Self { word, sign, of }
    }
}

fn draw_growth(
    name: &str,
    curves: &[Curve; 2],
    app: &App,
    theme: Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let session = &app.session;
    let network = session.moment().network;
    let growth = session.run.growth.iter();
    let growth: Vec<_> = growth
        .filter(|growth| growth.at.network == network)
        .collect();
    let index = app.selection.layer;
    let line = |of: fn(&Size) -> Option<f64>| -> Vec<(f64, f64)> {
        let point = |growth: &&_| -> Option<(f64, f64)> {
            let growth: &crate::app::session::run::Growth = growth;
            Some((growth.at.step.max(1) as f64, of(growth.layers.get(index)?)?))
        };
        growth.iter().filter_map(point).collect()
    };
    let styles = [theme.train(), theme.valid()];
    let looks = [(Dash::Solid, "*"), (Dash::Dashed, "o")];
    let mut series = Vec::new();
    let mut figures = Vec::new();
    for ((curve, style), (dash, glyph)) in curves.iter().zip(styles).zip(looks) {
        let points = line(curve.of);
        if let Some((_, value)) = points.last() {
            let value = match value.fract() {
                0.0 => group(*value as i64),
                _ => format::metric(*value),
            };
            figures.push(Figure {
                sign: curve.sign,
                word: curve.word,
                value,
                style,
            });
        }
        series.push(Series {
            points,
            style,
            dash,
            glyph,
        });
    }
    let values = || {
        series
            .iter()
            .flat_map(|series| series.points.iter().map(|(_, y)| *y))
    };
    let high = values().fold(0.0, f64::max);
    let log = app.dashboard.charts.log_steps(session);
    let steps = (
        if log { 1.0 } else { 0.0 },
        session.run.step().max(10) as f64,
    );
    let chart = Chart {
        series,
        cursor: session.looking.map(|moment| moment.step as f64),
        ..Chart::new(
            Axis::new(steps.0, steps.1, log),
            "step",
            Axis::new(0.0, (high * 1.05).max(1.0), false),
        )
    };
    let legend = Legend { at: None, figures };
    let headline = legend.headline(theme, area.width);
    let block = frame(theme, false, area.width, [name, ""], headline);
    let inner = block.inner(area);
    block.render(area, buffer);
    let lines = legend.lines(theme, area.width, area.height);
    let height = (lines.len() as u16).min(inner.height);
    let [top, below] =
        Layout::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(inner);
    draw_lines(lines, top, buffer);
    chart.draw(theme, below, buffer);
}
