//! Token streams that repeat themselves as real text does.

use hallmark_detector::dedup::fingerprint;

/// A stream of ids in which each follows from the two before and a choice among a few, the first of
/// them the likeliest; ids are frequent as words are (Zipf's law with exponent 1).
#[must_use]
pub fn stream(len: usize, continuations: f64) -> Vec<u32> {
    const VOCABULARY: f64 = 49_152.0;
    let quantiles = |of: f64, steps: u32| -> Vec<u32> {
        (0..steps)
            .map(|i| of.powf((f64::from(i) + 0.5) / f64::from(steps)) as u32 - 1)
            .collect()
    };
    let choices = quantiles(continuations, 1 << 12);
    let by_rank = quantiles(VOCABULARY, 1 << 16);
    let mut ids = vec![1, 2];
    for step in ids.len()..len {
        let random = fingerprint(&[step as u32]);
        let choice = choices[(random % (1 << 12)) as usize];
        let context = fingerprint(&[ids[step - 2], ids[step - 1], choice]);
        ids.push(by_rank[(context >> 48) as usize]);
    }
    ids
}
