//! When the screen is told: of the curves a few times a second, of the ranking and of the layers as often as their cost allows.

use std::time::{Duration, Instant};

/// How often the screen hears of the training. Curves look smooth, and drawing costs the trainer almost nothing.
const REPORTS_PER_SECOND: u64 = 10;
/// Shortest time between two rankings, and between two looks at the layers: nobody reads faster.
const GAP: Duration = Duration::from_millis(400);
/// The ranking may take one part in this many of the time; the layers, which fewer look at, half as much: 2 % together.
const RANKING_SHARE: u32 = 75;
const LAYERS_SHARE: u32 = 150;

/// What was told when, and what it took.
pub struct Schedule {
    reported: Instant,
    /// Of the ranking.
    pub ranking: Turn,
    /// Of the layers: of a large network they take longer than the ranking, which must not wait for them.
    pub layers: Turn,
}

/// When something that takes its time was done last, and how long it took.
pub struct Turn {
    done: Instant,
    took: Duration,
    /// It may take one part in this many of the time.
    share: u32,
}

impl Turn {
    fn new(share: u32) -> Self {
        Self {
            done: Instant::now(),
            took: Duration::ZERO,
            share,
        }
    }

    /// Whether its turn has come.
    pub fn due(&self) -> bool {
        self.left().is_zero()
    }

    /// How long until then.
    pub fn left(&self) -> Duration {
        GAP.max(self.took * self.share)
            .saturating_sub(self.done.elapsed())
    }

    /// It was done, and begun at `begun`.
    pub fn done(&mut self, begun: Instant) {
        self.done = Instant::now();
        self.took = begun.elapsed();
    }

    /// The last time warmed the engine up: it tells nothing about the next one.
    pub fn forget_cost(&mut self) {
        self.took = Duration::ZERO;
    }
}

impl Schedule {
    /// Of a run that begins now.
    pub fn new() -> Self {
        Self {
            reported: Instant::now(),
            ranking: Turn::new(RANKING_SHARE),
            layers: Turn::new(LAYERS_SHARE),
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
}
