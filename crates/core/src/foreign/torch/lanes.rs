//! Sixteen generators side by side, one a lane.

use core::fmt;

use super::generator::{SHIFT, STATE, mixed, seeded, tempered};
use super::lane::{CHUNK, LANES, Lane};

/// Sixteen of torch's CPU generators ([`TorchRng`](super::TorchRng)), each with its own seed.
#[derive(Clone)]
pub struct TorchLanes {
    state: [Lane; STATE],
    /// The word of the state that is renewed next.
    next: usize,
}

impl TorchLanes {
    #[inline(always)]
    pub(crate) fn seeded_portable(seeds: &Lane) -> Self {
        let mut rng = Self {
            state: [[0; LANES]; STATE],
            next: 0,
        };
        let mut last = *seeds;
        rng.state[0] = last;
        for i in 1..STATE {
            for last in &mut last {
                *last = seeded(*last, i as u32);
            }
            rng.state[i] = last;
        }
        rng
    }
}

impl fmt::Debug for TorchLanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TorchLanes").finish_non_exhaustive()
    }
}

/// The next words of each generator.
#[inline(always)]
pub(crate) fn words_portable(rng: &mut TorchLanes, words: &mut [Lane; CHUNK]) {
    rng.draw(words, |_, word| word);
}

impl TorchLanes {
    /// Fills `words` with what `finish` makes of (step, word). Each word of the state is renewed when
    /// its turn comes, in place, so those that it looks at ahead are old and those behind new, as they
    /// are when a whole block is renewed.
    #[inline(always)]
    pub(super) fn draw(&mut self, words: &mut [Lane; CHUNK], finish: impl Fn(u32, u32) -> u32) {
        let (next, far) = (self.next, (self.next + SHIFT) % STATE);
        if next + CHUNK < STATE && far + CHUNK <= STATE {
            for (step, words) in words.iter_mut().enumerate() {
                let (i, far) = (next + step, far + step);
                self.renew(i, i + 1, far, words, |word| finish(step as u32, word));
            }
        } else {
            for (step, words) in words.iter_mut().enumerate() {
                let (i, far) = (next + step, (far + step) % STATE);
                self.renew(i, (i + 1) % STATE, far, words, |word| {
                    finish(step as u32, word)
                });
            }
        }
        self.next = (next + CHUNK) % STATE;
    }

    #[inline(always)]
    fn renew(
        &mut self,
        i: usize,
        after: usize,
        far: usize,
        words: &mut Lane,
        finish: impl Fn(u32) -> u32,
    ) {
        let (high, low, far) = (self.state[i], self.state[after], self.state[far]);
        let state = &mut self.state[i];
        for lane in 0..LANES {
            state[lane] = far[lane] ^ mixed(high[lane], low[lane]);
            words[lane] = finish(tempered(state[lane]));
        }
    }
}
