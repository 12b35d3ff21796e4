//! Which grid: its step, its length, and what of it lies above the target.

use super::super::cumulant;
use super::super::problem::{Part, Problem};

/// Aims at a loss of this many nats by rounding up: 0.02 in log10.
const LOSS: f64 = 0.046;

/// The largest loss, in nats, with which a convolution is worth its time.
const LARGEST_LOSS: f64 = 5.0;

/// Tilted probability that may fall off either end, roughly: e^−21.
const LN_OFF: f64 = -21.0;

/// Points times parts that cost next to nothing (some milliseconds): up to there the aim is a fiftieth.
const CHEAP: usize = 1 << 18;

/// Points times parts that are affordable: a few tenths of a second.
const BUDGET: usize = 1 << 24;

/// Outcomes that are affordable.
const OUTCOMES: f64 = 8e6;

/// A grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Distance of neighbouring points; a whole number for counts.
    pub(super) step: f64,
    /// Points on the circle, a power of two.
    pub(super) len: usize,
    /// Points from the target on that are summed.
    pub(super) above: usize,
    /// A further tilt that bounds what lies above those.
    pub(super) further: f64,
    /// Pieces a standard deviation of a gamma part is cut into at least.
    pub(super) pieces: f64,
}

impl Plan {
    pub(super) fn new(problem: &Problem, tilt: f64) -> Option<Self> {
        let parts = &problem.parts;
        let count = parts.len();
        if outcomes(parts, tilt) > OUTCOMES {
            return None;
        }
        let sigma = parts
            .iter()
            .map(|&part| part.count() * cumulant::variance(part, tilt))
            .sum::<f64>()
            .sqrt();
        let mut below = reach(problem, tilt, sigma, Side::Below).0;
        let (mut above, further) = reach(problem, tilt, sigma, Side::Above { discount: tilt });
        // What lies a whole circle above the target comes back with nearly the largest weight.
        let mut circle = reach(problem, tilt, sigma, Side::Above { discount: 0.0 }).0;
        if let Some(room) = problem.room {
            below = below.min(problem.target as f64);
            above = above.min(room.to_f64());
            circle = circle.min(room.to_f64());
        }
        let span = (below + above).max(circle);
        // What a shift costs: θ a unit; near the mean, the density.
        let steepness = tilt.max(1.0 / sigma);
        let mut chosen = None;
        for bits in 8..=20 {
            let len = 1_usize << bits;
            // Rounding up moves the sum by at most one step for each part.
            let usable = len as f64 - count as f64 - 4.0;
            if usable < 0.5 * len as f64 {
                continue;
            }
            if chosen.is_some() && len * count > BUDGET {
                break;
            }
            let mut step = span / usable;
            if problem.room.is_some() {
                step = step.ceil().max(1.0);
            }
            let loss = 0.5 * steepness * step * rounded(parts, step);
            chosen = Some((len, step, loss));
            // Counts may fit without any loss, Gumbel scores never do.
            let cheap = problem.room.is_some() && 2 * len * count <= CHEAP;
            if loss <= if cheap { 0.02 * LOSS } else { LOSS } {
                break;
            }
        }
        let (len, step, loss) = chosen?;
        if loss > LARGEST_LOSS || !(step > 0.0 && step.is_finite()) {
            return None;
        }
        Some(Self {
            step,
            len,
            above: ((above / step).ceil() as usize + count + 2).min(len),
            further,
            pieces: 40.0 * (count as f64 / 64.0).sqrt().max(1.0),
        })
    }
}

/// How many parts do not lie on the grid.
fn rounded(parts: &[Part], step: f64) -> f64 {
    let off = |part: &&Part| match part {
        Part::Binomial { weight, .. } => weight % step as u64 != 0,
        Part::Gamma { .. } => true,
    };
    parts.iter().filter(off).count() as f64
}

/// Numbers of successes that must be enumerated, about.
fn outcomes(parts: &[Part], tilt: f64) -> f64 {
    parts
        .iter()
        .map(|&part| match part {
            Part::Binomial { .. } => {
                let deviation =
                    (part.count() * cumulant::variance(part, tilt)).sqrt() / part.weight();
                (20.0 * deviation + 50.0).min(part.count())
            }
            Part::Gamma { .. } => 400.0,
        })
        .sum()
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Below,
    /// With outcomes weighted by e^(−discount·distance).
    Above {
        discount: f64,
    },
}

/// How far from the target the tilted law is still worth a point, by Chernoff's bound at the best of a few
/// further tilts, which is given too. Only the plan rests on it, no claim.
fn reach(problem: &Problem, tilt: f64, sigma: f64, side: Side) -> (f64, f64) {
    let growth = |tilt: f64| -> f64 {
        problem
            .parts
            .iter()
            .map(|&part| part.count() * cumulant::centred(part, tilt))
            .sum()
    };
    let here = growth(tilt);
    let excess = problem.excess.to_f64();
    let pole = problem
        .parts
        .iter()
        .filter_map(|part| match (part, side) {
            (&Part::Gamma { weight, .. }, Side::Above { .. }) if weight > 0 => {
                Some(1.0 / weight as f64 - tilt)
            }
            (&Part::Gamma { weight, .. }, Side::Below) if weight < 0 => {
                Some(tilt - 1.0 / weight as f64)
            }
            _ => None,
        })
        .fold(f64::INFINITY, f64::min);
    let mut best = (f64::INFINITY, 0.0);
    for k in 0..28 {
        let further = (0.05 / sigma * 1.3_f64.powi(k)).min(pole * (1.0 - 0.7_f64.powi(k + 1)));
        let distance = match side {
            Side::Above { discount } => {
                let more = growth(tilt + further) - here - further * excess - LN_OFF;
                more / (discount + further)
            }
            Side::Below => (growth(tilt - further) - here + further * excess - LN_OFF) / further,
        };
        if distance < best.0 {
            best = (distance, further);
        }
    }
    (best.0.max(0.0), best.1)
}
