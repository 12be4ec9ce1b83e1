//! A look at the work: how far it is, how long it still takes, and the words for it.

use std::time::Duration;

use crate::format;

/// Where the work is at a time.
pub struct Moment {
    /// What is being done.
    pub name: &'static str,
    /// Which stage of the work that is.
    pub stage: usize,
    /// Since the work began.
    pub running: Duration,
    /// Since the stage began.
    pub elapsed: Duration,
    /// Units of work done in this stage.
    pub done: u64,
    /// Units of work in all, where that is known.
    pub total: Option<u64>,
    /// What else there is to say.
    pub detail: String,
}

impl Moment {
    /// The share of the stage that is done, where the whole is known.
    pub fn share(&self) -> Option<f64> {
        let total = self.total.filter(|total| *total > 0)?;
        Some((self.done as f64 / total as f64).min(1.0))
    }

    /// Seconds that the rest of the stage takes at the speed so far.
    fn left(&self) -> Option<f64> {
        let share = self.share().filter(|share| *share > 0.0)?;
        Some(self.elapsed.as_secs_f64() * (1.0 - share) / share)
    }

    /// The figures and the details, the most important first: a narrow terminal cuts off the end.
    pub fn words(&self, between: &str) -> String {
        let mut words = Vec::new();
        match self.share() {
            // A whole that is not quite done is no whole.
            Some(share) => words.push(format::percent(share.min(0.99) as f32)),
            None => words.push(format!(
                "{} so far",
                format::clock(self.elapsed.as_secs_f64())
            )),
        }
        if let Some(left) = self.left() {
            words.push(format!("{} left", format::clock(left.ceil())));
        }
        if !self.detail.is_empty() {
            words.push(self.detail.clone());
        }
        words.join(between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(done: u64, total: Option<u64>) -> Moment {
        Moment {
            name: "training",
            stage: 1,
            running: Duration::from_secs(30),
            elapsed: Duration::from_secs(20),
            done,
            total,
            detail: "step 4 of 16".into(),
        }
    }

    #[test]
    fn the_time_left_follows_from_the_share_done() {
        let words = moment(4, Some(16)).words(", ");
        assert_eq!(words, "25 %, 1:00 left, step 4 of 16");
    }

    #[test]
    fn nothing_is_promised_before_anything_is_done_or_where_the_whole_is_unknown() {
        assert_eq!(moment(0, Some(16)).words(", "), "0 %, step 4 of 16");
        assert_eq!(moment(4, None).words(", "), "0:20 so far, step 4 of 16");
        assert_eq!(moment(4, Some(0)).words("  "), "0:20 so far  step 4 of 16");
    }
}
