//! Runs that are kept: a training that halts anywhere and goes on from the disk comes to the same weights and the same scores as
//! one that was never stopped, to the bit; and what is damaged or does not belong together is refused in one sentence.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use misfit::data::read::{Advance, ReadOptions};
use misfit::data::samples::Sample;
use misfit::data::source::Source;
use misfit::data::windows::WindowSize;
use misfit::data::windows::choice::WindowChoice;
use misfit::message::{Allowance, Change, Command, Event, Mark, Moment, Report};
use misfit::model::spec::BiasChoice;
use misfit::model::weights::Weights;
use misfit::plan::Plan;
use misfit::score::ranking::Basis;
use misfit::store::run::about::{Outcome, State};
use misfit::store::run::{About, Keeper, Keeping, Opened};
use misfit::train::fused::FusedEngine;
use misfit::train::history::History;
use misfit::train::recipe::{Length, Preset, Recipe, activations};
use misfit::train::trainer::Trainer;
use misfit::worker::Worker;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

/// Numbers, words and gaps, minute after minute.
fn table(rows: usize) -> String {
    let mut text = "at,temp,pressure,flow,word,on\n".to_owned();
    for row in 0..rows {
        let t = row as f64 * 0.37;
        let pressure = (t * 1.7).cos() + if row % 97 == 40 { 9.0 } else { t.sin() };
        let temp = match row % 31 {
            5 => String::new(),
            _ => format!("{:.3}", 20.0 + 5.0 * t.sin()),
        };
        let (day, hour, minute) = (1 + row / 1_440, row / 60 % 24, row % 60);
        let word = ["red", "green", "blue", "grey"][row * 7 % 4];
        let _ = writeln!(
            text,
            "2024-03-{day:02} {hour:02}:{minute:02},{temp},{pressure:.5},{:.4},{word},{}",
            t.sin() * t.cos(),
            ["no", "yes"][row % 5 / 4]
        );
    }
    text
}

fn plan(source: Source, preset: Preset) -> Plan {
    Plan {
        source,
        read: ReadOptions::default(),
        preset,
        recipe: Recipe::new(preset),
        window: WindowChoice::Off,
        hidden: None,
        activations: activations(preset),
        bias: BiasChoice::All,
        tied: false,
        start: None,
        model: None,
        engine: FusedEngine::build,
    }
}

/// The same plan again.
fn copy(plan: &Plan) -> Plan {
    Plan {
        source: plan.source.clone(),
        read: plan.read.clone(),
        preset: plan.preset,
        recipe: plan.recipe.clone(),
        window: plan.window,
        hidden: plan.hidden.clone(),
        activations: plan.activations,
        bias: plan.bias.clone(),
        tied: plan.tied,
        start: plan.start.clone(),
        model: None,
        engine: plan.engine,
    }
}

fn trainer(plan: &Plan) -> Trainer {
    let prepared = plan.prepare(&mut |_| ControlFlow::Continue(()));
    let mut trainer = prepared.unwrap().trainer;
    trainer.put_off_looks();
    trainer
}

/// Steps done in all networks, and biases that are switched there.
type Switch = (u64, Vec<bool>);

/// What a training comes to.
#[derive(Debug, PartialEq)]
struct Outcomes {
    weights: Weights,
    scores: Vec<u32>,
    basis: Basis,
    losses: Vec<u64>,
}

/// A training that may be stopped and taken up again.
struct Training<'a> {
    plan: &'a Plan,
    trainer: Trainer,
    switches: &'a [Switch],
    steps: u64,
    losses: Vec<u64>,
    history: History,
}

impl<'a> Training<'a> {
    fn new(plan: &'a Plan, switches: &'a [Switch]) -> Self {
        Self {
            plan,
            trainer: trainer(plan),
            switches,
            steps: 0,
            losses: Vec::new(),
            history: History::default(),
        }
    }

    /// One step; false where there is none left.
    fn step(&mut self) -> bool {
        if self.trainer.finished() && !self.trainer.begin_next().unwrap() {
            return false;
        }
        for (at, bias) in self.switches {
            if *at == self.steps {
                self.trainer.set_bias(bias);
                self.trainer.set_rate(self.trainer.recipe().rate * 0.7);
            }
        }
        let step = self.trainer.advance().unwrap();
        self.trainer.review();
        self.losses.push(step.metrics.loss.to_bits());
        self.steps += 1;
        self.history.steps = self.steps;
        true
    }

