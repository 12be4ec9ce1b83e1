//! What a user can ask for.

/// A panel of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The loss over time.
    Loss,
    /// The mean squared error over time.
    Mse,
    /// Layers and what they cost.
    Layers,
    /// Rows from the strangest on.
    Outliers,
}

impl Panel {
    /// All panels, in the order of Tab and of their numbers.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Mse, Self::Layers, Self::Outliers];
}

/// One thing a user can ask for. Keys are bound to these in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// End the program.
    Quit,
    /// Close what is open: a page, a zoom.
    Back,
    /// Show the keys.
    Help,
    /// Show what was read and how it is learned.
    About,
    /// Show the columns of the table.
    Columns,
    /// Leave the selected column out, or take it in again.
    ToggleColumn,
    /// Read the selected column as the next kind.
    NextKind,
    /// Read the selected column as the kind before.
    PreviousKind,
    /// Read the table again with the columns as they are wanted.
    Apply,
    /// Go to the next panel.
    NextPanel,
    /// Go to the panel before.
    PreviousPanel,
    /// Go to this panel.
    Focus(Panel),
    /// Let the panel fill the screen, or no longer.
    Zoom,
    /// One up.
    Up,
    /// One down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the top.
    First,
    /// To the bottom.
    Last,
    /// Bias of the selected layer on or off.
    ToggleBias,
    /// All biases on, or all off.
    ToggleAllBiases,
    /// The output bias alone.
    OutputBiasOnly,
    /// Tie the decoder to the encoder, or free it; starts again.
    ToggleTied,
    /// Pause, go on, or go on beyond the end.
    TogglePause,
    /// Start again from the same seed.
    Restart,
    /// Double the learning rate.
    RaiseRate,
    /// Halve the learning rate.
    LowerRate,
    /// Logarithmic axis on or off.
    ToggleLog,
    /// Compare variants of the network.
    Compare,
    /// Rank by the next way of scoring.
    NextScore,
    /// Rank by where the ways of scoring disagree, or no longer.
    ToggleDisagreement,
    /// Open the selected outlier.
    Open,
    /// The row page of the next rank.
    NextRow,
    /// The row page of the rank before.
    PreviousRow,
    /// Original or scaled units.
    ToggleUnits,
    /// Search for a row or a column.
    Find,
    /// Search for the same again.
    FindNext,
    /// Type a command.
    Command,
    /// Draw everything anew; the terminal's own business.
    Redraw,
    /// Hand the terminal back to the shell; the terminal's own business.
    Suspend,
}
