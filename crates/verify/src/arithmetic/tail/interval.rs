//! Limits: where a tail is as small as a level (`docs/statistics.md`, section 4).

use super::super::numbers::Double;
use super::lattice::LATTICE;
use super::{binomial, gamma};

/// Clopper and Pearson's lower limit: the largest t at which P(Binomial(n, t/2³²) ≥ s) is at most the level.
pub(crate) fn rate_low(n: u64, s: u64, level: f64) -> u64 {
    if s == 0 {
        return 0;
    }
    let (mut low, mut high) = (0, LATTICE);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if at_most(binomial::upper(n, s, middle), level) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The upper limit.
pub(crate) fn rate_high(n: u64, s: u64, level: f64) -> u64 {
    LATTICE - rate_low(n, n.saturating_sub(s), level)
}

/// The x that Gamma(n, 1) reaches with this chance, n ≥ 1.
pub(crate) fn gamma_reached(n: u64, chance: f64) -> f64 {
    search(
        n,
        |x| at_most(gamma::upper(n, Double::from(x)), chance),
        true,
    )
}

/// The x that it stays below with this chance, n ≥ 1.
pub(crate) fn gamma_below(n: u64, chance: f64) -> f64 {
    search(
        n,
        |x| at_most(gamma::lower(n, Double::from(x)), chance),
        false,
    )
}

/// The smallest count whose chance to be reached is at most the level; `None` where there is none.
pub(crate) fn critical_count(n: u64, t: u64, level: f64) -> Option<u64> {
    if n == 0 || !at_most(binomial::upper(n, n, t), level) {
        return None;
    }
    let (mut low, mut high) = (0, n);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if at_most(binomial::upper(n, middle, t), level) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

fn at_most(ln: Option<Double>, level: f64) -> bool {
    ln.is_none_or(|ln| ln.to_f64() <= level.ln())
}

/// The border between the x near n that are not `far` enough and those that are, above n or below it.
fn search(n: u64, far: impl Fn(f64) -> bool, is_above: bool) -> f64 {
    let (mut near, mut beyond) = (n as f64, n as f64);
    let mut step = 1.0 + 1.0 / near.sqrt();
    for _ in 0..64 {
        if far(beyond) {
            break;
        }
        near = beyond;
        beyond = if is_above {
            beyond * step
        } else {
            beyond / step
        };
        step *= 1.5;
    }
    for _ in 0..200 {
        let middle = 0.5 * (near + beyond);
        if (near - beyond).abs() <= 1e-13 * beyond {
            break;
        }
        if far(middle) {
            beyond = middle;
        } else {
            near = middle;
        }
    }
    beyond
}
