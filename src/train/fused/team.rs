//! Threads that share a pass: the one that leads, and its helpers.
//!
//! A pass takes some microseconds, and a helper that the system has put to sleep is back after fifty. So helpers look out for
//! the next pass for a while before they sleep, and the leader waits for those alone that have come in: whoever sleeps
//! misses a pass and holds nobody up.
//!
//! Every member has a stretch of the pass's pieces of its own, the same in every step, so that what it computes with lies in
//! its own core's caches; when done with it, it takes pieces from the ends of the others', since cores are never equally
//! fast for long. (Pieces given to whoever asked next cost a quarter at batch 32 where the cores share no cache.)
//!
//! The door of the room in which they meet is one number: whether it is open, how many helpers are inside, and how often it
//! was opened. A helper comes in by adding itself, and looks at the work only if the door was open at that moment; the
//! leader puts the work down before it opens and takes it away after it has closed and seen everybody leave.

use std::any::Any;
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::io;
use std::mem::transmute;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a helper looks out for work before it sleeps: longer than anything lasts between two passes of a training.
const PATIENCE: Duration = Duration::from_micros(500);
/// Looks in a row, about a microsecond, before whoever else wants the core may have it.
const LOOKS: usize = 50;

/// What is done with every piece.
type Work<'a> = dyn Fn(usize) + Sync + 'a;

/// A leader's helpers.
pub struct Team {
    room: Arc<Room>,
    helpers: Vec<JoinHandle<()>>,
    /// Whoever leads holds it.
    lead: Mutex<()>,
}

impl Team {
    /// As many helpers.
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
    pub fn share(&self, pieces: usize, work: &Work<'_>) {
        let _lead = match self.lead.try_lock() {
            Ok(lead) => lead,
            Err(TryLockError::Poisoned(lead)) => lead.into_inner(),
            Err(TryLockError::WouldBlock) => return (0..pieces).for_each(work),
        };
        let opened = self.open(pieces, work);
        self.room.work_off(0, work);
        drop(opened);
        let panic = lock(&self.room.panic).take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    /// Lets helpers in until what it gives is dropped, which waits for all to leave. Only whoever leads may call it.
    fn open<'a>(&'a self, pieces: usize, work: &'a Work<'a>) -> Opened<'a> {
        lock(&self.room.panic).take();
        self.room.put_down(pieces, work);
        // Ordered before the look at the sleepers; see `Room::sleep`.
        let opening = Door::OPENING + Door::OPEN;
        self.room.door.0.fetch_add(opening, Ordering::SeqCst);
        if self.room.asleep.load(Ordering::SeqCst) > 0 {
            self.wake();
        }
        Opened { room: &self.room }
    }

    fn wake(&self) {
        for helper in &self.helpers {
            helper.thread().unpark();
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.room.dismissed.store(true, Ordering::SeqCst);
        self.wake();
        for helper in self.helpers.drain(..) {
            // It cannot panic outside `catch_unwind`.
            let _ = helper.join();
        }
    }
}

/// The door while it is open.
struct Opened<'a> {
    room: &'a Room,
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        let door = &self.room.door.0;
        door.fetch_sub(Door::OPEN, Ordering::Relaxed);
        // What the helpers did happened before they left.
        while Door::inside(door.load(Ordering::Acquire)) > 0 {
            for _ in 0..LOOKS {
                if Door::inside(door.load(Ordering::Acquire)) == 0 {
                    return;
                }
                spin_loop();
            }
            thread::yield_now();
        }
    }
}

/// Alone in its cache lines, since everybody looks at it.
#[derive(Default)]
#[repr(align(128))]
struct Door(AtomicU64);

impl Door {
    const OPEN: u64 = 1;
    const ONE_INSIDE: u64 = 1 << 1;
    const OPENING: u64 = 1 << 32;

    fn is_open(door: u64) -> bool {
        door & Self::OPEN != 0
    }

    fn inside(door: u64) -> u64 {
        (door % Self::OPENING) / Self::ONE_INSIDE
    }

    fn openings(door: u64) -> u64 {
        door / Self::OPENING
    }
}

/// The pieces of a member that nobody has taken yet.
#[derive(Default)]
#[repr(align(128))]
struct Stretch(AtomicU64);

impl Stretch {
    fn set(&self, pieces: Range<usize>) {
        self.0
            .store(pack(pieces.start, pieces.end), Ordering::Relaxed);
    }

    fn take_first(&self) -> Option<usize> {
        self.take(|first, end| (first, pack(first + 1, end)))
    }

    fn take_last(&self) -> Option<usize> {
        self.take(|first, end| (end - 1, pack(first, end - 1)))
    }

    /// One piece, and what is left. What was done with pieces is ordered by the door.
    fn take(&self, split: impl Fn(usize, usize) -> (usize, u64)) -> Option<usize> {
        let mut stretch = self.0.load(Ordering::Relaxed);
        loop {
            let (first, end) = ((stretch >> 32) as usize, stretch as u32 as usize);
            if first >= end {
                return None;
            }
            let (piece, left) = split(first, end);
            let swap =
                self.0
                    .compare_exchange_weak(stretch, left, Ordering::Relaxed, Ordering::Relaxed);
            match swap {
                Ok(_) => return Some(piece),
                Err(now) => stretch = now,
            }
        }
    }
}

fn pack(first: usize, end: usize) -> u64 {
    (first as u64) << 32 | end as u64
}

