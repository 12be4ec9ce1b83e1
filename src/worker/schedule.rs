//! When the screen is told: of the curves a few times a second, of the ranking as often as its cost allows.

use std::time::{Duration, Instant};

/// How often the screen hears of the training. Curves look smooth, and drawing costs the trainer almost nothing.
const REPORTS_PER_SECOND: u64 = 10;
/// Shortest time between two rankings: nobody reads faster.
const RANKING_GAP: Duration = Duration::from_millis(400);
/// A ranking may take one part in this many of the time.
const RANKING_SHARE: u32 = 50;

/// What was told when, and what it took.
pub struct Schedule {
    reported: Instant,
    ranked: Instant,
    ranking_took: Duration,
}

impl Schedule {
    /// Of a run that begins now.
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            reported: now,
            ranked: now,
            ranking_took: Duration::ZERO,
        }
    }

    /// Whether it is time for a report.
    pub fn report_due(&self) -> bool {
        self.reported.elapsed() >= Duration::from_millis(1_000 / REPORTS_PER_SECOND)
    }

    /// A report was sent.
    pub fn reported(&mut self) {
        self.reported = Instant::now();
    }

    /// Whether it is time for a ranking.
    pub fn ranking_due(&self) -> bool {
        self.until_ranking().is_zero()
    }

    /// How long until then.
    pub fn until_ranking(&self) -> Duration {
        let gap = RANKING_GAP.max(self.ranking_took * RANKING_SHARE);
        gap.saturating_sub(self.ranked.elapsed())
    }

    /// The rows were ranked and it was told, which was begun at `begun`.
    pub fn ranked(&mut self, begun: Instant) {
        self.ranked = Instant::now();
        self.ranking_took = begun.elapsed();
    }

    /// The last ranking warmed the engine up: its time tells nothing about the next one.
    pub fn forget_cost(&mut self) {
        self.ranking_took = Duration::ZERO;
    }
}
