//! The table as it is browsed: a real file behind the browser's thread.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};

use misfit::browse::{self, Errand, Store};
use misfit::data::encoder::{Encoded, Scaling};
use misfit::data::options::ReadOptions;
use misfit::data::source::Source;
use misfit::message::{
    Arrangement, Ask, Browse, Browsed, Filter, Order, Report, Seek, Subject, Test,
};
use misfit::score::ranking::Standing;

/// Temperatures 0 to 9 with one missing, a word, and a line that is no row.
const TEXT: &str = "name,temp,site\n\
    a,3,north\nb,1,south\nc,,north\nd,9,\"so,uth\"\nbroken\ne,2,North\nf,10,south\n";

struct Table {
    errands: Sender<Errand>,
    reports: Receiver<Report>,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn table() -> Table {
    table_told(|_, _| {})
}

/// The same; `heard` sees every report first and may ask for more in the midst of it.
fn table_told(heard: impl Fn(&Sender<Errand>, &Report) + Send + 'static) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, TEXT).unwrap();
    let mut read = load(&path);
    let (sender, reports) = channel();
    let own = Arc::new(OnceLock::<Sender<Errand>>::new());
    let theirs = Arc::clone(&own);
    let errands = browse::spawn(move |report| {
        if let Some(errands) = theirs.get() {
            heard(errands, &report);
        }
        drop(sender.send(report));
    })
    .unwrap();
    own.set(errands.clone()).unwrap();
    let store = Store {
        rows: read.rows,
        columns: read.columns.len(),
        numbers: read.numbers.as_ref().map(|numbers| numbers.to_vec()),
        outlier: None,
        data: Some(Arc::new(Encoded::from_table(&mut read, Scaling::ZScore))),
    };
    assert_eq!(store.rows, 6);
    errands.send(Errand::Table(store)).unwrap();
    // b is the strangest, then f, e, d, c, a; the first two are flagged.
    let standing = Standing {
        scores: vec![0.5, 9.0, 1.0, 2.0, 3.0, 4.0],
        ranks: vec![5, 0, 4, 3, 2, 1],
        flagged: 2,
        exact: 6,
    };
    errands.send(Errand::Ranked(standing)).unwrap();
    Table {
        errands,
        reports,
        path,
        _folder: folder,
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = self.errands.send(Errand::End);
    }
}

impl Table {
    fn browsed(&self, arrangement: Arrangement) -> Browsed {
        let ask = Ask {
            arrangement,
            first: 0,
            count: 10,
            row: None,
        };
        self.errands.send(Errand::Ask(Browse::Show(ask))).unwrap();
        loop {
            if let Report::Browsed(browsed) = self.reports.recv().unwrap() {
                return browsed;
            }
        }
    }

    /// The names of the rows, in order.
    fn names(&self, arrangement: Arrangement) -> String {
        let browsed = self.browsed(arrangement);
        assert_eq!(browsed.problem, None);
        browsed
            .lines
            .iter()
            .map(|line| line.cells[0].as_str())
            .collect()
    }

    fn filtered(&self, subject: Subject, test: Test) -> String {
        self.names(Arrangement {
            order: Order::File,
            filters: vec![filter(subject, test)],
            ..Arrangement::default()
        })
    }
}

fn filter(subject: Subject, test: Test) -> Filter {
    Filter {
        subject,
        test,
        typed: "typed".into(),
    }
}

fn ordered(order: Order, reversed: bool) -> Arrangement {
    Arrangement {
        order,
        reversed,
        ..Arrangement::default()
    }
}

#[test]
fn rows_come_in_the_order_that_was_asked_for() {
    let table = table();
    assert_eq!(table.names(ordered(Order::Rank, false)), "bfedca");
    assert_eq!(table.names(ordered(Order::Rank, true)), "acdefb");
    assert_eq!(table.names(ordered(Order::File, false)), "abcdef");
    assert_eq!(table.names(ordered(Order::File, true)), "fedcba");
    // As numbers, and what is missing last either way.
    assert_eq!(table.names(ordered(Order::Column(1), false)), "beadfc");
    assert_eq!(table.names(ordered(Order::Column(1), true)), "fdaebc");
    assert_eq!(table.names(ordered(Order::Column(2), false)), "eacdbf");
}

#[test]
fn filters_leave_the_rows_that_meet_all_of_them() {
    let table = table();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        table.filtered(Subject::Column(1), Test::Above(2.0, false)),
        "adf"
    );
    assert_eq!(
        table.filtered(Subject::Column(2), Test::Is(text("north"))),
        "ace"
    );
    assert_eq!(
        table.filtered(Subject::Anything, Test::Contains(text("SO,U"))),
        "d"
    );
    assert_eq!(
        table.filtered(Subject::Anything, Test::Matches(text("^1"))),
        "bf"
    );
    assert_eq!(
        table.filtered(Subject::Score, Test::Above(3.0, true)),
        "bef"
    );
    assert_eq!(table.filtered(Subject::Flagged, Test::Is(text("1"))), "bf");
    // The broken line is no row of the table but one of the file.
    assert_eq!(table.filtered(Subject::Row, Test::Above(5.0, false)), "ef");
    let both = Arrangement {
        filters: vec![
            filter(Subject::Column(2), Test::Contains(text("south"))),
            filter(Subject::Rank, Test::Is(text("1"))),
        ],
        ..Arrangement::default()
    };
    assert_eq!(table.names(both), "b");
}

