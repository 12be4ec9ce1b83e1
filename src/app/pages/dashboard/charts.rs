//! Both charts: what the second one shows, how their axes are scaled, and the cursor that reads values off both at once.

use crate::app::action::{Action, Panel};
use crate::app::context::Context;
use crate::app::pages::Hint;
use crate::app::session::Session;

/// The state of the charts.
#[derive(Debug, Default)]
pub struct Charts {
    /// What the second chart shows where the user has chosen.
    second: Option<Second>,
    /// Whether the value axes of loss and MSE are logarithmic, where the user has chosen.
    log: [Option<bool>; 2],
    /// Whether the axis of the steps is logarithmic, where the user has chosen.
    log_steps: Option<bool>,
    /// The step that the cursor stands at.
    pub cursor: Option<u64>,
    /// Which chart shows where there is room for one only.
    pub last: Option<Panel>,
    /// Steps that one column of the chart stands for at the cursor, and the least and greatest step; whoever draws it knows.
    pub scale: Scale,
}

/// How steps lie on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scale {
    /// Columns of the plot.
    pub columns: u16,
    /// The step at its left edge, and at its right edge.
    pub steps: (f64, f64),
}

/// What the second chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// The mean squared error.
    Mse,
    /// What the ranking does while the network learns.
    Ranking,
}

impl Charts {
    /// What the second chart shows: the MSE, unless that is the loss itself.
    pub fn second(&self, session: &Session) -> Second {
        match self.second {
            _ if session.loss_is_mse() => Second::Ranking,
            Some(second) => second,
            None => Second::Mse,
        }
    }

    /// Shows the other of the two, where there are two.
    pub(super) fn switch(&mut self, context: &mut Context<'_>) {
        if context.session.loss_is_mse() {
            return context
                .effects
                .say("the loss is the mean squared error here, so this chart shows the ranking");
        }
        self.second = Some(match self.second(context.session) {
            Second::Mse => Second::Ranking,
            Second::Ranking => Second::Mse,
        });
    }

    /// Remembers which chart was looked at last.
    pub(super) fn shown(&mut self, panel: Panel) {
        if panel.is_chart() {
            self.last = Some(panel);
        }
    }

    /// What the user says about the value axis of a chart; none is whatever suits the values.
    pub fn log(&self, panel: Panel) -> Option<bool> {
        self.log[usize::from(panel == Panel::Second)]
    }

    /// Makes the value axis of a chart logarithmic, or linear.
    pub fn set_log(&mut self, panel: Panel, log: bool) {
        self.log[usize::from(panel == Panel::Second)] = Some(log);
    }

    /// Whether the axis of the steps is logarithmic: by itself where the snapshots lie at doubling steps.
    pub fn log_steps(&self, session: &Session) -> bool {
        self.log_steps.unwrap_or_else(|| {
            session
                .started
                .as_ref()
                .is_some_and(|started| started.preset != "classic")
        })
    }

    /// Makes the axis of the steps linear, or logarithmic.
    pub(super) fn toggle_log_steps(&mut self, session: &Session) {
        self.log_steps = Some(!self.log_steps(session));
    }

    fn move_cursor(&mut self, right: bool, session: &Session) {
        let Scale { columns, steps } = self.scale;
        let last = session.run.step();
        let Some(at) = self.cursor.filter(|_| columns > 1) else {
            // It appears at the present, from where one looks back.
            self.cursor = Some(last);
            return;
        };
        let columns = f64::from(columns - 1);
        let at = at as f64;
        let moved = if self.log_steps(session) {
            let factor = (steps.1.max(1.0) / steps.0.max(1.0)).powf(1.0 / columns);
            if right {
                (at * factor).max(at + 1.0)
            } else {
                (at / factor).min(at - 1.0)
            }
        } else {
            let by = ((steps.1 - steps.0) / columns).max(1.0);
            if right { at + by } else { at - by }
        };
        self.cursor = Some((moved.round().max(1.0) as u64).min(last.max(1)));
    }

    /// Takes an action; false where it is none of the charts'.
    pub(super) fn update(
        &mut self,
        focus: Panel,
        action: Action,
        context: &mut Context<'_>,
    ) -> bool {
        let session = &*context.session;
        match action {
            Action::CursorLeft => self.move_cursor(false, session),
            Action::CursorRight => self.move_cursor(true, session),
            Action::CursorTo(step) => self.cursor = Some(step.max(1)),
            Action::First => self.cursor = Some(1),
            Action::Last | Action::Back if self.cursor.is_some() => self.cursor = None,
            Action::ToggleLog
                if focus == Panel::Second && self.second(session) == Second::Ranking =>
            {
                context
                    .effects
                    .say("this axis goes from 0 to 1; L is for the loss and the MSE");
            }
            // What is seen is switched; the screen knows what that is by itself.
            Action::ToggleLog => {
                let now = self
                    .log(focus)
                    .unwrap_or_else(|| spans_decades(session, focus));
                self.set_log(focus, !now);
            }
            Action::Open => match self.cursor {
                Some(step) => context.session.look_at_step(step, context.effects),
                None => self.cursor = Some(session.run.step()),
            },
            _ => return false,
        }
        true
    }

    /// How the hint line shows a key.
    pub(super) fn hint(&self, action: Action, _: &Session) -> Hint {
        match action {
            Action::Open if self.cursor.is_some() => Hint::Word("look back there"),
            Action::Open => Hint::Word("read off values"),
            Action::ToggleBias => Hint::Hidden,
            _ => Hint::AsListed,
        }
    }
}

/// Whether a curve falls by so much that a logarithmic axis shows more of it.
pub fn spans_decades(session: &Session, panel: Panel) -> bool {
    /// Times as large.
    const MUCH: f64 = 20.0;
    let window = session.steps_per_epoch() as f64;
    let values = session.run.train.smoothed(window).into_iter();
    let values = values.map(|(_, point)| {
        if panel == Panel::Loss {
            point.loss
        } else {
            point.mse
        }
    });
    let (low, high) = values
        .filter(|value| value.is_finite() && *value > 0.0)
        .fold((f64::MAX, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    high > MUCH * low
}
