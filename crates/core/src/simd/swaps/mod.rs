//! torch's generator and its shuffles in lanes: one lane has one seed.
//!
//! Drawing is compiled for every unit. Whether a step of a shuffle touches an item is written for
//! each: the compiler turns the plain loop over steps and lanes the wrong way, at four times the cost.

use crate::foreign::torch::{CHUNK, Lane, Shuffle, TorchLanes, follow_portable, words_portable};
use crate::simd::{Lanes, Unit};

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod avx2;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod avx512;

#[inline]
pub(crate) fn seeded(lanes: Lanes, seeds: &Lane) -> TorchLanes {
    lanes.run(
        #[inline(always)]
        || TorchLanes::seeded_portable(seeds),
    )
}

#[inline]
pub(crate) fn words(lanes: Lanes, rng: &mut TorchLanes, words: &mut [Lane; CHUNK]) {
    lanes.run(
        #[inline(always)]
        || words_portable(rng, words),
    );
}

/// Moves each item of `places` to its place after the steps of the shuffle under its lane's seed.
pub(crate) fn follow(lanes: Lanes, shuffle: &Shuffle, seeds: &Lane, places: &mut [Lane]) {
    match lanes.0 {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        // SAFETY: such a `Lanes` exists only where the processor has AVX-512.
        Unit::Avx512 => unsafe { avx512::follow(shuffle, seeds, places) },
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        // SAFETY: such a `Lanes` exists only where the processor has AVX2.
        Unit::Avx2 => unsafe { avx2::follow(shuffle, seeds, places) },
        Unit::Portable => follow_portable(shuffle, seeds, places, |chunk, places| {
            chunk.touched_portable(places)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::follow;
    use crate::foreign::torch::{LANES, Shuffle, TorchRng};
    use crate::simd::Lanes;

    #[test]
    fn every_unit_follows_as_one_token_is_followed() {
        let mut draw = TorchRng::new(7);
        for (items, count) in [
            (1, 1),
            (2, 2),
            (16, 16),
            (33, 17),
            (64, 48),
            (5000, 5000),
            (40_000, 2500),
        ] {
            let shuffle = Shuffle::new(items, count);
            let seeds = [(); LANES].map(|()| draw.next_u32());
            let tokens = [(); 3].map(|()| [(); LANES].map(|()| draw.randint(items + 2)));
            for unit in Lanes::available() {
                let mut places = tokens;
                follow(unit, &shuffle, &seeds, &mut places);
                for (tokens, places) in tokens.iter().zip(&places) {
                    for lane in 0..LANES {
                        let mut rng = TorchRng::new(seeds[lane].into());
                        let within = shuffle.contains(&mut rng, tokens[lane]);
                        assert_eq!(places[lane] < count, within, "{unit:?} {items} {count}");
                    }
                }
            }
        }
    }
}
