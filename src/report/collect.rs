//! What the page says, gathered as plain data: from the trainer what is true of every row, from the story what came before.

use crate::data::encoder::curve::{Curve, span};
use crate::data::encoder::{Encoded, Encoder, Feature};
use crate::error::Result;
use crate::format;
use crate::message::{Cell, RowPage, Story};
use crate::model::ledger::Ledger;
use crate::score::median::median_or_one;
use crate::score::ranking::By;
use crate::train::explain::in_words;
use crate::train::recipe::Length;
use crate::train::trainer::Trainer;

/// Rows that are listed.
const LISTED: usize = 50;
/// Rows that are drawn, where a row is a curve.
const DRAWN: usize = 12;
/// Bars of the histogram.
const BARS: usize = 48;

/// All that the page says.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What the screen or the command line knew.
    pub story: Story,
    /// When it was made.
    pub made: String,
    /// Rows of the table.
    pub rows: usize,
    /// Whose scores rank the rows.
    pub by: By,
    /// Score above which a row is flagged.
    pub threshold: f64,
    /// How many are.
    pub flagged: usize,
    /// Rows by their score, in steps of equal ratio.
    pub histogram: Scores,
    /// The first rows.
    pub strange: Vec<Strange>,
    /// Whether the table names its rows.
    pub named: bool,
    /// Whether there is a label.
    pub labelled: bool,
    /// What the network learns from: rows or windows.
    pub examples: &'static str,
    /// Each network's shape and what it costs.
    pub networks: Vec<(String, Ledger)>,
    /// How the run can be made again: what it is called, and what it is.
    pub settings: Vec<(&'static str, String)>,
}

/// How the scores are spread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    /// The least score above nothing, and the greatest.
    pub range: (f64, f64),
    /// Rows in each part of the range, in steps of equal ratio.
    pub counts: Vec<u32>,
}

/// A row far up in the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Strange {
    /// Its number among the data rows of the file.
    pub number: u32,
    /// Its name.
    pub id: Option<String>,
    /// Its score.
    pub score: f32,
    /// Whether it is flagged.
    pub flagged: bool,
    /// Whether the label calls it an outlier.
    pub labelled: Option<bool>,
    /// Why it stands there.
    pub reason: String,
    /// Its curve, where columns form one.
    pub picture: Option<Picture>,
}

/// A curve and what the network makes of it, place by place on its axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The columns' names, from the first to the last.
    pub columns: String,
    /// What the file says.
    pub original: Vec<(f64, f64)>,
    /// What the network makes of it.
    pub rebuilt: Vec<(f64, f64)>,
}

/// Gathers the page.
pub fn collect(trainer: &mut Trainer, story: Story) -> Result<Page> {
    let whole = trainer.whole_ranking()?;
    let first = &whole.order[..whole.ranked.min(LISTED)];
    let data = trainer.shown_data();
    let (encoder, provenance) = (&data.encoder, &data.provenance);
    let reasons = trainer.reasons();
    let explained = reasons
        .iter()
        .flat_map(|reasons| reasons.explanations(first));
    let strange = explained.enumerate().map(|(place, explanation)| {
        let row = explanation.row as usize;
        let curve = drawn(data).filter(|_| place < DRAWN);
        Strange {
            number: provenance.number(row),
            id: provenance.ids.as_ref().map(|ids| ids.values[row].clone()),
            score: whole.scores[row],
            flagged: place < whole.flag.count,
            labelled: trainer.shown_outlier().map(|outlier| outlier[row]),
            reason: in_words(&explanation),
            picture: curve.and_then(|curve| {
                let page = reasons.as_ref()?.row_page(explanation.row)?;
                Some(picture(&page, curve, encoder))
            }),
        }
    });
    let name = trainer.engine_name();
    let examples = data.examples.called();
    let [per_step, validated] = match examples {
        "rows" => ["rows per step", "rows only validated on"],
        _ => ["windows per step", "windows only validated on"],
    };
    let recipe = trainer.recipe();
    let length = match recipe.length {
        Length::Steps(steps) => format::count(steps as usize, "step"),
        Length::Epochs(epochs) => format::count(epochs as usize, "epoch"),
    };
    let mut settings = vec![
        ("recipe", story.preset.clone()),
        ("length", length),
        ("steps done", format::group(trainer.step())),
        ("loss", recipe.loss.name().into()),
        ("learning rate", format::rate(recipe.rate)),
        (per_step, format::group(recipe.batch)),
        ("seed", recipe.seed.to_string()),
        ("networks", format::group(trainer.networks())),
        (validated, format::percent(recipe.validation as f32)),
        ("engine", format!("{} on {}", name.engine, name.device)),
    ];
    settings.extend(name.threads.map(|threads| ("threads", threads.to_string())));
    settings.extend([
        ("flagged", format!("by {}: {}", whole.flag.rule, whole.flag)),
        ("misfit", env!("CARGO_PKG_VERSION").into()),
    ]);
    Ok(Page {
        made: jiff::Timestamp::now()
            .strftime("%Y-%m-%d %H:%M UTC")
            .to_string(),
        rows: whole.of,
        by: trainer.shown().map_or(recipe.by, |ranking| ranking.by),
        threshold: whole.flag.threshold,
        flagged: whole.flag.count,
        histogram: match trainer.shown_whole().and_then(|_| trainer.spread()) {
            Some(counted) => {
                let places = 0..counted.descending.len();
                let rows = |place| (counted.rows_of(place + 1) - counted.rows_of(place)) as u32;
                spread(
                    places.map(|place| (counted.descending[place], rows(place))),
                    1.0,
                )
            }
            None => spread(
                whole.scores.iter().map(|score| (*score, 1)),
                median_or_one(&whole.scores),
            ),
        },
        strange: strange.collect(),
        named: provenance.ids.is_some(),
        labelled: trainer.outlier().is_some(),
        examples,
        networks: networks(trainer),
        settings,
        story,
    })
}

