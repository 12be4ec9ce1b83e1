//! Threads that share a pass: the one that leads, and its helpers.
//!
//! A pass takes some microseconds, and a helper that the system has put to sleep is back after fifty. So helpers look out for
//! the next pass for a while before they sleep, and the leader waits for those alone that have come in: whoever sleeps
//! misses a pass and holds nobody up.
//!
//! Every member has a stretch of the pass's pieces of its own, the same in every step, so that what it computes with lies in
//! its own core's caches; when done with it, it takes pieces from the ends of the others', since cores are never equally
//! fast for long. (Pieces given to whoever asked next cost a quarter at batch 32 where the cores share no cache.)

mod room;
mod stretch;

use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, TryLockError};
use std::thread::{self, JoinHandle};

use room::{Room, Work};

/// A leader's helpers.
pub struct Team {
    room: Arc<Room>,
    helpers: Vec<JoinHandle<()>>,
    /// Whoever leads holds it.
    lead: Mutex<()>,
}

impl Team {
    /// A team with so many helpers.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn new(helpers: usize) -> io::Result<Self> {
        let mut team = Self {
            room: Arc::new(Room::new(helpers + 1)),
            helpers: Vec::with_capacity(helpers),
            lead: Mutex::default(),
        };
        for member in 1..=helpers {
            let room = Arc::clone(&team.room);
            let builder = thread::Builder::new().name(format!("fused-{member}"));
            team.helpers.push(builder.spawn(move || room.help(member))?);
        }
        Ok(team)
    }

    /// Helpers there are.
    pub fn helpers(&self) -> usize {
        self.helpers.len()
    }

    /// Calls `work` once with every number below `pieces`, helped by whoever is awake; alone if the helpers are helping already.
    /// A panic of any of them is the caller's.
    #[allow(unsafe_code, reason = "the work is borrowed for an opening")]
    pub fn share(&self, pieces: usize, work: &Work<'_>) {
        let _lead = match self.lead.try_lock() {
            Ok(lead) => lead,
            // Who led before has panicked, and has left the room as it should be.
            Err(TryLockError::Poisoned(lead)) => lead.into_inner(),
            Err(TryLockError::WouldBlock) => return (0..pieces).for_each(work),
        };
        // What a helper may have said while the leader of that time panicked itself.
        self.room.panic();
        // SAFETY: whoever opens leads, and the work outlives this call.
        let opened = unsafe { self.room.open(pieces, work) };
        if self.room.asleep() > 0 {
            self.wake();
        }
        self.room.work_off(0, work);
        drop(opened);
        if let Some(panic) = self.room.panic() {
            resume_unwind(panic);
        }
    }

    fn wake(&self) {
        for helper in &self.helpers {
            helper.thread().unpark();
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.room.dismiss();
        self.wake();
        for helper in self.helpers.drain(..) {
            // It cannot panic outside `catch_unwind`.
            let _ = helper.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use room::lock;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    const PIECES: usize = 100;

    /// How often each piece was done.
    fn done(team: &Team) -> Vec<usize> {
        let times: Vec<_> = (0..PIECES).map(|_| AtomicUsize::new(0)).collect();
        team.share(PIECES, &|piece| {
            times[piece].fetch_add(1, Ordering::Relaxed);
        });
        times.into_iter().map(AtomicUsize::into_inner).collect()
    }

    /// Who did each of a few pieces: nobody goes on before everybody has one.
    fn members(team: &Team, pieces: usize) -> Vec<thread::ThreadId> {
        let came = AtomicUsize::new(0);
        let who = Mutex::new(vec![thread::current().id(); pieces]);
        team.share(pieces, &|piece| {
            lock(&who)[piece] = thread::current().id();
            came.fetch_add(1, Ordering::SeqCst);
            while came.load(Ordering::SeqCst) <= team.helpers() {
                thread::yield_now();
            }
        });
        who.into_inner().unwrap()
    }

    #[test]
    fn every_piece_is_done_once_however_many_help() {
        for helpers in [0, 1, 2, 5] {
            let team = Team::new(helpers).unwrap();
            for turn in 0..2_000 {
                assert_eq!(done(&team), [1; PIECES], "turn {turn} of {helpers}");
            }
        }
    }

    #[test]
    fn everybody_has_the_same_pieces_each_time_awake_or_asleep() {
        let team = Team::new(2).unwrap();
        let helpers: Vec<_> = team.helpers.iter().map(|h| h.thread().id()).collect();
        for asleep in [0, 2] {
            while team.room.asleep() < asleep {
                thread::yield_now();
            }
            let expected = [thread::current().id(), helpers[0], helpers[1]];
            assert_eq!(members(&team, 3), expected);
        }
    }

    #[test]
    fn a_panic_of_any_of_them_is_the_leader_s_and_the_team_goes_on() {
        let team = Team::new(2).unwrap();
        for lost in 0..3 {
            let came = AtomicUsize::new(0);
            let result = catch_unwind(AssertUnwindSafe(|| {
                team.share(3, &|piece| {
                    came.fetch_add(1, Ordering::SeqCst);
                    while came.load(Ordering::SeqCst) < 3 {
                        thread::yield_now();
                    }
                    assert!(piece != lost, "lost");
                });
            }));
            assert!(result.is_err());
            assert_eq!(done(&team), [1; PIECES]);
        }
    }

    #[test]
    fn work_within_work_is_done_alone() {
        let team = Team::new(1).unwrap();
        let inner = Mutex::new(Vec::new());
        team.share(2, &|_| lock(&inner).push(done(&team)));
        assert_eq!(inner.into_inner().unwrap(), [[1; PIECES]; 2]);
    }
}
