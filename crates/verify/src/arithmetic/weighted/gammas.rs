//! Weighted sums of exponential scores, of either sign.
//!
//! P(S ≥ s) = (1/2πi)∫ e^(K(z) − zs)/z dz along any curve from −i∞ to i∞ between 0 and the nearest pole on the right, K(z) =
//! −Σ n ln(1 − wz). The curve is θ + iy + a·y²: through the saddle point, and bent as steepest descent is, towards the side where e^(−zs) falls.

use super::super::numbers::{Complex, Double};
use super::super::tail;
use super::group::Group;
use super::root::rising_root;
use super::steps::Steps;
use super::weighted_tail::{Inverted, TooManySteps, WeightedTail};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// Score units in a nat.
const NAT_BITS: i32 = 24;

/// How nearly two numbers of steps must agree.
const AGREEMENT: f64 = 1e-10;

/// P(Σ weight·G ≥ sum), G the sum of as many exponentials as the group has cells; `sum` in units of 2⁻²⁴.
pub(crate) fn gammas(
    groups: &[Group],
    sum: i128,
    steps: &Steps,
) -> Result<WeightedTail, TooManySteps> {
    let mut merged: BTreeMap<i64, u64> = BTreeMap::new();
    for group in groups
        .iter()
        .filter(|group| group.weight != 0 && group.cells > 0)
    {
        *merged.entry(group.weight).or_default() += group.cells;
    }
    let parts: Vec<Group> = merged
        .into_iter()
        .map(|(weight, cells)| Group { weight, cells })
        .collect();
    let (any_up, any_down) = (
        parts.iter().any(|part| part.weight > 0),
        parts.iter().any(|part| part.weight < 0),
    );
    if sum <= 0 && !any_down {
        return Ok(WeightedTail::exactly(Some(Double::ZERO)));
    }
    if sum >= 0 && !any_up {
        return Ok(WeightedTail::exactly(None));
    }
    let nats = Double::from(sum).scale(-NAT_BITS);
    if let [part] = parts[..]
        && part.weight > 0
    {
        let ln = tail::gamma::upper(part.cells, nats / Double::from(i128::from(part.weight)));
        return Ok(WeightedTail::exactly(ln));
    }
    let mean: f64 = parts
        .iter()
        .map(|part| part.weight as f64 * part.cells as f64)
        .sum();
    if nats.to_f64() >= mean {
        return Ok(upper(&parts, nats, steps)?.upper());
    }
    let turned: Vec<Group> = parts
        .iter()
        .map(|part| Group {
            weight: -part.weight,
            ..*part
        })
        .collect();
    Ok(upper(&turned, -nats, steps)?.lower())
}

/// The tail at or above the mean.
fn upper(parts: &[Group], sum: Double, steps: &Steps) -> Result<Inverted, TooManySteps> {
    let heaviest = parts.iter().map(|part| part.weight).max().unwrap_or(0);
    let pole = if heaviest > 0 {
        1.0 / heaviest as f64
    } else {
        f64::INFINITY
    };
    // Derivatives of K: Σ n·w^k/(1 − wθ)^k.
    let scale = |part: &Group, theta: f64| part.weight as f64 / (1.0 - part.weight as f64 * theta);
    let moment = |theta: f64, k: i32| {
        let of = |part: &Group| part.cells as f64 * scale(part, theta).powi(k);
        parts.iter().map(of).sum::<f64>()
    };
    let saddle = rising_root(|theta| moment(theta, 1) - sum.to_f64(), pole);
    let least = (1.0 / moment(0.0, 2).sqrt()).min(0.5 * pole);
    let theta = saddle.max(least);
    let exponent = |theta: f64| {
        let of = |part: &Group| {
            let one = Double::ONE - Double::product(part.weight as f64, theta);
            one.ln() * Double::from(part.cells)
        };
        let all = parts.iter().map(of);
        all.fold(-(sum * Double::from(theta)), |sum, one| sum - one)
    };
    let bend = 2.0 * moment(theta, 3) / (6.0 * moment(theta, 2));
    let curve = Curve {
        terms: parts
            .iter()
            .map(|part| (scale(part, theta), part.cells as f64))
            .collect(),
        theta,
        sum: sum.to_f64(),
        bend: if sum >= Double::ZERO {
            bend.max(0.0)
        } else {
            bend.min(0.0)
        },
    };
    let factor = curve.integral(0.5 / moment(theta, 2).sqrt(), steps)?;
    Ok(Inverted {
        ln_p: exponent(theta) + Double::from(factor).ln(),
        chernoff: exponent(saddle),
    })
}

/// The curve, and the integrand on it beside its value at θ.
struct Curve {
    /// w/(1 − wθ) and n of each group.
    terms: Vec<(f64, f64)>,
    theta: f64,
    sum: f64,
    bend: f64,
}

impl Curve {
    /// (1/2πi)∫ e^(K(z) − K(θ) − (z − θ)s)/z dz, by the trapezoidal rule with ever finer steps.
    fn integral(&self, mut step: f64, steps: &Steps) -> Result<f64, TooManySteps> {
        // Half the value at 0, the curve being its own mirror image.
        let mut values = 0.5 / self.theta + self.row(step, step, steps)?;
        let mut last = values * step / PI;
        for _ in 0..14 {
            values += self.row(0.5 * step, step, steps)?;
            step *= 0.5;
            let next = values * step / PI;
            if next > 0.0 && (next - last).abs() <= AGREEMENT * next {
                return Ok(next);
            }
            last = next;
        }
        Err(TooManySteps)
    }

    /// The values at `first`, `first` + step and so on, until they are nothing.
    fn row(&self, first: f64, step: f64, steps: &Steps) -> Result<f64, TooManySteps> {
        let (mut total, mut most) = (0.0, 1.0 / self.theta);
        for k in 0_u32.. {
            steps.take(self.terms.len() as u64)?;
            let y = first + step * f64::from(k);
            let value = self.at(y);
            let size = value.size();
            most = size.max(most);
            total += value.im;
            // Falling at least as y^(−8) from here on, by how many cells there are or by the curve's bend.
            if size.is_nan() || size * y <= 1e-17 * most * step {
                break;
            }
        }
        Ok(total)
    }

    /// i times what is integrated at y: its imaginary part is what counts.
    fn at(&self, y: f64) -> Complex {
        let away = Complex {
            re: self.bend * y * y,
            im: y,
        };
        let mut ln = away.times(-self.sum);
        for &(scale, cells) in &self.terms {
            ln = ln + away.times(-scale).ln_1p().times(-cells);
        }
        let place = Complex {
            re: self.theta + away.re,
            im: y,
        };
        let along = Complex {
            re: 2.0 * self.bend * y,
            im: 1.0,
        };
        ln.exp() * place.inverse() * along
    }
}
