//! Tails against the tables that `crates/detector/vectors/*.py` made with high-precision arithmetic by other methods.

use super::numbers::Double;
use super::score::NAT;
use super::shape::{of_numerators, shape};
use super::tail::{LATTICE, binomial, gamma, interval};
use super::weighted::{self, Group};

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
        let found = weighted::counts(&groups(row[0], trials), rate, sum).unwrap();
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
        let found = weighted::gammas(&groups(row[0], 1), row[2].parse().unwrap()).unwrap();
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
        let found = weighted::counts(&groups, LATTICE / 2, ahead).unwrap();
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
