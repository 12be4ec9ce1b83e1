//! How fast a run is shown. A small table is learned in a blink; so that it can be followed, the screen grants the worker
//! steps, slowly at first and then faster. The engine itself never waits between two steps that it was granted.
//!
//! After a share u of the time, u^2.5 of the steps are granted: a recipe of 3,200 steps in eight seconds has done 18 after
//! the first second, 100 after two and 565 after four, so that its snapshots, at doubling steps, come about evenly.

use std::time::Duration;

use crate::message::{Advanced, Allowance, Started};

/// How fast to show a run, as the user says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PaceSetting {
    /// About eight seconds; a recipe that takes longer by itself is not held back.
    Watch,
    /// As fast as the engine is.
    Full,
    /// So many seconds.
    Seconds(f64),
}

/// What `watch` means, in seconds.
pub const WATCHED: f64 = 8.0;
/// The slowest pace in seconds, and the fastest that is not full speed.
const SLOWEST: f64 = 512.0;
const FASTEST: f64 = 1.0;
/// Granted at once: they tell how fast the engine is.
const FIRST: u64 = 4;
const POWER: f64 = 2.5;
/// Share of the pace that a run must take by itself to be let go.
const LONG: f64 = 0.8;

/// The pace of the run that is on.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Seconds for a whole recipe; none is full speed.
    seconds: Option<f64>,
    /// Whether a recipe that takes long by itself is let go.
    lets_go: bool,
    /// Whether this run is not held back, whatever the pace says.
    free: bool,
    run: u64,
    /// Step that this run began at.
    begun: u64,
    steps: u64,
    networks: u64,
    /// Networks after this one.
    after: u64,
    /// Share of the time that has passed; beyond 1 after the end of the recipe.
    passed: f64,
    told: Option<Allowance>,
}

impl Pace {
    /// As the user says it.
    pub fn new(setting: PaceSetting) -> Self {
        let mut pace = Self {
            seconds: None,
            lets_go: false,
            free: false,
            // The first run is granted its first steps before it begins: a small table would be learned by then.
            run: 1,
            begun: 0,
            steps: 1,
            networks: 1,
            after: 0,
            passed: 0.0,
            told: None,
        };
        pace.set(setting);
        pace
    }

    /// Changes the pace; the run goes on from where it is.
    pub fn set(&mut self, setting: PaceSetting) {
        (self.seconds, self.lets_go) = match setting {
            PaceSetting::Full => (None, false),
            PaceSetting::Watch => (Some(WATCHED), true),
            PaceSetting::Seconds(seconds) => (Some(seconds), false),
        };
        self.free = false;
    }

    /// Half as fast.
    pub fn slow_down(&mut self) {
        let slower = self.shown().map_or(FASTEST, |seconds| 2.0 * seconds);
        self.set(PaceSetting::Seconds(slower.min(SLOWEST)));
    }

    /// Twice as fast, and from the fastest on full speed.
    pub fn speed_up(&mut self) {
        match self.shown() {
            Some(seconds) if seconds > FASTEST => self.set(PaceSetting::Seconds(seconds / 2.0)),
            _ => self.set(PaceSetting::Full),
        }
    }

    /// Lets this run go on to its end as fast as it can.
    pub fn finish(&mut self) {
        self.free = true;
    }

    /// Seconds for a whole recipe, where this run is held back.
    pub fn shown(&self) -> Option<f64> {
        self.seconds.filter(|_| !self.free)
    }

    /// A run begins.
    pub fn start(&mut self, started: &Started) {
        let done = started.from.map_or(0, |moment| moment.step);
        // Beyond the end of the recipe there is nothing left to spread over the time.
        self.free = started.steps == 0 || done >= started.steps;
        self.run = started.run;
        self.begun = done;
        self.steps = started.steps.max(1);
        self.networks = started.networks.max(1);
        self.after = self.networks.saturating_sub(started.network + 1);
        self.passed = (done as f64 / self.steps as f64).powf(1.0 / POWER);
        self.told = None;
    }

    /// The run has come this far: one that takes long by itself is let go.
    pub fn measure(&mut self, advanced: &Advanced) {
        let Some(seconds) = self.shown().filter(|_| self.lets_go) else {
            return;
        };
        // Of several networks each has its part of the time.
        let seconds = seconds / self.networks as f64;
        let done = advanced.step.saturating_sub(self.begun);
        let whole = advanced.seconds / done.max(1) as f64 * self.steps as f64;
        if done >= FIRST && whole >= LONG * seconds {
            self.free = true;
        }
    }

    /// Seconds until the recipe is done at this pace, where the run is held back.
    pub fn left(&self) -> Option<f64> {
        let seconds = self.shown()? / self.networks as f64;
        Some(((1.0 - self.passed).max(0.0) + self.after as f64) * seconds)
    }