    fn end(mut self) -> Outcomes {
        while self.step() {}
        let (scores, basis) = self.trainer.scores().unwrap();
        Outcomes {
            weights: self.trainer.weights(),
            scores: scores.iter().map(|score| score.to_bits()).collect(),
            basis,
            losses: self.losses,
        }
    }

    /// As a process does that is killed and started again: nothing is left but the folder.
    fn again(self, folder: &Path) -> Self {
        let mut opened = Opened::new(folder).unwrap();
        let (trainer, history) = opened.restore(trainer(self.plan)).unwrap();
        assert_eq!(history, self.history);
        Self { trainer, ..self }
    }
}

fn about() -> About {
    About::new(
        (vec!["train".into()], "/".into()),
        ("a table".into(), "auto".into()),
        Vec::new(),
    )
}

/// Trains through, and then again with halts: at some the training only goes on beside what is written, at the others it is
/// taken up from the disk.
fn assert_resumes(name: &str, plan: &Plan, switches: &[Switch], seed: u64) {
    let through = Training::new(plan, switches).end();
    let steps = through.losses.len() as u64;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut halts: Vec<u64> = (0..4).map(|_| rng.random_range(0..=steps)).collect();
    halts.extend([0, 1, steps]);
    halts.extend(switches.iter().map(|(at, _)| *at));
    halts.sort_unstable();
    halts.dedup();
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("run");
    let mut keeper = Keeper::named(&folder, about()).unwrap();
    let mut training = Training::new(plan, switches);
    for (turn, stop) in halts.into_iter().enumerate() {
        while training.steps < stop {
            assert!(training.step());
        }
        keeper.settle(&training.trainer, training.history.clone());
        assert_eq!(keeper.trouble(), None);
        if turn % 2 == 0 {
            drop(keeper);
            training = training.again(&folder);
            keeper = Keeper::resumed(Opened::new(&folder).unwrap());
        }
    }
    assert!(through == training.end(), "{name} goes on otherwise");
}

/// A file in a folder that is gone with the test.
fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_training_goes_on_to_the_bit_whatever_is_trained() {
    let (_folder, path) = file(&table(700));
    let of = |preset| plan(Source::Path(path.clone()), preset);
    let with = |steps: u64, threads: usize, of: Plan| Plan {
        recipe: Recipe {
            length: Length::Steps(steps),
            threads: Some(threads),
            batch: 48,
            ..of.recipe
        },
        ..of
    };
    let auto = |threads| with(210, threads, of(Preset::Auto));
    let seeds = Plan {
        recipe: Recipe {
            networks: 2,
            also: Some(Preset::Local),
            ..auto(2).recipe
        },
        ..auto(2)
    };
    let classic = with(40, 2, of(Preset::Classic));
    let classic = Plan {
        hidden: Some(vec![40, 8, 3]),
        recipe: Recipe {
            networks: 2,
            ..classic.recipe
        },
        ..classic
    };
    let windows = Plan {
        window: WindowChoice::Said(WindowSize::new(16, 3)),
        ..auto(2)
    };
    let tied = Plan {
        tied: true,
        bias: BiasChoice::Output,
        ..auto(1)
    };
    let plans = [
        ("auto on one thread", auto(1)),
        ("auto on two threads", auto(2)),
        ("local", with(120, 2, of(Preset::Local))),
        ("two seeds of two networks", seeds),
        ("classic with validation", classic),
        ("windows", windows),
        ("tied", tied),
    ];
    for (turn, (name, plan)) in plans.iter().enumerate() {
        assert_resumes(name, plan, &[], 21 + turn as u64);
    }
}

#[test]
fn biases_and_rates_that_were_changed_in_mid_run_stay_so() {
    let (_folder, path) = file(&table(400));
    let plan = plan(Source::Path(path), Preset::Auto);
    for threads in [1, 2] {
        let plan = Plan {
            recipe: Recipe {
                length: Length::Steps(150),
                threads: Some(threads),
                ..plan.recipe.clone()
            },
            ..copy(&plan)
        };
        let switches = [
            (30, vec![false, true, false, true]),
            (60, vec![false; 4]),
            (110, vec![true, false, true, true]),
        ];
        assert_resumes("biases", &plan, &switches, 5);
    }
}

