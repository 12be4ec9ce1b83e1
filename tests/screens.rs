//! Every screen at several sizes, as snapshots; and every size, for panics alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/story.rs"]
mod story;

use std::time::Duration;

use misfit::app::App;
use misfit::app::action::{Action, Panel};
use misfit::app::pace::PaceSetting;
use misfit::app::prompt::Edit;
use misfit::data::read::Progress;
use misfit::message::{
    Ask, Browsed, Command, Event, Exported, Fetch, InWindows, Judged, Line, Loaded, Mark, Reason,
    Report, Scoring, Spread, Started, Through, Weighed,
};
use misfit::score::flag::{Boundary, Flag, FlagRule};
use misfit::score::ranking::{By, Ranked, Ranking};
use misfit::tui::theme::Theme;
use misfit::tui::{draw, measure};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

const COLOR: Theme = Theme {
    color: true,
    ascii: false,
};
const PLAIN: Theme = Theme {
    color: false,
    ascii: false,
};
const ASCII: Theme = Theme {
    color: false,
    ascii: true,
};

fn screen(app: &App, (width, height): (u16, u16), theme: Theme) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, app, theme)).unwrap();
    terminal
}

fn snapshot(name: &str, app: &App, size: (u16, u16)) {
    snapshot_with(name, app, size, COLOR);
}

fn snapshot_with(name: &str, app: &App, size: (u16, u16), theme: Theme) {
    insta::assert_snapshot!(
        format!("{name}_{}x{}", size.0, size.1),
        screen(app, size, theme).backend()
    );
}

fn with(mut app: App, actions: &[Action]) -> App {
    for action in actions {
        app.update(*action);
    }
    app
}

fn row_page() -> App {
    let open = [Action::Focus(Panel::Outliers), Action::Open];
    let mut app = with(story::dashboard(), &open);
    let row = app.watch().row;
    app.apply(Report::Explained(story::explained(row)));
    app
}

/// The table: strange rows with numbers, words and nothing, some set apart.
fn table() -> App {
    table_of(story::dashboard(), usize::MAX)
}

/// The same of a file larger than memory, of which some rows were read besides.
fn larger_table() -> App {
    let mut app = story::whole_file();
    let mut whole = app.session.whole.known.clone().unwrap();
    (whole.kept, whole.besides) = (12, 3);
    app.apply(Report::Scoring(Scoring::Fetched {
        fetch: Fetch::Called("4711".into()),
        count: 1,
        here: 1,
        first: None,
        whole,
    }));
    table_of(app, 12)
}

/// A table whose ranks are exact below one of them.
fn table_of(app: App, exact: usize) -> App {
    let mut app = with(app, &[Action::Table, Action::CursorRight]);
    let ranking = story::ranking();
    let rank_of = |rank: usize| if rank < exact { rank } else { rank * 98_765 };
    let line = |(rank, ranked): (usize, &Ranked)| Line {
        row: ranked.row,
        rank: Some(rank_of(rank) as u32),
        about: rank >= exact,
        score: ranked.score,
        flagged: rank < ranking.flag.count,
        cells: (0..app.session.columns().len())
            .map(|column| match column {
                0 => format!("s{:04}", ranked.row),
                1 => "a note that is much too long for any column".into(),
                2 if rank % 5 == 0 => String::new(),
                2 => "Müller".into(),
                _ => format!("{:.4}", (column * rank) as f64 / 999.0),
            })
            .collect(),
    };
    let here = exact.saturating_add(3).min(60);
    let rows = ranking.rows.iter().enumerate().take(here);
    let lines: Vec<Line> = rows.map(line).collect();
    let weighed = lines.iter().map(|line| Weighed {
        row: line.row,
        reasons: vec![Reason {
            subject: "operator".into(),
            detail: ": “Müller” instead of “Meier”".into(),
            columns: 0..1,
            share: 0.6,
        }],
        shares: (0..1_603)
            .map(|column| 0.6 / f32::powi(2.0, column))
            .collect(),
    });
    let weighed = weighed.collect();
    app.session.toggle_mark(89);
    app.session.toggle_ordinary(422);
    let asked = Ask {
        arrangement: app.session.arrangement.clone(),
        first: 0,
        count: 60,
        row: None,
    };
    let widths = (0..1_605).map(|column| if column == 1 { 43 } else { 6 });
    app.apply(Report::Browsed(Browsed {
        asked,
        total: if here < 60 { here } else { 999 },
        place: None,
        lines,
        widths: widths.collect(),
        problem: None,
    }));
    app.apply(Report::Weighed(weighed));
    app
}

