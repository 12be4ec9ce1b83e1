//! `--engine datafusion` and `--cluster`: the rows are scored by another program's engine, and told as if they had been scored
//! here.

mod besides;

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::lines::{Lines, Row};
use super::notes::Notes;
use super::work::{Told, Work, dates, failed, label, now, places};
use crate::cli::args::usage;
use crate::data::bytes::input::Input;
use crate::data::bytes::stream::Reopen;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::read::ReadOptions;
use crate::data::read::matched::{self, Matched, Seeking};
use crate::data::several;
use crate::data::source::{Origin, Source};
use crate::data::text::sanitize;
use crate::engine::files::{Csv, Files};
use crate::engine::{Parcel, Query, Reading, Rows, Where};
use crate::error::{DataError, Result};
use crate::score::ordinary::Ordinary;
use crate::score::ranking::By;
use crate::store::drift::Drift;
use crate::store::model::Model;
use crate::stream::{self, Bound, Gathering, Outcome};

use besides::Besides;

/// What an engine scores, and with what.
pub struct Task<'a> {
    pub work: &'a Work<'a>,
    /// The model's file.
    pub model: &'a Path,
    pub at: Where<'a>,
}

impl Task<'_> {
    /// Scores what is to be scored, read so; `seeking` says which columns are looked for, where one may name the rows.
    pub fn score(
        &self,
        source: &Source,
        options: &ReadOptions,
        seeking: &dyn Fn(Option<String>) -> Seeking,
        output: &mut dyn Write,
    ) -> Result<Told> {
        let model = self.work.model;
        self.check()?;
        let paths = match source.origin() {
            Origin::Input(Input::Path(path)) => vec![path],
            Origin::Files(files) => files,
            _ => return Err(usage("--engine reads files, not a pipe; name them")),
        };
        Files::check(&paths)?;
        let (own, given) = (model.id.clone(), options);
        let (mut input, options, id): (Box<dyn Reopen>, _, _) = if let [path] = &paths[..] {
            (Box::new(Input::Path(path.clone())), options.clone(), own)
        } else {
            let (several, read) = several::one(&paths, options)?;
            let id = read.id.clone().or(own);
            (Box::new(several), read, id)
        };
        let file = match &paths[..] {
            [path] => sanitize(&path.to_string_lossy()),
            _ => source.name(),
        };
        let what = (&options, &seeking(id));
        let reading = &mut self.work.progress.reading();
        let matched = matched::open(&mut *input, &file, what, reading)?;
        let besides = Besides::new(
            &matched,
            (label(model, &matched), dates(model, &matched)),
            &paths,
        );
        let sought = model.sought().into_iter().map(|sought| sought.name);
        let mut columns: Vec<String> = sought.chain(besides.names.iter().cloned()).collect();
        let files = self.files(&paths, &mut columns, given)?;
        let besides_columns = columns.split_off(columns.len() - besides.names.len());
        let travels = !matches!(self.at, Where::Here(_));
        let whole = (self.model, Model::bytes(self.model)?);
        let parcel = Parcel::new(Reading::of(&matched, &options), whole, travels)?;
        let query = Query {
            files: &files,
            columns: &columns,
            besides: &besides_columns,
            parcel: parcel.bytes()?,
            numbered: model.judge.by() != By::Network,
        };
        let codes = MissingWords::new(&options.missing, Spelling::default()).codes;
        let bound = Bound::new(model, &places(&matched, &codes));
        let mut notes = Notes::new(&file, &matched, &model.unused);
        notes.add(parcel.notice());
        let (outcome, above) = self.tell(&query, (&matched, &bound, &besides), output)?;
        Ok(Told {
            flagged: outcome.flagged().0,
            drift: Drift::new(model, now(&outcome, above)),
            notes: notes.finish(&matched, &bound.encoder, &model.ranges),
        })
    }

    /// Asks the engine, and prints what it says; what was counted, and how many rows score more than every ordinary one.
    fn tell(
        &self,
        query: &Query<'_>,
        (matched, bound, besides): (&Matched<'_>, &Bound, &Besides),
        output: &mut dyn Write,
    ) -> Result<(Outcome, u64)> {
        let (args, model) = (self.work.args, self.work.model);
        let label = besides.label.as_ref().map(|(label, _)| label);
        let lines = Lines {
            json: args.json,
            flagged_only: args.flag,
            ranked: args.top.is_some(),
            explained: false,
            threshold: model.threshold,
            ordinary: model.ordinary.as_ref(),
            id: matched.id.map(|place| matched.header[place].clone()),
            label: label.map(|label| label.name.clone()),
            columns: &bound.encoder.columns,
        };
        output.write_all(&lines.header()).map_err(failed)?;
        let most = args.top.map_or(0, NonZeroUsize::get);
        let most = most.min(stream::kept(bound.encoder.features.len()));
        let mut gathering = Gathering::new(model.threshold, label.is_some(), most);
        let highest = model.ordinary.as_ref().map(Ordinary::highest);
        let (mut seen, mut above) = (0, 0);
        let total = query.files.rows().map(|rows| rows.iter().sum());
        self.work.progress.begin("scoring", total);
        let mut each = |rows: &Rows| {
            let scored = besides.scored(rows, seen)?;
            seen += scored.scores.len() as u64;
            let more = |score: &&f32| highest.is_some_and(|highest| **score > highest);
            above += scored.scores.iter().filter(more).count() as u64;
            self.work.progress.at(seen, String::new);
            if args.top.is_none() {
                output.write_all(&lines.of(&scored)).map_err(failed)?;
            }
            gathering.take(scored);
            Ok(())
        };
        query.run(self.at, &mut each)?;
        let outcome = gathering.finish();
        for (rank, kept) in outcome.top().iter().take(most).enumerate() {
            let row = Row::kept(rank, kept, label.is_some(), None);
            output.write_all(&lines.row(&row)).map_err(failed)?;
        }
        Ok((outcome, above))
    }

    /// The files as the engine reads them, and what it calls these columns.
    fn files(
        &self,
        paths: &[PathBuf],
        columns: &mut [String],
        options: &ReadOptions,
    ) -> Result<Files> {
        if let Some(files) = Files::parquet(paths, columns)? {
            return Ok(files);
        }
        if !matches!(self.at, Where::Here(_)) {
            return Err(usage(
                "--cluster reads Parquet; score other files without it",
            ));
        }
        Files::csv(paths, csv(&paths[0], options)?)
    }

    /// Refuses what an engine cannot do.
    fn check(&self) -> Result<()> {
        let (args, model) = (self.work.args, self.work.model);
        let refuse = |what: &str| Err(usage(&format!("{what}; leave out --engine and --cluster")));
        if args.follow {
            return refuse("an engine reads whole files and cannot --follow one");
        }
        if args.explain {
            return refuse("an engine hands back scores alone, with nothing to --explain them by");
        }
        if model.window.is_some() {
            return refuse(
                "the model looks at windows of neighbouring rows, and an engine hands on rows without their neighbours",
            );
        }
        Ok(())
    }
}

/// How a file of text is written.
fn csv(path: &Path, options: &ReadOptions) -> Result<Csv> {
    let mut alone = Input::Path(path.to_owned());
    let file = sanitize(&path.to_string_lossy());
    let nothing = Seeking::default();
    let mut quietly = |_: crate::data::read::News<'_>| std::ops::ControlFlow::Continue(());
    let own = matched::open(&mut alone, &file, (options, &nothing), &mut quietly)?;
    let layout = own.rows.layout();
    let delimiter = layout.separator.byte().filter(|_| own.plain);
    let Some(delimiter) = delimiter.filter(|_| own.lines == 1) else {
        return Err(DataError {
            file,
            problem:
                "an engine reads Parquet, and CSV in UTF-8 with one line of names above the rows"
                    .into(),
            advice: "score it without --engine".into(),
            ..DataError::default()
        }
        .into());
    };
    Ok(Csv {
        delimiter,
        comments: layout.comments,
        names: own.header,
    })
}
