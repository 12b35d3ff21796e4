//! T6, the contrast with a control (`docs/tests/contrast.md`).

use super::super::effect::limits_hold;
use super::super::examination::{Examination, Scored};
use super::super::limits::{EXACT, FEW_CELLS, INTERVAL_ALPHA, LEVEL, MEANS, MISSED, RATES, bound};
use super::super::mark::{Law, Mark};
use super::super::score::{DEFICIT, NAT};
use super::super::table::{Allowance, Table};
use super::super::tail::normal::upper_quantile;
use super::super::tail::{LATTICE, interval};
use super::super::weighted::{self, Group};
use super::common;
use super::subject::Subject;
use std::collections::BTreeMap;

/// Differences of Gumbel scores are rounded to multiples of 1/16 nat.
const STEPS_IN_A_NAT: u64 = 16;

pub(super) fn check(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
) -> Option<f64> {
    let (finding, mark) = (subject.finding, &examination.mark);
    let control = finding
        .text("control_id")
        .ok()
        .and_then(|id| examination.key(id));
    let Some(control) = control else {
        table.not_checked(
            subject.what("its numbers"),
            "no words under its control are disclosed",
        );
        return None;
    };
    let pairs = Pairs::of(mark, subject.scored, control);
    let steps = if mark.is_gumbel() {
        STEPS_IN_A_NAT as f64
    } else {
        1.0
    };
    table.near(
        subject.what("statistic"),
        finding.number("statistic"),
        pairs.lead() as f64 / steps,
        1e-12,
    );
    table.same(
        subject.what("discordant"),
        finding.whole("discordant"),
        pairs.discordant(),
    );
    effect(table, subject, examination, control);
    // Each size of a difference with a fair coin.
    let groups: Vec<Group> = pairs
        .sizes
        .iter()
        .map(|(&size, &(ahead, behind))| Group {
            weight: size as i64,
            cells: ahead + behind,
        })
        .collect();
    match weighted::counts(&groups, LATTICE / 2, pairs.ahead(), &examination.steps) {
        Ok(tail) => {
            let room = Allowance {
                safe: bound(tail.log10_p)
                    .safe
                    .min((tail.chernoff - tail.log10_p).max(0.0) + 1e-6),
                own: bound(tail.log10_p).own,
            };
            let allowed = if tail.is_exact { EXACT } else { room };
            common::p_value(table, subject, examination, tail.log10_p, allowed);
            Some(tail.log10_p)
        }
        Err(why) => {
            table.not_checked(subject.what("log10 p"), why.to_string());
            None
        }
    }
}

/// Cells by the size of the difference, in steps, 0 left out: ahead and behind.
struct Pairs {
    sizes: BTreeMap<u64, (u64, u64)>,
}

impl Pairs {
    fn of(mark: &Mark, tested: &Scored<'_>, control: &Scored<'_>) -> Self {
        let ring = mark.ring as usize;
        let mut sizes: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        let cells = tested
            .values
            .chunks_exact(ring)
            .zip(control.values.chunks_exact(ring));
        for (own, other) in cells {
            let (own, other) = (cell_score(mark, own), cell_score(mark, other));
            let size = steps(mark, own.abs_diff(other));
            if size > 0 {
                let (ahead, behind) = sizes.entry(size).or_default();
                *(if own > other { ahead } else { behind }) += 1;
            }
        }
        Self { sizes }
    }

    fn discordant(&self) -> u64 {
        self.sizes
            .values()
            .map(|(ahead, behind)| ahead + behind)
            .sum()
    }

    /// Steps that the tested key is ahead by where it is.
    fn ahead(&self) -> i128 {
        self.sizes
            .iter()
            .map(|(&size, &(ahead, _))| i128::from(size) * i128::from(ahead))
            .sum()
    }

    /// The same less those that it is behind by.
    fn lead(&self) -> i128 {
        let behind =
            |(&size, &(_, behind)): (&u64, &(u64, u64))| i128::from(size) * i128::from(behind);
        self.ahead() - self.sizes.iter().map(behind).sum::<i128>()
    }
}

/// A cell's score: the mean of a ring's Gumbel scores, rounded down; the sum of counts.
fn cell_score(mark: &Mark, values: &[u32]) -> u64 {
    let sum: u64 = values.iter().map(|&value| u64::from(value)).sum();
    if mark.is_gumbel() {
        sum / values.len().max(1) as u64
    } else {
        sum
    }
}

/// A difference in steps: Gumbel's to the nearest, halves away from 0.
fn steps(mark: &Mark, difference: u64) -> u64 {
    if !mark.is_gumbel() {
        return difference;
    }
    let step = NAT / STEPS_IN_A_NAT;
    (2 * difference + step) / (2 * step)
}

