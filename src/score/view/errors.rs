//! What networks get wrong of every row of a table.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use std::sync::{Mutex, PoisonError};
use std::thread;

use rayon::prelude::*;

use super::{CHUNK, FITTED_ROWS, Reconstruct};
use crate::data::matrix::Matrix;
use crate::score::error::{ErrorMeasure, error};

/// Rows that a thread takes before it takes others.
const PART: usize = 16 * CHUNK;
/// From so many rows on, copies of the network are worth their memory and their making.
const SHARED_ROWS: usize = 16_384;

/// Of each network the weights of the features and the error of every row.
pub(super) fn errors(
    networks: &[Box<dyn Reconstruct>],
    measure: ErrorMeasure,
    data: &Matrix,
    tell: &(dyn Fn(usize) + Sync),
) -> Vec<(Vec<f32>, Vec<f32>)> {
    let (rows, width) = (data.rows(), data.columns());
    if measure == ErrorMeasure::Mse {
        let weights = vec![measure.fit(&[], width); networks.len()];
        let errors = all_errors(networks, &weights, data, tell);
        return weights.into_iter().zip(errors).collect();
    }
    let sampled = sample_errors(networks, data, tell);
    let weights: Vec<Vec<f32>> = sampled
        .par_iter()
        .map(|errors| measure.fit(errors, width))
        .collect();
    // Where all rows are in the sample, they need not be rebuilt again.
    if rows <= FITTED_ROWS {
        let errors = |(errors, weights): (&Vec<f32>, &Vec<f32>)| {
            let rows = errors.chunks_exact(width);
            rows.map(|errors| error(errors, weights)).collect()
        };
        let errors: Vec<Vec<f32>> = sampled.par_iter().zip(&weights).map(errors).collect();
        return weights.into_iter().zip(errors).collect();
    }
    let errors = all_errors(networks, &weights, data, tell);
    weights.into_iter().zip(errors).collect()
}

/// The error of every row, network by network. Of many rows each thread of the networks takes some and then others, as it is
/// done with them, through its own copies.
pub(super) fn all_errors(
    networks: &[Box<dyn Reconstruct>],
    weights: &[Vec<f32>],
    data: &Matrix,
    tell: &(dyn Fn(usize) + Sync),
) -> Vec<Vec<f32>> {
    let mut errors = vec![vec![0.0; data.rows()]; networks.len()];
    let threads = networks.first().map_or(1, |network| network.threads());
    let mut rest: Vec<&mut [f32]> = errors.iter_mut().map(|errors| &mut errors[..]).collect();
    if threads == 1 || data.rows() < SHARED_ROWS {
        errors_from(0, &mut rest, networks, weights, data, tell);
        return errors;
    }
    let parts = (0..data.rows()).step_by(PART).map(|first| {
        let count = PART.min(data.rows() - first);
        let own = rest.iter_mut().map(|errors| {
            let (now, later) = std::mem::take(errors).split_at_mut(count);
            *errors = later;
            now
        });
        (first, own.collect::<Vec<_>>())
    });
    let parts: Vec<_> = parts.collect();
    let parts = Mutex::new(parts.into_iter());
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..threads {
            let networks: Vec<_> = networks.iter().map(|network| network.fork()).collect();
            scope.spawn(move || {
                while let Some((first, mut own)) = next() {
                    errors_from(first, &mut own, &networks, weights, data, tell);
                }
            });
        }
    });
    errors
}

/// The errors of the rows from `first` on, network by network.
fn errors_from(
    first: usize,
    errors: &mut [&mut [f32]],
    networks: &[Box<dyn Reconstruct>],
    weights: &[Vec<f32>],
    data: &Matrix,
    tell: &(dyn Fn(usize) + Sync),
) {
    let mut buffer = Vec::new();
    let count = errors.first().map_or(0, |errors| errors.len());
    for from in (0..count).step_by(CHUNK) {
        let some = from..count.min(from + CHUNK);
        let rows = data.block(first + from, some.len(), &mut buffer);
        let each = networks.iter().zip(weights).zip(&mut *errors);
        for ((network, weights), errors) in each {
            network.errors(rows, weights, &mut errors[some.clone()]);
            tell(some.len());
        }
    }
}

/// What a network gets wrong of a row, feature by feature.
#[inline(always)]
pub(super) fn differ(apart: &mut Vec<f32>, row: &[f32], rebuilt: &[f32]) {
    apart.resize(row.len(), 0.0);
    for (apart, (x, y)) in apart.iter_mut().zip(row.iter().zip(rebuilt)) {
        *apart = x - y;
    }
}

/// What each network gets wrong of an even sample of the rows, feature by feature; of few rows, of all, and tells of them.
fn sample_errors(
    networks: &[Box<dyn Reconstruct>],
    data: &Matrix,
    tell: &(dyn Fn(usize) + Sync),
) -> Vec<Vec<f32>> {
    let stride = data.rows().div_ceil(FITTED_ROWS);
    let chosen: Vec<usize> = (0..data.rows()).step_by(stride).collect();
    let room = chosen.len() * data.columns();
    let mut errors: Vec<Vec<f32>> = networks.iter().map(|_| Vec::with_capacity(room)).collect();
    let mut rows = Vec::with_capacity(CHUNK * data.columns());
    for chunk in chosen.chunks(CHUNK) {
        data.gather(chunk.iter().copied(), &mut rows);
        for (network, errors) in networks.iter().zip(&mut errors) {
            let rebuilt = network.reconstruct(&rows);
            errors.extend(rows.iter().zip(rebuilt).map(|(x, y)| x - y));
            if stride == 1 {
                tell(chunk.len());
            }
        }
    }
    errors
}
