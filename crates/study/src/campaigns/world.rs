//! A made world: who is in it, and what they did.

use super::confused::befall;
use super::crowd::crowd;
use super::harvest::harvest;
use super::made::Made;
use super::plan::WorldPlan;
use super::random::Random;
use hallmark_campaign::pseudonym::Pseudonym;
use hallmark_campaign::traffic::{Builder, Traffic};

/// A made world.
#[derive(Clone, Debug)]
pub struct World {
    /// Accounts: innocents first.
    pub accounts: Vec<Made>,
}

/// When every world begins: a Monday, in minutes since 1970.
pub(super) const BEGIN: u32 = 29_459_520;

impl World {
    /// The world of a seed.
    #[must_use]
    pub fn new(plan: &WorldPlan, seed: u64) -> Self {
        let mut accounts = crowd(plan, &mut Random::new(seed, 1));
        for (own, number) in plan.harvests.iter().zip(0_u32..) {
            let mut random = Random::new(seed, 100 + u64::from(number));
            accounts.extend(harvest(plan, own, number, &mut random));
        }
        befall(plan, &mut accounts, &mut Random::new(seed, 2));
        Self { accounts }
    }

    /// An account's pseudonym: where it stands, spread over all pseudonyms.
    #[must_use]
    pub fn pseudonym(place: u32) -> Pseudonym {
        let spread = |n: u64| (n ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let high = spread(u64::from(place)).rotate_left(29);
        Pseudonym(u128::from(spread(high)) << 64 | u128::from(place))
    }

    /// The world as it would be read.
    #[must_use]
    pub fn traffic(&self, offset: u32) -> Traffic {
        let mut builder = Builder::default();
        for (made, place) in self.accounts.iter().zip(0_u32..) {
            let account = builder.account(Self::pseudonym(place));
            for &minute in &made.minutes {
                builder.request(account, BEGIN + minute);
            }
            for &(kind, value) in &made.attributes {
                let kind = builder.kind(kind);
                let value = builder.value(kind, Pseudonym(u128::from(value)));
                builder.link(account, value, None);
            }
        }
        builder.finish(offset, hallmark_campaign::scan::proposing)
    }
}
