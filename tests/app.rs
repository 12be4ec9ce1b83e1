//! What the screen's state does with actions and reports, and what it asks of the worker.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/story.rs"]
mod story;

use misfit::app::action::{Action, Panel};
use misfit::app::farewell::farewell;
use misfit::app::pace::PaceSetting;
use misfit::app::pages::row::{Part, Row};
use misfit::app::pages::{Page, PageKind};
use misfit::app::prompt::{Edit, Purpose};
use misfit::app::session::Phase;
use misfit::app::session::run::Run;
use misfit::app::{App, Measures};
use misfit::data::read::Progress;
use misfit::message::{
    Ask, Browse, Browsed, Command, Copied, Copy, CopyCell, Export, Exported, Fetch, Formulas, Line,
    Moment, Moved, Order, Report, Rows, Save, Scoring, Started, Watch,
};
use misfit::model::spec::BiasChoice;
use misfit::score::flag::FlagRule;
use misfit::score::ranking::{By, Ranking};
use misfit::tui::measure;

fn typed(app: &mut App, opens: Action, text: &str) -> Vec<Command> {
    app.update(opens);
    app.edit(&Edit::Insert(text.into()));
    app.edit(&Edit::Submit)
}

fn row_page(app: &App) -> &Row {
    match app.page() {
        Some(Page::Row(row)) => row,
        other => panic!("{other:?} is no row's page"),
    }
}

fn pending(app: &App) -> usize {
    match app.page() {
        Some(Page::Columns(columns)) => columns.pending(&app.session),
        _ => 0,
    }
}

fn scroll(app: &App) -> usize {
    match app.page() {
        Some(Page::Help(help)) => help.scroll.first,
        other => panic!("{other:?} is no page of text"),
    }
}

fn total(app: &App) -> u64 {
    app.session.ledger.as_ref().unwrap().total().total()
}

#[test]
fn b_toggles_the_selected_layer_at_once_and_tells_the_worker() {
    let mut app = story::dashboard();
    app.update(Action::Down);
    let commands = app.update(Action::ToggleBias);
    let mut bias = vec![true; 8];
    bias[1] = false;
    assert_eq!(commands, [Command::SetBias(bias)]);
    assert_eq!(
        (total(&app), app.session.ledger.as_ref().unwrap().gap()),
        (3_301_045 - 8, 1_599 + 8)
    );
    app.update(Action::ToggleBias);
    assert_eq!(total(&app), 3_301_045);
}

#[test]
fn all_biases_go_off_then_on_and_the_output_s_alone_can_stay() {
    let mut app = story::dashboard();
    assert_eq!(
        app.update(Action::ToggleAllBiases),
        [Command::SetBias(vec![false; 8])]
    );
    assert_eq!(
        (total(&app), app.session.ledger.as_ref().unwrap().gap()),
        (3_297_368, 0)
    );
    app.update(Action::OutputBiasOnly);
    assert_eq!(total(&app), 3_297_368 + 1_602);
    assert_eq!(
        app.update(Action::ToggleAllBiases),
        [Command::SetBias(vec![true; 8])]
    );
    assert!(app.update(Action::Back).is_empty());
}

#[test]
fn tying_restarts_with_the_tied_network_and_keeps_the_former_run() {
    let mut app = story::dashboard();
    let tied = story::spec().with_tied(true);
    assert_eq!(
        app.update(Action::ToggleTied),
        [Command::Restart(tied.clone())]
    );
    assert_eq!(total(&app), 1_652_361);
    app.apply(Report::Started(story::started(tied)));
    assert!(app.session.run.train.is_empty() && app.session.run.marks.is_empty());
    assert!(!app.session.former.as_ref().unwrap().train.is_empty());
}

#[test]
fn a_device_that_is_lost_is_said_and_the_one_that_goes_on_is_shown() {
    let mut app = story::dashboard();
    app.apply(Report::Moved(Moved {
        why: "the other machine is lost".into(),
        engine: "fused",
        device: "cpu",
        threads: Some(2),
    }));
    assert_eq!(app.answer.as_deref(), Some("the other machine is lost"));
    let started = app.session.started.as_ref().unwrap();
    assert_eq!((started.engine, started.device), ("fused", "cpu"));
    app.apply(Report::Started(story::started(story::spec())));
    assert!(app.session.moved.is_some(), "it stays on the page of facts");
}

#[test]
fn nothing_is_asked_of_a_worker_that_still_reads() {
    let mut app = App::new("x.csv".into());
    for action in [
        Action::ToggleBias,
        Action::ToggleAllBiases,
        Action::ToggleTied,
        Action::TogglePause,
        Action::Restart,
    ] {
        assert_eq!(app.update(action), [], "{action:?}");
    }
    assert_eq!(app.update(Action::RaiseRate), []);
    app.update(Action::Open);
    assert_eq!(app.page_kind(), PageKind::Dashboard);
}

#[test]
fn space_pauses_resumes_and_goes_on_beyond_the_end() {
    let mut app = story::dashboard();
    assert_eq!(app.update(Action::TogglePause), [Command::Pause]);
    app.apply(Report::Paused);
    assert_eq!(
        (app.session.phase.clone(), app.update(Action::TogglePause)),
        (Phase::Paused, vec![Command::Resume])
    );
    app.apply(Report::Finished);
    assert_eq!(app.update(Action::TogglePause), [Command::Resume]);
    app.apply(Report::Failed("why".into()));
    assert_eq!(app.update(Action::TogglePause), []);
}

#[test]
fn the_learning_rate_doubles_halves_and_is_typed() {
    let mut app = story::dashboard();
    assert_eq!(app.update(Action::RaiseRate), [Command::SetRate(2e-4)]);
    assert_eq!(app.update(Action::LowerRate), [Command::SetRate(1e-4)]);
    assert_eq!(
        typed(&mut app, Action::Command, "rate 3e-3"),
        [Command::SetRate(3e-3)]
    );
    assert_eq!(typed(&mut app, Action::Command, "rate zero"), []);
    assert!(app.answer.as_ref().unwrap().contains("rate takes a number"));
}

#[test]
fn typed_commands_do_what_the_keys_do() {
    let mut app = story::dashboard();
    let none = story::spec().with_bias(&BiasChoice::None).unwrap();
    assert_eq!(
        typed(&mut app, Action::Command, "bias none"),
        [Command::SetBias(none.bias().to_vec())]
    );
    assert_eq!(
        typed(&mut app, Action::Command, "restart"),
        [Command::Restart(none)]
    );
    assert_eq!(typed(&mut app, Action::Command, "bias encoder.9"), []);
    assert!(app.answer.as_ref().unwrap().contains("encoder.9"));
    typed(&mut app, Action::Command, "quit");
    assert!(app.quit);
}

