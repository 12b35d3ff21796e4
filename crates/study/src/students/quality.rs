//! What a mark does to the text itself, in figures.

use std::collections::{HashMap, HashSet};

use hallmark_core::schemes::Scheme;
use hallmark_lab::{Exchange, Transformer};

use super::StudyError;

/// What a reader or another model would notice of marked text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Answers measured.
    pub answers: usize,
    /// Their tokens.
    pub tokens: usize,
    /// Exponential of the mean negative log-probability of an answer's token under the unmarked model, where one is at hand.
    pub perplexity: Option<f64>,
    /// Share of an answer's 4-grams that occurred before in the same answer, over all answers.
    pub repeated_4grams: f64,
    /// Distinct 2-grams over 2-grams, over all answers.
    pub distinct_2: f64,
    /// Mean Jaccard index of the sets of 4-grams of two answers to the same prompt, where prompts have several.
    pub similarity: Option<f64>,
    /// Share of answers as long as the longest allowed.
    pub capped: f64,
}

/// A mark whose effect is measured: scheme, window and sub-keys; none is ordinary sampling.
pub type MarkSetting = Option<(Scheme, usize, u32)>;

/// Measures answers. Those to one prompt stand together; `cap` is the longest answer allowed, in tokens.
///
/// # Errors
/// As [`Transformer::logits`].
pub fn measure(
    by_prompt: &[Vec<Exchange>],
    cap: usize,
    model: Option<&Transformer>,
) -> Result<Quality, StudyError> {
    let answers: Vec<&[u32]> = by_prompt
        .iter()
        .flatten()
        .map(|exchange| &exchange.answer[..])
        .collect();
    let tokens: usize = answers.iter().map(|answer| answer.len()).sum();
    let (mut repeated, mut fours) = (0, 0);
    for answer in &answers {
        let all = answer.windows(4).count();
        fours += all;
        repeated += all - answer.windows(4).collect::<HashSet<_>>().len();
    }
    let twos: HashSet<&[u32]> = answers
        .iter()
        .flat_map(|answer| answer.windows(2))
        .collect();
    let all_twos: usize = answers.iter().map(|answer| answer.windows(2).count()).sum();
    let capped = answers.iter().filter(|answer| answer.len() >= cap).count();
    let perplexity = model
        .map(|model| perplexity(by_prompt, model))
        .transpose()?;
    Ok(Quality {
        answers: answers.len(),
        tokens,
        perplexity,
        repeated_4grams: share(repeated, fours),
        distinct_2: share(twos.len(), all_twos),
        similarity: similarity(by_prompt),
        capped: share(capped, answers.len()),
    })
}

fn perplexity(by_prompt: &[Vec<Exchange>], model: &Transformer) -> Result<f64, StudyError> {
    let vocab = model.config().vocab;
    let (mut nats, mut tokens) = (0.0, 0);
    for Exchange { prompt, answer } in by_prompt.iter().flatten() {
        let text = [&prompt[..], answer].concat();
        let rows = model.logits(&text)?;
        for (i, &token) in answer.iter().enumerate() {
            let row = &rows[(prompt.len() + i - 1) * vocab..][..vocab];
            let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let total: f64 = row.iter().map(|&logit| f64::from(logit - most).exp()).sum();
            nats += total.ln() - f64::from(row[token as usize] - most);
            tokens += 1;
        }
    }
    Ok((nats / f64::from(tokens.max(1))).exp())
}

fn similarity(by_prompt: &[Vec<Exchange>]) -> Option<f64> {
    let mut indices = vec![];
    for answers in by_prompt {
        let sets: Vec<HashSet<&[u32]>> = answers
            .iter()
            .map(|exchange| exchange.answer.windows(4).collect())
            .collect();
        for (i, one) in sets.iter().enumerate() {
            for other in &sets[i + 1..] {
                let common = one.intersection(other).count();
                indices.push(share(common, one.len() + other.len() - common));
            }
        }
    }
    (!indices.is_empty()).then(|| indices.iter().sum::<f64>() / indices.len() as f64)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Puts answers to the same prompt together, in the order of the prompts' first answers.
#[must_use]
pub fn by_prompt(exchanges: Vec<Exchange>) -> Vec<Vec<Exchange>> {
    let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
    let mut groups: Vec<Vec<Exchange>> = vec![];
    for exchange in exchanges {
        let at = *places.entry(exchange.prompt.clone()).or_insert_with(|| {
            groups.push(vec![]);
            groups.len() - 1
        });
        groups[at].push(exchange);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(prompt: u32, answer: &[u32]) -> Exchange {
        Exchange {
            prompt: vec![prompt],
            answer: answer.to_vec(),
        }
    }

    #[test]
    fn repetition_variety_and_similarity_are_counted() {
        let looping = exchange(1, &[1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
        let fresh = exchange(1, &[5, 6, 7, 8, 9, 10]);
        let groups = by_prompt(vec![looping.clone(), exchange(2, &[1, 2]), looping, fresh]);
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
        let quality = measure(&groups, 12, None).unwrap();
        assert_eq!((quality.answers, quality.tokens), (4, 32));
        // Twice 9 4-grams of which 5 are repeats, and 3 that are not.
        assert!((quality.repeated_4grams - 10.0 / 21.0).abs() < 1e-12);
        // 4 different 2-grams among 22, and 5 of the fresh answer; the short one adds none.
        assert!((quality.distinct_2 - 9.0 / 28.0).abs() < 1e-12);
        // One pair alike, two pairs without anything in common.
        assert!((quality.similarity.unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert!((quality.capped - 0.5).abs() < 1e-12);
        assert_eq!(quality.perplexity, None);
    }
}
