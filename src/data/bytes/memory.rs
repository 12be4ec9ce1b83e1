//! What a table takes and what the machine has, so that too large a table is refused with advice and not by the system.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Bytes a feature takes of each row while learning.
pub const PER_FEATURE: u64 = 4;
/// Share of the free memory that a table may take; the rest is for what learns it and for everything else.
const SHARE: f64 = 0.8;

/// Bytes that may be taken now.
pub fn budget() -> u64 {
    let kind = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(kind);
    let free = system.available_memory();
    let free = system
        .cgroup_limits()
        .map_or(free, |limits| free.min(limits.free_memory));
    // A system that does not tell is trusted.
    if free == 0 {
        u64::MAX
    } else {
        (free as f64 * SHARE) as u64
    }
}

/// Gives what was freed back to the system. glibc keeps it for the threads that took it, and a table is taken in small
/// pieces by all of them and never so again; elsewhere nothing happens.
#[allow(unsafe_code, reason = "the C library has no safe way to ask")]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: may be called from any thread at any time, and touches nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Bytes that a whole file will take, from its part that is read.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Bytes that the pieces take so far.
    pub held: u64,
    /// Rows so far.
    pub rows: u64,
    /// Features of each.
    pub features: u64,
    /// Share of the file that is read, above 0; 1 where the length is not known.
    pub read: f64,
}

impl Need {
    /// Rows of the whole file, if it goes on as it began.
    pub fn rows(self) -> u64 {
        (self.rows as f64 / self.read).ceil() as u64
    }

    /// Bytes for the whole file. Pieces are given back as they are encoded, so the larger of both counts, and half of the
    /// smaller for what the system does not take back at once.
    pub fn total(self) -> u64 {
        let held = (self.held as f64 / self.read) as u64;
        let matrix = self.rows() * self.features * PER_FEATURE;
        held.max(matrix) + held.min(matrix) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_need_of_a_file_follows_from_its_part() {
        let need = Need {
            held: 8_000,
            rows: 100,
            features: 20,
            read: 0.5,
        };
        assert_eq!((need.rows(), need.total()), (200, 24_000));
        assert!(budget() > 0);
    }
}
