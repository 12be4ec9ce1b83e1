//! What this machine can do at most: multiply-adds in registers, a large matrix product, and memory traffic.

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

use burn::tensor::{Device, Distribution, Tensor};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Figures of one machine, the best of a few tries each.
pub struct Machine {
    threads: usize,
    /// GFLOP/s of multiply-adds that never leave the registers.
    multiply_adds: f64,
    /// GFLOP/s of a 2,048³ product by the best of Burn's backends that are compiled in.
    pub sgemm: f64,
    /// GB/s of updating three large arrays in place, as Adam does: reads and writes together.
    pub bandwidth: f64,
}

const TRIES: usize = 5;
/// Side of the matrices: three of 16 MB.
const SIDE: usize = 2_048;
/// Floats in each of the arrays: 64 MB, more than the caches of most machines.
const FLOATS: usize = 16 << 20;

impl Machine {
    /// Takes a few seconds.
    pub fn measure(threads: usize) -> Self {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be had");
        pool.install(|| Self {
            threads,
            multiply_adds: best(|| {
                (0..threads)
                    .into_par_iter()
                    .map(|_| Arch::new().dispatch(MultiplyAdds))
                    .sum()
            }),
            sgemm: devices().iter().map(sgemm).fold(0.0, f64::max),
            bandwidth: bandwidth(threads),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "This machine, {} threads: {:.0} GFLOP/s in registers, {:.0} GFLOP/s in a large product, {:.0} GB/s.",
            self.threads, self.multiply_adds, self.sgemm, self.bandwidth
        )
    }
}

fn best(mut measure: impl FnMut() -> f64) -> f64 {
    (0..TRIES).map(|_| measure()).fold(0.0, f64::max)
}

/// Sixteen independent chains of multiply-adds, enough to hide their latency.
struct MultiplyAdds;

impl WithSimd for MultiplyAdds {
    /// GFLOP/s of one thread.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        const CHAINS: usize = 16;
        const TURNS: usize = 4_000_000;
        let (factor, term) = (simd.splat_f32s(0.999), simd.splat_f32s(0.001));
        let mut sums = [simd.splat_f32s(black_box(1.0)); CHAINS];
        let start = Instant::now();
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = simd.mul_add_e_f32s(*sum, factor, term);
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        for sum in sums {
            black_box(simd.reduce_sum_f32s(sum));
        }
        (2 * CHAINS * TURNS * S::F32_LANES) as f64 / seconds / 1e9
    }
}

#[expect(
    deprecated,
    reason = "burn-ndarray is the backend this project was asked to use"
)]
fn devices() -> Vec<Device> {
    vec![
        Device::ndarray(),
        #[cfg(feature = "flex")]
        Device::flex(),
    ]
}

fn sgemm(device: &Device) -> f64 {
    let matrix = || Tensor::<2>::random([SIDE, SIDE], Distribution::Default, device);
    let (a, b) = (matrix(), matrix());
    best(|| {
        let start = Instant::now();
        black_box(a.clone().matmul(b.clone()));
        2.0 * (SIDE as f64).powi(3) / start.elapsed().as_secs_f64() / 1e9
    })
}

fn bandwidth(threads: usize) -> f64 {
    let mut arrays = [(); 3].map(|()| vec![1.0_f32; FLOATS]);
    best(|| {
        let [a, b, c] = &mut arrays;
        let share = FLOATS / threads;
        let parts = a
            .par_chunks_mut(share)
            .zip(b.par_chunks_mut(share))
            .zip(c.par_chunks_mut(share));
        let start = Instant::now();
        parts.for_each(|((a, b), c)| {
            for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                *b = 0.9 * *b + *a;
                *c = 0.99 * *c + *b;
                *a -= 0.001 * *c;
            }
        });
        let seconds = start.elapsed().as_secs_f64();
        black_box(&arrays);
        (6 * size_of::<f32>() * FLOATS) as f64 / seconds / 1e9
    })
}
