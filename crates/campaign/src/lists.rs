//! Who is on which list.

use crate::exchange::Tested;
use hallmark_detector::multiplicity::e_bh;
use hallmark_detector::tail::Log10E;

/// False discovery rate of the cohort list: a key harms nobody.
pub const COHORT_FDR: f64 = 0.05;

/// False discovery rate of the named list: people decide about it.
pub const NAMED_FDR: f64 = 0.001;

/// The groups and accounts of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Which groups.
    pub groups: Vec<bool>,
    /// Which accounts of each group.
    pub members: Vec<Vec<bool>>,
}

/// log10 of in how many ways an account's hours must be exchangeable for it to weigh anything: evidence is hardly ever above their number, and
/// with equal weights no list takes less than 1/α = 20.
const CAN_SHOW: f64 = 1.301_029;

/// log10 of the number of ways from which on an account has full weight.
const FULL: f64 = 4.0;

/// What each hypothesis weighs, groups and accounts by themselves: their sum is their number, and who could show little takes little from the
/// others. Weights follow from what no exchange changes, so evidence has no say in them (docs/tests/exchange.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Of each group.
    pub groups: Vec<f64>,
    /// Of each account of each group.
    pub members: Vec<Vec<f64>>,
}

impl Weights {
    /// The same for all.
    #[must_use]
    pub fn equal(tested: &[Tested]) -> Self {
        let members = tested.iter().map(|own| vec![1.0; own.members.len()]);
        Self {
            groups: vec![1.0; tested.len()],
            members: members.collect(),
        }
    }

    /// An account by in how many ways its hours could be exchanged; a group as the `least`-th of its accounts.
    #[must_use]
    pub fn by_what_could_show(tested: &[Tested], least: usize) -> Self {
        let weight = |ways: f64| match ways < CAN_SHOW {
            true => 0.0,
            false => libm::exp10(ways.min(FULL) - FULL),
        };
        let mut members: Vec<Vec<f64>> = tested
            .iter()
            .map(|own| own.arrangements.iter().map(|&ways| weight(ways)).collect())
            .collect();
        let mut groups: Vec<f64> = members
            .iter()
            .map(|own| {
                let mut sorted = own.clone();
                sorted.sort_unstable_by(|a, b| b.total_cmp(a));
                sorted.get(least.max(1) - 1).copied().unwrap_or(0.0)
            })
            .collect();
        scale(groups.iter_mut());
        scale(members.iter_mut().flatten());
        Self { groups, members }
    }

    /// How many groups could show anything.
    #[must_use]
    pub fn groups(&self) -> u64 {
        some(&self.groups)
    }

    /// How many accounts could.
    #[must_use]
    pub fn accounts(&self) -> u64 {
        self.members.iter().map(|own| some(own)).sum()
    }
}

/// How many weigh anything.
pub(crate) fn some(weights: &[f64]) -> u64 {
    weights.iter().filter(|&&weight| weight > 0.0).count() as u64
}

/// Makes the sum the number.
fn scale<'a>(weights: impl Iterator<Item = &'a mut f64>) {
    let mut weights: Vec<&mut f64> = weights.collect();
    let sum: f64 = weights.iter().map(|weight| **weight).sum();
    let count = weights.len() as f64;
    for weight in &mut weights {
        **weight *= if sum > 0.0 { count / sum } else { 0.0 };
    }
}

/// The list at a false discovery rate, of groups and of accounts.
///
/// e-BH over all groups by weight; then e-BH over all accounts of *all* groups, where the e-value of an account whose group is not on the list
/// counts as 0. Such a product of an e-value and something that is 0 or 1 is an e-value still, so the list of accounts keeps its rate although
/// groups were chosen by the same weeks (docs/tests/exchange.md).
#[must_use]
pub fn list(tested: &[Tested], weights: &Weights, alpha: f64) -> List {
    let of_group =
        |(own, &weight): (&Tested, &f64)| weighed(own.least_log10_e().unwrap_or(NOTHING), weight);
    let groups: Vec<Log10E> = tested.iter().zip(&weights.groups).map(of_group).collect();
    let groups = e_bh(&groups, alpha);
    let members = tested.iter().zip(&weights.members).zip(&groups);
    let members = members.flat_map(|((own, weights), &is_listed)| {
        let members = own.members.iter().zip(weights);
        members.map(move |(member, &weight)| match is_listed {
            true => weighed(member.log10_e(), weight),
            false => weighed(NOTHING, weight),
        })
    });
    let mut listed = e_bh(&members.collect::<Vec<_>>(), alpha).into_iter();
    let members = tested
        .iter()
        .map(|own| listed.by_ref().take(own.members.len()).collect())
        .collect();
    List { groups, members }
}