/// The page of a row of a table without curves, opened from the table with a filter; on the nearest rows where `near`.
fn row_of_a_table(near: bool) -> App {
    let mut app = story::dashboard();
    let mut loaded = story::loaded();
    loaded.curves = Vec::new();
    loaded.features.truncate(27);
    app.session.loaded = Some(loaded);
    let mut ranking = story::ranking();
    for rank in [41, 7, 12, 3] {
        ranking.rows.swap(0, rank);
        app.apply(Report::Ranked(ranking.clone()));
    }
    app = with(app, &[Action::Table, Action::Sort, Action::Sort]);
    app.update(Action::Filter);
    app.edit(&Edit::Insert("score > 2".into()));
    app.edit(&Edit::Submit);
    let row = ranking.rows[0].row;
    let line = |row: u32| Line {
        row,
        rank: Some(0),
        about: false,
        score: 40.0,
        flagged: true,
        cells: Vec::new(),
    };
    let mut ask = Ask {
        arrangement: app.session.arrangement.clone(),
        first: 0,
        count: 64,
        row: None,
    };
    for asked in [None, Some(row)] {
        ask.row = asked;
        app.apply(Report::Browsed(Browsed {
            asked: ask.clone(),
            total: 41,
            lines: [row, 7, 8].map(line).into(),
            place: Some(0),
            widths: Vec::new(),
            problem: None,
        }));
        if asked.is_none() {
            app.update(Action::Open);
        }
    }
    let mut explained = story::explained(Some(row));
    let page = explained.page.as_mut().unwrap();
    page.cells.drain(..1_120);
    page.cells.truncate(27);
    page.reasons[0].subject = "λ0004".into();
    let nearest = page.nearest.as_mut().unwrap();
    nearest.columns = (0..16).collect();
    app.apply(Report::Explained(explained));
    if near {
        app.update(Action::NextPanel);
        app.update(Action::Down);
    }
    app
}

#[test]
fn a_row_beside_its_like() {
    at_all_sizes("row_of_a_table", &row_of_a_table(false));
    for size in [(60, 20), (80, 24), (120, 40)] {
        snapshot("row_nearest", &row_of_a_table(true), size);
    }
    let near = with(row_page(), &[Action::NextPanel]);
    snapshot("row_curve_nearest", &near, (120, 40));
    snapshot_with("row_nearest_ascii", &row_of_a_table(true), (80, 24), ASCII);
}

#[test]
fn the_table() {
    for size in SIZES {
        snapshot("table", &table(), size);
    }
    let sorted = with(table(), &[Action::CursorRight, Action::Sort]);
    snapshot("table_sorted", &sorted, (120, 40));
    snapshot_with("table_ascii", &table(), (80, 24), ASCII);
}

#[test]
fn the_table_with_pinned_columns_and_hidden_rows() {
    let apart = [
        Action::Pin,
        Action::Pin,
        Action::CursorRight,
        Action::TurnMarked,
        Action::TurnLabelled,
        Action::TurnLabelled,
    ];
    let mut app = with(table(), &apart);
    app.answer = None;
    for size in [(60, 20), (80, 24), (120, 40)] {
        snapshot("table_apart", &app, size);
    }
    snapshot_with("table_apart_ascii", &app, (120, 40), ASCII);
}

