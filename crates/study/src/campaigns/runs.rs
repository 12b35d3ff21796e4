//! Many worlds, scanned: who was accused, and who was found.

use super::made::Role;
use super::plan::WorldPlan;
use super::world::World;
use hallmark::json::formats;
use hallmark_campaign::exchange::{SCREEN, Test, Within};
use hallmark_campaign::propose::Rules;
use hallmark_campaign::results::ListName;
use hallmark_campaign::scan::{Scanning, listed};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is run.
#[derive(Clone, Debug)]
pub struct Runs {
    /// The worlds.
    pub plan: WorldPlan,
    /// How many.
    pub worlds: u32,
    /// The seed of the first; the others follow.
    pub seed: u64,
    /// Weeks of a window.
    pub window_weeks: u32,
    /// Surrogates of each window.
    pub surrogates: u32,
    /// Which hours may be exchanged.
    pub within: Within,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CampaignRuns {
    /// The name of this format.
    pub schema: formats::StudyCampaigns,
    /// What worlds were made of.
    pub plan: WorldPlan,
    /// How many.
    pub worlds: u32,
    /// The seed of the first.
    pub seed: u64,
    /// Weeks of a window.
    pub window_weeks: u32,
    /// Surrogates of each window.
    pub surrogates: u32,
    /// Which hours were exchanged: `hour-of-day` or `window`.
    pub within: String,
    /// Accounts in all worlds, harvests among them.
    pub accounts: u64,
    /// Groups that were tested.
    pub groups: u64,
    /// Worlds in which an innocent account is on the cohort list.
    pub worlds_cohort_wrong: u64,
    /// Worlds in which an innocent account is on the named list.
    pub worlds_named_wrong: u64,
    /// Innocent accounts on the cohort list, in a million of all.
    pub cohort_wrong_per_million: f64,
    /// The upper limit at 95% (Poisson's) of the share of worlds in which an innocent account is on the cohort list.
    pub worlds_cohort_wrong_at_most: f64,
    /// The same of the named list.
    pub named_wrong_per_million: f64,
    /// The same of the named list.
    pub worlds_named_wrong_at_most: f64,
    /// The share of wrong accounts on each world's cohort list, averaged over worlds (0 where the list is empty).
    pub cohort_false_discoveries: f64,
    /// The same of the named list.
    pub named_false_discoveries: f64,
    /// By what accounts are.
    pub roles: Vec<RoleRate>,
    /// By harvest of the plan: the share of its accounts on the cohort list, and on the named list.
    pub recall: Vec<[f64; 2]>,
}

/// Accounts of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleRate {
    /// The role.
    pub role: String,
    /// Accounts of all worlds.
    pub accounts: u64,
    /// Those on the cohort list.
    pub cohort: u64,
    /// Those on the named list.
    pub named: u64,
}

/// What came of one world.
#[derive(Default)]
struct One {
    roles: BTreeMap<&'static str, [u64; 3]>,
    recall: Vec<[u64; 3]>,
    groups: u64,
    wrong: [u64; 2],
    listed: [u64; 2],
}