    /// `time` of training has passed; the new allowance, where it changes.
    pub fn tick(&mut self, time: Duration) -> Option<Allowance> {
        let steps = self.shown().map(|seconds| {
            self.passed += time.as_secs_f64() * self.networks as f64 / seconds;
            self.granted()
        });
        let allowance = Allowance {
            run: self.run,
            steps,
        };
        if self.told == Some(allowance) {
            return None;
        }
        self.told = Some(allowance);
        Some(allowance)
    }

    /// Steps that may have been done by now. Beyond the end of the recipe the speed stays what it was there.
    fn granted(&self) -> u64 {
        let share = if self.passed <= 1.0 {
            self.passed.powf(POWER)
        } else {
            1.0 + POWER * (self.passed - 1.0)
        };
        ((share * self.steps as f64 + 1e-6) as u64).max(FIRST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Moment, Point};
    use crate::model::spec::{Activation, NetworkSpec};

    fn started(from: Option<u64>) -> Started {
        let linear = Activation::Linear;
        Started {
            run: 3,
            from: from.map(|step| Moment { network: 0, step }),
            spec: NetworkSpec::new(vec![4, 2], linear, linear, linear).unwrap(),
            preset: "auto".into(),
            loss: "mean squared error",
            engine: "fused",
            device: "cpu",
            threads: Some(1),
            rate: 1e-3,
            batch: 10,
            steps_per_epoch: 10,
            steps: 3_200,
            shortened_from: None,
            network: 0,
            networks: 1,
        }
    }

    fn steps(pace: &mut Pace, seconds: f64) -> Option<u64> {
        let told = pace.tick(Duration::from_secs_f64(seconds));
        told.and_then(|allowance| allowance.steps)
    }

    fn advanced(step: u64, seconds: f64) -> Advanced {
        Advanced {
            step,
            train: Vec::new(),
            valid: Vec::new(),
            headline: Point::default(),
            rows_per_second: 0.0,
            seconds,
        }
    }

    #[test]
    fn a_run_begins_slowly_and_ends_on_time() {
        let mut pace = Pace::new(PaceSetting::Watch);
        let first = Allowance {
            run: 1,
            steps: Some(FIRST),
        };
        assert_eq!(
            pace.tick(Duration::ZERO),
            Some(first),
            "the run has not begun yet"
        );
        pace.start(&started(None));
        let told: Vec<_> = [0.0, 1.0, 1.0, 2.0, 4.0]
            .map(|seconds| steps(&mut pace, seconds))
            .into();
        assert_eq!(told, [Some(4), Some(17), Some(100), Some(565), Some(3_200)]);
        assert_eq!(
            steps(&mut pace, 0.008),
            Some(3_208),
            "beyond the end it stays as fast"
        );
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let mut pace = Pace::new(PaceSetting::Full);
        pace.start(&started(None));
        let free = Allowance {
            run: 3,
            steps: None,
        };
        assert_eq!(pace.tick(Duration::ZERO), Some(free));
        assert_eq!(pace.tick(Duration::from_secs(1)), None);
    }

    #[test]
    fn a_branch_goes_on_at_the_speed_of_its_step() {
        let mut pace = Pace::new(PaceSetting::Watch);
        pace.start(&started(Some(100)));
        let told = steps(&mut pace, 0.0).unwrap();
        assert!((99..=100).contains(&told), "{told}");
    }

    #[test]
    fn a_branch_beyond_the_end_of_the_recipe_is_not_held_back() {
        for steps in [0, 3_200] {
            let mut pace = Pace::new(PaceSetting::Watch);
            pace.start(&Started {
                steps,
                ..started(Some(12_841))
            });
            let told = pace.tick(Duration::ZERO);
            assert_eq!(told.map(|allowance| allowance.steps), Some(None));
        }
    }

    #[test]
    fn a_run_that_takes_long_by_itself_is_not_held_back_unless_it_is_asked_for() {
        for (setting, held) in [
            (PaceSetting::Watch, false),
            (PaceSetting::Seconds(8.0), true),
        ] {
            let mut pace = Pace::new(setting);
            pace.start(&started(None));
            pace.measure(&advanced(4, 0.001));
            assert!(pace.shown().is_some(), "0.8 seconds are short");
            pace.measure(&advanced(8, 0.02));
            assert_eq!(pace.shown().is_some(), held);
        }
    }

    #[test]
    fn slower_and_faster_go_by_twos_and_end_at_full_speed() {
        let mut pace = Pace::new(PaceSetting::Watch);
        pace.slow_down();
        assert_eq!(pace.shown(), Some(16.0));
        for _ in 0..5 {
            pace.speed_up();
        }
        assert_eq!(pace.shown(), None);
        pace.slow_down();
        assert_eq!(pace.shown(), Some(1.0));
        pace.finish();
        assert_eq!(pace.shown(), None);
        pace.start(&started(None));
        assert_eq!(pace.shown(), Some(1.0), "finishing is for one run");
    }
}
