//! Which rows are in the sample. Each row gets a random number from the seed and its position in the stream, its lot; the rows
//! with the lowest lots are the sample. So it is uniform, and the same in whatever order the blocks are read.

/// Decides by lot which rows to keep.
#[derive(Debug, Clone, Copy)]
pub struct Sampler {
    /// A different seed draws a different sample.
    pub seed: u64,
    /// Only rows whose lot is below this are in the sample.
    pub below: u64,
}

impl Sampler {
    /// Takes every row until `below` is lowered.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            below: u64::MAX,
        }
    }

    /// Whether the row that begins `at` bytes into the stream is in the sample.
    pub fn takes(self, at: u64) -> bool {
        self.lot(at) < self.below
    }

    /// The lot of the row that begins `at` bytes into the stream.
    pub fn lot(self, at: u64) -> u64 {
        // SplitMix64 (Steele, Lea & Flood 2014).
        let mut mixed = at
            .wrapping_add(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // Never the highest number, so that a `below` of `u64::MAX` takes every row.
        (mixed ^ (mixed >> 31)).min(u64::MAX - 1)
    }
}
