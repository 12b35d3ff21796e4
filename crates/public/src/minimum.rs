//! How long a text must be: as long as the mark needs to be seen in text that leaves its writer little choice.

use hallmark::{Error, Result};
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Parameters;
use hallmark_detector::finding::FEW_CELLS;
use hallmark_detector::power::{Design, sample_size};

/// How often marked text of that length is to be found.
const POWER: f64 = 0.9;

/// Tokens among which there is a choice, where there is one.
const CHOICES: i32 = 4;

/// Positions with a choice.
const SHARE: f64 = 0.5;

/// Distinct cells that `mark` needs to be found at `log10_level` in nine texts of ten.
///
/// The text is one in which every second token is an even choice among four, and the others leave none: ln 4 / 2 = 0.69 nats a
/// token. The level is the strictest that the dither can ask for.
///
/// # Errors
/// When no text can be that long.
pub(crate) fn cells(profile: &Profile, mark: &Mark, log10_level: f64) -> Result<u64> {
    // Sub-keys of a ring, and both keys of marks of two, are read together: each has its share of what the mark left.
    let parts = mark.parts().len().max(1) as f64;
    let design = Design {
        law: mark.law(),
        lift: SHARE * lift(profile.scheme.parameters(), mark.law()) / parts,
        alpha: 10_f64.powf(log10_level),
        power: POWER,
    };
    let size = sample_size(&design).map_err(|error| {
        Error::usage(error)
            .at(format_args!("profile {:?}", profile.name))
            .hint("say how long a text must be with minimum_cells")
    })?;
    Ok(((size.cells as f64 / parts).ceil() as u64).max(FEW_CELLS))
}

/// By how much a mark lifts the mean of a trial where there is an even choice among [`CHOICES`].
fn lift(parameters: Parameters, law: Law) -> f64 {
    match law {
        // The largest of N scores of mean 1 has mean 1 + 1/2 + … + 1/N.
        Law::Exponential => (2..=CHOICES).map(|k| f64::from(k).recip()).sum(),
        Law::Bernoulli { .. } => {
            let (gamma, delta) = match parameters {
                Parameters::Green { gamma, delta } => (gamma, delta),
                // A mark whose strength its profile does not say is taken to be as strong as the usual one.
                _ => (law.null_mean(), 2.0),
            };
            green_rate(gamma, delta) - gamma
        }
        Law::Bits { layers } => tournament_rate(layers) - 0.5,
    }
}

/// The chance of a green token: each of the choices is green with chance γ, and a green one weighs e^δ.
fn green_rate(gamma: f64, delta: f64) -> f64 {
    let mut choose = 1.0;
    let mut rate = 0.0;
    for green in 0..=CHOICES {
        let weight = f64::from(green) * delta.exp();
        let chance = choose * gamma.powi(green) * (1.0 - gamma).powi(CHOICES - green);
        rate += chance * weight / (weight + f64::from(CHOICES - green));
        choose *= f64::from(CHOICES - green) / f64::from(green + 1);
    }
    rate
}

/// A lower bound of the mean rate of one bits over all layers of a tournament of two.
///
/// A layer with bits g turns chances p into p(1 + g − Σpg), and its winner has a one with chance ½ + (1 − c)/4, c = Σp²
/// being the chance of a tie of equals. Averaged over g the next c is c + (c − 2Σp³ + c²)/4, at most c + c(1 − c)/4 by
/// (Σp²)² ≤ Σp³; and as that is concave and grows with c, it bounds the mean of the next c by that of c.
fn tournament_rate(layers: u32) -> f64 {
    let mut same = 1.0 / f64::from(CHOICES);
    let mut sum = 0.0;
    for _ in 0..layers {
        sum += 0.5 + (1.0 - same) / 4.0;
        same += same * (1.0 - same) / 4.0;
    }
    sum / f64::from(layers.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_four_scores() {
        let found = lift(Parameters::None, Law::Exponential);
        assert!((found - (0.5 + 1.0 / 3.0 + 0.25)).abs() < 1e-15);
    }

    #[test]
    fn green_rates_are_those_of_all_sixteen_colourings() {
        let (gamma, delta) = (0.25_f64, 2.0_f64);
        let mut rate = 0.0;
        for colours in 0..16_u32 {
            let green = colours.count_ones();
            let weight = f64::from(green) * delta.exp();
            let chance = gamma.powi(green as i32) * (1.0 - gamma).powi(4 - green as i32);
            rate += chance * weight / (weight + f64::from(4 - green));
        }
        assert!((green_rate(gamma, delta) - rate).abs() < 1e-12);
        assert!((green_rate(gamma, 0.0) - gamma).abs() < 1e-12);
    }

    /// The mean over 20,000 tournaments with bits of a fixed generator; its standard error is below 0.0005.
    #[test]
    fn tournament_rates_are_a_lower_bound_and_close() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut bit = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) & 1 == 1
        };
        for layers in [1_u32, 8, 32] {
            let mut sum = 0.0;
            for _ in 0..20_000 {
                let mut p = [0.25_f64; 4];
                for _ in 0..layers {
                    let g: [f64; 4] = std::array::from_fn(|_| f64::from(u8::from(bit())));
                    let mean: f64 = p.iter().zip(&g).map(|(p, g)| p * g).sum();
                    let next: [f64; 4] = std::array::from_fn(|i| p[i] * (1.0 + g[i] - mean));
                    // The winner's bit is a one with the new chances of those that have it.
                    sum += next.iter().zip(&g).map(|(p, g)| p * g).sum::<f64>();
                    p = next;
                }
            }
            let simulated = sum / 20_000.0 / f64::from(layers);
            let bound = tournament_rate(layers);
            assert!(bound <= simulated + 0.002, "{layers}: {bound} {simulated}");
            assert!(bound >= simulated - 0.02, "{layers}: {bound} {simulated}");
        }
    }
}
