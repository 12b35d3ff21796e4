//! `three_bricks` and `radioactive-watermark`: lists, and Gumbel-max sampling, under seeds of windows.

use super::few_keys;
use super::lists::{self, TORCH_BITS, seed_and_token};
use crate::foreign::three_bricks::{ThreeBricksGumbel, ThreeBricksSeeds};
use crate::law::Law;
use crate::mark::{Mark, Scored};
use crate::schemes::row::Setting;

/// Green lists.
pub(in crate::schemes) fn green(setting: &Setting, numbers: &[u64]) -> Mark {
    let seeds = ThreeBricksSeeds::new(numbers[0], setting.identity.window);
    lists::mark(setting, numbers, seeds, 0)
}

/// Gumbel-max sampling.
pub(in crate::schemes) fn gumbel(setting: &Setting, numbers: &[u64]) -> Mark {
    let prf = ThreeBricksGumbel::new(numbers[0], setting.identity.window);
    let unit = seed_and_token(prf.seeds().clone());
    Mark::read(setting.identity, Scored::by(prf, Law::Exponential))
        .with_unit(unit, true)
        .with_key_bits(few_keys::bits(numbers, TORCH_BITS))
}
