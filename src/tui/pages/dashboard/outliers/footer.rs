//! Below the list: why the selected row stands where it does, what the scores stand on, and what they are worth.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Outliers;
use crate::format;
use crate::message::Judged;
use crate::score::ranking::{Basis, By, Quality, Ranking};
use crate::score::reference::Reference;
use crate::tui::cells;
use crate::tui::widgets::reasons;

impl Outliers<'_> {
    /// Why the selected row stands where it does, what the scores stand on, and what they are worth.
    pub(super) fn footer(&self, ranking: &Ranking, inner: Rect) -> Vec<Line<'static>> {
        let theme = self.theme;
        let width = usize::from(inner.width);
        let mut lines = self.reason(inner);
        // The list's marks are explained wherever there is room.
        let marks = if self.app.session.has_label() {
            &["   ● labelled", "  ● label", ""][..]
        } else {
            &[""]
        };
        let session = &self.app.session;
        let of = match (session.shown_whole(), session.all_rows()) {
            (Some(_), _) => "whole file: ",
            (None, Some(_)) => "sample: ",
            (None, None) => "",
        };
        let ways = basis(ranking, self.app.session.examples()).map(|way| format!("{of}{way}"));
        let basis: Vec<String> = marks
            .iter()
            .flat_map(|mark| ways.iter().map(move |way| format!(" {way}{mark}")))
            .collect();
        let basis: Vec<&str> = basis.iter().map(String::as_str).collect();
        let text = cells::first_fitting(width, &basis);
        lines.push(Line::styled(text, theme.quiet()));
        lines.extend(self.quality(ranking, width));
        if self.app.session.hints_at_local() {
            let (long, short) = (
                " hint: no row is far out; try --preset local",
                " try --preset local",
            );
            lines.push(Line::styled(
                cells::first_fitting(width, &[long, short]),
                theme.quiet(),
            ));
        }
        lines
    }

    /// The selected row's reasons, whole; always as many lines, so that the list stays where it is.
    fn reason(&self, inner: Rect) -> Vec<Line<'static>> {
        /// Lines where there is room, of a panel that is narrow but high, and its least width and height.
        const LINES: [usize; 2] = [2, 4];
        const WIDE: u16 = 60;
        const LOW: u16 = 19;
        let narrow = inner.width < WIDE && inner.height >= LOW;
        let (width, count) = (usize::from(inner.width), LINES[usize::from(narrow)]);
        let session = &self.app.session;
        let row = self.app.selected_row();
        let explanation = row.and_then(|row| session.explanations.get(&row));
        let pieces = explanation.map_or_else(Vec::new, |explanation| {
            // A whole time, where there is room.
            let name = 20.min(width.saturating_sub(8));
            let name = cells::without_stem(&session.row_name(explanation.row), &session.stem, name);
            reasons::in_lines(
                &format!("row {name}: "),
                &explanation.reasons,
                [width.saturating_sub(2), count],
            )
        });
        let mut lines = vec![Line::styled("─".repeat(width), self.theme.quiet())];
        lines.extend(
            pieces
                .into_iter()
                .map(|piece| Line::raw(format!(" {piece}"))),
        );
        lines.resize(1 + count, Line::default());
        lines
    }

    /// With a label how good the ranking is, and how good rankings without a network are; without one what the scores say
    /// about themselves.
    fn quality(&self, ranking: &Ranking, width: usize) -> Vec<Line<'static>> {
        let theme = self.theme;
        let Some(Quality {
            roc_auc,
            average_precision,
        }) = ranking.quality
        else {
            return self.hint(ranking, width).into_iter().collect();
        };
        let precision = ranking.precision();
        let precision = precision.map_or_else(String::new, |share| {
            format!("   precision {share:.3} of {} flagged", ranking.flag.count)
        });
        // Precision says nothing without what chance would give.
        let base = self.app.session.base_rate();
        let base = base.map_or_else(String::new, |base| format!(" (all rows {base:.3})"));
        let long = format!(" ROC-AUC {roc_auc:.3}   AP {average_precision:.3}{precision}{base}");
        let short = format!(" ROC-AUC {roc_auc:.3}   AP {average_precision:.3}");
        let text = cells::first_fitting(width, &[&long, &short, &format!(" AUC {roc_auc:.3}")]);
        let mut lines = vec![Line::styled(text, theme.strong())];
        let referenced = self.app.session.referenced.as_ref();
        let qualities = referenced.map_or(&[][..], |referenced| &referenced.quality);
        let each = |(reference, quality): &(Reference, Quality)| {
            format!("{} {:.3}", reference.name(), quality.roc_auc)
        };
        let all: Vec<String> = qualities.iter().map(each).collect();
        if let Some(first) = all.first() {
            let session = &self.app.session;
            let of = session.shown_whole().map_or("", |_| " (the sample)");
            let long = format!(" no network{of}: {}", all.join("  "));
            let middle = format!(" no network{of}: {first}");
            let text = cells::first_fitting(width, &[&long, &middle, &format!(" {first}")]);
            lines.push(Line::styled(text, theme.quiet()));
        }
        lines
    }

    /// When the scores were spread least evenly, where no label says when they were best.
    fn hint(&self, ranking: &Ranking, width: usize) -> Option<Line<'static>> {
        let entropy = ranking.entropy?;
        let spread = |judged: &Judged| Some((judged.entropy?, judged.at.step));
        let all = self.app.session.run.judged.iter().filter_map(spread);
        let (_, step) = all.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let now = format!(" no label; score entropy {entropy:.3}");
        let lowest = format!("{now}, lowest at step {}", format::group(step));
        let text = cells::first_fitting(
            width,
            &[
                &format!("{lowest} (a hint)"),
                &lowest,
                &now,
                &format!(" entropy {entropy:.3}"),
            ],
        );
        Some(Line::styled(text, self.theme.quiet()))
    }
}

/// What the scores stand on, the longer the more exactly.
fn basis(ranking: &Ranking, examples: &str) -> [String; 3] {
    let [long, short, brief] = match &ranking.basis {
        Basis::Step(0) => ["before the first step", "untrained", "untrained"].map(str::to_owned),
        Basis::Step(step) => {
            let step = format::group(*step);
            let text = format!("the network at step {step}");
            [text.clone(), text, format!("step {step}")]
        }
        Basis::Snapshots { steps, .. } if steps.len() == 1 => {
            let step = format::group(steps[0]);
            let text = format!("snapshot at step {step}");
            [text.clone(), text, format!("step {step}")]
        }
        Basis::Snapshots { steps, networks } => {
            let (count, first) = (steps.len(), steps[0]);
            let last = format::group(steps.iter().max().copied().unwrap_or_default());
            let of = match networks {
                0 | 1 => String::new(),
                networks => format!(" of {networks} networks"),
            };
            let short = format!("mean of {count} snapshots{of}");
            let long = format!("{short}, steps {first} to {last}");
            [long, short, format!("{count} snapshots")]
        }
    };
    // The scores without a network stand on nothing that is learned.
    match ranking.by {
        By::Network => [long, short, brief],
        By::Lesinn => [
            format!("LeSiNN: distance to the nearest of a few random {examples}"),
            format!("LeSiNN: distance to random {examples}"),
            "LeSiNN".into(),
        ],
        By::Both => [
            format!("LeSiNN and network: {long}"),
            "LeSiNN and network".into(),
            "both".into(),
        ],
        By::Disagreement => [
            "network against LeSiNN; higher: who ranks the row higher",
            "network against LeSiNN",
            "network or LeSiNN",
        ]
        .map(str::to_owned),
    }
}
