//! What a ranking stands on: whose scores, and of which steps.

/// Whose score ranks the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// The network's: how badly a row is rebuilt.
    #[default]
    Network,
    /// The distance to the closest of a few random rows; no network in it.
    Lesinn,
    /// The mean of both, each in multiples of its median row's.
    Both,
    /// Where the two rank a row most differently.
    Disagreement,
}

impl By {
    /// As the command line calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Lesinn => "lesinn",
            Self::Both => "both",
            Self::Disagreement => "disagreement",
        }
    }

    /// The next way of ranking; disagreement is none of them.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Network => Self::Lesinn,
            Self::Lesinn => Self::Both,
            Self::Both | Self::Disagreement => Self::Network,
        }
    }
}

/// What the network's scores stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The network as it was at this step.
    Step(u64),
    /// A mean over snapshots.
    Snapshots {
        /// The step of each, network after network.
        steps: Vec<u64>,
        /// Networks they are of.
        networks: u64,
    },
}

impl Basis {
    /// Steps done when the latest look was taken.
    pub fn step(&self) -> u64 {
        match self {
            Self::Step(step) => *step,
            Self::Snapshots { steps, .. } => steps.last().copied().unwrap_or_default(),
        }
    }
}
