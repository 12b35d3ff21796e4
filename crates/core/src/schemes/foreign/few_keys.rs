//! How much a key of few bits can say.

/// Bits of a key of which the function keeps `kept`, or fewer where the numbers are short: then they stand for a draw
/// from 16 or 32 bits.
pub(super) fn bits(numbers: &[u64], kept: u32) -> u32 {
    let width = |&number: &u64| match 64 - number.min(number.wrapping_neg()).leading_zeros() {
        ..=16 => 16,
        17..=32 => 32,
        _ => 64,
    };
    numbers.iter().map(width).fold(kept, u32::min)
}

/// The same where one of two keys is enough: one bit less.
pub(super) fn bits_of_either(numbers: &[u64], kept: u32) -> u32 {
    bits(numbers, kept) - 1
}
