//! Certified bound for the weighted tournament.

use super::double_word::DoubleWord;
use super::enclosure::log10_p_up;
use super::error::TailError;
use super::limit::MAX_CELLS;
use super::log10::Log10P;

/// Integer weights proportional to `SynthID`'s linspace(10, 1, m), the first layer the heaviest.
///
/// `w_l = 10(m − 1) − 9l` for l = 0..m; the factor m/Σ of the published form changes no tail. One
/// layer has weight 1.
#[must_use]
pub fn linear_weights(layers: u32) -> Vec<u32> {
    if layers == 1 {
        return vec![1];
    }
    (0..layers).map(|l| 10 * (layers - 1) - 9 * l).collect()
}

/// Upper bound of log10 of `P(Σ w_l·B ≥ sum)` over `cells` cells with one fair bit B per layer.
///
/// Chernoff: ln P ≤ min over θ ≥ 0 of `n·Σ_l ln((1 + e^(θ·w_l))/2) − θ·sum`. Any θ gives a valid bound, so
/// only its evaluation is certified, not the search for the best θ. The bound exceeds the exact tail by about
/// a factor θσ·√(2π) (one to two orders of magnitude for a strong mark); at equal evidence the plain count
/// ([`super::tournament_upper`]) is exact. The largest possible sum is treated exactly.
///
/// # Errors
/// No positive weight, a sum above cells × Σ weights, or more than [`MAX_CELLS`] bits.
pub fn weighted_tournament_upper(
    cells: u64,
    sum: u64,
    weights: &[u32],
) -> Result<Log10P, TailError> {
    let total: u64 = weights.iter().map(|&w| u64::from(w)).sum();
    if total == 0 {
        return Err(TailError::NoWeight);
    }
    let bits = cells.checked_mul(weights.len() as u64);
    if bits.is_none_or(|bits| bits > MAX_CELLS) {
        return Err(TailError::TooManyCells { cells });
    }
    let max = cells
        .checked_mul(total)
        .filter(|&max| max < 1 << 63)
        .ok_or(TailError::WeightsTooLarge { cells, total })?;
    if sum > max {
        return Err(TailError::SumExceedsMaximum { sum, max });
    }
    if sum <= max - sum {
        return Ok(Log10P::ONE);
    }
    if sum == max {
        let drawn = weights.iter().filter(|&&w| w > 0).count() as u64 * cells;
        return Ok(log10_p_up(-(DoubleWord::LN_2 * DoubleWord::from(drawn))));
    }
    // Twice the excess over the mean, exactly; ≥ 1.
    let excess = sum - (max - sum);
    let theta = best_theta(excess as f64 / cells as f64, weights);
    Ok(log10_p_up(chernoff(cells, excess, theta, weights)))
}

/// Upper bound of `n·Σ ln cosh(y_l) − θ·excess/2` with `y_l = θ·w_l/2`, which is the exponent for any θ.
fn chernoff(cells: u64, excess: u64, theta: f64, weights: &[u32]) -> DoubleWord {
    // Of θ the rounded value itself is used on both sides, so that it needs no error bound.
    let growth: f64 = weights
        .iter()
        .map(|&w| ln_cosh(0.5 * theta * f64::from(w)))
        .sum();
    let gain = DoubleWord::from(excess) * DoubleWord::from(0.5 * theta);
    let cost = DoubleWord::from(cells) * DoubleWord::from(growth);
    // ln cosh is within 16 units of 2⁻⁵³ (see there), its argument's rounding costs at most 2 more and
    // the sum of m ≤ 2⁷ layers m; 2⁻⁴⁶ relative covers that and libm's ulp. Above 128 layers the
    // allowance grows with them.
    let allowance = growth * cells as f64 * 2.0_f64.powi(-53) * (128 + weights.len()) as f64;
    cost - gain + DoubleWord::from(allowance)
}

/// ln cosh y for y ≥ 0: by ln(1 + 2 sinh²(y/2)) below 1, by y − ln 2 + ln(1 + e^{−2y}) above. The first loses
/// nothing; the second cancels by less than a factor 5 (ln cosh 1 = 0.43).
fn ln_cosh(y: f64) -> f64 {
    if y < 1.0 {
        let half = libm::sinh(0.5 * y);
        libm::log1p(2.0 * half * half)
    } else {
        y - std::f64::consts::LN_2 + libm::log1p(libm::exp(-2.0 * y))
    }
}

