//! Keys of other engines: whole numbers, without a hierarchy.
//!
//! A key file of one holds one line: `integer:42`, `hex:0123456789abcdef` (or two, separated by a comma), or
//! `integers:654,400,836`. Most engines take 64 bits or fewer, and people choose small numbers: then the public
//! id can be tried out by anyone, and says as much as the key.

use super::{KEY_BYTES, PublicId, public_id};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A key of another engine: one or more 64-bit numbers, negative ones in two's complement.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ForeignKey(Vec<u64>);

/// Most numbers in a key: `SynthID` has one for each layer.
pub const MAX_NUMBERS: usize = 64;

impl ForeignKey {
    /// A key of these numbers.
    ///
    /// # Errors
    /// When there are none, or more than [`MAX_NUMBERS`].
    pub fn new(numbers: Vec<u64>) -> Result<Self, ForeignKeyError> {
        if numbers.is_empty() || numbers.len() > MAX_NUMBERS {
            return Err(ForeignKeyError::Count(numbers.len()));
        }
        Ok(Self(numbers))
    }

    /// A key of so many zeros, for what no key changes.
    pub(crate) fn zeros(count: usize) -> Self {
        Self(alloc::vec![0; count])
    }

    /// Reads a key line; nothing where it is no line of a foreign key.
    ///
    /// # Errors
    /// What is wrong with it, never what it holds.
    pub fn parse(line: &str) -> Option<Result<Self, ForeignKeyError>> {
        let (kind, rest) = line.split_once(':')?;
        let numbers = match kind {
            "integer" => integer(rest).map(|number| alloc::vec![number]),
            "integers" => rest.split(',').map(integer).collect(),
            "hex" => rest.split(',').map(hexadecimal).collect(),
            _ => return None,
        };
        Some(numbers.ok_or(ForeignKeyError::Number).and_then(Self::new))
    }

    /// Bits that each number stands for a draw from: 16 or 32 where it, or its negative, has no more, else 64.
    pub fn bits(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(
            |&number| match 64 - number.min(number.wrapping_neg()).leading_zeros() {
                ..=16 => 16,
                17..=32 => 32,
                _ => 64,
            },
        )
    }

    /// Another key of as many numbers, each of as many bits: `random` gives 64.
    #[must_use]
    pub fn another(&self, mut random: impl FnMut() -> u64) -> Self {
        Self(self.bits().map(|bits| random() >> (64 - bits)).collect())
    }

    /// Writes the key line that [`parse`](Self::parse) reads.
    pub(super) fn push_line(&self, text: &mut String) {
        text.push_str(if self.0.len() == 1 {
            "integer:"
        } else {
            "integers:"
        });
        for (place, number) in self.0.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            write!(text, "{number}").expect("writing to a string does not fail");
        }
    }

    /// The numbers.
    #[must_use]
    pub fn numbers(&self) -> &[u64] {
        &self.0
    }

    /// The key's public name.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        public_id("foreign", &self.bytes())
    }

    /// A key of this project's size that stands for it.
    pub(super) fn bytes(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut digest = Sha256::new_with_prefix(b"hallmark foreign key v1:");
        for number in &self.0 {
            digest.update(number.to_le_bytes());
        }
        Zeroizing::new(digest.finalize().into())
    }
}

/// Why a line is no foreign key. No variant holds any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignKeyError {
    /// Not a number, or too large a one.
    #[error(
        "holds something that is no 64-bit whole number (after `hex:`, 1 to 16 hexadecimal digits)"
    )]
    Number,
    /// None, or too many.
    #[error("holds {0} numbers; a key has 1 to {MAX_NUMBERS}")]
    Count(usize),
}

fn integer(text: &str) -> Option<u64> {
    let text = text.trim();
    let signed = || text.parse::<i64>().ok().map(i64::cast_unsigned);
    text.parse::<u64>().ok().or_else(signed)
}

fn hexadecimal(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let is_plain = (1..=16).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_hexdigit());
    is_plain
        .then(|| u64::from_str_radix(text, 16).ok())
        .flatten()
}
