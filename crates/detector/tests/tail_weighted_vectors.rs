//! Weighted tails against committed high-precision values: never below the truth, and how far above.

use hallmark_core::law::Law;
use hallmark_detector::tail::{Group, Method, weighted_upper};

struct Row {
    groups: Vec<Group>,
    parameter: u32,
    sum: i128,
    /// The smallest `f64` not below the true log10 p.
    up: f64,
}

#[expect(
    clippy::unwrap_used,
    reason = "a committed table that does not parse must fail the test"
)]
fn rows(table: &str) -> Vec<Row> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            Row {
                groups: cells[0].split(',').map(group).collect(),
                parameter: cells[1].parse().unwrap_or(0),
                sum: cells[2].parse().unwrap(),
                up: cells[3].parse().unwrap(),
            }
        })
        .collect()
}

#[expect(
    clippy::unwrap_used,
    reason = "a committed table that does not parse must fail the test"
)]
fn group(text: &str) -> Group {
    let (weight, cells) = text.split_once(':').unwrap();
    Group {
        weight: weight.parse().unwrap(),
        cells: cells.parse().unwrap(),
    }
}

/// Asserts that no bound is below the truth, and that its excess in log10 is at most `loss`; for p below 1e-700,
/// which a few heavy Gumbel cells reach only with scores beyond any word's, at most 0.5.
#[expect(clippy::unwrap_used, reason = "the table holds only possible sums")]
fn assert_close(table: &str, law: impl Fn(u32) -> Law, loss: f64, least: usize) {
    let rows = rows(table);
    assert!(rows.len() >= least, "{}", rows.len());
    let mut worst = [(0.0_f64, 0); 4];
    for row in rows {
        let tail = weighted_upper(law(row.parameter), &row.groups, row.sum).unwrap();
        let excess = tail.log10_p.value() - row.up;
        let Row { groups, sum, .. } = &row;
        assert!(
            excess >= 0.0,
            "below the truth by {excess:e}: {tail:?} {groups:?} {sum}"
        );
        assert!(
            excess <= if row.up < -700.0 { 0.5 } else { loss },
            "above by {excess}: {tail:?} {groups:?} {sum}"
        );
        let slot = &mut worst[match tail.method {
            Method::Exact => 0,
            Method::Chernoff => 1,
            Method::SaddlePoint => 2,
            _ => 3,
        }];
        *slot = (slot.0.max(excess), slot.1 + 1);
    }
    println!("(worst excess in log10, cases) for exact, Chernoff, saddle point, grid: {worst:?}");
}

#[test]
fn green_weights_are_bounded_tightly() {
    let law = |threshold| Law::Bernoulli { threshold };
    assert_close(
        include_str!("../vectors/weighted_green.tsv"),
        law,
        0.05,
        400,
    );
}

#[test]
fn tournament_weights_are_bounded_tightly() {
    let law = |layers| Law::Bits { layers };
    assert_close(include_str!("../vectors/weighted_bits.tsv"), law, 0.05, 60);
}

#[test]
fn gumbel_weights_are_bounded_tightly() {
    let law = |_| Law::Exponential;
    assert_close(
        include_str!("../vectors/weighted_gumbel.tsv"),
        law,
        0.05,
        180,
    );
}
