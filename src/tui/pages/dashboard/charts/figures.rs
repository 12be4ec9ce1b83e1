//! The figures of a chart's legend: what its lines have come to, or what they were at the cursor.

use super::{ChartPanel, Shown};
use crate::app::session::run::Run;
use crate::format;
use crate::message::{Moment, Point};
use crate::tui::widgets::legend::{At, Figure, Legend};

impl ChartPanel<'_> {
    /// The step that values are read off at: the cursor's, or the snapshot's that is looked at.
    pub(super) fn cursor(&self) -> Option<u64> {
        let session = self.session();
        let network = session
            .started
            .as_ref()
            .map_or(0, |started| started.network);
        // A snapshot of another network has no place on this one's curves.
        let looking = session.looking.filter(|moment| moment.network == network);
        looking
            .map(|moment| moment.step)
            .or(self.app.dashboard.charts.cursor)
    }

    /// What the lines are, and their values at the cursor or at present.
    pub(super) fn legend(&self) -> Legend {
        let at = self.cursor().map(|step| {
            let epoch = self.session().epochs(step);
            At {
                step: format!("step {}", format::group(step)),
                more: format!(", epoch {}", format::epoch(epoch)),
            }
        });
        let figures = match self.shows() {
            Shown::Ranking => self.ranking_figures(),
            shown => self.loss_figures(shown),
        };
        Legend { at, figures }
    }

    fn loss_figures(&self, shown: Shown) -> Vec<Figure> {
        let session = self.session();
        let at = |run: &Run, step: u64| {
            let smooth = run.train.smoothed(session.steps_per_epoch() as f64);
            nearest(&smooth, step)
        };
        let valid = |run: &Run| {
            let points: Vec<_> = run.valid.points().collect();
            nearest(&points, self.cursor()?)
        };
        let (train, valid) = if let Some(step) = self.cursor() {
            (at(&session.run, step), valid(&session.run))
        } else {
            // A model that is looked through has not trained a step.
            let trained = !session.run.train.is_empty();
            let train = session.headline().filter(|_| trained);
            (train, session.run.last_valid)
        };
        let figure = |sign, word, point: Option<Point>, style| {
            let value = format::metric(shown.pick(point?));
            Some(Figure {
                sign,
                word,
                value,
                style,
            })
        };
        let theme = self.theme;
        // At the same step, for only that can be compared.
        let step = self.cursor().unwrap_or(session.run.step());
        let former = session.former.as_ref().and_then(|run| at(run, step));
        [
            figure("━", "train", train, theme.train()),
            figure("╍", "valid", valid, theme.valid()),
            figure("┈", "before", former, theme.former()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn ranking_figures(&self) -> Vec<Figure> {
        let session = self.session();
        let judged = match self.cursor() {
            Some(step) => {
                let network = session.moment().network;
                session.run.judged_at(Moment { network, step })
            }
            None => session.run.judged.last(),
        };
        let Some(judged) = judged else {
            return Vec::new();
        };
        let [first, second] = self.ranking_styles();
        let figure = |sign, word, value: Option<f64>, style| {
            let value = format!("{:.3}", value?);
            Some(Figure {
                sign,
                word,
                value,
                style,
            })
        };
        let figures = match judged.quality {
            Some(quality) => [
                figure("━", "AUC", Some(quality.roc_auc), first),
                figure("╍", "AP", Some(quality.average_precision), second),
                figure("┄", "outliers", session.base_rate(), self.theme.quiet()),
            ],
            None => [
                figure("━", "same order", judged.agreement, first),
                figure("╍", "same flagged", judged.stayed, second),
                figure("┈", "entropy", judged.entropy, self.theme.former()),
            ],
        };
        figures.into_iter().flatten().collect()
    }

    pub(super) fn ranking_styles(&self) -> [ratatui::style::Style; 2] {
        [self.theme.train(), self.theme.valid()]
    }
}

/// The point at `step`, or the nearest one to it.
fn nearest(points: &[(f64, Point)], step: u64) -> Option<Point> {
    let distance = |point: &&(f64, Point)| (point.0 - step as f64).abs();
    let nearest = points
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.map(|(_, point)| *point)
}
