//! Masses of a gamma part.

use super::super::super::stirling::stirling_error;
use super::super::cumulant::centred_exponential;
use super::masses::{Masses, Origin};

/// Densities below about e^−45 of the largest are left out and bounded.
const NEGLIGIBLE: f64 = -45.0;

/// The tilted law of weight × Gamma(cells, 1), relative to about its mean, rounded up to multiples of `step`.
///
/// Under the tilt it is β·G with β = weight/(1 − θ·weight) and G ~ Gamma(cells, 1). The density of G is cut into
/// pieces, `pieces` or more to a standard deviation. Its logarithm is concave, so on each piece it lies below
/// its tangent at the middle; what is integrated is that exponential.
pub(super) fn masses(weight: i64, cells: u64, tilt: f64, step: f64, pieces: f64) -> Masses {
    let density = Density::new(cells);
    let a = tilt * weight as f64;
    let scale = weight as f64 / (1.0 - a);
    let n = density.n;
    let (least, most) = density.window();
    let width = step / scale.abs();
    let cut = Cut {
        positive: weight > 0,
        lift: a / (1.0 - a),
        width,
        piece: n.sqrt() / pieces,
        least,
        most,
        density,
    };
    let low = ((least - n) / width).floor() as i64;
    let high = (((most - n) / width).floor() as i64 + 1).max(low + 1);
    let mut mass = cut.masses(low, high);
    let start = if weight > 0 {
        low + 1
    } else {
        mass.reverse();
        // The cell [i, i + 1] in G ends at its lower end, which has the index −i.
        1 - high
    };
    let origin = scale * n;
    let reach = (low.unsigned_abs().max(high.unsigned_abs()) + 1) as f64 * step;
    Masses {
        start,
        mass,
        outside: cut.density.below(least) + cut.density.above(most),
        relative: cut.relative_error(),
        origin: Origin::Nats(origin),
        slack: (origin.abs() + reach) * 16.0 * f64::EPSILON,
    }
}

/// The grid in units of β: cell i reaches from i to i + 1 widths above the mean of G.
struct Cut {
    /// Whether a cell's upper end in the sum is its upper end in G.
    positive: bool,
    /// θβ.
    lift: f64,
    width: f64,
    /// Width of a piece at most.
    piece: f64,
    /// Where the density is not negligible.
    least: f64,
    most: f64,
    density: Density,
}

impl Cut {
    fn masses(&self, low: i64, high: i64) -> Vec<f64> {
        let mut masses = Vec::with_capacity((high - low) as usize);
        let block = ((self.piece / self.width) as i64).clamp(1, MOST_CELLS);
        let mut i = low;
        while i < high {
            // The density does not go on below 0, its tangents do.
            if block == 1 || self.edge(i) <= 0.0 {
                masses.push(self.in_pieces(i));
                i += 1;
            } else {
                let cells = block.min(high - i);
                self.under_one_tangent(i, cells, &mut masses);
                i += cells;
            }
        }
        masses
    }

    fn edge(&self, i: i64) -> f64 {
        self.density.n + i as f64 * self.width
    }

    /// The mass of one cell, times e^(θ(r − x)) at every x in it.
    fn in_pieces(&self, i: i64) -> f64 {
        let (low, high) = (self.edge(i), self.edge(i + 1));
        let end = if self.positive { high } else { low };
        let (from, to) = (low.max(self.least), high.min(self.most));
        let cut = ((to - from) / self.piece).ceil();
        let piece = (to - from) / cut;
        let mut mass = 0.0;
        let mut k = 0.0;
        while k < cut {
            let c = from + (k + 0.5) * piece;
            let slope = self.density.slope(c) - self.lift;
            let value = libm::exp(self.density.ln(c) + self.lift * (end - c));
            mass += value * piece * sinhc(0.5 * slope * piece);
            k += 1.0;
        }
        mass * self.density.at_mode
    }

    /// The same for neighbouring cells: under one exponential their masses are a geometric sequence.
    fn under_one_tangent(&self, i: i64, cells: i64, masses: &mut Vec<f64>) {
        let half = 0.5 * self.width;
        let middle = self.edge(i) + cells as f64 * half;
        let slope = self.density.slope(middle);
        let to_end = if self.positive { half } else { -half };
        let first = libm::exp(
            self.density.ln(middle) - slope * (cells - 1) as f64 * half + self.lift * to_end,
        );
        let ratio = libm::exp(slope * self.width);
        let one = self.width * sinhc((slope - self.lift) * half) * self.density.at_mode;
        let mut mass = first * one;
        for _ in 0..cells {
            masses.push(mass);
            mass *= ratio;
        }
    }

    /// The exponent is below 60 and known to 2⁻⁴⁶; a point to 2u of itself, where the slope of the density is at
    /// most 10/√n and that of the tilt is θβ; a geometric sequence loses 2u for each cell.
    fn relative_error(&self) -> f64 {
        let n = self.density.n;
        let point = 16.0 * (10.0 * n.sqrt() + 10.0) + 4.0 * self.lift.abs() * self.most;
        2e-12 + f64::EPSILON * (point + 2.0 * MOST_CELLS as f64)
    }
}

