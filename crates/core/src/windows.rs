//! Windows without what follows them: their hash, those of an answer, and how often each occurred somewhere.
//!
//! Whatever weighs or selects cells sees a window through these types, and so can never depend on
//! the token that follows or on a key.

use crate::cells::TokenId;
use crate::keys::PublicId;

/// An unkeyed 64-bit hash of a window. It is part of the harvest index's format.
///
/// Tokens are 24 bits; pairs of them, oldest first, are folded into 48 bits (the older one below;
/// an odd one out stands alone). With F the 64-bit finalizer of `MurmurHash3`, the hash is
/// F(pair₁ + h·2⁵⁶) for windows of h ≤ 2 tokens, which is one-to-one, and each further pair makes it
/// F(hash ⊕ F(pair + 1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowHash(pub u64);

impl WindowHash {
    /// The hash of `window`, oldest token first.
    #[must_use]
    pub fn of(window: &[TokenId]) -> Self {
        let pair = |tokens: &[TokenId]| {
            let newer = tokens.get(1).copied().unwrap_or(0);
            u64::from(tokens[0] & 0xFF_FFFF) | u64::from(newer & 0xFF_FFFF) << 24
        };
        let mut pairs = window.chunks(2).map(pair);
        let first = pairs.next().unwrap_or(0) + ((window.len() as u64) << 56);
        let hash = pairs.fold(finalize(first), |hash, pair| {
            finalize(hash ^ finalize(pair + 1))
        });
        Self(hash)
    }

    /// The hash of the window under the sub-key `number` of a ring: F(hash ⊕ F(number + 1)).
    #[must_use]
    pub const fn under(self, number: u32) -> Self {
        Self(finalize(self.0 ^ finalize(number as u64 + 1)))
    }
}

/// The 64-bit finalizer of `MurmurHash3` (public domain): a bijection.
const fn finalize(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Calls `take` with the hash of every window of `answer` that has a token after it, in order.
///
/// The first `window` tokens of an answer have no window, as in native marks.
pub fn each(answer: &[TokenId], window: usize, take: impl FnMut(WindowHash)) {
    // Behind the last token nothing follows.
    let led = &answer[..answer.len().saturating_sub(1)];
    match window {
        1 => fixed::<1>(led, take),
        2 => fixed::<2>(led, take),
        3 => fixed::<3>(led, take),
        4 => fixed::<4>(led, take),
        _ => led.windows(window).map(WindowHash::of).for_each(take),
    }
}

/// The same with the window after the last token, which nothing follows.
pub fn each_and_last(answer: &[TokenId], window: usize, mut take: impl FnMut(WindowHash)) {
    each(answer, window, &mut take);
    if let Some(last) = answer.len().checked_sub(window) {
        take(WindowHash::of(&answer[last..]));
    }
}

/// Windows of a length that the compiler knows: several times faster.
fn fixed<const H: usize>(led: &[TokenId], take: impl FnMut(WindowHash)) {
    led.array_windows::<H>()
        .map(|window| WindowHash::of(window))
        .for_each(take);
}

/// How often each window occurred in some text: in a provider's logs, or in a background.
pub trait WindowCounts: Send + Sync {
    /// Tokens in a window.
    fn window(&self) -> usize;

    /// Windows counted in all, with repetitions (but see [`once_an_answer`](Self::once_an_answer)).
    fn total(&self) -> u64;

    /// Distinct windows.
    fn distinct(&self) -> u64;

    /// The id of the key that marked the text, if it was marked.
    fn marked_by(&self) -> Option<PublicId>;

    /// Whether an answer counts a window once, however often it holds it.
    fn once_an_answer(&self) -> bool {
        false
    }

    /// Writes the count of each of `windows` into `counts`, which has the same length; 0 for a
    /// window that did not occur. Large counts may be rounded.
    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn windows_of_different_tokens_order_or_length_differ() {
        let windows: [&[TokenId]; 9] = [
            &[1],
            &[2],
            &[1, 0],
            &[0, 1],
            &[1, 2],
            &[2, 1],
            &[1, 2, 0],
            &[1, 2, 3],
            &[1, 2, 0, 0],
        ];
        let hashes: BTreeSet<_> = windows
            .iter()
            .map(|window| WindowHash::of(window))
            .collect();
        assert_eq!(hashes.len(), windows.len());
    }

    #[test]
    fn every_window_before_a_token_is_seen() {
        let answer: Vec<TokenId> = (10..17).collect();
        for window in 1..=9 {
            let mut seen = vec![];
            each(&answer, window, |hash| seen.push(hash));
            let expected: Vec<_> = (window..answer.len())
                .map(|at| WindowHash::of(&answer[at - window..at]))
                .collect();
            assert_eq!(seen, expected, "{window}");
        }
        each(&[], 1, |_| panic!("there is no window"));
    }

    #[test]
    fn the_window_after_the_last_token_comes_last() {
        let mut seen = vec![];
        each_and_last(&[1, 2, 3], 2, |hash| seen.push(hash));
        assert_eq!(seen, [[1, 2], [2, 3]].map(|window| WindowHash::of(&window)));
        seen.clear();
        each_and_last(&[1, 2], 2, |hash| seen.push(hash));
        assert_eq!(seen, [WindowHash::of(&[1, 2])]);
        each_and_last(&[1], 2, |_| panic!("there is no window"));
    }
}
