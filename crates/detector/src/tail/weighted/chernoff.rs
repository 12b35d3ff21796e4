//! Chernoff's bound, and the tilt that all bounds share.

use super::super::double_word::DoubleWord;
use super::cumulant::{self, RELATIVE};
use super::problem::{Part, Problem};

/// Words: 2³².
const WORDS: f64 = (1_u64 << 32) as f64;

/// 1 + ln 2³², rounded up.
const ONE_PLUS_LN_WORDS: f64 = 23.181;

/// A tilt θ ≥ 0 near the best one, with 32 significant bits, so that θ·weight is exact.
///
/// It is where the tilted mean meets the target. Every θ gives a valid bound, so that the search needs no
/// certificate.
pub(super) fn best_tilt(problem: &Problem) -> f64 {
    let excess = problem.excess.to_f64();
    if excess <= 0.0 {
        return 0.0;
    }
    let limit = largest_tilt(&problem.parts);
    let gap = |tilt: f64| {
        let shift = |part: &Part| part.count() * cumulant::shift(*part, tilt);
        problem.parts.iter().map(shift).sum::<f64>() - excess
    };
    let (mut low, mut high) = (0.0, limit);
    // Newton's step from below, or the middle of the bracket where that leaves it.
    let mut tilt = newton(problem, 0.0, -excess).min(0.5 * limit);
    for _ in 0..200 {
        let gap = gap(tilt);
        if gap < 0.0 {
            low = tilt;
        } else {
            high = tilt;
        }
        let step = newton(problem, tilt, gap);
        let next = if step > low && step < high {
            step
        } else {
            0.5 * (low + high)
        };
        if (next - tilt).abs() <= 1e-11 * next {
            tilt = next;
            break;
        }
        tilt = next;
    }
    short(tilt.min(limit))
}

/// Upper bound of ln P(S ≥ target): [`ln_exponent`], and what discrete words add to it.
pub(super) fn ln_bound(problem: &Problem, tilt: f64) -> DoubleWord {
    let added: f64 = problem
        .parts
        .iter()
        .map(|&part| part.count() * coarseness(part, tilt))
        .sum();
    ln_exponent(problem, tilt) + DoubleWord::from(added * (1.0 + 1e-9))
}

/// Upper bound of `ln E e^(θ(S − target))` for the exact laws.
///
/// With c the centred cumulant function it is `Σ n·c(θ) − θ·excess`; seen from the largest possible sum,
/// `Σ n·ln(p + q·e^(−θw)) + θ·room`. Near the mean the first has the smaller parts and so the smaller rounding,
/// near the maximum the second.
pub(super) fn ln_exponent(problem: &Problem, tilt: f64) -> DoubleWord {
    let parts = &problem.parts;
    let growth = parts
        .iter()
        .map(|&part| part.count() * cumulant::centred(part, tilt))
        .sum();
    let centred = rounded_up(growth, -problem.excess, tilt, parts.len());
    let Some(room) = problem.room else {
        return centred;
    };
    let loss = parts
        .iter()
        .map(|&part| match part {
            Part::Binomial { success, .. } => {
                part.count() * cumulant::from_maximum(success, tilt * part.weight())
            }
            Part::Gamma { .. } => 0.0,
        })
        .sum();
    let from_maximum = rounded_up(loss, room, tilt, parts.len());
    if (from_maximum - centred).is_negative() {
        from_maximum
    } else {
        centred
    }
}

/// `sum + tilt·distance`, where `sum` is of `terms` products of one sign with [`RELATIVE`] error.
fn rounded_up(sum: f64, distance: DoubleWord, tilt: f64, terms: usize) -> DoubleWord {
    let relative = RELATIVE + (terms + 8) as f64 * f64::EPSILON;
    let product = distance * DoubleWord::from(tilt);
    let rounding = product.abs().to_f64() * 2.0_f64.powi(-90);
    DoubleWord::from(sum) + product + DoubleWord::from(sum.abs() * relative + rounding)
}

/// What a Gumbel cell of negative weight adds to c(θ) because words are whole numbers.
///
/// `E e^(−a·D) ≤ 1/(1 + a) + (1 + a − N^(−a))/((1 + a)·N)` for D = −ln(V/N), V uniform on 1..=N.
fn coarseness(part: Part, tilt: f64) -> f64 {
    negative(part, tilt).map_or(0.0, |a| {
        libm::log1p((1.0 + a).min(a * ONE_PLUS_LN_WORDS) / WORDS)
    })
}

