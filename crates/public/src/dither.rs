//! By how much a text's threshold is stricter than the level: a secret function of its cells.

use hallmark_core::keys::Key;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// A pseudo-random function from cells to [0, decades).
///
/// Its key comes from the marks' keys, so that answers stay the same over restarts and over servers with the same keys: whoever
/// could have the same text judged twice by other dithers could average over them.
pub(crate) struct Dither {
    key: Zeroizing<[u8; 32]>,
    decades: f64,
}

const LABEL: &[u8] = b"hallmark public detector dither v1";

impl Dither {
    /// From the keys of all marks, in the order of the file.
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a Key>, decades: f64) -> Self {
        let mut digest = Sha256::new_with_prefix(LABEL);
        for key in keys {
            match key {
                Key::Cohort(key) => {
                    digest.update([0]);
                    let stream = key.stream("public-detector", "hmac-sha256", 0, "dither");
                    digest.update(stream.expose());
                }
                Key::Foreign(key) => {
                    digest.update([1]);
                    digest.update((key.numbers().len() as u64).to_le_bytes());
                    for number in key.numbers() {
                        let mut bytes = number.to_le_bytes();
                        digest.update(bytes);
                        bytes.zeroize();
                    }
                }
            }
        }
        Self {
            key: Zeroizing::new(digest.finalize().into()),
            decades,
        }
    }

    /// The decades that the text of these distinct cells must be beyond the level: uniform over the key, at least 0.
    pub(crate) fn decades(&self, cells: &[&[u32]]) -> f64 {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.key).expect("HMAC takes keys of any length");
        let mut bytes = Vec::with_capacity(cells.iter().map(|cell| 4 * cell.len()).sum());
        for id in cells.iter().copied().flatten() {
            bytes.extend_from_slice(&id.to_le_bytes());
        }
        mac.update(&bytes);
        let tag = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&tag[..8]);
        // 53 bits: below 1 after conversion.
        let share = (u64::from_le_bytes(first) >> 11) as f64 / (1_u64 << 53) as f64;
        self.decades * share
    }
}

#[cfg(test)]
mod tests {
    use super::Dither;
    use crate::cells::distinct;
    use hallmark_core::keys::{CohortKey, Key};

    fn dither(byte: u8) -> Dither {
        Dither::new([&Key::from(CohortKey::from_bytes([byte; 32]))], 2.0)
    }

    #[test]
    fn the_same_cells_have_the_same_dither() {
        let (one, two) = (dither(1), dither(2));
        let text = [7, 8, 9, 10, 11, 12];
        let twice = [7, 8, 9, 10, 11, 12, 9, 10, 11, 12];
        let of = |dither: &Dither, text: &[u32]| dither.decades(&distinct(text, 2));
        assert_eq!(of(&one, &text), of(&dither(1), &text));
        assert_ne!(of(&one, &text), of(&two, &text));
        assert_ne!(of(&one, &text), of(&one, &twice));
        // The repeated passage brings no cell that the joint did not.
        let thrice = [&twice[..], &[9, 10, 11, 12]].concat();
        assert_eq!(of(&one, &twice), of(&one, &thrice));
    }

    /// 4,000 values: the Kolmogorov distance of a uniform sample exceeds 0.031 once in a thousand keys; this key is fixed.
    #[test]
    fn it_is_uniform_and_never_negative() {
        let dither = dither(3);
        let mut values: Vec<f64> = (0..4000_u32)
            .map(|number| dither.decades(&[&[number, 5]]))
            .collect();
        values.sort_by(f64::total_cmp);
        assert!(values[0] >= 0.0 && values[3999] < 2.0);
        for (place, value) in values.iter().enumerate() {
            let distance = (value / 2.0 - place as f64 / 4000.0).abs();
            assert!(distance < 0.031, "{place}: {value}");
        }
    }

    #[test]
    fn without_decades_there_is_none() {
        let key = Key::from(CohortKey::from_bytes([3; 32]));
        let dither = Dither::new([&key], 0.0);
        assert_eq!(dither.decades(&[&[1, 2]]), 0.0);
    }
}
