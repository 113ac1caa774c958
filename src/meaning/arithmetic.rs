//! The arithmetic between the matrices. Every sum has a fixed order, nothing is fused and no function of
//! the platform's mathematical library is called but the square root, which IEEE 754 makes exact: so the
//! result is the same to the last bit wherever it is computed, with whatever width of vector registers.

use multiversion::multiversion;

/// Adding this to a number below 2^22 leaves the nearest whole number in the low bits (1.5 * 2^23).
const ROUND: f32 = 12_582_912.0;

/// The nearest whole number, halves to even; for numbers between -2^22 and 2^22.
#[inline(always)]
pub(super) fn nearest(number: f32) -> i32 {
    (number + ROUND)
        .to_bits()
        .wrapping_sub(ROUND.to_bits())
        .cast_signed()
}

/// e to the power `x`, for `x` of at most 0; relative error below 2e-7 (the polynomial of the Cephes
/// library, `expf`). Below -87 it stays at e^-87.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 0.0);
    let whole = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    // The logarithm of 2 in two parts, so that the product with a whole number is exact.
    let rest = x - whole * 0.693_359_4 - whole * -2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        5.0e-1,
    ] {
        sum = sum * rest + coefficient;
    }
    let power = sum * (rest * rest) + rest + 1.0;
    let exponent = (nearest(x * std::f32::consts::LOG2_E) + 127) << 23;
    power * f32::from_bits(exponent.cast_unsigned())
}

/// GELU with the error function: `x * (1 + erf(x / sqrt 2)) / 2`, for each number. The error function is
/// formula 7.1.26 of Abramowitz and Stegun, absolute error below 1.5e-7.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn gelu(numbers: &mut [f32]) {
    for number in numbers {
        let size = number.abs();
        let z = size * std::f32::consts::FRAC_1_SQRT_2;
        let t = 1.0 / (1.0 + 0.327_591_1 * z);
        let mut sum = 1.061_405_4;
        for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
            sum = sum * t + coefficient;
        }
        // One minus the error function of the size.
        let tail = sum * t * exp(-z * z);
        *number = number.max(0.0) - 0.5 * size * tail;
    }
}

/// The sum, in eight lanes that are added up at the end.
#[inline(always)]
fn sum(numbers: impl Iterator<Item = [f32; 8]>) -> f32 {
    let mut lanes = [0.0f32; 8];
    for eight in numbers {
        for (lane, number) in lanes.iter_mut().zip(eight) {
            *lane += number;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The largest number of a list, 0 for an empty one.
#[inline(always)]
fn largest(numbers: &[f32]) -> f32 {
    numbers.iter().copied().reduce(f32::max).unwrap_or(0.0)
}

/// Brings each row to mean 0 and variance 1 (divided by n), then times `weight` plus `bias`. `rows` is rows
/// of `weight.len()` numbers, a multiple of 8.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn layer_norm(rows: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let count = weight.len() as f32;
    for row in rows.chunks_exact_mut(weight.len().max(1)) {
        let mean = sum(row.as_chunks::<8>().0.iter().copied()) / count;
        for number in row.iter_mut() {
            *number -= mean;
        }
        let squares = row.as_chunks::<8>().0.iter().map(|e| e.map(|n| n * n));
        let root = (sum(squares) / count + epsilon).sqrt();
        for ((number, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
            *number = *number / root * weight + bias;
        }
    }
}

/// Attention of one head within one text: for each row of `query` the mean of the rows of `value`, weighed
/// by softmax of `query · key / sqrt(size)`. The three are the whole rows of all heads (`width` numbers); the
/// head is the `size` numbers from `from`; the result is written to the same place in `out`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn attention(
    [query, key, value]: [&[f32]; 3],
    out: &mut [f32],
    width: usize,
    from: usize,
    size: usize,
) {
    let head = |row: &[f32]| -> Vec<[f32; 8]> {
        let rows = row.chunks_exact(width);
        rows.flat_map(|row| row[from..from + size].as_chunks::<8>().0)
            .copied()
            .collect()
    };
    let eights = size / 8;
    let (query, key, value) = (head(query), head(key), head(value));
    let root = (size as f32).sqrt();
    let mut weights: Vec<f32> = Vec::with_capacity(key.len() / eights.max(1));
    for (query, out) in query.chunks_exact(eights).zip(out.chunks_exact_mut(width)) {
        weights.clear();
        weights.extend(key.chunks_exact(eights).map(|key| {
            let products = query.iter().zip(key);
            sum(products.map(|(a, b)| std::array::from_fn(|n| a[n] * b[n]))) / root
        }));
        let top = largest(&weights);
        // Two loops: the sum has an order to keep, and would hold up the powers.
        for weight in &mut weights {
            *weight = exp(*weight - top);
        }
        let total: f32 = weights.iter().sum();
        let out = &mut out[from..from + size];
        out.fill(0.0);
        let (out, _) = out.as_chunks_mut::<8>();
        for (weight, value) in weights.iter().zip(value.chunks_exact(eights)) {
            let weight = weight / total;
            for (out, value) in out.iter_mut().zip(value) {
                for (out, value) in out.iter_mut().zip(value) {
                    *out += weight * value;
                }
            }
        }
    }
}

/// Adds `more` to `numbers`, one by one; a shorter `more` begins again for each row.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn add(numbers: &mut [f32], more: &[f32]) {
    for row in numbers.chunks_exact_mut(more.len().max(1)) {
        for (number, more) in row.iter_mut().zip(more) {
            *number += more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_of_e_is_close_over_the_whole_range() {
        for step in 0..8_700 {
            let x = -(step as f32) / 100.0;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 3e-7, "{x}: {error}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), exp(-87.0));
    }

    /// Values of `x Φ(x)` from a table of the normal distribution.
    #[test]
    fn gelu_is_that_with_the_error_function() {
        let mut numbers = [0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 10.0, -10.0];
        gelu(&mut numbers);
        let exact = [
            0.0,
            0.841_344_8,
            -0.158_655_25,
            1.954_499_7,
            -0.045_500_26,
            0.345_731_23,
            10.0,
            0.0,
        ];
        for (number, exact) in numbers.iter().zip(exact) {
            assert!((number - exact).abs() < 1e-6, "{number} {exact}");
        }
    }

    #[test]
    fn a_normal_row_has_mean_zero_and_variance_one() {
        let mut row: Vec<f32> = (0..64).map(|n| (n * n) as f32).collect();
        layer_norm(&mut row, &[1.0; 64], &[0.0; 64], 1e-12);
        let mean: f32 = row.iter().sum::<f32>() / 64.0;
        let variance: f32 = row.iter().map(|n| n * n).sum::<f32>() / 64.0;
        assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-5);
    }

    /// With keys that are all alike everyone is heard as much, so each row becomes the mean.
    #[test]
    fn attention_to_equal_keys_is_the_mean() {
        let query: Vec<f32> = (0..24).map(|n| n as f32).collect();
        let value: Vec<f32> = [[1.0; 8], [2.0; 8], [6.0; 8]].concat();
        let mut out = vec![9.0; 24];
        attention([&query, &[0.5; 24], &value], &mut out, 8, 0, 8);
        assert!(out.iter().all(|n| (n - 3.0).abs() < 1e-5), "{out:?}");
    }

    #[test]
    fn halves_are_rounded_to_even() {
        let rounded = [0.5, 1.5, -0.5, -1.5, 126.7, -127.0].map(nearest);
        assert_eq!(rounded, [0, 2, 0, -2, 127, -127]);
    }
}