#[test]
fn escape_forgets_the_line_and_then_closes_what_is_open_but_never_quits() {
    let mut app = story::dashboard();
    app.update(Action::Find);
    assert_eq!(app.prompt.as_ref().unwrap().purpose, Purpose::Find);
    app.edit(&Edit::Cancel);
    assert_eq!(app.prompt, None);
    for action in [
        Action::Open,
        Action::Help,
        Action::Back,
        Action::Back,
        Action::Back,
    ] {
        app.update(action);
    }
    assert_eq!((app.page_kind(), app.quit), (PageKind::Dashboard, false));
}

#[test]
fn finding_a_row_selects_it_and_a_missing_one_is_said() {
    let mut app = story::dashboard();
    let row = app.session.ranking.as_ref().unwrap().rows[700].row;
    let commands = typed(&mut app, Action::Find, &(row + 1).to_string());
    assert_eq!(
        (app.selection.rank, app.dashboard.focus),
        (700, Panel::Outliers)
    );
    let Some(Command::Watch(watch)) = commands.first() else {
        panic!("{commands:?}")
    };
    assert!(
        (watch.first..watch.first + watch.count).contains(&700),
        "{watch:?}"
    );
    typed(&mut app, Action::Find, "5000");
    assert_eq!(
        (app.selection.rank, app.answer.as_deref()),
        (700, Some("no ranked row is called “5000”"))
    );
}

#[test]
fn ids_are_searched_by_parts_and_found_again() {
    let mut app = story::dashboard();
    let mut loaded = story::loaded();
    loaded.ids = Some(
        (0..story::ROWS)
            .map(|row| format!("Pump-{}", row % 300))
            .collect(),
    );
    app.session.loaded = Some(loaded);
    typed(&mut app, Action::Find, "pump-299");
    let first = app.selection.rank;
    app.update(Action::FindNext);
    assert_ne!(app.selection.rank, first);
    assert!(
        app.session
            .row_name(app.selected_row().unwrap())
            .ends_with("299")
    );
}

#[test]
fn opening_a_row_asks_for_its_page_and_leaving_stops_asking() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Down);
    let row = app.selected_row();
    assert_eq!(
        app.update(Action::Open),
        [Command::Watch(Watch {
            row,
            ..Watch::default()
        })]
    );
    app.apply(Report::Explained(story::explained(row)));
    assert_eq!(
        row_page(&app).told.as_ref().map(|page| Some(page.row)),
        Some(row)
    );
    let shares: Vec<f32> = row_page(&app)
        .order
        .iter()
        .map(|feature| row_page(&app).told.as_ref().unwrap().cells[*feature].share)
        .collect();
    assert!(
        shares.windows(2).all(|pair| pair[0] >= pair[1]),
        "the largest share comes first"
    );
    assert_eq!(typed(&mut app, Action::Find, "λ0700"), []);
    assert_eq!(row_page(&app).order[row_page(&app).line], 699);
    assert_eq!(app.update(Action::Back), [Command::Watch(Watch::default())]);
}

#[test]
fn the_answer_of_another_row_does_not_land_on_this_page() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Open);
    let opened = app.watch().row;
    app.update(Action::Next);
    app.apply(Report::Explained(story::explained(opened)));
    assert_eq!(row_page(&app).told, None);
}

#[test]
fn the_selection_stays_with_its_row_but_the_top_stays_the_top() {
    let mut app = story::dashboard();
    let mut turned = story::ranking();
    turned.rows.swap(0, 5);
    turned.rows.swap(1, 7);
    app.apply(Report::Ranked(turned.clone()));
    assert_eq!(app.selection.rank, 0);
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Down);
    let row = app.selected_row();
    app.apply(Report::Ranked(story::ranking()));
    assert_eq!((app.selection.rank, app.selected_row()), (7, row));
    app.update(Action::First);
    app.update(Action::Open);
    let row = app.selected_row();
    app.apply(Report::Ranked(turned));
    assert_eq!(
        (app.selection.rank, app.selected_row()),
        (5, row),
        "an open page keeps its row"
    );
}

#[test]
fn the_selection_survives_a_shorter_ranking() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Last);
    assert_eq!(app.selection.rank, story::ROWS - 1);
    let mut shorter = story::ranking();
    shorter.rows.truncate(10);
    app.apply(Report::Ranked(shorter));
    assert_eq!(app.selection.rank, 9);
}

#[test]
fn panels_are_reached_by_turning_and_by_number() {
    let mut app = story::dashboard();
    let start = app.dashboard.focus;
    for _ in 0..4 {
        app.update(Action::NextPanel);
    }
    assert_eq!(app.dashboard.focus, start);
    app.update(Action::PreviousPanel);
    assert_eq!(app.dashboard.focus, Panel::Second);
    app.update(Action::ToggleLog);
    assert_eq!(app.dashboard.charts.log(Panel::Second), Some(false));
}

#[test]
fn a_page_of_text_scrolls_to_its_end_and_at_once_back() {
    let mut app = story::dashboard();
    app.update(Action::Help);
    app.measure(Measures {
        height: 24,
        overflow: 7,
        ..Measures::default()
    });
    app.update(Action::Last);
    assert_eq!(scroll(&app), 7);
    app.update(Action::Up);
    assert_eq!(scroll(&app), 6);
    app.update(Action::First);
    assert_eq!(scroll(&app), 0);
}

#[test]
fn what_is_asked_while_a_restart_is_under_way_is_not_forgotten() {
    let mut app = story::dashboard();
    let restarted = app.update(Action::Restart);
    app.update(Action::ToggleBias);
    app.update(Action::RaiseRate);
    let Some(Command::Restart(spec)) = restarted.first() else {
        panic!("{restarted:?}")
    };
    app.apply(Report::Started(story::started(spec.clone())));
    assert_eq!(
        app.session.spec.as_ref().map(|spec| spec.bias()[0]),
        Some(false)
    );
    assert_eq!(app.session.rate, 2e-4);
}

#[test]
fn the_next_network_of_a_recipe_brings_its_own_widths_and_keeps_the_biases() {
    use misfit::model::spec::{Activation, NetworkSpec};
    let mut app = story::dashboard();
    app.update(Action::ToggleBias);
    let leaky = Activation::LeakyRelu;
    let other = NetworkSpec::new(vec![9, 7, 5, 3, 2], leaky, leaky, Activation::Sigmoid).unwrap();
    app.apply(Report::Started(story::started(other.clone())));
    let restarted = app.update(Action::Restart);
    let Some(Command::Restart(spec)) = restarted.first() else {
        panic!("{restarted:?}")
    };
    assert_eq!((spec.shape(), spec.bias()[0]), (other.shape(), false));
}

#[test]
fn two_quick_presses_of_space_pause_and_go_on() {
    let mut app = story::dashboard();
    assert_eq!(app.update(Action::TogglePause), [Command::Pause]);
    assert_eq!(app.update(Action::TogglePause), [Command::Resume]);
}

