//! Sketches of prompts: texts that share most of their runs of words share a value, and no value says what a text was.

use crate::pseudonym::{Pseudonym, Pseudonyms};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// Words of a run.
const RUN: usize = 4;

/// Bands of a sketch, and smallest hashes of each: texts of which half of all runs are common share a band in a third of cases, those with nine
/// in ten nearly always, those with a tenth hardly ever.
const BANDS: usize = 6;
const ROWS: usize = 4;

/// So many bytes of a text are sketched: templates stand in front.
pub(crate) const MOST: usize = 1 << 14;

/// Makes sketches under a key.
pub(crate) struct Sketches {
    key: [u8; 16],
    factors: [u64; BANDS * ROWS],
}

impl Sketches {
    pub(crate) fn new(pseudonyms: &Pseudonyms) -> Self {
        let mut random = ChaCha8Rng::from_seed(pseudonyms.sketches());
        let mut key = [0; 16];
        random.fill_bytes(&mut key);
        Self {
            key,
            factors: std::array::from_fn(|_| random.next_u64() | 1),
        }
    }

    /// A value for each band: the smallest hashes of all runs of words, by several orders of all hashes. Case, digits and what stands
    /// between words are nothing.
    pub(crate) fn of(&self, text: &str, kind: &str, pseudonyms: &Pseudonyms) -> Vec<Pseudonym> {
        let words = words(text);
        let mut least = [u64::MAX; BANDS * ROWS];
        for run in words.windows(RUN.min(words.len()).max(1)) {
            let mut hasher = SipHasher13::new_with_key(&self.key);
            for word in run {
                hasher.write(word.as_bytes());
                hasher.write_u8(0xff);
            }
            let hash = hasher.finish();
            for (least, factor) in least.iter_mut().zip(self.factors) {
                // An odd factor puts all hashes into another order.
                *least = hash.wrapping_mul(factor).min(*least);
            }
        }
        if words.is_empty() {
            return vec![];
        }
        let bands = least.chunks(ROWS).zip(0_u8..).map(|(rows, band)| {
            let mut bytes = vec![band];
            bytes.extend(rows.iter().flat_map(|row| row.to_le_bytes()));
            pseudonyms.of(kind, &bytes)
        });
        bands.collect()
    }
}

fn words(text: &str) -> Vec<String> {
    let text = &text[..text.floor_char_boundary(MOST)];
    let words = text.split(|c: char| !c.is_alphabetic());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallmark_core::keys::RootKey;
    use proptest::prelude::*;

    fn sketch(text: &str, domain: &str) -> Vec<Pseudonym> {
        let key = RootKey::from_bytes([1; 32]).attributes(domain).unwrap();
        let pseudonyms = Pseudonyms::new(&key);
        Sketches::new(&pseudonyms).of(text, "system", &pseudonyms)
    }

    fn common(a: &[Pseudonym], b: &[Pseudonym]) -> usize {
        a.iter().filter(|own| b.contains(own)).count()
    }

    #[test]
    fn a_template_with_other_contents_is_one_and_another_text_is_not() {
        let rules = "You are a careful tutor. For every question first write down all steps of your reasoning, one a line, then check each of them, \
            then give the final answer in a box, and grade your own work by the rubric below without leaving out any of its points.";
        let a = sketch(&format!("{rules} Question 17: why is the sky blue?"), "d");
        let b = sketch(
            &format!("{rules}\n\nQUESTION 4031: how do tides work?"),
            "d",
        );
        let other = sketch(
            "Translate the following letter into French, keep its tone, and leave all names of people and places as they are in it.",
            "d",
        );
        assert_eq!(a.len(), BANDS);
        assert!(common(&a, &b) >= 1, "{}", common(&a, &b));
        assert_eq!(common(&a, &other), 0);
        // Under another key nothing is common.
        assert_eq!(
            common(
                &a,
                &sketch(&format!("{rules} Question 17: why is the sky blue?"), "e")
            ),
            0
        );
    }

    #[test]
    fn texts_without_words_have_none_and_short_ones_have() {
        assert!(sketch(" 12, 3.4 !", "d").is_empty());
        assert_eq!(sketch("Hello", "d"), sketch("hello 7", "d"));
        assert_eq!(sketch("Hello", "d").len(), BANDS);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            let _ = sketch(&text.repeat(100), "d");
        }
    }
}
