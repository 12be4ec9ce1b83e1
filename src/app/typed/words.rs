//! The words that can be typed after `:`, and what they do.

use crate::app::action::{Action, Panel, Resize};

/// Actions by name.
pub const ACTIONS: &[(&str, Action, &str)] = &[
    ("pause", Action::TogglePause, "pause training, or go on"),
    ("step", Action::TrainStep, "train one batch and stand still"),
    (
        "epoch",
        Action::TrainEpoch,
        "train one epoch and stand still",
    ),
    ("restart", Action::Restart, "start again from the same seed"),
    (
        "finish",
        Action::FullSpeed,
        "train to the end at full speed",
    ),
    ("slower", Action::Slower, "show the run half as fast"),
    ("faster", Action::Faster, "show the run twice as fast"),
    (
        "earlier",
        Action::EarlierSnapshot,
        "look at the snapshot before",
    ),
    ("later", Action::LaterSnapshot, "look at the snapshot after"),
    (
        "branch",
        Action::Branch,
        "train on from the snapshot on the screen",
    ),
    (
        "toggle-bias",
        Action::ToggleBias,
        "bias of the selected layer on or off",
    ),
    ("open", Action::Open, "open what is selected"),
    ("layer", Action::OpenLayer, "the selected layer's page"),
    (
        "columns",
        Action::Columns,
        "what each column holds and what becomes of it",
    ),
    (
        "scores",
        Action::Scores,
        "how the scores are spread and where flagging begins",
    ),
    ("table", Action::Table, "all rows, in any order"),
    (
        "compare",
        Action::Compare,
        "compare biases, none and tied weights",
    ),
    (
        "whole-file",
        Action::Whole,
        "of a file larger than memory: rank all its rows, or the sample",
    ),
    (
        "score-all",
        Action::ScoreAll,
        "of a file larger than memory: score all rows anew, or break that off",
    ),
    (
        "read-on",
        Action::Fetch,
        "of a file larger than memory: read the rows that meet the filters, or the next ranks",
    ),
    (
        "about",
        Action::About,
        "what was read and how it is learned",
    ),
    ("help", Action::Help, "keys and words"),
    ("loss", Action::Focus(Panel::Loss), "go to the loss"),
    (
        "ranking",
        Action::Focus(Panel::Second),
        "go to the second chart",
    ),
    ("layers", Action::Focus(Panel::Layers), "go to the layers"),
    (
        "outliers",
        Action::Focus(Panel::Outliers),
        "go to the outliers",
    ),
    (
        "zoom",
        Action::Zoom,
        "let the panel fill the screen, or no longer",
    ),
    (
        "reset-sizes",
        Action::Resize(Resize::Reset),
        "let the content say how large the panels are",
    ),
    (
        "log-steps",
        Action::ToggleLogSteps,
        "logarithmic axis of the steps on or off",
    ),
    ("double-rate", Action::RaiseRate, "double the learning rate"),
    ("halve-rate", Action::LowerRate, "halve the learning rate"),
    (
        "next-score",
        Action::NextScore,
        "rank by the network, by LeSiNN, by both",
    ),
    (
        "units",
        Action::ToggleUnits,
        "on a row's page: original or scaled units",
    ),
    (
        "drop-column",
        Action::ToggleColumn,
        "on the columns page: leave the column out, or take it in",
    ),
    (
        "next-kind",
        Action::NextKind,
        "on the columns page: read the column as the next kind",
    ),
    (
        "previous-kind",
        Action::PreviousKind,
        "on the columns page: read the column as the kind before",
    ),
    (
        "apply",
        Action::Apply,
        "on the columns page: read the table again with these columns",
    ),
    ("next", Action::Next, "the next row or layer"),
    ("previous", Action::Previous, "the row or layer before"),
    ("next-panel", Action::NextPanel, "go to the next panel"),
    (
        "previous-panel",
        Action::PreviousPanel,
        "go to the panel before",
    ),
    (
        "widen-outliers",
        Action::Resize(Resize::Left),
        "more width for the outliers",
    ),
    (
        "narrow-outliers",
        Action::Resize(Resize::Right),
        "more width for charts and layers",
    ),
    (
        "heighten-layers",
        Action::Resize(Resize::Up),
        "more height for the layers",
    ),
    (
        "lower-layers",
        Action::Resize(Resize::Down),
        "more height for the charts",
    ),
    ("back", Action::Back, "close what is open"),
    ("suspend", Action::Suspend, "back to the shell; fg returns"),
    ("redraw", Action::Redraw, "draw the screen anew"),
    ("find-next", Action::FindNext, "find the next"),
    (
        "find-previous",
        Action::FindPrevious,
        "in the table: find the one before",
    ),
    (
        "sort",
        Action::Sort,
        "in the table: sort by this column; on the columns page: the next order",
    ),
    (
        "order",
        Action::NextOrder,
        "in the table: by rank or as in the file",
    ),
    (
        "reverse",
        Action::Reverse,
        "in the table: the other way round",
    ),
    (
        "filter-like-this",
        Action::FilterLikeThis,
        "in the table: only rows with this value",
    ),
    (
        "drop-filter",
        Action::DropFilter,
        "in the table: take the last filter away",
    ),
    ("mark", Action::Mark, "in the table: mark the row"),
    (
        "ordinary",
        Action::CallOrdinary,
        "in the table: call the row ordinary",
    ),
    (
        "show-ordinary",
        Action::ShowOrdinary,
        "in the table: show rows called ordinary",
    ),
    (
        "marked-rows",
        Action::TurnMarked,
        "in the table: hide the marked rows, show them alone, or all",
    ),
    (
        "labelled-rows",
        Action::TurnLabelled,
        "in the table: hide the label's outliers, show them alone, or all",
    ),
    (
        "flagged-rows",
        Action::TurnFlagged,
        "in the table: hide the flagged rows, show them alone, or all",
    ),
    (
        "pin",
        Action::Pin,
        "in the table: let the column stand still at the left, or pass by",
    ),
    ("quit", Action::QuitNow, "leave at once"),
];

