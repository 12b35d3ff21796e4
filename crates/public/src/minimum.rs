//! How long a text must be: as long as the mark needs to be seen in text that leaves its writer little choice.

use hallmark::{Error, Result};
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Parameters;
use hallmark_detector::finding::FEW_CELLS;
use hallmark_detector::power::{Design, sample_size};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How often marked text of that length is to be found.
const POWER: f64 = 0.9;

/// Tokens among which there is a choice, where there is one.
const CHOICES: i32 = 4;

/// Tournaments of which the mean is taken.
const TOURNAMENTS: u32 = 4096;

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

/// The mean rate of one bits over all layers of a tournament of two, as it is in so many tournaments with fixed bits.
///
/// A layer with bits g turns chances p into p(1 + g − G), G = Σpg, and its winner has a one with chance G(2 − G), on average over
/// g ¾ − Σp²/4. The result's standard error is below 0.001; a length is planned with it, and no p-value.
fn tournament_rate(layers: u32) -> f64 {
    let mut bits = ChaCha20Rng::from_seed([0; 32]);
    let mut sum = 0.0;
    for _ in 0..TOURNAMENTS {
        let mut p = [1.0 / f64::from(CHOICES); CHOICES as usize];
        for _ in 0..layers {
            let word = bits.next_u32();
            let g = |token: usize| f64::from(word >> token & 1);
            let ones: f64 = p.iter().enumerate().map(|(i, p)| p * g(i)).sum();
            sum += 0.75 - p.iter().map(|p| p * p).sum::<f64>() / 4.0;
            for (i, p) in p.iter_mut().enumerate() {
                *p *= 1.0 + g(i) - ones;
            }
        }
    }
    sum / f64::from(TOURNAMENTS) / f64::from(layers.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallmark_core::keys::CohortKey;

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

    /// One layer: ½ + (1 − c)/4 with c = Σp² = ¼. The second: c is ¼ + (¼ − 2/16 + 1/16)/4 on average. Later ones have less
    /// and less, and no layer has less than ½.
    #[test]
    fn tournament_rates_are_those_of_exact_layers() {
        let near = |found: f64, exact: f64| (found - exact).abs() < 0.001;
        assert!((tournament_rate(1) - 0.6875).abs() < 1e-12);
        let second = 0.5 + (1.0 - (0.25 + (0.25 - 0.125 + 0.0625) / 4.0)) / 4.0;
        assert!(near(tournament_rate(2), f64::midpoint(0.6875, second)));
        let mut last = 1.0;
        for layers in [1, 2, 4, 8, 16, 32] {
            let rate = tournament_rate(layers);
            assert!(rate < last && rate > 0.5, "{layers}: {rate}");
            last = rate;
        }
    }

    #[test]
    fn stricter_levels_and_weaker_marks_need_longer_texts() {
        let of = |scheme: &str, log10_level: f64| {
            let section = match scheme {
                "green" => "[green]\ngamma = 0.25\ndelta = 2.0\n",
                "tournament" => "[tournament]\nlayers = 32\n",
                _ => "",
            };
            let text = format!(
                "hallmark = 1\nname = \"a\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n{section}\
                 [tokenizer]\nvocab_size = 1000\n"
            );
            let profile = Profile::parse(&text).unwrap();
            let mark = Mark::new(&profile, &CohortKey::from_bytes([1; 32]).into()).unwrap();
            cells(&profile, &mark, log10_level).unwrap()
        };
        assert!(of("gumbel", -6.0) < of("gumbel", -8.0));
        let lengths =
            ["gumbel", "dual-gumbel", "green", "tournament"].map(|scheme| of(scheme, -8.0));
        // What docs/public-detector.md says.
        assert_eq!(lengths, [232, 232, 501, 277]);
    }
}
