//! `misfit train`: the whole job without a screen.

pub(super) mod document;
mod draft;
mod flagged;
mod kept;
mod larger;
mod outcome;
mod place;
mod scores;
mod taking;
mod trained;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;

use crate::cli::args::RunArgs;
use crate::cli::args::keeping::KeepingArgs;
use crate::cli::args::output::OutputArgs;
use crate::cli::args::screen::ScreenArgs;
use crate::cli::args::taking::TakingArgs;
use crate::cli::progress::Progress;
use crate::cli::{print, print_json};
use crate::data::source::Source;
use crate::error::{Error, Result};
use crate::export::target::failed;
use crate::message::Watch;
use crate::plan::Prepared;
use crate::run;
use crate::score::ranking::{Places, Ranking};
use crate::score::reference::References;
use crate::signals::Signals;
use crate::store::model::{self, Job};
use crate::store::run::Opened;

use draft::Draft;
use larger::{Larger, Sample};
use outcome::Outcome;
use place::Place;
use scores::Lines;
use trained::train;

/// Rows of the ranking that are printed.
const TOP: usize = 20;

#[derive(Args)]
pub struct TrainArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Write every row's score and rank to FILE as CSV, in file order, with reasons for the flagged; an existing FILE is replaced.
    /// Of a table larger than memory, rows beyond the first 10,000 of the ranking have neither rank nor reason
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    scores: Option<PathBuf>,
    /// Keep what was learned in the file MODEL, for misfit score; an existing one is replaced
    #[arg(
        short = 'o',
        long = "save",
        value_name = "MODEL",
        help_heading = "Output"
    )]
    save: Option<PathBuf>,
    #[command(flatten)]
    taking: TakingArgs,
    #[command(flatten)]
    keeping: KeepingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl TrainArgs {
    pub fn run(&self) -> Result<ExitCode> {
        self.carry_out(None)
    }

    /// Goes on with a run that these flags began.
    pub fn resume(&self, run: Opened) -> Result<ExitCode> {
        self.carry_out(Some(run))
    }

    /// Goes on with it on the screen; the files that it was to write are not written there.
    pub fn on_screen(&self, opened: Opened) -> Result<ExitCode> {
        let plan = self.run.plan_without_stdin()?;
        let screen = ScreenArgs::usual()?;
        let look = screen.look_again(&opened.about.command);
        run::explore(plan, &look, self.keeping.again(opened), None)
    }

    /// Refuses to write one file twice, or over one that is read.
    fn check_files(&self, table: &Source) -> Result<()> {
        let others = [
            ("--scores", self.scores.as_deref()),
            ("-o", self.save.as_deref()),
        ];
        self.taking.check_apart(others)?;
        let tables = match table {
            Source::Path(path) => std::slice::from_ref(path),
            Source::Files(paths) => paths,
            Source::Stdin | Source::Sample(_) => &[],
        };
        let network = &self.run.network;
        let read = [
            ("the table", tables),
            ("the file of --weights", network.weights.as_slice()),
            ("the model of --model", network.model.as_slice()),
        ];
        let of = |(what, files): (&'static str, &'_ [PathBuf])| {
            let files = files.to_vec();
            files.into_iter().map(move |file| (what, file))
        };
        self.taking
            .check_inputs(others, read.into_iter().flat_map(of))
    }

    fn carry_out(&self, run: Option<Opened>) -> Result<ExitCode> {
        let start = Instant::now();
        let plan = match run {
            None => self.run.plan()?,
            Some(_) => self.run.plan_without_stdin()?,
        };
        self.check_files(&plan.source)?;
        let keeping = match run {
            None => self.keeping.begin(&self.run, &plan)?,
            Some(run) => self.keeping.again(run),
        };
        let progress = self.output.progress();
        let reading = Instant::now();
        let mut prepared = plan.prepare(&mut progress.reading())?;
        prepared.train_on()?;
        let read_seconds = reading.elapsed().as_secs_f64();
        larger::check(&prepared, self.taking.asked().as_ref())?;
        let (mut prepared, mut keeper, history) = kept::take_up(keeping, prepared)?;
        // Before the work begins, so that a wrong path costs none of it.
        let place = self.scores.as_deref().map(Place::check).transpose()?;
        self.taking.check(prepared.table.path.as_deref())?;
        if let Some(path) = &self.save {
            let checked = model::check(path, true, prepared.table.path.as_deref());
            checked.map_err(|refusal| refusal.error(path))?;
        }
        // Before the training, whose memory is not taken yet.
        let referring = Instant::now();
        progress.begin("references", Some(prepared.referred_rows() as u64));
        let references = prepared.references_telling(&|rows| progress.add(rows as u64))?;
        let references = Arc::new(references);
        // Those of a sample rank no rows, and stand only beside the network's in the end.
        if references.sample.is_none() {
            prepared.trainer.set_references(Arc::clone(&references));
        }
        let reference_seconds = referring.elapsed().as_secs_f64();
        let judges = self.output.json || self.taking.report.is_some();
        // Not before, where nobody would look at them.
        let signals = Signals::ending().map_err(Error::io("watch for signals"))?;
        let kept = (&mut keeper, &history);
        let trained = train(&mut prepared, kept, (judges, &signals), &progress);
        if let (Err(Error::Stopped), Some(signal)) = (&trained, signals.end()) {
            return Ok(kept::interrupted(&mut keeper, progress, signal));
        }
        let trained = trained.inspect_err(|error| keeper.fail(error.chain()))?;
        prepared.table.notices.extend(trained.news.iter().cloned());
        let scoring = Instant::now();
        progress.begin("scoring", None);
        let (network, basis) = prepared.trainer.scores()?;
        let (scores, _) = prepared.trainer.ranking_scores(&network);
        let ranking = prepared.trainer.rank_by(&network, basis).clone();
        let larger = match prepared.table.again {
            Some(_) => Some(score_all(
                &mut prepared,
                (&ranking, &network, &references),
                (read_seconds, place.as_ref()),
                &progress,
            )?),
            None => None,
        };
        let ranking = prepared.trainer.shown().cloned().unwrap_or(ranking);
        let watch = Watch {
            first: 0,
            count: TOP,
            row: None,
        };
        let reasons = prepared.trainer.explain(watch).rows;
        let score_seconds = scoring.elapsed().as_secs_f64();
        if let (Some(place), None) = (&place, &larger) {
            progress.begin("writing", None);
            let lines = lines(&prepared, &ranking, &scores);
            place.fill(|output| {
                let written = lines.write(output);
                written.map_err(|error| failed(place.path(), &error))
            })?;
        }
        let mut saved = self
            .taking
            .write(&mut prepared, &trained, (&plan, &progress))?;
        if let Some(path) = &self.save {
            let table = prepared.table.path.as_deref();
            let written = Job::new(&mut prepared.trainer)?.write(path, true, table);
            saved.push(written.map_err(|refusal| refusal.error(path))?);
        }
        saved.extend(kept::finish(&mut keeper, &ranking, &trained));
        let outcome = Outcome {
            saved,
            preset: plan.preset.to_string(),
            prepared,
            trained,
            ranking,
            reasons,
            references,
            network,
            larger,
            score_seconds,
            reference_seconds,
            total_seconds: start.elapsed().as_secs_f64(),
        };
        drop(progress);
        kept::tell(&mut keeper);
        if self.output.json {
            print_json(&outcome.document())
        } else {
            print(outcome.text().as_bytes())
        }
    }
}