/// Settings by name: the values that can be completed, and what they set.
pub const SETTINGS: &[(&str, &[&str], &str)] = &[
    (
        "rate",
        &["1e-2", "1e-3", "1e-4"],
        "learning rate, such as 3e-4",
    ),
    (
        "bias",
        &["all", "none", "output"],
        "layers with a bias: all, none, output, encoder.1,…",
    ),
    (
        "tied",
        &["on", "off"],
        "whether the decoder uses the encoder's weights; starts again",
    ),
    (
        "pace",
        &["watch", "full", "4", "8", "16", "30", "60"],
        "how fast runs are shown: watch, full, or seconds",
    ),
    (
        "score",
        &["network", "lesinn", "both", "disagreement"],
        "what ranks the rows",
    ),
    (
        "flag",
        &[
            "auto", "gap", "mixture", "iqr", "mad", "top:20", "top:5%", "score:3", "clean",
        ],
        "which rows are flagged, and above which score",
    ),
    (
        "window",
        &["off", "16", "32", "64", "128"],
        "learn from windows of so many consecutive rows, or single rows: off; starts again",
    ),
    (
        "snapshot",
        &["now"],
        "look at the snapshot at this step, or at the present",
    ),
    ("row", &[], "go to the row of this number or id"),
    ("rank", &[], "go to this rank, 1 being the strangest row"),
    (
        "filter",
        &[],
        "in the table: only rows that meet this, such as temp > 40",
    ),
    (
        "log",
        &["loss on", "loss off", "mse on", "mse off"],
        "logarithmic axis of a chart",
    ),
    (
        "export",
        &[],
        "write rows to FILE.csv or FILE.jsonl: flagged, marked, all or top:N; export! replaces a file",
    ),
    (
        "copy",
        &["row", "cell", "flagged", "all", "top:20"],
        "copy to the clipboard: row, cell (in the table), flagged, marked, all or top:N",
    ),
    (
        "report",
        &[],
        "write a page about the run to FILE.html; report! replaces a file",
    ),
    (
        "write",
        &[],
        "the model, for misfit score; write! replaces a file",
    ),
    (
        "formulas",
        &["keep", "quote"],
        "cells that a spreadsheet would run: keep them, or quote them as text",
    ),
    (
        "mouse",
        &["on", "off"],
        "whether the mouse works the program or selects text",
    ),
];

/// Other names for what is typed often.
pub const ALIASES: &[(&str, &str)] = &[("q", "quit"), ("lr", "rate"), ("tie", "tied")];
