//! T9, the suspect's own probabilities: the weighted sum, its tail, the bets, and the effect.

use super::super::cells::Masses;
use super::super::eprocess::mean;
use super::super::examination::{Examination, mark_all};
use super::super::limits::{INTERVAL_ALPHA, LEVEL, MISSED};
use super::super::mark::{Law, Mark};
use super::super::numbers::Double;
use super::super::table::{Allowance, Table};
use super::super::tail::{LATTICE, normal::upper_quantile};
use super::common;
use super::subject::Subject;
use super::weighted_sum::{self, WeightedSum};
use std::collections::BTreeMap;
use std::f64::consts::LN_10;

/// A weight of 1.
const UNIT: f64 = 65_536.0;

/// Bettors, each with a share of its own.
const BETTORS: i32 = 64;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let Some(masses) = &examination.cells.masses else {
        let why = "log-probabilities of its cells are not disclosed";
        table.not_checked(subject.what("its numbers"), why);
        return None;
    };
    let words = match examination.of_tested(&masses.words, subject.key_id) {
        Ok(words) => words,
        Err(why) => {
            table.fails(subject.what("its numbers"), why);
            return None;
        }
    };
    let off = masses.weights.iter().find(|&&weight| !is_on_ladder(weight));
    table.holds(
        subject.what("weights are of T9's ladder"),
        off.is_none(),
        || format!("{off:?} is none of its steps"),
    );
    let (finding, mark) = (subject.finding, &examination.mark);
    let values = mark_all(mark, &examination.scores, words);
    let summed = Summed {
        masses,
        values: &values,
        mark,
    };
    table.same(
        subject.what("scored"),
        finding.whole("scored"),
        masses.weights.len() as u64,
    );
    table.same(
        subject.what("windows"),
        finding.whole("windows"),
        masses.windows.len() as u64,
    );
    let reference = examination.printed.list_or_none("plan.reference_logprobs");
    match reference {
        Ok(reference) => {
            let printed = finding.at("residual").json().as_bool();
            table.same(
                subject.what("residual"),
                printed.ok_or_else(|| "`residual` is missing".to_owned()),
                !reference.is_empty(),
            );
        }
        Err(why) => table.fails(subject.what("residual"), why),
    }
    summed.effect(table, subject, examination.tests());
    let weights = masses.weights.iter().map(|&weight| i64::from(weight));
    let sum = WeightedSum::new(mark, weights, &values);
    let total = sum.total(mark);
    table.near(
        subject.what("statistic"),
        finding.number("statistic"),
        total as f64 / mark.unit() / UNIT,
        1e-12,
    );
    table.near(
        subject.what("expected"),
        finding.number("expected"),
        sum.expected(mark) / UNIT,
        1e-12,
    );
    let (log10_e, allowed) = match Bounded::of(mark) {
        Some(bounded) => summed.bets(&bounded),
        None => summed.tilts(total),
    };
    common::e_value(table, subject, examination, log10_e, allowed);
    summed.hoeffding(table, subject);
    let tail = match sum.tail(mark, &examination.steps) {
        Ok(tail) => tail,
        Err(why) => {
            table.not_checked(subject.what("log10 p"), why.to_string());
            return None;
        }
    };
    let allowed = weighted_sum::allowance(table, subject, &tail);
    common::p_value(table, subject, examination, tail.log10_p, allowed);
    Some(tail.log10_p)
}

/// Whether a weight is ±2¹⁶·2^(−j/8), j from 0 to 96, to the nearest whole number.
fn is_on_ladder(weight: i32) -> bool {
    let size = f64::from(weight.unsigned_abs());
    let step = (8.0 * (UNIT / size).log2()).round();
    weight != 0 && (0.0..=96.0).contains(&step) && (UNIT * (-step / 8.0).exp2()).round() == size
}

/// A score between 0 and `most`, with the mean over/under.
struct Bounded {
    most: i128,
    over: i128,
    under: i128,
}

impl Bounded {
    fn of(mark: &Mark) -> Option<Self> {
        match mark.law {
            Law::Exponential => None,
            Law::Below(threshold) => Some(Self {
                most: 1,
                over: threshold.into(),
                under: LATTICE.into(),
            }),
            Law::Ones(layers) => Some(Self {
                most: layers.into(),
                over: layers.into(),
                under: 2,
            }),
        }
    }

