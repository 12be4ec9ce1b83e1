//! A made-up run of the classic network, told as reports: what a worker would say, without one.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use misfit::app::{App, Measures};
use misfit::compare::results::{Comparison, Outcome, VariantResult};
use misfit::data::columns::kind::Kind;
use misfit::data::columns::spread::Spread;
use misfit::data::encoder::curve::Curve;
use misfit::data::read::{FirstRows, News, ReadOptions, read};
use misfit::message::{
    Advanced, Beside, Cell, ColumnInfo, Event, Explained, Explanation, Histogram, Judged, Layer,
    Layers, Loaded, Mark, Moment, Nearest, Neighbour, Point, Reason, Referenced, Report, RowPage,
    Sample, Scoring, Started, Units, Whole,
};
use misfit::model::spec::{Activation, BiasChoice, LayerSpec, NetworkSpec};
use misfit::score::flag::{Boundary, Flag, FlagRule, Gap};
use misfit::score::metrics::Hits;
use misfit::score::ranking::{Basis, By, Movement, Quality, Ranked, Ranking};
use misfit::score::reference::Reference;

pub const ROWS: usize = 1_000;
pub const COLUMNS: usize = 1_602;
pub const STEPS_PER_EPOCH: u64 = 29;

pub fn spec() -> NetworkSpec {
    let leaky = Activation::LeakyRelu;
    NetworkSpec::new(
        vec![COLUMNS, 1024, 8, 4, 3],
        leaky,
        leaky,
        Activation::Sigmoid,
    )
    .unwrap()
}

/// The first rows of a file of flows, as the reading tells them.
pub fn first_rows(rows: usize) -> FirstRows {
    let mut text =
        String::from("Exported by hand\n\ntime;protocol;bytes;temp;note;label\n;;B;degC;;\n");
    for row in 0..rows {
        let _ = writeln!(
            text,
            "2024-03-01 12:00:{:02};{};{};{:.6};{};{}",
            row % 60,
            ["tcp", "udp", "icmp"][row % 3],
            row * row * 37 % 9_001,
            20.0 + row as f64 / 7.0,
            if row % 4 == 0 {
                ""
            } else {
                "naïve note about a flow that goes on and on"
            },
            u8::from(row % 17 == 3),
        );
    }
    let mut told = None;
    let _ = read(
        &mut text.as_bytes(),
        "flows.csv",
        &ReadOptions::default(),
        &mut |news| {
            if let News::First(show) = news {
                told = show();
            }
            ControlFlow::Continue(())
        },
    );
    told.unwrap()
}

pub fn loaded() -> Loaded {
    Loaded {
        name: "spectra (built-in)".into(),
        rows: ROWS,
        of: None,
        columns: columns(),
        numbers: None,
        features: (1..=COLUMNS)
            .map(|channel| format!("λ{channel:04}"))
            .collect(),
        encoded: COLUMNS,
        offsets: vec![0.1; COLUMNS],
        scales: vec![0.8; COLUMNS],
        spreads: (0..COLUMNS)
            .map(|_| Spread::of_numbers((0..400).map(|x| 0.2 + 0.0015 * f64::from(x)).collect()))
            .collect(),
        window: None,
        curves: vec![Curve {
            columns: 0..COLUMNS,
            places: (1..=COLUMNS).map(|channel| channel as f64).collect(),
        }],
        ids: None,
        outlier: Some((0..ROWS).map(|row| row % 83 == 5).collect()),
        notices: vec![
            "built-in data, 12 outliers planted; the label judges, it never trains".into(),
        ],
        model: None,
    }
}

