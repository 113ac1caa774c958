//! A matrix of 4-bit numbers times rows of numbers that are rounded to 8 bits: `y = W x`.
//!
//! Within a block of 32 everything is whole numbers of 16 bits. A weight is stored as `w` from 0 to 15 and
//! means `w - 8`, a rounded input `q` lies between -127 and 127, so the sum of 32 `(w - 8) q` lies within
//! 32 · 8 · 127 = 32,512 and fits. Sums that do not fit on the way there wrap round, and come back. Each
//! block is then multiplied by its two scales and added in `f32`, block after block. So every way of
//! computing it gives the same bits: there is one for AVX2 (`avx2.rs`) and one in plain Rust for the rest.

use multiversion::multiversion;

use super::arithmetic::nearest;
use super::error::ModelError;
use super::gguf::File;
use super::quantised::{self, BLOCK};

/// How many outputs are computed side by side.
pub(super) const PANEL: usize = 16;
/// How many rows of input share one unpacking of the weights.
pub(super) const TOGETHER: usize = 4;
/// A block of one panel: for each group of four inputs and each output four weights of 4 bits, those of
/// the inputs 0, 2, 1 and 3 from the lowest bits up (so that two masks give neighbours).
pub(super) type Weights = [[u16; PANEL]; BLOCK / 4];

/// A matrix and what is added to its product.
pub(super) struct Linear {
    inputs: usize,
    outputs: usize,
    /// Panel after panel of [`PANEL`] outputs; within a panel block after block of inputs.
    weights: Vec<Weights>,
    /// The scale of each block and output, in the same order.
    scales: Vec<[f32; PANEL]>,
    bias: Vec<f32>,
}

impl Linear {
    /// Takes `{name}.weight` and `{name}.bias` from the file.
    pub(super) fn read(
        file: &File<'_>,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, ModelError> {
        let matrix = format!("{name}.weight");
        if !outputs.is_multiple_of(PANEL) || !inputs.is_multiple_of(BLOCK) {
            let expected = format!("{PANEL} outputs by {BLOCK} inputs, or a multiple");
            return Err(ModelError::unfit(matrix, expected));
        }
        let blocks = file.blocks(&matrix, outputs, inputs)?;
        let bias = file.numbers(&format!("{name}.bias"), 1, outputs)?;
        Ok(Self::pack(blocks, inputs, outputs, bias))
    }

    fn pack(blocks: &[quantised::Block], inputs: usize, outputs: usize, bias: Vec<f32>) -> Self {
        let across = inputs / BLOCK;
        let mut weights = Vec::with_capacity(blocks.len() / PANEL);
        let mut scales = Vec::with_capacity(blocks.len() / PANEL);
        for panel in blocks.chunks_exact(across * PANEL) {
            for column in 0..across {
                let mut packed: Weights = [[0; PANEL]; BLOCK / 4];
                let mut scale = [0.0; PANEL];
                for (output, row) in panel.chunks_exact(across).enumerate() {
                    let block = &row[column];
                    scale[output] = quantised::scale(block);
                    for (g, group) in packed.iter_mut().enumerate() {
                        let four = quantised::group(block, g);
                        // Bytes 0 and 1 stay, 2 and 3 go into their upper halves.
                        group[output] = ((four | (four >> 12)) & 0xffff) as u16;
                    }
                }
                weights.push(packed);
                scales.push(scale);
            }
        }
        Self {
            inputs,
            outputs,
            weights,
            scales,
            bias,
        }
    }

    /// The product with each row, plus the bias; row after row.
    pub(super) fn apply(&self, rows: &Rounded) -> Vec<f32> {
        let mut out = vec![0.0; rows.count * self.outputs];
        multiply(self, rows, &mut out);
        super::arithmetic::add(&mut out, &self.bias);
        out
    }

    /// The blocks of each panel of outputs, with their scales.
    pub(super) fn panels(&self) -> impl Iterator<Item = (&[Weights], &[[f32; PANEL]])> {
        let across = self.inputs / BLOCK;
        self.weights
            .chunks_exact(across)
            .zip(self.scales.chunks_exact(across))
    }

    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }
}

