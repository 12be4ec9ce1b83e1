//! The binary: results, JSON names, exit codes, and what it says when it cannot.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

fn misfit(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(args).env_remove("NO_COLOR");
    command
}

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
        .to_string_lossy()
        .into_owned()
}

fn json(args: &[&str]) -> Value {
    let output = misfit(args).assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).expect("standard output is one JSON document")
}

/// A file in the folder of this test run, gone with it.
fn scratch(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

const QUESTION: [&str; 4] = ["summary", "--layers", "1602,1024,8,4,3", "--json"];

fn numbers(value: &Value, names: &[&str]) -> Vec<i64> {
    names
        .iter()
        .map(|name| {
            value[name]
                .as_i64()
                .unwrap_or_else(|| panic!("{name} in {value}"))
        })
        .collect()
}

#[test]
fn summary_gives_the_table_of_the_question() {
    let document = json(&QUESTION);
    let totals: Vec<i64> = document["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["total"].as_i64().unwrap())
        .collect();
    assert_eq!(totals, [1_641_472, 8_200, 36, 15, 16, 40, 9_216, 1_642_050]);
    assert_eq!(
        numbers(&document, &["weights", "biases", "total"]),
        [3_297_368, 3_677, 3_301_045]
    );
    assert_eq!(document["encoder"]["total"], 1_649_723);
    assert_eq!(document["decoder"]["total"], 1_651_322);
    let first = &document["layers"][0];
    assert_eq!(
        (&first["name"], &first["shared"]),
        (&"encoder.1".into(), &false.into())
    );
    assert_eq!(
        numbers(first, &["inputs", "outputs", "weights", "biases"]),
        [1_602, 1_024, 1_640_448, 1_024]
    );
    assert_eq!(
        (&first["activation"], &first["bias"]),
        (&"leaky_relu".into(), &true.into())
    );
}

#[test]
fn summary_counts_without_biases_with_the_output_s_alone_and_tied() {
    let with = |flags: &[&str]| json(&[&QUESTION[..], flags].concat());
    let halves = |document: &Value| {
        [
            document["encoder"]["total"].as_i64(),
            document["decoder"]["total"].as_i64(),
        ]
        .map(Option::unwrap)
    };
    let none = with(&["--bias", "none"]);
    assert_eq!(
        (numbers(&none, &["total", "biases"]), halves(&none)),
        (vec![3_297_368, 0], [1_648_684; 2])
    );
    let output = with(&["--bias", "output"]);
    assert_eq!(numbers(&output, &["biases"]), [1_602]);
    let tied = with(&["--tied"]);
    assert_eq!(
        numbers(&tied, &["weights", "biases", "total"]),
        [1_648_684, 3_677, 1_652_361]
    );
    assert_eq!(
        (&tied["layers"][7]["shared"], &tied["layers"][7]["weights"]),
        (&true.into(), &0.into())
    );
}

#[test]
fn summary_for_people_explains_the_gap() {
    misfit(&["summary"]).assert().success().stdout(contains(
        "gap 1,599, all of it bias: 1,602 outputs − 3 code units",
    ));
    misfit(&["summary", &data("small.csv"), "--preset", "auto"])
        .assert()
        .success()
        .stdout(contains("6→4"));
}

#[test]
fn train_reports_under_stable_names() {
    let document = json(&[
        "train",
        &data("small.csv"),
        "--id",
        "name",
        "--json",
        "--steps",
        "50",
    ]);
    assert_eq!(
        numbers(&document, &["rows", "columns", "features", "steps"]),
        [10, 7, 6, 50]
    );
    assert_eq!(
        (&document["engine"], &document["device"]),
        (&"fused".into(), &"cpu".into())
    );
    for name in [
        "loss",
        "mse",
        "train_seconds",
        "rows_per_second",
        "score_seconds",
        "total_seconds",
        "epochs",
        "roc_auc",
    ] {
        assert!(
            document[name].as_f64().is_some_and(f64::is_finite),
            "{name}: {}",
            document[name]
        );
    }
    for name in ["threads", "parameters", "flagged"] {
        assert!(document[name].is_u64(), "{name}");
    }
    for reference in ["z_norm", "lesinn", "pca"] {
        let baseline = &document["baseline"][reference];
        assert!(
            baseline["roc_auc"].is_f64() && baseline["average_precision"].is_f64(),
            "{baseline}"
        );
        let agreement = &document["agreement"][reference];
        assert!(agreement["spearman"].is_f64() && agreement["top_overlap"].is_f64());
    }
    assert!(document["history"][0]["entropy"].is_f64(), "{document}");
    assert_eq!(numbers(&document["top"][0], &["rank"]), [1]);
    assert!(document["top"][0]["row"].is_u64() && document["top"][0]["score"].is_f64());
    assert!(document["top"][0]["id"].is_string() && document["top"][0]["column"].is_string());
    let reason = &document["top"][0]["reasons"][0];
    assert!(reason["text"].is_string() && reason["share"].is_f64());
    assert_eq!(reason["columns"][0], document["top"][0]["column"]);
    let notices = document["notices"].to_string();
    assert!(
        notices.contains("1 constant column left out: constant"),
        "{notices}"
    );
}

#[test]
fn several_seeds_are_averaged_and_the_first_is_that_of_a_single_run() {
    let with = |flags: &[&str]| {
        json(
            &[
                &["train", &data("small.csv"), "--json", "-q", "--steps", "50"],
                flags,
            ]
            .concat(),
        )
    };
    let (one, three) = (with(&[]), with(&["--seeds", "3"]));
    assert_eq!(numbers(&three, &["seeds", "steps"]), [3, 50]);
    let history = three["history"].as_array().unwrap();
    let steps: Vec<_> = history
        .iter()
        .map(|past| numbers(past, &["network", "step"]))
        .collect();
    assert_eq!(
        steps,
        [[1, 25], [1, 50], [2, 25], [2, 50], [3, 25], [3, 50]]
    );
    assert_eq!(one["history"].as_array().unwrap()[..], history[..2]);
    assert_ne!(one["top"][0]["score"], three["top"][0]["score"]);
    assert_eq!(three, {
        let mut again = with(&["--seeds", "3"]);
        for name in [
            "train_seconds",
            "rows_per_second",
            "score_seconds",
            "reference_seconds",
            "total_seconds",
        ] {
            again[name] = three[name].clone();
        }
        again
    });
}

#[test]
fn the_reference_can_rank_alone_or_with_the_network() {
    let with = |whose: &str| {
        json(&[
            "train",
            &data("small.csv"),
            "--json",
            "-q",
            "--steps",
            "50",
            "--score",
            whose,
        ])
    };
    let (network, lesinn, both) = (with("network"), with("lesinn"), with("both"));
    assert_eq!(
        (&network["score"], &both["score"]),
        (&"network".into(), &"both".into())
    );
    assert_eq!(lesinn["roc_auc"], lesinn["baseline"]["lesinn"]["roc_auc"]);
    assert_eq!(
        network["baseline"]["lesinn"]["roc_auc"],
        both["baseline"]["lesinn"]["roc_auc"]
    );
    let score = |document: &Value| {
        let top = document["top"].as_array().unwrap();
        let row = top.iter().find(|top| top["row"] == 8).unwrap();
        row["score"].as_f64().unwrap()
    };
    let mean = f64::midpoint(score(&network), score(&lesinn));
    assert!((score(&both) / mean - 1.0).abs() < 1e-5);
}

#[test]
fn a_second_network_can_be_added_to_the_automatic_one() {
    let with = |flags: &[&str]| {
        let small = data("small.csv");
        let base = ["train", &small, "--json", "-q", "--steps", "50"];
        json(&[&base, flags].concat())
    };
    let network = with(&[]);
    let local = with(&["--preset", "local"]);
    let document = with(&["--score", "network+local", "--seeds", "2"]);
    assert_eq!(document["score"], "network+local");
    assert_eq!(numbers(&document, &["seeds", "steps"]), [2, 50]);
    let networks = document["networks"].as_array().unwrap();
    assert_eq!(
        networks[..],
        [network["networks"][0].clone(), local["networks"][0].clone()]
    );
    let presets: Vec<_> = networks.iter().map(|network| &network["preset"]).collect();
    assert_eq!(presets, ["auto", "local"]);
    let parameters = |document: &Value| document["parameters"].as_u64().unwrap();
    assert_eq!(
        parameters(&document),
        parameters(&network) + parameters(&local)
    );
    let history = document["history"].as_array().unwrap();
    let past: Vec<_> = history
        .iter()
        .map(|past| numbers(past, &["network", "step"]))
        .collect();
    let expected = (1..=4).flat_map(|network| [[network, 25], [network, 50]]);
    assert_eq!(past, expected.collect::<Vec<_>>());
}

#[test]
fn a_wide_table_is_learned_for_less_long_and_says_so() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/outliers/InternetAds.csv");
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return;
    }
    misfit(&["train", path.to_str().unwrap(), "-q"])
        .assert()
        .success()
        .stdout(contains("1,600 steps in").and(contains("1,600 steps instead of 3,200")));
}

