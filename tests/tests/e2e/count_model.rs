//! A model that counts what follows up to three tokens: quick to train, and its student shows a
//! mark in proportion to how much of its training text was marked.

use hallmark_core::mark::Mark;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::HashMap;

/// Tokens of context.
const ORDER: usize = 3;

/// Tokens in the vocabulary of the lab's tokenizer.
const VOCABULARY: usize = 1024;

/// Interpolated back-off (Witten and Bell) over contexts of 3, 2, 1 and 0 tokens.
#[derive(Default)]
pub(crate) struct CountModel {
    followers: [HashMap<u64, Followers>; ORDER + 1],
}

#[derive(Default)]
struct Followers {
    total: f64,
    counts: HashMap<u32, f64>,
    sorted: Vec<(u32, f64)>,
}

impl CountModel {
    /// A model that read every document of `texts` as often as its weight says.
    pub(crate) fn train<'a>(texts: impl IntoIterator<Item = (&'a Vec<Vec<u32>>, f64)>) -> Self {
        let mut model = Self::default();
        for (documents, weight) in texts {
            for document in documents {
                for at in 0..document.len() {
                    for order in 0..=ORDER.min(at) {
                        let context = pack(&document[at - order..at]);
                        let followers = model.followers[order].entry(context).or_default();
                        followers.total += weight;
                        *followers.counts.entry(document[at]).or_default() += weight;
                    }
                }
            }
        }
        for followers in model.followers.iter_mut().flat_map(HashMap::values_mut) {
            followers.sorted = followers.counts.drain().collect();
            followers.sorted.sort_unstable_by_key(|entry| entry.0);
        }
        model
    }

    /// The probability of every token after `text`.
    fn row(&self, text: &[u32], row: &mut [f64]) {
        row.fill(1.0 / VOCABULARY as f64);
        for order in 0..=ORDER.min(text.len()) {
            let context = pack(&text[text.len() - order..]);
            let Some(found) = self.followers[order].get(&context) else {
                return;
            };
            let types = found.sorted.len() as f64;
            let scale = 1.0 / (found.total + types);
            for probability in &mut *row {
                *probability *= types * scale;
            }
            for &(token, count) in &found.sorted {
                row[token as usize] += count * scale;
            }
        }
    }

    /// Answers each prompt with `tokens` tokens, under a mark or without; under a ring's, answer number n under sub-key n modulo their number.
    pub(crate) fn answer(
        &self,
        prompts: &[Vec<u32>],
        tokens: usize,
        mark: Option<&Mark>,
        seed: u64,
    ) -> Vec<Vec<u32>> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let mut row = vec![0.0; VOCABULARY];
        let mut logits = vec![0.0; VOCABULARY];
        prompts
            .iter()
            .enumerate()
            .map(|(number, prompt)| {
                let mut marker = mark.map(|mark| {
                    let member = mark.member(number % mark.sub_keys()).unwrap();
                    member.marker(&[]).unwrap()
                });
                let mut text = prompt.clone();
                for _ in 0..tokens {
                    self.row(&text, &mut row);
                    let uniform = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                    let token = match &mut marker {
                        None => invert(&row, uniform),
                        Some(marker) => {
                            for (logit, probability) in logits.iter_mut().zip(&row) {
                                *logit = probability.ln() as f32;
                            }
                            let token =
                                marker.choose_row(&mut logits, uniform).unwrap().index as u32;
                            marker.accept(token).unwrap();
                            token
                        }
                    };
                    text.push(token);
                }
                text.split_off(prompt.len())
            })
            .collect()
    }
}

fn invert(row: &[f64], uniform: f64) -> u32 {
    let mut left = uniform * row.iter().sum::<f64>();
    for (token, probability) in row.iter().enumerate() {
        if left < *probability {
            return token as u32;
        }
        left -= probability;
    }
    row.len() as u32 - 1
}

fn pack(context: &[u32]) -> u64 {
    context
        .iter()
        .fold(1, |packed, &token| packed << 20 | u64::from(token))
}
