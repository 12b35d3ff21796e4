//! Real text, many keys, and the figures that a null simulation looks at.

use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use hallmark_detector::scores::decoys;
use hallmark_lab::assets::{self, Split};

/// Speeches of plays that are kept for validation, as tokens: documents of real prose.
pub(crate) fn real_documents() -> Vec<Vec<u32>> {
    let tokenizer = assets::tokenizer().unwrap();
    let corpus = assets::corpus().unwrap();
    let texts = corpus
        .iter()
        .filter(|document| document.split != Split::Train);
    texts
        .flat_map(|document| document.text.split("\n\n"))
        .map(|speech| tokenizer.encode(speech))
        .filter(|tokens| tokens.len() > 20)
        .collect()
}

pub(crate) fn profile(scheme: Scheme, window: usize) -> Profile {
    let tokenizer = TokenizerRef {
        vocab_size: 1024,
        sha256: None,
    };
    Profile {
        name: "test".to_owned(),
        scheme,
        window,
        ring: 1,
        tokenizer,
    }
}

/// Marks of `count` random keys.
pub(crate) fn random_marks(profile: &Profile, count: u32, seed: u8) -> Vec<Mark> {
    decoys::random_keys(count, [seed; 32])
        .map(|key| Mark::new(profile, &key.into()).unwrap())
        .collect()
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(crate) fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (squares.sum::<f64>() / (values.len() - 1) as f64).sqrt()
}
