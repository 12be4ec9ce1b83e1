//! Kept runs from outside: the process is killed at any instant, and what is resumed writes the same files; one program at a
//! time; the list, the comparison and the limits; and what cannot be kept is said in a line.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![cfg(unix)]

#[path = "support/interrupt.rs"]
mod interrupt;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tempfile::TempDir;

use interrupt::interrupt;

/// A folder with a table, and a state folder of its own.
struct Desk {
    folder: TempDir,
}

/// Enough steps to be killed in the midst of them, now and then.
const LONG: [&str; 8] = long("12000");
/// Enough steps not to be done with before others have looked at the run.
const LONGER: [&str; 8] = long("60000");

const fn long(steps: &str) -> [&str; 8] {
    [
        "--steps",
        steps,
        "--layers",
        "48,6",
        "--quiet",
        "--checkpoint-every",
        "0.05",
        "--batch=64",
    ]
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let sample = desk.done(&["sample", "sensors"]).stdout;
        fs::write(desk.path("table.csv"), sample).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
        command
            .env("XDG_STATE_HOME", self.path("state"))
            .current_dir(self.folder.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// The folders of the shelf.
    fn shelf(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("state/misfit/runs"));
        let mut runs: Vec<PathBuf> = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect();
        runs.sort();
        runs
    }

    fn runs(&self) -> Value {
        serde_json::from_slice(&self.done(&["runs", "--json"]).stdout).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until a file is there; false where the process ends before.
fn appears(path: &Path, process: &mut Child) -> bool {
    let begun = Instant::now();
    while !path.exists() {
        assert!(
            begun.elapsed() < Duration::from_mins(2),
            "{}",
            path.display()
        );
        if process.try_wait().unwrap().is_some() {
            return path.exists();
        }
        thread::sleep(Duration::from_millis(2));
    }
    true
}

/// How often the process is killed; fifty times are some minutes.
fn kills() -> u32 {
    let said = env::var("MISFIT_KILLS").ok();
    said.map_or(4, |said| said.parse().unwrap())
}

/// Some kinds of run, so many that fifty kills meet each several times.
const KINDS: [&[&str]; 4] = [
    &[],
    &["--threads", "1", "--tied", "--seeds", "2"],
    &["--preset", "classic", "--valid", "0.2"],
    &["--window", "8", "--step", "2", "--error", "mse"],
];

#[test]
fn a_process_killed_at_any_instant_goes_on_to_the_same_files() {
    let desk = Desk::new();
    let [scores, model, run] = ["scores.csv", "model.misfit", "run"].map(|name| desk.path(name));
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(kills()));
    let (mut killed, mut gone_on) = (0, 0);
    for kind in KINDS.iter().cycle() {
        if killed >= kills() {
            break;
        }
        let mut words = vec!["train", "table.csv", "--scores", "scores.csv"];
        words.extend(["-o", "model.misfit"].iter().chain(*kind));
        let asked = [&words[..], &LONG, &["--run", "run"]].concat();
        let unkept = LONG
            .iter()
            .filter(|word| !word.contains("0.05") && !word.contains("every"));
        words.extend(unkept.chain(&["--no-run"]));
        let begun = Instant::now();
        desk.done(&words);
        let took = begun.elapsed().as_millis() as u64;
        let expected = [&scores, &model].map(|path| fs::read(path).unwrap());
        for path in [&scores, &model] {
            fs::remove_file(path).unwrap();
        }
        let mut before = 0;
        loop {
            let resumes = run.join("run.json").exists();
            let mut process = desk.start(if resumes { &["resume", "run"] } else { &asked });
            // Mostly in the midst of the training, now and then before it or while it is read again.
            if rng.random_range(0..4) > 0 && !resumes {
                appears(&run.join("checkpoint"), &mut process);
            }
            thread::sleep(Duration::from_millis(rng.random_range(0..=took / 3)));
            let ended = process.try_wait().unwrap();
            if ended.is_some() || killed >= kills() {
                assert!(process.wait().unwrap().success());
                break;
            }
            process.kill().unwrap();
            process.wait().unwrap();
            killed += 1;
            let told: Value = if run.join("run.json").exists() {
                serde_json::from_slice(&desk.done(&["runs", "show", "run", "--json"]).stdout)
                    .unwrap()
            } else {
                Value::Null
            };
            let step = told["checkpoint"]["network"].as_u64().unwrap_or(0) * 12_000
                + told["checkpoint"]["step"].as_u64().unwrap_or(0);
            assert!(step >= before, "the run went back");
            gone_on += u64::from(step > before);
            before = step;
        }
        let found = [&scores, &model].map(|path| fs::read(path).unwrap());
        assert!(found == expected, "{kind:?} came to something else");
        desk.done(&["runs", "delete", "run"]);
        assert!(!run.exists());
        for path in [&scores, &model] {
            fs::remove_file(path).unwrap();
        }
    }
    assert!(
        gone_on > 0,
        "no run was killed in the midst of its training"
    );
}

#[test]
fn two_programs_never_write_one_run_and_a_killed_one_lets_go() {
    let desk = Desk::new();
    let words = [&["train", "table.csv", "--run", "run"], &LONGER[..]].concat();
    let mut process = desk.start(&words);
    assert!(appears(&desk.path("run/checkpoint"), &mut process));
    let at_work = format!("(process {}) is at work on this run", process.id());
    for other in [
        &["resume", "run"][..],
        &["runs", "delete", "run"],
        &words[..],
    ] {
        let said = desk.refused(other);
        assert!(said.contains(&at_work), "{said}");
    }
    let shown = text(&desk.done(&["runs", "show", "run"]).stdout);
    assert!(shown.contains("running, process"), "{shown}");
    process.kill().unwrap();
    process.wait().unwrap();
    let shown = text(&desk.done(&["runs", "show", "run"]).stdout);
    assert!(shown.contains("interrupted"), "{shown}");
    let said = desk.refused(&words);
    assert!(said.contains("there is a run in it already"), "{said}");
    // The table is another by now.
    let table = desk.path("table.csv");
    let whole = fs::read(&table).unwrap();
    fs::write(&table, [&whole[..], b"1\n"].concat()).unwrap();
    let said = desk.refused(&["resume", "run"]);
    assert!(
        said.contains("table.csv: it has grown by 2 B since the run began"),
        "{said}"
    );
    // As it was, if written anew.
    fs::write(&table, whole).unwrap();
    let told = text(&desk.done(&["resume", "run"]).stdout);
    assert!(told.contains("kept the run as"), "{told}");
}

#[test]
fn a_longer_training_is_kept_by_itself_listed_compared_and_deleted() {
    let desk = Desk::new();
    let quick = ["train", "table.csv", "--steps", "30"];
    desk.done(&quick);
    assert_eq!(
        desk.shelf(),
        [] as [PathBuf; 0],
        "a short one leaves nothing"
    );
    let listed = text(&desk.done(&["runs"]).stdout);
    assert!(listed.contains("no runs are kept"), "{listed}");
    let words = [&["train", "table.csv"], &LONGER[..]].concat();
    let mut process = desk.start(&words);
    while desk.shelf().is_empty() {
        assert!(process.try_wait().unwrap().is_none(), "it is not over yet");
        thread::sleep(Duration::from_millis(2));
    }
    let run = desk.shelf().remove(0);
    assert!(appears(&run.join("checkpoint"), &mut process));
    process.kill().unwrap();
    process.wait().unwrap();
    let runs = desk.runs();
    assert_eq!(runs[0]["state"], "interrupted");
    assert_eq!(runs[0]["table"], "table.csv");
    assert!(runs[0]["checkpoint"]["step"].as_u64().unwrap() > 0);
    let resumed = desk.done(&["resume"]);
    assert!(text(&resumed.stderr).contains("going on with"));
    let told = text(&resumed.stdout);
    assert!(told.contains("kept the run as"), "{told}");
    let seeded = [&words[..], &["--seed", "3", "--run", "other"]].concat();
    desk.done(&seeded);
    let name = run.file_name().unwrap().to_string_lossy().into_owned();
    let compared = desk.done(&["runs", "compare", &name[..name.len() - 2], "other"]);
    let compared = text(&compared.stdout);
    let differs = compared.split("what differs:").nth(1).unwrap();
    assert_eq!(differs.trim().lines().count(), 1, "{compared}");
    assert!(differs.contains("seed"), "{compared}");
    let listed = text(&desk.done(&["runs"]).stdout);
    assert!(
        listed.contains("finished") && listed.contains(&name),
        "{listed}"
    );
    assert!(desk.refused(&["resume"]).contains("no run was interrupted"));
    desk.done(&["runs", "delete", &name]);
    assert_eq!(desk.shelf(), [] as [PathBuf; 0]);
    assert!(
        desk.refused(&["runs", "delete", &name])
            .contains("there is no run")
    );
}

#[test]
fn the_oldest_finished_runs_make_room() {
    let desk = Desk::new();
    desk.done(&["train", "table.csv", "--steps", "30", "--run", "run"]);
    let shelf = desk.path("state/misfit/runs");
    for day in 1..=25 {
        let run = shelf.join(format!("202001{day:02}-000000-table"));
        fs::create_dir_all(&run).unwrap();
        for file in ["run.json", "checkpoint", "lock"] {
            fs::copy(desk.path("run").join(file), run.join(file)).unwrap();
        }
    }
    let words = [&["train", "table.csv"], &LONG[..]].concat();
    desk.done(&words);
    let left = desk.shelf();
    assert_eq!(left.len(), 20);
    assert!(left[0].ends_with("20200107-000000-table"), "{left:?}");
    let newest = left.last().unwrap().to_string_lossy().into_owned();
    assert!(!newest.contains("/2020"), "{newest}");
    let said = desk.refused(&["runs", "show", "2020010"]);
    assert!(said.contains("is not the name of one run alone"), "{said}");
    desk.done(&["runs", "show", "20200109"]);
}

#[test]
fn what_cannot_be_kept_is_said_and_the_training_goes_on_unless_it_was_asked_for() {
    let desk = Desk::new();
    let said = desk.refused(&["train", "table.csv", "--engine", "burn", "--run", "run"]);
    assert!(said.contains("--run needs the fused engine"), "{said}");
    let said = desk.refused(&["train", "-", "--run", "run"]);
    assert!(said.contains("what is piped in cannot"), "{said}");
    fs::write(desk.path("file"), "").unwrap();
    let said = desk.refused(&["train", "table.csv", "--run", "file/run"]);
    assert!(said.contains("is no folder"), "{said}");
    assert!(!desk.path("run").exists());
    let words = [&["train", "table.csv"], &LONG[..]].concat();
    let nowhere = [
        ("XDG_STATE_HOME", desk.path("file")),
        ("HOME", PathBuf::from("no/home")),
    ];
    for (name, place) in nowhere {
        let mut command = desk.command(&words);
        command.env_remove("XDG_STATE_HOME").env(name, place);
        let output = command.output().unwrap();
        assert!(output.status.success());
        let said = text(&output.stderr);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("the run is not kept: "), "{said}");
        assert!(text(&output.stdout).contains("rank"));
    }
    // A run that fails is not gone on with.
    let words = [
        "train",
        "table.csv",
        "--lr",
        "10",
        "--error=mse",
        "--run",
        "run",
    ];
    let output = desk.run(&words);
    if !output.status.success() {
        let said = desk.refused(&["resume", "run"]);
        assert!(said.contains("the run failed and cannot go on"), "{said}");
    }
}

#[test]
fn what_is_interrupted_says_how_to_go_on() {
    let desk = Desk::new();
    let words = [&["train", "table.csv", "--run", "run"], &LONGER[..]].concat();
    let mut command = desk.command(&words);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    assert!(appears(&desk.path("run/checkpoint"), &mut child));
    let id = rustix::process::Pid::from_child(&child);
    let (signal, number) = interrupt();
    rustix::process::kill_process(id, signal).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(128 + number), "{said}");
    assert!(said.contains("misfit resume run goes on"), "{said}");
    let refused = desk.refused(&["resume", "run", "--screen"]);
    assert!(refused.contains("without --screen"), "{refused}");
    let shown = desk.done(&["runs", "show", "run", "--json"]).stdout;
    let shown: Value = serde_json::from_slice(&shown).unwrap();
    assert_eq!(shown["state"], "interrupted");
    assert!(shown["settings"]["rows"].is_u64(), "{shown}");
    assert_eq!(shown["settings"]["tied"], "no");
    desk.done(&["resume", "run"]);
}
