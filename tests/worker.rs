//! The worker thread around a fake engine: what it reports, obeys and survives. Waiting is a message, never a sleep.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/fake.rs"]
mod fake;

use std::ops::ControlFlow;

use misfit::data::read::Progress;
use misfit::error::{DataError, Error};
use misfit::message::{Command, Event, Report, Watch};
use misfit::score::ranking::Basis;
use misfit::train::engine::BuildEngine;
use misfit::worker::Worker;

const FOREVER: u64 = u64::MAX;

fn spawn(steps: u64, build: BuildEngine) -> Worker {
    Worker::spawn("auto".into(), move |_, _| {
        Ok((fake::loaded(), fake::trainer(steps, build)))
    })
    .unwrap()
}

/// Reports up to the first that `stops` wants, that one included.
fn until(worker: &Worker, stops: impl Fn(&Report) -> bool) -> Vec<Report> {
    let mut reports = Vec::new();
    loop {
        let report = worker.report().expect("the worker ended early");
        let last = stops(&report);
        reports.push(report);
        if last {
            return reports;
        }
    }
}

#[test]
fn a_run_is_told_from_loading_to_its_end_in_order() {
    let worker = spawn(20, fake::steady);
    let reports = until(&worker, |report| *report == Report::Finished);
    assert!(matches!(reports[0], Report::Loaded(_)));
    assert!(matches!(reports[1], Report::Started(_)));
    assert!(
        matches!(reports[2], Report::Ranked(_)),
        "the untrained network is ranked at once"
    );
    let steps: Vec<u64> = reports
        .iter()
        .filter_map(|report| {
            if let Report::Advanced(advanced) = report {
                Some(advanced.step)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(
        steps.last(),
        Some(&20),
        "the end of the run is always reported"
    );
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_run_that_ends_in_a_blink_leaves_its_whole_curve() {
    let worker = spawn(300, fake::steady);
    let reports = until(&worker, |report| *report == Report::Finished);
    let samples = reports.iter().filter_map(|report| {
        if let Report::Advanced(a) = report {
            Some(&a.train)
        } else {
            None
        }
    });
    let steps: Vec<u64> = samples.flatten().map(|sample| sample.step).collect();
    assert!(
        steps.len() > 100 && steps.windows(2).all(|pair| pair[0] < pair[1]),
        "{steps:?}"
    );
}

#[test]
fn the_strange_row_ranks_first_and_is_explained() {
    let worker = spawn(5, fake::steady);
    let reports = until(&worker, |report| *report == Report::Finished);
    let ranking = reports.iter().rev().find_map(|report| {
        if let Report::Ranked(r) = report {
            Some(r)
        } else {
            None
        }
    });
    assert_eq!(ranking.unwrap().rows[0].row, fake::STRANGE);
    let explained = reports
        .iter()
        .rev()
        .find_map(|r| {
            if let Report::Explained(e) = r {
                Some(e)
            } else {
                None
            }
        })
        .unwrap();
    let first = &explained.rows[0];
    assert_eq!((first.row, first.parts.len()), (fake::STRANGE, 3));
    assert!((first.parts.iter().map(|part| part.share).sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn pause_stops_the_steps_and_resume_goes_on() {
    let worker = spawn(FOREVER, fake::steady);
    worker.send(Command::Pause);
    let page_of = |row| {
        worker.send(Command::Watch(Watch {
            row: Some(row),
            ..Watch::default()
        }));
        until(
            &worker,
            |report| matches!(report, Report::Explained(explained) if explained.page.as_ref().is_some_and(|page| page.row == row)),
        )
    };
    assert!(page_of(3).contains(&Report::Paused));
    let reports = page_of(4);
    assert!(
        !reports
            .iter()
            .any(|report| matches!(report, Report::Advanced(_))),
        "{reports:?}"
    );
    worker.send(Command::Resume);
    until(&worker, |report| matches!(report, Report::Advanced(_)));
}

#[test]
fn the_references_are_told_once_though_the_run_has_ended() {
    let worker = spawn(1, fake::steady);
    let told = |report: &Report| matches!(report, Report::Referenced(_));
    let reports = until(&worker, told);
    let Some(Report::Referenced(referenced)) = reports.last() else {
        unreachable!()
    };
    assert!(
        referenced.quality.is_empty(),
        "there is no label to judge by"
    );
    assert!(!referenced.seems_local, "one row is far out");
}

#[test]
fn several_networks_are_told_one_after_the_other() {
    let worker = Worker::spawn("auto".into(), |_, _| {
        Ok((fake::loaded(), fake::trainer_of(3, 20, fake::steady)))
    })
    .unwrap();
    let reports = until(&worker, |report| *report == Report::Finished);
    let begun = reports.iter().filter_map(|report| match report {
        Report::Started(started) => Some((started.network, started.networks)),
        _ => None,
    });
    assert_eq!(begun.collect::<Vec<_>>(), [(0, 3), (1, 3), (2, 3)]);
    let basis = reports.iter().rev().find_map(|report| match report {
        Report::Ranked(ranking) => Some(ranking.basis.clone()),
        _ => None,
    });
    let steps = vec![20; 3];
    assert_eq!(basis, Some(Basis::Snapshots { steps, networks: 3 }));
}

#[test]
fn the_second_network_of_a_recipe_is_told_with_its_own_widths() {
    use misfit::model::spec::{Activation, NetworkSpec};
    let worker = Worker::spawn("auto".into(), |_, _| {
        let (hidden, output) = (Activation::Tanh, Activation::Linear);
        let wide = NetworkSpec::new(vec![3, 6, 2], hidden, output, output)?;
        let trainer = fake::trainer(20, fake::steady).and_then(wide)?;
        Ok((fake::loaded(), trainer))
    })
    .unwrap();
    let reports = until(&worker, |report| *report == Report::Finished);
    let begun = reports.iter().filter_map(|report| match report {
        Report::Started(started) => Some((started.network, started.spec.shape())),
        _ => None,
    });
    assert_eq!(
        begun.collect::<Vec<_>>(),
        [(0, "3-2-1-2-3".into()), (1, "3-6-2-6-3".into())]
    );
    let basis = reports.iter().rev().find_map(|report| match report {
        Report::Ranked(ranking) => Some(ranking.basis.clone()),
        _ => None,
    });
    let steps = vec![20; 2];
    assert_eq!(basis, Some(Basis::Snapshots { steps, networks: 2 }));
}

#[test]
fn a_finished_run_can_go_on_beyond_its_end() {
    let worker = spawn(7, fake::steady);
    until(&worker, |report| *report == Report::Finished);
    worker.send(Command::Resume);
    until(
        &worker,
        |report| matches!(report, Report::Advanced(advanced) if advanced.step > 7),
    );
}

#[test]
fn a_bias_change_is_marked_once_with_what_changed() {
    let worker = spawn(FOREVER, fake::steady);
    worker.send(Command::SetBias(vec![true, false, true, true]));
    let mark = |report: &Report| matches!(report, Report::Marked(_));
    let reports = until(&worker, mark);
    let Some(Report::Marked(mark_seen)) = reports.last() else {
        unreachable!()
    };
    assert_eq!(mark_seen.event, Event::Change("encoder.2 bias off".into()));
    worker.send(Command::SetBias(vec![true, false, true, true]));
    worker.send(Command::SetRate(0.5));
    let reports = until(&worker, mark);
    let Some(Report::Marked(mark_seen)) = reports.last() else {
        unreachable!()
    };
    assert_eq!(
        mark_seen.event,
        Event::Change("learning rate 5e-1".into()),
        "the same biases again change nothing"
    );
}

#[test]
fn a_restart_begins_again_with_the_network_it_was_given() {
    let worker = spawn(FOREVER, fake::steady);
    let tied = fake::spec().with_tied(true);
    until(&worker, |report| matches!(report, Report::Advanced(_)));
    worker.send(Command::Restart(tied.clone()));
    let reports = until(
        &worker,
        |report| matches!(report, Report::Started(started) if started.spec == tied),
    );
    drop(reports);
    let reports = until(&worker, |report| matches!(report, Report::Ranked(_)));
    let Some(Report::Ranked(ranking)) = reports.last() else {
        unreachable!()
    };
    assert_eq!(ranking.basis, Basis::Step(0));
}

#[test]
fn a_panic_becomes_one_failure_and_the_end() {
    let worker = spawn(FOREVER, fake::panicking);
    let reports = until(&worker, |report| matches!(report, Report::Ended(_)));
    let Some(Report::Ended(why)) = reports.last() else {
        unreachable!()
    };
    assert!(why.contains("the fake engine was told to panic"), "{why}");
    assert_eq!(worker.report(), None);
}

#[test]
fn a_diverged_run_says_so_and_can_be_restarted() {
    let worker = spawn(FOREVER, fake::diverging);
    let reports = until(&worker, |report| matches!(report, Report::Failed(_)));
    let Some(Report::Failed(why)) = reports.last() else {
        unreachable!()
    };
    assert!(
        why.contains("the loss became NaN at step 5") && why.contains("learning rate below"),
        "{why}"
    );
    worker.send(Command::Restart(fake::spec()));
    until(&worker, |report| matches!(report, Report::Started(_)));
}

#[test]
fn a_table_that_cannot_be_read_is_a_failure_with_its_reason() {
    let broken = |_: &[misfit::message::Change], _: &mut misfit::data::read::Advance<'_>| {
        Err(Error::from(DataError {
            file: "x.csv".into(),
            problem: "no such file".into(),
            ..DataError::default()
        }))
    };
    let worker = Worker::spawn("auto".into(), broken).unwrap();
    assert_eq!(
        worker.report(),
        Some(Report::Ended("x.csv: no such file".into()))
    );
    assert_eq!(worker.report(), None);
}

#[test]
fn hanging_up_ends_the_reading_and_the_training() {
    // Dropping joins the thread, so returning at all is the assertion.
    drop(spawn(FOREVER, fake::steady));
    let endless = |_: &[misfit::message::Change], advance: &mut misfit::data::read::Advance<'_>| loop {
        if let ControlFlow::Break(()) = advance(Progress {
            rows: 1,
            bytes: 1,
            total: None,
            need: None,
        }) {
            return Err(Error::Stopped);
        }
    };
    drop(Worker::spawn("auto".into(), endless).unwrap());
}

#[test]
fn other_columns_begin_another_run_and_impossible_ones_are_refused() {
    use misfit::message::{Change, Choice};
    let prepare = |changes: &[Change], _: &mut misfit::data::read::Advance<'_>| {
        if changes.iter().any(|change| change.column == "c9") {
            return Err(Error::Told("there is no column c9".into()));
        }
        Ok((fake::loaded(), fake::trainer(FOREVER, fake::steady)))
    };
    let worker = Worker::spawn("auto".into(), prepare).unwrap();
    let ask = |column: &str| {
        worker.send(Command::Reread(vec![Change {
            column: column.into(),
            choice: Choice::Drop,
        }]));
    };
    until(&worker, |report| matches!(report, Report::Advanced(_)));
    ask("c9");
    let reports = until(&worker, |report| *report == Report::Resumed);
    assert!(reports.contains(&Report::Refused("there is no column c9".into())));
    ask("c1");
    let reports = until(
        &worker,
        |report| matches!(report, Report::Ranked(ranking) if ranking.basis == misfit::score::ranking::Basis::Step(0)),
    );
    let loaded = reports
        .iter()
        .position(|report| matches!(report, Report::Loaded(_)));
    let started = reports
        .iter()
        .position(|report| matches!(report, Report::Started(_)));
    assert!(loaded.is_some() && loaded < started);
}

#[test]
fn an_experiment_holds_the_training_and_is_told_to_its_end() {
    let worker = spawn(40, fake::steady);
    until(&worker, |report| *report == Report::Finished);
    worker.send(Command::Compare);
    let finished = |report: &Report| matches!(report, Report::Compared(c) if c.finished());
    let reports = until(&worker, finished);
    let Some(Report::Compared(last)) = reports.last() else {
        unreachable!()
    };
    assert_eq!(
        (last.variants.len(), last.variants[0].outcomes.len()),
        (5, 5)
    );
    assert!(!reports.iter().any(|r| matches!(r, Report::Advanced(_))));
    worker.send(Command::Resume);
    until(&worker, |report| matches!(report, Report::Advanced(_)));
    worker.send(Command::Compare);
    worker.send(Command::StopComparing);
    until(&worker, |report| matches!(report, Report::Advanced(_)));
}
