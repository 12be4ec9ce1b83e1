//! Rows of a table larger than memory that are not here, read from the file when they are asked for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/larger.rs"]
mod larger;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use misfit::message::{
    Arrangement, Ask, Browse, Browsed, Command, Export, Exported, Fetch, Filter, Formulas, Report,
    Rows, Scoring, Subject, Test, Watch, Whole,
};
use misfit::score::ranking::Ranking;
use misfit::worker::Worker;

/// Rows that are written.
const ROWS: usize = 25_000;
/// Rows that rank: all but those of the wrong length.
const ALL: usize = ROWS;
/// The first rows of the ranking that are kept.
const KEPT: usize = 10_000;

/// The name of the row of this number, before which those of the wrong length count.
fn name_of(number: u32) -> String {
    let short = (0..3).filter(|k| 9_000 * k + 7 + k < number).count();
    format!("n{}", number as usize - short)
}

/// Names, numbers and a label; quotes that hold line ends, and rows that are skipped but counted.
fn table() -> String {
    let mut text = "name,a,b,note,label\n".to_owned();
    for row in 1..=ROWS {
        let t = row as f64 * 0.37;
        let note = match row % 4 {
            0 => "\"two\nlines\"",
            1 => "plain",
            2 => "\"a \"\"quote\"\"\"",
            _ => "",
        };
        let odd = u8::from(row % 5_003 == 17);
        let _ = writeln!(
            text,
            "n{row},{:.5},{:.5},{note},{odd}",
            t.sin(),
            (t * 1.7).cos() + f64::from(odd) * 9.0
        );
        if row % 9_000 == 7 {
            text.push_str("short,1\n");
        }
    }
    text
}

/// A worker whose rows are all scored, and what it told of them.
struct Larger {
    worker: Worker,
    whole: Whole,
    ranking: Ranking,
    csv: PathBuf,
    _folder: tempfile::TempDir,
}

/// What came of a pass.
struct Came {
    count: usize,
    here: usize,
    first: Option<u32>,
}

impl Larger {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("t.csv");
        fs::write(&csv, table()).unwrap();
        let worker = larger::worker(&csv);
        let mut whole = None;
        loop {
            match worker.report().unwrap() {
                Report::Scoring(Scoring::Done(done)) => whole = Some(done),
                Report::Ranked(ranking) if ranking.total == ALL => {
                    return Self {
                        worker,
                        whole: whole.unwrap(),
                        ranking,
                        csv,
                        _folder: folder,
                    };
                }
                _ => {}
            }
        }
    }

    fn fetch(&mut self, fetch: &Fetch, keep: &[u32]) -> Result<Came, String> {
        self.worker
            .send(Command::Fetch(fetch.clone(), keep.to_vec()));
        let mut came = None;
        loop {
            match self.worker.report().unwrap() {
                Report::Scoring(Scoring::Fetched {
                    fetch: what,
                    count,
                    here,
                    first,
                    whole,
                }) => {
                    assert_eq!(what, *fetch);
                    self.whole = whole;
                    came = Some(Came { count, here, first });
                }
                Report::Scoring(Scoring::Failed(why)) => return Err(why),
                Report::Ranked(ranking) if came.is_some() => {
                    self.ranking = ranking;
                    return Ok(came.unwrap());
                }
                _ => {}
            }
        }
    }

    fn browse(&self, filters: &[Filter]) -> Browsed {
        self.worker.send(Command::Weigh(Some(Vec::new())));
        self.worker.send(Command::Browse(Browse::Show(Ask {
            arrangement: Arrangement {
                filters: filters.to_vec(),
                ..Arrangement::default()
            },
            count: ALL,
            ..Ask::default()
        })));
        loop {
            let report = self.worker.report().unwrap();
            if let Report::Browsed(browsed) = report
                && browsed.lines.iter().all(|line| line.rank.is_some())
            {
                return browsed;
            }
        }
    }
}

