//! What a training came to so far: what is told of it, and its curves. A training that goes on takes it along.

use crate::message::Traced;
use crate::train::engine::Metrics;

/// Of several networks the time, the rows and the steps of all, the losses and the curves of the last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Seconds spent in training steps.
    pub seconds: f64,
    /// Rows seen in them.
    pub rows: u64,
    /// How many there were.
    pub steps: u64,
    /// The mean over the last whole epoch.
    pub last_epoch: Option<Metrics>,
    /// The validation rows when they were last looked at.
    pub valid: Option<Metrics>,
    /// The training rows over the steps.
    pub train: Traced,
    /// The validation rows over the steps.
    pub validated: Traced,
    /// What was changed on the way, and after how many steps.
    pub marks: Vec<(u64, String)>,
}
