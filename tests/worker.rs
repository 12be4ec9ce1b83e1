//! The worker thread around a fake engine: what it reports, obeys and survives. Waiting is a message, never a sleep.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/fake.rs"]
mod fake;

use std::ops::ControlFlow;
use std::sync::mpsc::channel;

use misfit::data::read::{News, Progress};
use misfit::error::{DataError, Error};
use misfit::message::{
    Allowance, Command, Copy, Event, Explained, Export, Exported, Formulas, Judged, Layers, Moment,
    Publish, Report, Rows, Sample, Save, Story, Watch,
};
use misfit::score::flag::FlagRule;
use misfit::score::ranking::{Basis, By, Ranked, Ranking};
use misfit::store::model::Model;
use misfit::train::engine::BuildEngine;
use misfit::train::fused::FusedEngine;
use misfit::train::trainer::Trainer;
use misfit::worker::Worker;

const FOREVER: u64 = u64::MAX;

fn spawn(steps: u64, build: BuildEngine) -> Worker {
    Worker::spawn("auto".into(), move |_, _| {
        Ok((fake::loaded(), fake::trainer(steps, build)))
    })
    .unwrap()
}

/// A worker that finds these commands waiting when it begins.
fn spawn_told(trainer: impl Fn() -> Trainer + Send + 'static, commands: Vec<Command>) -> Worker {
    let (told, begin) = channel();
    let worker = Worker::spawn("auto".into(), move |_, _| {
        begin.recv().unwrap();
        Ok((fake::loaded(), trainer()))
    })
    .unwrap();
    for command in commands {
        worker.send(command);
    }
    told.send(()).unwrap();
    worker
}

/// All that the worker tells before it answers, which it does when it has obeyed all that was sent before.
fn meanwhile(worker: &Worker, row: u32) -> Vec<Report> {
    worker.send(Command::Watch(Watch {
        row: Some(row),
        ..Watch::default()
    }));
    until(
        worker,
        |report| matches!(report, Report::Explained(explained) if explained.page.as_ref().is_some_and(|page| page.row == row)),
    )
}

/// The steps that a report of the curves stands at.
fn steps(reports: &[Report]) -> Vec<u64> {
    let step = |report: &Report| match report {
        Report::Advanced(advanced) => Some(advanced.step),
        _ => None,
    };
    reports.iter().filter_map(step).collect()
}

/// What the rankings among them stand on.
fn bases(reports: &[Report]) -> Vec<Basis> {
    let basis = |report: &Report| match report {
        Report::Ranked(ranking) => Some(ranking.basis.clone()),
        _ => None,
    };
    reports.iter().filter_map(basis).collect()
}

fn judged(reports: &[Report]) -> Vec<Judged> {
    let judged = |report: &Report| match report {
        Report::Judged(judged) => Some(*judged),
        _ => None,
    };
    reports.iter().filter_map(judged).collect()
}

/// What was told of the rankings after these steps, by `reports` or after them.
fn judged_at(worker: &Worker, reports: &[Report], steps: &[u64]) -> Vec<Judged> {
    let mut told = judged(reports);
    loop {
        let of = |step: &u64| told.iter().rev().find(|judged| judged.at == moment(*step));
        let found: Vec<Judged> = steps.iter().filter_map(of).copied().collect();
        if found.len() == steps.len() {
            return found;
        }
        let more = until(worker, |report| matches!(report, Report::Judged(_)));
        told.extend(judged(&more));
    }
}

fn layers(reports: &[Report]) -> Vec<Layers> {
    let layers = |report: &Report| match report {
        Report::Layers(layers) => Some(layers.clone()),
        _ => None,
    };
    reports.iter().filter_map(layers).collect()
}

/// The losses of the training rows.
fn samples(reports: &[Report]) -> Vec<Sample> {
    let train = |report: &Report| match report {
        Report::Advanced(advanced) => Some(advanced.train.clone()),
        _ => None,
    };
    reports.iter().filter_map(train).flatten().collect()
}

/// What was told last of the ranking and of its reasons.
fn shown(reports: &[Report]) -> (Ranking, Explained) {
    let ranking = |report: &Report| match report {
        Report::Ranked(ranking) => Some(ranking.clone()),
        _ => None,
    };
    let explained = |report: &Report| match report {
        Report::Explained(explained) => Some(explained.clone()),
        _ => None,
    };
    let (mut rankings, mut reasons) = (reports.iter().rev(), reports.iter().rev());
    (
        rankings.find_map(ranking).unwrap(),
        reasons.find_map(explained).unwrap(),
    )
}

