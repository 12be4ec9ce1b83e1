//! The work of `misfit score`: a file is opened, bound to the model, scored and printed.

use std::cell::Cell;
use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::ScoreArgs;
use super::follow::top::Top;
use super::follow::{Following, How};
use super::lines::{Lines, Row};
use super::notes::Notes;
use super::outlet::Reader;
use crate::cli::args::usage;
use crate::cli::progress::Progress;
use crate::data::bytes::stream::Reopen;
use crate::data::columns::datetime::Unit;
use crate::data::columns::kind::Kind;
use crate::data::columns::label::Label;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::read::ReadOptions;
use crate::data::read::matched::{self, Matched, Seeking};
use crate::error::{Error, Result};
use crate::format::count;
use crate::message::Explanation;
use crate::score::ordinary::Ordinary;
use crate::store::drift::{Drift, Now};
use crate::store::model::{Model, Quantiles};
use crate::stream::{self, Bound, Cut, InWindows, Kept, Outcome, Places, Scored, Stream, Wants};

/// What scores a file.
pub struct Work<'a> {
    pub args: &'a ScoreArgs,
    pub model: &'a Model,
    /// Threads that read and score.
    pub threads: usize,
    pub progress: &'a Progress,
    /// Who reads what is printed.
    pub reader: &'a Reader,
}

/// What there is to say when all rows are scored.
pub struct Told {
    /// Rows that score more than the threshold.
    pub flagged: usize,
    pub drift: Drift,
    pub notes: Vec<String>,
}

/// Rows of the ranking with their reasons, in order.
type Ranked = Vec<(Kept, Option<Explanation>)>;

/// A result that could not be written.
pub fn failed(error: std::io::Error) -> Error {
    Error::io("write to standard output")(error)
}

