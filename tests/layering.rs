//! Who may name whom. Every file's `use crate::…` lines are read, and inline `crate::…` paths with them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::{Path, PathBuf};

/// A part of the crate, the parts of ours it may name, and the crates it must not.
const RULES: &[(&str, &[&str], &[&str])] = &[
    ("error", &[], &["ratatui", "burn", "malevich", "clap"]),
    ("panics", &[], &["ratatui", "burn", "malevich", "clap"]),
    ("format", &[], &["ratatui", "burn", "malevich", "clap"]),
    (
        "export",
        &["export", "train", "data", "error", "format", "message"],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "report",
        &[
            "report", "export", "train", "score", "model", "data", "error", "format", "message",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "message",
        &[
            "compare::results",
            "data::columns::kind",
            "data::columns::spread",
            "data::encoder::curve",
            "data::read",
            "model::spec",
            "score::flag",
            "score::ranking",
            "score::reference",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "data",
        &["data", "error", "format", "panics"],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "model",
        &["model", "error", "format"],
        &["ratatui", "malevich", "clap"],
    ),
    (
        "score",
        &["score", "data", "error", "format"],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "train",
        &[
            "train", "score", "model", "data", "error", "format", "message", "panics",
        ],
        &["ratatui", "malevich", "clap"],
    ),
    (
        "store",
        &[
            "store", "export", "train", "score", "model", "data", "error", "format", "message",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "stream",
        &[
            "stream",
            "store::model",
            "train",
            "score",
            "data",
            "error",
            "format",
            "message",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "engine",
        &[
            "engine", "stream", "store", "score", "data", "error", "format",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "compare",
        &[
            "compare", "train", "score", "model", "data", "error", "format",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "plan",
        &[
            "plan", "store", "train", "score", "model", "data", "error", "format", "message",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "browse",
        &[
            "browse",
            "data",
            "score::ranking",
            "message",
            "error",
            "format",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "fetch",
        &[
            "fetch", "browse", "stream", "train", "score", "data", "error", "format", "message",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "worker",
        &[
            "worker",
            "browse",
            "fetch",
            "compare",
            "export",
            "report",
            "store",
            "stream",
            "train",
            "message",
            "data::read",
            "score::ranking",
            "score::reference",
            "error",
            "format",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "app",
        &[
            "app",
            "compare::results",
            "message",
            "model::spec",
            "model::ledger",
            "score::flag",
            "score::ranking",
            "data::columns::kind",
            "data::encoder::curve",
            "data::read",
            "format",
        ],
        &["ratatui", "burn", "malevich", "clap"],
    ),
    (
        "tui",
        &[
            "compare::results",
            "tui",
            "app",
            "message",
            "model::spec",
            "model::ledger",
            "score::ranking",
            "score::flag",
            "score::reference",
            "data::columns::spread",
            "data::encoder::curve",
            "data::read",
            "format",
        ],
        &["burn", "clap"],
    ),
    ("signals", &[], &["ratatui", "burn", "malevich", "clap"]),
    (
        "run",
        &[
            "run",
            "tui",
            "app",
            "worker",
            "plan",
            "store::run",
            "message",
            "signals",
            "error",
        ],
        &["burn", "malevich", "clap"],
    ),
    (
        "cli",
        &[
            "cli",
            "engine",
            "signals",
            "store",
            "stream",
            "compare",
            "export",
            "report",
            "message",
            "run",
            "plan",
            "app::pace",
            "app::session::run",
            "app::typed",
            "tui::theme",
            "tui::cells",
            "train",
            "score",
            "model",
            "data",
            "error",
            "format",
        ],
        &["ratatui", "burn", "malevich"],
    ),
];

/// The floors of `data` and of `store`, from the ground up, and the parts of `data` and the leaves that each may name. What is not listed
/// here (`read`, `samples`, `source`) puts them together and is held by the rule of `data` alone.
const FLOORS: &[(&str, &[&str])] = &[
    ("data::text", &[]),
    ("data::median", &[]),
    (
        "data::options",
        &[
            "data::columns::datetime::Order",
            "data::columns::kind",
            "data::columns::known",
        ],
    ),
    (
        "data::bytes",
        &["data::bytes", "data::text", "error", "format", "panics"],
    ),
    // Columns know nothing of records: cells come to them one by one.
    (
        "data::columns",
        &["data::columns", "data::options", "data::text", "format"],
    ),
    // Records know how a cell is written and where it goes, not what a column turns out to be.
    (
        "data::records",
        &[
            "data::records",
            "data::columns::number",
            "data::columns::guess",
            "data::columns::piece",
            "data::columns::missing",
            "data::columns::datetime",
            "data::columns::unit",
            "data::options",
            "data::text",
            "format",
        ],
    ),
    (
        "data::table",
        &[
            "data::table",
            "data::columns",
            "data::options",
            "data::provenance",
            "data::records::original",
            "data::read::again",
            "data::series",
        ],
    ),
    (
        "data::series",
        &[
            "data::columns::datetime",
            "data::columns::words",
            "data::text",
        ],
    ),
    (
        "data::windows",
        &[
            "data::windows",
            "data::series",
            "data::table",
            "error",
            "format",
        ],
    ),
    ("data::matrix", &["data::series", "data::windows"]),
    (
        "data::encoder",
        &[
            "data::encoder",
            "data::matrix",
            "data::median",
            "data::table",
            "data::columns",
            "data::provenance",
            "data::options",
            "data::text",
            "error",
            "format",
            "data::windows",
        ],
    ),
    // Files of other programs become a network on paper: nothing of tables is known there.
    (
        "store::import",
        &[
            "store::import",
            "store::plain",
            "model",
            "data::text",
            "error",
        ],
    ),
    ("store::plain", &["model", "error"]),
    (
        "store::onnx",
        &["store::plain", "model", "data::encoder", "error"],
    ),
    (
        "data::provenance",
        &[
            "data::columns::ids",
            "data::columns::label",
            "data::options",
            "data::read::again",
            "data::records::original",
            "data::series",
        ],
    ),
];

/// Burn is named in these files alone, whatever the rule of their part says.
const BURN: &[&str] = &[
    "src/model/network.rs",
    "src/train/burn_engine.rs",
    "src/train/remote/connect.rs",
    "src/train/remote/link.rs",
    "src/train/remote/server.rs",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every `crate::a::b` in the code of a file, as `a::b`; comments and tests may name what they like.
fn named(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let paths = lines.flat_map(|line| line.split("crate::").skip(1));
    paths
        .map(|rest| {
            rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn may(allowed: &[&str], name: &str) -> bool {
    allowed
        .iter()
        .any(|part| name == *part || name.starts_with(&format!("{part}::")))
}

#[test]
fn parts_name_only_what_they_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    assert!(files.len() > 40, "the sources were found");
    for (floor, _) in FLOORS {
        let file = format!("src/{}.rs", floor.replace("::", "/"));
        assert!(root.join(&file).is_file(), "{file} has moved");
    }
    for file in files {
        let relative = file
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&file).unwrap();
        let part = relative
            .trim_start_matches("src/")
            .split(['/', '.'])
            .next()
            .unwrap()
            .to_owned();
        if part == "main" || part == "lib" {
            continue;
        }
        let (_, allowed, foreign) = RULES
            .iter()
            .find(|(name, ..)| *name == part)
            .unwrap_or_else(|| panic!("no rule for {relative}"));
        for name in named(&text) {
            assert!(
                may(allowed, &name),
                "{relative}: `crate::{name}` is out of bounds for {part}"
            );
        }
        let module = relative
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .replace('/', "::");
        for (floor, allowed) in FLOORS.iter().filter(|(floor, _)| may(&[floor], &module)) {
            for name in named(&text) {
                assert!(
                    may(allowed, &name),
                    "{relative}: `crate::{name}` is out of bounds for {floor}"
                );
            }
        }
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for krate in *foreign {
            assert!(
                !code.contains(&format!("{krate}::")),
                "{relative} names {krate}"
            );
        }
        assert_eq!(
            code.contains("burn::"),
            BURN.contains(&relative.as_str()),
            "{relative} and Burn"
        );
        assert!(
            !code.contains("use crossterm"),
            "{relative}: crossterm only through ratatui"
        );
    }
}
