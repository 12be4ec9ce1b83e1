//! What can be typed about taking results along: which file, which rows, and the name that is proposed for a file.

use super::Typed;
use crate::message::{Apart, Rows};

/// What `:export` takes, in a sentence.
pub const EXPORT: &str =
    "export takes a file ending in .csv or .jsonl, then flagged, marked, all or top:N";
const WRITE: &str = "write takes a file ending in .misfit";
const REPORT: &str = "report takes a file ending in .html";

/// Whether a file of that name may be replaced: `export!` says so.
pub fn verb(typed: &str) -> (&str, bool) {
    match typed.strip_suffix('!') {
        Some(verb @ ("export" | "report" | "write")) => (verb, true),
        _ => (typed, false),
    }
}

/// The word for the rows that the user marked.
pub const MARKED: &str = "marked";

/// Rows by a word; none where it is no such word.
fn rows(word: &str, marked: &Apart) -> Option<Result<Rows, String>> {
    if word != MARKED {
        return word.parse().ok().map(Ok);
    }
    Some(if marked.is_empty() {
        Err("no row is marked; m in the table marks one".into())
    } else {
        Ok(Rows::These(marked.iter().copied().collect()))
    })
}

/// `export FILE [flagged|marked|all|top:N]`. A name may have spaces, and quotes around it.
pub fn export(rest: &str, overwrite: bool, marked: &Apart) -> Result<Typed, String> {
    let last = rest.rsplit_once(' ');
    let (file, rows) = match last.and_then(|(file, word)| Some((file, rows(word, marked)?))) {
        Some((file, rows)) => (file, rows?),
        None => (rest, Rows::Flagged),
    };
    let file = unquoted(file);
    if !ends_in(file, &[".csv", ".jsonl", ".ndjson"]) {
        return Err(EXPORT.into());
    }
    Ok(Typed::Export {
        file: file.into(),
        rows,
        overwrite,
    })
}

/// `report FILE.html`
pub fn report(rest: &str, overwrite: bool) -> Result<Typed, String> {
    let file = unquoted(rest);
    if !ends_in(file, &[".html", ".htm"]) {
        return Err(REPORT.into());
    }
    Ok(Typed::Report {
        file: file.into(),
        overwrite,
    })
}

/// `write FILE.misfit`
pub fn write(rest: &str, overwrite: bool) -> Result<Typed, String> {
    let file = unquoted(rest);
    if !ends_in(file, &[".misfit"]) {
        return Err(WRITE.into());
    }
    Ok(Typed::Write {
        file: file.into(),
        overwrite,
    })
}

/// What goes to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The selected cell, as it stands in the file.
    Cell,
    /// The selected row.
    Row,
    /// These rows.
    Rows(Rows),
}

/// `copy [row|cell|flagged|marked|all|top:N]`
pub fn copy(rest: &str, marked: &Apart) -> Result<Typed, String> {
    match rest {
        "" | "row" => Ok(Typed::Copy(Wanted::Row)),
        "cell" => Ok(Typed::Copy(Wanted::Cell)),
        word => match rows(word, marked) {
            Some(rows) => rows.map(|rows| Typed::Copy(Wanted::Rows(rows))),
            None => {
                Err("copy takes row, cell, flagged, marked, all or top:N such as top:50".into())
            }
        },
    }
}

/// Rows that are proposed.
const ROWS: [&str; 4] = ["flagged", MARKED, "all", "top:20"];

/// How `export`, `report` and `write` can go on: with the proposed name, then with the rows.
pub fn completions(verb: &str, rest: &str, source: &str) -> Vec<String> {
    let whole = |text: String| format!("{verb} {text}");
    let one = [("report", "report.html"), ("write", "model.misfit")];
    if let Some((_, ending)) = one.iter().find(|(of, _)| verb.starts_with(of)) {
        let proposed = proposed(source, ending);
        let fits = proposed.starts_with(rest);
        return fits.then(|| whole(proposed)).into_iter().collect();
    }
    match rest.rsplit_once(' ') {
        Some((file, begun)) if ends_in(unquoted(file), &[".csv", ".jsonl", ".ndjson"]) => ROWS
            .iter()
            .filter(|rows| rows.starts_with(begun))
            .map(|rows| whole(format!("{file} {rows}")))
            .collect(),
        _ if ends_in(rest, &[".csv", ".jsonl", ".ndjson"]) => {
            let rows = ROWS.iter();
            rows.map(|rows| whole(format!("{rest} {rows}"))).collect()
        }
        _ => ["outliers.csv", "outliers.jsonl"]
            .iter()
            .map(|ending| proposed(source, ending))
            .filter(|name| name.starts_with(rest))
            .map(whole)
            .collect(),
    }
}

/// A name for a file about this table: `cardio-outliers.csv`.
pub fn proposed(source: &str, ending: &str) -> String {
    let mut stem = source.trim();
    for end in [".gz", ".zst", ".csv", ".tsv", ".txt"] {
        stem = stem.strip_suffix(end).unwrap_or(stem);
    }
    let stem = stem.split(" (").next().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let stem: String = stem.chars().filter(|c| plain(*c)).take(60).collect();
    match stem.trim_matches(['.', '-']) {
        "" => ending.to_owned(),
        stem => format!("{stem}-{ending}"),
    }
}

fn ends_in(file: &str, endings: &[&str]) -> bool {
    let file = file.to_lowercase();
    endings
        .iter()
        .any(|ending| file.len() > ending.len() && file.ends_with(ending))
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_have_spaces_and_rows_behind_it() {
        let parsed = |line: &str| match export(line, false, &Apart::default()) {
            Ok(Typed::Export { file, rows, .. }) => Ok((file, rows)),
            Ok(other) => panic!("{other:?}"),
            Err(expected) => Err(expected),
        };
        assert_eq!(parsed("a.csv"), Ok(("a.csv".into(), Rows::Flagged)));
        assert_eq!(
            parsed("my a.csv top:5"),
            Ok(("my a.csv".into(), Rows::Top(5)))
        );
        assert_eq!(
            parsed("\"my all.jsonl\" all"),
            Ok(("my all.jsonl".into(), Rows::All))
        );
        for nonsense in ["", "all", "a.txt", ".csv", "a.csv top:0", "a.csv some"] {
            assert!(parsed(nonsense).is_err(), "{nonsense}");
        }
        assert!(report("a.csv", false).is_err() && report("A.HTML", true).is_ok());
        assert!(write("a.csv", false).is_err() && write("my a.misfit", true).is_ok());
    }

    #[test]
    fn a_proposed_name_is_plain() {
        for (source, name) in [
            ("cardio.csv", "cardio-outliers.csv"),
            ("x.csv.gz", "x-outliers.csv"),
            ("spectra (built-in)", "spectra-outliers.csv"),
            ("../a b/\u{fffd}$(x).csv", "abx-outliers.csv"),
            ("..", "outliers.csv"),
            ("", "outliers.csv"),
        ] {
            assert_eq!(proposed(source, "outliers.csv"), name, "{source}");
        }
    }

    #[test]
    fn names_and_rows_are_completed() {
        let ways = |rest: &str| completions("export", rest, "t.csv");
        assert_eq!(
            ways(""),
            ["export t-outliers.csv", "export t-outliers.jsonl"]
        );
        assert_eq!(ways("x.csv a"), ["export x.csv all"]);
        assert_eq!(ways("x.csv").len(), 4);
        assert_eq!(completions("report!", "", "t"), ["report! t-report.html"]);
        assert_eq!(completions("write", "", "t"), ["write t-model.misfit"]);
    }
}