impl Work<'_> {
    /// Scores the rows of a file and prints them.
    pub fn score(
        &self,
        (input, file): (&mut dyn Reopen, &str),
        (options, seeking): (&ReadOptions, &Seeking),
        mut following: Option<&mut Following>,
        output: &mut dyn Write,
    ) -> Result<Told> {
        let (args, model) = (self.args, self.model);
        let what = (options, seeking);
        let mut matched = matched::open(input, file, what, &mut self.progress.reading())?;
        check(following.is_some(), model, &matched)?;
        let codes = MissingWords::new(&options.missing, Spelling::default()).codes;
        let bound = Bound::new(model, &places(&matched, &codes));
        let mut notes = Notes::new(file, &matched, &model.unused);
        let label = label(model, &matched);
        let lines = self.lines(&matched, &bound, label.as_ref());
        output.write_all(&lines.header()).map_err(failed)?;
        let make = |scored: &Scored| lines.of(scored);
        let asked = args.top.map_or(0, NonZeroUsize::get);
        let most = asked.min(stream::kept(bound.encoder.features.len()));
        let stream = Stream {
            encoder: &bound.encoder,
            judge: model.judge.fork(),
            label: label.as_ref().map(|(label, place)| (label, *place)),
            id: matched.id,
            threshold: model.threshold,
            threads: self.threads,
            most,
            wants: Wants {
                names: matched.id.is_some(),
                dates: dates(model, &matched),
                clocks: &bound.clocks,
                ranges: &model.ranges,
                reasons: args.explain && args.top.is_none(),
                curves: &model.curves,
                lines: args.top.is_none().then_some(&make),
                picks: None,
            },
        };
        self.progress.begin("scoring", matched.total);
        let taken = Arc::clone(&matched.rows.taken);
        let prompt = following.is_some();
        // What scores more than every ordinary row is plainly new.
        let highest = model.ordinary.as_ref().map(Ordinary::highest);
        let mut above = 0;
        // Where a followed file ends in a quote that may be closed yet, it is read again from there.
        let unread = Cell::new(None);
        let mut each = |scored: &Scored| {
            if prompt && scored.met.unclosed.is_some() {
                unread.set(Some(scored.met.begins));
                return Ok(());
            }
            let more = |score: &&f32| highest.is_some_and(|highest| **score > highest);
            above += scored.scores.iter().filter(more).count() as u64;
            self.reader.count(&scored.scores, model.threshold);
            if self.reader.has_enough() {
                return Err(Error::Stopped);
            }
            self.progress.at(taken.load(Ordering::Relaxed), String::new);
            notes.take(scored)?;
            output.write_all(&scored.lines).map_err(failed)?;
            // Who follows a file waits for every line.
            if prompt {
                output.flush().map_err(failed)?;
            }
            Ok(())
        };
        let (outcome, ranked) = match &bound.cut {
            None => {
                let mut outcome = stream.pass(&mut matched.rows, &mut each)?;
                if let Some(following) = &mut following {
                    if let Some(place) = unread.get() {
                        following.growing.back_to(place);
                    }
                    let rows = &matched.rows;
                    let how = How {
                        stream: &stream,
                        layout: rows.layout(),
                        top: Top {
                            header: &matched.header,
                            lines: matched.lines,
                        },
                        file,
                        say: &|text| self.progress.say(text),
                        unread: &self.reader.gone,
                    };
                    following.follow(&how, rows.seen(), (&mut outcome, &mut each))?;
                }
                let ranked = self.ranked(&bound, &outcome);
                (outcome, ranked)
            }
            Some(cut) => {
                let whole = stream.in_windows(cut, &mut matched.rows, &mut each)?;
                let ranked = self.ranked_in_windows(&whole);
                notes.add(untimed(&whole, cut, matched.lines));
                (whole.outcome, ranked)
            }
        };
        for (rank, (kept, why)) in ranked.iter().enumerate() {
            let row = Row::kept(rank, kept, label.is_some(), why.as_ref());
            output.write_all(&lines.row(&row)).map_err(failed)?;
        }
        if most < asked && ranked.len() == most {
            notes.add(left_out(asked, most, &outcome));
        }
        Ok(Told {
            flagged: outcome.flagged().0,
            drift: Drift::new(model, now(&outcome, above)),
            notes: notes.finish(&matched, &bound.encoder, &model.ranges),
        })
    }

    /// How rows are printed.
    fn lines<'b>(
        &'b self,
        matched: &Matched<'_>,
        bound: &'b Bound,
        label: Option<&(Label, usize)>,
    ) -> Lines<'b> {
        let (args, model) = (self.args, self.model);
        let named = bound.cut.as_ref().and_then(|cut| cut.named.clone());
        let id = matched.id.map(|place| matched.header[place].clone());
        Lines {
            json: args.json,
            flagged_only: args.flag,
            ranked: args.top.is_some(),
            explained: args.explain,
            threshold: model.threshold,
            ordinary: model.ordinary.as_ref(),
            id: id.or(named),
            label: label.map(|(label, _)| label.name.clone()),
            columns: &bound.encoder.columns,
        }
    }

    /// The first rows of the ranking, with their reasons where they are wanted.
    fn ranked(&self, bound: &Bound, outcome: &Outcome) -> Ranked {
        let Some(count) = self.args.top else {
            return Vec::new();
        };
        let kept: Vec<Kept> = outcome.top().iter().take(count.get()).cloned().collect();
        let why = || {
            let (curves, judge) = (&self.model.curves, &self.model.judge);
            stream::reasons(&bound.encoder, curves, judge, &kept)
        };
        let why = self.wanted(kept.len(), why);
        kept.into_iter().zip(why).collect()
    }

    fn ranked_in_windows(&self, whole: &InWindows) -> Ranked {
        let Some(count) = self.args.top else {
            return Vec::new();
        };
        let (rows, kept): (Vec<u32>, Vec<Kept>) = whole.first(count.get()).into_iter().unzip();
        let why = self.wanted(kept.len(), || whole.reasons(&rows));
        kept.into_iter().zip(why).collect()
    }

    /// Reasons where they are wanted, none of so many rows where they are not.
    fn wanted(
        &self,
        rows: usize,
        reasons: impl FnOnce() -> Vec<Explanation>,
    ) -> Vec<Option<Explanation>> {
        if self.args.explain {
            reasons().into_iter().map(Some).collect()
        } else {
            vec![None; rows]
        }
    }
}