/// Wide enough for layers that leave the cache, where the first begins with the batch to come.
#[test]
fn a_large_network_goes_on_in_the_middle_of_an_epoch() {
    let mut plan = plan(Source::Sample(Sample::Spectra), Preset::Classic);
    plan.hidden = Some(vec![256, 3]);
    plan.recipe.length = Length::Steps(11);
    plan.recipe.threads = Some(2);
    assert_resumes("spectra", &plan, &[(4, vec![true, false, true, true])], 3);
}

/// A kept run of some steps, with looks in two files.
fn kept() -> (TempDir, PathBuf, Plan) {
    let (folder, path) = file(&table(120));
    let mut plan = plan(Source::Path(path), Preset::Auto);
    plan.recipe.length = Length::Steps(60);
    plan.hidden = Some(vec![4, 2]);
    let run = folder.path().join("run");
    let mut training = Training::new(&plan, &[]);
    let mut keeper = Keeper::named(&run, about()).unwrap();
    for stop in [30, 55] {
        while training.steps < stop {
            training.step();
        }
        keeper.settle(&training.trainer, training.history.clone());
    }
    drop(keeper);
    drop(training);
    (folder, run, plan)
}

fn files(run: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(run)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.collect();
    files.sort();
    files
}

fn refusal(run: &Path, plan: &Plan) -> String {
    let opened = Opened::new(run).and_then(|mut run| run.restore(trainer(plan)).map(drop));
    let said = opened.expect_err("it was damaged").chain();
    assert!(said.len() < 500 && !said.contains('\n'), "{said}");
    said
}

#[test]
fn damaged_files_are_refused_in_a_sentence() {
    let (_folder, run, plan) = kept();
    let names: Vec<String> = files(&run)
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        ["checkpoint", "lock", "looks-0001", "looks-0002", "run.json"]
    );
    Opened::new(&run).unwrap().restore(trainer(&plan)).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for name in names.iter().filter(|name| *name != "lock") {
        let path = run.join(name);
        let whole = fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(97) {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(refusal(&run, &plan).contains(name), "{length}");
        }
        for _ in 0..60 {
            let mut bytes = whole.clone();
            let at = rng.random_range(0..bytes.len());
            bytes[at] ^= 1 << rng.random_range(0..8);
            fs::write(&path, &bytes).unwrap();
            assert!(refusal(&run, &plan).contains(name), "byte {at}");
        }
        fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
        assert!(refusal(&run, &plan).contains(name));
        fs::write(&path, &whole).unwrap();
    }
    // A file of looks that is missing, and one in place of another.
    let [first, second] = ["looks-0001", "looks-0002"].map(|name| run.join(name));
    let looks = fs::read(&second).unwrap();
    fs::remove_file(&second).unwrap();
    assert!(refusal(&run, &plan).contains("the file is gone"));
    fs::copy(run.join("checkpoint"), &second).unwrap();
    assert!(refusal(&run, &plan).contains("the file is damaged"));
    fs::write(&second, &looks).unwrap();
    fs::copy(&second, &first).unwrap();
    Opened::new(&run).unwrap();
    fs::remove_file(run.join("run.json")).unwrap();
    assert!(refusal(&run, &plan).contains("this is no run"));
}

#[test]
fn another_table_or_another_recipe_is_refused() {
    let (folder, run, plan) = kept();
    let other = Plan {
        recipe: Recipe {
            seed: 1,
            ..plan.recipe.clone()
        },
        ..copy(&plan)
    };
    assert!(refusal(&run, &other).contains("set up otherwise"));
    let other = Plan {
        hidden: Some(vec![5, 2]),
        ..copy(&plan)
    };
    assert!(refusal(&run, &other).contains("set up otherwise"));
    fs::write(
        folder.path().join("table.csv"),
        table(120).replacen("20.000", "20.001", 1),
    )
    .unwrap();
    assert!(refusal(&run, &plan).contains("set up otherwise"));
}

#[test]
fn a_run_is_held_by_one_program_and_begins_in_an_empty_folder() {
    let (_folder, run, _) = kept();
    let held = Opened::new(&run).unwrap();
    let said = Opened::new(&run).err().unwrap().chain();
    let process = format!("(process {}) is at work on this run", std::process::id());
    assert!(said.contains(&process), "{said}");
    let begin = || Keeper::named(&run, about()).err().unwrap().chain();
    assert!(begin().contains(&process), "{}", begin());
    drop(held);
    assert!(
        begin().contains("there is a run in it already"),
        "{}",
        begin()
    );
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("mine"), "").unwrap();
    let said = Keeper::named(other.path(), about()).err().unwrap().chain();
    assert!(said.contains("the folder is not empty"), "{said}");
    fs::remove_file(other.path().join("mine")).unwrap();
    Keeper::named(other.path(), about()).unwrap();
}

