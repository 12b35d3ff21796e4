//! Tails, limits and e-processes against tables of high-precision arithmetic by other methods: those of `crates/detector/vectors`, and
//! those of `crates/verify/vectors`; and their laws.

use super::eprocess::Process;
use super::mark::{Law, Mark};
use super::numbers::Double;
use super::score::NAT;
use super::shape::{of_numerators, shape};
use super::tail::{LATTICE, binomial, gamma, interval};
use super::weighted::{self, Group, Steps};
use proptest::prelude::*;

/// What an examination of a few words may take.
fn enough() -> Steps {
    Steps::of_size(0)
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect())
}

/// An exact log10 p to a relative 1e-10 of p, or to the last places of the logarithm.
fn agree(found: f64, exact: f64, relative: f64) -> bool {
    (found - exact).abs() <= relative + 4.0 * f64::EPSILON * exact.abs()
}

fn log10(ln: Option<Double>) -> f64 {
    ln.map_or(f64::NEG_INFINITY, Double::to_log10)
}

#[test]
fn binomial_tails() {
    let mut seen = 0;
    for row in rows(include_str!("../../../detector/vectors/binomial.tsv")) {
        let whole = |i: usize| row[i].parse::<u64>().unwrap();
        if row[4].starts_with("-0e") || row[4] == "-inf" {
            continue;
        }
        let found = log10(binomial::upper(whole(0), whole(1), whole(2)));
        let exact: f64 = row[4].parse().unwrap();
        assert!(agree(found, exact, 1e-10), "{row:?}: {found}");
        seen += 1;
    }
    assert!(seen > 600, "{seen}");
}

#[test]
fn gamma_tails() {
    let mut seen = 0;
    for row in rows(include_str!("../../../detector/vectors/gamma.tsv")) {
        let whole = |i: usize| row[i].parse::<u64>().unwrap();
        let nats = Double::from(whole(1)) / Double::from(NAT);
        let found = log10(gamma::upper(whole(0), nats));
        let exact: f64 = row[3].parse().unwrap();
        assert!(agree(found, exact, 2e-10), "{row:?}: {found}");
        seen += 1;
    }
    assert!(seen > 300, "{seen}");
}

fn groups(text: &str, trials: u64) -> Vec<Group> {
    let pair = |pair: &str| {
        let (weight, cells) = pair.split_once(':').unwrap();
        Group {
            weight: weight.parse().unwrap(),
            cells: cells.parse::<u64>().unwrap() * trials,
        }
    };
    text.split(',').map(pair).collect()
}

#[test]
fn weighted_counts() {
    let green = rows(include_str!("../../../detector/vectors/weighted_green.tsv"));
    let bits = rows(include_str!("../../../detector/vectors/weighted_bits.tsv"));
    let green = green.map(|row| (row[1].parse().unwrap(), 1, row));
    let bits = bits.map(|row| (LATTICE / 2, row[1].parse().unwrap(), row));
    let mut seen = 0;
    for (rate, trials, row) in green.chain(bits) {
        let sum = row[2].parse().unwrap();
        let found = weighted::counts(&groups(row[0], trials), rate, sum, &enough()).unwrap();
        let exact: f64 = row[3].parse().unwrap();
        assert!(agree(found.log10_p, exact, 1e-9), "{row:?}: {found:?}");
        assert!(found.chernoff >= exact - 1e-9, "{row:?}: {found:?}");
        seen += 1;
    }
    assert!(seen > 400, "{seen}");
}

