//! What can be typed after `:`: every action by its name, and settings with their value. Understood, completed, carried out.

use super::App;
use super::action::{Action, Panel, Resize};
use super::context::Effects;
use super::pace::PaceSetting;
use super::session::Session;
use crate::message::is_rate;
use crate::model::spec::BiasChoice;
use crate::score::ranking::By;

/// A command as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// An action by its name.
    Do(Action),
    /// `rate 3e-4`
    Rate(f64),
    /// `row 418`: go to this row's place in the ranking.
    Row(String),
    /// `bias all|none|output|encoder.1,…`
    Bias(BiasChoice),
    /// `tied on|off`
    Tied(bool),
    /// `pace watch|full|20`
    Pace(PaceSetting),
    /// `score network|lesinn|both|disagreement`
    Score(By),
    /// `snapshot 400`, `snapshot now`
    Snapshot(Option<u64>),
    /// `log loss|mse on|off`
    Log(Panel, bool),
    /// `mouse on|off`
    Mouse(bool),
}

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
        "compare",
        Action::Compare,
        "compare biases, none and tied weights",
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
        "snapshot",
        &["now"],
        "look at the snapshot at this step, or at the present",
    ),
    ("row", &[], "go to the row of this number or id"),
    (
        "log",
        &["loss on", "loss off", "mse on", "mse off"],
        "logarithmic axis of a chart",
    ),
    (
        "mouse",
        &["on", "off"],
        "whether the mouse works the program or selects text",
    ),
];

/// Other names for what is typed often.
const ALIASES: &[(&str, &str)] = &[("q", "quit"), ("lr", "rate"), ("tie", "tied")];

/// Understands a command, or says what was expected.
pub fn parse(line: &str, session: &Session) -> Result<Typed, String> {
    let (verb, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let rest = rest.trim();
    let alias = ALIASES.iter().find(|(short, _)| *short == verb);
    let verb = alias.map_or(verb, |(_, name)| *name);
    if let Some((_, action, _)) = ACTIONS.iter().find(|(name, ..)| *name == verb) {
        return if rest.is_empty() {
            Ok(Typed::Do(*action))
        } else {
            Err(format!("{verb} takes nothing behind it"))
        };
    }
    let switch = |on_or_off: &str| match on_or_off {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("{verb} takes on or off")),
    };
    match (verb, rest) {
        ("rate", rate) => match rate.parse() {
            Ok(rate) if is_rate(rate) => Ok(Typed::Rate(rate)),
            _ => Err("rate takes a number above 0 and at most 10, such as 3e-4".into()),
        },
        ("row", "") => Err("row takes a row number or an id".into()),
        ("row", name) => Ok(Typed::Row(name.into())),
        ("bias", "") => Err("bias takes all, none, output or names such as encoder.1".into()),
        ("bias", choice) => choice.parse().map(Typed::Bias),
        ("tied", on_or_off) => switch(if on_or_off.is_empty() {
            "on"
        } else {
            on_or_off
        })
        .map(Typed::Tied),
        ("mouse", on_or_off) => switch(on_or_off).map(Typed::Mouse),
        ("pace", pace) => parse_pace(pace).map(Typed::Pace),
        ("score", name) => {
            let all = [By::Network, By::Lesinn, By::Both, By::Disagreement];
            let by = all.into_iter().find(|by| by.name() == name);
            by.map(Typed::Score)
                .ok_or_else(|| "score takes network, lesinn, both or disagreement".into())
        }
        ("snapshot", "now") => Ok(Typed::Snapshot(None)),
        ("snapshot", step) => step
            .parse()
            .map(|step| Typed::Snapshot(Some(step)))
            .map_err(|_| {
                let steps: Vec<String> = session
                    .kept
                    .iter()
                    .map(|kept| kept.step.to_string())
                    .collect();
                format!(
                    "snapshot takes now or a step; kept are {}",
                    steps.join(", ")
                )
            }),
        ("log", what) => match what.split_once(' ') {
            Some(("loss", on_or_off)) => Ok(Typed::Log(Panel::Loss, switch(on_or_off)?)),
            Some(("mse", on_or_off)) => Ok(Typed::Log(Panel::Second, switch(on_or_off)?)),
            _ => Err("log takes loss or mse, and on or off".into()),
        },
        _ => Err(format!(
            "there is no command “{}”; tab after : lists them",
            line.trim()
        )),
    }
}

/// A pace as it is typed: `watch`, `full` or seconds.
pub fn parse_pace(text: &str) -> Result<PaceSetting, String> {
    match text {
        "watch" => Ok(PaceSetting::Watch),
        "full" => Ok(PaceSetting::Full),
        seconds => match seconds.trim_end_matches(" s").parse::<f64>() {
            Ok(seconds) if (0.1..=86_400.0).contains(&seconds) => Ok(PaceSetting::Seconds(seconds)),
            _ => Err("pace takes watch, full or seconds, such as 20".into()),
        },
    }
}