#[test]
fn the_table_asks_what_is_copied() {
    let asking = with(table(), &[Action::Copy]);
    let drawn = |size| {
        let terminal = screen(&asking, size, COLOR);
        let buffer = terminal.backend().buffer();
        line_of(buffer, "copy  c")
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect::<String>()
    };
    let wide = drawn((120, 40));
    for what in [
        "c this cell, λ0001",
        "r row 6",
        "m 1 marked row",
        "esc nothing",
    ] {
        assert!(wide.contains(what), "{wide}");
    }
    assert!(drawn((60, 20)).contains("r row 6"));
}

/// The scores of 4,000 rows, some of them far out.
fn scores() -> App {
    let mut app = with(story::dashboard(), &[Action::Scores]);
    let far = (0..12).map(|rank| 60.0 - 4.0 * rank as f32);
    let rest = (0..3_988).map(|rank| 3.0 * (1.0 - rank as f32 / 4_000.0).powi(2) + 0.01);
    let descending: Vec<f32> = far.chain(rest).collect();
    let outliers = (0..4_000)
        .map(|rank: u32| rank.min(9) + u32::from(rank > 100))
        .collect();
    let each = Flag::each(&descending).to_vec();
    app.apply(Report::Spread(Spread {
        descending,
        rows: Vec::new(),
        outliers,
        each,
    }));
    app
}

#[test]
fn the_scores() {
    for size in SIZES {
        snapshot("scores", &scores(), size);
    }
    let moved = with(scores(), &[Action::CursorLeft, Action::CursorLeft]);
    snapshot("scores_moved", &moved, (120, 40));
    snapshot_with("scores_ascii", &scores(), (80, 24), ASCII);
}

/// A run on rows that are all ordinary.
fn clean(rule: FlagRule) -> App {
    let ranking = story::ranking();
    let mut app = story::dashboard();
    app.apply(Report::Ranked(Ranking {
        flag: Flag {
            rule,
            threshold: 6.25,
            count: 0,
            rows: ranking.flag.rows,
            boundary: Boundary::Ordinary {
                rows: if rule == FlagRule::Clean(None) {
                    1_000
                } else {
                    200
                },
                kept: rule != FlagRule::Clean(None),
                too_few: false,
            },
        },
        ..ranking
    }));
    app
}

#[test]
fn clean_rows_of_which_none_is_flagged() {
    let kept = FlagRule::Clean(Some(99.0));
    at_all_sizes("clean", &clean(FlagRule::Clean(None)));
    snapshot("clean_kept_back", &clean(kept), (120, 40));
    for rule in [FlagRule::Clean(None), kept] {
        let about = with(clean(rule), &[Action::About]);
        let drawn = screen(&about, (120, 40), PLAIN).backend().to_string();
        assert!(drawn.contains("clean: nothing flagged of"), "{drawn}");
    }
    let mut app = with(clean(kept), &[Action::Scores]);
    let descending: Vec<f32> = (0..1_000).map(|rank| 9.0 - 0.008 * rank as f32).collect();
    let mut each = Flag::each(&descending).to_vec();
    each.push(app.session.ranking.as_ref().unwrap().flag);
    app.apply(Report::Spread(Spread {
        descending,
        each,
        ..Spread::default()
    }));
    at_all_sizes("scores_clean", &app);
}

/// Rows looked at through a model that was trained elsewhere.
fn given(fits: bool) -> App {
    let mut app = App::new("spectra".into());
    let file = "spectra-model.misfit".to_owned();
    app.apply(Report::Loaded(Loaded {
        model: Some(Through { file, fits }),
        ..story::loaded()
    }));
    app.apply(Report::Started(story::started(story::spec())));
    app.apply(Report::Finished);
    let ranking = story::ranking();
    app.apply(Report::Ranked(Ranking {
        flag: Flag {
            rule: FlagRule::Model(8.5),
            threshold: 8.5,
            boundary: Boundary::Unasked,
            ..ranking.flag
        },
        ..ranking
    }));
    app
}

