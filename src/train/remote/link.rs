//! The thread that talks to the other machine. Burn's client panics when it loses the server and waits without end for one that no
//! longer answers; both happen on this thread, and whoever asks it learns that the other side is lost.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::address::Address;
use super::connect::connect;
use crate::data::text::sanitize;
use crate::error::Result;
use crate::panics;

/// The thread's name.
const NAME: &str = "remote";
/// How long it may take at least, and at most however slow the other side is.
const PATIENCE: Duration = Duration::from_secs(15);
const LONG_PATIENCE: Duration = Duration::from_mins(2);
/// How many times as long as the slowest answer so far.
const TIMES: u32 = 20;
/// Graphics cards compile while they learn the first batches.
const WARMING_UP: usize = 8;
/// Bytes a second that a line carries at least.
const LINE: usize = 1 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// The way to the other side.
pub(super) struct Link {
    address: Address,
    token: String,
    /// For people.
    name: &'static str,
    state: Mutex<State>,
    device: OnceLock<Device>,
}

#[derive(Default)]
struct State {
    /// The thread, once there is one.
    jobs: Option<Sender<Job>>,
    answered: usize,
    slowest: Duration,
    /// Why there is no other side any more.
    lost: Option<String>,
    /// Whether anybody was told.
    told: bool,
    news: Option<String>,
}

impl Link {
    pub(super) fn new(address: Address, token: String) -> Self {
        Self {
            // There is one link in a process.
            name: Box::leak(format!("remote={address}").into_boxed_str()),
            address,
            token,
            state: Mutex::default(),
            device: OnceLock::new(),
        }
    }

    pub(super) fn leads_to(&self, address: &Address, token: &str) -> bool {
        (&self.address, &*self.token) == (address, token)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Builds something on the device there, connecting first where that was not done. None where the other side is lost.
    pub(super) fn connect<T: Send + 'static, J: FnOnce() -> Result<T> + Send + 'static>(
        &self,
        job: impl FnOnce(Device) -> J,
    ) -> Option<Result<T>> {
        if self.device.get().is_none() {
            let (address, token) = (self.address.clone(), self.token.clone());
            match self.call(0, move || connect(&address, &token))? {
                Ok(device) => {
                    let _ = self.device.set(device);
                }
                Err(why) => self.lose(why),
            }
        }
        let built = self
            .device
            .get()
            .cloned()
            .and_then(|device| self.call(0, job(device)));
        if built.is_none() {
            self.tell(|why| {
                format!(
                    "{} cannot be used: {why}; training takes this machine's processor",
                    self.name
                )
            });
        }
        built
    }

    /// Has the thread do something while the other side is there; none where it is lost, or is now.
    pub(super) fn call<T: Send + 'static>(
        &self,
        bytes: usize,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let jobs = self.jobs()?;
        let (sender, answer) = sync_channel(1);
        let work = move || {
            let done = catch_unwind(AssertUnwindSafe(job));
            // Nobody listens who has lost patience.
            let _ = sender.send(done.map_err(|panic| reason(&*panic)));
        };
        let patience = self.patience(bytes);
        let begun = Instant::now();
        let _ = jobs.send(Box::new(work));
        match answer.recv_timeout(patience) {
            Ok(Ok(done)) => {
                let mut state = self.state();
                state.answered += 1;
                // What it takes to compile says nothing of later.
                if state.answered > WARMING_UP {
                    state.slowest = state.slowest.max(begun.elapsed());
                }
                return Some(done);
            }
            Ok(Err(why)) => self.lose(why),
            Err(RecvTimeoutError::Timeout) => {
                self.lose(format!(
                    "it did not answer for {} seconds",
                    patience.as_secs()
                ));
            }
            Err(RecvTimeoutError::Disconnected) => self.lose("its thread has ended".into()),
        }
        None
    }

    /// Lets something go that lives there. What is lost is forgotten instead: Burn would want to tell the other side.
    pub(super) fn let_go(&self, far: impl Send + 'static) {
        match self.jobs() {
            Some(jobs) => {
                let _ = jobs.send(Box::new(move || drop(far)));
            }
            None => std::mem::forget(far),
        }
    }

