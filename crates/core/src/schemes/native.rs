//! This project's own schemes under a cohort's key.

use super::dual_gumbel::DualGumbel;
use super::green::Green;
use super::gumbel::Gumbel;
use super::parameters::green_threshold;
use super::row::Setting;
use super::tournament::Tournament;
use crate::keys::CohortKey;
use crate::mark::{Habits, Mark, Reading, Sampler};
use crate::prf::ChaCha12;
use alloc::sync::Arc;

/// The name of the native pseudo-random function in profiles.
pub const CHACHA12_V1: &str = "chacha12-v1";

pub(super) fn gumbel(setting: &Setting, key: &CohortKey) -> Mark {
    mark(setting, Gumbel::new(stream(setting, key, "main")))
}

pub(super) fn dual_gumbel(setting: &Setting, key: &CohortKey) -> Mark {
    let stream = |name| stream(setting, key, name);
    mark(
        setting,
        DualGumbel::new(stream("coin"), stream("a"), stream("b")),
    )
}

pub(super) fn green(setting: &Setting, key: &CohortKey) -> Mark {
    let (gamma, delta) = setting.green();
    let main = stream(setting, key, "main");
    mark(
        setting,
        Green::new(main, green_threshold(gamma), delta as f32),
    )
}

pub(super) fn tournament(setting: &Setting, key: &CohortKey) -> Mark {
    let main = stream(setting, key, "main");
    mark(setting, Tournament::new(main, setting.layers()))
}

fn stream(setting: &Setting, key: &CohortKey, name: &str) -> ChaCha12 {
    let identity = setting.identity;
    let key = key.stream(identity.scheme, CHACHA12_V1, identity.window, name);
    ChaCha12::new(*key.expose())
}

fn mark(setting: &Setting, scheme: impl Reading + Sampler + 'static) -> Mark {
    let scheme = Arc::new(scheme);
    Mark::read(setting.identity, scheme.clone()).made_by(scheme, Habits::NATIVE)
}
