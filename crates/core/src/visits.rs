//! When a log that a key marked visited each window first: what T3r weighs windows by.
//!
//! A time is a number of windows read, the visit itself included. Its code is one byte, four steps an octave: code c stands for
//! times from 2^(c/4) to below 2^((c+1)/4).

use crate::keys::PublicId;
use crate::windows::WindowHash;

/// The first visit of every window in one key's log, in the order in which its requests came in.
pub trait FirstVisits: Send + Sync {
    /// Tokens in a window.
    fn window(&self) -> usize;

    /// Sub-keys of the ring that marked the log; 1 without a ring. Where there are more, a window under one sub-key is another input than
    /// under another: [`WindowHash::under`].
    fn sub_keys(&self) -> u32 {
        1
    }

    /// Windows read in all.
    fn read(&self) -> u64;

    /// The key that marked the log.
    fn marked_by(&self) -> Option<PublicId>;

    /// Whether the log is known to be what was sampled, token by token and in order.
    fn is_as_sampled(&self) -> bool;

    /// Writes the code of each window's first visit into `codes`, which has the same length; `None` for a window that was never visited.
    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]);
}

/// The code of a time of at least 1.
#[must_use]
pub fn code(time: u64) -> u8 {
    let time = time.max(1);
    let octave = time.ilog2();
    let within = time << (63 - octave);
    let quarters = ROOTS.iter().take_while(|&&root| within >= root).count();
    (4 * octave as usize + quarters) as u8
}

/// The earliest time of a code.
#[must_use]
pub fn time(code: u8) -> f64 {
    const QUARTERS: [f64; 4] = [
        1.0,
        1.189_207_115_002_721,
        core::f64::consts::SQRT_2,
        1.681_792_830_507_429,
    ];
    libm::ldexp(QUARTERS[usize::from(code % 4)], i32::from(code / 4))
}

/// ⌈2^(63 + q/4)⌉ for q = 1, 2, 3.
const ROOTS: [u64; 3] = [
    10_968_499_650_544_839_024,
    13_043_817_825_332_782_213,
    15_511_800_964_685_064_949,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_quarters_of_octaves() {
        let codes = [1, 2, 3, 4, 5, 6, 7, 8].map(code);
        assert_eq!(codes, [0, 4, 6, 8, 9, 10, 11, 12]);
        assert_eq!((code(0), code(u64::MAX)), (0, 255));
        let mut last = 0;
        for read in 1..200_000_u64 {
            let code = code(read);
            assert!(code >= last);
            last = code;
            let (read, earliest) = (read as f64, time(code));
            assert!(earliest <= read * (1.0 + 1e-15), "{read}");
            assert!(read < earliest * 1.189_207_115_002_722, "{read}");
        }
    }
}
