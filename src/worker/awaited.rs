//! The scores without a network, computed on a thread of their own while the network trains.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crate::score::reference::References;
use crate::train::trainer::Trainer;

/// References that are on their way, until they have come.
pub struct Awaited(Option<Receiver<References>>);

impl Awaited {
    /// Scores the rows of `trainer` on one thread, so that the training keeps the other cores. The thread ends with its
    /// work, and whoever no longer listens is not told.
    pub fn begin(trainer: &Trainer) -> Self {
        let (sender, receiver) = channel();
        let (data, seed) = (Arc::clone(trainer.data()), trainer.recipe().seed);
        let body = move || {
            if let Ok(references) = References::new(&data.examples, seed, Some(1)) {
                let _ = sender.send(references);
            }
        };
        // Where no thread can be had the sender is dropped, and the receiver says so.
        let _ = thread::Builder::new().name("references".into()).spawn(body);
        Self(Some(receiver))
    }

    /// Whether they are still to come.
    pub fn pending(&self) -> bool {
        self.0.is_some()
    }

    /// The references, once, when they have come.
    pub fn take(&mut self) -> Option<References> {
        let taken = self.0.as_ref()?.try_recv();
        // It may have run out of memory; the network is judged alone then.
        if !matches!(taken, Err(TryRecvError::Empty)) {
            self.0 = None;
        }
        taken.ok()
    }
}
