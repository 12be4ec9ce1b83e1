//! How much memory a table takes and how much is free, so that too large a table is refused with advice rather than killed by
//! the system.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Bytes that one feature of one row takes while training.
pub const PER_FEATURE: u64 = 4;
/// Share of the free memory that a table may take; the rest is for training and for everything else.
const SHARE: f64 = 0.8;

/// Bytes that a table may take now.
pub fn budget() -> u64 {
    let kind = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(kind);
    let free = system.available_memory();
    let free = system
        .cgroup_limits()
        .map_or(free, |limits| free.min(limits.free_memory));
    // Where the system does not say, there is no limit.
    if free == 0 {
        u64::MAX
    } else {
        (free as f64 * SHARE) as u64
    }
}

/// Returns freed memory to the system. glibc keeps it for the threads that allocated it, but a table is allocated once, in
/// small pieces by all threads, so it would never be used again. With other C libraries nothing happens.
#[allow(unsafe_code, reason = "the C library has no safe way to ask")]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: may be called from any thread at any time, and touches no memory that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// The memory that a whole file will take, estimated from the part that has been read.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Bytes that the columns take so far.
    pub held: u64,
    /// Rows so far.
    pub rows: u64,
    /// Features in each row.
    pub features: u64,
    /// Share of the file that has been read, above 0; 1 where the length is not known.
    pub read: f64,
}

impl Need {
    /// Rows of the whole file, if it goes on as it began.
    pub fn rows(self) -> u64 {
        (self.rows as f64 / self.read).ceil() as u64
    }

    /// Bytes for the whole file. Columns are freed block by block as they are encoded, so the larger of columns and matrix
    /// counts, and half of the smaller, because not all memory returns to the system at once.
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
