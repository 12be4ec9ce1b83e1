//! What can be typed after `:`: every action by its name, and settings with their value. Understood and completed.

pub mod taking;
mod words;

use super::action::{Action, Panel};
use super::pace::PaceSetting;
use super::session::Session;
use crate::message::{Formulas, Rows, is_rate};
use crate::model::spec::BiasChoice;
use crate::score::flag::{ALLOWED, FlagRule};
use crate::score::ranking::By;

use taking::Wanted;
use words::ALIASES;
pub use words::{ACTIONS, SETTINGS};

/// A command as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// An action by its name.
    Do(Action),
    /// `rate 3e-4`
    Rate(f64),
    /// `row 418`: go to this row's place in the ranking.
    Row(String),
    /// `rank 12`: go to this rank.
    Rank(usize),
    /// `filter temp > 40`: a condition on the rows of the table.
    Filter(String),
    /// `bias all|none|output|encoder.1,…`
    Bias(BiasChoice),
    /// `bias encoder.1,… on|off`: these layers' alone
    SwitchBias(Vec<String>, bool),
    /// `tied on|off`
    Tied(bool),
    /// `pace watch|full|20`
    Pace(PaceSetting),
    /// `score network|lesinn|both|disagreement`
    Score(By),
    /// `flag auto|mad:5|iqr|top:20|…`
    Flag(FlagRule),
    /// `window 64|off`: how many rows are learned together.
    Window(Option<usize>),
    /// `snapshot 400`, `snapshot now`
    Snapshot(Option<u64>),
    /// `log loss|mse on|off`
    Log(Panel, bool),
    /// `mouse on|off`
    Mouse(bool),
    /// `export FILE [flagged|all|top:N]`
    Export {
        /// The file.
        file: String,
        /// Which rows.
        rows: Rows,
        /// Whether it may be replaced: `export!`
        overwrite: bool,
    },
    /// `report FILE.html`
    Report {
        /// The file.
        file: String,
        /// Whether it may be replaced: `report!`
        overwrite: bool,
    },
    /// `write FILE.misfit`
    Write {
        /// The file.
        file: String,
        /// Whether it may be replaced: `write!`
        overwrite: bool,
    },
    /// `copy row|cell|flagged|marked|all|top:N`
    Copy(Wanted),
    /// `formulas keep|quote`
    Formulas(Formulas),
}

/// Understands a command, or says what was expected.
pub fn parse(line: &str, session: &Session) -> Result<Typed, String> {
    let (verb, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let rest = rest.trim();
    let (verb, overwrite) = taking::verb(verb);
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
        ("rank", rank) => match rank.parse() {
            Ok(rank) if rank > 0 => Ok(Typed::Rank(rank)),
            _ => Err("rank takes a number, 1 being the strangest row".into()),
        },
        ("filter", text) => Ok(Typed::Filter(text.into())),
        ("bias", "") => {
            Err("bias takes all, none, output, or layers such as encoder.1 with on or off".into())
        }
        ("bias", choice) => match choice.rsplit_once(' ') {
            Some((layers, on_or_off @ ("on" | "off"))) => {
                let names = layers.split([',', ' ']).filter(|name| !name.is_empty());
                let names = names.map(ToOwned::to_owned).collect();
                Ok(Typed::SwitchBias(names, on_or_off == "on"))
            }
            _ => choice.parse().map(Typed::Bias),
        },
        ("tied", on_or_off) => switch(if on_or_off.is_empty() {
            "on"
        } else {
            on_or_off
        })
        .map(Typed::Tied),
        ("mouse", on_or_off) => switch(on_or_off).map(Typed::Mouse),
        ("export", "") => Err(taking::EXPORT.into()),
        ("export", rest) => taking::export(rest, overwrite, &session.arrangement.marked),
        ("report", rest) => taking::report(rest, overwrite),
        ("write", rest) => taking::write(rest, overwrite),
        ("copy", rest) => taking::copy(rest, &session.arrangement.marked),
        ("formulas", what) => match what.parse() {
            Ok(formulas) => Ok(Typed::Formulas(formulas)),
            Err(_) => Err("formulas takes keep or quote".into()),
        },
        ("pace", pace) => parse_pace(pace).map(Typed::Pace),
        ("score", name) => {
            let all = [By::Network, By::Lesinn, By::Both, By::Disagreement];
            let by = all.into_iter().find(|by| by.name() == name);
            by.map(Typed::Score)
                .ok_or_else(|| "score takes network, lesinn, both or disagreement".into())
        }
        ("window", "off") => Ok(Typed::Window(None)),
        ("window", rows) => match rows.parse() {
            Ok(rows) if rows > 1 => Ok(Typed::Window(Some(rows))),
            _ => Err("window takes a number of rows above 1, such as 64, or off".into()),
        },
        ("flag", "") => Err(format!("flag takes {ALLOWED}")),
        ("flag", rule) => rule.parse().map(Typed::Flag),
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
    if let ("export" | "report" | "write", _) = taking::verb(verb) {
        return taking::completions(verb, rest, &session.source);
    }
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
    let (verb, _) = taking::verb(line.split_whitespace().next()?);
    let setting = SETTINGS.iter().find(|(name, ..)| *name == verb);
    let action = ACTIONS.iter().find(|(name, ..)| *name == verb);
    setting
        .map(|(_, _, help)| *help)
        .or_else(|| action.map(|(_, _, help)| *help))
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
        assert_eq!(
            parse("bias encoder.1, encoder.2 off"),
            Ok(Typed::SwitchBias(
                vec!["encoder.1".into(), "encoder.2".into()],
                false
            ))
        );
        assert_eq!(parse("row pump 7"), Ok(Typed::Row("pump 7".into())));
        assert_eq!(parse("tied off"), Ok(Typed::Tied(false)));
        assert_eq!(parse("q"), Ok(Typed::Do(Action::QuitNow)));
        assert_eq!(
            parse("pace 20"),
            Ok(Typed::Pace(PaceSetting::Seconds(20.0)))
        );
        assert_eq!(parse("log mse off"), Ok(Typed::Log(Panel::Second, false)));
        assert_eq!(parse("snapshot now"), Ok(Typed::Snapshot(None)));
        assert_eq!(parse("flag mad:3"), Ok(Typed::Flag(FlagRule::Mad(3.0))));
        assert_eq!(
            parse("flag top:2 %"),
            Ok(Typed::Flag(FlagRule::Percent(2.0)))
        );
        for (line, expected) in [
            ("rate 0", "above 0"),
            ("rate x", "above 0"),
            ("row", "row number"),
            ("pace never", "seconds"),
            ("flag", "mixture"),
            ("flag karch", "mixture"),
            ("flag top:x", "top:20"),
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
