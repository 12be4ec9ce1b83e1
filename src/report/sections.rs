//! The sections of the page: each a heading, and a table or pictures.

use std::fmt::Write as _;

use crate::format;
use crate::message::{Judged, Point};
use crate::model::ledger::{Count, Ledger};
use crate::report::chart::{self, Curves, Line};
use crate::report::collect::{Page, Strange};
use crate::report::escape::escape;

/// Columns that are listed; a spectrum may have thousands.
const COLUMNS: usize = 300;

/// A table with its header; names that begin with # are of numbers.
fn table(names: &[&str], rows: &str) -> String {
    let header: String = names
        .iter()
        .map(|name| match name.strip_prefix('#') {
            Some(name) => format!(r#"<th class="number">{name}</th>"#),
            None => format!("<th>{name}</th>"),
        })
        .collect();
    format!(
        "<div class=\"table\"><table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>\n"
    )
}

fn number(text: &str) -> String {
    format!(r#"<td class="number">{text}</td>"#)
}

fn text(text: &str) -> String {
    format!("<td>{}</td>", escape(text))
}

/// One of a few words, which are not parted.
fn short(text: &str) -> String {
    format!(r#"<td class="short">{}</td>"#, escape(text))
}

/// The strangest rows and why, as a table and, where rows are curves, in pictures.
pub fn strange(page: &Page) -> String {
    let mut names = vec!["#rank", "#row"];
    names.extend(page.named.then_some("id"));
    names.push("#score");
    names.extend(page.labelled.then_some("label"));
    names.push("largest parts of the score");
    let mut rows = String::new();
    for (place, row) in page.strange.iter().enumerate() {
        let class = if row.flagged {
            " class=\"strange\""
        } else {
            ""
        };
        let _ = write!(rows, "<tr{class}>");
        rows.push_str(&number(&(place + 1).to_string()));
        rows.push_str(&number(&row.number.to_string()));
        rows.extend(row.id.as_deref().map(text));
        rows.push_str(&number(&format::score(row.score)));
        rows.extend(
            row.labelled
                .map(|is| short(if is { "outlier" } else { "" })),
        );
        rows.push_str(&text(&row.reason));
        rows.push_str("</tr>\n");
    }
    let pictures: String = page
        .strange
        .iter()
        .enumerate()
        .filter_map(picture)
        .collect();
    let pictures = if pictures.is_empty() {
        pictures
    } else {
        format!(
            "<p class=\"quiet\">What the file says (solid) and what the network makes of it (dashed), column by column:</p>\n<div class=\"pictures\">{pictures}</div>\n"
        )
    };
    format!(
        "<h2>The strangest rows</h2>\n{}{pictures}",
        table(&names, &rows)
    )
}

fn picture((place, row): (usize, &Strange)) -> Option<String> {
    let curve = row.picture.as_ref()?;
    let id = row
        .id
        .as_ref()
        .map_or_else(String::new, |id| format!(" ({id})"));
    let name = format!("{}. row {}{id}", place + 1, row.number);
    Some(chart::row(&name, curve))
}

/// How the scores are spread.
pub fn scores(page: &Page) -> String {
    match chart::histogram(&page.histogram, page.threshold) {
        picture if picture.is_empty() => picture,
        picture => format!("<h2>Scores</h2>\n<div class=\"pictures\">{picture}</div>\n"),
    }
}

/// How the network learned.
pub fn learning(page: &Page) -> String {
    let story = &page.story;
    let loss = |points: &[(f64, Point)]| points.iter().map(|(x, point)| (*x, point.loss)).collect();
    let learned = format!("{} learned from, mean over an epoch", page.examples);
    let kept = format!("{} kept for validation", page.examples);
    let mut lines = vec![Line {
        name: &learned,
        class: "train",
        points: loss(&story.train),
    }];
    if !story.valid.is_empty() {
        lines.push(Line {
            name: &kept,
            class: "valid",
            points: loss(&story.valid),
        });
    }
    let mut pictures = chart::curves(&Curves {
        title: "Loss",
        across: "steps",
        lines,
        marks: &story.changes,
        log: story.train.iter().all(|(_, point)| point.loss > 0.0),
    });
    let worth = |value: fn(&Judged) -> Option<f64>| -> Vec<(f64, f64)> {
        let told = story.judged.iter();
        told.filter_map(|judged| Some((judged.at.step as f64, value(judged)?)))
            .collect()
    };
    let qualities = [
        ("ROC-AUC", "train", worth(|j| Some(j.quality?.roc_auc))),
        (
            "average precision",
            "valid",
            worth(|j| Some(j.quality?.average_precision)),
        ),
    ];
    let lines = qualities.into_iter().map(|(name, class, points)| Line {
        name,
        class,
        points,
    });
    pictures += &chart::curves(&Curves {
        title: "The ranking against the label",
        across: "steps",
        lines: lines.collect(),
        marks: &[],
        log: false,
    });
    if pictures.is_empty() {
        return pictures;
    }
    format!("<h2>Learning</h2>\n<div class=\"pictures\">{pictures}</div>\n")
}

/// What the networks cost, and why their halves differ.
pub fn network(page: &Page) -> String {
    let several = page.networks.len() > 1;
    let tables = page.networks.iter().map(|(shape, ledger)| {
        let sentences = ledger
            .explain()
            .map(|sentence| escape(&sentence))
            .join("; ");
        let heading = if several {
            "One of the networks"
        } else {
            "Network"
        };
        format!(
            "<h2>{heading}</h2>\n<p>{}</p>\n{}<p>{sentences}.</p>\n",
            escape(shape),
            ledger_table(ledger)
        )
    });
    tables.collect()
}

fn ledger_table(ledger: &Ledger) -> String {
    let counts = |count: Count| {
        let counts = [count.weights, count.biases, count.total()];
        counts.map(|count| number(&format::group(count))).concat()
    };
    let mut rows = String::new();
    for entry in &ledger.entries {
        let layer = entry.layer;
        let size = format!(
            "{} → {}",
            format::group(layer.inputs),
            format::group(layer.outputs)
        );
        let _ = writeln!(
            rows,
            "<tr>{}{}{}</tr>",
            text(&layer.name()),
            text(&size),
            counts(entry.count)
        );
    }
    for (name, count) in [
        ("encoder", ledger.encoder),
        ("decoder", ledger.decoder),
        ("all", ledger.total()),
    ] {
        let _ = writeln!(
            rows,
            "<tr class=\"sum\">{}<td></td>{}</tr>",
            text(name),
            counts(count)
        );
    }
    table(&["layer", "size", "#weights", "#biases", "#total"], &rows)
}

/// What each column holds and what became of it.
pub fn columns(page: &Page) -> String {
    let columns = &page.story.columns;
    if columns.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    for column in columns.iter().take(COLUMNS) {
        let _ = writeln!(
            rows,
            "<tr>{}{}{}{}{}{}</tr>",
            text(&column.name),
            short(&column.kind.to_string()),
            number(&format::group(column.missing)),
            text(column.range.as_deref().unwrap_or("")),
            short(if column.used { "yes" } else { "no" }),
            text(&column.reason)
        );
    }
    let more = match columns.len().saturating_sub(COLUMNS) {
        0 => String::new(),
        more => format!("<p class=\"quiet\">and {} more</p>\n", format::group(more)),
    };
    format!(
        "<h2>Columns</h2>\n{}{more}",
        table(
            &["column", "kind", "#missing", "range", "used", "why"],
            &rows
        )
    )
}

/// How the run can be made again.
pub fn settings(page: &Page) -> String {
    let mut rows = String::new();
    for (name, value) in &page.settings {
        let _ = writeln!(rows, "<tr><th>{name}</th>{}</tr>", text(value));
    }
    format!("<h2>Settings</h2>\n{}", table(&["", ""], &rows))
}
