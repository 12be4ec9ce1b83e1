//! Where a team meets.
//!
//! The door is one number: whether it is open, how many helpers are inside, and how often it was opened. A helper comes in by
//! adding itself, and looks at the work only if the door was open at that moment. The leader puts the work down before it
//! opens, and is through with it after it has closed and seen everybody leave.

use std::any::Any;
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::mem::transmute;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::stretch::Stretch;

/// How long a helper looks out for work before it sleeps: longer than anything lasts between two passes of a step.
const PATIENCE: Duration = Duration::from_micros(500);
/// Looks in a row, about a microsecond, before whoever else wants the core may have it.
const LOOKS: usize = 50;

/// What is done with every piece.
pub(super) type Work<'a> = dyn Fn(usize) + Sync + 'a;

/// Alone in its cache lines, since everybody looks at it. The number of openings may come round: who has slept through all
/// of them misses one more.
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

/// Where leader and helpers meet.
pub(super) struct Room {
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

// SAFETY: written by the leader alone, while nobody is inside who came in by an open door; read by those alone.
// The work itself is `Sync`.
#[allow(unsafe_code, reason = "the work is borrowed for an opening")]
unsafe impl Send for Place {}
// SAFETY: as above.
#[allow(unsafe_code, reason = "the work is borrowed for an opening")]
unsafe impl Sync for Place {}

/// The door while it is open. Closes it when dropped, and waits for everybody to leave.
pub(super) struct Opened<'a> {
    room: &'a Room,
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        let door = &self.room.door.0;
        door.fetch_sub(Door::OPEN, Ordering::Relaxed);
        // What the helpers did happened before they left.
        let anybody_inside = || Door::inside(door.load(Ordering::Acquire)) > 0;
        let mut looks = 0;
        while anybody_inside() {
            looks += 1;
            if looks % LOOKS == 0 {
                thread::yield_now();
            } else {
                spin_loop();
            }
        }
    }
}

impl Room {
    pub(super) fn new(members: usize) -> Self {
        Self {
            door: Door::default(),
            work: Place::default(),
            stretches: (0..members).map(|_| Stretch::default()).collect(),
            panic: Mutex::default(),
            asleep: AtomicUsize::new(0),
            dismissed: AtomicBool::new(false),
        }
    }

    /// Lets helpers in to do `work` with every piece, until what it gives is dropped.
    ///
    /// # Safety
    /// Nobody else opens the door meanwhile, and what it gives is dropped before the work is.
    #[allow(unsafe_code, reason = "the work is borrowed for an opening")]
    #[allow(
        clippy::transmute_ptr_to_ptr,
        reason = "a cast may not change the lifetime"
    )]
    pub(super) unsafe fn open<'a>(&'a self, pieces: usize, work: &'a Work<'a>) -> Opened<'a> {
        assert!(
            u32::try_from(pieces).is_ok(),
            "a stretch holds no larger numbers"
        );
        let begin = |member| pieces * member / self.stretches.len();
        for (member, stretch) in self.stretches.iter().enumerate() {
            stretch.set(begin(member)..begin(member + 1));
        }
        let work: *const Work<'a> = work;
        // SAFETY: only the lifetime changes.
        let work = unsafe { transmute::<*const Work<'a>, *const Work<'static>>(work) };
        // SAFETY: nobody else looks: helpers read when they came in by an open door alone, and whoever opened it before saw all
        // of them leave, which the door's order makes happen before this.
        unsafe { *self.work.0.get() = Some(work) };
        // Ordered before the look at the sleepers; see `sleep`.
        self.door
            .0
            .fetch_add(Door::OPENING + Door::OPEN, Ordering::SeqCst);
        Opened { room: self }
    }

    /// How many have to be woken to see the door open.
    pub(super) fn asleep(&self) -> usize {
        self.asleep.load(Ordering::SeqCst)
    }

    /// Tells all helpers to go; those asleep have to be woken after it.
    pub(super) fn dismiss(&self) {
        self.dismissed.store(true, Ordering::SeqCst);
    }

    /// The panic of a helper since this was asked last.
    pub(super) fn panic(&self) -> Option<Box<dyn Any + Send>> {
        lock(&self.panic).take()
    }

    /// Does what is left of a member's stretch, and then of the others'.
    pub(super) fn work_off(&self, member: usize, work: &Work<'_>) {
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
    pub(super) fn help(&self, member: usize) {
        let mut seen = 0;
        while let Some(opening) = self.look_out(seen) {
            seen = opening;
            self.come_in(member);
        }
    }

    /// Waits until the door is open in another opening than `seen`; none when the helpers are dismissed.
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
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
