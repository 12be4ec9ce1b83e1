//! `spectra`: 1,000 absorption spectra of 1,602 channels: three components, samples of varying thickness, a baseline that
//! moves a little, noise. Few things vary, so a narrow code can learn them, and what they cannot explain stands out.

use crate::data::samples::chance::Chance;
use crate::data::samples::made::Made;

const ROWS: usize = 1_000;
const CHANNELS: usize = 1_602;
/// Standard deviation of the detector noise; the strongest band is about 1 high.
const NOISE: f64 = 0.008;

/// Mean amounts of the three components.
const MIXTURE: [f64; 3] = [0.7, 0.6, 0.65];

/// Bands of the pure components as (centre, width, height), in units of the whole range.
const COMPONENTS: [&[(f64, f64, f64)]; 3] = [
    &[
        (0.12, 0.025, 0.9),
        (0.31, 0.05, 0.45),
        (0.58, 0.018, 0.7),
        (0.83, 0.06, 0.3),
    ],
    &[
        (0.20, 0.04, 0.5),
        (0.44, 0.022, 1.0),
        (0.66, 0.05, 0.35),
        (0.91, 0.02, 0.55),
    ],
    &[
        (0.08, 0.06, 0.3),
        (0.37, 0.015, 0.6),
        (0.52, 0.07, 0.5),
        (0.75, 0.028, 0.85),
    ],
];
/// The component that only an outlier contains.
const UNKNOWN: &[(f64, f64, f64)] = &[(0.27, 0.012, 0.30), (0.70, 0.02, 0.38), (0.96, 0.012, 0.25)];

/// How many outliers are planted, the five kinds in turn.
const PLANTED: usize = 12;

fn band(x: f64, (centre, width, height): (f64, f64, f64)) -> f64 {
    height * (-((x - centre) / width).powi(2) / 2.0).exp()
}

fn position(channel: usize) -> f64 {
    channel as f64 / (CHANNELS - 1) as f64
}

fn pure(bands: &[(f64, f64, f64)]) -> Vec<f64> {
    (0..CHANNELS)
        .map(|channel| bands.iter().map(|b| band(position(channel), *b)).sum())
        .collect()
}

pub(super) fn make(chance: &mut Chance) -> Made {
    let components = COMPONENTS.map(pure);
    let mut rows: Vec<Vec<f64>> = (0..ROWS).map(|_| spectrum(&components, chance)).collect();
    let mut outlier = vec![false; ROWS];
    for (turn, row) in chance.distinct(PLANTED, ROWS).into_iter().enumerate() {
        outlier[row] = true;
        plant(turn, &mut rows[row], chance);
    }
    let names = (1..=CHANNELS)
        .map(|channel| format!("λ{channel:04}"))
        .collect();
    Made::from_rows(names, &[4], &rows, outlier)
}

fn spectrum(components: &[Vec<f64>; 3], chance: &mut Chance) -> Vec<f64> {
    let thickness = chance.uniform(0.5, 1.0);
    let amounts = MIXTURE.map(|share| thickness * (share + 0.03 * chance.normal()));
    let (level, slope) = (0.15 + 0.006 * chance.normal(), 0.012 * chance.normal());
    (0..CHANNELS)
        .map(|channel| {
            let mixed: f64 = components
                .iter()
                .zip(amounts)
                .map(|(pure, amount)| amount * pure[channel])
                .sum();
            mixed + level + slope * position(channel) + NOISE * chance.normal()
        })
        .collect()
}

fn plant(turn: usize, row: &mut [f64], chance: &mut Chance) {
    match turn % 5 {
        // A cosmic ray: one sharp spike, ten channels wide.
        0 => {
            let (centre, height) = (chance.index(50, CHANNELS - 50), chance.uniform(1.2, 1.8));
            for (channel, value) in row.iter_mut().enumerate() {
                *value += band(channel as f64, (centre as f64, 4.0, height));
            }
        }
        // A lamp off its level: the baseline is shifted and bent.
        1 => {
            let (shift, bend) = (chance.uniform(0.10, 0.14), chance.uniform(0.2, 0.3));
            for (channel, value) in row.iter_mut().enumerate() {
                *value += shift + bend * (position(channel) - 0.5).powi(2);
            }
        }
        // A stitching fault: two segments change places.
        2 => {
            let length = chance.index(130, 180);
            let (first, second) = (chance.index(100, 500), chance.index(800, CHANNELS - 200));
            for offset in 0..length {
                row.swap(first + offset, second + offset);
            }
        }
        // Something else in the sample.
        3 => {
            let amount = chance.uniform(0.7, 1.0);
            for (value, unknown) in row.iter_mut().zip(pure(UNKNOWN)) {
                *value += amount * unknown;
            }
        }
        // Dead channels: a stretch of the detector reads nothing.
        _ => {
            let first = chance.index(100, CHANNELS - 200);
            row[first..first + chance.index(30, 60)].fill(0.0);
        }
    }
}