#[test]
fn rows_through_a_model() {
    at_all_sizes("given", &given(true));
    at_all_sizes("given_about", &with(given(true), &[Action::About]));
    let hinted = with(given(true), &[Action::Up]);
    snapshot("given_hints", &hinted, (80, 24));
    let drawn = |app: &App, size| screen(app, size, PLAIN).backend().to_string();
    for size in SIZES {
        assert!(drawn(&given(false), size).contains("the model may no longer fit"));
        assert!(drawn(&hinted, size).contains("space train on"));
    }
    let mut on = given(true);
    assert_eq!(on.update(Action::TogglePause)[0], Command::Resume);
    assert!(drawn(&on, (60, 20)).contains("from the model's weights"));
    on.apply(Report::Started(Started {
        run: 2,
        ..story::started(story::spec())
    }));
    assert!(on.session.given().is_none());
}

#[test]
fn the_question_before_a_file_is_replaced_fits() {
    let mut app = story::dashboard();
    for edit in ["write", " spectra-model.misfit"] {
        if app.prompt.is_none() {
            app.update(Action::Command);
        }
        app.edit(&Edit::Insert(edit.into()));
    }
    app.edit(&Edit::Submit);
    app.apply(Report::Exported(Exported::Exists));
    for size in SIZES {
        let drawn = screen(&app, size, PLAIN).backend().to_string();
        assert!(drawn.contains(":write! spectra-model.misfit"), "{drawn}");
        assert!(drawn.contains("enter replaces it"), "{drawn}");
    }
}

#[test]
fn the_whole_file_of_a_larger_table() {
    for size in [(80, 24), (120, 40)] {
        snapshot("whole_file", &story::whole_file(), size);
    }
    at_all_sizes("larger_table", &larger_table());
    let mut scoring = story::whole_file();
    scoring.apply(Report::ShowsWhole(false));
    scoring.apply(Report::Scoring(Scoring::Percent(34)));
    snapshot("scoring_all", &scoring, (60, 20));
}

#[test]
fn where_more_rows_are_flagged_than_are_listed_the_list_ends_in_a_row() {
    let mut app = story::whole_file();
    let mut ranking = app.session.ranking.clone().unwrap();
    ranking.flag.count = ranking.rows.len() + 1;
    let last = app.session.row_number(ranking.rows.last().unwrap().row);
    app.apply(Report::Ranked(ranking));
    let app = with(app, &[Action::Focus(Panel::Outliers), Action::Last]);
    for size in SIZES {
        let drawn = screen(&app, size, PLAIN).backend().to_string();
        assert!(drawn.contains(&format!("{last} ")), "{last}: {drawn}");
    }
}

/// Rows that the network and a distance rank differently, the two taking turns.
fn disagreement() -> Ranking {
    let ranking = story::ranking();
    let mut rows = ranking.rows;
    for (rank, ranked) in rows.iter_mut().enumerate() {
        let network = rank % 3 > 0;
        ranked.stranger = Some(if network { By::Network } else { By::Lesinn });
        ranked.beside = Some(if network { 1.2 } else { 60.0 });
    }
    Ranking {
        by: By::Disagreement,
        rows,
        flag: Flag::nothing(FlagRule::Auto, ranking.flag.rows),
        quality: None,
        hits: None,
        entropy: None,
        ..ranking
    }
}

/// The sizes that every page is looked at.
const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 40), (160, 50)];

fn at_all_sizes(name: &str, app: &App) {
    for size in SIZES {
        snapshot(name, app, size);
    }
}

#[test]
fn the_dashboard() {
    at_all_sizes("dashboard", &story::dashboard());
    snapshot("dashboard", &story::dashboard(), (60, 18));
}

#[test]
fn what_the_ranking_does_while_learning() {
    let second = Action::Focus(Panel::Second);
    at_all_sizes("ranking", &with(story::dashboard(), &[second, second]));
    let mut app = story::dashboard();
    for moment in story::kept() {
        app.apply(Report::Judged(Judged {
            quality: None,
            ..story::judged(moment)
        }));
    }
    snapshot(
        "ranking_unlabelled",
        &with(app, &[second, second]),
        (120, 40),
    );
}

