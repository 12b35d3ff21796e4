//! T1's effect, its interval and what would have been visible (`docs/statistics.md`, section 4; `docs/replay.md`).

use super::limits::{FEW_CELLS, LEVEL, MEANS, MISSED, RATES};
use super::mark::{Law, Mark};
use super::numbers::Double;
use super::printed::Printed;
use super::score::{DEFICIT, NAT};
use super::table::{Allowance, Table};
use super::tail::{LATTICE, interval};

/// The sum of scores under one key over all words.
#[derive(Clone, Copy)]
pub(crate) struct Summed {
    pub(crate) cells: u64,
    pub(crate) words: u64,
    pub(crate) total: u64,
}

/// How far limits of this law may lie outward.
pub(crate) fn allowance(mark: &Mark) -> Allowance {
    if mark.is_gumbel() { MEANS } else { RATES }
}

/// Checks an effect that stands at `finding.effect`: value, null and an interval at `alpha`.
pub(crate) fn check(
    table: &mut Table,
    name: &str,
    finding: Printed<'_>,
    mark: &Mark,
    summed: Summed,
    alpha: f64,
) {
    let effect = finding.at("effect");
    let few = summed.cells < FEW_CELLS;
    if few || finding.is_absent("effect") {
        table.holds(
            format!("{name}: effect"),
            few && finding.is_absent("effect"),
            || {
                format!(
                    "of {} cells there is one from {FEW_CELLS} on, and of fewer none",
                    summed.cells
                )
            },
        );
        return;
    }
    let trials = summed.words * mark.trials();
    let value = summed.total as f64 / mark.unit() / trials as f64;
    table.near(
        format!("{name}: effect"),
        effect.number("value"),
        value,
        1e-12,
    );
    table.near(
        format!("{name}: effect without the key"),
        effect.number("null"),
        mark.null_mean(),
        1e-15,
    );
    let measure = match mark.law {
        Law::Exponential => "mean-score",
        Law::Below(_) => "green-rate",
        Law::Ones(_) => "one-bit-rate",
    };
    table.same(
        format!("{name}: what the effect measures"),
        effect.text("measure"),
        measure,
    );
    let limits = of(mark, summed, trials, alpha);
    limits_hold(
        table,
        name,
        effect.at("interval"),
        limits,
        alpha,
        allowance(mark),
    );
}

/// Checks an interval with both limits.
pub(crate) fn limits_hold(
    table: &mut Table,
    name: &str,
    printed: Printed<'_>,
    (low, high): (f64, f64),
    alpha: f64,
    allowed: Allowance,
) {
    let wide = |limit: f64| Allowance {
        safe: allowed.safe * limit.abs().max(1.0),
        own: allowed.own * limit.abs().max(1.0),
    };
    table.below(
        format!("{name}: interval's low end"),
        printed.number("low"),
        low,
        wide(low),
    );
    table.above(
        format!("{name}: interval's high end"),
        printed.number("high"),
        high,
        wide(high),
    );
    table.near(
        format!("{name}: interval's alpha"),
        printed.number("alpha"),
        alpha,
        1e-15,
    );
    table.same(
        format!("{name}: interval's sides"),
        printed.text("sides"),
        "two",
    );
}

fn of(mark: &Mark, summed: Summed, trials: u64, alpha: f64) -> (f64, f64) {
    let half = 0.5 * alpha;
    if mark.is_gumbel() {
        return (
            nats(summed.total) / interval::gamma_reached(summed.words, half),
            nats(summed.total + DEFICIT * summed.words) / interval::gamma_below(summed.words, half),
        );
    }
    let lattice = LATTICE as f64;
    (
        interval::rate_low(trials, summed.total, half) as f64 / lattice,
        interval::rate_high(trials, summed.total, half) as f64 / lattice,
    )
}

/// The smallest mean of a trial that would be seen in nine cases of ten, were `tests` tests made of so many words.
pub(crate) fn smallest_visible(mark: &Mark, words: u64, tests: usize) -> f64 {
    let level = LEVEL / tests.max(1) as f64;
    if words == 0 {
        return 1.0;
    }
    if mark.is_gumbel() {
        let needed = interval::gamma_reached(words, level) + nats(DEFICIT * words);
        return needed / interval::gamma_below(words, MISSED);
    }
    let trials = words * mark.trials();
    match interval::critical_count(trials, mark.rate(), level) {
        Some(count) => interval::rate_high(trials, count - 1, MISSED) as f64 / LATTICE as f64,
        None => 1.0,
    }
}

fn nats(units: u64) -> f64 {
    (Double::from(units) / Double::from(NAT)).to_f64()
}