#[test]
fn s_goes_through_the_ways_of_scoring_and_capital_d_to_their_disagreement_and_back() {
    let mut app = story::dashboard();
    let ranked = |app: &mut App, by| {
        app.apply(Report::Ranked(Ranking {
            by,
            ..story::ranking()
        }));
    };
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Down);
    for by in [By::Lesinn, By::Both, By::Network] {
        assert_eq!(app.update(Action::NextScore), [Command::RankBy(by)]);
        assert_eq!(app.selection.rank, 0);
        ranked(&mut app, by);
    }
    let toggle = Action::ToggleDisagreement;
    assert_eq!(app.update(toggle), [Command::RankBy(By::Disagreement)]);
    ranked(&mut app, By::Disagreement);
    assert_eq!(app.update(toggle), [Command::RankBy(By::Network)]);
    assert_eq!(
        typed(&mut app, Action::Command, "flag top:20"),
        [Command::Flag(FlagRule::Top(20))]
    );
    app.session.referenced = None;
    assert!(app.update(toggle).is_empty() && app.answer.is_some());
}

#[test]
fn columns_are_sorted_and_the_selection_stays_with_its_column() {
    use misfit::app::pages::columns::{Columns, Sort};
    let mut app = story::dashboard();
    app.update(Action::Columns);
    let page = |app: &App| match app.page() {
        Some(Page::Columns(Columns { line, sort, .. })) => (*line, *sort),
        _ => panic!("another page"),
    };
    app.update(Action::Down);
    app.update(Action::Down);
    assert_eq!(page(&app), (2, Sort::File));
    // “operator” is the second of the names, and first by missing cells.
    app.update(Action::Sort);
    assert_eq!(page(&app), (1, Sort::Name));
    app.update(Action::Sort);
    app.update(Action::Sort);
    assert_eq!(page(&app), (0, Sort::Missing));
    // What is left out now is what is selected, not what stands there in the file.
    app.update(Action::ToggleColumn);
    let Some(Page::Columns(columns)) = app.page() else {
        panic!("another page")
    };
    assert!(columns.wanted.contains_key("operator"));
}

#[test]
fn columns_are_changed_on_their_page_and_read_again_at_enter() {
    use misfit::data::columns::kind::Kind;
    use misfit::message::{Change, Choice};
    let mut app = story::dashboard();
    app.update(Action::Columns);
    assert_eq!(app.page_kind(), PageKind::Columns);
    assert_eq!(app.update(Action::Apply), [], "nothing has changed yet");
    app.update(Action::ToggleColumn);
    app.update(Action::Down);
    app.update(Action::NextKind);
    assert_eq!(pending(&app), 2);
    let change = |column: &str, choice| Change::Column(column.into(), choice);
    assert_eq!(
        app.update(Action::Apply),
        [Command::Reread(vec![
            change("note", Choice::As(Kind::Number)),
            change("sample", Choice::Drop),
        ])]
    );
    app.apply(Report::Loaded(story::loaded()));
    assert!(
        app.session.started.is_none()
            && app.session.ranking.is_none()
            && app.session.former.is_none()
    );
    assert_eq!((app.page_kind(), pending(&app)), (PageKind::Dashboard, 0));
    app.apply(Report::Started(story::started(story::spec())));
    app.update(Action::Columns);
    app.update(Action::PreviousKind);
    app.update(Action::Back);
    assert_eq!((app.page_kind(), pending(&app)), (PageKind::Dashboard, 0));
}

#[test]
fn a_table_that_cannot_be_had_leaves_the_run_as_it_was() {
    let mut app = story::dashboard();
    app.apply(Report::Refused("no column to learn from".into()));
    app.apply(Report::Resumed);
    assert!(app.session.ranking.is_some() && app.session.phase == Phase::Training);
    assert_eq!(app.answer.as_deref(), Some("no column to learn from"));
}

#[test]
fn an_experiment_is_begun_on_its_page_and_ends_with_it() {
    let mut app = story::dashboard();
    assert_eq!(app.update(Action::Compare), [Command::Compare]);
    assert_eq!(
        (app.page_kind(), app.session.comparing),
        (PageKind::Comparison, true)
    );
    app.apply(Report::Compared(story::comparison(2)));
    assert!(app.update(Action::Compare).is_empty(), "it runs already");
    assert_eq!(app.update(Action::Back), [Command::StopComparing]);
    app.apply(Report::Compared(story::comparison(5)));
    assert!(
        app.session.comparison.is_none(),
        "what comes late says nothing"
    );
    assert_eq!(
        typed(&mut app, Action::Command, "compare"),
        [Command::Compare]
    );
    app.apply(Report::Compared(story::comparison(5)));
    assert!(!app.session.comparing && app.update(Action::Back).is_empty());
    assert!(
        app.update(Action::Compare).is_empty(),
        "the last one is shown"
    );
    assert_eq!(app.update(Action::Compare), [Command::Compare]);
    app.apply(Report::Refused("too many parameters".into()));
    assert_eq!(
        (app.page_kind(), app.session.comparing),
        (PageKind::Dashboard, false)
    );
}

#[test]
fn a_short_run_is_granted_its_steps_by_the_clock_and_only_while_it_trains() {
    use std::time::Duration;
    let second = Duration::from_secs(1);
    let granted = |command: Option<Command>| match command {
        Some(Command::Allow(allowance)) => allowance.steps,
        other => panic!("{other:?} grants nothing"),
    };
    let mut app = App::new("x.csv".into()).with_pace(PaceSetting::Seconds(8.0));
    assert_eq!(
        granted(app.tick(second)),
        Some(4),
        "before anything is read"
    );
    assert_eq!(app.tick(second), None, "reading takes none of the time");
    app.apply(Report::Loaded(story::loaded()));
    app.apply(Report::Started(story::started(story::spec())));
    let first = granted(app.tick(second)).unwrap();
    let second_one = granted(app.tick(second)).unwrap();
    assert!(first > 4 && second_one > 2 * first, "{first}, {second_one}");
    app.update(Action::TogglePause);
    assert_eq!(app.tick(second), None, "paused");
    app.update(Action::TogglePause);
    app.update(Action::FullSpeed);
    assert_eq!(granted(app.tick(second)), None);
}

#[test]
fn slower_and_faster_say_how_long_a_run_takes() {
    let mut app = story::dashboard();
    app.update(Action::Slower);
    assert!(app.answer.as_ref().unwrap().contains("1 s"));
    app.update(Action::Faster);
    assert_eq!(app.answer.as_deref(), Some("full speed"));
    typed(&mut app, Action::Command, "pace 30");
    assert_eq!(app.pace.shown(), Some(30.0));
}

