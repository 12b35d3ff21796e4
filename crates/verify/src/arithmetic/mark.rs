//! The mark, as far as its words' law goes: what a word scores, and what that sums to without the key.

use super::cut::cut;
use super::printed::Printed;
use super::score::{NAT, Scores};
use super::tail::LATTICE;

/// How a word is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Law {
    /// −ln(1 − w/2³²) in units of 2⁻²⁴ nat: a sum is below one of as many exponentials.
    Exponential,
    /// 1 below the threshold.
    Below(u64),
    /// Ones among so many lowest bits.
    Ones(u32),
}

/// What a profile says of the law of the words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) law: Law,
    /// Words of a cell, one for each sub-key.
    pub(crate) ring: u64,
    /// Bits that another engine's function may keep of a key; none of this project's own marks.
    pub(crate) key_bits: &'static [u32],
    /// De-duplication with windows of one token drops nothing.
    pub(crate) window: u64,
}

/// A profile of which nothing is computed, and why.
pub(crate) enum Unread {
    /// It is none.
    Wrong(String),
    /// Its words or their law are not supported here.
    Unsupported(String),
}

impl Mark {
    pub(crate) fn of(profile: Printed<'_>) -> Result<Self, Unread> {
        let wrong = Unread::Wrong;
        let scheme = profile.text("scheme").map_err(wrong)?;
        let (law, key_bits): (Law, &[u32]) = match scheme {
            "gumbel" | "dual-gumbel" => (Law::Exponential, &[]),
            "green" => (Law::Below(threshold(profile)?), &[]),
            "tournament" => (Law::Ones(layers(profile)?), &[]),
            "vllm-gumbel-v1" => (Law::Exponential, &[64, 32, 16]),
            "vllm-red-green-v1" => (Law::Below(levels(profile)? << 8), &[64, 32, 16]),
            "vllm-synthid-v1" => (Law::Ones(layers(profile)?), &[64, 32, 16]),
            "sglang-gumbel-v1" => (Law::Exponential, &[32, 16]),
            "sglang-dual-v1" => (Law::Exponential, &[31, 15]),
            _ => {
                return Err(Unread::Unsupported(format!(
                    "the words of {} have a law that is not computed here",
                    cut(scheme)
                )));
            }
        };
        let ring = if profile.is_absent("ring") {
            1
        } else {
            profile.whole("ring").map_err(wrong)?
        };
        if !(1..=16).contains(&ring) {
            return Err(Unread::Wrong(format!(
                "a ring of {ring} sub-keys, not 1 to 16"
            )));
        }
        let window = profile.whole("window").map_err(wrong)?;
        Ok(Self {
            law,
            ring,
            key_bits,
            window,
        })
    }

    /// The score of a word.
    pub(crate) fn score(&self, scores: &Scores, word: u32) -> u32 {
        match self.law {
            Law::Exponential => scores.exponential(word),
            Law::Below(threshold) => u32::from(u64::from(word) < threshold),
            Law::Ones(layers) => (word & (u32::MAX >> (32 - layers))).count_ones(),
        }
    }

    /// Score units in one of the printed statistic.
    pub(crate) fn unit(&self) -> f64 {
        match self.law {
            Law::Exponential => NAT as f64,
            Law::Below(_) | Law::Ones(_) => 1.0,
        }
    }

    pub(crate) fn is_gumbel(&self) -> bool {
        self.law == Law::Exponential
    }

    /// Trials of a word: its layers, otherwise 1.
    pub(crate) fn trials(&self) -> u64 {
        match self.law {
            Law::Exponential | Law::Below(_) => 1,
            Law::Ones(layers) => u64::from(layers),
        }
    }

    /// The chance of a trial, in 2⁻³².
    pub(crate) fn rate(&self) -> u64 {
        match self.law {
            Law::Below(threshold) => threshold,
            Law::Exponential | Law::Ones(_) => LATTICE / 2,
        }
    }

    /// The mean of a trial without the key.
    pub(crate) fn null_mean(&self) -> f64 {
        match self.law {
            Law::Exponential => 1.0,
            Law::Below(_) | Law::Ones(_) => self.rate() as f64 / LATTICE as f64,
        }
    }
}

fn gamma(profile: Printed<'_>) -> Result<f64, Unread> {
    let gamma = profile.number("gamma").map_err(Unread::Wrong)?;
    if !(gamma > 0.0 && gamma < 1.0) {
        return Err(Unread::Wrong(format!("gamma {gamma} is no share")));
    }
    Ok(gamma)
}

/// Numbers m below 2²⁴ of which (m + 1)/(2²⁴ + 1) is below gamma, both rounded to single precision.
fn levels(profile: Printed<'_>) -> Result<u64, Unread> {
    let gamma = gamma(profile)? as f32;
    let all = 1_u32 << 24;
    let is_below = |m: u32| (((f64::from(m) + 1.0) / f64::from(all + 1)) as f32) < gamma;
    let (mut below, mut rest) = (0, all);
    while rest > 0 {
        let half = rest / 2;
        if is_below(below + half) {
            below += half + 1;
            rest -= half + 1;
        } else {
            rest = half;
        }
    }
    if below == 0 || below == all {
        return Err(Unread::Wrong(format!(
            "gamma {gamma} leaves no word, or all"
        )));
    }
    Ok(u64::from(below))
}

fn threshold(profile: Printed<'_>) -> Result<u64, Unread> {
    let gamma = gamma(profile)?;
    // A power of two times an `f64` is exact.
    let threshold = (gamma * LATTICE as f64).floor() as u64;
    if !(1..LATTICE - 1).contains(&threshold) {
        return Err(Unread::Wrong(format!(
            "gamma {gamma} leaves no word, or all"
        )));
    }
    Ok(threshold)
}

fn layers(profile: Printed<'_>) -> Result<u32, Unread> {
    let layers = profile.whole("layers").map_err(Unread::Wrong)?;
    match u32::try_from(layers) {
        Ok(layers @ 1..=32) => Ok(layers),
        _ => Err(Unread::Wrong(format!("{layers} layers, not 1 to 32"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The counts by single-precision arithmetic elsewhere, of all levels.
    #[test]
    fn vllms_green_words_are_those_of_levels_below_gamma() {
        for (gamma, levels) in [
            (0.25, 4_194_304),
            (0.1, 1_677_721),
            (0.5, 8_388_608),
            (1.0 / 3.0, 5_592_405),
        ] {
            let profile = json!({"scheme": "vllm-red-green-v1", "gamma": gamma, "window": 4});
            let mark = Mark::of(Printed::new(&profile)).ok();
            let law = mark.as_ref().map(|mark| mark.law);
            assert_eq!(law, Some(Law::Below(levels << 8)), "{gamma}");
        }
        let profile = json!({"scheme": "vllm-synthid-v1", "layers": 12, "window": 4});
        let law = Mark::of(Printed::new(&profile)).ok().map(|mark| mark.law);
        assert_eq!(law, Some(Law::Ones(12)));
    }
}
