//! The table of keys: which keys do what, where, and in which words.

use ratatui::crossterm::event::KeyCode;

use super::{Binding, Key, Scope};
use crate::app::action::{Action, Panel, Resize};
use crate::app::pages::PageKind;

const fn key(c: char) -> Key {
    (KeyCode::Char(c), false)
}

const fn ctrl(c: char) -> Key {
    (KeyCode::Char(c), true)
}

const fn code(code: KeyCode) -> Key {
    (code, false)
}

const fn ctrl_code(code: KeyCode) -> Key {
    (code, true)
}

const fn bind(
    scope: Scope,
    action: Action,
    keys: &'static [Key],
    [label, hint, help]: [&'static str; 3],
) -> Binding {
    Binding {
        keys,
        label,
        hint,
        help,
        action,
        scope,
    }
}

const EVERYWHERE: Scope = Scope::Everywhere;
const DASHBOARD: Scope = Scope::On(&[PageKind::Dashboard]);
/// Where the training is looked at.
const WORK: Scope = Scope::On(&[PageKind::Dashboard, PageKind::Row, PageKind::Layer]);
const ROW: Scope = Scope::On(&[PageKind::Row]);
/// Where rows are.
const RANKED: Scope = Scope::On(&[PageKind::Dashboard, PageKind::Table, PageKind::Row]);
const LAYER: Scope = Scope::On(&[PageKind::Layer]);
const LAYERS: Scope = Scope::On(&[PageKind::Dashboard, PageKind::Layer]);
const COLUMNS: Scope = Scope::On(&[PageKind::Columns]);
const SCORES: Scope = Scope::On(&[PageKind::Scores]);
const TABLE: Scope = Scope::On(&[PageKind::Table]);
/// Where rows and columns of the file are looked at.
const GRIDS: Scope = Scope::On(&[PageKind::Table, PageKind::First]);
const FINDS: Scope = Scope::On(&[
    PageKind::Dashboard,
    PageKind::Table,
    PageKind::Row,
    PageKind::Columns,
]);
const MOVES: Scope = Scope::On(&[
    PageKind::Dashboard,
    PageKind::Scores,
    PageKind::Table,
    PageKind::First,
    PageKind::Row,
    PageKind::Layer,
    PageKind::Columns,
    PageKind::About,
    PageKind::Help,
]);

/// Every key, in the order in which hints are dropped from the end when the line is short.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = &[
    bind(LAYERS, Action::ToggleBias, &[key('b')], ["b", "bias", "bias of the selected layer on or off, in mid-run"]),
    bind(DASHBOARD, Action::ToggleAllBiases, &[key('B')], ["B", "all", "all biases on, or all off"]),
    bind(WORK, Action::TogglePause, &[key(' ')], ["space", "pause", "pause and go on; after the end, go on beyond it"]),
    bind(WORK, Action::FullSpeed, &[key('f')], ["f", "finish", "train to the end at full speed"]),
    bind(WORK, Action::EarlierSnapshot, &[key('<')], ["<", "look back", "look at the snapshot before: curves, outliers and layers as they were"]),
    bind(WORK, Action::LaterSnapshot, &[key('>')], [">", "later", "look at the snapshot after, at last at the present"]),
    bind(WORK, Action::Branch, &[key('R')], ["R", "train on from here", "train on from the snapshot that is looked at; the old run stays drawn"]),
    bind(DASHBOARD, Action::Open, &[code(KeyCode::Enter)], ["enter", "open", "open the selected layer or row; on a chart, look back at the cursor"]),
    bind(SCORES, Action::CursorLeft, &[code(KeyCode::Left), key('h')], ["←", "", "flag from a lower score on"]),
    bind(SCORES, Action::CursorRight, &[code(KeyCode::Right), key('l')], ["→", "move the line", "flag from a higher score on; ↑ and ↓ choose a rule"]),
    bind(TABLE, Action::Open, &[code(KeyCode::Enter)], ["enter", "row", "the row's page"]),
    bind(TABLE, Action::Sort, &[key('s')], ["s", "sort", "sort by the column; again: descending; again: by rank"]),
    bind(TABLE, Action::Filter, &[key('&')], ["&", "filter", "only rows that meet a condition, such as temp > 40, label = 1, name ~ x$, or hold a text"]),
    bind(TABLE, Action::Fetch, &[key('a')], ["a", "next ranks", "of a file larger than memory: read the rows that meet the filters, or hold what was searched for in vain, else the next ones of the ranking"]),
    bind(TABLE, Action::DropFilter, &[code(KeyCode::Backspace)], ["backspace", "drop filter", "take the last filter away"]),
    bind(TABLE, Action::FilterLikeThis, &[key('=')], ["=", "like this", "only rows that hold the same in this column"]),
    bind(TABLE, Action::Mark, &[key('m')], ["m", "mark", "mark the row, or no longer"]),
    bind(TABLE, Action::CallOrdinary, &[key('x')], ["x", "ordinary", "call the row ordinary: it leaves the lists, or comes back"]),
    bind(TABLE, Action::ShowOrdinary, &[key('H')], ["H", "show ordinary", "show the rows called ordinary, or leave them out"]),
    bind(TABLE, Action::Pin, &[key('p')], ["p", "pin", "let the column stand still at the left, or pass by again"]),
    bind(TABLE, Action::TurnMarked, &[key('u')], ["u", "hide marked", "hide the marked rows; again: them alone; again: all rows"]),
    bind(TABLE, Action::TurnFlagged, &[key('F')], ["F", "hide flagged", "hide the flagged rows; again: them alone; again: all rows"]),
    bind(TABLE, Action::TurnLabelled, &[key('L')], ["L", "hide labelled", "hide the rows that the label calls outliers; again: them alone; again: all rows"]),
    bind(TABLE, Action::NextOrder, &[key('o')], ["o", "order", "by rank, or as in the file"]),
    bind(TABLE, Action::Reverse, &[key('v')], ["v", "reverse", "the other way round"]),
    bind(GRIDS, Action::CursorLeft, &[code(KeyCode::Left), key('h')], ["←", "", "the column before"]),
    bind(GRIDS, Action::CursorRight, &[code(KeyCode::Right), key('l')], ["→", "", "the column after"]),
    bind(GRIDS, Action::FirstColumn, &[key('0'), key('^')], ["0", "", "the first column"]),
    bind(GRIDS, Action::LastColumn, &[key('$')], ["$", "", "the last column"]),
    bind(ROW, Action::Previous, &[code(KeyCode::Left), key('h')], ["←", "", "the row before, in the order and the filters of the table where the page was opened there, else by rank"]),
    bind(ROW, Action::Next, &[code(KeyCode::Right), key('l')], ["→", "next row", "the row after"]),
    bind(ROW, Action::NextPanel, &[code(KeyCode::Tab)], ["tab", "nearest", "from the columns to the rows nearest in the code, or back"]),
    bind(ROW, Action::Open, &[code(KeyCode::Enter)], ["enter", "open", "open the selected one of the nearest rows"]),
    bind(ROW, Action::Return, &[code(KeyCode::Backspace)], ["backspace", "row before", "back to the row that this one was opened from"]),
    bind(ROW, Action::Zoom, &[key('z')], ["z", "zoom", "of a curve: draw the stretch that errs alone, or the whole again"]),
    bind(ROW, Action::ToggleUnits, &[key('u')], ["u", "units", "of a curve: draw in original or in scaled units"]),
    bind(LAYER, Action::Previous, &[code(KeyCode::Left), key('h')], ["←", "", "the layer before"]),
    bind(LAYER, Action::Next, &[code(KeyCode::Right), key('l')], ["→", "next layer", "the layer after"]),
    bind(LAYER, Action::OpenLayer, &[code(KeyCode::Enter)], ["enter", "its mirror", "the layer on the other side that mirrors it"]),
    bind(LAYER, Action::NextPanel, &[code(KeyCode::Tab)], ["tab", "over the steps", "on a low screen: how the layer's numbers came about, or how they are"]),
    bind(COLUMNS, Action::ToggleColumn, &[key('d')], ["d", "drop", "leave the column out, or take it in again"]),
    bind(COLUMNS, Action::Sort, &[key('s')], ["s", "sort", "the next order: by name, kind, missing cells, distinct values, left out first"]),
    bind(COLUMNS, Action::NextKind, &[code(KeyCode::Right), key('l')], ["→", "kind", "read the column as the next kind"]),
    bind(COLUMNS, Action::PreviousKind, &[code(KeyCode::Left), key('h')], ["←", "", "read the column as the kind before"]),
    bind(COLUMNS, Action::Apply, &[code(KeyCode::Enter)], ["enter", "apply", "read the table again with these columns, and start training again"]),
    bind(EVERYWHERE, Action::Whole, &[key('W')], ["W", "whole file", "of a file larger than memory: the first of all its rows, scored where that was not done yet, or the sample's ranking"]),
    bind(WORK, Action::TrainStep, &[key('.')], [".", "one step", "while paused: train one batch"]),
    bind(WORK, Action::TrainEpoch, &[key('E')], ["E", "one epoch", "while paused: train one epoch"]),
    bind(DASHBOARD, Action::NextPanel, &[code(KeyCode::Tab)], ["tab", "panel", "next panel"]),
    bind(DASHBOARD, Action::PreviousPanel, &[code(KeyCode::BackTab)], ["shift-tab", "", "panel before"]),
    bind(DASHBOARD, Action::Focus(Panel::Loss), &[key('1')], ["1", "", "loss"]),
    bind(DASHBOARD, Action::Focus(Panel::Second), &[key('2')], ["2", "", "mean squared error or ranking; again: the other of the two"]),
    bind(DASHBOARD, Action::Focus(Panel::Layers), &[key('3')], ["3", "", "layers"]),
    bind(DASHBOARD, Action::Focus(Panel::Outliers), &[key('4')], ["4", "", "outliers"]),
    bind(DASHBOARD, Action::CursorLeft, &[code(KeyCode::Left), key('h')], ["←", "", "on a chart: move the cursor, which reads values off both charts"]),
    bind(DASHBOARD, Action::CursorRight, &[code(KeyCode::Right), key('l')], ["→", "", "on a chart: move the cursor to later steps"]),
    bind(MOVES, Action::Up, &[code(KeyCode::Up), key('k')], ["↑ k", "", "one up"]),
    bind(MOVES, Action::Down, &[code(KeyCode::Down), key('j')], ["↓ j", "", "one down"]),
    bind(MOVES, Action::PageUp, &[code(KeyCode::PageUp), ctrl('u'), ctrl('b')], ["page up", "", "half a screen up"]),
    bind(MOVES, Action::PageDown, &[code(KeyCode::PageDown), ctrl('d'), ctrl('f')], ["page down", "", "half a screen down"]),
    bind(MOVES, Action::First, &[code(KeyCode::Home), key('g')], ["home g", "", "to the top"]),
    bind(MOVES, Action::Last, &[code(KeyCode::End), key('G')], ["end G", "", "to the bottom"]),
    bind(EVERYWHERE, Action::Compare, &[key('C')], ["C", "compare", "compare biases, none and tied weights over five seeds; on its page, again"]),
    bind(DASHBOARD, Action::NextScore, &[key('s')], ["s", "score", "rank by the network, by LeSiNN (no network), by both"]),
    bind(DASHBOARD, Action::ToggleDisagreement, &[key('D')], ["D", "", "the rows on which network and LeSiNN disagree most, or back"]),
    bind(WORK, Action::Restart, &[key('r')], ["r", "restart", "start again from the same seed; the former run stays drawn"]),
    bind(DASHBOARD, Action::ToggleTied, &[key('t')], ["t", "tie", "decoder uses the encoder's weights, or its own; starts again"]),
    bind(DASHBOARD, Action::OutputBiasOnly, &[key('o')], ["o", "", "the output bias alone"]),
    bind(RANKED, Action::Export, &[key('e')], ["e", "export", "write rows to a file: type which, and where"]),
    bind(RANKED, Action::Save, &[key('w')], ["w", "write", "write what was learned to a model file, for `misfit score`: type where"]),
    bind(RANKED, Action::Copy, &[key('y')], ["y", "copy", "copy the selected row to the clipboard as CSV with a header; in the table then `c` the cell, `r` the row, `m` the marked rows, `f` the flagged ones"]),
    bind(FINDS, Action::Find, &[key('/')], ["/", "find", "find a row by number or id, or a column by name"]),
    bind(TABLE, Action::FindPrevious, &[key('N')], ["N", "", "find the one before"]),
    bind(FINDS, Action::FindNext, &[key('n')], ["n", "", "find the next"]),
    bind(EVERYWHERE, Action::Command, &[key(':')], [":", "command", "type a command; tab lists and completes them"]),
    bind(WORK, Action::Slower, &[key('[')], ["[", "", "show the run half as fast"]),
    bind(WORK, Action::Faster, &[key(']')], ["]", "", "show the run twice as fast, at last at full speed"]),
    bind(DASHBOARD, Action::RaiseRate, &[key('+'), key('=')], ["+", "", "double the learning rate"]),
    bind(DASHBOARD, Action::LowerRate, &[key('-')], ["-", "", "halve the learning rate"]),
    bind(DASHBOARD, Action::Zoom, &[key('z')], ["z", "zoom", "let the panel fill the screen, or no longer"]),
    bind(DASHBOARD, Action::ToggleLog, &[key('L')], ["L", "", "on a chart: logarithmic axis of the values on or off"]),
    bind(DASHBOARD, Action::ToggleLogSteps, &[key('X')], ["X", "", "logarithmic axis of the steps on or off, on both charts"]),
    bind(DASHBOARD, Action::Resize(Resize::Left), &[ctrl_code(KeyCode::Left), key('{')], ["{ ctrl-←", "", "more width for the outliers"]),
    bind(DASHBOARD, Action::Resize(Resize::Right), &[ctrl_code(KeyCode::Right), key('}')], ["} ctrl-→", "", "more width for charts and layers"]),
    bind(DASHBOARD, Action::Resize(Resize::Up), &[ctrl_code(KeyCode::Up)], ["ctrl-↑", "", "more height for the layers"]),
    bind(DASHBOARD, Action::Resize(Resize::Down), &[ctrl_code(KeyCode::Down)], ["ctrl-↓", "", "more height for the charts"]),
    bind(EVERYWHERE, Action::Scores, &[key('S')], ["S", "scores", "how the scores are spread, and where flagging begins"]),
    bind(EVERYWHERE, Action::Table, &[key('T')], ["T", "table", "all rows, in any order, with what the file says of them"]),
    bind(EVERYWHERE, Action::Columns, &[key('c')], ["c", "columns", "the columns: what they hold, what becomes of them and why"]),
    bind(EVERYWHERE, Action::About, &[key('i')], ["i", "about", "what was read, and how it is learned"]),
    bind(EVERYWHERE, Action::ToggleMouse, &[key('M')], ["M", "", "let the mouse select text in the terminal, or work the program again"]),
    bind(EVERYWHERE, Action::Back, &[code(KeyCode::Esc)], ["esc", "back", "close what is open: a page, a zoom, the cursor, a look back"]),
    bind(EVERYWHERE, Action::Redraw, &[ctrl('l')], ["ctrl-l", "", "draw the screen anew"]),
    bind(EVERYWHERE, Action::Suspend, &[ctrl('z')], ["ctrl-z", "", "back to the shell; `fg` returns"]),
    bind(EVERYWHERE, Action::Help, &[key('?'), code(KeyCode::F(1))], ["?", "help", "these keys"]),
    bind(EVERYWHERE, Action::Quit, &[key('q')], ["q", "quit", "quit; asks first where training is under way"]),
    bind(EVERYWHERE, Action::QuitNow, &[ctrl('c')], ["ctrl-c", "", "quit at once"]),
];
