//! `demo` and `self-test`.

use std::path::PathBuf;

/// Tell the whole story on this machine: mark, train students, examine them.
///
/// A small built-in teacher answers prompts twice, with a mark under a new cohort key and without.
/// One student trains on each set of answers. Both students answer fresh prompts, and their
/// answers are examined under the true key and under an unused one, among decoys. Takes
/// one to two minutes on two idle cores.
#[derive(clap::Args)]
pub(crate) struct DemoArgs {
    /// Train longer and ask more, for stronger evidence
    #[arg(long)]
    pub(crate) full: bool,
    /// Seed of everything that is random here, the keys included: same seed, same findings
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Leave the keys, the profile, all answers and the findings in this new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// Check this program: golden vectors, and false alarms on real text.
///
/// Recomputes committed vectors of the pseudo-random function on every path that this machine's
/// processor has, then examines real text that is not marked under many random keys: the spread of
/// z must be 1 and the p-values uniform.
#[derive(clap::Args)]
pub(crate) struct SelfTestArgs {
    /// Random keys in the null simulation
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(50..=100_000))]
    pub(crate) keys: u32,
}
