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
