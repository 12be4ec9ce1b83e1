//! Two runs side by side: what came of each, and in what they differ.

use std::process::ExitCode;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::Told;
use super::show::figures;
use super::text::columns;
use super::value;
use crate::cli::{print, print_json};
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::store::run::About;
use crate::store::run::shelf::Entry;

/// As `--json` names it.
#[derive(Serialize)]
struct Document<'a> {
    runs: [Told<'a>; 2],
    differences: Vec<Difference>,
}

/// A setting in which they differ.
struct Difference {
    setting: String,
    first: Option<String>,
    second: Option<String>,
    /// Whether it is a setting, and no checksum, which may look like a number.
    set: bool,
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = |value: &Option<String>| {
            let value = value.as_ref()?;
            Some(if self.set {
                value::of(value)
            } else {
                value.clone().into()
            })
        };
        let mut object = serializer.serialize_struct("Difference", 3)?;
        object.serialize_field("setting", &self.setting)?;
        object.serialize_field("first", &json(&self.first))?;
        object.serialize_field("second", &json(&self.second))?;
        object.end()
    }
}

/// Prints the two.
pub fn run(entries: &[Entry; 2], json: bool) -> Result<ExitCode> {
    let about = |entry: &Entry| match &entry.about {
        Ok(about) => Ok(about.clone()),
        Err(error) => Err(Error::Told(error.chain())),
    };
    let abouts = [about(&entries[0])?, about(&entries[1])?];
    let differences = differences(&abouts);
    if json {
        return print_json(&Document {
            runs: [Told::new(&entries[0]), Told::new(&entries[1])],
            differences,
        });
    }
    print(text(entries, &abouts, &differences).as_bytes())
}

fn text(entries: &[Entry; 2], abouts: &[About; 2], differences: &[Difference]) -> String {
    let [first, second] = entries;
    let mut lines = vec![vec![String::new(), first.name.clone(), second.name.clone()]];
    let mut say = |name: &str, values: [Option<String>; 2]| {
        let [first, second] = values.map(|value| value.unwrap_or_else(|| "none".into()));
        lines.push(vec![name.to_owned(), first, second]);
    };
    let both = |of: &dyn Fn(usize) -> String| [Some(of(0)), Some(of(1))];
    say(
        "state",
        both(&|which| entries[which].standing.name().into()),
    );
    say("table", both(&|which| sanitize(&abouts[which].table)));
    let known = [0, 1].map(|which| figures(abouts[which].result.as_ref(), &entries[which]));
    let longer = usize::from(known[0].len() < known[1].len());
    for (name, _) in &known[longer] {
        let value = |which: usize| {
            let mut of = known[which].iter();
            of.find_map(|(own, value)| (own == name).then(|| value.clone()))
                .flatten()
        };
        let values = [value(0), value(1)];
        if values.iter().any(Option::is_some) {
            say(name, values);
        }
    }
    if differences.is_empty() {
        return columns(&lines, &[]) + "no setting differs\n";
    }
    lines.push(vec!["what differs:".into()]);
    for Difference {
        setting,
        first,
        second,
        ..
    } in differences
    {
        let shown = |value: &Option<String>| {
            value
                .as_ref()
                .map_or_else(|| "none".into(), |value| sanitize(value))
        };
        lines.push(vec![sanitize(setting), shown(first), shown(second)]);
    }
    columns(&lines, &[])
}

/// The files, the program and the settings in which they differ.
fn differences([first, second]: &[About; 2]) -> Vec<Difference> {
    let files = |about: &About| {
        let paths = about.inputs.iter().map(|input| input.path.clone());
        paths.collect::<Vec<_>>().join(", ")
    };
    let contents = |about: &About| {
        let sums = about.inputs.iter().map(|input| input.checksum.clone());
        sums.map(Option::unwrap_or_default)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut pairs = [
        ("file", files(first), files(second)),
        ("file's checksum", contents(first), contents(second)),
        ("program", first.program.clone(), second.program.clone()),
    ]
    .map(|(name, own, other)| (name.to_owned(), Some(own), Some(other), false))
    .to_vec();
    let of = |about: &About, name: &str| about.setting(name).map(ToOwned::to_owned);
    for (name, own) in &first.settings {
        pairs.push((name.clone(), Some(own.clone()), of(second, name), true));
    }
    for (name, own) in &second.settings {
        if first.setting(name).is_none() {
            pairs.push((name.clone(), None, Some(own.clone()), true));
        }
    }
    pairs
        .into_iter()
        .filter(|(_, first, second, _)| first != second)
        .map(|(setting, first, second, set)| Difference {
            setting,
            first,
            second,
            set,
        })
        .collect()
}
