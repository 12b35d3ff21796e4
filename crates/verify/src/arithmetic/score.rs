//! Scores of a word by `score-v1` (`docs/replay.md`): two polygons with knots that are computed here, to the unit.

use super::numbers::Double;

/// ⌊ln 2·2²⁷⌋.
const LN_2: u32 = 93_032_639;

/// 40 ln 2, rounded up: the second score of the word 0.
const OF_ZERO: u32 = 465_163_199;

/// Units in a nat.
pub(crate) const NAT: u64 = 1 << 24;

/// The most that a Gumbel score is rounded down by, in units.
pub(crate) const DEFICIT: u64 = 36;

/// The knots of both polygons.
pub(crate) struct Scores {
    low: [u32; 257],
    high: [u32; 257],
}

impl Scores {
    pub(crate) fn new() -> Self {
        Self {
            low: std::array::from_fn(low_knot),
            high: std::array::from_fn(|i| (-(-exact(place(i))).floor()) as u32),
        }
    }

    /// At most −ln(1 − w/2³²), in units of 2⁻²⁴ nat.
    pub(crate) fn exponential(&self, word: u32) -> u32 {
        let (zeros, i, rest) = cut(word.wrapping_neg().max(u32::from(word == 0) * u32::MAX));
        let (here, next) = (self.low[i], self.low[i + 1]);
        let along = u64::from(here - next) * u64::from(rest.div_ceil(128));
        LN_2 * zeros / 8 + here - along.div_ceil(1 << 16) as u32
    }

    /// At least −ln(w/2³²), in units of 2⁻²⁴ nat; a word of 0 counts as 2⁻⁸.
    pub(crate) fn log_reciprocal(&self, word: u32) -> u32 {
        if word == 0 {
            return OF_ZERO;
        }
        let (zeros, i, rest) = cut(word);
        let (here, next) = (self.high[i], self.high[i + 1]);
        let along = u64::from(here - next) * u64::from(rest / 128);
        ((LN_2 + 1) * zeros).div_ceil(8) + here - (along >> 16) as u32
    }
}

/// Leading zeros, the interval and the rest within it of x ≥ 1.
fn cut(x: u32) -> (u32, usize, u32) {
    let zeros = x.leading_zeros().min(31);
    let n = x << zeros;
    (zeros, (n >> 23 & 255) as usize, n & 0x7F_FFFF)
}

/// Where the interval i begins.
fn place(i: usize) -> u64 {
    (1 << 31) + ((i as u64) << 23)
}

/// −ln(n/2³²)·2²⁴.
fn exact(n: u64) -> Double {
    -Double::from(n).scale(-32).ln().scale(24)
}

fn low_knot(i: usize) -> u32 {
    match i {
        256 => return 0,
        255 => return 1 << 15,
        _ => {}
    }
    // The tangent at the middle of the interval j, taken at n_i.
    let tangent = |j: usize| {
        let middle = place(j) + (1 << 22);
        let away = Double::from(place(i)) - Double::from(middle);
        exact(middle) - (away / Double::from(middle)).scale(24)
    };
    let mut least = tangent(i);
    if i > 0 && tangent(i - 1) < least {
        least = tangent(i - 1);
    }
    least.floor() as u32
}

#[cfg(test)]
mod tests {
    use super::Scores;
    use serde_json::Value;

    #[test]
    fn scores_are_those_of_the_vectors() {
        let text = include_str!("../../../core/vectors/score-v1.json");
        let vectors: Value = serde_json::from_str(text).unwrap();
        let scores = Scores::new();
        let mut seen = 0;
        for case in vectors.as_array().unwrap() {
            let whole = |name: &str| case[name].as_u64().unwrap() as u32;
            let word = whole("word");
            assert_eq!(scores.exponential(word), whole("exponential"), "{word}");
            assert_eq!(
                scores.log_reciprocal(word),
                whole("log_reciprocal"),
                "{word}"
            );
            seen += 1;
        }
        assert!(seen > 50, "{seen}");
    }
}
