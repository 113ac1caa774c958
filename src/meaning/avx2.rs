//! The product with the instructions of AVX2, which nearly every x86-64 server since 2013 has. The same
//! steps as in plain Rust, and the same bits; 16 outputs at a time, and one instruction multiplies 32 pairs.

use core::arch::x86_64::{
    __m256, __m256i, _mm256_add_epi16, _mm256_add_ps, _mm256_and_si256, _mm256_castsi256_si128,
    _mm256_cvtepi16_epi32, _mm256_cvtepi32_ps, _mm256_extracti128_si256, _mm256_maddubs_epi16,
    _mm256_mul_ps, _mm256_set1_epi16, _mm256_set1_ps, _mm256_setzero_ps, _mm256_setzero_si256,
    _mm256_srli_epi16,
};

use super::product::{Linear, PANEL, Rounded, TOGETHER, write_panel};

/// The product of the matrix with each row.
#[target_feature(enable = "avx2")]
pub(super) fn multiply(matrix: &Linear, rows: &Rounded, out: &mut [f32]) {
    let mut row = 0;
    while row + TOGETHER <= rows.count() {
        some_rows::<TOGETHER>(matrix, rows, row, out);
        row += TOGETHER;
    }
    while row < rows.count() {
        some_rows::<1>(matrix, rows, row, out);
        row += 1;
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn some_rows<const R: usize>(matrix: &Linear, rows: &Rounded, first: usize, out: &mut [f32]) {
    let inputs = rows.rows::<R>(first);
    let low = _mm256_set1_epi16(0x0f0f);
    for (panel, (weights, scales)) in matrix.panels().enumerate() {
        let mut sums = [[_mm256_setzero_ps(); 2]; R];
        for (b, (weights, scales)) in weights.iter().zip(scales).enumerate() {
            let mut products = [_mm256_setzero_si256(); R];
            for (product, input) in products.iter_mut().zip(inputs) {
                *product = _mm256_set1_epi16(input[b].offset);
            }
            for (g, four) in weights.iter().enumerate() {
                let four: __m256i = bytemuck::cast(*four);
                let first_two = _mm256_and_si256(four, low);
                let last_two = _mm256_and_si256(_mm256_srli_epi16::<4>(four), low);
                for (product, input) in products.iter_mut().zip(inputs) {
                    let pairs = &input[b].pairs;
                    // Two products of at most 15 · 127 are added here, so nothing saturates.
                    let a = _mm256_maddubs_epi16(first_two, _mm256_set1_epi16(pairs[2 * g]));
                    let b = _mm256_maddubs_epi16(last_two, _mm256_set1_epi16(pairs[2 * g + 1]));
                    *product = _mm256_add_epi16(*product, _mm256_add_epi16(a, b));
                }
            }
            let scales: [__m256; 2] = bytemuck::cast(*scales);
            for ((sums, product), input) in sums.iter_mut().zip(products).zip(inputs) {
                let scale = _mm256_set1_ps(input[b].scale);
                let halves = [
                    _mm256_castsi256_si128(product),
                    _mm256_extracti128_si256::<1>(product),
                ];
                for ((sum, half), scales) in sums.iter_mut().zip(halves).zip(scales) {
                    let whole = _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(half));
                    let scaled = _mm256_mul_ps(whole, _mm256_mul_ps(scales, scale));
                    *sum = _mm256_add_ps(*sum, scaled);
                }
            }
        }
        let sums: [[f32; PANEL]; R] = sums.map(bytemuck::cast);
        write_panel(&sums, out, first, matrix.outputs(), panel);
    }
}
