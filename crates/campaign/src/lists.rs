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

/// The list at a false discovery rate, of groups and of accounts.
///
/// e-BH over all groups; then e-BH over all accounts of *all* groups that were tested, where the e-value of an account whose group is not
/// on the list counts as 0. Such a product of an e-value and something that is 0 or 1 is an e-value still, so the list of accounts keeps
/// its rate although groups were chosen by the same weeks (docs/tests/exchange.md).
#[must_use]
pub fn list(tested: &[Tested], alpha: f64) -> List {
    let e = |log10_e: f64| Log10E::new(log10_e.max(NOTHING)).expect("it is finite");
    let of_group = |own: &Tested| match own.is_screened_out {
        true => e(NOTHING),
        false => e(own.group.log10_e()),
    };
    let groups: Vec<Log10E> = tested.iter().map(of_group).collect();
    let groups = e_bh(&groups, alpha);
    let members: Vec<Log10E> = tested
        .iter()
        .zip(&groups)
        .flat_map(|(own, &is_listed)| {
            let members = own.members.iter();
            members.map(move |member| match is_listed {
                true => e(member.log10_e()),
                false => e(NOTHING),
            })
        })
        .collect();
    let mut listed = e_bh(&members, alpha).into_iter();
    let members = tested
        .iter()
        .map(|own| listed.by_ref().take(own.members.len()).collect())
        .collect();
    List { groups, members }
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
            by_window: vec![],
            members: members.iter().map(|&times| evidence(times)).collect(),
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
        let list = list(&all, COHORT_FDR);
        assert_eq!(list.groups, [true, false]);
        assert_eq!(list.members[0], [true, false, true]);
        assert_eq!(list.members[1], [false, false]);
    }

    #[test]
    fn nobody_is_listed_where_nothing_was_found_or_tested() {
        let empty = list(&[], NAMED_FDR);
        assert!(empty.groups.is_empty() && empty.members.is_empty());
        let none = list(&[tested(0, &[0; 5])], COHORT_FDR);
        assert_eq!(none.groups, [false]);
        assert_eq!(none.members, [[false; 5]]);
    }
}