/// A column of each sort, then the channels.
fn columns() -> Vec<ColumnInfo> {
    let info = |name: &str, kind: Kind, used: bool, reason: &str| ColumnInfo {
        measure: None,
        name: name.into(),
        kind,
        used,
        reason: reason.into(),
        missing: 0,
        distinct: 1_000,
        more: false,
        range: None,
        example: "a".into(),
        histogram: Vec::new(),
    };
    let channel = |channel: usize| ColumnInfo {
        measure: None,
        range: Some(format!("0.1{channel:03} to 1.2")),
        histogram: (0..24)
            .map(|bar| (bar * (24 - bar) + channel as u32 % 40) % 150)
            .collect(),
        ..info(&format!("λ{channel:04}"), Kind::Number, true, "one feature")
    };
    let mut columns = vec![
        info(
            "sample",
            Kind::Id,
            false,
            "a different word in every row; names the rows",
        ),
        info(
            "note",
            Kind::Text,
            false,
            "free text: almost every value is different",
        ),
        ColumnInfo {
            measure: None,
            missing: 31,
            distinct: 3,
            histogram: vec![700, 200, 69, 31],
            ..info("operator", Kind::Category, true, "4 values, a feature each")
        },
    ];
    columns.extend((1..=COLUMNS).map(channel));
    columns
}

pub fn started(spec: NetworkSpec) -> Started {
    Started {
        run: 1,
        from: None,
        spec,
        preset: "classic".into(),
        loss: "binary cross-entropy",
        engine: "burn",
        device: "ndarray",
        threads: Some(2),
        rate: 1e-4,
        batch: 32,
        steps_per_epoch: STEPS_PER_EPOCH,
        steps: 2_900,
        shortened_from: None,
        network: 0,
        networks: 1,
    }
}

pub fn advanced(step: u64) -> Advanced {
    let at = |step: u64| Point {
        loss: 0.52 + 0.17 * (-(step as f64) / 300.0).exp() + 0.004 * (step as f64).sin(),
        mse: 0.0018 + 0.06 * (-(step as f64) / 200.0).exp(),
    };
    let valid = Point {
        loss: at(step).loss + 0.003,
        mse: at(step).mse * 1.05,
    };
    let sample = |mean| Sample {
        step,
        rows: 32,
        mean,
    };
    let epoch_ended = step.is_multiple_of(STEPS_PER_EPOCH);
    Advanced {
        step,
        train: vec![sample(at(step))],
        valid: epoch_ended.then(|| sample(valid)).into_iter().collect(),
        headline: at(step),
        rows_per_second: 5_790.0,
        seconds: step as f64 / 180.0,
    }
}

pub fn ranking() -> Ranking {
    let row = |rank: usize| Ranked {
        row: (5 + 83 * rank as u32) % ROWS as u32,
        score: 40.0 / (1.0 + rank as f32),
        beside: Some(9.0 / (1.0 + rank as f32).sqrt()),
        stranger: None,
        movement: match rank % 4 {
            0 => Movement::By(0),
            1 => Movement::By(3),
            2 => Movement::By(-1),
            _ => Movement::New,
        },
    };
    Ranking {
        basis: Basis::Step(1_189),
        by: By::Network,
        rows: (0..ROWS).map(row).collect(),
        total: ROWS,
        flag: Flag {
            rule: FlagRule::Auto,
            threshold: 4.1,
            count: 9,
            rows: ROWS,
            boundary: Boundary::Clear(Gap {
                first: 9,
                last: 10,
                fall: 2.3,
                usual: 1.1,
            }),
        },
        quality: Some(Quality {
            roc_auc: 0.993,
            average_precision: 0.941,
        }),
        hits: Some(Hits {
            hits: 8,
            flagged: 9,
            outliers: 12,
            rows: ROWS,
        }),
        entropy: Some(0.87),
        agreement: Some(0.998),
        stayed: Some(0.875),
    }
}

