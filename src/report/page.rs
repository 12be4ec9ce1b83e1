//! The page put together: head, style and the sections in their order.

use std::fmt::Write as _;

use crate::format;
use crate::report::collect::Page;
use crate::report::escape::escape;
use crate::report::sections;

/// The page as HTML.
pub fn html(page: &Page) -> String {
    let name = escape(&page.story.name);
    let (rows, flagged) = (format::group(page.rows), format::group(page.flagged));
    let by = page.by.name();
    let summary = format!(
        "{flagged} of {rows} rows are flagged: their {by} score is above {:.2}, where the median row has about 1.",
        page.threshold
    );
    let mut notices = String::new();
    for notice in &page.story.notices {
        let _ = write!(notices, "<li>{}</li>", escape(notice));
    }
    let sections = [
        sections::strange(page),
        sections::scores(page),
        sections::learning(page),
        sections::network(page),
        sections::columns(page),
        sections::settings(page),
    ]
    .concat();
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{name}: the rows that don’t fit</title>
<style>
{style}</style>
</head>
<body>
<h1>{name}: the rows that don’t fit</h1>
<p class="quiet">misfit {version}, {made}</p>
<p>{summary}</p>
<ul>{notices}</ul>
{sections}</body>
</html>
"#,
        style = include_str!("style.css"),
        version = env!("CARGO_PKG_VERSION"),
        made = escape(&page.made),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::kind::Kind;
    use crate::message::{ColumnInfo, Judged, Moment, Point, Story};
    use crate::model::ledger::Ledger;
    use crate::model::spec::{Activation, NetworkSpec};
    use crate::report::collect::Picture;
    use crate::report::collect::{Scores, Strange};
    use crate::score::ranking::{By, Quality};

    const HOSTILE: &str = "<script>alert(\"x\")</script>' onload='y";

    fn page() -> Page {
        let column = ColumnInfo {
            measure: None,
            name: HOSTILE.into(),
            kind: Kind::Number,
            used: true,
            reason: HOSTILE.into(),
            missing: 3,
            distinct: 9,
            more: false,
            range: Some(HOSTILE.into()),
            example: HOSTILE.into(),
            histogram: Vec::new(),
        };
        let point = |loss: f64| Point { loss, mse: loss };
        let judged = |step| Judged {
            at: Moment { network: 0, step },
            by: By::Network,
            quality: Some(Quality {
                roc_auc: 0.5,
                average_precision: 0.25,
            }),
            precision: None,
            entropy: None,
            agreement: None,
            stayed: None,
        };
        let spec = NetworkSpec::new(
            vec![3, 2, 1],
            Activation::Tanh,
            Activation::Linear,
            Activation::Linear,
        )
        .unwrap();
        Page {
            story: Story {
                name: HOSTILE.into(),
                preset: "auto".into(),
                columns: vec![column],
                notices: vec![HOSTILE.into()],
                train: vec![(1.0, point(1.0)), (2.0, point(0.5))],
                valid: vec![(2.0, point(0.6))],
                judged: vec![judged(1), judged(2)],
                changes: vec![(1, HOSTILE.into())],
            },
            made: "2026-01-01 00:00 UTC".into(),
            rows: 9,
            by: By::Network,
            threshold: 3.0,
            flagged: 1,
            histogram: Scores {
                range: (0.5, 9.0),
                counts: vec![4, 4, 0, 1],
            },
            strange: vec![Strange {
                number: 5,
                id: Some(HOSTILE.into()),
                score: 9.0,
                flagged: true,
                labelled: Some(true),
                reason: format!("{HOSTILE} 90 %"),
                picture: Some(Picture {
                    columns: "<c1–2>".into(),
                    original: vec![(1.0, 1.0), (2.0, 2.0)],
                    rebuilt: vec![(1.0, 2.0), (2.0, 1.0)],
                }),
            }],
            named: true,
            labelled: true,
            examples: "rows",
            networks: vec![(spec.shape(), Ledger::new(&spec))],
            settings: vec![("loss", HOSTILE.into())],
        }
    }

    #[test]
    fn text_from_a_file_never_becomes_markup() {
        let html = html(&page());
        assert!(
            !html.contains("<script") && !html.contains("onload='"),
            "{html}"
        );
        assert!(!html.contains("alert(\""), "{html}");
        assert!(
            html.matches("&lt;script&gt;").count() >= 8,
            "it is there, as text"
        );
    }

    #[test]
    fn every_element_is_closed_in_order() {
        let html = html(&page());
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            let name = tag.split_whitespace().next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name)),
                None if tag.ends_with('/') || ["meta", "!DOCTYPE"].contains(&name) => {}
                None => open.push(name),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    #[test]
    fn the_page_needs_nothing_else() {
        let html = html(&page());
        for reference in ["http://", "https://", "src=", "href=", "url(", "@import"] {
            assert!(!html.contains(reference), "{reference}");
        }
        let whole = Page {
            histogram: Scores::default(),
            strange: Vec::new(),
            story: Story::default(),
            ..page()
        };
        assert!(
            super::html(&whole).contains("</html>"),
            "an empty story holds"
        );
    }
}
