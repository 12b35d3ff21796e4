//! Passes over logits and their words.

use crate::simd::Lanes;

/// The largest logit that is a number (−∞ when there is none), and whether all are usable:
/// finite, or −∞ for a masked token.
#[inline]
pub(crate) fn scan(lanes: Lanes, logits: &[f32]) -> (f32, bool) {
    lanes.run(
        #[inline(always)]
        || scan_portable(logits),
    )
}

/// The largest logit of each stretch of `S` that is a number (−∞ where there is none), the largest of all, and whether all are usable.
#[inline]
pub(crate) fn peaks<const S: usize>(
    lanes: Lanes,
    logits: &[f32],
    peaks: &mut [f32],
) -> (f32, bool) {
    lanes.run(
        #[inline(always)]
        || {
            let mut usable = true;
            let mut top = f32::NEG_INFINITY;
            for (peak, stretch) in peaks.iter_mut().zip(logits.chunks(S)) {
                let (largest, all) = scan_portable(stretch);
                *peak = largest;
                usable &= all;
                top = larger(top, largest);
            }
            (top, usable)
        },
    )
}

/// The first position at which logit + Gumbel noise may reach `floor`; the length if none can.
///
/// May name a position that does not reach it, never passes over one that does.
#[inline]
pub(crate) fn next_contender(lanes: Lanes, logits: &[f32], words: &[u32], floor: f32) -> usize {
    lanes.run(
        #[inline(always)]
        || next_contender_portable(logits, words, floor),
    )
}

/// Adds `delta` to each logit whose word is below `threshold`.
#[inline]
pub(crate) fn add_below(
    lanes: Lanes,
    logits: &mut [f32],
    words: &[u32],
    threshold: u32,
    delta: f32,
) {
    lanes.run(
        #[inline(always)]
        || add_below_portable(logits, words, threshold, delta),
    );
}

/// No word gives more Gumbel noise: −ln(−ln(1 − 2^-33)) = 33·ln 2 − 6e-11, rounded up.
pub(crate) const MAX_GUMBEL: f32 = 22.875;

const WIDTH: usize = 32;

#[inline(always)]
fn scan_portable(logits: &[f32]) -> (f32, bool) {
    let mut top = [f32::NEG_INFINITY; WIDTH];
    let mut unusable = [0u32; WIDTH];
    let (blocks, rest) = logits.as_chunks::<WIDTH>();
    for block in blocks {
        for lane in 0..WIDTH {
            top[lane] = larger(top[lane], block[lane]);
            unusable[lane] |= if is_usable(block[lane]) { 0 } else { u32::MAX };
        }
    }
    (
        rest.iter()
            .chain(&top)
            .fold(f32::NEG_INFINITY, |top, &logit| larger(top, logit)),
        rest.iter().all(|&logit| is_usable(logit)) && unusable.iter().fold(0, |a, b| a | b) == 0,
    )
}

/// Neither +∞ nor NaN.
#[inline(always)]
fn is_usable(logit: f32) -> bool {
    logit < f32::INFINITY
}

/// `top` when `logit` is NaN.
#[inline(always)]
fn larger(top: f32, logit: f32) -> f32 {
    if logit > top { logit } else { top }
}

#[inline(always)]
fn next_contender_portable(logits: &[f32], words: &[u32], floor: f32) -> usize {
    let contends = |(&logit, &word): (&f32, &u32)| logit + gumbel_ceiling(word) >= floor;
    let (logit_blocks, _) = logits.as_chunks::<WIDTH>();
    let (word_blocks, _) = words.as_chunks::<WIDTH>();
    let idle = logit_blocks
        .iter()
        .zip(word_blocks)
        .take_while(|(logits, words)| {
            let mut any = false;
            for lane in 0..WIDTH {
                any |= contends((&logits[lane], &words[lane]));
            }
            !any
        });
    let from = idle.count() * WIDTH;
    let found = logits[from..].iter().zip(&words[from..]).position(contends);
    found.map_or(logits.len(), |at| from + at)
}