/// Five variants after so many of five seeds; without output bias the ranking is worse.
pub fn comparison(seeds: u64) -> Comparison {
    let result = |(name, bias, tied, parameters, roc_auc): (&str, BiasChoice, bool, u64, f64)| {
        let outcome = |seed: u64| Outcome {
            loss: 0.527 + 0.001 * seed as f64,
            mse: 0.00196,
            quality: Some(Quality {
                roc_auc: roc_auc + 0.002 * seed as f64,
                average_precision: 0.9,
            }),
            agreement: None,
        };
        VariantResult {
            name: name.into(),
            bias,
            tied,
            parameters,
            step: if seeds == 5 { 2_900 } else { 1_450 },
            curve: (0..64).map(|point| 0.7 - 0.002 * point as f32).collect(),
            outcomes: (0..seeds).map(outcome).collect(),
            failed: None,
        }
    };
    let variants = [
        ("bias everywhere", BiasChoice::All, false, 3_301_045, 0.98),
        ("no bias", BiasChoice::None, false, 3_297_368, 0.93),
        (
            "output bias only",
            BiasChoice::Output,
            false,
            3_298_970,
            0.979,
        ),
        ("tied", BiasChoice::All, true, 1_652_361, 0.978),
        ("tied, no bias", BiasChoice::None, true, 1_648_684, 0.931),
    ];
    Comparison {
        rows: ROWS,
        features: 1_602,
        seeds: 5,
        seed: seeds.min(4),
        labelled: true,
        steps: 2_900,
        variants: variants.into_iter().map(result).collect(),
    }
}

pub fn referenced() -> Referenced {
    let quality = |roc_auc, average_precision| Quality {
        roc_auc,
        average_precision,
    };
    Referenced {
        quality: vec![
            (Reference::Lesinn, quality(0.912, 0.41)),
            (Reference::Pca, quality(0.893, 0.39)),
            (Reference::ZNorm, quality(0.871, 0.35)),
        ],
        seems_local: false,
    }
}

pub fn explained(page: Option<u32>) -> Explained {
    let explain = |ranked: &Ranked| {
        let first = (ranked.row * 7) % (COLUMNS as u32 - 60);
        let largest = Reason {
            subject: format!("λ{:04}–{:04}", first + 1, first + 58),
            detail: ": too high".into(),
            columns: first..first + 58,
            share: ranked.score / 60.0,
        };
        let shift = Reason {
            subject: "shifted up".into(),
            detail: ", 84 % of the columns".into(),
            columns: 0..COLUMNS as u32,
            share: 0.1,
        };
        Explanation {
            row: ranked.row,
            largest: first + 30,
            share: ranked.score / 600.0,
            reasons: vec![largest, shift],
        }
    };
    let cell = |channel: usize| {
        let x = channel as f64 / COLUMNS as f64;
        let original = 0.5 + 0.3 * (x * 20.0).sin();
        let bump = 0.2 * (-((x - 0.7) / 0.03).powi(2)).exp();
        Cell {
            original,
            reconstruction: original - bump,
            level: None,
            text: None,
            rebuilt: None,
            share: (bump * bump / 1.2) as f32,
            missing: channel == 3,
        }
    };
    let page = page.map(|row| RowPage {
        around: None,
        row,
        reasons: vec![Reason {
            subject: "λ1058–1185".into(),
            detail: ": too high".into(),
            columns: 1057..1185,
            share: 0.93,
        }],
        cells: (0..COLUMNS).map(cell).collect(),
        place: None,
        beside: Some(beside()),
        nearest: Some(nearest(row)),
    });
    Explained {
        rows: ranking().rows.iter().take(96).map(explain).collect(),
        page,
    }
}

fn beside() -> Beside {
    Beside {
        by: By::Lesinn,
        standing: Some((5, 9.7)),
        reasons: vec![Reason {
            subject: "λ1060–1180".into(),
            detail: ": too high".into(),
            columns: 1059..1180,
            share: 0.81,
        }],
    }
}

/// Twelve rows near another, the first of them nearly on it.
fn nearest(row: u32) -> Nearest {
    let near = |place: u32| Neighbour {
        row: (row + 17 * (place + 1)) % ROWS as u32,
        distance: 0.0004 + 0.011 * place as f32,
        place: None,
        cells: (0..16)
            .map(|column| format!("0.{}{column}", 4 + place % 5))
            .collect(),
    };
    Nearest {
        among: ROWS,
        numbers: 3,
        usual: 0.021,
        columns: (1_118..1_134).collect(),
        own: (0..16).map(|column| format!("0.9{column}")).collect(),
        rows: (0..12).map(near).collect(),
    }
}

