//! How much a key of few bits can say.

use crate::keys::ForeignKey;

/// Bits of a key of which the function keeps `kept`, or fewer where the numbers are short: then they stand for a draw
/// from 16 or 32 bits.
pub(super) fn bits(key: &ForeignKey, kept: u32) -> u32 {
    key.bits().fold(kept, u32::min)
}

/// The same where one of two keys is enough: one bit less.
pub(super) fn bits_of_either(key: &ForeignKey, kept: u32) -> u32 {
    bits(key, kept) - 1
}
