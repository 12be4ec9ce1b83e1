//! Which rows are in the sample. Each row draws a lot by where it begins in the stream, and the lowest lots win: an even
//! sample of the file, whatever the order its blocks are read in.

/// Draws a lot for each row.
#[derive(Debug, Clone, Copy)]
pub struct Sampler {
    /// Another seed is another sample.
    pub seed: u64,
    /// Rows whose lot is not below this are not in the sample.
    pub below: u64,
}

impl Sampler {
    /// One that takes every row until its bound is lowered.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            below: u64::MAX,
        }
    }

    /// Whether the row that begins at `at` is in the sample.
    pub fn takes(self, at: u64) -> bool {
        self.lot(at) < self.below
    }

    /// The lot of the row that begins at `at`.
    pub fn lot(self, at: u64) -> u64 {
        // SplitMix64 (Steele, Lea & Flood 2014).
        let mut mixed = at
            .wrapping_add(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // One below the highest, so that the bound of a sampler that takes all is above every lot.
        (mixed ^ (mixed >> 31)).min(u64::MAX - 1)
    }
}
