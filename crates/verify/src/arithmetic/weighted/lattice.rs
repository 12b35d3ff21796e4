//! Whole-number sums: the tail from as many values of the transform as the law is wide.
//!
//! With φ the transform of a whole-number S and z = θ + it,
//!
//! ```text
//! e^(−zs)·φ(z)/(1 − e^(−z)) = Σ_k e^(zk)·P(S ≥ s + k),
//! ```
//!
//! so the mean of the left side over N equally spaced t in [0, 2π) is P(S ≥ s), and beside it e^(θmN)·P(S ≥ s + mN) for m ≠ 0. N is
//! chosen so that these are below 1e-15 of it, and a second N must agree.

use super::super::numbers::{Complex, Double};
use super::law;
use super::listed;
use super::part::Part;
use super::root::rising_root;
use super::steps::Steps;
use super::weighted_tail::{Inverted, TooManySteps};
use std::f64::consts::TAU;

/// Values below e to the power of it, beside 1, are passed over.
const NOTHING: f64 = -60.0;

/// How nearly two numbers of steps must agree.
const AGREEMENT: f64 = 1e-10;

/// P(S ≥ sum) for a sum from the mean up to less than the largest possible one.
pub(super) fn upper(parts: &[Part], sum: i128, steps: &Steps) -> Result<Inverted, TooManySteps> {
    let spread = |theta: f64| {
        parts
            .iter()
            .map(|part| part.variance(theta))
            .sum::<f64>()
            .sqrt()
    };
    let excess = |theta: f64| {
        let mean = |part: &Part| part.most() as f64 * part.tilted(theta);
        parts.iter().map(mean).sum::<f64>() - sum as f64
    };
    let saddle = rising_root(excess, f64::INFINITY);
    let exponent = |theta: f64| {
        let all = parts.iter().map(|part| part.cumulant(theta));
        all.fold(-(Double::from(sum) * Double::from(theta)), |sum, one| {
            sum + one
        })
    };
    if let Some(ln_p) = listed::upper(parts, sum) {
        return Ok(Inverted {
            // There is such a sum: the largest one is above it.
            ln_p: ln_p.unwrap_or(Double::ZERO),
            chernoff: exponent(saddle),
        });
    }
    if let Some(values) = law::steps(parts) {
        steps.take(values)?;
        let beyond = Double::from(law::beyond(parts, sum, saddle));
        return Ok(Inverted {
            ln_p: exponent(saddle) + beyond.ln(),
            chernoff: exponent(saddle),
        });
    }
    // Near the mean the saddle point comes too close to the pole at 0.
    let theta = saddle.max((1.0 / spread(0.0)).min(1.0));
    let chernoff = exponent(saddle);
    let exponent = exponent(theta);
    let heaviest = parts.iter().map(|part| part.weight).max().unwrap_or(1) as f64;
    let width = ((50.0 - exponent.to_f64().min(0.0)) / theta)
        .max(13.0 * spread(theta))
        .max(150.0 * heaviest);
    if width.is_nan() || width > 1e12 {
        return Err(TooManySteps);
    }
    let transform = Transform { parts, sum, theta };
    let mut places = width as u64 | 1;
    let mut last = transform.mean(places, steps)?;
    for _ in 0..6 {
        places = 2 * places + 1;
        let next = transform.mean(places, steps)?;
        if (next - last).abs() <= AGREEMENT * next.abs() && next > 0.0 {
            return Ok(Inverted {
                ln_p: exponent + Double::from(next).ln(),
                chernoff,
            });
        }
        last = next;
    }
    Err(TooManySteps)
}

/// The transform along a line, beside its value at t = 0.
struct Transform<'a> {
    parts: &'a [Part],
    sum: i128,
    theta: f64,
}

impl Transform<'_> {
    /// The mean over an odd number of places.
    fn mean(&self, places: u64, steps: &Steps) -> Result<f64, TooManySteps> {
        let chances: Vec<f64> = self
            .parts
            .iter()
            .map(|part| part.tilted(self.theta))
            .collect();
        let mut total = 0.5 * self.kernel(0.0).re;
        // Stretches of places, both ends included; those where the transform is nothing are left out whole.
        let mut open = vec![(1, places / 2)];
        while let Some((first, last)) = open.pop() {
            if first > last {
                continue;
            }
            steps.take(self.parts.len() as u64)?;
            if self.size_at_most(&chances, first, last, places) < NOTHING {
                continue;
            }
            if last - first >= 8 {
                let middle = u64::midpoint(first, last);
                open.push((middle + 1, last));
                open.push((first, middle));
                continue;
            }
            for place in first..=last {
                steps.take(self.parts.len() as u64)?;
                total += self.at(&chances, place, places);
            }
        }
        Ok(2.0 * total / places as f64)
    }

    /// The real part at one place.
    fn at(&self, chances: &[f64], place: u64, places: u64) -> f64 {
        let turn = TAU / places as f64;
        let mut ln = Complex { re: 0.0, im: 0.0 };
        for (part, &chance) in self.parts.iter().zip(chances) {
            let angle = turn * centred(part.weight.into(), place, places);
            let half = (0.5 * angle).sin();
            let around = Complex {
                re: -2.0 * chance * half * half,
                im: chance * angle.sin(),
            };
            ln = ln + around.ln_1p().times(part.trials as f64);
            if ln.re < NOTHING {
                return 0.0;
            }
        }
        ln.im -= turn * centred(self.sum, place, places);
        (ln.exp() * self.kernel(turn * place as f64)).re
    }

    /// 1/(1 − e^(−z)) at z = θ + it.
    fn kernel(&self, t: f64) -> Complex {
        let (down, half) = ((-self.theta).exp(), (0.5 * t).sin());
        let one_less = Complex {
            re: -(-self.theta).exp_m1() + 2.0 * down * half * half,
            im: down * t.sin(),
        };
        one_less.inverse()
    }

    /// An upper bound of ln of the transform's size on a stretch: |1 + q(e^(ia) − 1)|² = 1 − 2q(1 − q)(1 − cos a).
    fn size_at_most(&self, chances: &[f64], first: u64, last: u64, places: u64) -> f64 {
        let turn = TAU / places as f64;
        let of = |(part, &chance): (&Part, &f64)| {
            let (weight, places) = (u128::from(part.weight), u128::from(places));
            let start = weight * u128::from(first) % places;
            let end = start + weight * u128::from(last - first);
            if start == 0 || end >= places {
                return 0.0;
            }
            // The place that is nearest to a whole turn.
            let nearest = start.min(places - end) as f64;
            let half = (0.5 * turn * nearest).sin();
            0.5 * part.trials as f64 * (-4.0 * chance * (1.0 - chance) * half * half).ln_1p()
        };
        self.parts.iter().zip(chances).map(of).sum()
    }
}

/// factor·place modulo `places`, from −places/2 to places/2.
fn centred(factor: i128, place: u64, places: u64) -> f64 {
    let places = i128::from(places);
    let rest = (factor.rem_euclid(places) * i128::from(place)).rem_euclid(places);
    if 2 * rest > places {
        (rest - places) as f64
    } else {
        rest as f64
    }
}