#[test]
fn what_was_half_written_when_the_process_was_killed_is_swept_away() {
    let (_folder, run, plan) = kept();
    fs::write(run.join(".misfit-abc.part"), "half").unwrap();
    // Looks that no checkpoint names yet.
    fs::write(run.join("looks-0003"), "half").unwrap();
    let mut opened = Opened::new(&run).unwrap();
    let (trainer, history) = opened.restore(trainer(&plan)).unwrap();
    let mut keeper = Keeper::resumed(opened);
    assert!(!run.join(".misfit-abc.part").exists());
    let mut training = Training {
        steps: history.steps,
        trainer,
        history,
        plan: &plan,
        switches: &[],
        losses: Vec::new(),
    };
    while training.step() {}
    keeper.settle(&training.trainer, training.history.clone());
    let outcome = Outcome {
        loss: Some(0.5),
        ..Outcome::default()
    };
    assert_eq!(keeper.finish(outcome.clone()), Some(run.clone()));
    let about = About::read(&run).unwrap();
    assert_eq!(
        (about.state, about.result),
        (State::Finished, Some(outcome))
    );
    assert_eq!(Opened::new(&run).unwrap().progress().unwrap().step, 60);
}

/// A worker as the screen has it, which begins when what it is told first has been said.
fn worker(plan: &Plan, keeping: Keeping, first: &[Command]) -> Worker {
    let (go, begin) = mpsc::channel::<()>();
    let plan = copy(plan);
    let mut origin = plan.source.origin();
    let prepare = move |changes: &[Change], advance: &mut Advance<'_>| {
        let _ = begin.recv();
        let prepared = plan.prepare_from(&mut origin, changes, advance)?;
        Ok((prepared.loaded(), prepared.trainer))
    };
    let worker = Worker::keeping("auto".into(), prepare, keeping).unwrap();
    for command in first {
        worker.send(command.clone());
    }
    go.send(()).unwrap();
    worker
}

fn allow(steps: Option<u64>) -> Command {
    Command::Allow(Allowance { run: 1, steps })
}

fn until(worker: &Worker, halts: impl Fn(&Report) -> bool) -> Vec<Report> {
    let mut reports = Vec::new();
    loop {
        let report = worker.report().expect("the worker ended early");
        let last = halts(&report);
        reports.push(report);
        if last {
            return reports;
        }
    }
}

fn stands_at(step: u64) -> impl Fn(&Report) -> bool {
    move |report| matches!(report, Report::Advanced(advanced) if advanced.step == step)
}

/// The rows of the last ranking, with their scores to the bit.
fn ranked(reports: &[Report]) -> Vec<(u32, u32)> {
    let ranking = reports.iter().rev().find_map(|report| match report {
        Report::Ranked(ranking) => Some(ranking),
        _ => None,
    });
    let rows = ranking.unwrap().rows.iter();
    rows.map(|row| (row.row, row.score.to_bits())).collect()
}