#[test]
fn looking_back_goes_through_the_kept_snapshots_and_any_command_returns() {
    let mut app = story::dashboard();
    let kept = story::kept();
    let look = |moment: Option<Moment>| vec![Command::LookAt(moment)];
    assert_eq!(app.update(Action::LaterSnapshot), [], "this is the present");
    assert_eq!(app.update(Action::EarlierSnapshot), look(Some(kept[5])));
    assert_eq!(app.update(Action::EarlierSnapshot), look(Some(kept[4])));
    assert_eq!(app.session.moment(), kept[4]);
    assert_eq!(app.session.judged().map(|judged| judged.at), Some(kept[4]));
    assert_eq!(app.update(Action::LaterSnapshot), look(Some(kept[5])));
    assert_eq!(app.update(Action::LaterSnapshot), look(None));
    app.update(Action::EarlierSnapshot);
    assert_eq!(
        app.update(Action::TogglePause),
        [Command::LookAt(None), Command::Pause]
    );
    app.update(Action::EarlierSnapshot);
    assert_eq!(app.update(Action::Back), look(None));
    typed(&mut app, Action::Command, "snapshot 300");
    assert_eq!(
        app.session.looking,
        Some(kept[3]),
        "the nearest before step 300"
    );
    app.update(Action::Down);
    assert_eq!(
        app.session.looking,
        Some(kept[3]),
        "moving about stays in the past"
    );
}

#[test]
fn training_on_from_a_snapshot_keeps_the_past_and_draws_over_the_old_run() {
    let mut app = story::dashboard();
    assert_eq!(app.update(Action::Branch), [], "nothing is looked at");
    assert!(app.answer.is_some());
    app.update(Action::EarlierSnapshot);
    let from = *story::kept().last().unwrap();
    assert_eq!(app.update(Action::Branch), [Command::Branch(from)]);
    app.apply(Report::Started(Started {
        run: 2,
        from: Some(from),
        ..story::started(story::spec())
    }));
    assert_eq!(
        (app.session.looking, &app.session.phase),
        (None, &Phase::Training)
    );
    let last = app.session.run.train.points().last().map(|(step, _)| step);
    assert_eq!(last, Some(from.step as f64));
    assert_eq!(app.session.run.judged.len(), story::kept().len());
    assert_eq!(app.session.former.as_ref().map(Run::step), Some(1_189));
}

#[test]
fn leaving_in_mid_run_asks_once_and_another_key_stays() {
    let mut app = story::dashboard();
    app.update(Action::Quit);
    assert!(!app.quit && app.answer.as_ref().unwrap().contains("q again"));
    app.update(Action::Down);
    app.update(Action::Quit);
    assert!(!app.quit, "asked anew");
    app.update(Action::Quit);
    assert!(app.quit);
    let mut app = story::dashboard();
    app.update(Action::QuitNow);
    assert!(app.quit);
    let mut app = story::dashboard();
    app.apply(Report::Finished);
    app.update(Action::Quit);
    assert!(app.quit, "nothing is lost");
}

#[test]
fn what_was_found_is_said_when_it_is_left() {
    let app = story::dashboard();
    let text = farewell(&app.session, "misfit train 'my spectra.csv'").unwrap();
    assert!(
        text.starts_with("misfit: spectra (built-in), 1,000 rows, 1,189 steps: 9 flagged."),
        "{text}"
    );
    assert!(text.contains("row 6 (λ0036–0093: too high 67 %)"), "{text}");
    assert!(
        text.ends_with("misfit train 'my spectra.csv' --scores scores.csv"),
        "{text}"
    );
    assert_eq!(
        farewell(&App::new("x".into()).session, "misfit train"),
        None
    );
}

#[test]
fn a_layer_is_opened_and_its_mirror_and_neighbours_are_reached() {
    let mut app = story::dashboard();
    app.update(Action::Down);
    app.update(Action::Open);
    assert_eq!((app.page_kind(), app.selection.layer), (PageKind::Layer, 1));
    app.update(Action::OpenLayer);
    assert_eq!(app.selection.layer, 6);
    app.update(Action::Next);
    assert_eq!(app.selection.layer, 7);
    assert!(matches!(
        app.update(Action::ToggleBias)[..],
        [Command::SetBias(_)]
    ));
    app.update(Action::Help);
    app.update(Action::Back);
    assert_eq!(app.page_kind(), PageKind::Layer, "help was on top of it");
    app.update(Action::Back);
    assert_eq!(app.page_kind(), PageKind::Dashboard);
}

#[test]
fn the_chart_cursor_moves_and_enter_looks_back_there() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Loss));
    app.update(Action::CursorLeft);
    assert_eq!(
        app.dashboard.charts.cursor,
        Some(1_189),
        "it appears at the present"
    );
    app.measure(measure(&app, (120, 40).into()));
    app.update(Action::CursorLeft);
    let at = app.dashboard.charts.cursor.unwrap();
    assert!((1_100..1_189).contains(&at), "{at}");
    app.update(Action::CursorTo(250));
    let moment = story::kept()[3];
    assert_eq!(app.update(Action::Open), [Command::LookAt(Some(moment))]);
    app.update(Action::Back);
    assert_eq!(app.dashboard.charts.cursor, None);
}

#[test]
fn the_second_chart_shows_the_ranking_where_the_loss_is_the_mse_and_else_by_choice() {
    use misfit::app::pages::dashboard::charts::Second;
    let mut app = story::dashboard();
    let second = |app: &App| app.dashboard.charts.second(&app.session);
    assert_eq!(second(&app), Second::Mse);
    app.update(Action::Focus(Panel::Second));
    app.update(Action::Focus(Panel::Second));
    assert_eq!(second(&app), Second::Ranking);
    let mut app = story::dashboard();
    app.apply(Report::Started(Started {
        loss: "mean squared error",
        ..story::started(story::spec())
    }));
    assert_eq!(second(&app), Second::Ranking);
}

#[test]
fn a_line_is_completed_and_recalled() {
    let mut app = story::dashboard();
    app.update(Action::Command);
    app.edit(&Edit::Insert("bi".into()));
    app.edit(&Edit::Complete);
    let text = |app: &App| app.prompt.as_ref().unwrap().text.clone();
    assert_eq!(text(&app), "bias ");
    app.edit(&Edit::Insert("o".into()));
    app.edit(&Edit::Complete);
    assert_eq!(text(&app), "bias output");
    assert!(matches!(app.edit(&Edit::Submit)[..], [Command::SetBias(_)]));
    app.update(Action::Command);
    app.edit(&Edit::Earlier);
    assert_eq!(text(&app), "bias output");
}

/// Rows are asked for in a file.
fn export(commands: &[Command]) -> &Export {
    match commands {
        [Command::Export(export)] => export,
        other => panic!("{other:?} is no export"),
    }
}