/// Where leader and helpers meet.
struct Room {
    door: Door,
    work: Place,
    /// The leader's, then each helper's.
    stretches: Vec<Stretch>,
    /// The last panic of a helper.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    asleep: AtomicUsize,
    dismissed: AtomicBool,
}

/// Where the work is put down. Its true lifetime is that of the opening.
#[derive(Default)]
struct Place(UnsafeCell<Option<*const Work<'static>>>);

// SAFETY: written by the leader alone, while the door is closed and nobody is inside; read by helpers alone, inside.
// The work itself is `Sync`.
#[allow(unsafe_code, reason = "the work is borrowed for an opening")]
unsafe impl Send for Place {}
// SAFETY: as above.
#[allow(unsafe_code, reason = "the work is borrowed for an opening")]
unsafe impl Sync for Place {}

impl Room {
    fn new(members: usize) -> Self {
        Self {
            door: Door::default(),
            work: Place::default(),
            stretches: (0..members).map(|_| Stretch::default()).collect(),
            panic: Mutex::default(),
            asleep: AtomicUsize::new(0),
            dismissed: AtomicBool::new(false),
        }
    }

    /// Only whoever leads may call it, while the door is closed.
    #[allow(unsafe_code, reason = "the work is borrowed for an opening")]
    #[allow(
        clippy::transmute_ptr_to_ptr,
        reason = "a cast may not change the lifetime"
    )]
    fn put_down<'a>(&self, pieces: usize, work: &'a Work<'a>) {
        let begin = |member| pieces * member / self.stretches.len();
        for (member, stretch) in self.stretches.iter().enumerate() {
            stretch.set(begin(member)..begin(member + 1));
        }
        let work: *const Work<'a> = work;
        // SAFETY: only the lifetime changes.
        let work = unsafe { transmute::<*const Work<'a>, *const Work<'static>>(work) };
        // SAFETY: nobody else looks: helpers read when they came in by an open door alone, and the leader of the opening before
        // saw all of them leave, which the door's order makes happen before this.
        unsafe { *self.work.0.get() = Some(work) };
    }

    /// Does what is left of a member's stretch, and then of the others'.
    fn work_off(&self, member: usize, work: &Work<'_>) {
        let (before, own) = self.stretches.split_at(member);
        while let Some(piece) = own[0].take_first() {
            work(piece);
        }
        for other in own[1..].iter().chain(before) {
            while let Some(piece) = other.take_last() {
                work(piece);
            }
        }
    }

    /// A helper's life.
    fn help(&self, member: usize) {
        let mut seen = 0;
        while let Some(opening) = self.look_out(seen) {
            seen = opening;
            self.come_in(member);
        }
    }

    /// Waits for the door to be open, and not for the `seen` time; none when everybody may go.
    fn look_out(&self, seen: u64) -> Option<u64> {
        let mut since = None;
        loop {
            for _ in 0..LOOKS {
                let door = self.door.0.load(Ordering::Relaxed);
                if Door::is_open(door) && Door::openings(door) != seen {
                    return Some(Door::openings(door));
                }
                spin_loop();
            }
            if self.dismissed.load(Ordering::Relaxed) {
                return None;
            }
            if since.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
                thread::yield_now();
            } else {
                self.sleep(seen);
                since = None;
            }
        }
    }

    /// Sleeps until the door is opened again.
    fn sleep(&self, seen: u64) {
        // Either the leader sees that somebody sleeps after it has opened, or the opening is seen here.
        self.asleep.fetch_add(1, Ordering::SeqCst);
        let door = self.door.0.load(Ordering::SeqCst);
        if !Door::is_open(door) || Door::openings(door) == seen {
            let openings = || Door::openings(self.door.0.load(Ordering::SeqCst));
            let dismissed = || self.dismissed.load(Ordering::SeqCst);
            while openings() == Door::openings(door) && !dismissed() {
                thread::park();
            }
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
    }

    /// Comes in, helps if the door was open, and leaves.
    #[allow(unsafe_code, reason = "the work is borrowed for an opening")]
    fn come_in(&self, member: usize) {
        let door = &self.door.0;
        // The work was put down before the door was opened.
        if Door::is_open(door.fetch_add(Door::ONE_INSIDE, Ordering::Acquire)) {
            // SAFETY: the door was open when this thread was counted, so the leader put the work down before and waits, even
            // where it panics, until this thread is no longer counted before it lets go of the work or writes here again.
            let work = unsafe { (*self.work.0.get()).map(|work| &*work) };
            let help = || work.map(|work| self.work_off(member, work));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(help)) {
                *lock(&self.panic) = Some(panic);
            }
        }
        door.fetch_sub(Door::ONE_INSIDE, Ordering::Release);
    }
}

/// Nothing here is left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for pause in [Duration::ZERO, 10 * PATIENCE] {
            thread::sleep(pause);
            let expected = [thread::current().id(), helpers[0], helpers[1]];
            assert_eq!(members(&team, 3), expected);
        }
    }

    #[test]
    fn what_others_leave_is_taken_from_the_end() {
        let stretch = Stretch::default();
        stretch.set(3..6);
        assert_eq!(
            (stretch.take_last(), stretch.take_first()),
            (Some(5), Some(3))
        );
        assert_eq!((stretch.take_last(), stretch.take_first()), (Some(4), None));
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
