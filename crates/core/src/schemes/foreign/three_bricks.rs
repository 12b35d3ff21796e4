//! `three_bricks` and `radioactive-watermark`: lists, and Gumbel-max sampling, under seeds of windows.

use super::few_keys;
use super::lists::{self, TORCH_BITS, seed_and_token};
use crate::foreign::three_bricks::{ThreeBricksGumbel, ThreeBricksSeeds};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{Mark, Scored};
use crate::schemes::row::Setting;

/// Green lists.
pub(in crate::schemes) fn green(setting: &Setting, key: &ForeignKey) -> Mark {
    let seeds = ThreeBricksSeeds::new(key.numbers()[0], setting.identity.window);
    lists::mark(setting, key, seeds, 0)
}

/// Gumbel-max sampling.
pub(in crate::schemes) fn gumbel(setting: &Setting, key: &ForeignKey) -> Mark {
    let prf = ThreeBricksGumbel::new(key.numbers()[0], setting.identity.window);
    let unit = seed_and_token(prf.seeds().clone());
    Mark::read(setting.identity, Scored::by(prf, Law::Exponential))
        .with_unit(unit, true)
        .with_key_bits(few_keys::bits(key, TORCH_BITS))
}
