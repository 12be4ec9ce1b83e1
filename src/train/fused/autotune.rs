//! Autotuning: whether a small step is worth sharing between threads is found out by trying a few steps each way, and then the
//! faster way is kept for a while.
//!
//! Cores that share a cache hand a pass over in a tenth of a microsecond; others take half of one, and fetch all data from
//! each other. Which cores the system gives can change while a network learns: on one machine of two cores a table of 100
//! columns was learned by both at 1.1 or at 0.7 times the speed of one. What a step gives is the same either way, to the bit.

/// Steps that are tried each way. The best counts: the first has its data in the wrong caches.
const TRIED: u64 = 6;
/// Steps from one tuning to the next: it costs a hundredth of what sharing can save.
const PERIOD: u64 = 600;
/// Multiply-adds of a pass forward above which sharing always pays: half a millisecond of one core.
const ALWAYS_WORTH: usize = 20_000_000;

/// A choice that is tuned again and again.
pub struct Autotune {
    /// Steps since the tuning began.
    step: u64,
    /// Fewest seconds a row, shared and alone.
    best: [f64; 2],
    /// What came out last.
    shares: bool,
}

impl Autotune {
    /// Nothing tried yet.
    pub fn new() -> Self {
        Self {
            step: 0,
            best: [f64::INFINITY; 2],
            shares: true,
        }
    }

    /// Whether the step to come, with so much `work` forward in multiply-adds, is to be shared.
    pub fn shares(&self, work: usize) -> bool {
        work >= ALWAYS_WORTH
            || match self.step / TRIED {
                0 => true,
                1 => false,
                _ => self.shares,
            }
    }

    /// So many seconds a row did the step take.
    pub fn took(&mut self, seconds: f64) {
        if let Some(best) = self.best.get_mut((self.step / TRIED) as usize) {
            *best = best.min(seconds);
        }
        self.step += 1;
        if self.step == 2 * TRIED {
            let [shared, alone] = self.best;
            self.shares = shared <= alone;
        } else if self.step == PERIOD {
            *self = Self::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_way_is_taken_until_the_next_tuning() {
        let mut autotune = Autotune::new();
        for [shared, alone] in [[2.0, 3.0], [3.0, 2.0], [1.0, 1.0]] {
            let mut ways = Vec::new();
            for step in 0..PERIOD {
                let shares = autotune.shares(1_000);
                ways.push(shares);
                // A slow step now and then says nothing.
                let slow = if step % TRIED == 0 { 9.0 } else { 0.0 };
                autotune.took(slow + if shares { shared } else { alone });
            }
            let (tried, rest) = ways.split_at(2 * TRIED as usize);
            assert_eq!(tried.iter().filter(|shares| **shares).count() as u64, TRIED);
            assert!(rest.iter().all(|shares| *shares == (shared <= alone)));
        }
    }

    #[test]
    fn a_large_step_is_always_shared() {
        let mut autotune = Autotune::new();
        for _ in 0..PERIOD {
            assert!(autotune.shares(ALWAYS_WORTH));
            autotune.took(1.0);
        }
    }
}
