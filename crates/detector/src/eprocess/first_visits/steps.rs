//! The ladder of bets: ±2^(k/4).

/// The least power: weights below 2^(LEAST/4) are no bet.
const LEAST: i32 = -56;
/// The largest: no weight is above 2^(MOST/4).
const MOST: i32 = 16;
/// Steps of one sign.
const MAGNITUDES: usize = (MOST - LEAST + 1) as usize;

/// Steps of both signs.
pub(crate) const STEPS: usize = 2 * MAGNITUDES;

/// The step of a weight, nearest toward 0; nothing for a weight that is no bet.
pub(crate) fn step(weight: f64) -> Option<u8> {
    let power = (4.0 * libm::log2(weight.abs())).floor();
    if power.is_nan() || power < f64::from(LEAST) {
        return None;
    }
    let at = power.min(f64::from(MOST)) as i32 - LEAST;
    let below = if weight < 0.0 { MAGNITUDES as i32 } else { 0 };
    Some((at + below) as u8)
}

/// The weight of a step.
pub(super) fn value(step: usize) -> f64 {
    const QUARTERS: [f64; 4] = [
        1.0,
        1.189_207_115_002_721,
        std::f64::consts::SQRT_2,
        1.681_792_830_507_429,
    ];
    let power = (step % MAGNITUDES) as i32 + LEAST;
    let size = QUARTERS[power.rem_euclid(4) as usize] * 2.0_f64.powi(power.div_euclid(4));
    if step < MAGNITUDES { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_nearest_toward_zero() {
        for at in 0..STEPS {
            let weight = value(at);
            for (factor, expected) in [(1.0 + 1e-9, at), (1.18, at)] {
                assert_eq!(step(weight * factor), Some(expected as u8), "{weight}");
            }
        }
        assert_eq!(step(0.0), None);
        assert_eq!(step(f64::NAN), None);
        assert_eq!(step(-1e-5), None);
        assert_eq!(step(1e9).map(|at| value(at.into())), Some(16.0));
        assert_eq!(step(-1e9).map(|at| value(at.into())), Some(-16.0));
    }
}
