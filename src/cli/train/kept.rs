//! What is written down of a run that is kept when it is done, and what is said where it could not be kept.

use std::io::{self, Write as _};
use std::process::ExitCode;

use super::trained::Trained;
use crate::cli::progress::Progress;
use crate::error::Result;
use crate::plan::Prepared;
use crate::score::ranking::Ranking;
use crate::store::run::about::Outcome;
use crate::store::run::{Keeper, Keeping, shelf};
use crate::train::history::History;

/// The status of a program that a signal ended, less the signal.
const SIGNALLED: u8 = 128;

/// What is prepared, from where the run stands; who keeps it, and what is told of it so far.
pub(super) fn take_up(keeping: Keeping, prepared: Prepared) -> Result<(Prepared, Keeper, History)> {
    let (trainer, keeper, history) = keeping.take_up(prepared.trainer)?;
    let prepared = Prepared {
        trainer,
        ..prepared
    };
    Ok((prepared, keeper, history))
}

/// Says why the run is not kept, where it should have been.
pub(super) fn tell(keeper: &mut Keeper) {
    if let Some(trouble) = keeper.trouble() {
        // A stderr that cannot be written to is no reason to fail.
        let _ = writeln!(io::stderr(), "misfit: the run is not kept: {trouble}");
    }
}

/// Says how the run goes on that a signal interrupted, if it is kept; the status to exit with.
pub(super) fn interrupted(keeper: &mut Keeper, progress: Progress, signal: u8) -> ExitCode {
    drop(progress);
    tell(keeper);
    if let Some(folder) = keeper.folder() {
        let name = shelf::name(folder);
        let _ = writeln!(
            io::stderr(),
            "misfit: interrupted; misfit resume {name} goes on from here"
        );
    }
    ExitCode::from(SIGNALLED + signal)
}

/// Writes down what came of the run; where it is kept, in a sentence, if it is.
pub(super) fn finish(keeper: &mut Keeper, ranking: &Ranking, trained: &Trained) -> Option<String> {
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let (last, quality) = (trained.last_epoch, ranking.quality);
    let folder = keeper.finish(Outcome {
        loss: last.and_then(|metrics| finite(metrics.loss)),
        mse: last.and_then(|metrics| finite(metrics.mse)),
        valid_loss: trained.valid.and_then(|metrics| finite(metrics.loss)),
        train_seconds: trained.time.as_secs_f64(),
        rows: ranking.total as u64,
        flagged: ranking.flag.count as u64,
        threshold: finite(ranking.flag.threshold),
        roc_auc: quality.map(|quality| quality.roc_auc),
        average_precision: quality.map(|quality| quality.average_precision),
    })?;
    let name = shelf::name(&folder);
    Some(format!(
        "kept the run as {name}; misfit runs lists what is kept"
    ))
}
