//! What was read and how it was tested, for a result.

use crate::exchange::{POWERS, Test};
use crate::lists::{COHORT_FDR, NAMED_FDR};
use crate::propose::Rules;
use crate::results::{How, TrafficRead, ValuesOf};
use crate::traffic::Traffic;

/// What was read.
pub(crate) fn described(traffic: &Traffic) -> TrafficRead {
    let units = traffic.accounts.iter().filter(|account| account.is_unit);
    let from = jiff::Timestamp::from_second(traffic.origin * 60).unwrap_or_default();
    let mut values: Vec<ValuesOf> = traffic
        .kinds
        .iter()
        .map(|kind| ValuesOf {
            kind: kind.clone(),
            values: 0,
        })
        .collect();
    for value in &traffic.values {
        values[usize::from(value.kind)].values += 1;
    }
    TrafficRead {
        requests: traffic.requests,
        accounts: traffic.accounts.len() as u64,
        units: units.clone().count() as u64,
        accounts_in_units: units.map(|unit| u64::from(unit.accounts)).sum(),
        accounts_without_requests: (0..traffic.accounts.len() as u32)
            .filter(|&account| traffic.hours(account).is_empty())
            .count() as u64,
        accounts_of_several_units: traffic.several_units,
        from: from.strftime("%Y-%m-%d").to_string(),
        weeks: traffic.weeks,
        weeks_that_propose: traffic.proposing,
        values,
        late_attributes: traffic.late_links,
        files_taken_before: 0,
    }
}

/// How it was tested.
pub(crate) fn how(rules: &Rules, test: &Test, seed: u64, cap: u32) -> How {
    How {
        cap,
        least_accounts: rules.least as u32,
        most_accounts: rules.most as u32,
        window_weeks: test.weeks,
        surrogates: test.surrogates,
        screen: test.screen,
        within: test.within.name().to_owned(),
        powers: POWERS.to_vec(),
        seed,
        cohort_fdr: COHORT_FDR,
        named_fdr: NAMED_FDR,
    }
}
