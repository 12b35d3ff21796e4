//! Which runs of eight letters a text may hold: a search that cannot succeed is not begun.

/// Bytes in a run.
const RUN: usize = 8;

/// A bit for every hash of a run, set for those that the text holds.
pub(super) struct Grams {
    bits: Vec<u64>,
}

impl Grams {
    /// The runs of these letters, in a byte for each letter.
    pub(super) fn of(letters: &[u8]) -> Self {
        let words = (letters.len() / 8).next_power_of_two();
        let mut grams = Self {
            bits: vec![0; words],
        };
        for run in letters.windows(RUN) {
            let (word, bit) = grams.place(run);
            grams.bits[word] |= bit;
        }
        grams
    }

    /// Whether the last letters of a passage may stand in the text: true of all that do, and of short passages.
    pub(super) fn may_hold_end_of(&self, passage: &[u8]) -> bool {
        let Some(start) = passage.len().checked_sub(RUN) else {
            return true;
        };
        let (word, bit) = self.place(&passage[start..]);
        self.bits[word] & bit != 0
    }

    fn place(&self, run: &[u8]) -> (usize, u64) {
        let value = run
            .iter()
            .fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
        // Fibonacci hashing: the upper bits are mixed.
        let hash = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let word = (hash >> 32) as usize % self.bits.len();
        (word, 1 << (hash >> 26 & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_text_holds_may_stand_and_most_else_may_not() {
        let text: Vec<u8> = (0..4000_u32)
            .map(|at| b'a' + (at * at % 23) as u8)
            .collect();
        let grams = Grams::of(&text);
        assert!(
            text.windows(20)
                .all(|passage| grams.may_hold_end_of(passage))
        );
        assert!(grams.may_hold_end_of(b"short"));
        let other = (0..1000_u32).map(|at| format!("zzz{at:08}"));
        let taken = other
            .filter(|passage| grams.may_hold_end_of(passage.as_bytes()))
            .count();
        assert!(taken < 300, "{taken} of 1,000");
    }
}