/// The table allows for words being whole numbers where weights are negative, some 1e-10 a cell.
#[test]
fn weighted_gammas() {
    let mut seen = 0;
    for row in rows(include_str!(
        "../../../detector/vectors/weighted_gumbel.tsv"
    )) {
        let found =
            weighted::gammas(&groups(row[0], 1), row[2].parse().unwrap(), &enough()).unwrap();
        let exact: f64 = row[3].parse().unwrap();
        assert!(agree(found.log10_p, exact, 1e-9), "{row:?}: {found:?}");
        assert!(found.chernoff >= exact - 1e-9, "{row:?}: {found:?}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn contrasts() {
    let mut seen = 0;
    for row in rows(include_str!("../../../detector/vectors/contrast.tsv")) {
        let differences: Vec<i128> = row[1]
            .split(',')
            .filter_map(|one| one.parse().ok())
            .collect();
        let group = |one: &i128| Group {
            weight: i64::try_from(one.abs()).unwrap(),
            cells: 1,
        };
        let groups: Vec<Group> = differences.iter().map(group).collect();
        let ahead = differences.iter().filter(|&&one| one > 0).sum();
        let found = weighted::counts(&groups, LATTICE / 2, ahead, &enough()).unwrap();
        let exact: f64 = row[3].parse().unwrap();
        assert!(agree(found.log10_p, exact, 1e-9), "{row:?}: {found:?}");
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn shapes() {
    let mut seen = 0;
    for row in rows(include_str!("../../../detector/vectors/shape.tsv")) {
        let numerators: Vec<u64> = row[1].split(',').map(|one| one.parse().unwrap()).collect();
        let found = of_numerators(row[0].parse().unwrap(), &numerators);
        let exact: f64 = row[4].parse().unwrap();
        assert!(
            agree(found.log10_smallest, row[2].parse().unwrap(), 1e-9),
            "{row:?}: {found:?}"
        );
        if !found.is_far() {
            assert!(agree(found.log10_p, exact, 1e-8), "{row:?}: {found:?}");
        }
        assert!(found.union >= exact - 1e-9, "{row:?}: {found:?}");
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
    assert_eq!(shape(&[]).log10_p, 0.0);
}

/// The quantile of Beta(n, n), by the odds that the limits of T6's ratio go by.
#[test]
fn ratios() {
    let mut seen = 0;
    for row in rows(include_str!("../../../detector/vectors/ratio.tsv")) {
        let (n, alpha): (u64, f64) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        let x = interval::rate_low(2 * n - 1, n, 0.5 * alpha) as f64;
        let odds = (LATTICE as f64 - x) / x;
        let exact: f64 = row[2].parse().unwrap();
        if exact > 1e6 {
            // Coarser than 2⁻³² can tell; intervals are made at 0.025.
            continue;
        }
        assert!((odds / exact - 1.0).abs() < 1e-5, "{row:?}: {odds}");
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn limits() {
    for row in rows(include_str!("../../vectors/limits.tsv")) {
        let n: u64 = row[1].parse().unwrap();
        if row[0] == "rate" {
            let (s, exact): (u64, u64) = (row[2].parse().unwrap(), row[3].parse().unwrap());
            assert_eq!(interval::rate_low(n, s, 0.025), exact, "{row:?}");
            let other = interval::rate_high(n, n - s, 0.025);
            assert_eq!(other, LATTICE - exact, "{row:?}");
            continue;
        }
        let (chance, exact): (f64, f64) = (row[2].parse().unwrap(), row[3].parse().unwrap());
        let found = match row[0] {
            "reached" => interval::gamma_reached(n, chance),
            _ => interval::gamma_below(n, chance),
        };
        assert!((found / exact - 1.0).abs() < 1e-12, "{row:?}: {found}");
    }
}

#[test]
fn processes() {
    let mark = |law| Mark {
        law,
        ring: 1,
        key_bits: &[],
        window: 2,
    };
    let green = mark(Law::Below((0.3 * LATTICE as f64) as u64));
    let gumbel = mark(Law::Exponential);
    let weights = || vec![1, 16, 181];
    for row in rows(include_str!("../../vectors/processes.tsv")) {
        let mut sums: Vec<u64> = row[1].split(',').map(|sum| sum.parse().unwrap()).collect();
        let process = match row[0] {
            "green" => Process::plain(&green),
            "gumbel" => Process::plain(&gumbel),
            "weighted-gumbel" => Process::weighted(&gumbel, weights(), 181),
            _ => {
                // The table has cells, the process goes by those that are not green.
                for pair in sums.chunks_exact_mut(2) {
                    pair[1] -= pair[0];
                }
                Process::weighted(&green, weights(), 181)
            }
        };
        let found = process.unwrap().log10_e(&sums);
        let exact: f64 = row[2].parse().unwrap();
        assert!(agree(found, exact, 1e-12), "{row:?}: {found}");
    }
}

#[test]
fn sums_of_gammas() {
    let mut seen = 0;
    for row in rows(include_str!("../../vectors/gammas.tsv")) {
        let found =
            weighted::gammas(&groups(row[0], 1), row[1].parse().unwrap(), &enough()).unwrap();
        let exact: f64 = row[2].parse().unwrap();
        assert!(agree(found.log10_p, exact, 1e-9), "{row:?}: {found:?}");
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

/// P(Σ weight·B ≥ sum) by convolution.
fn convolved(groups: &[Group], rate: f64, sum: i128) -> f64 {
    let mut law = std::collections::BTreeMap::from([(0_i128, 1.0)]);
    for group in groups {
        for _ in 0..group.cells {
            let mut next = std::collections::BTreeMap::new();
            for (&have, &chance) in &law {
                *next.entry(have).or_insert(0.0) += chance * (1.0 - rate);
                *next.entry(have + i128::from(group.weight)).or_insert(0.0) += chance * rate;
            }
            law = next;
        }
    }
    law.range(sum..).map(|(_, chance)| chance).sum()
}

fn any_groups() -> impl Strategy<Value = Vec<Group>> {
    let weight = prop_oneof![-12_i64..13, Just(64), Just(-45), Just(181)];
    let group = (weight, 0_u64..25).prop_map(|(weight, cells)| Group { weight, cells });
    prop::collection::vec(group, 1..6)
}

proptest! {
    /// Weighted counts are what convolution gives, whatever the order and however groups are cut.
    #[test]
    fn counts_are_the_convolution(
        groups in any_groups(),
        rate in prop::sample::select(vec![1_u64 << 31, 1 << 30, 429_496_729, 3_900_000_000]),
        far in -2.0..3.0_f64,
    ) {
        let share = rate as f64 / LATTICE as f64;
        let mean: f64 = groups.iter().map(|group| group.weight as f64 * group.cells as f64 * share).sum();
        let variance: f64 = groups
            .iter()
            .map(|group| (group.weight * group.weight) as f64 * group.cells as f64 * share * (1.0 - share))
            .sum();
        let sum = (mean + far * variance.sqrt()) as i128;
        let found = 10.0_f64.powf(weighted::counts(&groups, rate, sum, &enough()).unwrap().log10_p);
        let exact = convolved(&groups, share, sum);
        prop_assert!((found - exact).abs() <= 1e-9 * exact + 1e-300, "{found} {exact}");
        let mut cut: Vec<Group> = groups.iter().rev().copied().collect();
        if let Some(first) = cut.first_mut()
            && first.cells > 1
        {
            first.cells -= 1;
            let weight = first.weight;
            cut.push(Group { weight, cells: 1 });
        }
        let again = weighted::counts(&cut, rate, sum, &enough()).unwrap();
        prop_assert!((10.0_f64.powf(again.log10_p) - exact).abs() <= 1e-9 * exact + 1e-300);
    }

    /// What reaches a sum and what falls short of it are all there is.
    #[test]
    fn both_sides_are_one(n in 1_u64..3000, at in 0.0..1.0_f64, t in 1..LATTICE) {
        let s = (n as f64 * at) as u64;
        let p = |ln: Option<Double>| ln.map_or(0.0, |ln| ln.to_f64().exp());
        let (up, down) = (binomial::upper(n, s, t), binomial::upper(n, n - s + 1, LATTICE - t));
        prop_assert!((p(up) + p(down) - 1.0).abs() < 1e-11);
        let x = Double::from(2.0 * n as f64 * at);
        let (up, down) = (gamma::upper(n, x), gamma::lower(n, x));
        prop_assert!((p(up) + p(down) - 1.0).abs() < 1e-11);
        let next = binomial::upper(n, s + 1, t);
        prop_assert!(p(next) <= p(binomial::upper(n, s, t)));
    }
}
