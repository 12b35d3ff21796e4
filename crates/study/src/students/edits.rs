//! Marked answers with some tokens drawn anew.

use hallmark_lab::random::{generator, uniform};
use hallmark_lab::{Chooser, Exchange, LabError, Transformer, Unmarked};
use rayon::prelude::*;

/// Draws each token of the answers anew with chance `rate`, from `neutral`'s distribution (temperature 1) after the *original*
/// tokens before it. A draw can give the same token again, and what follows is not adapted to it: an edit of the kind
/// that a filter or a clumsy paraphrase makes, with no knowledge of the key.
pub(super) fn edit(
    exchanges: &[Exchange],
    rate: f64,
    neutral: &Transformer,
    seed: u64,
) -> Result<Vec<Exchange>, LabError> {
    let one = |(number, exchange): (usize, &Exchange)| {
        let Exchange { prompt, answer } = exchange;
        let mut random = generator(seed, number as u64);
        let text = [&prompt[..], answer].concat();
        let rows = neutral.logits(&text[..text.len() - 1])?;
        let vocab = neutral.config().vocab;
        let mut edited = exchange.clone();
        for (i, token) in edited.answer.iter_mut().enumerate() {
            let (chosen, draw) = (uniform(&mut random), uniform(&mut random));
            if chosen < rate {
                let mut row = rows[(prompt.len() + i - 1) * vocab..][..vocab].to_vec();
                *token =
                    Unmarked
                        .choose(number, &mut row, draw)
                        .map_err(|source| LabError::Choose {
                            sequence: number,
                            position: i,
                            source,
                        })?;
            }
        }
        Ok(edited)
    };
    exchanges.par_iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallmark_lab::assets;

    #[test]
    fn the_rate_says_how_many_tokens_are_drawn_and_none_changes_at_zero() {
        let teacher = assets::teacher().unwrap();
        let prompts = assets::prompts(1, 12, &assets::tokenizer().unwrap()).unwrap();
        let exchanges: Vec<Exchange> = prompts[..8]
            .iter()
            .map(|prompt| Exchange {
                prompt: prompt.clone(),
                answer: [prompt.clone(), prompt.clone()].concat(),
            })
            .collect();
        let changed = |rate| {
            let edited = edit(&exchanges, rate, &teacher, 5).unwrap();
            let pairs = edited.iter().zip(&exchanges);
            pairs
                .map(|(a, b)| {
                    a.answer
                        .iter()
                        .zip(&b.answer)
                        .filter(|(a, b)| a != b)
                        .count()
                })
                .sum::<usize>()
        };
        assert_eq!(changed(0.0), 0);
        // 192 tokens; the drawn ones differ unless the draw repeats the token.
        let (third, all) = (changed(0.3), changed(1.0));
        assert!((10..100).contains(&third) && all > 100, "{third} {all}");
    }
}
