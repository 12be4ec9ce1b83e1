//! What the session is asked: by the pages, and by what decides what a key means.

use super::{Phase, Session};
use crate::message::{ColumnInfo, Judged, Moment, Point, Through};
use crate::model::spec::NetworkSpec;
use crate::score::ranking::Ranked;

impl Session {
    /// Whether there is a run to show, and not a notice in its place.
    pub fn is_open(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Loading(_) | Phase::Failed(_) | Phase::Ended(_)
        )
    }

    /// The model that the rows are looked through, as long as nothing was trained on.
    pub fn given(&self) -> Option<&Through> {
        let first = self.started.as_ref().is_none_or(|started| started.run == 1);
        let model = self.loaded.as_ref()?.model.as_ref();
        model.filter(|_| first)
    }

    /// Whether the worker waits to be asked.
    pub fn is_idle(&self) -> bool {
        !self.comparing && !matches!(self.phase, Phase::Loading(_) | Phase::Training)
    }

    /// Whether the worker is still reading.
    pub fn is_loading(&self) -> bool {
        matches!(self.phase, Phase::Loading(_))
    }

    /// Whether leaving now would lose work that is under way.
    pub fn is_under_way(&self) -> bool {
        let begun = self.run.step() > 0;
        self.comparing || (begun && matches!(self.phase, Phase::Training | Phase::Paused))
    }

    /// Seconds until work that is done to this share is over, once it has taken long enough for anybody to ask.
    pub fn busy_left(&self, share: f64) -> Option<f64> {
        (self.busy >= 1.0 && share > 0.0).then(|| self.busy * (1.0 - share).max(0.0) / share)
    }

    /// Seconds until the run is over at the engine's own speed, where it has an end.
    pub fn seconds_left(&self) -> Option<f64> {
        let (last, started) = (self.run.last.as_ref()?, self.started.as_ref()?);
        let left = started.steps.checked_sub(last.step)?;
        Some(last.seconds / last.step.max(1) as f64 * left as f64)
    }

    /// The columns of the table, once read.
    pub fn columns(&self) -> &[ColumnInfo] {
        self.loaded.as_ref().map_or(&[], |loaded| &loaded.columns)
    }

    /// Number of layers, zero before there is a network.
    pub fn layer_count(&self) -> usize {
        self.spec.as_ref().map_or(0, NetworkSpec::len)
    }

    /// The ranked rows, from the strangest on.
    pub fn ranked(&self) -> &[Ranked] {
        self.ranking.as_ref().map_or(&[], |ranking| &ranking.rows)
    }

    /// The rank of a row among those, 0 = the strangest; none where it is further down, or called ordinary.
    pub fn rank_of(&self, row: u32) -> Option<usize> {
        self.ranked().iter().position(|ranked| ranked.row == row)
    }

    /// Rows that rank: all but those called ordinary.
    pub fn ranked_in_all(&self) -> usize {
        let total = self.ranking.as_ref().map_or(0, |ranking| ranking.total);
        total.saturating_sub(self.ordinary.len())
    }

    /// The training loss and MSE to headline: of the last whole epoch, or of the last steps before there is one.
    pub fn headline(&self) -> Option<Point> {
        self.run.last.as_ref().map(|last| last.headline)
    }

    /// The moment on the screen: the present, or the snapshot that is looked at.
    pub fn moment(&self) -> Moment {
        self.looking.unwrap_or(Moment {
            network: self.started.as_ref().map_or(0, |started| started.network),
            step: self.run.step(),
        })
    }

    /// What the ranking on the screen is worth.
    pub fn judged(&self) -> Option<&Judged> {
        self.run.judged_at(self.moment())
    }

    /// Whether loss and MSE are the same thing.
    pub fn loss_is_mse(&self) -> bool {
        self.started
            .as_ref()
            .is_some_and(|started| started.loss == "mean squared error")
    }

    /// Steps in one epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.started
            .as_ref()
            .map_or(1, |started| started.steps_per_epoch.max(1))
    }

    /// Epochs in `steps`.
    pub fn epochs(&self, steps: u64) -> f64 {
        if self.started.is_some() {
            steps as f64 / self.steps_per_epoch() as f64
        } else {
            0.0
        }
    }

    /// Whether there is a label to judge by.
    pub fn has_label(&self) -> bool {
        self.loaded
            .as_ref()
            .is_some_and(|loaded| loaded.outlier.is_some())
    }

    /// Whether the label calls a row an outlier; none without a label.
    pub fn is_labelled(&self, row: u32) -> Option<bool> {
        self.loaded
            .as_ref()?
            .outlier
            .as_ref()
            .and_then(|outlier| outlier.get(row as usize).copied())
    }

    /// Share of the rows that the label calls outliers; none without a label.
    pub fn base_rate(&self) -> Option<f64> {
        if self.shown_whole().is_some() {
            return Some(self.ranking.as_ref()?.hits?.base());
        }
        let loaded = self.loaded.as_ref()?;
        let outlier = &loaded.outlier.as_ref()?[..loaded.rows];
        let count = outlier.iter().filter(|is| **is).count();
        Some(count as f64 / outlier.len().max(1) as f64)
    }

    /// Whether the scores without a network suggest another preset than the one in use.
    pub fn hints_at_local(&self) -> bool {
        let seems = self
            .referenced
            .as_ref()
            .is_some_and(|referenced| referenced.seems_local);
        // Where several networks are trained, the local one may be among them.
        let alone = self.started.as_ref();
        let alone = alone.is_some_and(|started| started.preset == "auto" && started.networks == 1);
        // A model brings its own network.
        let own = self
            .loaded
            .as_ref()
            .is_some_and(|loaded| loaded.model.is_none());
        seems && alone && own
    }
}