#[test]
fn looking_back_and_branching() {
    let mut app = with(story::dashboard(), &[Action::EarlierSnapshot]);
    at_all_sizes("looking_back", &app);
    app.update(Action::Branch);
    app.apply(Report::Started(Started {
        run: 2,
        from: Some(*story::kept().last().unwrap()),
        ..story::started(story::spec())
    }));
    for step in 929..1_000 {
        app.apply(Report::Advanced(story::advanced(step)));
    }
    snapshot("branched", &app, (120, 40));
}

#[test]
fn a_layer() {
    let open = [Action::Down, Action::Open];
    at_all_sizes("layer", &with(story::dashboard(), &open));
    let last = [Action::Last, Action::ToggleBias, Action::Open];
    snapshot(
        "layer_without_bias",
        &with(story::dashboard(), &last),
        (80, 24),
    );
}

#[test]
fn marks_keep_their_words_however_many_there_are() {
    let mut app = story::dashboard();
    let changes = [
        "all biases off",
        "learning rate 2e-4",
        "decoder.1 bias on",
        "encoder.2 bias on",
    ];
    for (step, what) in (600..).step_by(9).zip(changes) {
        app.apply(Report::Marked(Mark {
            step,
            event: Event::Change(what.into()),
        }));
    }
    snapshot("many_marks", &app, (120, 40));
    let text = screen(&app, (120, 40), COLOR).backend().to_string();
    assert!(
        changes.iter().all(|what| text.matches(what).count() == 2),
        "on both charts"
    );
}

#[test]
fn the_chart_cursor() {
    let actions = [Action::Focus(Panel::Loss), Action::CursorTo(300)];
    for size in [(80, 24), (120, 40)] {
        snapshot("cursor", &with(story::dashboard(), &actions), size);
    }
}

#[test]
fn a_paced_run() {
    let mut app = story::dashboard().with_pace(PaceSetting::Watch);
    app.tick(Duration::from_secs(2));
    snapshot("paced", &app, (120, 40));
}

#[test]
fn the_dashboard_in_ascii() {
    snapshot_with("dashboard_ascii", &story::dashboard(), (80, 24), ASCII);
    let terminal = screen(&row_page(), (120, 40), ASCII);
    let content = &terminal.backend().buffer().content;
    assert!(content.iter().all(|cell| cell.symbol().is_ascii()));
}

#[test]
fn biases_move_the_totals_in_the_same_frame() {
    snapshot(
        "all_biases_off",
        &with(story::dashboard(), &[Action::ToggleAllBiases]),
        (80, 24),
    );
    snapshot(
        "first_bias_off",
        &with(story::dashboard(), &[Action::ToggleBias]),
        (120, 40),
    );
}

#[test]
fn a_tied_network() {
    let mut app = with(story::dashboard(), &[Action::ToggleTied]);
    app.apply(Report::Started(story::started(
        story::spec().with_tied(true),
    )));
    app.apply(Report::Advanced(story::advanced(40)));
    app.apply(Report::Advanced(story::advanced(60)));
    snapshot("tied_after_restart", &app, (120, 40));
}

#[test]
fn a_row() {
    at_all_sizes("row", &row_page());
    snapshot(
        "row_scrolled",
        &with(row_page(), &[Action::PageDown, Action::ToggleUnits]),
        (80, 24),
    );
}

#[test]
fn the_columns() {
    let actions = [
        Action::Columns,
        Action::ToggleColumn,
        Action::Down,
        Action::Down,
    ];
    let app = with(story::dashboard(), &actions);
    at_all_sizes("columns", &app);
}

#[test]
fn each_panel_alone() {
    for (name, panel) in [("loss", Panel::Loss), ("outliers", Panel::Outliers)] {
        snapshot(
            &format!("zoom_{name}"),
            &with(story::dashboard(), &[Action::Focus(panel), Action::Zoom]),
            (80, 24),
        );
    }
    let mut app = story::dashboard();
    app.apply(Report::Ranked(disagreement()));
    app.update(Action::Focus(Panel::Outliers));
    snapshot("disagreement", &app, (80, 24));
    app.update(Action::Zoom);
    snapshot("zoom_disagreement", &app, (80, 24));
}