/// Cells under one tangent at most.
const MOST_CELLS: i64 = 256;

/// x^(n−1)·e^(−x)/(n−1)!.
struct Density {
    n: f64,
    /// Where it is largest: n − 1.
    mode: f64,
    /// Its value there, rounded up.
    at_mode: f64,
}

impl Density {
    fn new(cells: u64) -> Self {
        let mode = (cells - 1) as f64;
        let at_mode = if cells == 1 {
            1.0
        } else {
            let stirling = stirling_error(cells - 1).to_f64();
            libm::exp(-stirling) / (std::f64::consts::TAU * mode).sqrt()
        };
        Self {
            n: cells as f64,
            mode,
            at_mode: at_mode * (1.0 + 8.0 * f64::EPSILON),
        }
    }

    /// Logarithm of the density over its largest value.
    fn ln(&self, x: f64) -> f64 {
        if self.mode == 0.0 {
            return -x;
        }
        if x <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let v = (x - self.mode) / self.mode;
        -self.mode * centred_exponential(-v)
    }

    /// Derivative of the logarithm.
    fn slope(&self, x: f64) -> f64 {
        self.mode / x - 1.0
    }

    /// Where the density is not negligible.
    fn window(&self) -> (f64, f64) {
        let mut reach = self.n.sqrt();
        while self.ln(self.mode + reach) > NEGLIGIBLE {
            reach *= 1.2;
        }
        let most = self.mode + reach;
        let least = self.mode - reach;
        if least <= 0.0 {
            return (0.0, most);
        }
        (least, most)
    }

    /// Upper bound of the probability below x < mode: a log-concave density lies below its tangents.
    fn below(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        self.tail(x, self.slope(x))
    }

    fn above(&self, x: f64) -> f64 {
        self.tail(x, -self.slope(x))
    }

    fn tail(&self, x: f64, slope: f64) -> f64 {
        libm::exp(self.ln(x)) * self.at_mode / slope * (1.0 + 1e-6)
    }
}

