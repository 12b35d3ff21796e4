//! The e-value of a window: where the observed count stands among counts of surrogates.

/// The powers that are mixed: from groups that differ a little every week to groups that differ beyond doubt.
pub const POWERS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];

/// Natural logarithms of the e-values of a window, one for each of [`POWERS`].
///
/// `draws[0]` is what was observed, the others are surrogates. With z the draws in units of their own standard deviation about their
/// own mean, e = (R + 1)·exp(κz₀)/Σ exp(κz). Mean and deviation are over all draws, so e is the same function of the observed draw and
/// of the set of all: where the draws are exchangeable its mean is 1 (docs/tests/exchange.md). Sums of counts are whole numbers, the sum of
/// exponentials is made in the order of the draws' size, equal ones at once: e does not depend on the order of surrogates, to the last bit.
pub(crate) fn ln_e(draws: &[u64]) -> [f64; POWERS.len()] {
    let count = draws.len() as u128;
    let sum: u128 = draws.iter().map(|&draw| u128::from(draw)).sum();
    let squares: u128 = draws.iter().map(|&draw| u128::from(draw).pow(2)).sum();
    let spread = count * squares - sum * sum;
    if spread == 0 {
        return [0.0; POWERS.len()];
    }
    let deviation = libm::sqrt(spread as f64);
    let z = |draw: u64| {
        let scaled = (u128::from(draw) * count).cast_signed() - sum.cast_signed();
        scaled as f64 / deviation
    };
    let mut sorted = draws.to_vec();
    sorted.sort_unstable();
    let equal = sorted.chunk_by(|a, b| a == b);
    let counts: Vec<(f64, f64)> = equal.map(|own| (z(own[0]), own.len() as f64)).collect();
    let observed = z(draws[0]);
    POWERS.map(|power| {
        let terms = counts.iter();
        let sum: f64 = terms.map(|(z, count)| count * libm::exp(power * z)).sum();
        power * observed - libm::log(sum) + libm::log(draws.len() as f64)
    })
}

/// Evidence that grows window by window: one product for each of [`POWERS`], averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    ln: [f64; POWERS.len()],
}

impl Evidence {
    /// Multiplies by the e-values of a window.
    pub(crate) fn multiply(&mut self, draws: &[u64]) {
        for (ln, own) in self.ln.iter_mut().zip(ln_e(draws)) {
            *ln += own;
        }
    }

    /// The average of two, power by power.
    #[must_use]
    pub(crate) fn average(&self, other: &Self) -> Self {
        let mut ln = self.ln;
        for (ln, other) in ln.iter_mut().zip(other.ln) {
            let (low, high) = (ln.min(other), ln.max(other));
            *ln = high + libm::log(f64::midpoint(libm::exp(low - high), 1.0));
        }
        Self { ln }
    }

    /// log10 of the average of the products, rounded down by more than all roundings together.
    #[must_use]
    pub fn log10_e(&self) -> f64 {
        let largest = self.ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares = self.ln.iter().map(|ln| libm::exp(ln - largest));
        let mean = shares.sum::<f64>() / POWERS.len() as f64;
        (largest + libm::log(mean)) / std::f64::consts::LN_10 - 1e-9
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Each draw in turn the observed one: the mean is 1, which is all that validity needs.
        #[test]
        fn the_mean_over_places_is_one(draws in proptest::collection::vec(0_u64..1_000_000, 2..60)) {
            let mut means = [0.0; POWERS.len()];
            for place in 0..draws.len() {
                let mut turned = draws.clone();
                turned.swap(0, place);
                for (mean, ln) in means.iter_mut().zip(ln_e(&turned)) {
                    *mean += ln.exp() / draws.len() as f64;
                }
            }
            for mean in means {
                prop_assert!((mean - 1.0).abs() < 1e-9, "{mean}");
            }
        }

        #[test]
        fn the_order_of_surrogates_is_nothing(draws in proptest::collection::vec(0_u64..1000, 3..30), a in 1_usize..30, b in 1_usize..30) {
            let mut turned = draws.clone();
            let last = draws.len() - 1;
            turned.swap(1 + a % last, 1 + b % last);
            prop_assert_eq!(ln_e(&draws), ln_e(&turned));
        }
    }

    #[test]
    fn equal_draws_say_nothing_and_a_largest_draw_says_at_most_their_number() {
        assert_eq!(ln_e(&[7; 50]), [0.0; POWERS.len()]);
        let mut draws = vec![10; 100];
        draws[0] = 1_000_000;
        let ln = ln_e(&draws);
        assert!(ln.iter().all(|ln| ln.exp() <= 100.0 + 1e-9));
        assert!(ln[3].exp() > 99.9, "{ln:?}");
        let mut evidence = Evidence::default();
        assert!(evidence.log10_e() <= 0.0 && evidence.log10_e() > -1e-8);
        evidence.multiply(&draws);
        evidence.multiply(&draws);
        let one = Evidence::default();
        let both = (10_f64.powf(evidence.log10_e()) + 1.0) / 2.0;
        assert!((evidence.average(&one).log10_e() - both.log10()).abs() < 1e-8);
        // The mean of four products, the largest of which is nearly 10,000.
        let exact = ln.iter().map(|ln| (2.0 * ln).exp()).sum::<f64>() / 4.0;
        assert!((evidence.log10_e() - exact.log10()).abs() < 1e-8);
    }
}
