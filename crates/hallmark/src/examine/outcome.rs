//! What an examination comes to: found, not found, or inconclusive; and what it could have seen.

use super::plan::Plan;
use super::tried::TriedKey;
use crate::error::Result;
use crate::power::UsedJson;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Parameters;
use hallmark_detector::finding::{Counts, FEW_CELLS, Finding, Test};
use hallmark_detector::power::{Calibration, Design, Setting, sample_size};
use hallmark_detector::statistic::plain::LEVEL;
use serde::{Deserialize, Serialize};

/// What an examination comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// An adjusted p-value is at or below the level.
    Found,
    /// None is; see what could have been seen.
    NotFound,
    /// None is, and the examination was too small to say so.
    Inconclusive,
}

/// What it comes to under one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyOutcome {
    /// Public id of the key.
    pub key_id: String,
    /// What it comes to.
    pub outcome: Conclusion,
    /// The first test, in the order of their numbers, that is a finding at the level and whose conditions hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_by: Option<Test>,
    /// The first test at the level one of whose conditions nobody has shown to hold: it decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditional: Option<Test>,
    /// The smallest share of marked training text that T1 would have seen in nine cases of ten, were the suspect like the models of
    /// the study. Above 1: not even a wholly marked training text. Absent where no study says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_share: Option<f64>,
    /// The smallest share that the user's own study tried in this setting and of which T1 would have seen what was left: shares from
    /// there on can be ruled out. Studies of other models certify nothing of this one, and a share that was not tried neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified_share: Option<f64>,
    /// Which study says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<UsedJson>,
    /// Inconclusive: answers like these that are needed in all to see the share to be ruled out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_answers: Option<u64>,
}

/// How outcomes are reached.
pub(super) struct Judge {
    table: Calibration,
    setting: Setting,
    profile: Profile,
    rule_out: Option<f64>,
    own_study: bool,
}

impl Judge {
    pub(super) fn new(plan: &Plan, profile: &Profile) -> Result<Self> {
        let delta = match profile.scheme.parameters() {
            Parameters::Green { delta, .. } => Some(delta),
            _ => None,
        };
        Ok(Self {
            table: plan.calibration.table()?,
            setting: plan.calibration.setting(profile, delta),
            profile: profile.clone(),
            rule_out: plan.rule_out,
            own_study: plan.calibration.table.is_some(),
        })
    }

    /// The outcome under each key.
    pub(super) fn outcomes(
        &self,
        keys: &[TriedKey],
        tests: &[Finding],
        counts: &Counts,
    ) -> Vec<KeyOutcome> {
        keys.iter()
            .map(|key| {
                let own = tests.iter().filter(|test| test.key_id == key.key_id);
                self.outcome(&key.key_id, &own.collect::<Vec<_>>(), tests.len(), counts)
            })
            .collect()
    }

    fn outcome(&self, key_id: &str, tests: &[&Finding], all: usize, counts: &Counts) -> KeyOutcome {
        let at_level = |test: &&&Finding| test.log10_p_adjusted.value() <= LEVEL.log10();
        let mut by_number = tests.iter().filter(at_level);
        let found_by = by_number.clone().find(|test| test.decides());
        let conditional = by_number.find(|test| !test.unproven.is_empty());
        let plain = tests.iter().find(|test| test.test() == Test::T1);
        let effect = plain.and_then(|plain| plain.effect());
        let used = effect.and_then(|effect| self.table.smallest_share(&self.setting, effect));
        let certified_share = effect
            .zip(used.as_ref().filter(|_| self.own_study))
            .and_then(|(effect, used)| used.tried(effect.smallest_visible - effect.null));
        let seen = |share: f64| certified_share.is_some_and(|certified| certified <= share);
        let is_proven = plain.is_some_and(|plain| plain.unproven.is_empty());
        let outcome = if found_by.is_some() {
            Conclusion::Found
        } else if counts.scored < FEW_CELLS
            || !is_proven
            || self.rule_out.is_some_and(|share| !seen(share))
        {
            Conclusion::Inconclusive
        } else {
            Conclusion::NotFound
        };
        let needs_answers = match (outcome, self.rule_out) {
            (Conclusion::Inconclusive, Some(share)) => self.needs_answers(share, all, counts),
            _ => None,
        };
        KeyOutcome {
            key_id: key_id.to_owned(),
            outcome,
            found_by: found_by.map(|test| test.test()),
            conditional: conditional.map(|test| test.test()),
            certified_share,
            smallest_share: used.as_ref().map(|used| used.share),
            calibration: used.as_ref().map(|used| UsedJson::new(&self.table, used)),
            needs_answers,
        }
    }

    /// Answers needed to see a share, at the present rate of new cells.
    fn needs_answers(&self, share: f64, tests: usize, counts: &Counts) -> Option<u64> {
        let design = Design {
            law: self.profile.law(),
            lift: self.table.lift(&self.setting, share)?.lift,
            alpha: LEVEL / tests.max(1) as f64,
            power: 0.9,
        };
        sample_size(&design)
            .ok()?
            .answers(counts.answers, counts.scored)
    }
}

/// What all keys together come to: found where any is, else inconclusive where any is.
pub(super) fn overall(outcomes: &[KeyOutcome]) -> Conclusion {
    let any = |wanted| outcomes.iter().any(|key| key.outcome == wanted);
    if any(Conclusion::Found) {
        Conclusion::Found
    } else if any(Conclusion::Inconclusive) {
        Conclusion::Inconclusive
    } else {
        Conclusion::NotFound
    }
}