/// The dashboard after 41 epochs, with one bias switched off on the way.
pub fn dashboard() -> App {
    let mut app = App::new("spectra (built-in)".into());
    app.measure(Measures {
        height: 40,
        ..Measures::default()
    });
    app.apply(Report::Loaded(loaded()));
    app.apply(Report::Started(started(spec())));
    for step in 1..=1_189 {
        app.apply(Report::Advanced(advanced(step)));
        if step == 580 {
            app.apply(Report::Marked(Mark {
                step,
                event: Event::Change("encoder.1 bias off".into()),
            }));
        }
    }
    app.apply(Report::Referenced(referenced()));
    for moment in kept() {
        app.apply(Report::Judged(judged(moment)));
    }
    app.apply(Report::Kept(kept()));
    app.apply(Report::Layers(layers(1_189)));
    app.apply(Report::Ranked(ranking()));
    app.apply(Report::Explained(explained(None)));
    app
}

/// The same of a sample whose file has more rows, all of them scored and the first of them shown.
pub fn whole_file() -> App {
    const ALL: usize = 6_000_000;
    let mut app = dashboard();
    app.apply(Report::Loaded(Loaded {
        of: Some(ALL),
        numbers: Some((0..ROWS as u32).map(|row| 1 + row * 5_000).collect()),
        ..loaded()
    }));
    app.apply(Report::Started(started(spec())));
    app.apply(Report::Advanced(advanced(1_189)));
    app.apply(Report::Layers(layers(1_189)));
    let behind = ROWS as u32;
    app.apply(Report::Scoring(Scoring::Done(Whole {
        rows: ALL,
        sampled: ROWS,
        kept: 10_000,
        fixed: ROWS + 1,
        besides: 0,
        step: 1_189,
        numbers: vec![4_999_999],
        ids: None,
        outlier: loaded().outlier.map(|_| vec![true]),
    })));
    app.apply(Report::ShowsWhole(true));
    let mut ranking = ranking();
    ranking.rows[0].row = behind;
    ranking.total = ALL;
    ranking.flag.rows = ALL;
    for ranked in &mut ranking.rows {
        (ranked.beside, ranked.movement) = (None, Movement::First);
    }
    app.apply(Report::Ranked(ranking));
    app.apply(Report::Explained(explained(None)));
    app.answer = None;
    app
}

/// The snapshots that can be looked at again.
pub fn kept() -> Vec<Moment> {
    let step = |epochs: u64| Moment {
        network: 0,
        step: epochs * STEPS_PER_EPOCH,
    };
    [1, 2, 4, 8, 16, 32].map(step).into()
}

pub fn judged(at: Moment) -> Judged {
    let learned = 1.0 - (-(at.step as f64) / 200.0).exp();
    Judged {
        at,
        by: By::Network,
        quality: Some(Quality {
            roc_auc: 0.6 + 0.39 * learned,
            average_precision: 0.1 + 0.84 * learned,
        }),
        precision: Some(0.8 * learned),
        entropy: Some(0.97 - 0.1 * learned),
        agreement: Some(learned),
        stayed: Some(learned),
    }
}

/// The layers' numbers at a step; larger ones the later.
pub fn layers(step: u64) -> Layers {
    let histogram = |size: f32| Histogram {
        least: -size,
        greatest: size,
        counts: (0..32).map(|part| part * (31 - part) * 7).collect(),
    };
    let layer = |layer: LayerSpec| Layer {
        weight_norm: 3.0 + layer.index as f64 + step as f64 / 1_000.0,
        bias_norm: layer.bias.then_some(0.1 + step as f64 / 5_000.0),
        weights: histogram(0.4),
        biases: layer.bias.then(|| histogram(0.1)),
        units: Units {
            rows: 128,
            count: layer.outputs,
            dead: if layer.index == 1 {
                vec![2, 5]
            } else {
                Vec::new()
            },
            saturated: Vec::new(),
        },
    };
    Layers {
        at: Moment { network: 0, step },
        layers: spec().layers().map(layer).collect(),
    }
}
