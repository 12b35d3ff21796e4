//! T7: which of several keys do the answers depend on? One key per cohort and epoch.
//!
//! - **Named**: some test of this key, whose conditions hold, is at or below the level after Holm's adjustment for all tests of all keys. The
//!   chance of naming **any** key that does not matter is at most the level.
//! - **Screened**: on the list that e-BH makes at the false discovery rate. Of such a list at most that share is
//!   wrong, on average: a place to look further, not a finding.
//!
//! The contrasts (T6) name nobody: they compare two keys.

use super::plain::{INTERVAL_ALPHA, LEVEL};
use crate::finding::{Condition, Finding, Measure, Test};
use crate::interval::{Interval, IntervalError, Sides, clopper_pearson, gamma_scale_mean};
use crate::multiplicity::{calibrate, e_bh};
use crate::tail::{Log10E, Log10P};
use hallmark_core::law::Law;
use serde::{Deserialize, Serialize};

/// The false discovery rate of the screen.
pub const SCREEN_RATE: f64 = 0.05;

/// What an examination says of its keys together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cohorts {
    /// The level at which keys are named, over all tests of all keys.
    pub level: f64,
    /// The false discovery rate of the screen.
    pub false_discovery_rate: f64,
    /// The chance that any of the intervals misses.
    pub interval_alpha: f64,
    /// Each key, in the order of the findings.
    pub keys: Vec<Cohort>,
}

/// One key among the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cohort {
    /// Public id of the key.
    pub key_id: String,
    /// What can be said of it.
    pub standing: Standing,
    /// The smallest adjusted p-value of its tests.
    pub log10_p_adjusted: Log10P,
    /// The tests that name it.
    pub named_by: Vec<Test>,
    /// What the screen went by: E of T3 at its end, or T1's p-value made an e-value where there is no T3.
    pub log10_e: Log10E,
    /// `T3`, or `T1` if calibrated.
    pub e_from: Test,
    /// The effect, with an interval that holds for all keys at once; nothing where too few cells were scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<CohortEffect>,
}

/// What can be said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The answers depend on it.
    Named,
    /// Worth looking into.
    Screened,
    /// Neither.
    Neither,
}

/// T1's effect among those of all keys.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CohortEffect {
    /// What is measured.
    pub measure: Measure,
    /// Its value.
    pub value: f64,
    /// Its value without dependence on the key.
    pub null: f64,
    /// The interval: all keys' intervals hold at once with probability 1 − α (Bonferroni).
    pub interval: Interval,
}

impl Cohorts {
    /// Sums up the findings of one examination, all of them, whose scores have this law, of marks with a ring of so many sub-keys or of 1.
    ///
    /// # Errors
    /// More cells than the tails allow.
    pub fn of(findings: &[Finding], law: Law, ring: u32) -> Result<Self, IntervalError> {
        let plain: Vec<&Finding> = findings.iter().filter(|f| f.test() == Test::T1).collect();
        let e_values: Vec<(Log10E, Test)> = plain.iter().map(|t1| e_value(findings, t1)).collect();
        let log10_e: Vec<Log10E> = e_values.iter().map(|&(log10_e, _)| log10_e).collect();
        let screened = e_bh(&log10_e, SCREEN_RATE);
        let share = INTERVAL_ALPHA / plain.len().max(1) as f64;
        let keys = plain.iter().enumerate().map(|(at, t1)| {
            let own = findings
                .iter()
                .filter(|f| f.key_id == t1.key_id && f.decides());
            let naming = own
                .clone()
                .filter(|f| f.log10_p_adjusted.value() <= LEVEL.log10());
            let named_by: Vec<Test> = naming.map(Finding::test).collect();
            let standing = match (named_by.is_empty(), screened[at]) {
                (false, _) => Standing::Named,
                (true, true) => Standing::Screened,
                (true, false) => Standing::Neither,
            };
            Ok(Cohort {
                key_id: t1.key_id.clone(),
                standing,
                log10_p_adjusted: own.map(|f| f.log10_p_adjusted).min().unwrap_or(Log10P::ONE),
                named_by,
                log10_e: log10_e[at],
                e_from: e_values[at].1,
                effect: effect(t1, law, ring, share)?,
            })
        });
        Ok(Self {
            level: LEVEL,
            false_discovery_rate: SCREEN_RATE,
            interval_alpha: INTERVAL_ALPHA,
            keys: keys.collect::<Result<_, IntervalError>>()?,
        })
    }
}

/// E of T3 at its end, which no order changes; its largest E is no e-value. T1's where bets depended on the key.
fn e_value(findings: &[Finding], t1: &Finding) -> (Log10E, Test) {
    findings
        .iter()
        .find(|f| f.test() == Test::T3 && f.key_id == t1.key_id)
        .filter(|f| f.unproven.iter().all(|&c| c == Condition::KeyFreeOrder))
        .and_then(Finding::log10_e)
        .map_or((calibrate(t1.log10_p), Test::T1), |e| (e, Test::T3))
}

fn effect(
    t1: &Finding,
    law: Law,
    ring: u32,
    alpha: f64,
) -> Result<Option<CohortEffect>, IntervalError> {
    let Some(effect) = t1.effect() else {
        return Ok(None);
    };
    // The statistic is the integer sum over a power of two: exact below 2⁵³ units, and beyond it the width of an interval is
    // very many units.
    let sum = (t1.statistic() * law.unit() as f64 * f64::from(ring)).round() as u64;
    let words = t1.scored * u64::from(ring);
    let interval = match law {
        Law::Exponential => gamma_scale_mean(words, sum, alpha, Sides::Two)?,
        Law::Bernoulli { .. } | Law::Bits { .. } => {
            clopper_pearson(words * law.trials(), sum, alpha, Sides::Two)?
        }
    };
    Ok(Some(CohortEffect {
        measure: effect.measure,
        value: effect.value,
        null: effect.null,
        interval,
    }))
}