fn filter(subject: Subject, test: Test) -> Filter {
    Filter {
        subject,
        test,
        typed: "…".into(),
    }
}

#[test]
fn rows_that_are_not_here_are_read_with_the_scores_and_the_ranks_that_they_have() {
    let mut larger = Larger::new();
    assert_eq!((larger.whole.kept, larger.whole.besides), (KEPT, 0));
    // One by its name: the first rows stay as they are.
    let listed: HashSet<u32> = larger.whole.numbers.iter().copied().collect();
    let low = (1..2_000).find(|number| !listed.contains(number)).unwrap();
    let name = name_of(low);
    let before = larger.ranking.clone();
    let came = larger.fetch(&Fetch::Called(name.clone()), &[]).unwrap();
    assert_eq!((came.count, came.here), (1, 1));
    assert_eq!(larger.ranking, before);
    let row = came.first.unwrap();
    larger.worker.send(Command::Watch(Watch {
        row: Some(row),
        ..Watch::default()
    }));
    let page = loop {
        if let Report::Explained(explained) = larger.worker.report().unwrap()
            && let Some(page) = explained.page
        {
            break page;
        }
    };
    let place = page.place.unwrap();
    assert!(place.about && place.rank as usize >= KEPT, "{place:?}");
    // By what the file says, over line ends and quotes, and by what is known without reading.
    let quoted = [
        filter(Subject::Column(3), Test::Is("a \"quote\"".into())),
        filter(Subject::Row, Test::Below(1_000.0, false)),
    ];
    let came = larger
        .fetch(&Fetch::Meeting(quoted.to_vec()), &[row])
        .unwrap();
    assert_eq!((came.count, came.here), (250, 250));
    let browsed = larger.browse(&quoted);
    assert_eq!(browsed.total, 250);
    let (mut scores, mut ranks) = (HashMap::new(), HashMap::new());
    for line in &browsed.lines {
        scores.insert(line.cells[0].clone(), line.score);
        ranks.insert(line.cells[0].clone(), (line.rank.unwrap(), line.about));
        assert_eq!(line.cells[3], "a \"quote\"");
    }
    // The row that was to stay has stayed, if under another number; not so once nobody asks for it.
    let kept = larger.browse(&[filter(Subject::Column(0), Test::Is(name.clone()))]);
    assert_eq!((kept.total, kept.lines[0].score), (1, place.score));
    let none = [filter(Subject::Score, Test::Above(1e9, false))];
    let came = larger.fetch(&Fetch::Meeting(none.to_vec()), &[]).unwrap();
    assert_eq!((came.count, came.first, larger.whole.besides), (0, None, 0));
    let gone = larger.browse(&[filter(Subject::Column(0), Test::Is(name.clone()))]);
    assert_eq!(gone.total, usize::from(listed.contains(&low)));
    // On through the ranking to its end: every row once, in order, and none scores otherwise than it was said to.
    let came = larger.fetch(&Fetch::Next, &[]).unwrap();
    assert_eq!((came.here, larger.whole.kept), (KEPT, 2 * KEPT));
    assert_eq!(larger.ranking.rows[..KEPT], before.rows);
    assert_eq!(came.first, Some(larger.ranking.rows[KEPT].row));
    larger.fetch(&Fetch::Next, &[]).unwrap();
    assert_eq!(larger.whole.kept, ALL);
    let all = larger.browse(&[]);
    assert_eq!(all.total, ALL);
    let mut seen = HashSet::new();
    for (rank, line) in all.lines.iter().enumerate() {
        assert!(seen.insert(line.cells[0].clone()) && !line.about);
        assert_eq!(line.rank, Some(rank as u32));
        let Some(score) = scores.get(&line.cells[0]) else {
            continue;
        };
        assert_eq!(*score, line.score);
        let (said, about) = ranks[&line.cells[0]];
        let off = said.abs_diff(rank as u32);
        assert!(if about { off <= 60 } else { off == 0 }, "{said} {rank}");
    }
}