/// Rows of numbers, rounded to 8 bits with one scale for each block of 32.
pub(super) struct Rounded {
    count: usize,
    /// Blocks in a row.
    across: usize,
    blocks: Vec<RoundedBlock>,
}

/// 32 rounded numbers, two to a `i16`, the first in the low byte.
pub(super) struct RoundedBlock {
    pub(super) pairs: [i16; BLOCK / 2],
    /// What to multiply by to get the numbers back.
    pub(super) scale: f32,
    /// Minus eight times the sum: what the weights are too large by.
    pub(super) offset: i16,
}

impl Rounded {
    /// Rounds rows of `width` numbers, a multiple of 32.
    pub(super) fn new(numbers: &[f32], width: usize) -> Self {
        let mut blocks = Vec::with_capacity(numbers.len() / BLOCK);
        round(numbers, &mut blocks);
        Self {
            count: numbers.len() / width.max(1),
            across: width / BLOCK,
            blocks,
        }
    }

    /// The blocks of the rows from `first`.
    pub(super) fn rows<const R: usize>(&self, first: usize) -> [&[RoundedBlock]; R] {
        std::array::from_fn(|n| {
            let start = (first + n) * self.across;
            &self.blocks[start..start + self.across]
        })
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn round(numbers: &[f32], blocks: &mut Vec<RoundedBlock>) {
    for block in numbers.as_chunks::<BLOCK>().0 {
        // The bits of positive numbers are ordered as the numbers are, and whole numbers vectorise.
        let bits = block.iter().map(|number| number.abs().to_bits());
        let top = f32::from_bits(bits.fold(0, u32::max));
        let inverse = if top > 0.0 { 127.0 / top } else { 0.0 };
        let numbers = block.map(|number| nearest(number * inverse) as i8);
        let total = numbers
            .iter()
            .fold(0, |total: i16, number| total.wrapping_add((*number).into()));
        let mut pairs = [0i16; BLOCK / 2];
        for (pair, two) in pairs.iter_mut().zip(numbers.as_chunks::<2>().0) {
            *pair = i16::from_le_bytes(two.map(i8::cast_unsigned));
        }
        blocks.push(RoundedBlock {
            pairs,
            scale: top / 127.0,
            offset: total.wrapping_mul(-8),
        });
    }
}

/// The product, in the fastest way that this processor knows.
#[multiversion(targets("x86_64+avx2"))]
fn multiply(matrix: &Linear, rows: &Rounded, out: &mut [f32]) {
    multiversion::target::match_target! {
        "x86_64+avx2" => super::avx2::multiply(matrix, rows, out),
        _ => multiply_plainly(matrix, rows, out),
    }
}

/// The product in plain Rust.
fn multiply_plainly(matrix: &Linear, rows: &Rounded, out: &mut [f32]) {
    let mut row = 0;
    while row + TOGETHER <= rows.count() {
        plain_rows::<TOGETHER>(matrix, rows, row, out);
        row += TOGETHER;
    }
    while row < rows.count() {
        plain_rows::<1>(matrix, rows, row, out);
        row += 1;
    }
}

fn plain_rows<const R: usize>(matrix: &Linear, rows: &Rounded, first: usize, out: &mut [f32]) {
    let inputs = rows.rows::<R>(first);
    for (panel, (weights, scales)) in matrix.panels().enumerate() {
        let mut sums = [[0.0f32; PANEL]; R];
        for (b, (weights, scales)) in weights.iter().zip(scales).enumerate() {
            let blocks = inputs.map(|blocks| &blocks[b]);
            let mut products = blocks.map(|block| [block.offset; PANEL]);
            for (g, four) in weights.iter().enumerate() {
                let w0 = four.map(|w| (w & 15).cast_signed());
                let w2 = four.map(|w| (w >> 4 & 15).cast_signed());
                let w1 = four.map(|w| (w >> 8 & 15).cast_signed());
                let w3 = four.map(|w| (w >> 12).cast_signed());
                for (product, block) in products.iter_mut().zip(blocks) {
                    let [q0, q1] = halves(block.pairs[2 * g]);
                    let [q2, q3] = halves(block.pairs[2 * g + 1]);
                    for (o, product) in product.iter_mut().enumerate() {
                        *product = product
                            .wrapping_add(w0[o].wrapping_mul(q0))
                            .wrapping_add(w1[o].wrapping_mul(q1))
                            .wrapping_add(w2[o].wrapping_mul(q2))
                            .wrapping_add(w3[o].wrapping_mul(q3));
                    }
                }
            }
            for ((sums, products), block) in sums.iter_mut().zip(&products).zip(blocks) {
                for ((sum, product), scale) in sums.iter_mut().zip(products).zip(scales) {
                    *sum += f32::from(*product) * (scale * block.scale);
                }
            }
        }
        write_panel(&sums, out, first, matrix.outputs(), panel);
    }
}

/// Writes the outputs of one panel into the rows from `first`.
pub(super) fn write_panel<const R: usize>(
    sums: &[[f32; PANEL]; R],
    out: &mut [f32],
    first: usize,
    outputs: usize,
    panel: usize,
) {
    for (n, sums) in sums.iter().enumerate() {
        let start = (first + n) * outputs + panel * PANEL;
        out[start..start + PANEL].copy_from_slice(sums);
    }
}

/// The two numbers of a pair.
fn halves(pair: i16) -> [i16; 2] {
    pair.to_le_bytes().map(|byte| byte.cast_signed().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block() -> impl Strategy<Value = quantised::Block> {
        (any::<[u8; 16]>(), 0.001f32..0.1).prop_map(|(halves, _)| {
            let mut block = [0; quantised::BLOCK_BYTES];
            // 0x2000 is 1/128.
            block[..2].copy_from_slice(&0x2000u16.to_le_bytes());
            block[2..].copy_from_slice(&halves);
            block
        })
    }

    proptest! {
        /// Whatever the processor, the bits are those of the plain way, and the numbers are those of a
        /// product written out, but for the rounding to 8 bits.
        #[test]
        fn all_ways_give_the_same_bits_and_the_right_product(
            blocks in prop::collection::vec(block(), 32 * 3),
            numbers in prop::collection::vec(-9.0f32..9.0, 7 * 96),
        ) {
            let matrix = Linear::pack(&blocks, 96, 32, vec![0.0; 32]);
            let rows = Rounded::new(&numbers, 96);
            let mut plain = vec![0.0; 7 * 32];
            multiply_plainly(&matrix, &rows, &mut plain);
            let chosen = matrix.apply(&rows);
            for (a, b) in plain.iter().zip(&chosen) {
                prop_assert_eq!((a + 0.0).to_bits(), b.to_bits());
            }

            let mut unpacked = vec![[0.0f32; BLOCK]; blocks.len()];
            for (block, numbers) in blocks.iter().zip(&mut unpacked) {
                quantised::unpack(block, numbers);
            }
            let unpacked = unpacked.as_flattened();
            for (r, row) in numbers.chunks_exact(96).enumerate() {
                for (o, weights) in unpacked.chunks_exact(96).enumerate() {
                    let exact: f32 = row.iter().zip(weights).map(|(a, b)| a * b).sum();
                    // At most half a step of 9/127 for each of 96 inputs, times a weight of at most 8/128.
                    prop_assert!((exact - plain[r * 32 + o]).abs() < 0.22);
                }
            }
        }
    }

    /// The largest weights and inputs there are: the sums must not run over.
    #[test]
    fn the_extremes_fit() {
        let mut block: quantised::Block = [0x00; quantised::BLOCK_BYTES];
        block[..2].copy_from_slice(&0x3c00u16.to_le_bytes());
        let matrix = Linear::pack(&[block; 16], 32, 16, vec![0.0; 16]);
        for sign in [1.0, -1.0] {
            let rows = Rounded::new(&[sign * 127.0; 32], 32);
            let exact = -8.0 * 127.0 * 32.0 * sign;
            assert_eq!(matrix.apply(&rows), [exact; 16]);
        }
    }
}
