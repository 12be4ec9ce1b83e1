//! What a ranking stands on, in a copy of its own, so that rows can be explained beside the training.

use std::sync::Arc;

use crate::data::encoder::Encoded;
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::score::view::View;
use crate::train::explain::Reasons;

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