    pub(super) fn is_lost(&self) -> bool {
        self.state().lost.is_some()
    }

    /// Makes the loss of the other side known, once.
    pub(super) fn tell(&self, words: impl FnOnce(&str) -> String) {
        let mut state = self.state();
        if let Some(why) = state.lost.clone().filter(|_| !state.told) {
            state.told = true;
            state.news = Some(words(&why));
        }
    }

    /// What became known since the last time.
    pub(super) fn news(&self) -> Option<String> {
        self.state().news.take()
    }

    /// The way to the thread, which is started where there is none; none where the other side is lost.
    fn jobs(&self) -> Option<Sender<Job>> {
        let mut state = self.state();
        if state.lost.is_some() {
            return None;
        }
        if state.jobs.is_none() {
            quieten();
            let (sender, jobs) = channel();
            match thread::Builder::new()
                .name(NAME.into())
                .spawn(move || work(&jobs))
            {
                Ok(_) => state.jobs = Some(sender),
                Err(error) => state.lost = Some(format!("there is no thread for it: {error}")),
            }
        }
        state.jobs.clone()
    }

    fn lose(&self, why: String) {
        self.state().lost.get_or_insert(why);
    }

    fn patience(&self, bytes: usize) -> Duration {
        let state = self.state();
        let usual = if state.answered < WARMING_UP {
            LONG_PATIENCE
        } else {
            (state.slowest * TIMES).clamp(PATIENCE, LONG_PATIENCE)
        };
        usual + Duration::from_secs((bytes / LINE) as u64)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(jobs: &Receiver<Job>) {
    for job in jobs {
        // What is dropped may panic too.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

/// A panic's own words where they say more than that the connection is gone.
fn reason(panic: &(dyn Any + Send)) -> String {
    const GONE: [&str; 4] = ["read tensor", "channel closed", "session", "Service call"];
    const LONGEST: usize = 200;
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_default();
    if text.is_empty() || GONE.iter().any(|gone| text.contains(gone)) {
        return "the connection broke".into();
    }
    let line = text.lines().next().unwrap_or_default();
    sanitize(line).chars().take(LONGEST).collect()
}

/// What panics here, or on Burn's threads for the devices there, is an answer, and told as one.
fn quieten() {
    static ONCE: Once = Once::new();
    let ours = |name: &str| name == NAME || name.starts_with("DS") || name.starts_with("tokio-");
    ONCE.call_once(|| panics::keep_to_myself(ours));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        let address = "ws://127.0.0.1:1".parse().expect("it is one");
        Link::new(address, "token".into())
    }

    #[test]
    fn a_panic_is_the_loss_of_the_other_side_and_told_once() {
        let link = link();
        assert_eq!(link.call(0, || 7), Some(7));
        assert_eq!(link.news(), None);
        assert_eq!(
            link.call(0, || panic!("Failed to read tensor: RecvError")),
            None::<()>
        );
        link.tell(|why| format!("lost: {why}"));
        assert_eq!(link.news().as_deref(), Some("lost: the connection broke"));
        link.tell(|why| format!("again: {why}"));
        assert_eq!(link.news(), None);
        assert_eq!(link.call(0, || 7), None);
    }

    #[test]
    fn what_takes_longer_is_waited_for_longer_but_not_without_end() {
        let link = link();
        assert_eq!(link.patience(0), LONG_PATIENCE);
        for _ in 0..=WARMING_UP {
            link.call(0, || ());
        }
        assert_eq!(link.patience(0), PATIENCE);
        assert_eq!(link.patience(10 * LINE), PATIENCE + Duration::from_secs(10));
        link.state().slowest = Duration::from_secs(2);
        assert_eq!(link.patience(0), 40 * Duration::from_secs(1));
        link.state().slowest = Duration::from_mins(1);
        assert_eq!(link.patience(0), LONG_PATIENCE);
    }

    #[test]
    fn where_nobody_listens_nothing_can_be_built() {
        let link = link();
        assert!(link.connect(|_| || Ok(())).is_none());
        let news = link.news().unwrap_or_default();
        assert!(news.contains("nothing listens at 127.0.0.1:1"), "{news}");
    }
}
