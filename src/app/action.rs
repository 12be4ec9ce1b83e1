//! What a user can ask for, whether by key, by mouse or typed after `:`.

use crate::message::Moment;

/// A panel of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The loss over the steps.
    Loss,
    /// The mean squared error, or what the ranking does while the network learns.
    Second,
    /// Layers and what they cost.
    Layers,
    /// Rows from the strangest on.
    Outliers,
}

impl Panel {
    /// All panels, in the order of Tab and of their numbers.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Second, Self::Layers, Self::Outliers];

    /// Whether it shows curves over the steps.
    pub const fn is_chart(self) -> bool {
        matches!(self, Self::Loss | Self::Second)
    }
}

/// Which way a border of the dashboard moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resize {
    /// The outliers get wider.
    Left,
    /// The outliers get narrower.
    Right,
    /// The layers get higher.
    Up,
    /// The layers get lower.
    Down,
    /// Everything gets the size that its content asks for.
    Reset,
    /// The border between the columns goes to this column of the dashboard.
    ColumnTo(u16),
    /// The border above the layers goes to this row of the dashboard.
    RowTo(u16),
}

/// One thing a user can ask for. Keys are bound to these in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// End the program; asks first where training would be lost.
    Quit,
    /// End the program at once.
    QuitNow,
    /// Close what is open: a page, a zoom, a look back.
    Back,
    /// Show the keys.
    Help,
    /// Show what was read and how it is learned.
    About,
    /// Show the columns of the table.
    Columns,
    /// Show all rows of the table.
    Table,
    /// Show how the scores are spread and where flagging begins.
    Scores,
    /// Compare variants of the network.
    Compare,
    /// Rank all rows of a file that is larger than memory, or the sample again.
    Whole,
    /// Score all rows of such a file with the network as it is, or break that off.
    ScoreAll,
    /// Of a file larger than memory: read the rows that meet the filters of the table, or the next ones of the ranking.
    Fetch,
    /// Open what is selected: a layer or a row.
    Open,
    /// Show the selected layer's page.
    OpenLayer,

    /// Go to the next panel.
    NextPanel,
    /// Go to the panel before.
    PreviousPanel,
    /// Go to this panel.
    Focus(Panel),
    /// Let the panel fill the screen, or no longer.
    Zoom,
    /// Move a border of the dashboard.
    Resize(Resize),
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
    /// Select this line of the panel or page: what a click does.
    Select(usize),
    /// On a row's page: open this one of the nearest rows: what a click does.
    OpenNear(usize),
    /// On a row's page: back to the row that this one was opened from.
    Return,
    /// The chart cursor one column of the chart to the left.
    CursorLeft,
    /// The chart cursor one column of the chart to the right.
    CursorRight,
    /// The chart cursor to this step: what a click does.
    CursorTo(u64),

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
    /// Train one batch, then stand still.
    TrainStep,
    /// Train one epoch, then stand still.
    TrainEpoch,
    /// Start again from the same seed.
    Restart,
    /// Double the learning rate.
    RaiseRate,
    /// Halve the learning rate.
    LowerRate,
    /// Show the run more slowly.
    Slower,
    /// Show the run faster.
    Faster,
    /// Train the run to its end at full speed.
    FullSpeed,
    /// Look at the snapshot before.
    EarlierSnapshot,
    /// Look at the snapshot after, or at the present.
    LaterSnapshot,
    /// Look at this snapshot.
    LookAt(Moment),
    /// Train on from the snapshot that is looked at.
    Branch,

    /// Logarithmic axis of the values on or off.
    ToggleLog,
    /// Logarithmic axis of the steps on or off.
    ToggleLogSteps,
    /// Rank by the next way of scoring.
    NextScore,
    /// Rank by where the ways of scoring disagree, or no longer.
    ToggleDisagreement,

    /// The next row or layer.
    Next,
    /// The row or layer before.
    Previous,
    /// Original or scaled units.
    ToggleUnits,
    /// Leave the selected column out, or take it in again.
    ToggleColumn,
    /// Read the selected column as the next kind.
    NextKind,
    /// Read the selected column as the kind before.
    PreviousKind,
    /// Read the table again with the columns as they are wanted.
    Apply,

    /// To the first column of the table.
    FirstColumn,
    /// To the last column of the table.
    LastColumn,
    /// Sort the table by the selected column, the other way round, or no longer.
    Sort,
    /// Order the table by rank or as in the file.
    NextOrder,
    /// The table the other way round.
    Reverse,
    /// Type a condition that rows must meet.
    Filter,
    /// Only rows that hold the same in the selected column.
    FilterLikeThis,
    /// Take the last condition away.
    DropFilter,
    /// Mark the selected row, or no longer.
    Mark,
    /// Call the selected row ordinary, or no longer.
    CallOrdinary,
    /// Show the rows called ordinary, or leave them out.
    ShowOrdinary,
    /// Hide the marked rows, show them alone, or among the others.
    TurnMarked,
    /// Hide the rows that the label calls outliers, show them alone, or among the others.
    TurnLabelled,
    /// Hide the flagged rows, show them alone, or among the others.
    TurnFlagged,
    /// Let the selected column stand still at the left, or pass by again.
    Pin,

    /// Search for a row or a column.
    Find,
    /// Search for the same towards the beginning.
    FindPrevious,
    /// Search for the same again.
    FindNext,
    /// Type which rows go to which file.
    Export,
    /// Type to which file the model goes.
    Save,
    /// Copy the selected row to the clipboard; in the table, ask what of it.
    Copy,
    /// Type a command.
    Command,
    /// Let the mouse select text in the terminal, or work the program.
    ToggleMouse,
    /// Draw everything anew; the terminal's own business.
    Redraw,
    /// Hand the terminal back to the shell; the terminal's own business.
    Suspend,
}