    /// A whole number of them is a weight of 1.
    fn per_unit(&self) -> f64 {
        1.0 / (self.under as f64 * UNIT)
    }
}

/// T9's cells under one key.
struct Summed<'a> {
    masses: &'a Masses,
    values: &'a [u32],
    mark: &'a Mark,
}

impl Summed<'_> {
    /// The stretches of cells that are of one window.
    fn windows(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let mut end = 0;
        self.masses.windows.iter().map(move |&cells| {
            let start = end;
            end += cells as usize;
            start..end
        })
    }

    /// Sum of weight·score over a stretch, and of weights.
    fn sums(&self, cells: std::ops::Range<usize>) -> (i128, i128) {
        cells.fold((0, 0), |(sum, weights), at| {
            let weight = i128::from(self.masses.weights[at]);
            (sum + weight * i128::from(self.values[at]), weights + weight)
        })
    }

    /// The squares of each window's range, summed.
    fn squares(&self, size: impl Fn(usize) -> i128) -> f64 {
        let range = |cells: std::ops::Range<usize>| cells.map(&size).sum::<i128>();
        self.windows()
            .map(|cells| (range(cells) as f64).powi(2))
            .sum()
    }

    /// What sums and roundings of so many windows may come to, relatively.
    fn rounding(&self) -> f64 {
        (self.masses.windows.len() as f64 + 64.0) * 4.0 * f64::EPSILON
    }

    /// log10 of the mean capital of bettors on each window's sum, for scores that are bounded.
    fn bets(&self, bounded: &Bounded) -> (f64, Allowance) {
        let windows = self.masses.windows.len() as f64;
        let allowed = Allowance {
            safe: 1e-9 + windows * 256.0 * f64::EPSILON / LN_10,
            own: 1e-11 + windows * 4.0 * f64::EPSILON,
        };
        let depth = |cells: std::ops::Range<usize>| -> i128 {
            let below = |at| match i128::from(self.masses.weights[at]) {
                weight @ 0.. => weight * bounded.over,
                weight => -weight * (bounded.most * bounded.under - bounded.over),
            };
            cells.map(below).sum()
        };
        let lowest = self.windows().map(depth).max().unwrap_or(0) as f64 * bounded.per_unit();
        if lowest <= 0.0 {
            return (0.0, allowed);
        }
        let away: Vec<f64> = self
            .windows()
            .map(|cells| {
                let (sum, weights) = self.sums(cells);
                (sum * bounded.under - weights * bounded.over) as f64 * bounded.per_unit()
            })
            .collect();
        let capital = |j: i32| {
            let share = 0.98 / lowest * (-f64::from(j) / 4.0).exp2();
            let ln = away.iter().map(|&x| Double::from((share * x).ln_1p()));
            ln.fold(Double::ZERO, |sum, ln| sum + ln)
        };
        let capitals: Vec<Double> = (0..BETTORS).map(capital).collect();
        (mean(&capitals).to_log10(), allowed)
    }

    /// log10 of the mean of tilts of the whole sum, for Gumbel scores.
    fn tilts(&self, total: i128) -> (f64, Allowance) {
        let mut groups: BTreeMap<i32, u64> = BTreeMap::new();
        for &weight in &self.masses.weights {
            *groups.entry(weight).or_default() += 1;
        }
        let allowed = Allowance {
            safe: 1e-9,
            own: 1e-11,
        };
        let largest = groups.keys().map(|weight| weight.unsigned_abs()).max();
        let Some(largest) = largest.filter(|&largest| largest > 0) else {
            return (0.0, allowed);
        };
        let x = Double::from(total).scale(-24 - 16);
        let tilted = |j: i32| {
            let theta = 0.98 * (-f64::from(j) / 4.0).exp2() * UNIT / f64::from(largest);
            let theta = Double::from(theta);
            groups.iter().fold(theta * x, |sum, (&weight, &cells)| {
                let tilt = theta * Double::from(f64::from(weight)).scale(-16);
                let mut ln = (Double::ONE - tilt).ln();
                if weight < 0 {
                    // (1 + 2⁻³²)^(d + 1), nearly.
                    ln = ln - (Double::ONE - tilt).scale(-32);
                }
                sum + ln * Double::from(cells)
            })
        };
        let tilted: Vec<Double> = (0..BETTORS).map(tilted).collect();
        (mean(&tilted).to_log10(), allowed)
    }

    /// Checks Hoeffding's bound, which bounded scores have.
    fn hoeffding(&self, table: &mut Table, subject: &Subject<'_>) {
        let what = subject.what("log10 p by Hoeffding's bound");
        let Some(bounded) = Bounded::of(self.mark) else {
            let none = subject.finding.is_absent("log10_p_hoeffding");
            return table.holds(what, none, || "scores are not bounded".to_owned());
        };
        let (sum, weights) = self.sums(0..self.values.len());
        let excess = sum * bounded.under - weights * bounded.over;
        let squares = self.squares(|at| {
            i128::from(self.masses.weights[at].unsigned_abs()) * bounded.most * bounded.under
        });
        let log10_p = match excess > 0 {
            true => -2.0 * (excess as f64).powi(2) / squares / LN_10,
            false => 0.0,
        };
        let allowed = Allowance {
            safe: log10_p.abs() * 2.0 * self.rounding() + 1e-12,
            own: log10_p.abs() * self.rounding() + 1e-12,
        };
        table.above(
            what,
            subject.finding.number("log10_p_hoeffding"),
            log10_p,
            allowed,
        );
    }

    /// Checks the mean score of the suspect's probability, its interval, and what would have been visible.
    fn effect(&self, table: &mut Table, subject: &Subject<'_>, tests: usize) {
        let (finding, mark) = (subject.finding, self.mark);
        let null = mark.null_mean() * mark.trials() as f64;
        let all: u128 = self.masses.masses.iter().copied().map(u128::from).sum();
        let scored = self.masses.masses.iter().zip(self.values);
        let scored: u128 = scored
            .map(|(&mass, &value)| u128::from(mass) * u128::from(value))
            .sum();
        let value = match all {
            0 => null,
            all => scored as f64 / mark.unit() / all as f64,
        };
        table.near(subject.what("mass"), finding.number("mass"), value, 1e-12);
        table.near(
            subject.what("mass without the key"),
            finding.number("mass_null"),
            null,
            1e-15,
        );
        self.interval(table, subject, value, all);
        let what = subject.what("smallest visible mass");
        if all == 0 {
            let none = finding.is_absent("mass_smallest_visible");
            return table.holds(what, none, || "there is no probability".to_owned());
        }
        let squares: f64 = self
            .masses
            .masses
            .iter()
            .map(|&mass| (mass as f64).powi(2))
            .sum();
        let variance = match mark.law {
            Law::Exponential => 1.0,
            Law::Below(_) => null * (1.0 - null),
            Law::Ones(layers) => f64::from(layers) / 4.0,
        };
        let level = LEVEL / tests.max(1) as f64;
        let deviations = upper_quantile(level) + upper_quantile(MISSED);
        let visible = null + deviations * (variance * squares).sqrt() / all as f64;
        table.near(what, finding.number("mass_smallest_visible"), visible, 1e-9);
    }

    fn interval(&self, table: &mut Table, subject: &Subject<'_>, value: f64, all: u128) {
        let (finding, what) = (subject.finding, subject.what("interval of the mass"));
        let bounded = Bounded::of(self.mark).filter(|_| all > 0);
        let Some(bounded) = bounded else {
            let none = finding.is_absent("mass_interval");
            return table.holds(what, none, || "such scores have none".to_owned());
        };
        let squares = self.squares(|at| i128::from(self.masses.masses[at]) * bounded.most);
        let half = ((2.0 / INTERVAL_ALPHA).ln() * squares / 2.0).sqrt() / all as f64;
        let printed = finding.at("mass_interval");
        let (low, high) = (
            (value - half).max(0.0),
            (value + half).min(self.mark.trials() as f64),
        );
        let outward = Allowance {
            safe: 1e-9 * half.max(1.0),
            own: 1e-12,
        };
        table.below(format!("{what}: low"), printed.number("low"), low, outward);
        table.above(
            format!("{what}: high"),
            printed.number("high"),
            high,
            outward,
        );
        let alpha = printed.number("alpha");
        table.near(format!("{what}: alpha"), alpha, INTERVAL_ALPHA, 1e-15);
        table.same(format!("{what}: sides"), printed.text("sides"), "two");
    }
}
