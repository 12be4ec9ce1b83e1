//! What scores are measured against, from the document and its tensors: the random rows of `LeSiNN`, the ordinary rows, and what the
//! training scored.

use super::{Outcome, finite, positive};
use crate::data::text::sanitize;
use crate::score::lesinn::{DRAWN, DRAWS, Draw, Lesinn};
use crate::score::ordinary::Ordinary;
use crate::score::standard::Standard;
use crate::store::model::tensors::Tensors;
use crate::store::model::{Quantiles, Trained, document};

pub(super) fn neighbours(
    document: &document::Lesinn,
    inputs: usize,
    tensors: &mut Tensors<'_>,
) -> Outcome<Lesinn> {
    positive(document.median)?;
    let mean = finite("lesinn.mean", tensors.f64("lesinn.mean", &[inputs])?)?;
    let factor = finite("lesinn.factor", tensors.f64("lesinn.factor", &[inputs])?)?;
    // A table with fewer rows than a draw has them all in each.
    let numbers = (1..=DRAWN)
        .rev()
        .find_map(|rows| tensors.u64("lesinn.rows", &[DRAWS, rows]).ok());
    let numbers = numbers.ok_or("its tensor lesinn.rows is missing, or has another shape")?;
    let values = tensors.f32("lesinn.drawn", &[DRAWS, inputs, DRAWN])?;
    if values.iter().any(|value| value.is_nan()) {
        return Err("its tensor lesinn.drawn holds what is no number".into());
    }
    let (cells, _) = values.as_chunks::<DRAWN>();
    let each = numbers
        .chunks_exact(numbers.len() / DRAWS)
        .zip(cells.chunks_exact(inputs));
    let each = each.map(|(numbers, cells)| Draw {
        rows: numbers.iter().map(|number| *number as usize).collect(),
        features: cells.to_vec(),
    });
    let standard = Standard::restored(mean.into_iter().zip(factor));
    Ok(Lesinn::restored(standard, each.collect(), document.median))
}

pub(super) fn ordinary(of: &document::Ordinary, tensors: &mut Tensors<'_>) -> Outcome<Ordinary> {
    let scores = tensors.f32("ordinary.scores", &[of.scores])?;
    let above = tensors.u64("ordinary.above", &[of.scores])?;
    let falls = scores.is_sorted_by(|a, b| a > b) && !scores.iter().any(|score| score.is_nan());
    let rises = above.is_sorted_by(|a, b| a < b) && above.first() != Some(&0);
    if !falls || !rises || above.last().is_some_and(|last| *last > of.rows) {
        return Err("the scores of its ordinary rows are in no order".into());
    }
    Ok(Ordinary {
        scores,
        above,
        rows: of.rows,
        kept: of.kept_back,
    })
}

pub(super) fn trained(trained: document::Trained) -> Outcome<Trained> {
    let [median, p90, p99, highest] = trained.scores;
    Ok(Trained {
        source: trained.source.map(|source| sanitize(&source)),
        rows: trained.rows,
        flagged: trained.flagged,
        scored: trained.scored,
        scores: Quantiles {
            median,
            p90,
            p99,
            highest,
        },
        quality: match (trained.roc_auc, trained.average_precision) {
            (Some(auc), Some(average)) => Some([auc, average]),
            (None, None) => None,
            _ => return Err("what its scores were worth is known by half".into()),
        },
        seed: trained.seed,
    })
}