/// Upper bound of the tilted weight of all outcomes in which a Gumbel cell of negative weight drew the
/// top word: there, and only there, is its score not above an exact exponential variable.
pub(super) fn accidents(problem: &Problem, tilt: f64) -> f64 {
    let accident = |part: &Part| {
        negative(*part, tilt).map_or(0.0, |a| part.count() * libm::log1p((1.0 + a) / WORDS))
    };
    libm::expm1(problem.parts.iter().map(accident).sum::<f64>()) * (1.0 + 1e-9)
}

/// θ·|weight| of a Gumbel part of negative weight.
fn negative(part: Part, tilt: f64) -> Option<f64> {
    match part {
        Part::Gamma { weight, .. } if weight < 0 => Some(-tilt * weight as f64),
        _ => None,
    }
}

fn newton(problem: &Problem, tilt: f64, gap: f64) -> f64 {
    let variance = |part: &Part| part.count() * cumulant::variance(*part, tilt);
    tilt - gap / problem.parts.iter().map(variance).sum::<f64>()
}

/// Below the first pole of the cumulant function; for counts, where no tilt gains anything more.
fn largest_tilt(parts: &[Part]) -> f64 {
    let heaviest = parts.iter().map(|part| part.weight()).fold(0.0, f64::max);
    match parts[0] {
        Part::Gamma { .. } if heaviest > 0.0 => (1.0 - 1e-9) / heaviest,
        Part::Gamma { weight, .. } => 1e12 / weight.unsigned_abs() as f64,
        // The first weight is the smallest.
        Part::Binomial { weight, .. } => 1e3 / weight as f64,
    }
}