#[test]
fn the_experiment() {
    for (name, seeds) in [("begun", 2), ("done", 5)] {
        let mut app = story::dashboard();
        app.update(Action::Compare);
        app.apply(Report::Compared(story::comparison(seeds)));
        at_all_sizes(&format!("comparison_{name}"), &app);
    }
}

#[test]
fn text_pages() {
    at_all_sizes("help", &with(story::dashboard(), &[Action::Help]));
    let mut app = with(story::dashboard(), &[Action::Help]);
    let size = (80, 24);
    app.measure(measure(&app, size.into()));
    snapshot("help_end", &with(app, &[Action::Last]), size);
    at_all_sizes("about", &with(story::dashboard(), &[Action::About]));
}

#[test]
fn where_windows_are_learned_the_pages_count_windows() {
    let text = |actions: &[Action]| {
        let mut app = story::dashboard();
        app.apply(Report::Loaded(Loaded {
            window: Some(InWindows {
                rows: 64,
                step: 1,
                count: story::ROWS - 63,
            }),
            ..story::loaded()
        }));
        app.apply(Report::Started(story::started(story::spec())));
        app.apply(Report::Advanced(story::advanced(1_189)));
        app.apply(Report::Layers(story::layers(1_189)));
        app.apply(Report::Ranked(story::ranking()));
        let app = with(app, actions);
        screen(&app, (160, 50), COLOR).backend().to_string()
    };
    let [dashboard, about, layer] = [
        text(&[]),
        text(&[Action::About]),
        text(&[Action::Focus(Panel::Layers), Action::Open]),
    ];
    for (screen, says) in [
        (&dashboard, "windows of 64"),
        (&dashboard, "windows/s"),
        (&about, "937 of 64 rows, 1 row apart"),
        (&about, "32 windows a step"),
        (&layer, "in more than 9 windows of 10"),
    ] {
        assert!(screen.contains(says), "{says}: {screen}");
    }
}

#[test]
fn loading_and_failure() {
    let mut app = App::new("flows.csv".into());
    snapshot("opening", &app, (80, 24));
    app.apply(Report::Reading(Progress {
        rows: 12_800,
        bytes: 4_200_000,
        total: Some(11_000_000),
        need: Some(38_000_000),
    }));
    snapshot("reading", &app, (80, 24));
    app.apply(Report::Ended(
        "flows.csv, line 13: the quote that opens here never closes".into(),
    ));
    snapshot("unreadable", &app, (80, 24));
    let mut app = story::dashboard();
    app.apply(Report::Failed(
        "training failed: the loss became NaN at step 57".into(),
    ));
    snapshot("diverged", &app, (80, 24));
}

#[test]
fn first_rows() {
    let mut app = App::new("flows.csv".into());
    app.apply(Report::First(story::first_rows(400)));
    snapshot("first_rows_begun", &app, (80, 24));
    let progress = Progress {
        rows: 12_800,
        bytes: 4_200_000,
        total: Some(11_000_000),
        need: Some(38_000_000),
    };
    app.apply(Report::Reading(progress));
    at_all_sizes("first_rows", &app);
    let moves = [Action::PageDown, Action::PageDown, Action::CursorRight];
    let app = with(app, &moves);
    snapshot_with("first_rows_ascii", &app, (80, 24), ASCII);
    let app = with(app, &[Action::Last, Action::LastColumn]);
    snapshot("first_rows_end", &app, (60, 20));
    let mut app = App::new("stdin".into());
    let mut rows = story::first_rows(5);
    rows.rests = true;
    app.apply(Report::First(rows));
    app.apply(Report::Reading(Progress {
        bytes: 4_100,
        ..Progress::default()
    }));
    snapshot("first_rows_waiting", &app, (80, 24));
}

#[test]
fn before_the_first_step() {
    let mut app = App::new("spectra".into());
    app.apply(Report::Loaded(story::loaded()));
    app.apply(Report::Started(story::started(story::spec())));
    snapshot("started", &app, (80, 24));
}