#[test]
fn the_plain_error_weighs_columns_alike() {
    let with = |flags: &[&str]| {
        json(
            &[
                &["train", &data("small.csv"), "--json", "-q", "--steps", "50"],
                flags,
            ]
            .concat(),
        )
    };
    assert_eq!(with(&[])["top"], with(&["--error", "robust"])["top"]);
    assert_ne!(with(&[])["top"], with(&["--error", "mse"])["top"]);
    misfit(&["train", "x.csv", "--seeds", "0"]).assert().code(2);
    let local = with(&["--preset", "local"]);
    assert_eq!(
        (&local["preset"], local["parameters"].as_u64()),
        (&"local".into(), Some(249))
    );
}

#[test]
fn the_same_seed_gives_the_same_scores_file() {
    let (_folder, first) = scratch("first.csv");
    let second = first.with_file_name("second.csv");
    for path in [&first, &second] {
        misfit(&[
            "train",
            &data("small.csv"),
            "--id",
            "name",
            "--seed",
            "7",
            "-q",
            "--scores",
            path.to_str().unwrap(),
        ])
        .assert()
        .success();
    }
    let text = fs::read_to_string(&first).unwrap();
    assert_eq!(text, fs::read_to_string(second).unwrap());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        (lines.len(), lines[0]),
        (11, "row,score,rank,flagged,name,label,reason")
    );
    assert!(
        lines[8].starts_with("8,") && lines[8].contains(",h,1,"),
        "{}",
        lines[8]
    );
}