#[test]
fn rows_set_apart_are_left_out_or_looked_for() {
    let table = table();
    let rows = |rows: &[u32]| Arc::new(rows.iter().copied().collect::<BTreeSet<u32>>());
    let hidden = Arrangement {
        hidden: rows(&[0, 1]),
        ..Arrangement::default()
    };
    assert_eq!(table.names(hidden), "fedc");
    let marked = |marked: &[u32]| Arrangement {
        marked: rows(marked),
        filters: vec![filter(Subject::Marked, Test::Is("1".into()))],
        ..Arrangement::default()
    };
    assert_eq!(table.names(marked(&[2, 5])), "fc");
    // The same filters, but other rows are marked by now.
    assert_eq!(table.names(marked(&[2])), "c");
}

#[test]
fn what_is_looked_for_is_found_both_ways_and_round_the_end() {
    let table = table();
    let seek = |text: &str, from, backwards| {
        let seek = Seek {
            arrangement: ordered(Order::File, false),
            filter: filter(Subject::Column(2), Test::Contains(text.into())),
            from,
            backwards,
        };
        table.errands.send(Errand::Ask(Browse::Seek(seek))).unwrap();
        loop {
            if let Report::Sought(place) = table.reports.recv().unwrap() {
                return place;
            }
        }
    };
    assert_eq!(seek("north", 1, false), Ok(2));
    assert_eq!(seek("north", 5, false), Ok(0));
    assert_eq!(seek("north", 1, true), Ok(0));
    assert_eq!(seek("south", 0, true), Ok(5));
    assert!(seek("west", 0, false).unwrap_err().contains("no row"));
}

#[test]
fn a_search_that_is_broken_off_is_taken_up_again_or_said_to_be_over() {
    let show = |arrangement, first| {
        let count = 10;
        Errand::Ask(Browse::Show(Ask {
            row: None,
            arrangement,
            first,
            count,
        }))
    };
    let seek = |text: &str| {
        Errand::Ask(Browse::Seek(Seek {
            arrangement: ordered(Order::File, false),
            filter: filter(Subject::Anything, Test::Contains(text.into())),
            from: 0,
            backwards: false,
        }))
    };
    // Both searches wait together, and something newer is asked between them.
    for (order, answer) in [(Order::File, Ok(3)), (Order::Rank, Err("the rows changed"))] {
        let table = table_told(move |errands, report| match report {
            Report::Browsed(browsed) if browsed.asked.first == 0 => {
                errands.send(seek("south")).unwrap();
                errands.send(seek("so,uth")).unwrap();
            }
            Report::Sought(Ok(1)) => {
                errands.send(show(ordered(order, false), 2)).unwrap();
            }
            _ => {}
        });
        let first = show(ordered(Order::File, false), 0);
        table.errands.send(first).unwrap();
        let mut sought = Vec::new();
        while sought.len() < 2 {
            if let Report::Sought(place) = table.reports.recv().unwrap() {
                sought.push(place);
            }
        }
        assert_eq!(sought[0], Ok(1));
        match answer {
            Ok(place) => assert_eq!(sought[1], Ok(place)),
            Err(why) => assert!(sought[1].as_ref().unwrap_err().contains(why)),
        }
    }
}

#[test]
fn rows_move_when_they_are_ranked_anew() {
    let table = table();
    assert_eq!(table.names(ordered(Order::Rank, false)), "bfedca");
    let standing = Standing {
        scores: vec![9.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        ranks: vec![0, 5, 4, 3, 2, 1],
        flagged: 1,
        exact: 6,
    };
    table.errands.send(Errand::Ranked(standing)).unwrap();
    let Report::Browsed(browsed) = table.reports.recv().unwrap() else {
        panic!("the table is told anew");
    };
    assert_eq!((browsed.lines[0].row, browsed.lines[0].flagged), (0, true));
}

#[test]
fn a_file_that_has_changed_still_shows_what_was_read_and_says_so() {
    let table = table();
    std::fs::write(&table.path, "something else\n").unwrap();
    let browsed = table.browsed(ordered(Order::File, false));
    assert_eq!(browsed.lines[3].cells[1], "9");
    assert!(browsed.problem.unwrap().contains("gone"));
    let by_column = table.browsed(Arrangement {
        filters: vec![filter(Subject::Column(1), Test::Above(1.0, false))],
        ..Arrangement::default()
    });
    assert!(by_column.problem.unwrap().contains("changed"));
}

fn load(path: &Path) -> misfit::data::table::Table {
    let source = Source::Path(path.to_owned());
    source
        .load(&ReadOptions::default(), &mut |_| ControlFlow::Continue(()))
        .unwrap()
}

#[test]
fn the_place_of_a_row_is_told_or_that_it_is_left_out() {
    let table = table();
    let place = |row: u32, filters: Vec<Filter>| {
        let ask = Ask {
            arrangement: Arrangement {
                order: Order::Column(1),
                filters,
                ..Arrangement::default()
            },
            first: 0,
            count: 2,
            row: Some(row),
        };
        table.errands.send(Errand::Ask(Browse::Show(ask))).unwrap();
        loop {
            if let Report::Browsed(browsed) = table.reports.recv().unwrap() {
                return browsed.place;
            }
        }
    };
    // By temperature b, e, a, d, f, and c without one.
    assert_eq!(place(3, Vec::new()), Some(3));
    let warm = || vec![filter(Subject::Column(1), Test::Above(2.5, false))];
    assert_eq!((place(3, warm()), place(1, warm())), (Some(1), None));
}