/// Makes and scans worlds.
#[must_use]
pub fn run(runs: &Runs) -> CampaignRuns {
    let each: Vec<One> = (0..runs.worlds)
        .into_par_iter()
        .map(|number| one(runs, number))
        .collect();
    let worlds = f64::from(runs.worlds.max(1));
    let mut roles: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut recall = vec![[0; 3]; runs.plan.harvests.len()];
    for own in &each {
        for (role, counts) in &own.roles {
            add(roles.entry(role).or_default(), counts);
        }
        for (sum, counts) in recall.iter_mut().zip(&own.recall) {
            add(sum, counts);
        }
    }
    let accounts: u64 = roles.values().map(|counts| counts[0]).sum();
    let harvested: u64 = recall.iter().map(|counts| counts[0]).sum();
    let innocents = (accounts - harvested) as f64;
    let wrong = |list: usize| each.iter().map(|own| own.wrong[list]).sum::<u64>() as f64;
    let worlds_wrong = |list: usize| each.iter().filter(|own| own.wrong[list] > 0).count() as u64;
    let discoveries = |list: usize| {
        let share = |own: &One| own.wrong[list] as f64 / own.listed[list].max(1) as f64;
        each.iter().map(share).sum::<f64>() / worlds
    };
    // How many wrong accounts a world may have is not bounded by its count: only worlds have a limit.
    let at_most = |list: usize| (upper_limit(worlds_wrong(list)) / worlds).min(1.0);
    CampaignRuns {
        schema: formats::StudyCampaigns,
        plan: runs.plan.clone(),
        worlds: runs.worlds,
        seed: runs.seed,
        window_weeks: runs.window_weeks,
        surrogates: runs.surrogates,
        within: runs.within.name().to_owned(),
        accounts,
        groups: each.iter().map(|own| own.groups).sum(),
        worlds_cohort_wrong: worlds_wrong(0),
        worlds_named_wrong: worlds_wrong(1),
        cohort_wrong_per_million: 1e6 * wrong(0) / innocents.max(1.0),
        worlds_cohort_wrong_at_most: at_most(0),
        named_wrong_per_million: 1e6 * wrong(1) / innocents.max(1.0),
        worlds_named_wrong_at_most: at_most(1),
        cohort_false_discoveries: discoveries(0),
        named_false_discoveries: discoveries(1),
        roles: roles
            .into_iter()
            .map(|(role, [accounts, cohort, named])| RoleRate {
                role: role.to_owned(),
                accounts,
                cohort,
                named,
            })
            .collect(),
        recall: recall
            .iter()
            .map(|&[all, cohort, named]| [cohort, named].map(|n| n as f64 / all.max(1) as f64))
            .collect(),
    }
}

fn add(sum: &mut [u64; 3], counts: &[u64; 3]) {
    for (sum, count) in sum.iter_mut().zip(counts) {
        *sum += count;
    }
}

fn one(runs: &Runs, number: u32) -> One {
    let seed = runs.seed + u64::from(number);
    let world = World::new(&runs.plan, seed);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let scanning = Scanning {
        rules: Rules::default(),
        test: Test {
            weeks: runs.window_weeks,
            surrogates: runs.surrogates,
            screen: SCREEN,
            least: Rules::default().least,
            only_whole: false,
            within: runs.within,
            seed: bytes,
        },
        seed,
    };
    let (lists, groups) = listed(&world.traffic((seed % 60) as u32), &scanning);
    let mut one = One {
        recall: vec![[0; 3]; runs.plan.harvests.len()],
        groups,
        ..One::default()
    };
    for (made, place) in world.accounts.iter().zip(0_u32..) {
        let list = lists
            .get(&World::pseudonym(place))
            .copied()
            .unwrap_or(ListName::Cleared);
        let counts = [
            1,
            u64::from(list >= ListName::Cohort),
            u64::from(list == ListName::Named),
        ];
        add(one.roles.entry(made.role.name()).or_default(), &counts);
        one.listed[0] += counts[1];
        one.listed[1] += counts[2];
        match made.role {
            Role::Harvest(number) => add(&mut one.recall[number as usize], &counts),
            _ => {
                one.wrong[0] += counts[1];
                one.wrong[1] += counts[2];
            }
        }
    }
    one
}

/// The mean of a Poisson count that is exceeded by more than `count` in 95 of 100 cases.
fn upper_limit(count: u64) -> f64 {
    let below = |mean: f64| {
        let mut term = (-mean).exp();
        let mut sum = term;
        for n in 1..=count {
            term *= mean / n as f64;
            sum += term;
        }
        sum
    };
    let (mut low, mut high) = (0.0, 10.0 + 3.0 * count as f64);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if below(middle) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::upper_limit;

    /// The rule of three, and a table's value.
    #[test]
    fn limits_are_those_of_poisson() {
        assert!((upper_limit(0) - 2.9957).abs() < 1e-3);
        assert!((upper_limit(1) - 4.7439).abs() < 1e-3);
        assert!((upper_limit(10) - 16.9622).abs() < 1e-3);
    }
}
