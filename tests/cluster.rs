//! A Ballista cluster of this program: a scheduler and executors as processes of their own, on this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/logs.rs"]
mod logs;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use logs::{files, fine, misfit, run, train};
use tempfile::{TempDir, tempdir};

/// How long something may take that is only waited for.
const PATIENCE: Duration = Duration::from_mins(2);
/// Rows of a file.
const ROWS: usize = 6_000;
/// Files of different rows, and how often each is there.
const FILES: (usize, usize) = (4, 12);

/// A process that does not outlive the test.
struct Process(Child);

impl Process {
    fn new(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        Self(command.stderr(Stdio::null()).spawn().unwrap())
    }

    fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A scheduler, two executors, and the folder where all of them keep what they have.
struct Cluster {
    folder: TempDir,
    address: String,
    executors: Vec<Process>,
    _scheduler: Process,
}

impl Cluster {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let [port, first, second] = ports().map(|port| port.to_string());
        let scheduler = Process::new(&mut misfit(&["scheduler", "--port", &port]));
        until("the scheduler", || {
            TcpStream::connect(format!("127.0.0.1:{port}")).is_ok()
        });
        let address = format!("127.0.0.1:{port}");
        let executor = |own: &String| {
            let results = folder.path().join(format!("results {own}"));
            fs::create_dir(&results).unwrap();
            let mut command = misfit(&["executor", "--scheduler", &address]);
            command.args(["--port", own, "--threads", "1"]);
            Process::new(command.env("TMPDIR", results))
        };
        let executors = [first, second].iter().map(executor).collect();
        Self {
            address: format!("ballista://{address}"),
            executors,
            folder,
            _scheduler: scheduler,
        }
    }

    /// Whether each executor has results already.
    fn has_results(&self) -> Vec<bool> {
        let folders = fs::read_dir(self.folder.path()).unwrap();
        let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        folders.iter().map(|folder| holds_a_file(folder)).collect()
    }
}

fn holds_a_file(folder: &Path) -> bool {
    // Folders come and go meanwhile.
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        path.is_file() || holds_a_file(&path)
    })
}

/// Ports that nobody has.
fn ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// Waits for something.
#[track_caller]
fn until(what: &str, is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "{what} does not come");
        // Other processes do the work; there is nothing to be woken by.
        sleep(Duration::from_millis(5));
    }
}

/// Holds that lines are the same, and names the first that is not.
#[track_caller]
fn same(own: &str, other: &str) {
    let lines = own.lines().zip(other.lines());
    let differ = lines.enumerate().find(|(_, (own, other))| own != other);
    assert_eq!(differ, None);
    assert_eq!(own.len(), other.len());
}

/// Logs, many files of them, and a model.
fn given(folder: &Path) -> (String, String) {
    let parts = files(&folder.join("parts"), FILES.0, ROWS);
    let model = train(&parts[0], folder.join("m.misfit"), &["--score", "both"]);
    let many = folder.join("many");
    fs::create_dir(&many).unwrap();
    for (place, part) in parts.iter().enumerate() {
        for turn in 0..FILES.1 {
            fs::copy(part, many.join(format!("{turn:02}-{place}.parquet"))).unwrap();
        }
    }
    let pattern = many.join("*.parquet");
    (
        model.to_str().unwrap().to_owned(),
        pattern.to_str().unwrap().to_owned(),
    )
}

#[test]
fn a_cluster_scores_as_one_machine_does_and_outlives_the_loss_of_an_executor() {
    let folder = tempdir().unwrap();
    let (model, pattern) = given(folder.path());
    let arguments = ["score", &model, &pattern, "--quiet"];
    let own = fine(&arguments);
    assert_eq!(own.lines().count(), 1 + ROWS * FILES.0 * FILES.1);
    let mut cluster = Cluster::new();
    let address = cluster.address.clone();
    let there = [&arguments[..], &["--cluster", &address]].concat();
    same(&own, &fine(&there));
    assert_eq!(
        cluster.has_results(),
        [true, true],
        "one executor did nothing"
    );
    // A small question is answered as well, with what else can be asked.
    let few = [&there[..], &["--top", "9", "--json"]].concat();
    let own_few = [&arguments[..], &["--top", "9", "--json"]].concat();
    assert_eq!(fine(&few), fine(&own_few));

    // A new cluster, whose executors have no results yet: one of them is killed once it has some, which are lost with it.
    drop(cluster);
    cluster = Cluster::new();
    let address = cluster.address.clone();
    let there = [&arguments[..], &["--cluster", &address]].concat();
    let to = folder.path().join("there.csv");
    let mut asked = misfit(&there);
    let mut asked = asked
        .stdout(fs::File::create(&to).unwrap())
        .spawn()
        .unwrap();
    until("a result", || {
        cluster.has_results()[0] || cluster.has_results()[1]
    });
    let lost = usize::from(!cluster.has_results()[0]);
    cluster.executors[lost].kill();
    assert!(asked.try_wait().unwrap().is_none(), "it was over already");
    assert!(asked.wait().unwrap().success());
    same(&own, &fs::read_to_string(&to).unwrap());
}

#[test]
fn a_cluster_that_is_not_there_is_said() {
    let folder = tempdir().unwrap();
    let (model, pattern) = given(folder.path());
    let [port, ..] = ports();
    let address = format!("ballista://127.0.0.1:{port}");
    let output = run(&["score", &model, &pattern, "--cluster", &address]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("engine gave up"), "{said}");
    let output = run(&["score", &model, &pattern, "--cluster", "http://x:1"]);
    assert_eq!(output.status.code(), Some(2));
}