#[test]
fn e_proposes_a_file_and_one_that_is_there_is_asked_about() {
    let mut app = story::dashboard();
    assert!(app.update(Action::Export).is_empty());
    let prompt = app.prompt.clone().unwrap();
    assert_eq!(prompt.text, "export spectra-outliers.csv flagged");
    let commands = app.edit(&Edit::Submit);
    let asked = export(&commands);
    assert_eq!((&asked.rows, asked.overwrite), (&Rows::Flagged, false));
    assert_eq!(asked.path.to_str(), Some("spectra-outliers.csv"));

    app.apply(Report::Exported(Exported::Exists));
    let prompt = app.prompt.clone().unwrap();
    assert_eq!(prompt.text, "export! spectra-outliers.csv flagged");
    assert!(prompt.note.unwrap().contains("enter replaces it"));
    app.edit(&Edit::Cancel);
    assert!(app.prompt.is_none(), "esc keeps the file");

    app.update(Action::Export);
    app.edit(&Edit::Submit);
    app.apply(Report::Exported(Exported::Exists));
    assert!(export(&app.edit(&Edit::Submit)).overwrite);
    app.apply(Report::Exported(Exported::Percent(40)));
    assert!(app.answer.as_ref().unwrap().ends_with("40 %"));
    app.update(Action::Quit);
    assert!(!app.quit && app.answer.as_ref().unwrap().contains("writing goes on"));
    app.apply(Report::Exported(Exported::Done(
        "wrote 3 rows to x.csv".into(),
    )));
    assert_eq!(app.answer.as_deref(), Some("wrote 3 rows to x.csv"));
    let farewell = farewell(&app.session, "misfit train").unwrap();
    assert!(farewell.contains("Saved: 3 rows to x.csv."), "{farewell}");
}

#[test]
fn w_proposes_a_model_file_and_one_that_is_there_is_asked_about() {
    let mut app = story::dashboard();
    app.update(Action::Save);
    let prompt = app.prompt.clone().unwrap();
    assert_eq!(prompt.text, "write spectra-model.misfit");
    let save = |overwrite| {
        [Command::Save(Save {
            path: "spectra-model.misfit".into(),
            overwrite,
        })]
    };
    assert_eq!(app.edit(&Edit::Submit), save(false));
    app.apply(Report::Exported(Exported::Exists));
    assert_eq!(app.edit(&Edit::Submit), save(true));
    let refused = typed(&mut app, Action::Command, "write model.csv");
    assert!(refused.is_empty() && app.answer.as_ref().unwrap().contains(".misfit"));
}

#[test]
fn a_file_that_is_there_does_not_take_the_line_that_is_being_typed() {
    let mut app = story::dashboard();
    typed(&mut app, Action::Command, "export x.csv all");
    app.update(Action::Command);
    app.edit(&Edit::Insert("rate 1".into()));
    app.apply(Report::Exported(Exported::Exists));
    assert_eq!(app.prompt.as_ref().unwrap().text, "rate 1");
    app.edit(&Edit::Cancel);
    app.apply(Report::Exported(Exported::Failed(
        "cannot write x.csv".into(),
    )));
    assert_eq!(app.answer.as_deref(), Some("cannot write x.csv"));
}

#[test]
fn y_copies_the_selected_row_where_one_is_seen() {
    let mut app = story::dashboard();
    assert!(app.update(Action::Copy).is_empty());
    assert!(app.answer.as_ref().unwrap().contains("4 goes to"));
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Down);
    let row = app.selected_row().unwrap();
    let copy = |rows, formulas| [Command::Copy(Copy { rows, formulas })];
    assert_eq!(
        app.update(Action::Copy),
        copy(Rows::These(vec![row]), Formulas::Keep)
    );
    typed(&mut app, Action::Command, "formulas quote");
    let commands = typed(&mut app, Action::Command, "copy top:7");
    assert_eq!(commands, copy(Rows::Top(7), Formulas::Quote));
    // What is called ordinary is not among the first.
    let first: Vec<u32> = app
        .session
        .ranked()
        .iter()
        .map(|ranked| ranked.row)
        .collect();
    app.session.toggle_ordinary(first[0]);
    let commands = typed(&mut app, Action::Command, "copy top:2");
    let others = Rows::These(vec![first[1], first[2]]);
    assert_eq!(commands, copy(others, Formulas::Quote));
    app.session.toggle_ordinary(first[0]);
    app.apply(Report::Copied(Copied {
        text: "rank\n1\n".into(),
        sentence: "copied 1 row".into(),
    }));
    assert_eq!(app.take_clipboard().as_deref(), Some("rank\n1\n"));
    assert_eq!(
        (app.take_clipboard(), app.answer.as_deref()),
        (None, Some("copied 1 row"))
    );
}

/// The table with two rows on the screen, the first of them selected.
fn table() -> App {
    let mut app = story::dashboard();
    app.update(Action::Table);
    let Some(Page::Table(page)) = app.page() else {
        panic!("no table");
    };
    let asked = page.wanted(&app.session);
    let line = |row| Line {
        row,
        rank: Some(row),
        about: false,
        score: 2.0,
        flagged: false,
        cells: vec![format!("cell {row}"); app.session.columns().len()],
    };
    let lines = vec![line(40), line(41)];
    let widths = vec![7; app.session.columns().len()];
    app.apply(Report::Browsed(Browsed {
        place: None,
        asked,
        total: 2,
        lines,
        widths,
        problem: None,
    }));
    app.browse();
    app
}

fn place(app: &App) -> (usize, usize) {
    match app.page() {
        Some(Page::Table(page)) => (page.at, page.column),
        other => panic!("{other:?} is no table"),
    }
}

fn filters(app: &App) -> Vec<&str> {
    let filters = &app.session.arrangement.filters;
    filters.iter().map(|filter| &*filter.typed).collect()
}

#[test]
fn y_in_the_table_asks_what_is_copied() {
    let mut app = table();
    let (_, column) = place(&app);
    let mut copied = |key: &str| {
        assert!(app.update(Action::Copy).is_empty());
        let commands = app.edit(&Edit::Insert(key.into()));
        assert!(app.prompt.is_none());
        commands
    };
    let rows = |rows| {
        Command::Copy(Copy {
            rows,
            formulas: Formulas::Keep,
        })
    };
    let cell = CopyCell {
        row: 40,
        column,
        formulas: Formulas::Keep,
    };
    assert_eq!(copied("c"), [Command::CopyCell(cell)]);
    assert_eq!(copied("r"), [rows(Rows::These(vec![40]))]);
    assert_eq!(copied("f"), [rows(Rows::Flagged)]);
    assert!(copied("m").is_empty() && copied("x").is_empty());
    app.update(Action::Mark);
    app.update(Action::Copy);
    let marked = app.edit(&Edit::Insert("m".into()));
    assert_eq!(marked, [rows(Rows::These(vec![40]))]);
    let cell = CopyCell { row: 41, ..cell };
    assert_eq!(
        typed(&mut app, Action::Command, "copy cell"),
        [Command::CopyCell(cell)]
    );
    app.update(Action::Copy);
    assert_eq!(app.edit(&Edit::Submit), [rows(Rows::These(vec![41]))]);
}

