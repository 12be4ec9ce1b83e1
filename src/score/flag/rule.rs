//! The rules by which rows can be flagged, as they are written: `auto`, `mad:5`, `top:20`, `top:2%`, …

use std::fmt;
use std::str::FromStr;

use crate::score::flag::{clean, iqr, mad};

/// What may be written.
pub const ALLOWED: &str =
    "auto, gap, mixture, iqr or iqr:K, mad or mad:K, top:N, top:P%, score:X, clean or clean:P%";

/// Which rows are flagged.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum FlagRule {
    /// Those above a clear gap, or else a number of rows to look at.
    #[default]
    Auto,
    /// Those above the widest gap, clear or not.
    Gap,
    /// Those that the upper of two groups explains better.
    Mixture,
    /// Those above the upper quartile + so many interquartile ranges.
    Iqr(f64),
    /// Those above the median + so many robust standard deviations.
    Mad(f64),
    /// So many.
    Top(usize),
    /// So many in a hundred, rounded up.
    Percent(f64),
    /// Those that score more.
    Score(f64),
    /// None, since all are ordinary: they say above which score another row is flagged. The highest score says so, or the one that
    /// so many in a hundred of the rows kept back from training do not exceed.
    Clean(Option<f64>),
    /// Those that score more than a model says that was trained before; nobody can write this rule.
    Model(f64),
}

impl FlagRule {
    /// One of each kind, to be held beside each other.
    pub const EACH: [Self; 7] = [
        Self::Auto,
        Self::Gap,
        Self::Mixture,
        Self::Iqr(iqr::RANGES),
        Self::Mad(mad::DEVIATIONS),
        Self::Percent(5.0),
        Self::Clean(None),
    ];

    /// The rule in words.
    pub fn words(self) -> String {
        match self {
            Self::Auto => "auto".into(),
            Self::Gap => "the widest gap".into(),
            Self::Mixture => "two groups".into(),
            Self::Iqr(ranges) => format!("upper quartile + {ranges} IQR"),
            Self::Mad(deviations) => format!("median + {deviations} robust sd"),
            Self::Top(rows) => format!("the first {rows}"),
            Self::Percent(share) => format!("the first {share} %"),
            Self::Score(score) => format!("score above {score}"),
            Self::Model(_) => "the model's threshold".into(),
            Self::Clean(None) => "clean: the highest score".into(),
            Self::Clean(Some(share)) => format!("clean: {share} % of the rows kept back"),
        }
    }

    /// Whether all rows are taken as ordinary, so that none is flagged.
    pub const fn is_clean(self) -> bool {
        matches!(self, Self::Clean(_))
    }
}

impl fmt::Display for FlagRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.pad("auto"),
            Self::Gap => f.pad("gap"),
            Self::Mixture => f.pad("mixture"),
            Self::Iqr(ranges) => f.pad(&format!("iqr:{ranges}")),
            Self::Mad(deviations) => f.pad(&format!("mad:{deviations}")),
            Self::Top(rows) => f.pad(&format!("top:{rows}")),
            Self::Percent(share) => f.pad(&format!("top:{share}%")),
            Self::Score(score) => f.pad(&format!("score:{score}")),
            Self::Model(_) => f.pad("model"),
            Self::Clean(None) => f.pad("clean"),
            Self::Clean(Some(share)) => f.pad(&format!("clean:{share}%")),
        }
    }
}

impl FromStr for FlagRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = match text.split_once(':') {
            None => (text, None),
            Some((name, value)) => (name, Some(value.trim())),
        };
        let number = |least: f64, most: f64, example: &str| {
            let number = value.and_then(|value| value.parse::<f64>().ok());
            let known = number.filter(|number| (least..=most).contains(number));
            known.ok_or_else(|| {
                let most = if most < f64::MAX {
                    format!(" to {most}")
                } else {
                    " or more".into()
                };
                format!("{name}: takes a number, {least}{most}, such as {example}")
            })
        };
        match (name, value) {
            ("auto", None) => Ok(Self::Auto),
            ("gap", None) => Ok(Self::Gap),
            ("mixture", None) => Ok(Self::Mixture),
            ("auto" | "gap" | "mixture", Some(_)) => Err(format!("{name} takes nothing behind it")),
            ("iqr", None) => Ok(Self::Iqr(iqr::RANGES)),
            ("iqr", Some(_)) => number(0.0, f64::MAX, "iqr:1.5").map(Self::Iqr),
            ("mad", None) => Ok(Self::Mad(mad::DEVIATIONS)),
            ("mad", Some(_)) => number(0.0, f64::MAX, "mad:5").map(Self::Mad),
            ("score", _) => number(0.0, f64::MAX, "score:4.2").map(Self::Score),
            ("top", value) => top(value.unwrap_or_default()),
            ("clean", None) => Ok(Self::Clean(None)),
            ("clean", Some(share)) => clean::share(share).map(|share| Self::Clean(Some(share))),
            _ => Err(format!("there is no rule “{text}”; expected {ALLOWED}")),
        }
    }
}

/// So many rows or so many in a hundred.
fn top(value: &str) -> Result<FlagRule, String> {
    let rule = if let Some(percent) = value.strip_suffix('%') {
        let percent = percent.trim().parse().ok();
        percent
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(FlagRule::Percent)
    } else {
        value.parse().ok().map(FlagRule::Top)
    };
    rule.ok_or_else(|| {
        "top: takes a number of rows or a percentage up to 100, such as top:20 or top:2%".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_read_as_it_is_written() {
        let more = [
            FlagRule::Top(20),
            FlagRule::Percent(0.5),
            FlagRule::Score(4.25),
            FlagRule::Iqr(3.0),
            FlagRule::Clean(Some(99.5)),
        ];
        for rule in FlagRule::EACH.into_iter().chain(more) {
            assert_eq!(rule.to_string().parse(), Ok(rule));
        }
        assert_eq!("mad".parse(), Ok(FlagRule::Mad(5.0)));
        assert_eq!("iqr".parse(), Ok(FlagRule::Iqr(1.5)));
        assert_eq!("top: 2 %".parse(), Ok(FlagRule::Percent(2.0)));
        assert_eq!("clean:.99".parse(), Ok(FlagRule::Clean(Some(99.0))));
        assert_eq!("clean: 99 %".parse(), Ok(FlagRule::Clean(Some(99.0))));
        assert_eq!(FlagRule::Mad(2.5).to_string(), "mad:2.5");
    }

    #[test]
    fn what_is_no_rule_is_told_what_there_is() {
        for (text, expected) in [
            ("", "mixture"),
            ("karch", "auto, gap"),
            ("AUTO", "auto, gap"),
            ("auto:1", "nothing behind"),
            ("mad:-1", "mad:5"),
            ("mad:", "mad:5"),
            ("mad:NaN", "mad:5"),
            ("mad:inf", "mad:5"),
            ("top", "top:20"),
            ("top:-1", "top:20"),
            ("top:1.5", "top:20"),
            ("top:101%", "up to 100"),
            ("top:NaN%", "up to 100"),
            ("score", "score:4.2"),
            ("clean:", "clean:99%"),
            ("clean:99", "clean:99%"),
            ("clean:0%", "clean:99%"),
            ("clean:101%", "clean:99%"),
            ("clean:NaN", "clean:99%"),
        ] {
            let said = text.parse::<FlagRule>().unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
