//! What scores are measured against, for the document and as tensors: the random rows of `LeSiNN`, the ordinary rows, and what the
//! training scored.

use super::Named;
use crate::data::encoder::Encoded;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::score::lesinn::{DRAWN, DRAWS, Lesinn};
use crate::score::order::order;
use crate::score::ordinary::Ordinary;
use crate::score::ranking::Quality;
use crate::store::model::tensors::Tensor;
use crate::store::model::{Quantiles, document};
use crate::train::trainer::Trainer;

/// Rows that were drawn are called by their numbers in the file, windows by their places.
pub(super) fn lesinn_tensors(data: &Encoded, lesinn: &Lesinn, tensors: &mut Vec<Named>) {
    let (means, factors): (Vec<f64>, Vec<f64>) = lesinn.standard().statistics().unzip();
    let (inputs, draws) = (means.len(), lesinn.draws());
    let number = |example: &usize| data.number(*example) as u64;
    let rows_each = draws.first().map_or(0, |draw| draw.rows.len());
    let rows = draws.iter().flat_map(|draw| draw.rows.iter().map(number));
    let values: Vec<f32> = draws
        .iter()
        .flat_map(|draw| draw.features.as_flattened())
        .copied()
        .collect();
    tensors.extend([
        (
            "lesinn.mean".to_owned(),
            Tensor::f64(&[inputs], means.into_iter()),
        ),
        (
            "lesinn.factor".into(),
            Tensor::f64(&[inputs], factors.into_iter()),
        ),
        ("lesinn.rows".into(), Tensor::u64(&[DRAWS, rows_each], rows)),
        (
            "lesinn.drawn".into(),
            Tensor::f32(&[DRAWS, inputs, DRAWN], &values),
        ),
    ]);
}

/// What was flagged, and what the scores were like: of the whole file where all of it was scored.
pub(super) fn trained(
    trainer: &Trainer,
    scores: &[f32],
    tensors: &mut Vec<Named>,
) -> Result<(document::Flag, document::Trained)> {
    let mut ordinary = trainer.ordinary(scores);
    let (flag, scores, quality) = if let Some(whole) = trainer.whole() {
        let counted = whole.distribution();
        let steps = counted.steps().map(|step| (step.score, step.rows));
        let found = Quantiles::of(steps.clone(), counted.total().0);
        // Rows kept back are honester; all rows of the file are more than its sample.
        if ordinary.as_ref().is_some_and(|ordinary| !ordinary.kept) {
            ordinary = Some(Ordinary::new(steps, false));
        }
        (whole.ranking().flag, found, whole.ranking().quality)
    } else {
        let order = order(scores);
        let descending: Vec<f32> = order.iter().map(|row| scores[*row as usize]).collect();
        let flag = trainer.flagging().flag(scores, &descending);
        let each = descending.iter().map(|score| (*score, 1));
        let outlier = trainer.outlier();
        let quality = outlier.and_then(|outlier| Quality::judge(scores, outlier));
        (flag, Quantiles::of(each, scores.len() as u64), quality)
    };
    let scores = scores.ok_or_else(|| Error::Told("nothing is scored yet".into()))?;
    let Quantiles {
        median,
        p90,
        p99,
        highest,
    } = scores;
    let data = trainer.data();
    let path = data.provenance.path.as_ref();
    let name = path.and_then(|path| path.file_name());
    Ok((
        document::Flag {
            rule: flag.rule.to_string(),
            threshold: Some(flag.threshold).filter(|threshold| threshold.is_finite()),
            ordinary: ordinary.map(|ordinary| {
                let Ordinary {
                    scores,
                    above,
                    rows,
                    kept,
                } = ordinary;
                let shape = [scores.len()];
                tensors.push(("ordinary.scores".into(), Tensor::f32(&shape, &scores)));
                let above = Tensor::u64(&shape, above.into_iter());
                tensors.push(("ordinary.above".into(), above));
                document::Ordinary {
                    rows,
                    kept_back: kept,
                    scores: shape[0],
                }
            }),
        },
        document::Trained {
            source: name.map(|name| sanitize(&name.to_string_lossy())),
            rows: data.matrix.rows() as u64,
            scored: flag.rows as u64,
            flagged: flag.count as u64,
            // What is beyond all measure cannot be written.
            scores: [median, p90, p99, highest].map(|score| score.min(f64::MAX)),
            roc_auc: quality.map(|quality| quality.roc_auc),
            average_precision: quality.map(|quality| quality.average_precision),
            seed: trainer.recipe().seed,
        },
    ))
}