/// What is told when a moment is looked at, or the present again.
fn look(worker: &Worker, at: Option<Moment>) -> (Ranking, Explained, Layers) {
    worker.send(Command::LookAt(at));
    let told = |report: &Report| matches!(report, Report::Layers(layers) if at.is_none_or(|at| layers.at == at));
    let reports = until(worker, told);
    let (ranking, explained) = shown(&reports);
    (ranking, explained, layers(&reports).pop().unwrap())
}

fn moment(step: u64) -> Moment {
    Moment { network: 0, step }
}

fn allow(run: u64, steps: Option<u64>) -> Command {
    Command::Allow(Allowance { run, steps })
}

fn stands_at(step: u64) -> impl Fn(&Report) -> bool {
    move |report| matches!(report, Report::Advanced(advanced) if advanced.step == step)
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
    let steps = steps(&reports);
    assert_eq!(
        steps.last(),
        Some(&20),
        "the end of the run is always reported"
    );
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_device_that_is_lost_is_told_and_marked_and_the_run_goes_on() {
    let worker = spawn(20, fake::moving);
    let reports = until(&worker, |report| *report == Report::Finished);
    let moved: Vec<_> = reports
        .iter()
        .filter_map(|report| match report {
            Report::Moved(moved) => Some((&*moved.why, moved.device)),
            _ => None,
        })
        .collect();
    assert_eq!(moved, [("the device is lost", "home")]);
    let marked = reports.iter().any(|report| match report {
        Report::Marked(mark) => {
            (mark.step, &mark.event) == (3, &Event::Change("now fake home".into()))
        }
        _ => false,
    });
    assert!(marked);
    assert_eq!(steps(&reports).last(), Some(&20));
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
    assert_eq!((first.row, first.reasons.len()), (fake::STRANGE, 3));
    let shares = first.reasons.iter().map(|reason| reason.share);
    assert!((shares.sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn pause_stops_the_steps_and_resume_goes_on() {
    let worker = spawn(FOREVER, fake::steady);
    worker.send(Command::Pause);
    assert!(meanwhile(&worker, 3).contains(&Report::Paused));
    let reports = meanwhile(&worker, 4);
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
        Ok((fake::loaded(), fake::trainer_of(3, 20, &[], fake::steady)))
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

fn forever() -> Trainer {
    fake::trainer(FOREVER, fake::steady)
}

#[test]
fn the_training_goes_as_far_as_it_was_granted() {
    let worker = spawn_told(forever, vec![allow(1, Some(3))]);
    until(&worker, stands_at(3));
    assert!(steps(&meanwhile(&worker, 3)).is_empty());
    worker.send(allow(1, Some(5)));
    until(&worker, stands_at(5));
    worker.send(allow(1, Some(4)));
    worker.send(allow(7, None));
    let reports = meanwhile(&worker, 4);
    assert!(
        steps(&reports).is_empty(),
        "a grant for another run says nothing"
    );
    worker.send(allow(1, None));
    until(
        &worker,
        |report| matches!(report, Report::Advanced(a) if a.step > 100),
    );
}

#[test]
fn another_run_waits_for_its_own_grant() {
    let worker = spawn_told(forever, vec![allow(1, Some(3))]);
    until(&worker, stands_at(3));
    worker.send(Command::Restart(fake::spec()));
    worker.send(allow(1, Some(9)));
    let reports = meanwhile(&worker, 3);
    let run = reports.iter().find_map(|report| match report {
        Report::Started(started) => Some(started.run),
        _ => None,
    });
    assert_eq!((run, steps(&reports)), (Some(2), vec![]));
    let ranked = bases(&reports).pop();
    assert_eq!(ranked, Some(Basis::Step(0)), "it is ranked all the same");
    worker.send(allow(2, Some(4)));
    until(&worker, stands_at(4));
}

#[test]
fn a_paused_training_takes_the_steps_it_is_asked_for() {
    let worker = spawn_told(forever, vec![allow(1, Some(3))]);
    until(&worker, stands_at(3));
    worker.send(Command::Advance(1));
    assert!(steps(&meanwhile(&worker, 3)).is_empty(), "it is not paused");
    worker.send(Command::Pause);
    worker.send(Command::Advance(2));
    worker.send(Command::Advance(1));
    let mut reports = until(&worker, stands_at(6));
    let after = meanwhile(&worker, 4);
    assert!(steps(&after).is_empty());
    reports.extend(after);
    assert_eq!(bases(&reports).pop(), Some(Basis::Step(6)));
}

#[test]
fn single_steps_lead_beyond_the_end_of_the_recipe() {
    let worker = spawn(7, fake::steady);
    until(&worker, |report| *report == Report::Finished);
    worker.send(Command::Advance(3));
    let reports = until(&worker, stands_at(10));
    assert!(reports.contains(&Report::Paused));
    assert!(steps(&meanwhile(&worker, 3)).is_empty());
    worker.send(Command::Resume);
    until(
        &worker,
        |report| matches!(report, Report::Advanced(a) if a.step > 10),
    );
}

#[test]
fn single_steps_end_a_network_and_stand_still_before_the_next() {
    let trainer = || fake::trainer_of(2, 5, &[], fake::steady);
    let worker = spawn_told(trainer, vec![allow(1, Some(4))]);
    until(&worker, stands_at(4));
    worker.send(Command::Pause);
    worker.send(Command::Advance(9));
    until(&worker, stands_at(5));
    let reports = until(&worker, |report| *report == Report::Paused);
    let begun =
        |report: &Report| matches!(report, Report::Started(s) if (s.run, s.network) == (2, 1));
    assert!(reports.iter().any(begun), "{reports:?}");
    assert!(steps(&meanwhile(&worker, 3)).is_empty());
}

fn looking() -> Trainer {
    fake::trainer_of(1, 10, &[2, 5, 10], fake::steady)
}

/// A run with snapshots, told to its end; it was held until the scores without a network were there, so that they are in
/// every ranking but the first.
fn looked() -> (Worker, Vec<Report>) {
    let worker = spawn_told(looking, vec![allow(1, Some(0))]);
    let mut reports = until(&worker, |report| matches!(report, Report::Referenced(_)));
    worker.send(allow(1, None));
    reports.extend(until(&worker, |report| *report == Report::Finished));
    (worker, reports)
}

#[test]
fn every_snapshot_is_judged_though_the_run_was_over_at_once() {
    let (worker, reports) = looked();
    let told = judged_at(&worker, &reports, &[0, 2, 5, 10]);
    let agreement: Vec<_> = told.iter().map(|judged| judged.agreement).collect();
    let all = Some(1.0);
    assert_eq!(agreement, [None, all, all, all], "the fake learns nothing");
    assert_eq!(told[3].stayed, all);
    assert!(told[3].entropy.is_some());
    worker.send(Command::RankBy(By::Lesinn));
    let told = judged_at(&worker, &[], &[0, 2, 5, 10]);
    assert_eq!(
        told[3].agreement, all,
        "another way of ranking is judged anew"
    );
}

#[test]
fn another_rule_flags_anew_without_training() {
    let (worker, reports) = looked();
    let auto = reports.iter().rev().find_map(|report| match report {
        Report::Ranked(ranking) => Some(ranking.flag.rule),
        _ => None,
    });
    assert_eq!(auto, Some(FlagRule::Auto));
    worker.send(Command::Flag(FlagRule::Top(2)));
    let told = until(
        &worker,
        |report| matches!(report, Report::Ranked(ranking) if ranking.flag.rule == FlagRule::Top(2)),
    );
    assert!(
        !told
            .iter()
            .any(|report| matches!(report, Report::Advanced(_)))
    );
    let Some(Report::Ranked(ranking)) = told.last() else {
        panic!("{told:?}")
    };
    let above = |ranked: &&Ranked| f64::from(ranked.score) > ranking.flag.threshold;
    assert_eq!(
        ranking.flag.count,
        ranking.rows.iter().take_while(above).count()
    );
    assert!(ranking.flag.count <= 2, "{:?}", ranking.flag);
}

#[test]
fn the_layers_are_told_at_the_beginning_and_at_the_end() {
    let worker = spawn_told(looking, Vec::new());
    let reports = until(&worker, |report| *report == Report::Finished);
    let told = layers(&reports);
    assert_eq!(told[0].at, moment(0));
    assert_eq!(told[told.len() - 1].at, moment(10));
    assert_eq!(told[0].layers.len(), fake::spec().len());
    worker.send(Command::Advance(2));
    until(
        &worker,
        |report| matches!(report, Report::Layers(layers) if layers.at == moment(12)),
    );
    worker.send(Command::SetBias(vec![true, false, true, true]));
    let reports = until(&worker, |report| matches!(report, Report::Layers(_)));
    assert_eq!(layers(&reports)[0].layers[1].bias_norm, None);
}

#[test]
fn looking_back_and_forth_shows_the_same_again() {
    let (worker, reports) = looked();
    let kept = reports.iter().rev().find_map(|report| match report {
        Report::Kept(kept) => Some(kept.clone()),
        _ => None,
    });
    assert_eq!(kept, Some([2, 5, 10].map(moment).to_vec()));
    let present = shown(&reports);
    let then = [2, 5].map(|step| look(&worker, Some(moment(step))));
    let steps = |steps: &[u64]| Basis::Snapshots {
        steps: steps.to_vec(),
        networks: 1,
    };
    assert_eq!(then[0].0.basis, steps(&[2]));
    assert_eq!(then[1].0.basis, steps(&[2, 5]));
    assert_eq!(look(&worker, Some(moment(2))), then[0]);
    assert_eq!(look(&worker, Some(moment(5))), then[1]);
    let (ranking, explained, layers) = look(&worker, None);
    assert_eq!((ranking, explained), present);
    assert_eq!(layers.at, moment(10));
    worker.send(Command::LookAt(Some(moment(3))));
    let reports = until(&worker, |report| matches!(report, Report::Refused(_)));
    let refused = "nothing is kept of the network after step 3";
    assert_eq!(reports.last(), Some(&Report::Refused(refused.into())));
}

#[test]
fn nothing_is_trained_while_a_kept_moment_is_looked_at() {
    let trainer = || fake::trainer_of(1, FOREVER, &[2, 5], fake::steady);
    let worker = spawn_told(trainer, Vec::new());
    until(
        &worker,
        |report| matches!(report, Report::Kept(kept) if kept.len() > 1),
    );
    look(&worker, Some(moment(2)));
    let reports = meanwhile(&worker, 3);
    let before = steps(&reports);
    worker.send(Command::Advance(3));
    assert!(steps(&meanwhile(&worker, 4)).is_empty());
    worker.send(Command::LookAt(None));
    let stood = before.last().copied().unwrap_or(5);
    until(
        &worker,
        |report| matches!(report, Report::Advanced(a) if a.step > stood),
    );
}

#[test]
fn a_branch_is_a_new_run_that_repeats_what_came_after() {
    let (worker, first) = looked();
    let judged_before = judged_at(&worker, &first, &[0, 2, 5, 10]);
    worker.send(Command::SetBias(vec![false; 4]));
    worker.send(Command::Branch(moment(5)));
    let second = until(&worker, |report| *report == Report::Finished);
    let begun = second.iter().find_map(|report| match report {
        Report::Started(started) => Some(started.clone()),
        _ => None,
    });
    let begun = begun.unwrap();
    assert_eq!((begun.run, begun.from), (2, Some(moment(5))));
    assert_eq!((begun.spec, begun.steps), (fake::spec(), 10));
    assert!(second.contains(&Report::Kept([2, 5].map(moment).to_vec())));
    assert_eq!(samples(&second), samples(&first)[5..]);
    assert_eq!(shown(&second), shown(&first));
    let told = judged_at(&worker, &second, &[5, 10]);
    assert_eq!(told, judged_before[2..]);
    worker.send(Command::Branch(moment(3)));
    until(&worker, |report| matches!(report, Report::Refused(_)));
}

#[test]
fn a_branch_from_the_end_of_a_network_goes_on_with_the_next() {
    let trainer = || fake::trainer_of(2, 8, &[], fake::steady);
    let worker = spawn_told(trainer, Vec::new());
    until(&worker, |report| *report == Report::Finished);
    worker.send(Command::Branch(moment(8)));
    let reports = until(&worker, |report| *report == Report::Finished);
    let begun = reports.iter().filter_map(|report| match report {
        Report::Started(started) => Some((started.run, started.network, started.from)),
        _ => None,
    });
    assert_eq!(
        begun.collect::<Vec<_>>(),
        [(3, 0, Some(moment(8))), (4, 1, None)]
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
        if let ControlFlow::Break(()) = advance(News::Progress(Progress {
            rows: 1,
            bytes: 1,
            total: None,
            need: None,
        })) {
            return Err(Error::Stopped);
        }
    };
    drop(Worker::spawn("auto".into(), endless).unwrap());
}

#[test]
fn other_columns_begin_another_run_and_impossible_ones_are_refused() {
    use misfit::message::{Change, Choice};
    let prepare = |changes: &[Change], _: &mut misfit::data::read::Advance<'_>| {
        if changes
            .iter()
            .any(|change| matches!(change, Change::Column(column, _) if column == "c9"))
        {
            return Err(Error::Told("there is no column c9".into()));
        }
        Ok((fake::loaded(), fake::trainer(FOREVER, fake::steady)))
    };
    let worker = Worker::spawn("auto".into(), prepare).unwrap();
    let ask = |column: &str| {
        worker.send(Command::Reread(vec![Change::Column(
            column.into(),
            Choice::Drop,
        )]));
    };
    until(&worker, |report| matches!(report, Report::Advanced(_)));
    ask("c9");
    let reports = until(&worker, |report| *report == Report::Resumed);
    assert!(reports.contains(&Report::Refused("there is no column c9".into())));
    worker.send(Command::SetBias(vec![false, true, true, true]));
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
    // What was switched stays so.
    let Some(Report::Started(started)) = started.map(|place| &reports[place]) else {
        unreachable!()
    };
    assert_eq!(started.spec.bias(), [false, true, true, true]);
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

fn exported(worker: &Worker) -> Exported {
    let told = until(
        worker,
        |report| matches!(report, Report::Exported(exported) if !matches!(exported, Exported::Percent(_))),
    );
    match told.last() {
        Some(Report::Exported(exported)) => exported.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_are_written_in_mid_run_and_a_file_is_replaced_only_when_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.csv");
    let export = |overwrite| {
        Command::Export(Export {
            path: path.clone(),
            rows: Rows::These(vec![3, fake::STRANGE]),
            formulas: Formulas::Keep,
            overwrite,
        })
    };
    let worker = spawn(FOREVER, fake::steady);
    worker.send(export(false));
    let done = exported(&worker);
    assert!(
        matches!(&done, Exported::Done(what) if what.starts_with("wrote 2 rows")),
        "{done:?}"
    );
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "rank,row,score,flagged,reason,c0,c1,c2");
    assert!(
        lines[1].starts_with("1,18,") && lines[1].ends_with("9,9,9"),
        "{text}"
    );
    assert!(
        lines[2].split(',').nth(1) == Some("4") && lines.len() == 3,
        "{text}"
    );
    worker.send(export(false));
    assert_eq!(exported(&worker), Exported::Exists);
    worker.send(export(true));
    assert!(matches!(exported(&worker), Exported::Done(_)));
    // Training goes on meanwhile, what was asked for is obeyed, and a second export waits for the first.
    worker.send(export(true));
    worker.send(export(true));
    until(&worker, |report| matches!(report, Report::Advanced(_)));
    worker.send(Command::Pause);
    until(&worker, |report| *report == Report::Paused);
    worker.send(export(true));
    assert!(matches!(exported(&worker), Exported::Done(_)));
}

#[test]
fn a_model_is_written_in_mid_run_and_a_network_without_numbers_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.misfit");
    let save = |overwrite| {
        Command::Save(Save {
            path: path.clone(),
            overwrite,
        })
    };
    let worker = spawn(FOREVER, FusedEngine::build);
    worker.send(save(false));
    let done = exported(&worker);
    assert!(
        matches!(&done, Exported::Done(what) if what.starts_with("wrote the model to")),
        "{done:?}"
    );
    let model = Model::open(&path, Some(1)).unwrap();
    assert_eq!(model.encoder.columns.len(), 3);
    worker.send(save(false));
    assert_eq!(exported(&worker), Exported::Exists);
    worker.send(save(true));
    assert!(matches!(exported(&worker), Exported::Done(_)));
    let worker = spawn(FOREVER, fake::steady);
    worker.send(save(true));
    assert!(matches!(exported(&worker), Exported::Failed(_)));
}

#[test]
fn what_is_being_written_when_everybody_leaves_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let worker = spawn(FOREVER, fake::steady);
    worker.send(Command::Export(Export {
        path: folder.path().join("o.csv"),
        rows: Rows::All,
        formulas: Formulas::Keep,
        overwrite: false,
    }));
    drop(worker);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(left.is_empty() || left == ["o.csv"], "{left:?}");
}

#[test]
fn what_cannot_be_written_or_copied_is_told() {
    let worker = spawn(FOREVER, fake::steady);
    worker.send(Command::Export(Export {
        path: "/no/such/folder/o.csv".into(),
        rows: Rows::All,
        formulas: Formulas::Keep,
        overwrite: false,
    }));
    let failed = exported(&worker);
    assert!(
        matches!(&failed, Exported::Failed(why) if why.contains("there is no folder")),
        "{failed:?}"
    );
    let copy = |rows| {
        worker.send(Command::Copy(Copy {
            rows,
            formulas: Formulas::Keep,
        }));
        let told = until(&worker, |report| matches!(report, Report::Copied(_)));
        match told.last() {
            Some(Report::Copied(copied)) => copied.clone(),
            other => panic!("{other:?}"),
        }
    };
    let none = copy(Rows::These(vec![4_000_000]));
    assert!(
        none.text.is_empty() && none.sentence.contains("no such rows"),
        "{none:?}"
    );
    let one = copy(Rows::These(vec![fake::STRANGE]));
    assert_eq!(one.text.lines().count(), 2);
    assert!(one.sentence.starts_with("copied 1 row (") && one.sentence.contains("OSC 52"));
}

#[test]
fn a_page_is_written_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.html");
    let worker = spawn(20, fake::steady);
    worker.send(Command::Publish(Box::new(Publish {
        path: path.clone(),
        overwrite: false,
        story: Story {
            name: "a <table>".into(),
            ..Story::default()
        },
    })));
    assert!(matches!(exported(&worker), Exported::Done(_)));
    let html = std::fs::read_to_string(path).unwrap();
    assert!(html.contains("a &lt;table&gt;") && html.ends_with("</html>\n"));
}

#[test]
fn a_row_s_page_tells_its_like_and_what_is_said_without_a_network() {
    let worker = spawn_told(|| fake::trainer(5, fake::steady), Vec::new());
    until(&worker, |report| matches!(report, Report::Referenced(_)));
    let reports = meanwhile(&worker, fake::STRANGE);
    let Some(Report::Explained(Explained {
        page: Some(page), ..
    })) = reports.last()
    else {
        panic!("{reports:?}");
    };
    let place = page.place.unwrap();
    assert_eq!((place.rank, place.flagged), (0, true));
    let beside = page.beside.as_ref().unwrap();
    assert_eq!(
        (beside.by, beside.standing.map(|(rank, _)| rank)),
        (By::Lesinn, Some(0))
    );
    let shares: f32 = beside.reasons.iter().map(|reason| reason.share).sum();
    assert!((shares - 1.0).abs() < 1e-4, "all three columns: {shares}");
    let nearest = page.nearest.as_ref().unwrap();
    assert_eq!((nearest.among, nearest.numbers), (fake::ROWS, 1));
    assert_eq!((nearest.columns.len(), nearest.own.len()), (3, 3));
    // The code is the first column, sin(3 · row).
    let far = |row: u32| 9.0 - f64::from(3 * row).sin();
    let mut expected: Vec<u32> = (0..40).filter(|row| *row != fake::STRANGE).collect();
    expected.sort_by(|a, b| far(*a).total_cmp(&far(*b)));
    let told: Vec<u32> = nearest.rows.iter().map(|near| near.row).collect();
    assert_eq!(told, expected[..24]);
    assert!(
        nearest.rows[0].distance > 10.0 * nearest.usual,
        "{nearest:?}"
    );
    let reports = meanwhile(&worker, 3);
    let Some(Report::Explained(Explained {
        page: Some(page), ..
    })) = reports.last()
    else {
        panic!("{reports:?}");
    };
    assert!(page.place.unwrap().rank > 0);
    let nearest = page.nearest.as_ref().unwrap();
    assert!(nearest.rows.iter().all(|near| near.row != 3));
}