/// How what was typed can go on, in the order of the tables.
pub fn completions(typed: &str, session: &Session) -> Vec<String> {
    let typed = typed.trim_start();
    let Some((verb, rest)) = typed.split_once(' ') else {
        let settings = SETTINGS.iter().map(|(name, ..)| format!("{name} "));
        let actions = ACTIONS.iter().map(|(name, ..)| (*name).to_owned());
        return settings
            .chain(actions)
            .filter(|name| name.starts_with(typed))
            .collect();
    };
    let Some((name, values, _)) = SETTINGS.iter().find(|(name, ..)| *name == verb) else {
        return Vec::new();
    };
    let layers = session
        .spec
        .iter()
        .flat_map(|spec| spec.layers().map(|layer| layer.name()));
    let steps = session.kept.iter().map(|kept| kept.step.to_string());
    let more: Vec<String> = match *name {
        "bias" => layers.collect(),
        "snapshot" => steps.collect(),
        _ => Vec::new(),
    };
    let values = values.iter().map(ToString::to_string).chain(more);
    values
        .filter(|value| value.starts_with(rest))
        .map(|value| format!("{name} {value}"))
        .collect()
}

/// What a command does, for the one who types it.
pub fn help(line: &str) -> Option<&'static str> {
    let verb = line.split_whitespace().next()?;
    let setting = SETTINGS.iter().find(|(name, ..)| *name == verb);
    let action = ACTIONS.iter().find(|(name, ..)| *name == verb);
    setting
        .map(|(_, _, help)| *help)
        .or_else(|| action.map(|(_, _, help)| *help))
}

impl App {
    /// Carries out what was typed.
    pub(super) fn obey(&mut self, typed: Typed, effects: &mut Effects) {
        let session = &mut self.session;
        let is_past = matches!(
            typed,
            Typed::Do(_) | Typed::Row(_) | Typed::Snapshot(_) | Typed::Log(..)
        );
        if !is_past {
            session.look_at(None, effects);
        }
        match typed {
            Typed::Do(Action::QuitNow) => self.quit = true,
            Typed::Do(action) => self.act(action, effects),
            Typed::Rate(rate) => session.set_rate(rate, effects),
            Typed::Bias(choice) => session.choose_bias(&choice, effects),
            Typed::Tied(tied) => session.tie(tied, effects),
            Typed::Row(name) => {
                let mut context = super::Context {
                    session,
                    selection: &mut self.selection,
                    effects,
                    page_length: self.page_length,
                };
                super::pages::dashboard::outliers::find(&name, 0, &mut context);
            }
            Typed::Pace(setting) => {
                self.pace.set(setting);
                effects.say(self.pace_in_words());
            }
            Typed::Score(by) => self.rank_by(|_| by, effects),
            Typed::Snapshot(None) => session.look_at(None, effects),
            Typed::Snapshot(Some(step)) => session.look_at_step(step, effects),
            Typed::Log(panel, on) => self.dashboard.charts.set_log(panel, on),
            Typed::Mouse(on) => self.set_mouse(on, effects),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new("x".into())
    }

    #[test]
    fn commands_are_understood_or_explained() {
        let parse = |line: &str| parse(line, &session());
        assert_eq!(parse("rate 3e-4"), Ok(Typed::Rate(3e-4)));
        assert_eq!(parse(" bias  output "), Ok(Typed::Bias(BiasChoice::Output)));
        assert_eq!(parse("row pump 7"), Ok(Typed::Row("pump 7".into())));
        assert_eq!(parse("tied off"), Ok(Typed::Tied(false)));
        assert_eq!(parse("q"), Ok(Typed::Do(Action::QuitNow)));
        assert_eq!(
            parse("pace 20"),
            Ok(Typed::Pace(PaceSetting::Seconds(20.0)))
        );
        assert_eq!(parse("log mse off"), Ok(Typed::Log(Panel::Second, false)));
        assert_eq!(parse("snapshot now"), Ok(Typed::Snapshot(None)));
        for (line, expected) in [
            ("rate 0", "above 0"),
            ("rate x", "above 0"),
            ("row", "row number"),
            ("pace never", "seconds"),
            ("pause now", "nothing"),
            ("mouse", "on or off"),
            ("fly", "fly"),
        ] {
            assert!(parse(line).unwrap_err().contains(expected), "{line}");
        }
    }

    #[test]
    fn every_completion_is_a_command_or_the_beginning_of_one() {
        let session = session();
        let words = completions("", &session);
        assert_eq!(words.len(), ACTIONS.len() + SETTINGS.len());
        for word in words {
            match word.strip_suffix(' ') {
                None => assert!(parse(&word, &session).is_ok(), "{word}"),
                Some(_) => {
                    for whole in completions(&word, &session) {
                        assert!(parse(&whole, &session).is_ok(), "{whole}");
                    }
                }
            }
            assert!(help(&word).is_some(), "{word}");
        }
        assert_eq!(completions("pa", &session), ["pace ", "pause"]);
        assert_eq!(completions("tied o", &session), ["tied on", "tied off"]);
    }
}
