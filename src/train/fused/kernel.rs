//! The two register-blocked products everything is made of, for one block of `ROWS` rows.
//!
//! Both read only contiguous panel rows. In [`outer`] a number of A meets a whole panel row of B: it serves the forward
//! pass, and with the batch as the inner dimension the weight gradient. In [`dots`] panel rows of A and B meet each other:
//! it serves the input gradient, where the weights would otherwise have to be transposed.

use pulp::Simd;

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

/// block\[i\]\[·\] += Σₖ a\[i\]\[k\] · b\[k\]\[·\]: rows of A against the rows of a panel of B.
#[inline(always)]
pub fn outer<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut block: Block<S::f32s, ROWS, VECTORS>,
    a: [&[f32]; ROWS],
    b: &[[S::f32s; VECTORS]],
) -> Block<S::f32s, ROWS, VECTORS> {
    let a = a.map(|row| &row[..b.len()]);
    for k in 0..b.len() {
        for i in 0..ROWS {
            let number = simd.splat_f32s(a[i][k]);
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
) -> Block<S::f32s, ROWS, VECTORS> {
    for (a, b) in a.chunks(stride).zip(b) {
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

/// Rows of B that [`dots`] takes at once. Four by four sums need eight loads for sixteen multiply-adds.
pub const DOT_ROWS: usize = 4;

/// block\[i\]\[j\] += a\[i\] · b\[j\], panel row by panel row; the lanes of the sums are added up in the end.
#[inline(always)]
pub fn dots<S: Simd, const VECTORS: usize, const A: usize, const B: usize>(
    simd: S,
    mut block: [[S::f32s; B]; A],
    a: &[[S::f32s; VECTORS]],
    b: &[[S::f32s; VECTORS]],
) -> [[S::f32s; B]; A] {
    let (a, b) = (&a[..A], &b[..B]);
    for v in 0..VECTORS {
        for i in 0..A {
            for j in 0..B {
                block[i][j] = simd.mul_add_e_f32s(a[i][v], b[j][v], block[i][j]);
            }
        }
    }
    block
}