/// Checks the effect, its interval and what would have been visible.
fn effect(
    table: &mut Table,
    subject: &Subject<'_>,
    examination: &Examination<'_>,
    control: &Scored<'_>,
) {
    let (finding, mark) = (subject.finding, &examination.mark);
    let (n, own, other) = (examination.scored(), subject.scored.total, control.total);
    let is_there = n >= FEW_CELLS && mark.ring == 1 && !(mark.is_gumbel() && other == 0);
    if !is_there || finding.is_absent("effect") {
        let right = is_there != finding.is_absent("effect");
        table.holds(subject.what("effect"), right, || {
            "there is one where 25 cells were scored under single keys, and else none".to_owned()
        });
        return;
    }
    let effect = finding.at("effect");
    let trials = n * mark.trials();
    let rate = |sum: u64| sum as f64 / mark.unit() / trials as f64;
    let (tested, untested) = (rate(own), rate(other));
    let (measure, value, null) = match mark.law {
        Law::Exponential => ("mean-score-ratio", tested / untested, 1.0),
        Law::Below(_) => ("green-rate-difference", tested - untested, 0.0),
        Law::Ones(_) => ("one-bit-rate-difference", tested - untested, 0.0),
    };
    table.same(
        subject.what("what the effect measures"),
        effect.text("measure"),
        measure,
    );
    // A difference has the rounding of its terms.
    let off = effect.number("value").map(|found| found - value + 1.0);
    table.near(subject.what("effect"), off, 1.0, 1e-12);
    table.near(
        subject.what("effect where both keys matter alike"),
        effect.number("null"),
        null,
        0.0,
    );
    table.near(
        subject.what("rate under the tested key"),
        effect.number("tested"),
        tested,
        1e-12,
    );
    table.near(
        subject.what("rate under the control"),
        effect.number("control"),
        untested,
        1e-12,
    );
    let (limits, allowed) = if mark.is_gumbel() {
        (ratio(n, own, other), MEANS)
    } else {
        (difference(mark, subject.scored, control, trials), RATES)
    };
    limits_hold(
        table,
        &subject.name,
        effect.at("interval"),
        limits,
        INTERVAL_ALPHA,
        allowed,
    );
    let visible = smallest_visible(
        mark,
        trials as f64,
        LEVEL / examination.tests().max(1) as f64,
    );
    table.near(
        subject.what("smallest visible effect"),
        effect.number("smallest_visible"),
        visible,
        3e-7,
    );
}

/// Limits of the ratio of two means: their shares of the sum are Beta(n, n), P(Beta(n, n) ≤ x) = P(Binomial(2n − 1, x) ≥ n).
fn ratio(n: u64, own: u64, other: u64) -> (f64, f64) {
    let x = interval::rate_low(2 * n - 1, n, 0.5 * INTERVAL_ALPHA) as f64;
    let odds = x / (LATTICE as f64 - x);
    let room = DEFICIT * n;
    (
        own as f64 / (other + room) as f64 * odds,
        (own + room) as f64 / other as f64 / odds,
    )
}

/// Limits of the difference of two rates: (2θ − 1)·π, the share θ that is ahead with 4/5 of α and the rate π of discordant trials with 1/5.
fn difference(mark: &Mark, tested: &Scored<'_>, control: &Scored<'_>, trials: u64) -> (f64, f64) {
    let (ahead, behind) = discordant_trials(mark, tested, control);
    let count = ahead + behind;
    let limits = |n: u64, s: u64, alpha: f64| {
        let rate = |limit: u64| limit as f64 / LATTICE as f64;
        [
            rate(interval::rate_low(n, s, 0.5 * alpha)),
            rate(interval::rate_high(n, s, 0.5 * alpha)),
        ]
    };
    let shares = limits(count, ahead, 0.8 * INTERVAL_ALPHA);
    let rates = limits(trials, count, 0.2 * INTERVAL_ALPHA);
    let products = shares
        .iter()
        .flat_map(|share| rates.map(|rate| (2.0 * share - 1.0) * rate));
    let (low, high) = products.fold((f64::MAX, f64::MIN), |(low, high), product| {
        (low.min(product), high.max(product))
    });
    (low.max(-1.0), high.min(1.0))
}

/// Trials that succeed under one key only: cells, or bits of a tournament.
fn discordant_trials(mark: &Mark, tested: &Scored<'_>, control: &Scored<'_>) -> (u64, u64) {
    let bits = |word: u32| match mark.law {
        Law::Ones(layers) => word & (u32::MAX >> (32 - layers)),
        Law::Below(threshold) => u32::from(u64::from(word) < threshold),
        Law::Exponential => 0,
    };
    let words = tested.key.words.iter().zip(&control.key.words);
    words.fold((0, 0), |(ahead, behind), (&own, &other)| {
        let (own, other) = (bits(own), bits(other));
        (
            ahead + u64::from((own & !other).count_ones()),
            behind + u64::from((other & !own).count_ones()),
        )
    })
}

/// What would have been visible, by the normal approximation.
fn smallest_visible(mark: &Mark, trials: f64, level: f64) -> f64 {
    let (found, missed) = (upper_quantile(level), upper_quantile(MISSED));
    if mark.is_gumbel() {
        // r = 1 + (z_α·√2 + z_β·√(1 + r²))/√n.
        let next = |r: f64| {
            let noise = found * 2.0_f64.sqrt() + missed * (1.0 + r * r).sqrt();
            (1.0 + noise / trials.sqrt()).min(f64::MAX)
        };
        return (0..100).fold(1.0, |r, _| next(r));
    }
    let rate = mark.null_mean();
    ((found + missed) * (2.0 * rate * (1.0 - rate) / trials).sqrt()).min(1.0 - rate)
}
