//! Green lists that torch's generator draws.

use super::few_keys;
use crate::foreign::lists::{GreenLists, GreenWords, Seeds, list_length, list_seed};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{Mark, Null, Scored, Unit};
use crate::schemes::row::Setting;

/// Bits of a key that torch's generator keeps.
pub(super) const TORCH_BITS: u32 = 32;

/// The lists of a setting, with about as many kept as are named.
pub(super) fn drawn(setting: &Setting, kept: usize) -> GreenLists {
    let (vocabulary, (gamma, _)) = (setting.vocabulary, setting.green());
    GreenLists::new(vocabulary, list_length(vocabulary, gamma), kept)
}

/// Lists kept where windows of one token recur: all of them, as far as they fit into 64 MiB.
pub(super) fn kept(vocabulary: u32) -> usize {
    let bytes = (vocabulary as usize).div_ceil(64) * 8;
    (vocabulary as usize).min((64 << 20) / bytes.max(1))
}

/// A mark whose lists come from these seeds.
pub(super) fn mark<S: Seeds + Clone + 'static>(
    setting: &Setting,
    key: &ForeignKey,
    seeds: S,
    kept: usize,
) -> Mark {
    let lists = drawn(setting, kept);
    let law = Law::Bernoulli {
        threshold: lists.null_threshold(),
    };
    let unit = seed_and_token(seeds.clone());
    Mark::read(
        setting.identity,
        Scored::by(GreenWords::new(seeds, lists), law),
    )
    .with_unit(unit, true)
    .with_null(Null::Lists)
    .with_key_bits(few_keys::bits(key, TORCH_BITS))
}

/// The unit of lists and of rows of uniforms under a seed of 32 bits.
pub(super) fn seed_and_token<S: Seeds + 'static>(seeds: S) -> Unit {
    Unit::keyed(move |window, token| {
        u64::from(list_seed(seeds.seed(window, token))) << 32 | u64::from(token)
    })
}