#[test]
fn rows_are_flagged_by_the_rule_that_is_named() {
    let small = data("small.csv");
    let (_folder, scores) = scratch("scores.csv");
    let path = scores.to_string_lossy();
    let with = |rule: &str| {
        json(&[
            "train", &small, "--json", "-q", "--steps", "50", "--flag", rule, "--scores", &path,
        ])
    };
    let document = with("top:3");
    let flag = &document["flag"];
    assert_eq!(numbers(flag, &["count"]), [3]);
    assert_eq!(
        (&document["flagged"], &flag["rule"]),
        (&3.into(), &"top:3".into())
    );
    assert_eq!(flag["threshold"], document["threshold"]);
    assert_eq!(
        (&flag["share"], &flag["clear"]),
        (&0.3.into(), &false.into())
    );
    assert_eq!(
        flag["sentence"],
        "3 of 10 rows flagged by top:3: no clear boundary there"
    );
    for name in ["precision", "share_of_outliers", "recall", "f1"] {
        assert!(flag[name].is_f64(), "{name}: {flag}");
    }
    // The scores file flags the same rows, the first three.
    let text = fs::read_to_string(&scores).unwrap();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = text.lines().skip(1).map(cells).collect();
    assert_eq!(lines.len(), 10);
    for line in &lines {
        let rank: usize = line[2].parse().unwrap();
        assert_eq!(line[3], if rank <= 3 { "1" } else { "0" }, "{line:?}");
    }
    // Ten rows are too few for a gap to be clear; at most 15 % of them are shown.
    let auto = with("auto");
    assert_eq!(
        auto["flag"]["sentence"],
        "no clear boundary: here is the most suspicious of 10 rows"
    );
    misfit(&["train", &small, "-q", "--steps", "50", "--flag", "top:3"])
        .assert()
        .success()
        .stdout(contains("flagged by top:3").and(contains("(all rows 0.")));
    misfit(&["train", &small, "--flag", "karch"])
        .assert()
        .code(2)
        .stderr(contains("auto, gap, mixture"));
}

#[test]
fn progress_goes_to_stderr_and_the_result_to_stdout() {
    // When and what progress is shown is held by the tests of cli/progress: here nothing may depend on the time taken.
    misfit(&["train", &data("small.csv"), "--steps", "100"])
        .assert()
        .success()
        .stdout(contains("rank").and(contains("training:").not()));
    let small = data("small.csv");
    for args in [
        &["train", &small, "--steps", "100", "-q"][..],
        &["compare", &small, "--steps", "5", "--seeds", "2", "-q"],
        &["inspect", &small, "-q"],
        &["summary", &small, "-q"],
    ] {
        misfit(args).assert().success().stderr("");
    }
}

#[test]
fn a_sample_can_be_written_piped_and_trained_on() {
    let csv = misfit(&["sample", "sensors"])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    let output = misfit(&["train", "-", "--steps", "20", "--json"])
        .write_stdin(csv)
        .assert()
        .success();
    let document: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(numbers(&document, &["rows", "features"]), [5_000, 24]);
}

#[test]
fn ragged_rows_are_named_by_line() {
    let document = json(&["train", &data("ragged.csv"), "--json", "--steps", "5"]);
    assert!(
        document["notices"]
            .to_string()
            .contains("skipped 2 rows that do not have 3 cells (lines 3, 6; the first has 2)")
    );
}

