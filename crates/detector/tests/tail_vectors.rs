//! The tails against committed high-precision values: never below the truth, never far above.

use hallmark_detector::tail::{
    Log10P, binomial_upper, gamma_upper, linear_weights, weighted_tournament_upper,
};

/// Largest relative excess of p.
const TOLERANCE: f64 = 1e-9;

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

fn number<T: std::str::FromStr>(cell: &str) -> T {
    cell.parse()
        .unwrap_or_else(|_| panic!("not a number: {cell}"))
}

/// `up` is the smallest `f64` not below the true log10 p.
fn assert_tight(ours: Log10P, up: f64, case: &[&str]) -> f64 {
    let ours = ours.value();
    assert!(
        ours >= up,
        "below the truth: {ours:e} < {up:e} for {case:?}"
    );
    let excess = (ours - up) * std::f64::consts::LN_10;
    // Beyond 1e-100000 the spacing of f64 itself exceeds the tolerance.
    let allowed = TOLERANCE
        + if up < -100_000.0 {
            8.0 * f64::EPSILON * -up
        } else {
            0.0
        };
    assert!(excess <= allowed, "excess {excess:e} for {case:?}");
    if up < -100_000.0 { 0.0 } else { excess }
}

#[test]
fn binomial_tail_is_a_tight_upper_bound() {
    let mut cases = 0;
    let mut worst = 0.0_f64;
    for row in rows(include_str!("../vectors/binomial.tsv")) {
        let ours = binomial_upper(number(row[0]), number(row[1]), number(row[2])).unwrap();
        worst = worst.max(assert_tight(ours, number(row[3]), &row));
        cases += 1;
    }
    assert!(cases >= 600, "{cases}");
    println!("{cases} cases, largest relative excess {worst:e}");
}

#[test]
fn gamma_tail_is_a_tight_upper_bound() {
    let mut cases = 0;
    let mut worst = 0.0_f64;
    for row in rows(include_str!("../vectors/gamma.tsv")) {
        let ours = gamma_upper(number(row[0]), number(row[1])).unwrap();
        worst = worst.max(assert_tight(ours, number(row[2]), &row));
        cases += 1;
    }
    assert!(cases >= 300, "{cases}");
    println!("{cases} cases, largest relative excess {worst:e}");
}

#[test]
fn weighted_tournament_is_the_chernoff_bound_and_above_the_truth() {
    let mut exact = 0;
    let mut cases = 0;
    for row in rows(include_str!("../vectors/tournament.tsv")) {
        let weights = linear_weights(number(row[1]));
        let ours = weighted_tournament_upper(number(row[0]), number(row[2]), &weights).unwrap();
        let chernoff: f64 = number(row[4]);
        // The allowance of the evaluation is relative to the exponent's two parts.
        let allowed = 1e-9 + 1e-11 * chernoff.abs();
        assert!(
            ours.value() >= chernoff && ours.value() <= chernoff + allowed,
            "{ours:?} {row:?}"
        );
        if row[3] != "-" {
            exact += 1;
            assert!(ours.value() >= number(row[3]), "{ours:?} {row:?}");
        }
        cases += 1;
    }
    assert!(exact >= 60 && cases >= 200, "{exact} {cases}");
}