#[test]
fn rows_set_apart_are_hidden_then_alone_then_among_the_others() {
    let mut app = table();
    app.update(Action::TurnMarked);
    assert!(filters(&app).is_empty() && app.answer.as_ref().unwrap().contains("m marks"));
    app.update(Action::Mark);
    assert_eq!(place(&app).0, 1);
    for expected in [&["marked = 0"][..], &["marked = 1"], &[], &["marked = 0"]] {
        app.update(Action::TurnMarked);
        assert_eq!(filters(&app), expected);
    }
    // A row that is marked now leaves, and the next one comes to its place.
    app.update(Action::Mark);
    assert_eq!(place(&app).0, 0);
    app.update(Action::TurnLabelled);
    app.update(Action::TurnFlagged);
    assert_eq!(filters(&app), ["marked = 0", "label = 0", "flagged = 0"]);
    app.update(Action::DropFilter);
    app.update(Action::TurnFlagged);
    assert_eq!(filters(&app), ["marked = 0", "label = 0", "flagged = 0"]);
    // What was typed is understood as well.
    app.update(Action::DropFilter);
    typed(&mut app, Action::Filter, "flagged");
    app.update(Action::TurnFlagged);
    assert_eq!(filters(&app), ["marked = 0", "label = 0"]);
    app.session.loaded.as_mut().unwrap().outlier = None;
    typed(&mut app, Action::Filter, "");
    app.update(Action::TurnLabelled);
    assert!(app.answer.as_ref().unwrap().contains("no label"));
}

#[test]
fn pinned_columns_stand_first_and_stay_pinned() {
    let mut app = table();
    app.update(Action::FirstColumn);
    for _ in 0..4 {
        app.update(Action::CursorRight);
    }
    app.update(Action::Pin);
    assert_eq!((&app.session.pinned[..], place(&app).1), (&[4][..], 5));
    app.update(Action::FirstColumn);
    assert_eq!(place(&app).1, 4);
    for next in [0, 1, 2, 3, 5] {
        app.update(Action::CursorRight);
        assert_eq!(place(&app).1, next);
    }
    app.update(Action::LastColumn);
    app.update(Action::Pin);
    let last = app.session.columns().len() - 1;
    assert_eq!(
        (&app.session.pinned[..], place(&app).1),
        (&[4, last][..], last - 1)
    );
    // Closed, opened, and even read anew.
    app.update(Action::Table);
    app.apply(Report::Loaded(story::loaded()));
    app.apply(Report::Started(story::started(story::spec())));
    app.update(Action::Table);
    assert_eq!(app.session.pinned, [4, last]);
    app.update(Action::FirstColumn);
    app.update(Action::Pin);
    assert_eq!((&app.session.pinned[..], place(&app).1), (&[last][..], 4));
}

#[test]
fn a_report_is_told_of_the_present_what_the_screen_knows() {
    let mut app = story::dashboard();
    let commands = typed(&mut app, Action::Command, "report run.html");
    let [Command::Publish(asked)] = &commands[..] else {
        panic!("{commands:?}");
    };
    assert_eq!(asked.story.name, "spectra (built-in)");
    assert!(!asked.story.train.is_empty() && !asked.story.columns.is_empty());
    let refused = typed(&mut app, Action::Command, "report run.pdf");
    assert!(refused.is_empty() && app.answer.as_ref().unwrap().contains(".html"));
}

#[test]
fn nothing_is_taken_along_before_there_is_anything() {
    let mut app = App::new("x".into());
    for line in [
        "export x.csv",
        "copy all",
        "report x.html",
        "write x.misfit",
    ] {
        assert!(typed(&mut app, Action::Command, line).is_empty(), "{line}");
        assert!(app.answer.as_ref().unwrap().contains("yet"), "{line}");
    }
    app.update(Action::Export);
    assert!(app.prompt.is_none());
}

/// What the browser answers: the table has these rows, of which those from `first` on were asked for.
fn browsed(asked: Ask, rows: &[u32]) -> Report {
    let line = |row: &u32| Line {
        row: *row,
        rank: Some(0),
        about: false,
        score: 1.0,
        flagged: false,
        cells: Vec::new(),
    };
    let shown = rows.iter().skip(asked.first).take(asked.count);
    Report::Browsed(Browsed {
        total: rows.len(),
        lines: shown.map(line).collect(),
        place: asked
            .row
            .and_then(|row| rows.iter().position(|own| *own == row)),
        widths: Vec::new(),
        problem: None,
        asked,
    })
}

/// What is asked of the browser now.
fn asked(commands: Vec<Command>) -> Option<Ask> {
    commands.into_iter().find_map(|command| match command {
        Command::Browse(Browse::Show(ask)) => Some(ask),
        _ => None,
    })
}

/// The page of the third row of a table with these rows, sorted by a column and with two filters.
fn row_of_a_table(rows: &[u32]) -> App {
    let mut app = story::dashboard();
    for action in [Action::Table, Action::Sort, Action::Sort] {
        app.update(action);
    }
    for filter in ["row > 0", "score > 0"] {
        typed(&mut app, Action::Filter, filter);
    }
    let first = Ask {
        arrangement: app.session.arrangement.clone(),
        first: 0,
        count: 192,
        row: None,
    };
    app.apply(browsed(first, rows));
    app.update(Action::Select(2));
    let ask = asked(app.update(Action::Open)).unwrap();
    assert_eq!(ask.row, Some(rows[2]));
    app.apply(browsed(ask, rows));
    app
}

#[test]
fn from_the_table_next_and_previous_keep_to_its_order_and_filters() {
    let rows: Vec<u32> = (100..300).rev().collect();
    let mut app = row_of_a_table(&rows);
    assert!(matches!(app.session.arrangement.order, Order::Column(_)));
    let way = |app: &App| {
        row_page(app)
            .steps
            .in_words(row_page(app).row, &app.session)
    };
    assert_eq!(
        way(&app).as_deref(),
        Some("3 of 200 by operator ↓, 2 filters")
    );
    app.update(Action::Next);
    assert_eq!(
        (row_page(&app).row, app.watch().row),
        (rows[3], Some(rows[3]))
    );
    for _ in 0..3 {
        app.update(Action::Previous);
    }
    assert_eq!(row_page(&app).row, rows[0]);
    app.update(Action::Previous);
    assert_eq!(
        (row_page(&app).row, app.answer.as_deref()),
        (rows[0], Some("this is the first row"))
    );
    // Further than what is known: the browser is asked, and the table goes with the page.
    for place in 1..=100 {
        let commands = app.update(Action::Next);
        if let Some(ask) = asked(commands) {
            app.apply(browsed(ask, &rows));
        }
        assert_eq!(row_page(&app).row, rows[place], "place {place}");
    }
    app.update(Action::Back);
    let Some(Page::Table(table)) = app.page() else {
        panic!("the table is below");
    };
    assert_eq!(table.at, 100);
}

