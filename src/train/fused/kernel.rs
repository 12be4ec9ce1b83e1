//! The register-blocked product everything is made of, for one block of `ROWS` rows: a number of A meets a whole panel row
//! of B. The numbers of A stand in rows for the forward pass and the input gradient, and in columns for the weight gradient,
//! where the batch is the inner dimension.

use pulp::Simd;

use super::prefetch::{Line, prefetch_line};

/// A block of sums in registers.
pub type Block<V, const ROWS: usize, const VECTORS: usize> = [[V; VECTORS]; ROWS];

/// A panel's rows as vectors; `panel` is whole rows of `VECTORS` vectors.
#[inline(always)]
pub fn rows_of<S: Simd, const VECTORS: usize>(panel: &[f32]) -> &[[S::f32s; VECTORS]] {
    pulp::as_arrays::<VECTORS, _>(S::as_simd_f32s(panel).0).0
}

/// A panel's rows as vectors, to be written.
#[inline(always)]
pub fn rows_of_mut<S: Simd, const VECTORS: usize>(panel: &mut [f32]) -> &mut [[S::f32s; VECTORS]] {
    pulp::as_arrays_mut::<VECTORS, _>(S::as_mut_simd_f32s(panel).0).0
}

/// block\[i\]\[·\] += Σₖ a\[i\]\[k\] · b\[k\]\[·\]: rows of A against the rows of a panel of B. `a` holds `ROWS` rows of one panel, each
/// at least as long as B. A line of `prefetch` is requested with each k, while there are any.
#[inline(always)]
pub fn outer<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut block: Block<S::f32s, ROWS, VECTORS>,
    a: &[f32],
    b: &[[S::f32s; VECTORS]],
    prefetch: &[Line],
) -> Block<S::f32s, ROWS, VECTORS> {
    let width = VECTORS * S::F32_LANES;
    // Said once here, it need not be asked in the loops; they are written out because a function of their own asks again
    // (4 % at batch 256).
    assert!(a.len() == ROWS * width && b.len() <= width);
    let asked = prefetch.len().min(b.len());
    for k in 0..asked {
        prefetch_line(&prefetch[k]);
        for i in 0..ROWS {
            let number = simd.splat_f32s(a[i * width + k]);
            for j in 0..VECTORS {
                block[i][j] = simd.mul_add_e_f32s(number, b[k][j], block[i][j]);
            }
        }
    }
    for k in asked..b.len() {
        for i in 0..ROWS {
            let number = simd.splat_f32s(a[i * width + k]);
            for j in 0..VECTORS {
                block[i][j] = simd.mul_add_e_f32s(number, b[k][j], block[i][j]);
            }
        }
    }
    block
}

/// block\[i\]\[·\] += Σₖ a\[k\]\[i\] · b\[k\]\[·\]: columns of A against the rows of a panel of B. `a` holds `ROWS` neighbouring
/// columns, whose rows are `stride` apart.
#[inline(always)]
pub fn outer_transposed<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut block: Block<S::f32s, ROWS, VECTORS>,
    a: &[f32],
    stride: usize,
    b: &[[S::f32s; VECTORS]],
    prefetch: &[Line],
) -> Block<S::f32s, ROWS, VECTORS> {
    let mut rows = a.chunks(stride).zip(b);
    for (line, (a, b)) in prefetch.iter().zip(&mut rows) {
        prefetch_line(line);
        let a = &a[..ROWS];
        for i in 0..ROWS {
            let number = simd.splat_f32s(a[i]);
            for j in 0..VECTORS {
                block[i][j] = simd.mul_add_e_f32s(number, b[j], block[i][j]);
            }
        }
    }
    for (a, b) in rows {
        let a = &a[..ROWS];
        for i in 0..ROWS {
            let number = simd.splat_f32s(a[i]);
            for j in 0..VECTORS {
                block[i][j] = simd.mul_add_e_f32s(number, b[j], block[i][j]);
            }
        }
    }
    block
}