/// The network as it now stands, and what else is trained from each seed.
fn networks(trainer: &Trainer) -> Vec<(String, Ledger)> {
    let now = trainer.spec();
    let kinds = trainer.kinds().map(|(spec, _)| spec.wired_like(now));
    let kinds = kinds.map(|spec| (spec.shape(), Ledger::new(&spec)));
    kinds.collect()
}

/// The columns of a row that are drawn: the longest curve among them.
fn drawn(data: &Encoded) -> Option<&Curve> {
    data.curves.iter().max_by_key(|curve| curve.columns.len())
}

/// A row's curve and what the network makes of it, in the file's units, or scaled where these are far apart.
fn picture(page: &RowPage, curve: &Curve, encoder: &Encoder) -> Picture {
    /// Columns whose scales differ by more cannot share an axis.
    const APART: f64 = 30.0;
    let numbers: Vec<_> = curve
        .columns
        .clone()
        .map(|column| {
            let feature = encoder.columns[column].features.start;
            (&page.cells[column], &encoder.features[feature])
        })
        .collect();
    let scales = numbers.iter().map(|(_, feature)| feature.scale);
    let (least, greatest) = scales.fold((f64::MAX, 0.0_f64), |(least, greatest), scale| {
        (least.min(scale), greatest.max(scale))
    });
    let apart = greatest > APART * least;
    let line = |value: fn(&Cell) -> f64| {
        let units = |(cell, feature): &(&Cell, &Feature)| {
            if apart {
                (value(cell) - feature.offset) / feature.scale
            } else {
                value(cell)
            }
        };
        let values = numbers.iter().map(units);
        curve.places.iter().copied().zip(values).collect()
    };
    let name = |column: usize| encoder.columns[column].name.as_str();
    Picture {
        columns: span(name(curve.columns.start), name(curve.columns.end - 1)),
        original: line(|cell| cell.original),
        rebuilt: line(|cell| cell.reconstruction),
    }
}

/// Counts the scores, each of so many rows, in steps of equal ratio; those of nothing stand with the least.
fn spread(scores: impl Iterator<Item = (f32, u32)> + Clone, median: f64) -> Scores {
    let known = scores.clone().map(|(score, _)| f64::from(score));
    let known = known.filter(|score| *score > 0.0 && score.is_finite());
    let (least, greatest) = known.fold((f64::INFINITY, 0.0_f64), |(least, greatest), score| {
        (least.min(score), greatest.max(score))
    });
    // A single row that is rebuilt exactly does not stretch the picture.
    let least = least.max(median / 1e3).min(greatest);
    if greatest <= 0.0 || least >= greatest {
        return Scores::default();
    }
    let mut counts = vec![0; BARS];
    let width = (greatest / least).ln() / BARS as f64;
    for (score, rows) in scores.filter(|(score, _)| score.is_finite()) {
        let place = (f64::from(score).max(least) / least).ln() / width;
        counts[(place as usize).min(BARS - 1)] += rows;
    }
    Scores {
        range: (least, greatest),
        counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_is_in_one_part_of_the_histogram() {
        let spread_of = |scores: &[f32]| {
            let each: Vec<(f32, u32)> = scores.iter().map(|score| (*score, 1)).collect();
            spread(each.into_iter(), median_or_one(scores))
        };
        let spread = spread_of(&[0.0, 1.0, 1.0, 1.2, 100.0, f32::INFINITY, f32::NAN]);
        assert_eq!(spread.counts.iter().sum::<u32>(), 5);
        assert_eq!((spread.counts[0], spread.counts[BARS - 1]), (3, 1));
        assert_eq!(spread_of(&[2.0; 9]), Scores::default());
    }
}