#[test]
fn a_row_that_leaves_the_filters_keeps_its_page_and_next_goes_on_from_its_place() {
    let rows: Vec<u32> = (100..110).collect();
    let mut app = row_of_a_table(&rows);
    let without: Vec<u32> = rows.iter().copied().filter(|row| *row != 102).collect();
    let ask = Ask {
        arrangement: app.session.arrangement.clone(),
        first: 0,
        count: 64,
        row: Some(102),
    };
    app.apply(browsed(ask, &without));
    let page = row_page(&app);
    assert_eq!(
        (
            page.row,
            page.steps.in_words(page.row, &app.session).as_deref()
        ),
        (102, Some("not among the 9 by operator ↓, 2 filters"))
    );
    app.update(Action::Next);
    assert_eq!(row_page(&app).row, 103);
}

#[test]
fn from_the_list_next_and_previous_follow_the_rank_and_ask_beyond_it() {
    let mut app = story::dashboard();
    let mut ranking = story::ranking();
    ranking.rows.truncate(10);
    app.apply(Report::Ranked(ranking));
    app.update(Action::Focus(Panel::Outliers));
    for _ in 0..8 {
        app.update(Action::Down);
    }
    let commands = app.update(Action::Open);
    assert_eq!(asked(commands), None, "the list is enough");
    let rows: Vec<u32> = story::ranking()
        .rows
        .iter()
        .map(|ranked| ranked.row)
        .collect();
    let ask = asked(app.update(Action::Next)).unwrap();
    assert_eq!((row_page(&app).row, app.selection.rank), (rows[9], 9));
    app.apply(browsed(ask, &rows));
    app.update(Action::Next);
    let page = row_page(&app);
    assert_eq!(
        (
            page.row,
            page.steps.in_words(page.row, &app.session).as_deref()
        ),
        (rows[10], Some("11 of 1,000 by rank"))
    );
    assert_eq!(app.watch().row, Some(rows[10]));
}

#[test]
fn a_nearest_row_is_opened_and_left_again() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Open);
    let row = app.watch().row.unwrap();
    app.apply(Report::Explained(story::explained(Some(row))));
    app.update(Action::Open);
    assert_eq!(row_page(&app).row, row, "tab comes first");
    app.update(Action::NextPanel);
    app.update(Action::Down);
    assert_eq!(
        (row_page(&app).part(), row_page(&app).near),
        (Part::Nearest, 1)
    );
    app.update(Action::Open);
    let near = row + 34;
    assert_eq!((row_page(&app).row, app.watch().row), (near, Some(near)));
    app.update(Action::Return);
    assert_eq!(app.watch().row, Some(row));
    app.update(Action::Return);
    assert!(app.answer.as_ref().unwrap().contains("esc"));
}

#[test]
fn every_row_can_be_gone_to_from_a_row_s_page() {
    let mut app = story::dashboard();
    app.update(Action::Focus(Panel::Outliers));
    app.update(Action::Open);
    typed(&mut app, Action::Command, "row 700");
    assert_eq!(app.watch().row, Some(699));
    typed(&mut app, Action::Command, "rank 3");
    assert_eq!((app.selection.rank, app.watch().row), (2, Some(171)));
    typed(&mut app, Action::Command, "row 5000");
    assert_eq!(app.answer.as_deref(), Some("no row is called “5000”"));
}

#[test]
fn the_whole_file_is_shown_and_left_and_what_was_marked_goes_with_its_number() {
    let mut app = story::dashboard();
    assert_eq!(app.update(Action::Whole), []);
    assert!(app.answer.as_deref().unwrap().contains("every row"));
    let mut app = story::whole_file();
    let row = app.session.ranked()[0].row;
    assert_eq!(app.session.row_number(row), 4_999_999);
    app.session.toggle_mark(row);
    assert_eq!(app.update(Action::Whole), [Command::ShowWhole(false)]);
    app.apply(Report::ShowsWhole(false));
    assert_eq!(app.update(Action::Whole), [Command::ShowWhole(true)]);
    // After further training all rows are scored anew; the same row then has another place behind the sample.
    app.apply(Report::Advanced(story::advanced(1_190)));
    assert_eq!(app.update(Action::Whole), [Command::ScoreAll]);
    let mut whole = app.session.whole.known.clone().unwrap();
    whole.numbers = vec![17, 4_999_999];
    whole.outlier = whole.outlier.map(|_| vec![false, true]);
    app.apply(Report::Scoring(Scoring::Done(whole)));
    let marked: Vec<u32> = app.session.arrangement.marked.iter().copied().collect();
    assert_eq!(marked, [row + 1]);
    assert_eq!(app.session.find_row("4999999"), Some(row + 1));
    // Another run knows nothing of it, until it comes again.
    let whole = app.session.whole.known.clone().unwrap();
    app.apply(Report::Scoring(Scoring::Forgotten));
    assert!(app.session.arrangement.marked.is_empty());
    assert_eq!(app.session.find_row("4999999"), None);
    app.apply(Report::Scoring(Scoring::Done(whole)));
    let marked: Vec<u32> = app.session.arrangement.marked.iter().copied().collect();
    assert_eq!(marked, [row + 1]);
}

#[test]
fn which_rows_are_here_depends_on_whose_ranking_shows() {
    let mut app = story::whole_file();
    let mut ranking = app.session.ranking.clone().unwrap();
    let low = ranking.rows.pop().unwrap().row;
    app.apply(Report::Ranked(ranking));
    let low = app.session.row_number(low).to_string();
    let here = |app: &App| [&*low, "4999999"].map(|name| app.session.is_here(name));
    assert_eq!(here(&app), [false, true]);
    app.apply(Report::ShowsWhole(false));
    assert_eq!(here(&app), [true, false]);
}