/// An e-value times a weight.
fn weighed(log10_e: f64, weight: f64) -> Log10E {
    let log10_e = match weight > 0.0 {
        // What the logarithms and the sum of weights are rounded by is far less.
        true => log10_e + libm::log10(weight) - 1e-9,
        false => NOTHING,
    };
    Log10E::new(log10_e.max(NOTHING)).expect("it is finite")
}

/// log10 of an e-value that stands for 0: no list of fewer than 10^300 hypotheses takes it.
const NOTHING: f64 = -300.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Evidence;

    fn evidence(times: usize) -> Evidence {
        let mut draws = vec![0; 100];
        draws[0] = 1000;
        let mut evidence = Evidence::default();
        (0..times).for_each(|_| evidence.multiply(&draws));
        evidence
    }

    fn tested(group: usize, members: &[usize]) -> Tested {
        Tested {
            group: evidence(group),
            finer: Some(9.0),
            by_window: vec![],
            members: members.iter().map(|&times| evidence(times)).collect(),
            arrangements: vec![9.0; members.len()],
            is_screened_out: false,
            pairs: 0,
            expected_pairs: 0.0,
            spread_pairs: 0.0,
            minutes: 0,
            movable: 0,
            unusual_hours: 0,
        }
    }

    #[test]
    fn an_account_is_listed_with_its_group_only() {
        let all = [tested(4, &[4, 0, 4]), tested(0, &[4, 4])];
        let list = list(&all, &Weights::equal(&all), COHORT_FDR);
        assert_eq!(list.groups, [true, false]);
        assert_eq!(list.members[0], [true, false, true]);
        assert_eq!(list.members[1], [false, false]);
    }

    #[test]
    fn nobody_is_listed_where_nothing_was_found_or_tested() {
        let empty = list(&[], &Weights::by_what_could_show(&[], 5), NAMED_FDR);
        assert!(empty.groups.is_empty() && empty.members.is_empty());
        let none = [tested(0, &[0; 5])];
        let none = list(&none, &Weights::equal(&none), COHORT_FDR);
        assert_eq!(none.groups, [false]);
        assert_eq!(none.members, [[false; 5]]);
    }

    /// A group that agrees where much may be exchanged, and not where less may, is on no list.
    #[test]
    fn the_lesser_evidence_of_a_group_counts() {
        let mut all = [tested(4, &[4; 5])];
        all[0].finer = Some(7.0);
        assert!(list(&all, &Weights::equal(&all), COHORT_FDR).groups[0]);
        all[0].finer = Some(0.2);
        assert_eq!(all[0].least_log10_e(), Some(0.2));
        let none = list(&all, &Weights::equal(&all), COHORT_FDR);
        assert!(!none.groups[0] && none.members == [[false; 5]]);
    }

    /// Accounts that could show nothing take nothing from those that could, and are on no list whatever their evidence; where all could show
    /// little, they weigh as much as any.
    #[test]
    fn who_could_show_little_weighs_little() {
        let mut all = vec![tested(4, &[1; 10])];
        all.extend((0..400).map(|_| tested(0, &[0; 10])));
        for own in &mut all[1..] {
            own.arrangements = vec![1.0; 10];
        }
        all[0].arrangements[3] = 0.0;
        let weights = Weights::by_what_could_show(&all, 5);
        assert_eq!((weights.groups(), weights.accounts()), (1, 9));
        let found = list(&all, &weights, COHORT_FDR);
        assert!(found.groups[0] && found.members[0][0] && !found.members[0][3]);
        assert!(!found.groups[1..].contains(&true));
        let equal = list(&all, &Weights::equal(&all), COHORT_FDR);
        assert!(equal.groups[0] && !equal.members[0].contains(&true));
        assert_eq!(Weights::by_what_could_show(&all, 10).groups(), 0);
        let mut few = [tested(4, &[1; 10])];
        few[0].arrangements = vec![2.0; 10];
        let found = list(&few, &Weights::by_what_could_show(&few, 5), COHORT_FDR);
        assert_eq!(found.members, [[true; 10]]);
    }

    #[test]
    fn weights_sum_to_their_number() {
        let ways: Vec<f64> = (0..50).map(|at| f64::from(at) / 8.0).collect();
        let mut all: Vec<Tested> = (0..5).map(|_| tested(1, &[1; 50])).collect();
        for own in &mut all {
            own.arrangements.clone_from(&ways);
        }
        let weights = Weights::by_what_could_show(&all, 5);
        assert!((weights.groups.iter().sum::<f64>() - 5.0).abs() < 1e-9);
        let of_members: f64 = weights.members.iter().flatten().sum();
        assert!((of_members - 250.0).abs() < 1e-9);
        assert_eq!(weights.members[0][0], 0.0);
        assert_eq!(weights.members[0][40], weights.members[0][49]);
    }
}