/// Where the model's columns are, with the numbers that stand for a missing value.
pub fn places<'a>(matched: &'a Matched<'_>, codes: &'a [f64]) -> Places<'a> {
    Places {
        columns: matched.header.len(),
        places: &matched.places,
        per: &matched.per,
        written_out: &matched.written_out,
        codes,
    }
}

/// What is said of rows without a time, so many lines of the file being above its rows.
fn untimed(whole: &InWindows, cut: &Cut, above: u64) -> Option<String> {
    let clock = cut.clock.as_ref()?.columns.join(" ");
    let rows = whole.outcome.distribution().total().0;
    whole.untimed.sentence(&clock, rows, above)
}

/// What is said where fewer rows of the ranking are kept than were asked for, and there are more.
fn left_out(asked: usize, most: usize, outcome: &Outcome) -> Option<String> {
    let rows = outcome.distribution().total().0;
    (rows > most as u64).then(|| {
        format!(
            "--top {asked}: no more than the first {} are kept in order; without --top all are printed, in the order of the file",
            count(most, "row")
        )
    })
}

/// How the column that names the rows is written, where it is read as dates.
pub fn dates(model: &Model, matched: &Matched<'_>) -> Option<(f64, Unit)> {
    let id = matched.id?;
    let index = matched.places.iter().position(|place| *place == id)?;
    let sought = model.sought().into_iter().nth(index)?;
    if sought.kind != Kind::Datetime {
        return None;
    }
    let clock = model
        .window
        .as_ref()
        .and_then(|window| window.clock.as_ref());
    let clock = clock.filter(|(columns, _)| columns[..] == [&*sought.name]);
    let mut own = model.sources.iter().zip(&model.encoder.columns);
    let own = own.find(|(origin, _)| origin.column == sought.name);
    let unit = clock
        .map(|(_, unit)| *unit)
        .or(own.and_then(|(_, column)| column.unit));
    Some((matched.per[index], unit.unwrap_or(Unit::Seconds)))
}

/// The label of a file, and its place.
pub fn label(model: &Model, matched: &Matched<'_>) -> Option<(Label, usize)> {
    let place = matched.label?;
    let name = matched.header[place].clone();
    // A label of another name has other values, perhaps.
    let own = model.label.clone().filter(|label| label.name == name);
    Some((own.unwrap_or_else(|| Label::speaking(name)), place))
}

/// What the scores are like, so many of them above those of every ordinary row.
pub fn now(outcome: &Outcome, above: u64) -> Now {
    let counted = outcome.distribution();
    let (rows, _) = counted.total();
    let steps = counted.steps().map(|step| (step.score, step.rows));
    let quality = counted.roc_auc().zip(counted.average_precision());
    Now {
        rows,
        flagged: outcome.flagged().0 as u64,
        scores: Quantiles::of(steps, rows),
        above,
        quality: quality.map(|(auc, average)| [auc, average]),
    }
}

/// Refuses to follow what cannot be followed.
fn check(follows: bool, model: &Model, matched: &Matched<'_>) -> Result<()> {
    if follows && model.window.is_some() {
        return Err(usage(
            "the model looks at windows of rows, which it takes from a whole file; leave out --follow",
        ));
    }
    if follows && !matched.plain {
        return Err(usage(
            "only a file of plain text can be followed, neither a packed one nor one of another format or encoding",
        ));
    }
    Ok(())
}
