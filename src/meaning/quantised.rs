//! Numbers of 4 bits, as they stand in the model file (GGML's Q4_0): blocks of 32 with one scale.

/// How many numbers share a scale.
pub(super) const BLOCK: usize = 32;
/// How many bytes a block takes: the scale (f16) and 16 bytes of two numbers each.
pub(super) const BLOCK_BYTES: usize = 18;

/// A block: the low half of byte `j` is number `j`, the high half number `j + 16`; a number is
/// `(half - 8) * scale`.
pub(super) type Block = [u8; BLOCK_BYTES];

/// The scale of a block.
pub(super) fn scale(block: &Block) -> f32 {
    f16(u16::from_le_bytes([block[0], block[1]]))
}

/// The numbers of a block, each from 0 to 15, four at a time: the group `g` of 8 has the numbers `4g` to
/// `4g + 3`, the first in the lowest byte.
pub(super) fn group(block: &Block, g: usize) -> u32 {
    let at = 2 + (g % 4) * 4;
    let bytes = u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]]);
    (bytes >> (g / 4 * 4)) & 0x0f0f_0f0f
}

/// Writes the 32 numbers of a block.
pub(super) fn unpack(block: &Block, numbers: &mut [f32; BLOCK]) {
    let scale = scale(block);
    for (g, four) in numbers.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        for (number, half) in four.iter_mut().zip(group(block, g).to_le_bytes()) {
            *number = (f32::from(half) - 8.0) * scale;
        }
    }
}

/// An IEEE 754 number of 16 bits; exact.
fn f16(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = (bits >> 10) & 0x1f;
    let fraction = f32::from(bits & 0x3ff);
    match exponent {
        0 => sign * fraction * 2f32.powi(-24),
        0x1f if fraction == 0.0 => sign * f32::INFINITY,
        0x1f => f32::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * f32::from_bits((u32::from(exponent) + 112) << 23),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_numbers_are_read_exactly() {
        let table = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x83ff, -6.097_555e-5),
        ];
        for (bits, number) in table {
            assert_eq!(f16(bits), number, "{bits:#06x}");
        }
        assert!(f16(0x7c00).is_infinite());
        assert!(f16(0x7c01).is_nan());
    }

    #[test]
    fn the_two_halves_of_a_byte_are_sixteen_apart() {
        let mut block: Block = [0x88; BLOCK_BYTES];
        block[..2].copy_from_slice(&0x4000u16.to_le_bytes());
        block[2 + 5] = 0xf1;
        let mut numbers = [1.0; BLOCK];
        unpack(&block, &mut numbers);
        assert_eq!(numbers[5], -14.0);
        assert_eq!(numbers[21], 14.0);
        assert_eq!(numbers.iter().filter(|n| **n != 0.0).count(), 2);
    }
}
