//! The windows of an answer that a following token came after, as hashes.

use hallmark_core::cells::TokenId;
use hallmark_detector::windows::WindowHash;

/// Calls `take` with the hash of every window of `answer` that has a token after it, in order.
///
/// The first `window` tokens of an answer have no window, as in native marks.
pub(crate) fn each(answer: &[TokenId], window: usize, take: impl FnMut(WindowHash)) {
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

/// Windows of a length that the compiler knows: several times faster.
fn fixed<const H: usize>(led: &[TokenId], take: impl FnMut(WindowHash)) {
    led.array_windows::<H>()
        .map(|window| WindowHash::of(window))
        .for_each(take);
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