#[test]
fn rows_that_are_not_here_are_asked_for_and_gone_to() {
    let typed = |app: &mut App, purpose: Action, text: &str| {
        app.update(purpose);
        app.edit(&Edit::Insert(text.into()));
        app.edit(&Edit::Submit)
    };
    // Of a table that fits there is nothing to read.
    let mut app = story::dashboard();
    assert_eq!(typed(&mut app, Action::Command, "read-on"), []);
    assert!(app.answer.as_deref().unwrap().contains("every row"));

    let mut app = story::whole_file();
    let first = app.session.ranked()[0].row;
    app.session.toggle_mark(first);
    // A row that is here is gone to, any other looked for in the file; what is marked stays.
    assert_eq!(typed(&mut app, Action::Command, "row 4999999"), []);
    assert_eq!(app.selection.rank, 0);
    let called = Fetch::Called("17".into());
    assert_eq!(
        typed(&mut app, Action::Command, "row 17"),
        [Command::Fetch(called.clone(), vec![first])]
    );
    let fetched = |app: &mut App, fetch: &Fetch, count: usize| {
        let mut whole = app.session.whole.known.clone().unwrap();
        whole.numbers.truncate(1);
        whole.numbers.extend((count > 0).then_some(17));
        let outliers = vec![false; whole.numbers.len()];
        whole.outlier = whole.outlier.map(|_| outliers);
        whole.besides = whole.numbers.len() - 1;
        app.apply(Report::Scoring(Scoring::Fetched {
            fetch: fetch.clone(),
            count,
            here: count.min(1),
            first: (count > 0).then_some(first + 1),
            whole,
        }));
    };
    // While that goes on, nothing else is read, and the same key ends it.
    app.apply(Report::Scoring(Scoring::Fetching(3)));
    assert_eq!(typed(&mut app, Action::Command, "row 18"), []);
    assert!(app.answer.as_deref().unwrap().contains("already"));
    assert_eq!(app.update(Action::Fetch), [Command::ScoreAll]);
    app.apply(Report::Scoring(Scoring::Stopped));
    fetched(&mut app, &called, 0);
    assert_eq!(
        app.answer.as_deref(),
        Some("no row of the file is called “17”")
    );
    assert_eq!(app.page_kind(), PageKind::Dashboard);
    fetched(&mut app, &called, 1);
    assert_eq!(app.page_kind(), PageKind::Row);
    assert_eq!(app.rewatch(), Some(Command::Watch(app.watch())));
    assert_eq!(app.watch().row, Some(first + 1));
    // Its page closes when other rows take its place.
    fetched(&mut app, &Fetch::Next, 1);
    assert_eq!(app.page_kind(), PageKind::Dashboard);

    // In the table: the next ranks, what meets the filters, what was searched for in vain.
    app.update(Action::Table);
    let asks = |fetch: Fetch| [Command::Fetch(fetch, vec![first])];
    assert_eq!(app.update(Action::Fetch), asks(Fetch::Next));
    let sought = match &typed(&mut app, Action::Find, "pump")[..] {
        [Command::Browse(Browse::Seek(seek))] => seek.filter.clone(),
        other => panic!("{other:?}"),
    };
    app.apply(Report::Sought(Err("no row here has “pump”".into())));
    assert!(app.answer.as_deref().unwrap().contains("a looks"));
    typed(&mut app, Action::Command, "rank 12345");
    app.apply(Report::Sought(Err("no row here has “12345”".into())));
    assert!(app.answer.as_deref().unwrap().contains("next ranks"));
    assert_eq!(app.update(Action::Fetch), asks(Fetch::Next));
    typed(&mut app, Action::Find, "pump");
    app.apply(Report::Sought(Err("no row here has “pump”".into())));
    let meeting = Fetch::Meeting(vec![sought]);
    assert_eq!(app.update(Action::Fetch), asks(meeting.clone()));
    assert_eq!(app.update(Action::Fetch), asks(Fetch::Next));
    typed(&mut app, Action::Filter, "score < 2");
    let filters = app.session.arrangement.filters.clone();
    assert_eq!(app.update(Action::Fetch), asks(Fetch::Meeting(filters)));
    // What came is selected as soon as the browser says where it stands.
    fetched(&mut app, &meeting, 1);
    let Some(Command::Browse(Browse::Show(ask))) = app.browse().into_iter().next() else {
        panic!("nothing is asked of the browser");
    };
    assert_eq!(ask.row, Some(first + 1));
    app.apply(browsed(ask, &[first, first + 1]));
    let Some(Page::Table(table)) = app.page() else {
        panic!("{:?}", app.page_kind());
    };
    assert_eq!((table.at, table.coming), (1, None));
    // What is shown of rows that leave is not shown under the name of others.
    assert!(table.shown.is_some());
    fetched(&mut app, &Fetch::Next, 0);
    let Some(Page::Table(table)) = app.page() else {
        panic!("{:?}", app.page_kind());
    };
    assert!(table.shown.is_none());
    fetched(&mut app, &meeting, 1);
    assert_eq!(
        app.answer.as_deref(),
        Some("pump: 1 of all 6,000,000 rows of the file")
    );
}

#[test]
fn the_first_rows_show_until_the_table_is_there_and_keep_their_selection() {
    fn first(app: &App) -> (usize, usize, usize) {
        match app.page() {
            Some(Page::First(first)) => (first.rows.rows(), first.at, first.column),
            other => panic!("{other:?}"),
        }
    }
    let mut app = App::new("flows.csv".into());
    app.apply(Report::Reading(Progress::default()));
    assert_eq!(app.page_kind(), PageKind::Dashboard);
    app.apply(Report::First(story::first_rows(3)));
    assert_eq!(first(&app), (3, 0, 0));
    app.apply(Report::First(story::first_rows(60)));
    for action in [
        Action::PageDown,
        Action::Down,
        Action::CursorRight,
        Action::Back,
    ] {
        assert!(
            app.update(action).is_empty(),
            "nothing is asked of the worker"
        );
    }
    let at = first(&app);
    assert_eq!(at, (60, 13, 1));
    // The same rows again, when the file is read a second time.
    app.apply(Report::First(story::first_rows(60)));
    app.apply(Report::Reading(Progress::default()));
    assert_eq!(first(&app), at);
    for (action, there) in [
        (Action::LastColumn, (60, 13, 5)),
        (Action::FirstColumn, (60, 13, 0)),
        (Action::Last, (60, 59, 0)),
        (Action::Select(7), (60, 7, 0)),
        (Action::First, (60, 0, 0)),
    ] {
        app.update(action);
        assert_eq!(first(&app), there, "{action:?}");
    }
    app.update(Action::Table);
    assert!(app.answer.as_ref().unwrap().contains("still being read"));
    app.update(Action::Help);
    app.apply(Report::First(story::first_rows(60)));
    assert_eq!(
        app.page_kind(),
        PageKind::Help,
        "what was opened stays on top"
    );
    app.apply(Report::Loaded(story::loaded()));
    assert_eq!(app.page_kind(), PageKind::Help);
    app.update(Action::Back);
    assert_eq!(app.page_kind(), PageKind::Dashboard);
    // Another reading of a table that is known shows no first rows.
    app.apply(Report::First(story::first_rows(60)));
    assert_eq!(app.page_kind(), PageKind::Dashboard);
}

#[test]
fn q_leaves_at_once_while_the_first_rows_show_and_a_failure_takes_their_place() {
    let mut app = App::new("flows.csv".into());
    app.apply(Report::First(story::first_rows(60)));
    app.update(Action::Quit);
    assert!(app.quit);
    let mut app = App::new("flows.csv".into());
    app.apply(Report::First(story::first_rows(60)));
    app.apply(Report::Ended("line 9: a quote opens here".into()));
    assert_eq!(app.page_kind(), PageKind::Dashboard);
}

#[test]
fn the_screen_is_drawn_anew_where_a_driver_may_have_written_across_it() {
    let mut app = App::new("cards.csv".into());
    app.apply(Report::Started(story::started(story::spec())));
    assert_eq!(app.take_terminal(), None);
    app.apply(Report::Started(Started {
        threads: None,
        ..story::started(story::spec())
    }));
    assert_eq!(app.take_terminal(), Some(Action::Redraw));
}