/// Rounded towards zero to 32 significant bits.
fn short(value: f64) -> f64 {
    f64::from_bits(value.to_bits() >> 21 << 21)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found} {expected}"
        );
    }

    fn coins(excess: f64, room: f64) -> Problem {
        let part = |weight, trials, success| Part::Binomial {
            weight,
            trials,
            success,
        };
        Problem {
            parts: vec![part(1, 100, 1 << 31), part(3, 40, 1 << 30)],
            target: 0,
            excess: DoubleWord::from(excess),
            room: Some(DoubleWord::from(room)),
        }
    }

    fn scores(weights: &[i64], excess: f64) -> Problem {
        Problem {
            parts: weights
                .iter()
                .map(|&weight| Part::Gamma { weight, cells: 50 })
                .collect(),
            target: 0,
            excess: DoubleWord::from(excess),
            room: None,
        }
    }

    /// Where the tilted mean meets the target, to 32 bits.
    #[test]
    fn the_tilt_is_where_the_mean_meets_the_target() {
        for (problem, excess) in [
            (coins(20.0, 120.0), 20.0),
            (coins(100.0, 40.0), 100.0),
            (scores(&[1, 4], 90.0), 90.0),
            (scores(&[1, 4], 9000.0), 9000.0),
            (scores(&[-2, 4], 30.0), 30.0),
            (scores(&[-2], 99.0), 99.0),
        ] {
            let tilt = best_tilt(&problem);
            let shift = |part: &Part| part.count() * cumulant::shift(*part, tilt);
            near(problem.parts.iter().map(shift).sum(), excess, 1e-7);
            assert_eq!(tilt.to_bits() % (1 << 21), 0);
        }
        for excess in [0.0, -3.0] {
            assert_eq!(best_tilt(&coins(excess, 1.0)), 0.0);
        }
        // All succeed: no tilt is enough, and the mean is there but for rounding.
        assert!((30.0..=1000.0).contains(&best_tilt(&coins(140.0, 0.0))));
        for value in [1.0 / 3.0, 1e-9, 7e20_f64] {
            let cut = short(value);
            assert!(
                cut <= value
                    && value - cut < value * 2_f64.powi(-31)
                    && cut.to_bits().is_multiple_of(1 << 21)
            );
        }
        assert_eq!(
            largest_tilt(&scores(&[2, -3, 5], 0.0).parts),
            (1.0 - 1e-9) / 5.0
        );
        assert_eq!(largest_tilt(&scores(&[-4, -5], 0.0).parts), 1e12 / 4.0);
        assert_eq!(largest_tilt(&coins(1.0, 1.0).parts), 1e3);
        // 25 from the coins, 9 · 40 · 3/16 from the others.
        near(newton(&coins(1.0, 1.0), 0.0, -10.0), 10.0 / 92.5, 1e-12);
        near(newton(&coins(1.0, 1.0), 0.5, 0.0), 0.5, 1e-12);
    }

    /// ln E e^(θ(S − target)) by its definition, from near the mean to near the largest sum.
    #[test]
    fn the_exponent_is_its_definition() {
        for (target, tilt) in [(85.0, 0.05), (120.0, 0.4), (215.0, 5.0), (219.0, 30.0_f64)] {
            let growth = |w: f64, n: f64, p: f64| n * (1.0 - p + p * (tilt * w).exp()).ln();
            let exact = growth(1.0, 100.0, 0.5) + growth(3.0, 40.0, 0.25) - tilt * target;
            let found = ln_exponent(&coins(target - 80.0, 220.0 - target), tilt).to_f64();
            assert!(
                (found - exact).abs() < 1e-11 * (1.0 + tilt * target),
                "{found} {exact}"
            );
            let bound = ln_bound(&coins(target - 80.0, 220.0 - target), tilt).to_f64();
            assert_eq!(bound, found);
        }
        for (weights, tilt) in [([1, 4], 0.1), ([-2, 4], 0.2), ([-2, -1], 3.0_f64)] {
            let exact: f64 = weights
                .iter()
                .map(|&w| -50.0 * (1.0 - tilt * w as f64).ln())
                .sum();
            let mean: f64 = weights.iter().map(|&w| 50.0 * w as f64).sum();
            let problem = scores(&weights, 60.0);
            let exact = exact - tilt * (60.0 + mean);
            near(ln_exponent(&problem, tilt).to_f64(), exact, 1e-11);
            let added: f64 = problem
                .parts
                .iter()
                .map(|&part| 50.0 * coarseness(part, tilt))
                .sum();
            let difference = ln_bound(&problem, tilt) - ln_exponent(&problem, tilt);
            near(difference.to_f64(), added * (1.0 + 1e-9), 1e-10);
        }
    }

    #[test]
    fn rounding_is_up() {
        let found = rounded_up(1.0, DoubleWord::from(3.0), 2.0, 5) - DoubleWord::from(7.0);
        near(found.to_f64(), RELATIVE + 13.0 * f64::EPSILON, 1e-9);
        let found = rounded_up(-1.0, DoubleWord::from(-3.0), 2.0, 5) + DoubleWord::from(7.0);
        near(found.to_f64(), RELATIVE + 13.0 * f64::EPSILON, 1e-9);
        let found = rounded_up(0.0, DoubleWord::from(3.0), 2.0, 5) - DoubleWord::from(6.0);
        near(found.to_f64(), 6.0 * 2_f64.powi(-90), 1e-9);
    }

    #[test]
    fn the_top_word_is_an_accident_of_negative_weights() {
        let part = |weight| Part::Gamma {
            weight,
            cells: 1_000_000,
        };
        let problem = |parts| Problem {
            parts,
            ..scores(&[], 0.0)
        };
        assert_eq!(accidents(&problem(vec![part(3)]), 0.1), 0.0);
        let one = (1e6 * (2.0 / WORDS).ln_1p()).exp_m1();
        near(
            accidents(&problem(vec![part(-2), part(3)]), 0.5),
            one * (1.0 + 1e-9),
            1e-12,
        );
        let two = (1e6 * ((2.0 / WORDS).ln_1p() + (2.5 / WORDS).ln_1p())).exp_m1();
        near(
            accidents(&problem(vec![part(-2), part(-3)]), 0.5),
            two * (1.0 + 1e-9),
            1e-12,
        );
    }

    /// (1 + a)·E e^(−a·D) with the sums of the first powers, and for small a by Stirling's formula: Σ ln V ≈ N ln N − N + ½ ln 2πN.
    #[test]
    fn what_whole_words_add_is_allowed_for() {
        let small = (-20_f64).exp2();
        let cases = [
            (1.0, 1.0 / WORDS),
            (2.0, 1.5 / WORDS),
            (3.0, 2.0 / WORDS),
            (
                small,
                small * 0.5 * (1.0 + (std::f64::consts::TAU * WORDS).ln()) / WORDS * 0.9,
            ),
        ];
        for (a, added) in cases {
            for (weight, tilt) in [(-1, a), (-2, 0.5 * a)] {
                let allowed = coarseness(Part::Gamma { weight, cells: 1 }, tilt);
                assert!(
                    allowed >= added && allowed < 4.0 * added,
                    "{a}: {allowed} {added}"
                );
            }
        }
        assert_eq!(
            coarseness(
                Part::Gamma {
                    weight: 1,
                    cells: 1
                },
                0.5
            ),
            0.0
        );
    }
}
