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

/// An account with fewer active minutes in hours that could be exchanged is not asked about: it could show nothing.
pub const LEAST_MOVABLE: u64 = 20;

/// Which groups and which accounts are hypotheses. It follows from what no exchange changes, so evidence has no say in it
/// (docs/tests/exchange.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which groups.
    pub groups: Vec<bool>,
    /// Which accounts of each group.
    pub members: Vec<Vec<bool>>,
}

impl Asked {
    /// All that were tested.
    #[must_use]
    pub fn all(tested: &[Tested]) -> Self {
        let members = tested.iter().map(|own| vec![true; own.members.len()]);
        Self {
            groups: vec![true; tested.len()],
            members: members.collect(),
        }
    }

    /// Accounts of which [`LEAST_MOVABLE`] minutes could be exchanged, and groups with so many of them.
    #[must_use]
    pub fn that_could_show(tested: &[Tested], least: usize) -> Self {
        let could = |own: &Tested| -> Vec<bool> {
            let minutes = own.movable_of.iter();
            minutes.map(|&minutes| minutes >= LEAST_MOVABLE).collect()
        };
        let members: Vec<Vec<bool>> = tested.iter().map(could).collect();
        let groups = members.iter().map(|own| of(own) >= least as u64);
        Self {
            groups: groups.collect(),
            members,
        }
    }

    /// How many groups.
    #[must_use]
    pub fn groups(&self) -> u64 {
        of(&self.groups)
    }

    /// How many accounts.
    #[must_use]
    pub fn accounts(&self) -> u64 {
        self.members.iter().map(|own| of(own)).sum()
    }
}

fn of(asked: &[bool]) -> u64 {
    asked.iter().filter(|&&is| is).count() as u64
}

/// The list at a false discovery rate, of groups and of accounts.
///
/// e-BH over all groups that are asked about; then e-BH over all accounts of *all* groups that are, where the e-value of an account whose
/// group is not on the list counts as 0. Such a product of an e-value and something that is 0 or 1 is an e-value still, so the list of accounts
/// keeps its rate although groups were chosen by the same weeks (docs/tests/exchange.md).
#[must_use]
pub fn list(tested: &[Tested], asked: &Asked, alpha: f64) -> List {
    let e = |log10_e: f64| Log10E::new(log10_e.max(NOTHING)).expect("it is finite");
    let of_group = |own: &Tested| match own.is_screened_out {
        true => e(NOTHING),
        false => e(own.group.log10_e()),
    };
    let groups = among(tested.iter().map(of_group), asked.groups.iter(), alpha);
    let members = tested.iter().zip(&groups).flat_map(|(own, &is_listed)| {
        let members = own.members.iter();
        members.map(move |member| match is_listed {
            true => e(member.log10_e()),
            false => e(NOTHING),
        })
    });
    let mut listed = among(members, asked.members.iter().flatten(), alpha).into_iter();
    let members = tested
        .iter()
        .map(|own| listed.by_ref().take(own.members.len()).collect())
        .collect();
    List { groups, members }
}

/// e-BH over those that are asked about; the others are on no list.
fn among<'a>(
    all: impl Iterator<Item = Log10E>,
    asked: impl Iterator<Item = &'a bool> + Clone,
    alpha: f64,
) -> Vec<bool> {
    let hypotheses = all.zip(asked.clone()).filter(|(_, is_asked)| **is_asked);
    let hypotheses: Vec<Log10E> = hypotheses.map(|(e, _)| e).collect();
    let mut listed = e_bh(&hypotheses, alpha).into_iter();
    asked
        .map(|&is_asked| is_asked && listed.next() == Some(true))
        .collect()
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
            movable_of: vec![1000; members.len()],
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
        let list = list(&all, &Asked::all(&all), COHORT_FDR);
        assert_eq!(list.groups, [true, false]);
        assert_eq!(list.members[0], [true, false, true]);
        assert_eq!(list.members[1], [false, false]);
    }

    #[test]
    fn nobody_is_listed_where_nothing_was_found_or_tested() {
        let empty = list(&[], &Asked::all(&[]), NAMED_FDR);
        assert!(empty.groups.is_empty() && empty.members.is_empty());
        let none = [tested(0, &[0; 5])];
        let none = list(&none, &Asked::all(&none), COHORT_FDR);
        assert_eq!(none.groups, [false]);
        assert_eq!(none.members, [[false; 5]]);
    }

    /// Accounts that could show nothing take nothing from those that could, and are on no list whatever their evidence.
    #[test]
    fn who_could_show_nothing_is_not_asked() {
        let mut all = vec![tested(4, &[1; 10])];
        all.extend((0..400).map(|_| tested(0, &[0; 10])));
        for own in &mut all[1..] {
            own.movable_of = vec![LEAST_MOVABLE - 1; 10];
        }
        all[0].movable_of[3] = 0;
        let asked = Asked::that_could_show(&all, 5);
        assert_eq!((asked.groups(), asked.accounts()), (1, 9));
        let found = list(&all, &asked, COHORT_FDR);
        assert!(found.groups[0] && found.members[0][0] && !found.members[0][3]);
        assert!(!found.groups[1..].contains(&true));
        let of_all = list(&all, &Asked::all(&all), COHORT_FDR);
        assert!(of_all.groups[0] && !of_all.members[0].contains(&true));
        assert_eq!(Asked::that_could_show(&all, 10).groups(), 0);
    }
}