/// Scores all rows of a table that is larger than memory, and writes the scores if asked to.
fn score_all(
    prepared: &mut Prepared,
    (ranking, network, references): (&Ranking, &[f32], &References),
    (read_seconds, place): (f64, Option<&Place>),
    progress: &Progress,
) -> Result<Larger> {
    let outlier = prepared.trainer.outlier().map(|outlier| &**outlier);
    let sample = Sample::new(ranking, network, outlier, references);
    let mut draft = place.map(|place| Draft::new(place.path())).transpose()?;
    let larger = larger::score(prepared, draft.as_mut(), (read_seconds, sample), progress)?;
    if let (Some(draft), Some(place)) = (draft, place) {
        progress.begin("writing", None);
        let names = [
            prepared.table.ids.as_ref().map(|ids| &*ids.name),
            prepared.table.label.as_ref().map(|label| &*label.name),
        ];
        place.fill(|output| draft.finish(output, &prepared.trainer, names))?;
    }
    Ok(larger)
}

/// What is written of all rows. Of an ordinary row a reason says nothing, and millions of them would take longer than the training.
fn lines<'a>(prepared: &'a Prepared, ranking: &Ranking, scores: &'a [f32]) -> Lines<'a> {
    let (trainer, flagged) = (&prepared.trainer, ranking.flag.count);
    let places = trainer.places().map_or(&[][..], Places::ranks);
    let mut explained = vec![0; flagged.max(TOP).min(scores.len())];
    for (row, place) in places.iter().enumerate() {
        if let Some(slot) = explained.get_mut(*place as usize) {
            *slot = row as u32;
        }
    }
    let grounds = trainer.grounds();
    Lines {
        scores,
        places,
        flagged,
        table: &prepared.table,
        reasons: grounds.map_or_else(Vec::new, |grounds| grounds.in_words(&explained)),
    }
}