/// sinh(z)/z.
fn sinhc(z: f64) -> f64 {
    if z.abs() > 0.3 {
        return libm::sinh(z) / z;
    }
    let square = z * z;
    // The next term is below 2⁻³³/9!… of the sum.
    1.0 + square / 6.0
        * (1.0
            + square / 20.0
                * (1.0 + square / 42.0 * (1.0 + square / 72.0 * (1.0 + square / 110.0))))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::double_word::DoubleWord;
    use super::super::super::super::gamma::{ln_gamma_lower, ln_gamma_upper};
    use super::*;

    /// ln of x^(n−1)·e^(−x)/(n−1)!.
    fn ln_density(n: u64, x: f64) -> f64 {
        let factorial: f64 = (1..n).map(|k| (k as f64).ln()).sum();
        let power = if n == 1 { 0.0 } else { (n - 1) as f64 * x.ln() };
        power - x - factorial
    }

    /// ∫ density(x)·e^(lift·(end − x)) by Simpson's rule.
    fn integral(n: u64, from: f64, to: f64, lift: f64, end: f64) -> f64 {
        const PARTS: usize = 512;
        let value = |k: usize| {
            let x = from + (to - from) * k as f64 / PARTS as f64;
            (ln_density(n, x) + lift * (end - x)).exp()
        };
        let inner: f64 = (1..PARTS)
            .map(|k| if k % 2 == 1 { 4.0 } else { 2.0 } * value(k))
            .sum();
        (value(0) + inner + value(PARTS)) * (to - from) / (3 * PARTS) as f64
    }

    /// Each mass is the integral over its cell, from above, by no more than the tangents of its pieces lie above the density.
    #[test]
    fn masses_are_integrals() {
        for (weight, cells, tilt, step) in [
            (1, 1, 0.3, 0.25),
            (2, 2, 0.0, 0.5),
            (3, 5, 0.1, 1.0),
            (-2, 5, 0.2, 0.3),
            (1, 40, 0.4, 0.05),
            (-1, 40, 0.5, 0.02),
            (1, 40, 0.4, 3.0),
        ] {
            let found = masses(weight, cells, tilt, step, 40.0);
            let a = tilt * weight as f64;
            let scale = weight as f64 / (1.0 - a);
            let (width, lift, n) = (step / scale.abs(), a / (1.0 - a), cells as f64);
            let (least, most) = Density::new(cells).window();
            let mut checked = 0;
            for (k, &mass) in (found.start..).zip(&found.mass) {
                let (low, high) = match weight > 0 {
                    true => (k - 1, k),
                    false => (-k, 1 - k),
                };
                let (low, high) = (n + low as f64 * width, n + high as f64 * width);
                let end = if weight > 0 { high } else { low };
                // Where a cell is cut in pieces, what is negligible is left out.
                let (from, to) = (low.max(least).max(0.0), high.min(most));
                let exact = integral(cells, from, to, lift, end);
                let place = format!("{weight} {cells} {k}: {mass} {exact}");
                assert!(
                    mass * (1.0 + found.relative) >= exact * (1.0 - 1e-9),
                    "{place}"
                );
                let piece = n.sqrt() / 40.0;
                // The piece that the cell is in may begin before it.
                let bent = from - piece;
                let bend = (n - 1.0) / (bent * bent) * piece * piece / 8.0;
                if bent > 0.0 && high <= most && low >= least {
                    assert!(mass <= exact * bend.exp() * (1.0 + 1e-9), "{place}");
                    checked += 1;
                }
                if cells == 1 && high <= most {
                    assert!(mass <= exact * (1.0 + 1e-9), "{place}");
                }
            }
            assert!(checked > 5);
            let above = ln_gamma_upper(cells, DoubleWord::from(most)).to_f64().exp();
            let below = match least > 0.0 {
                true => ln_gamma_lower(cells, DoubleWord::from(least))
                    .to_f64()
                    .exp(),
                false => 0.0,
            };
            assert!((above + below..4.0 * (above + below)).contains(&found.outside));
            let ends = match weight > 0 {
                true => [found.start - 1, found.start - 1 + found.mass.len() as i64],
                false => [1 - found.start - found.mass.len() as i64, 1 - found.start],
            };
            let [first, last] = ends.map(|end| n + end as f64 * width);
            assert!(first <= least && least < first + width, "{least} {first}");
            assert!(last - width <= most && most < last, "{most} {last}");
            assert!(
                matches!(found.origin, Origin::Nats(origin) if (origin - scale * n).abs() < 1e-12)
            );
            let reach = ends.map(i64::unsigned_abs).into_iter().max().unwrap() + 1;
            let slack = (n * scale.abs() + reach as f64 * step) * 16.0 * f64::EPSILON;
            assert!((found.slack / slack - 1.0).abs() < 1e-9);
            let point = 16.0 * (10.0 * n.sqrt() + 10.0) + 4.0 * lift.abs() * most;
            let relative = 2e-12 + f64::EPSILON * (point + 512.0);
            assert!((found.relative / relative - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_density_is_its_definition() {
        for n in [1, 2, 5, 40, 1000] {
            let density = Density::new(n);
            let mode = (n - 1) as f64;
            let at_mode = ln_density(n, mode).exp();
            assert!((density.at_mode / at_mode - 1.0).abs() < 1e-11, "{n}");
            for x in [0.5, 1.0, 3.0, 41.0, 900.0] {
                let exact = ln_density(n, x) - at_mode.ln();
                assert!(
                    (density.ln(x) - exact).abs() < 1e-9 * (1.0 + exact.abs()),
                    "{n} {x}"
                );
                let slope = (density.ln(x + 1e-5) - density.ln(x - 1e-5)) / 2e-5;
                assert!(
                    (density.slope(x) - slope).abs() < 1e-5 * (1.0 + slope.abs()),
                    "{n} {x}"
                );
            }
            if n > 1 {
                assert_eq!(density.ln(0.0), f64::NEG_INFINITY);
                assert_eq!(density.ln(-1.0), f64::NEG_INFINITY);
            }
            let (least, most) = density.window();
            assert!(density.ln(most) <= NEGLIGIBLE && density.ln(most) > 1.6 * NEGLIGIBLE);
            let other = mode - (most - mode);
            assert!(
                (least - other.max(0.0)).abs() < 1e-9 * most,
                "{least} {other}"
            );
        }
    }

    #[test]
    fn what_is_left_out_is_bounded() {
        let exact = |ln: DoubleWord| ln.to_f64().exp();
        for n in [1, 2, 5, 40, 1000] {
            let density = Density::new(n);
            let spread = (n as f64).sqrt();
            for far in [3.0, 5.0, 8.0] {
                let high = n as f64 + far * spread;
                let above = exact(ln_gamma_upper(n, DoubleWord::from(high)));
                let bound = density.above(high);
                assert!(
                    bound >= above && bound < 1.5 * above,
                    "{n} {far}: {bound} {above}"
                );
                let low = (n - 1) as f64 - far * spread;
                if low > 0.0 {
                    let below = exact(ln_gamma_lower(n, DoubleWord::from(low)));
                    let bound = density.below(low);
                    assert!(
                        bound >= below && bound < 1.5 * below,
                        "{n} {far}: {bound} {below}"
                    );
                }
            }
            assert_eq!(density.below(0.0), 0.0);
        }
        // Of one cell the bound is the tail.
        let one = Density::new(1);
        assert!((one.above(7.0) / (-7_f64).exp() - 1.0 - 1e-6).abs() < 1e-9);
    }

    #[test]
    fn sinhc_is_sinh_over_its_argument() {
        assert_eq!(sinhc(0.0), 1.0);
        for k in 1..400 {
            let z = 0.01 * f64::from(k);
            for z in [z, -z] {
                assert!((sinhc(z) / (z.sinh() / z) - 1.0).abs() < 1e-13, "{z}");
            }
        }
    }
}
