//! The dashboard: which of its panels the keys go to, and how large they are. Each panel's own state, actions and hints are
//! in a file of its own.

pub mod charts;
pub mod layers;
pub mod outliers;

use super::{Behaviour, Hint};
use crate::app::action::{Action, Panel, Resize};
use crate::app::context::Context;
use crate::app::session::Session;
use charts::Charts;
use layers::Layers;
use outliers::Outliers;

/// The page's state.
#[derive(Debug)]
pub struct Dashboard {
    /// The panel that keys go to.
    pub focus: Panel,
    /// Whether it fills the dashboard.
    pub zoomed: bool,
    /// How the user has moved the borders.
    pub borders: Borders,
    /// Both charts.
    pub charts: Charts,
}

/// Where the user has put the borders; none is where the content wants them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Borders {
    /// The column of the border between the charts and the outliers.
    pub column: Option<u16>,
    /// The row of the border between the charts and the layers.
    pub row: Option<u16>,
    /// Where the borders stand now; whoever draws them knows.
    pub now: (u16, u16),
}

impl Borders {
    /// Cells that a key moves a border by.
    const STEP: (u16, u16) = (4, 1);

    fn update(&mut self, resize: Resize) {
        let (column, row) = self.now;
        match resize {
            Resize::Left => self.column = Some(column.saturating_sub(Self::STEP.0)),
            Resize::Right => self.column = Some(column + Self::STEP.0),
            Resize::Up => self.row = Some(row.saturating_sub(Self::STEP.1)),
            Resize::Down => self.row = Some(row + Self::STEP.1),
            Resize::ColumnTo(column) => self.column = Some(column),
            Resize::RowTo(row) => self.row = Some(row),
            Resize::Reset => (self.column, self.row) = (None, None),
        }
    }
}

impl Default for Dashboard {
    fn default() -> Self {
        Self {
            focus: Panel::Layers,
            zoomed: false,
            borders: Borders::default(),
            charts: Charts::default(),
        }
    }
}

impl Dashboard {
    fn turn(&mut self, by: usize) {
        let at = Panel::ALL.iter().position(|panel| *panel == self.focus);
        self.focus_on(Panel::ALL[(at.unwrap_or(0) + by) % Panel::ALL.len()]);
    }

    fn focus_on(&mut self, panel: Panel) {
        self.focus = panel;
        self.charts.shown(panel);
    }
}

impl Behaviour for Dashboard {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::NextPanel => self.turn(1),
            Action::PreviousPanel => self.turn(Panel::ALL.len() - 1),
            Action::Focus(Panel::Second) if self.focus == Panel::Second => {
                self.charts.switch(context);
            }
            Action::Focus(panel) => self.focus_on(panel),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::Resize(resize) => self.borders.update(resize),
            Action::ToggleLogSteps => self.charts.toggle_log_steps(context.session),
            Action::Back if self.zoomed => self.zoomed = false,
            action => {
                return match self.focus {
                    Panel::Loss | Panel::Second => self.charts.update(self.focus, action, context),
                    Panel::Layers => Layers::update(action, context),
                    Panel::Outliers => Outliers::update(action, context),
                };
            }
        }
        true
    }

    fn hint(&self, action: Action, session: &Session) -> Hint {
        match action {
            Action::Back if !self.zoomed && session.looking.is_none() => Hint::Hidden,
            Action::ToggleBias | Action::ToggleAllBiases | Action::OutputBiasOnly
                if self.zoomed && self.focus != Panel::Layers =>
            {
                Hint::Hidden
            }
            Action::Copy if self.focus != Panel::Outliers || session.ranked().is_empty() => {
                Hint::Hidden
            }
            Action::Back | Action::Zoom if self.zoomed => Hint::Word("all panels"),
            action => match self.focus {
                Panel::Loss | Panel::Second => self.charts.hint(action, session),
                Panel::Layers => Layers::hint(action),
                Panel::Outliers => Outliers::hint(action, session),
            },
        }
    }

    fn find(&mut self, text: &str, skip: usize, context: &mut Context<'_>) {
        if outliers::find(text, skip, context) {
            self.focus_on(Panel::Outliers);
        }
    }

    fn sought(&self) -> Option<&'static str> {
        Some("row number or id")
    }
}