#[test]
fn no_byte_of_a_hostile_file_reaches_the_output_raw() {
    let output = misfit(&[
        "train",
        &data("hostile.csv"),
        "--steps",
        "5",
        "--drop",
        "nope",
    ])
    .assert()
    .code(1);
    let stderr = &output.get_output().stderr;
    assert!(
        !stderr.contains(&0x1b) && !stderr.contains(&0x07),
        "{}",
        String::from_utf8_lossy(stderr)
    );
}

#[test]
fn failures_say_what_where_and_what_to_do_and_exit_with_1() {
    let cases = [
        (
            vec!["train", "no-such.csv"],
            "no-such.csv: no such file; check the path",
        ),
        (
            vec!["train", env!("CARGO_MANIFEST_DIR")],
            "this is a directory; name a CSV file",
        ),
    ];
    for (args, expected) in cases {
        misfit(&args)
            .assert()
            .code(1)
            .stdout("")
            .stderr(contains(expected));
    }
    misfit(&["train", &data("small.csv"), "--label", "lable"])
        .assert()
        .code(1)
        .stderr(contains(
            "there is no column “lable”; the columns are name, flow",
        ));
    misfit(&["train", "-"])
        .write_stdin("")
        .assert()
        .code(1)
        .stderr(contains("stdin: the file is empty"));
    let scores = data("missing/folder/scores.csv");
    misfit(&["train", &data("small.csv"), "-q", "--scores", &scores])
        .assert()
        .code(1)
        .stderr(contains("cannot write"));
}

#[test]
fn impossible_options_exit_with_2_and_the_way_out() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["train", "x.csv", "--loss", "bce", "--output", "linear"],
            "add --output sigmoid",
        ),
        (&["train", "--score", "network+local"], "take --preset auto"),
        (
            &["x.csv", "--preset", "local", "--score", "network+local"],
            "take --preset auto",
        ),
        (
            &["x.csv", "--layers", "9,3", "--score", "network+local"],
            "leave --layers out",
        ),
        (&["train", "x.csv", "--lr", "0"], "--lr must be above 0"),
        (
            &["summary", "--layers", "5"],
            "the width of the input and at least one more layer",
        ),
        (&["summary", "--layers", "5,0"], "width 0"),
        (&["summary", "--bias", "encoder.9"], "encoder.1, encoder.2"),
        (&["--engine", "steam"], "steam"),
    ];
    for (args, expected) in cases {
        misfit(args).assert().code(2).stderr(contains(*expected));
    }
}

#[test]
fn a_slip_in_a_subcommand_is_answered_with_the_nearest() {
    let trian = "misfit: there is no subcommand \"trian\"; did you mean \"misfit train\"? (no file of that name exists either)\n";
    for args in [
        &["trian"][..],
        &["trian", "x.csv"],
        &["trian", "x.csv", "--json"],
        &["trian", "--help"],
    ] {
        misfit(args).assert().code(2).stdout("").stderr(trian);
    }
    let small = data("small.csv");
    let cases = [
        (vec!["hlep"], "did you mean \"misfit help\"?"),
        (vec!["frob", "c.csv"], "neither a subcommand nor a file"),
        (vec![&small, "train"], "comes first: misfit train"),
        (vec!["--seed", "3", "train"], "comes first: misfit train"),
        (vec!["train", "--thread", "2"], "'--threads'"),
    ];
    for (args, expected) in cases {
        misfit(&args).assert().code(2).stderr(contains(expected));
    }
}

#[test]
fn a_file_may_be_called_almost_like_a_subcommand() {
    let (folder, path) = scratch("trian");
    fs::copy(data("small.csv"), path).unwrap();
    misfit(&["trian"])
        .current_dir(folder.path())
        .assert()
        .code(2)
        .stderr(contains("terminal"));
}

#[test]
fn without_a_terminal_the_way_out_is_train() {
    misfit(&[&data("small.csv")])
        .assert()
        .code(2)
        .stderr("misfit: standard output is not a terminal; `misfit train` does the same work without a screen\n");
}

#[test]
fn nonsense_about_the_screen_is_refused() {
    for (flag, value, says) in [
        ("--pace", "fast", "watch, full or seconds"),
        ("--pace", "0", "watch, full or seconds"),
        ("--mouse", "maybe", "[possible values: on, off]"),
        (
            "--ascii=maybe",
            "x.csv",
            "[possible values: auto, always, never]",
        ),
    ] {
        misfit(&[flag, value])
            .assert()
            .code(2)
            .stderr(contains(says));
    }
    misfit(&[
        "--ascii",
        "--pace",
        "full",
        "--mouse",
        "off",
        &data("small.csv"),
    ])
    .assert()
    .code(2)
    .stderr(contains("not a terminal"));
}