#[test]
fn a_line_being_typed() {
    let mut app = with(story::dashboard(), &[Action::Command]);
    snapshot("command_empty", &app, (120, 40));
    app.edit(&Edit::Insert("rate 3e-4".into()));
    let mut terminal = screen(&app, (120, 40), COLOR);
    assert_eq!(terminal.get_cursor_position().unwrap(), (11, 39).into());
}

#[test]
fn too_small() {
    snapshot("too_small", &story::dashboard(), (50, 12));
}

#[test]
fn no_size_panics() {
    let apps = vec![
        story::dashboard(),
        row_page(),
        table(),
        scores(),
        with(story::dashboard(), &[Action::Help]),
        App::new("x".into()),
    ];
    for app in &apps {
        let sizes = (0..=20).flat_map(|width| (0..=8).map(move |height| (width, height)));
        for size in sizes.chain((56..=124).map(|width| (width, 16 + width % 30))) {
            screen(app, size, COLOR);
        }
    }
}

/// The cells of the line that contains `text`.
fn line_of<'a>(buffer: &'a Buffer, text: &str) -> &'a [ratatui::buffer::Cell] {
    let lines = buffer.content.chunks(usize::from(buffer.area.width));
    let reads = |line: &&[ratatui::buffer::Cell]| {
        line.iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect::<String>()
            .contains(text)
    };
    lines
        .into_iter()
        .find(reads)
        .expect("the text is on the screen")
}

#[test]
fn the_selection_shows_without_colour() {
    let terminal = screen(&story::dashboard(), (120, 40), PLAIN);
    let buffer = terminal.backend().buffer();
    let line = line_of(buffer, "▸ encoder.1");
    assert!(line[5].modifier.contains(Modifier::REVERSED));
    assert!(
        buffer
            .content
            .iter()
            .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset),
        "a colour slipped in"
    );
}

#[test]
fn text_from_a_file_cannot_reach_the_terminal_raw() {
    let mut app = story::dashboard();
    let mut loaded = story::loaded();
    loaded.name = misfit::data::text::sanitize("evil\u{1b}[2J\u{202E}.csv");
    loaded.features = vec![misfit::data::text::sanitize("a\u{7}\u{200B}b"); story::COLUMNS];
    app.apply(Report::Loaded(loaded));
    for app in [&app, &with(row_page(), &[])] {
        let terminal = screen(app, (120, 40), COLOR);
        let unsafe_cell = |cell: &&ratatui::buffer::Cell| {
            cell.symbol()
                .chars()
                .any(|c| c.is_control() || c == '\u{202E}')
        };
        assert_eq!(
            terminal.backend().buffer().content.iter().find(unsafe_cell),
            None
        );
    }
}

#[test]
fn a_device_elsewhere_is_named_however_short_the_line_is() {
    let mut app = story::dashboard();
    app.session.started = Some(Started {
        device: "remote=ws://127.0.0.1:7433",
        threads: None,
        ..story::started(story::spec())
    });
    for size in [(80, 24), (120, 40), (160, 50)] {
        let drawn = screen(&app, size, COLOR).backend().to_string();
        let status = drawn.lines().next().unwrap();
        assert!(status.contains("  on remote  "), "{status}");
    }
}

/// An answer that is too long for its line takes as much of the page as it needs, and nothing of what it says is lost.
#[test]
fn a_long_answer_and_a_question_about_a_file() {
    let mut app = story::dashboard();
    app.update(Action::Export);
    app.edit(&Edit::Submit);
    app.apply(Report::Exported(Exported::Failed(
        "cannot write /data/out/spectra.csv: there is no folder /data/out; make it, or name another"
            .into(),
    )));
    snapshot("long_answer", &app, (80, 24));
    for size in [(0, 0), (20, 8), (60, 18), (61, 20)] {
        screen(&app, size, COLOR);
    }
    app.update(Action::Export);
    app.edit(&Edit::Submit);
    app.apply(Report::Exported(Exported::Exists));
    snapshot("replace_question", &app, (80, 24));
}
