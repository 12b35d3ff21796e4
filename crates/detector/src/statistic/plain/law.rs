//! p-values of sums over distinct units, by the law of each kind of mark.

use super::sums::p_value;
use super::table::States;
use super::weighted_table;
use crate::scores::SeenUnits;
use crate::tail::{Group, Log10P, TailError, weighted_upper};
use hallmark_core::law::Law;
use hallmark_core::mark::{Mark, Null};

/// An upper bound of the chance that a random key gives scores as large, on text that no other key has marked.
pub(super) fn upper(
    mark: &Mark,
    cells: u64,
    sums: &[u64],
    seen: &SeenUnits,
) -> Result<Log10P, TailError> {
    let law = mark.law();
    let states = || seen.all().map(States::of);
    match (mark.null(), sums) {
        (Null::Independent | Null::RelatedKeys(_), &[sum]) => p_value(law, cells, sum),
        (Null::Independent | Null::RelatedKeys(_), _) => {
            let groups: Vec<Group> = mark
                .parts()
                .iter()
                .map(|part| Group {
                    weight: i64::from(part.weight),
                    cells,
                })
                .collect();
            let parts = mark.parts().iter().zip(sums);
            let sum = parts
                .map(|(part, &sum)| i128::from(part.weight) * i128::from(sum))
                .sum();
            Ok(weighted_upper(law, &groups, sum)?.log10_p)
        }
        (Null::Lists, sums) => lists(law, cells, sums.iter().sum()),
        (Null::ShiftedTable(_), sums) => Ok(match (law, states(), sums) {
            (Law::Bits { layers }, Some(states), &[sum]) => states.upper_tail(layers, sum),
            (Law::Bits { layers: 1 }, Some(states), _) => {
                let weights: Vec<u32> = mark.parts().iter().map(|part| part.weight).collect();
                let parts = weights.iter().zip(sums);
                let sum = parts.map(|(&weight, sum)| u64::from(weight) * sum).sum();
                let (least, keys) = states.histogram();
                weighted_table::upper_tail((least, &keys), &weights, sum)
            }
            _ => Log10P::ONE,
        }),
    }
}

/// Green tokens of one list are hypergeometric, and a hypergeometric count is a sum of independent
/// yes-or-no trials of unequal chances (Vatutin and Mikhailov 1982), so the count over all lists is
/// one too. For such a sum with mean nγ, P(S ≥ s) is at most the binomial's for every s ≥ nγ + 1
/// (Hoeffding 1956, theorem 4). Below that nothing is claimed.
pub(crate) fn lists(law: Law, cells: u64, sum: u64) -> Result<Log10P, TailError> {
    let Law::Bernoulli { threshold } = law else {
        return p_value(law, cells, sum);
    };
    let mean = u128::from(cells) * u128::from(threshold);
    if sum == 0 || u128::from(sum - 1) << 32 < mean {
        return Ok(Log10P::ONE);
    }
    p_value(law, cells, sum)
}

#[cfg(test)]
mod tests {
    use super::lists;
    use hallmark_core::law::Law;

    /// The law of the green tokens among `drawn` of a list of `all`, `green` of which are green.
    fn hypergeometric(all: u64, green: u64, drawn: u64) -> Vec<f64> {
        let ln_choose =
            |n: u64, k: u64| -> f64 { (1..=k).map(|i| ((n - k + i) as f64 / i as f64).ln()).sum() };
        let weight = |k: u64| {
            if k > green || drawn - k > all - green {
                return 0.0;
            }
            (ln_choose(green, k) + ln_choose(all - green, drawn - k) - ln_choose(all, drawn)).exp()
        };
        (0..=drawn).map(weight).collect()
    }

    #[test]
    fn the_bound_for_lists_is_never_below_the_exact_tail() {
        for (all, green, draws) in [
            (8, 2, &[1, 1, 1, 1][..]),
            (8, 2, &[8, 3]),
            (20, 5, &[20, 20, 1]),
            (20, 10, &[7, 7, 7, 3, 2]),
            (40, 10, &[40]),
            (40, 10, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ] {
            let mut law = vec![1.0];
            for &drawn in draws {
                let more = hypergeometric(all, green, drawn);
                let mut sum = vec![0.0; law.len() + more.len() - 1];
                for (i, x) in law.iter().enumerate() {
                    for (j, y) in more.iter().enumerate() {
                        sum[i + j] += x * y;
                    }
                }
                law = sum;
            }
            let threshold = (green << 32).div_ceil(all) as u32;
            let cells = draws.iter().sum();
            for s in 0..law.len() {
                let exact: f64 = law[s..].iter().sum();
                let law = Law::Bernoulli { threshold };
                let bound = lists(law, cells, s as u64).unwrap().value();
                assert!(
                    bound >= exact.log10() - 1e-9,
                    "{all} {green} {draws:?} {s}: {bound} {exact}"
                );
            }
        }
    }
}