#[test]
fn a_run_on_the_screen_is_left_and_taken_up_again_with_its_curves_and_marks() {
    let (folder, path) = file(&table(300));
    let mut plan = plan(Source::Path(path), Preset::Auto);
    plan.recipe.length = Length::Steps(120);
    let bias = Command::SetBias(vec![true, false, true, false]);
    let through = worker(&plan, Keeping::off(), &[allow(Some(30))]);
    until(&through, stands_at(30));
    through.send(bias.clone());
    through.send(allow(None));
    let expected = ranked(&until(&through, |report| *report == Report::Finished));
    drop(through);

    let run = folder.path().join("run");
    let keeper = Keeper::named(&run, about()).unwrap();
    let left = worker(&plan, Keeping::New(Box::new(keeper)), &[allow(Some(30))]);
    until(&left, stands_at(30));
    left.send(bias);
    left.send(allow(Some(50)));
    until(&left, stands_at(50));
    drop(left);
    let again = || {
        let opened = Box::new(Opened::new(&run).unwrap());
        assert_ne!(opened.about.state, State::Failed);
        Keeping::Again(opened, Duration::from_secs(2))
    };
    let taken_up = worker(&plan, again(), &[]);
    let reports = until(&taken_up, |report| *report == Report::Finished);
    let from = reports.iter().find_map(|report| match report {
        Report::Started(started) => Some(started.from),
        _ => None,
    });
    let fifty = Moment {
        network: 0,
        step: 50,
    };
    assert_eq!(from, Some(Some(fifty)));
    let curve = reports.iter().find_map(|report| match report {
        Report::Advanced(advanced) => Some(advanced.train.len()),
        _ => None,
    });
    assert_eq!(curve, Some(50));
    let change = Event::Change("2 biases changed".into());
    let mark = Mark {
        step: 30,
        event: change,
    };
    assert!(reports.contains(&Report::Marked(mark)));
    let snapshots = reports.iter().filter_map(|report| match report {
        Report::Marked(mark) if mark.event == Event::Snapshot => Some(mark.step),
        _ => None,
    });
    assert_eq!(snapshots.collect::<Vec<_>>(), [25, 50, 100]);
    assert_eq!(ranked(&reports), expected);
    drop(taken_up);
    let about = About::read(&run).unwrap();
    assert_eq!(about.state, State::Finished);
    assert_eq!(about.result.unwrap().rows, 300);

    // To be looked at, and to go on beyond its end.
    let looked_at = worker(&plan, again(), &[]);
    let reports = until(&looked_at, |report| *report == Report::Finished);
    assert_eq!(ranked(&reports), expected);
    looked_at.send(Command::Resume);
    until(
        &looked_at,
        |report| matches!(report, Report::Advanced(advanced) if advanced.step > 121),
    );
    drop(looked_at);
    let opened = Opened::new(&run).unwrap();
    assert!(opened.progress().unwrap().step > 120 && opened.progress().unwrap().steps.is_none());
}

#[test]
fn a_restart_and_a_branch_are_what_is_taken_up() {
    let (folder, path) = file(&table(300));
    let mut plan = plan(Source::Path(path), Preset::Auto);
    plan.recipe.length = Length::Steps(110);
    let run = folder.path().join("run");
    let keeper = Keeper::named(&run, about()).unwrap();
    let left = worker(&plan, Keeping::New(Box::new(keeper)), &[]);
    until(&left, |report| *report == Report::Finished);
    // Back to step 50 and on from there without a bias, then left at step 80.
    let fifty = Moment {
        network: 0,
        step: 50,
    };
    left.send(Command::Branch(fifty));
    left.send(Command::Pause);
    left.send(Command::SetBias(vec![false; 4]));
    until(&left, |report| *report == Report::Paused);
    left.send(Command::Advance(200));
    until(
        &left,
        |report| matches!(report, Report::Advanced(advanced) if advanced.step >= 80),
    );
    drop(left);
    let mut opened = Opened::new(&run).unwrap();
    let (trainer, history) = opened.restore(trainer(&plan)).unwrap();
    assert_eq!(trainer.spec().bias(), [false; 4]);
    let marks: Vec<&str> = history.marks.iter().map(|(_, change)| &**change).collect();
    assert_eq!(marks, ["all biases off"]);
    // The looks of the former end are gone, those of the branch are there.
    let looks: Vec<Moment> = trainer
        .looks_from(0)
        .iter()
        .map(|look| look.moment)
        .collect();
    assert_eq!(
        &looks[..2],
        [25, 50].map(|step| Moment { network: 0, step })
    );
    drop(opened);

    let restarted = Keeping::Again(Box::new(Opened::new(&run).unwrap()), Duration::from_secs(2));
    let left = worker(&plan, restarted, &[]);
    until(&left, |report| matches!(report, Report::Ranked(_)));
    left.send(Command::Restart(trainer.spec().clone().with_tied(true)));
    let begun = |report: &Report| matches!(report, Report::Started(started) if started.run > 1);
    until(&left, begun);
    until(
        &left,
        |report| matches!(report, Report::Advanced(advanced) if advanced.step >= 10),
    );
    drop(left);
    let mut opened = Opened::new(&run).unwrap();
    let (restored, _) = opened.restore(self::trainer(&plan)).unwrap();
    assert!(restored.spec().tied() && restored.spec().bias() == [false; 4]);
}
