//! How far the training may go: the steps that the screen has granted, and those that were asked for while it stood still.

use crate::message::Allowance;

/// What limits the run that is on, beside its recipe.
pub struct Pace {
    run: u64,
    /// Steps the run may have done; none: as many as it can.
    granted: Option<u64>,
    /// Whether the next run begins with nothing granted: whether the last word on it named steps.
    holds: bool,
    /// Where a paused training goes on to.
    goal: Option<u64>,
}

impl Pace {
    /// The first run, without a limit until one is named.
    pub fn new() -> Self {
        Self {
            run: 1,
            granted: None,
            holds: false,
            goal: None,
        }
    }

    /// Number of the run.
    pub fn run(&self) -> u64 {
        self.run
    }

    /// Another run begins. What was said of the one before says nothing of it.
    pub fn begin(&mut self) {
        self.run += 1;
        self.granted = self.holds.then_some(0);
        self.goal = None;
    }

    /// Takes what the screen grants, if it is meant for this run.
    pub fn allow(&mut self, Allowance { run, steps }: Allowance) {
        if run == self.run {
            self.granted = steps;
            self.holds = steps.is_some();
        }
    }

    /// Whether a run that has done `step` steps may do another.
    pub fn grants(&self, step: u64) -> bool {
        self.granted.is_none_or(|granted| step < granted)
    }

    /// Asks for so many steps more than were done or asked for.
    pub fn ask(&mut self, step: u64, more: u64) {
        let from = self.goal.map_or(step, |goal| goal.max(step));
        self.goal = Some(from.saturating_add(more));
    }

    /// Whether a paused run that has done `step` steps was asked for another.
    pub fn asks(&self, step: u64) -> bool {
        self.goal.is_some_and(|goal| step < goal)
    }

    /// Forgets what was asked for.
    pub fn stand(&mut self) {
        self.goal = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(pace: &mut Pace, run: u64, steps: Option<u64>) {
        pace.allow(Allowance { run, steps });
    }

    #[test]
    fn a_run_is_limited_by_its_own_grants_alone() {
        let mut pace = Pace::new();
        assert!(pace.grants(1_000_000), "nothing was said yet");
        allow(&mut pace, 1, Some(10));
        assert!(pace.grants(9) && !pace.grants(10));
        pace.begin();
        assert!(!pace.grants(0), "another run waits for its own grant");
        allow(&mut pace, 1, Some(50));
        assert!(!pace.grants(0), "that was for the run before");
        allow(&mut pace, 2, Some(50));
        assert!(pace.grants(49));
    }

    #[test]
    fn a_lifted_limit_stays_lifted_until_another_is_named() {
        let mut pace = Pace::new();
        allow(&mut pace, 1, Some(10));
        allow(&mut pace, 1, None);
        pace.begin();
        assert!(pace.grants(1_000));
        allow(&mut pace, 2, Some(0));
        pace.begin();
        assert!(!pace.grants(0));
    }

    #[test]
    fn steps_that_are_asked_for_add_up_until_the_run_stands() {
        let mut pace = Pace::new();
        pace.ask(5, 1);
        pace.ask(5, 2);
        assert!(pace.asks(7) && !pace.asks(8));
        pace.ask(8, 1);
        assert!(pace.asks(8) && !pace.asks(9));
        pace.stand();
        assert!(!pace.asks(0));
        pace.ask(3, u64::MAX);
        assert!(pace.asks(u64::MAX - 1));
    }
}
