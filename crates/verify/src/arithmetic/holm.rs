//! Holm's adjustment in its two families: findings whose conditions hold, and the others.

use super::limits::SUMS;
use super::printed::{Printed, Read};
use super::table::Table;

/// Checks every adjusted p-value, for the p-values that were printed: those are compared by themselves.
pub(crate) fn check(table: &mut Table, examined: Printed<'_>) {
    let tests = match examined.list("tests") {
        Ok(tests) => tests,
        Err(why) => return table.fails("adjusted p-values", why),
    };
    let read: Read<Vec<(f64, bool)>> = tests
        .iter()
        .map(|test| {
            Ok((
                test.number("log10_p")?,
                test.list_or_none("unproven")?.is_empty(),
            ))
        })
        .collect();
    let read = match read {
        Ok(read) => read,
        Err(why) => return table.fails("adjusted p-values", why),
    };
    let mut adjusted = vec![0.0; read.len()];
    for is_proven in [true, false] {
        let family: Vec<usize> = (0..read.len())
            .filter(|&i| read[i].1 == is_proven)
            .collect();
        let logs: Vec<f64> = family.iter().map(|&i| read[i].0).collect();
        for (&i, log) in family.iter().zip(holm(&logs)) {
            adjusted[i] = log;
        }
    }
    for (test, ours) in tests.iter().zip(adjusted) {
        let name = super::findings::name(*test);
        table.above(
            format!("{name}: log10 p adjusted"),
            test.number("log10_p_adjusted"),
            ours,
            SUMS,
        );
    }
}

/// The step-down procedure: the largest so far of each p times the number of those that are left.
fn holm(logs: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..logs.len()).collect();
    order.sort_by(|&a, &b| logs[a].total_cmp(&logs[b]));
    let mut adjusted = vec![0.0; logs.len()];
    let mut most = f64::NEG_INFINITY;
    for (place, &i) in order.iter().enumerate() {
        let left = (logs.len() - place) as f64;
        most = most.max((logs[i] + left.log10()).min(0.0));
        adjusted[i] = most;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::holm;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // 3·0.01, 2·0.02, 1·0.03 at least 0.04.
        let logs = [0.03_f64.log10(), 0.01_f64.log10(), 0.02_f64.log10()];
        let found: Vec<f64> = holm(&logs)
            .into_iter()
            .map(|log| 10.0_f64.powf(log))
            .collect();
        for (found, expected) in found.iter().zip([0.04, 0.03, 0.04]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        /// Between p and Bonferroni's, in the order of p, whatever the order of the list.
        #[test]
        fn laws(logs in prop::collection::vec(-50.0..0.0_f64, 1..20)) {
            let adjusted = holm(&logs);
            let most = (logs.len() as f64).log10();
            for (i, &log) in logs.iter().enumerate() {
                prop_assert!(adjusted[i] >= log && adjusted[i] <= (log + most).min(0.0) + 1e-12);
                for (j, &other) in logs.iter().enumerate() {
                    prop_assert!(log > other || adjusted[i] <= adjusted[j]);
                }
            }
            let reversed: Vec<f64> = logs.iter().rev().copied().collect();
            let again: Vec<f64> = holm(&reversed).into_iter().rev().collect();
            prop_assert_eq!(again, adjusted);
        }
    }
}