#[test]
fn the_label_the_flags_and_the_ranks_choose_rows_too() {
    let mut larger = Larger::new();
    let planted = (1..=ROWS).filter(|row| row % 5_003 == 17).count();
    let labelled = filter(Subject::Label, Test::Is("1".into()));
    let flagged = filter(Subject::Flagged, Test::Is("1".into()));
    let count = |larger: &mut Larger, filters: &[Filter]| {
        let came = larger
            .fetch(&Fetch::Meeting(filters.to_vec()), &[])
            .unwrap();
        assert_eq!(came.here, came.count.min(KEPT));
        came.count
    };
    assert_eq!(count(&mut larger, std::slice::from_ref(&labelled)), planted);
    let flags = larger.ranking.flag.count;
    assert_eq!(count(&mut larger, &[flagged]), flags);
    let last = filter(Subject::Rank, Test::Above((ALL - 100) as f64, false));
    let found = count(&mut larger, &[last]);
    assert!((40..=160).contains(&found), "{found}");
    // More than there is room for: the first of the ranking.
    assert_eq!(
        count(
            &mut larger,
            &[filter(Subject::Row, Test::Above(0.0, false))]
        ),
        ALL
    );
    assert_eq!(larger.whole.besides, 0);
}

#[test]
fn a_row_that_was_read_is_written_down_with_all_but_its_rank() {
    let mut larger = Larger::new();
    let low = filter(Subject::Score, Test::Below(0.5, false));
    let came = larger.fetch(&Fetch::Meeting(vec![low]), &[]).unwrap();
    let first = larger.ranking.rows[0].row;
    let path = larger.csv.with_file_name("out.csv");
    larger.worker.send(Command::Export(Export {
        path: path.clone(),
        rows: Rows::These(vec![came.first.unwrap(), first]),
        formulas: Formulas::Keep,
        overwrite: false,
    }));
    loop {
        match larger.worker.report().unwrap() {
            Report::Exported(Exported::Done(_)) => break,
            Report::Exported(Exported::Failed(why)) => panic!("{why}"),
            _ => {}
        }
    }
    let mut reader = csv::Reader::from_path(path).unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        (records.len(), &records[0][0], &records[1][0]),
        (2, "1", "")
    );
    let score: f32 = records[1][3].parse().unwrap();
    assert!(score < 0.5 && records[1][2].starts_with('n'), "{records:?}");
}

#[test]
fn what_cannot_be_read_says_why() {
    let mut larger = Larger::new();
    let came = larger.fetch(&Fetch::Called("nobody".into()), &[]).unwrap();
    assert_eq!((came.count, came.first), (0, None));
    // A number, a name, or the first row with that in its name.
    let came = larger.fetch(&Fetch::Called("2499".into()), &[]).unwrap();
    let number = |larger: &Larger, row: u32| {
        let browsed = larger.browse(&[]);
        let line = browsed.lines.iter().find(|line| line.row == row);
        line.unwrap().cells[0].clone()
    };
    assert_eq!(number(&larger, came.first.unwrap()), "n2498");
    let came = larger.fetch(&Fetch::Called("N2499".into()), &[]).unwrap();
    assert_eq!(number(&larger, came.first.unwrap()), "n2499");
    let came = larger.fetch(&Fetch::Called("n".into()), &[]).unwrap();
    assert_eq!(number(&larger, came.first.unwrap()), "n1");
    let broken = filter(Subject::Anything, Test::Matches("(".into()));
    let why = |came: Result<Came, String>| came.err().unwrap();
    let said = why(larger.fetch(&Fetch::Meeting(vec![broken]), &[]));
    assert!(said.contains("no regular expression"), "{said}");
    let mut file = OpenOptions::new().append(true).open(&larger.csv).unwrap();
    file.write_all(b"n0,0,0,plain,0\n").unwrap();
    let said = why(larger.fetch(&Fetch::Called("n24999".into()), &[]));
    assert!(said.contains("has grown"), "{said}");
}