/// An upper bound of −ln(−ln u), u = (w + ½)/2^32, without a logarithm.
///
/// −ln u ≥ 1 − u, so the noise is at most −ln(1 − u) = 32·ln 2 − ln y with y = ¬w + ½. Let
/// h = ⌊¬w/2⌋ ≤ y/2. A float's bits, divided by 2^23 and less 127, are a polygon below its binary
/// logarithm (m ≤ log2(1 + m) for m in \[0, 1]), hence the noise is at most
/// 31·ln 2 − ln 2·(bits(h)/2^23 − 127). (h = 0 gives 158·ln 2, an upper bound too.) The three
/// roundings to 24 bits amount to less than 1e-5, the slack is ten times that.
#[inline(always)]
fn gumbel_ceiling(word: u32) -> f32 {
    const PER_BIT: f32 = core::f32::consts::LN_2 / (1 << 23) as f32;
    const SLACK: f32 = 1e-4;
    const ORIGIN: f32 = 31.0 * core::f32::consts::LN_2 + SLACK;
    let half = (!word >> 1) as i32 as f32;
    let log2 = half.to_bits() as i32 - (127 << 23);
    ORIGIN - log2 as f32 * PER_BIT
}

#[inline(always)]
fn add_below_portable(logits: &mut [f32], words: &[u32], threshold: u32, delta: f32) {
    for (logit, &word) in logits.iter_mut().zip(words) {
        *logit += if word < threshold { delta } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Lanes;

    fn gumbel(word: u32) -> f64 {
        -libm::log(-libm::log((f64::from(word) + 0.5) / 4_294_967_296.0))
    }

    #[test]
    fn ceiling_is_above_the_noise_and_close_for_large_words() {
        let near_the_end = (0..33).flat_map(|bit| {
            let distance = ((1u64 << bit) - 1) as u32;
            [distance, distance.wrapping_add(1), distance.wrapping_add(2)].map(|d| u32::MAX - d)
        });
        for word in (0..=u32::MAX).step_by(99_991).chain(near_the_end) {
            let (ceiling, noise) = (f64::from(gumbel_ceiling(word)), gumbel(word));
            assert!(
                ceiling > noise + 1e-5,
                "word {word}: {ceiling} is not above {noise}"
            );
            if (1 << 31..u32::MAX - 100).contains(&word) {
                assert!(
                    ceiling < noise + 0.4,
                    "word {word}: {ceiling} is far above {noise}"
                );
            }
        }
        assert!(f64::from(MAX_GUMBEL) > gumbel(u32::MAX));
    }

    #[test]
    fn every_unit_finds_the_same() {
        let words: Vec<u32> = (0..203u32).map(|i| i.wrapping_mul(2_654_435_769)).collect();
        let logits: Vec<f32> = words.iter().map(|&w| (w >> 9) as f32 * 1e-6).collect();
        for lanes in Lanes::available() {
            for n in 0..logits.len() {
                let (logits, words) = (&logits[..n], &words[..n]);
                assert_eq!(scan(lanes, logits), scan_portable(logits));
                let floor = 9.0 + n as f32 * 0.1;
                assert_eq!(
                    next_contender(lanes, logits, words, floor),
                    next_contender_portable(logits, words, floor),
                );
                let (mut one, mut other) = (logits.to_vec(), logits.to_vec());
                add_below(lanes, &mut one, words, 1 << 30, 2.5);
                add_below_portable(&mut other, words, 1 << 30, 2.5);
                assert_eq!(one, other);
            }
        }
    }

    #[test]
    fn scan_sees_what_is_not_usable_anywhere() {
        for lanes in Lanes::available() {
            for n in [1, 31, 32, 33, 100] {
                for at in 0..n {
                    for bad in [f32::NAN, -f32::NAN, f32::INFINITY] {
                        let mut logits = vec![f32::NEG_INFINITY; n];
                        assert_eq!(scan(lanes, &logits), (f32::NEG_INFINITY, true));
                        logits[at] = bad;
                        assert!(!scan(lanes, &logits).1);
                    }
                }
            }
        }
    }
}
