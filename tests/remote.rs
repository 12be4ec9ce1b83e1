//! Training on another machine's device: `misfit serve` as a process of its own on the loopback, and who trains there.
//!
//! ```sh
//! cargo test --features remote --test remote
//! ```

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use misfit::model::init::Initializer;
use misfit::model::spec::{Activation, NetworkSpec};
use misfit::train::burn_engine::BurnEngine;
use misfit::train::engine::Batch;
use misfit::train::recipe::{Loss, Preset, Recipe};
use misfit::train::remote;
use serde_json::Value;

const TOKEN: &str = "a token for tests";

/// `misfit serve`, ended with the test.
struct Server {
    process: Child,
    address: String,
    /// What it says line by line.
    said: Receiver<String>,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.env_remove("MISFIT_TOKEN").stdin(Stdio::null());
    command
}

/// The lines of a stream as they come.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let _ = sender.send(line.unwrap());
        }
    });
    lines
}

impl Server {
    fn new() -> Self {
        let mut process = program()
            .args(["serve", "--bind", "127.0.0.1:0", "--device", "ndarray"])
            .env("MISFIT_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = lines(process.stdout.take().unwrap());
        let said = lines(process.stderr.take().unwrap());
        let first = told.recv().unwrap();
        let address = first.split(' ').find(|word| word.starts_with("ws://"));
        let address = address.unwrap().to_owned();
        Self {
            process,
            address,
            said,
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args([name, &pid]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL, which ends a process that was stopped too.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A table of which a network can learn something, where one row does not fit.
fn table(name: &str) -> PathBuf {
    let mut text = String::from("a,b,c,d\n");
    for row in 0..400 {
        let x = f64::from(row) * 0.37;
        let d = if row == 123 { -9.0 } else { x.sin() * x.cos() };
        writeln!(text, "{},{},{},{d}", x.sin(), x.cos(), x.sin() + x.cos()).unwrap();
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn train(path: &std::path::Path, device: &str, token: &str, more: &[&str]) -> Command {
    let mut command = program();
    command.arg("train").arg(path);
    command.args(["--device", device, "--json"]).args(more);
    command.env("MISFIT_TOKEN", token);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn document(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn notices(document: &Value) -> String {
    document["notices"].to_string()
}

fn assert_close(what: &str, far: f64, near: f64, tolerance: f64) {
    assert!(
        (far - near).abs() <= tolerance * near.abs().max(1e-3),
        "{what}: {far} there, {near} here"
    );
}

fn batch(turn: usize, width: usize) -> Vec<f32> {
    let cell = |index: usize| ((index + turn * 7_919) as f32 * 0.731).sin() * 0.45 + 0.5;
    (0..16 * width).map(cell).collect()
}

#[test]
fn a_network_learns_there_as_it_does_here_and_goes_on_here_when_there_is_lost() {
    let mut server = Server::new();
    let spec = NetworkSpec::new(
        vec![9, 6, 3],
        Activation::LeakyRelu,
        Activation::Linear,
        Activation::Sigmoid,
    );
    let spec = spec.unwrap();
    let recipe = Recipe {
        loss: Loss::Bce,
        batch: 16,
        threads: Some(1),
        ..Recipe::new(Preset::Classic)
    };
    let weights = Initializer::GlorotNormal.draw(&spec, 3);
    let build = remote::engine(&server.address.parse().unwrap(), TOKEN).unwrap();
    let mut far = build(&spec, &recipe, &weights).unwrap();
    assert_eq!(far.news(), None);
    let name = far.name();
    assert_eq!(
        (name.engine, name.device),
        ("burn", &*format!("remote={}", server.address))
    );
    let mut near = BurnEngine::ndarray(&spec, &recipe, &weights).unwrap();
    let width = spec.inputs();
    for turn in 0..100 {
        if turn == 30 {
            for engine in [&mut far, &mut near] {
                engine.set_bias(1, false);
            }
        }
        let rows = batch(turn, width);
        let learned =
            [&mut far, &mut near].map(|engine| engine.step(Batch::whole(&rows, width), 1e-2));
        assert_close("loss", learned[0].loss, learned[1].loss, 1e-5);
        assert_close("mse", learned[0].mse, learned[1].mse, 1e-5);
    }
    let rows = batch(1_000, width);
    let whole = Batch::whole(&rows, width);
    assert_close(
        "evaluated",
        far.evaluate(whole).loss,
        near.evaluate(whole).loss,
        1e-5,
    );
    let frozen = far.freeze();
    let rebuilt = frozen.reconstruct(&rows);
    for (far, near) in rebuilt.iter().zip(near.freeze().reconstruct(&rows)) {
        assert_close("rebuilt", f64::from(*far), f64::from(near), 1e-4);
    }

    // What was forked goes its own way, to the bit.
    let mut forked = far.fork();
    let next = batch(1_001, width);
    let next = Batch::whole(&next, width);
    assert_eq!(far.step(next, 1e-2), forked.step(next, 1e-2));

    // The forked one's numbers are those of the moment before its step.
    let held = far.freeze().reconstruct(&rows);
    let loss = far.evaluate(whole).loss;
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    let after = far.step(whole, 1e-2);
    assert_close("the loss where it goes on", after.loss, loss, 1e-4);
    assert_eq!((far.name().engine, far.name().device), ("fused", "cpu"));
    let news = far.news().unwrap();
    assert!(news.contains("is lost: the connection broke"), "{news}");
    assert!(
        news.contains("training continues on this machine's processor, from where it stood"),
        "{news}"
    );
    assert_eq!(far.news(), None, "it is told once");
    // What was held still is as it was, and the other goes on here too.
    assert_eq!(frozen.reconstruct(&rows), rebuilt);
    assert_ne!(far.freeze().reconstruct(&rows), held, "it learns on");
    assert_eq!(
        forked.name().device,
        "cpu",
        "before it was asked for anything"
    );
    assert_close(
        "the fork",
        forked.evaluate(whole).loss,
        near.evaluate(whole).loss,
        1e-3,
    );
    let later = build(&spec, &recipe, &weights).unwrap();
    assert_eq!(later.name().device, "cpu");
}

#[test]
fn the_whole_program_gives_the_same_scores_there_and_here() {
    let server = Server::new();
    let path = table("there_and_here.csv");
    let more = ["--steps", "200", "-q"];
    let there = format!("remote={}", server.address);
    let far = document(&train(&path, &there, TOKEN, &more).output().unwrap());
    let near = document(&train(&path, "ndarray", TOKEN, &more).output().unwrap());
    assert_eq!(
        (&far["device"], &far["engine"]),
        (&Value::from(there), &Value::from("burn"))
    );
    assert_eq!(far["threads"], Value::Null, "they are the other machine's");
    assert!(near["threads"].is_u64(), "{near}");
    let loss = |document: &Value| document["loss"].as_f64().unwrap();
    assert_close("loss", loss(&far), loss(&near), 1e-4);
    for document in [&far, &near] {
        assert_eq!(document["top"][0]["row"], 124);
    }
    let score = |document: &Value| document["top"][0]["score"].as_f64().unwrap();
    assert_close("score", score(&far), score(&near), 1e-3);
    assert!(server.said.recv().unwrap().contains("trains here"));
}

#[test]
fn a_wrong_token_and_nobody_there_are_said_and_the_training_is_done_here() {
    let server = Server::new();
    let path = table("wrong_token.csv");
    let more = ["--steps", "50", "-q"];
    let there = format!("remote={}", server.address);
    let refused = train(&path, &there, "another", &more).output().unwrap();
    let said = text(&refused.stderr);
    assert!(
        said.contains("refuses the token") && said.contains("MISFIT_TOKEN"),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    let refused = document(&refused);
    assert_eq!(
        (&refused["engine"], &refused["device"]),
        (&Value::from("fused"), &Value::from("cpu"))
    );
    assert!(notices(&refused).contains("refuses the token"));
    assert!(server.said.recv().unwrap().contains("wrong token"));

    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("remote=ws://{free}");
    let nobody = train(&path, &nobody, TOKEN, &more).output().unwrap();
    assert!(notices(&document(&nobody)).contains("nothing listens at"));

    let mut none = train(&path, &there, TOKEN, &more);
    let none = none.env_remove("MISFIT_TOKEN").output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("set MISFIT_TOKEN"));
}

/// Trains more than the server lives to see: once the training is under way, it gets `signal`.
fn lost_by(signal: &str, name: &str) -> (Value, String) {
    let server = Server::new();
    let path = table(name);
    let there = format!("remote={}", server.address);
    let more = ["--steps", "20000"];
    let mut client = train(&path, &there, TOKEN, &more).spawn().unwrap();
    let said = lines(client.stderr.take().unwrap());
    let mut told = String::new();
    // The first tenth is done.
    while !told.contains("training:") {
        told += &said.recv().unwrap();
    }
    server.signal(signal);
    let output = client.wait_with_output().unwrap();
    told.extend(said.iter());
    assert!(output.status.success(), "{told}");
    (serde_json::from_slice(&output.stdout).unwrap(), told)
}

#[test]
fn a_server_that_is_killed_in_mid_run_costs_nothing_but_the_last_moment() {
    let (document, said) = lost_by("-KILL", "killed.csv");
    assert!(
        said.contains("is lost: the connection broke; training continues"),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(
        (&document["engine"], &document["device"]),
        (&Value::from("fused"), &Value::from("cpu"))
    );
    assert_eq!(document["steps"], 20_000);
    assert_eq!(document["top"][0]["row"], 124);
    assert!(notices(&document).contains("is lost"));
}

#[test]
fn a_server_that_stops_answering_is_given_up() {
    let (document, said) = lost_by("-STOP", "stopped.csv");
    assert!(said.contains("did not answer for"), "{said}");
    assert_eq!(document["device"], "cpu");
    assert_eq!(document["steps"], 20_000);
}

#[test]
fn a_server_says_what_is_in_its_way_and_ends_with_a_signal() {
    let mut server = Server::new();
    let taken = server.address.strip_prefix("ws://").unwrap().to_owned();
    let second = program()
        .args(["serve", "--bind", &taken])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = text(&second.stderr);
    assert!(
        said.contains(&format!("cannot listen at {taken}")),
        "{said}"
    );
    assert!(said.contains("--bind 127.0.0.1:0"), "{said}");
    let nowhere = program()
        .args(["serve", "--bind", "nowhere"])
        .output()
        .unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(text(&nowhere.stderr).contains("as 127.0.0.1:7433"));
    server.signal("-INT");
    assert_eq!(server.process.wait().unwrap().code(), Some(130));
    assert!(server.said.recv().unwrap().contains("ended"));
}

#[test]
fn without_a_token_one_is_made_and_shown_with_the_command_to_use() {
    let mut process = program()
        .args(["serve", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = lines(process.stdout.take().unwrap());
    let command = told
        .iter()
        .find(|line| line.contains("MISFIT_TOKEN="))
        .unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    let token = command.trim().strip_prefix("MISFIT_TOKEN=").unwrap();
    let (token, rest) = token.split_once(' ').unwrap();
    assert!(
        token.len() == 32 && token.bytes().all(|digit| digit.is_ascii_hexdigit()),
        "{token}"
    );
    assert!(
        rest.starts_with("misfit FILE --device remote=ws://127.0.0.1:"),
        "{rest}"
    );
}
