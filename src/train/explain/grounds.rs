//! What a ranking stands on, in a copy of its own, so that rows can be explained beside the training.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use crate::data::encoder::Encoded;
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::score::view::View;
use crate::train::explain::{CHUNK, Reasons, in_words};

/// A copy of what [`Reasons`] borrow.
pub struct Grounds {
    /// The table.
    pub data: Arc<Encoded>,
    /// The networks, and what each counts.
    pub views: Vec<(View, f64)>,
    /// The scores without a network, once there are any.
    pub references: Option<Arc<References>>,
    /// Whose scores rank the rows.
    pub by: By,
}

impl Grounds {
    /// The same for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        let views = self.views.iter();
        Self {
            data: Arc::clone(&self.data),
            views: views.map(|(view, weight)| (view.fork(), *weight)).collect(),
            references: self.references.clone(),
            by: self.by,
        }
    }

    /// Why these rows rank where they do, in words; many are shared by all cores.
    pub fn in_words(&self, rows: &[u32]) -> Vec<String> {
        /// Rows that are worth a thread and its copy of the networks.
        const WORTH: usize = 1_000;
        let words = |reasons: &Reasons<'_>, rows: &[u32]| -> Vec<String> {
            let mut words = Vec::with_capacity(rows.len());
            // A few at a time: an explanation takes more memory than its words.
            for rows in rows.chunks(CHUNK) {
                words.extend(reasons.explanations(rows).iter().map(in_words));
            }
            words
        };
        let threads = rayon::current_num_threads().min(rows.len() / WORTH).max(1);
        let part = rows.len().div_ceil(threads).max(1);
        if threads == 1 {
            return words(&self.reasons(), rows);
        }
        thread::scope(|scope| {
            let explain = |rows| {
                let grounds = self.fork();
                scope.spawn(move || words(&grounds.reasons(), rows))
            };
            let all: Vec<_> = rows.chunks(part).map(explain).collect();
            all.into_iter()
                .map(ScopedJoinHandle::join)
                .flat_map(|part| part.unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        })
    }

    /// Why rows rank where they do.
    pub fn reasons(&self) -> Reasons<'_> {
        Reasons {
            data: &self.data,
            views: self
                .views
                .iter()
                .map(|(view, weight)| (view, *weight))
                .collect(),
            references: self.references.as_deref(),
            by: self.by,
        }
    }
}