#[test]
fn help_man_and_completions_are_there() {
    misfit(&["--help"])
        .assert()
        .success()
        .stdout(contains("Examples:").and(contains("Exit status")));
    misfit(&["man"])
        .assert()
        .success()
        .stdout(contains(".TH misfit"));
    for shell in ["bash", "zsh", "fish"] {
        misfit(&["completions", shell])
            .assert()
            .success()
            .stdout(contains("misfit"));
    }
    // Only what `--device` can be is called so there.
    misfit(&["completions", "bash"])
        .assert()
        .stdout(contains(" ndarray"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_misfit"))
        .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .args(["sample", "sensors"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

/// The labelled sets beside the project, where they are: reading and ranking work on real files too.
#[test]
fn real_tables_train_where_they_are_present() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/outliers");
    for (name, least) in [
        ("cardio.csv", 0.88),
        ("satimage-2.csv", 0.98),
        ("musk.csv", 0.97),
    ] {
        let path = folder.join(name);
        if !path.exists() {
            eprintln!("skipped: {} is not here", path.display());
            continue;
        }
        let document = json(&["train", path.to_str().unwrap(), "--json", "-q"]);
        assert!(
            document["roc_auc"].as_f64().unwrap() > least,
            "{name}: {}",
            document["roc_auc"]
        );
    }
}

#[test]
fn both_engines_find_the_same_rows() {
    let ranks = |engine: &str| {
        let document = json(&[
            "train",
            &data("small.csv"),
            "--json",
            "-q",
            "--engine",
            engine,
        ]);
        assert_eq!(document["engine"], engine);
        document["top"]
            .as_array()
            .unwrap()
            .iter()
            .map(|top| top["row"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(ranks("fused")[..3], ranks("burn")[..3]);
    misfit(&["train", "x.csv", "--engine", "fused", "--device", "ndarray"])
        .assert()
        .code(2)
        .stderr(contains("--engine burn"));
}

#[test]
fn a_device_that_is_not_built_in_names_its_feature_and_the_command() {
    let devices = [
        ("flex", cfg!(feature = "flex")),
        ("wgpu", cfg!(feature = "wgpu")),
        ("cuda", cfg!(feature = "cuda")),
    ];
    for (name, built) in devices {
        let command = format!("cargo build --release --features {name}");
        let mut run = misfit(&["train", "x.csv", "--device", name]);
        let run = run.assert().failure();
        if !built {
            run.code(2).stderr(contains(command));
        }
    }
    let build = "cargo build --release --features remote";
    if !cfg!(feature = "remote") {
        let train = ["train", "x.csv", "--device", "remote=ws://gpu:7433"];
        misfit(&train).assert().code(2).stderr(contains(build));
        misfit(&["serve"]).assert().code(2).stderr(contains(build));
    }
    misfit(&["train", "x.csv", "--device", "abacus"])
        .assert()
        .code(2)
        .stderr(contains(
            "cpu, ndarray, flex, wgpu, cuda or remote=ws://HOST:PORT",
        ));
}

#[test]
fn rows_keep_their_number_in_the_file_when_others_are_skipped() {
    let (_folder, scores) = scratch("scores.csv");
    let args = [
        "train",
        &data("ragged.csv"),
        "-q",
        "--steps",
        "5",
        "--scores",
        scores.to_str().unwrap(),
    ];
    misfit(&args).assert().success();
    let text = fs::read_to_string(scores).unwrap();
    let rows: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(rows, ["1", "3", "4", "6"]);
}

#[test]
fn no_file_that_is_read_is_overwritten() {
    let (folder, table) = scratch("t.csv");
    fs::copy(data("small.csv"), &table).unwrap();
    let path = table.to_str().unwrap();
    let linked = folder.path().join("linked.csv");
    fs::hard_link(&table, &linked).unwrap();
    let linked = linked.to_str().unwrap();
    for (flag, file) in [("--scores", path), ("-o", linked), ("--onnx", path)] {
        misfit(&["train", path, "-q", flag, file])
            .assert()
            .code(2)
            .stderr(contains(format!("{flag} would overwrite the table")));
    }
    assert_eq!(
        fs::read(&table).unwrap(),
        fs::read(data("small.csv")).unwrap()
    );
    let model = folder.path().join("t.misfit");
    let model = model.to_str().unwrap();
    misfit(&["train", path, "-q", "--steps", "5", "-o", model])
        .assert()
        .success();
    let before = fs::read(model).unwrap();
    for flag in ["--scores", "-o"] {
        misfit(&["train", path, "-q", "--model", model, flag, model])
            .assert()
            .code(2)
            .stderr(contains("would overwrite the model of --model"));
    }
    assert_eq!(fs::read(model).unwrap(), before);
}

#[test]
fn flags_about_columns_need_a_file() {
    misfit(&["train", "--label", "x"])
        .assert()
        .code(2)
        .stderr(contains("no file is named"));
}

#[test]
fn a_network_too_large_to_train_is_refused_before_it_is_built() {
    let args = ["train", &data("small.csv"), "--layers", "5000000,5000000"];
    misfit(&args)
        .assert()
        .code(2)
        .stderr(contains("too many to train"));
    misfit(&["summary", "--layers", "10000000000,5"])
        .assert()
        .code(2)
        .stderr(contains("none above"));
}

#[test]
fn inspect_tells_what_was_read_for_people_and_for_scripts() {
    let document = json(&["inspect", &data("small.csv"), "--json"]);
    assert_eq!(
        numbers(&document, &["rows", "skipped_rows", "features"]),
        [10, 0, 6]
    );
    assert_eq!(
        (&document["encoding"], &document["header"]),
        (&"UTF-8".into(), &true.into())
    );
    let kinds: Vec<&str> = document["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "id", "number", "number", "number", "category", "constant", "label"
        ]
    );
    let column = &document["columns"][1];
    for name in [
        "name", "used", "reason", "missing", "distinct", "range", "example",
    ] {
        assert!(!column[name].is_null(), "{name}: {column}");
    }
    let output = misfit(&["inspect", &data("small.csv")]).assert().success();
    let text = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(
        text.lines().skip(5).all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert!(
        text.contains("✓ flow") && text.contains("· constant"),
        "{text}"
    );
}

#[test]
fn what_is_piped_in_is_read_without_a_name_and_an_empty_pipe_is_the_sample() {
    let table = fs::read(data("small.csv")).unwrap();
    let output = misfit(&["inspect", "--json"])
        .write_stdin(table)
        .assert()
        .success();
    let document: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(numbers(&document, &["rows"]), [10]);
    let output = misfit(&["train", "--steps", "1", "--json"])
        .write_stdin("")
        .assert()
        .success();
    let document: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(numbers(&document, &["rows", "features"]), [1_000, 1_602]);
}

#[test]
fn compare_puts_the_variants_side_by_side_under_stable_names() {
    let ionosphere = format!("{}/assets/ionosphere.csv", env!("CARGO_MANIFEST_DIR"));
    let args = [
        "compare",
        &ionosphere,
        "--seeds",
        "2",
        "--steps",
        "30",
        "--json",
        "-q",
    ];
    let args = [&args[..], &["--variant", "slim=bias:output,tied"]].concat();
    let document = json(&args);
    assert_eq!(
        (numbers(&document, &["rows", "seeds", "steps"])),
        [351, 2, 30]
    );
    let variants = document["variants"].as_array().unwrap();
    let said: Vec<_> = variants
        .iter()
        .map(|v| {
            (
                v["name"].as_str().unwrap(),
                v["bias"].as_str().unwrap(),
                v["tied"] == true,
            )
        })
        .collect();
    let expected = [
        ("bias everywhere", "all", false),
        ("no bias", "none", false),
        ("output bias only", "output", false),
        ("tied", "all", true),
        ("tied, no bias", "none", true),
        ("slim", "output", true),
    ];
    assert_eq!(said, expected);
    for variant in variants {
        for name in [
            "loss",
            "loss_sd",
            "mse",
            "mse_sd",
            "roc_auc",
            "roc_auc_sd",
            "average_precision",
            "spearman",
            "top_overlap",
        ] {
            assert!(
                variant[name].as_f64().is_some_and(f64::is_finite),
                "{name} in {variant}"
            );
        }
    }
    assert!(document["conclusion"].as_str().unwrap().contains("2 seeds"));
}

#[test]
fn compare_for_people_fits_80_columns_with_a_label_and_without() {
    let ionosphere = format!("{}/assets/ionosphere.csv", env!("CARGO_MANIFEST_DIR"));
    for (label, says) in [("Outlier", "ROC-AUC"), ("none", "rank corr")] {
        let mut command = misfit(&["compare", &ionosphere, "--seeds", "2", "--steps", "20"]);
        if label == "none" {
            command.args(["--label", "none"]);
        }
        let output = command.assert().success();
        let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
        assert!(
            text.contains(says) && text.contains("tied, no bias"),
            "{text}"
        );
        let table = text.lines().filter(|line| !line.starts_with("note:"));
        assert!(
            table.clone().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn compare_says_what_it_cannot_do() {
    let small = data("small.csv");
    for (flags, says) in [
        (&["--tied"][..], "--variant"),
        (&["--bias", "none"], "--variant"),
        (&["--score", "both"], "--score"),
        (&["--score", "network+local"], "--score"),
        (&["--flag", "mad"], "--flag"),
        (&["--variant", "tied"], "slim=bias:output,tied"),
        (&["--variant", "tied=tied"], "two variants"),
        (&["--variant", "x=bias:encoder.9"], "encoder.9"),
        (&["--seeds", "0"], "0"),
    ] {
        let args = [&["compare", &small][..], flags].concat();
        misfit(&args).assert().code(2).stderr(contains(says));
    }
}

#[test]
fn rows_are_exported_as_the_file_has_them_in_the_order_of_the_ranking() {
    let (folder, table) = scratch("t.csv");
    let mut text = "a,b,note,=x,rank\r\n".to_owned();
    for row in 1..=40 {
        let noise = row * row % 11;
        write!(
            text,
            "{}.50,{noise},\"w,{}\",-{row},{row}\r\n",
            row % 7,
            row % 3
        )
        .unwrap();
    }
    text += "900,5,=cmd|x,-3.5,\r\n";
    fs::write(&table, text).unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (table, csv, lines) = (path("t.csv"), path("o.csv"), path("o.jsonl"));
    let train = ["train", &table, "-q", "--steps", "200"];
    fs::write(&csv, "in the way").unwrap();
    misfit(&[&train[..], &["--export", &csv, "--rows", "all"]].concat())
        .assert()
        .success()
        .stdout(contains("wrote 41 rows to"))
        .stdout(contains("2 cells begin like a formula; --formulas quote"));
    let mut reader = csv::Reader::from_path(&csv).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(Into::into).collect();
    let ours = ["misfit_rank", "row", "score", "flagged", "reason"];
    assert_eq!(
        header,
        [&ours[..], &["a", "b", "note", "=x", "rank"]].concat()
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 41);
    assert_eq!((&rows[0][0], &rows[0][1], &rows[0][3]), ("1", "41", "true"));
    let cells: Vec<&str> = rows[0].iter().skip(5).collect();
    assert_eq!(
        cells,
        ["900", "5", "=cmd|x", "-3.5", ""],
        "and no line end is left over"
    );
    let seven = rows.iter().find(|row| &row[1] == "7").unwrap();
    assert_eq!(
        (&seven[5], &seven[7]),
        ("0.50", "w,1"),
        "zeros and quotes stay"
    );
    let scores: Vec<f32> = rows.iter().map(|row| row[2].parse().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));

    let quoted = ["--export", &csv, "--rows", "top:1", "--formulas", "quote"];
    misfit(&[&train[..], &quoted].concat()).assert().success();
    let text = fs::read_to_string(&csv).unwrap();
    assert!(
        text.contains(",'=x,") && text.contains(",'=cmd|x,-3.5,"),
        "{text}"
    );

    misfit(&[&train[..], &["--export", &lines, "--rows", "top:2"]].concat())
        .assert()
        .success();
    let text = fs::read_to_string(&lines).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert_eq!(
        (&first["misfit_rank"], &first["note"]),
        (&1.into(), &"=cmd|x".into())
    );
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "the table and two files, nothing temporary");
}

#[test]
fn what_is_piped_in_is_exported_too() {
    let (_folder, out) = scratch("o.csv");
    let out = out.to_str().unwrap();
    misfit(&[
        "train", "-", "-q", "--steps", "50", "--export", out, "--rows", "top:2",
    ])
    .write_stdin(fs::read(data("small.csv")).unwrap())
    .assert()
    .success();
    let text = fs::read_to_string(out).unwrap();
    let header = fs::read_to_string(data("small.csv")).unwrap();
    let header = header.lines().next().unwrap();
    assert!(text.lines().next().unwrap().ends_with(header), "{text}");
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn columns_form_a_curve_where_the_user_says_so() {
    let (_folder, table) = scratch("t.csv");
    let mut text = "word,low,mid,high,top,other\n".to_owned();
    for row in 0..80 {
        let bump = if row == 60 { 40.0 } else { 0.0 };
        let wave = |column: u32| f64::from(row * 13 % 17) + f64::from(column);
        writeln!(
            text,
            "{},{},{},{},{},{}",
            ["a", "b"][row as usize % 2],
            wave(1),
            wave(2) + bump,
            wave(3) + bump,
            wave(4),
            row * row % 11
        )
        .unwrap();
    }
    fs::write(&table, text).unwrap();
    let path = table.to_str().unwrap();
    let run = |command: &str, curve: &[&str]| {
        let args = [&[command, path, "--json", "-q"], curve].concat();
        let output = misfit(&args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let steps = ["--steps", "200"];
    let plain = run("train", &steps);
    assert_eq!(plain["curves"], serde_json::json!([]));
    let curve = serde_json::json!([{"first": "low", "last": "top", "columns": 4}]);
    let told = run("train", &[&steps[..], &["--curve", "low..top"]].concat());
    assert_eq!(told["curves"], curve);
    let top = &told["top"][0];
    assert_eq!(top["row"], 61);
    let named = top["reasons"][0]["columns"].as_array().unwrap();
    assert!(named.len() > 1, "{top}");
    assert!(
        told["notices"]
            .to_string()
            .contains("4 columns (low–top) form a curve, as --curve says")
    );
    assert_eq!(run("inspect", &["--curve", "low..top"])["curves"], curve);
    let all = run("inspect", &["--curve", "all"]);
    assert_eq!(all["curves"][0]["columns"], 5);
    assert_eq!(
        all["features"], plain["features"],
        "said of the columns, not changed in them"
    );
    for (which, problem) in [
        ("low..nowhere", "no column “nowhere”"),
        ("word..top", "“word” in word..top holds no numbers"),
        ("some", "auto, none, all"),
    ] {
        misfit(&["inspect", path, "--curve", which])
            .assert()
            .code(2)
            .stderr(contains(problem));
    }
    misfit(&["train", path, "--curve", "none", "--curve", "all"])
        .assert()
        .code(2);
}

#[test]
fn a_file_that_cannot_be_written_costs_no_training() {
    let (folder, table) = scratch("t.csv");
    fs::copy(data("small.csv"), &table).unwrap();
    let path = table.to_str().unwrap();
    let missing = folder.path().join("none/o.csv");
    for (flag, file, what) in [
        ("--export", path, "would overwrite the table"),
        ("--export", missing.to_str().unwrap(), "there is no folder"),
        ("--export", "o.xlsx", ".csv or .jsonl"),
        ("--report", "o.csv", ".html"),
        ("--export", "/dev/null/x.csv", "no folder"),
    ] {
        misfit(&["train", path, "-q", "--epochs", "1000000000", flag, file])
            .timeout(std::time::Duration::from_mins(1))
            .assert()
            .failure()
            .stderr(contains(what));
    }
    assert_eq!(
        fs::read(&table).unwrap(),
        fs::read(data("small.csv")).unwrap()
    );
    let (same, spelled) = (folder.path().join("s.csv"), folder.path().join("./s.csv"));
    for two in [
        ["--scores", "--export"],
        ["--export", "--report"],
        ["--scores", "--report"],
    ] {
        let [same, spelled] = [&same, &spelled].map(|path| path.to_str().unwrap());
        misfit(&["train", path, two[0], same, two[1], spelled])
            .assert()
            .code(2)
            .stderr(contains(format!(
                "{} and {} name the same file",
                two[0], two[1]
            )));
    }
    assert!(!same.exists());
    misfit(&["train", path, "--rows", "all"]).assert().code(2);
    misfit(&["train", path, "--export", "o.csv", "--rows", "top:0"])
        .assert()
        .code(2);
}

#[test]
fn the_report_is_one_page_in_which_hostile_names_are_text() {
    let (folder, table) = scratch("t.csv");
    let evil = "<script>alert('1')</script>";
    let mut text = format!("name,{evil},\"say \"\"hi\"\" <b>\",c\n");
    for row in 0..60 {
        writeln!(
            text,
            "<i id='{row}'>,{},{},{}",
            row % 7,
            row * row % 11,
            row % 5
        )
        .unwrap();
    }
    text += "<svg/onload=alert(1)>,900,5,1\n";
    fs::write(&table, text).unwrap();
    let page = folder.path().join("page.html");
    let args = [
        "train",
        table.to_str().unwrap(),
        "-q",
        "--id",
        "name",
        "--report",
    ];
    misfit(&[&args[..], &[page.to_str().unwrap()]].concat())
        .assert()
        .success()
        .stdout(contains("wrote the report to"));
    let html = fs::read_to_string(page).unwrap();
    for raw in ["<script", "<i id", "<svg/", "<b>", "\"hi\""] {
        assert!(!html.contains(raw), "{raw}");
    }
    for shown in [
        "&lt;script&gt;",
        "&lt;svg/onload",
        "&quot;hi&quot;",
        "threshold",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
}

#[test]
#[cfg(not(feature = "ballista"))]
fn what_is_not_built_in_is_said_with_the_feature() {
    for words in [
        &["scheduler", "--bind", "x"][..],
        &["executor"],
        &["scheduler", "--help"],
    ] {
        misfit(words)
            .assert()
            .code(2)
            .stderr(contains("--features ballista"));
    }
}