/// θ with `Σ w_l·tanh(θ·w_l/2) = excess`, both per cell, by bisection; the left side rises from 0 to `Σ w_l`.
fn best_theta(excess: f64, weights: &[u32]) -> f64 {
    let slope = |theta: f64| -> f64 {
        weights
            .iter()
            .map(|&w| f64::from(w) * libm::tanh(0.5 * theta * f64::from(w)))
            .sum()
    };
    let heaviest = weights.iter().copied().max().map_or(1.0, f64::from);
    let (mut low, mut high) = (0.0, 1.0 / heaviest);
    // tanh is 1 in f64 from 20 on; beyond, a larger θ improves nothing that f64 can tell.
    while slope(high) < excess && high * heaviest < 4096.0 * heaviest {
        low = high;
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if slope(middle) < excess {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found} {expected}"
        );
    }

    /// The exponent where it is least, by a search of its own.
    fn least(cells: f64, excess: f64, weights: &[u32]) -> f64 {
        let value = |theta: f64| {
            let growth = weights.iter().map(|&w| {
                let y = 0.5 * theta * f64::from(w);
                y + (0.5 * (1.0 + (-2.0 * y).exp())).ln()
            });
            cells * growth.sum::<f64>() - 0.5 * theta * excess
        };
        let (mut low, mut high) = (0.0, 100.0);
        for _ in 0..300 {
            let [a, b] = [(2.0 * low + high) / 3.0, (low + 2.0 * high) / 3.0];
            match value(a) < value(b) {
                true => high = b,
                false => low = a,
            }
        }
        value(low)
    }

    #[test]
    fn the_bound_is_chernoffs_at_its_least() {
        for (cells, sum, weights) in [
            (100, 420, &[3, 2, 1][..]),
            (100, 596, &[3, 2, 1]),
            (1000, 600_000, &[1, 999, 1]),
            (7, 60, &[10, 0, 1, 3]),
            (1_000_000, 5_100_000, &[1, 2, 3, 4]),
        ] {
            let total: u64 = weights.iter().map(|&w| u64::from(w)).sum();
            let excess = 2 * sum - cells * total;
            let found = weighted_tournament_upper(cells, sum, weights)
                .unwrap()
                .value();
            let expected = least(cells as f64, excess as f64, weights) / std::f64::consts::LN_10;
            near(found, expected, 1e-9);
            let excess = excess as f64 / cells as f64;
            let theta = best_theta(excess, weights);
            let of = |w: f64| w * (0.5 * theta * w).tanh();
            near(
                weights.iter().map(|&w| of(f64::from(w))).sum(),
                excess,
                1e-9,
            );
        }
        for y in [0.01, 0.5, 0.999, 1.0, 1.001, 3.0, 300.0_f64] {
            near(ln_cosh(y), y + (0.5 * (1.0 + (-2.0 * y).exp())).ln(), 1e-12);
        }
        // The rounding that is allowed for, beside sums that are nothing.
        let found = chernoff(1 << 40, 0, 2.0, &[1, 1]).to_f64()
            / (2.0 * ln_cosh(1.0) * (1_u64 << 40) as f64);
        near(found - 1.0, 130.0 * 2_f64.powi(-53), 1e-2);
    }

    #[test]
    fn ends_are_exact_and_what_cannot_be_is_refused() {
        let value = |cells, sum, weights: &[u32]| {
            weighted_tournament_upper(cells, sum, weights).map(Log10P::value)
        };
        assert_eq!(value(10, 15, &[1, 2]).unwrap(), 0.0);
        assert!(value(10, 16, &[1, 2]).unwrap() < 0.0);
        near(
            value(10, 30, &[1, 2]).unwrap(),
            -20.0 * 2_f64.log10(),
            1e-12,
        );
        near(
            value(10, 30, &[0, 3]).unwrap(),
            -10.0 * 2_f64.log10(),
            1e-12,
        );
        assert!(matches!(
            value(10, 31, &[1, 2]),
            Err(TailError::SumExceedsMaximum { sum: 31, max: 30 })
        ));
        assert!(matches!(value(10, 1, &[0, 0]), Err(TailError::NoWeight)));
        assert!(value(MAX_CELLS, 1, &[1]).is_ok() && value(MAX_CELLS / 2, 1, &[1, 1]).is_ok());
        assert!(matches!(
            value(MAX_CELLS / 2 + 1, 1, &[1, 1]),
            Err(TailError::TooManyCells { .. })
        ));
        let cells = 1 << 32;
        assert!(matches!(
            value(cells, 1, &[1 << 31]),
            Err(TailError::WeightsTooLarge { .. })
        ));
        assert_eq!(value(cells, 1, &[(1 << 31) - 1]).unwrap(), 0.0);
    }
}
