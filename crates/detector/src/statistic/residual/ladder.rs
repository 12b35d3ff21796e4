//! T2r's signed ladder of weights.

/// Weights that a cell can have, apart from their sign: steps of about √2.
pub(super) const MAGNITUDES: [u32; 23] = [
    1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048,
    2896,
];

/// Steps of the ladder in a weight of 1: the last step is above every weight.
pub(super) const UNIT: f64 = 181.0;

/// Steps of both signs.
pub(super) const STEPS: usize = 2 * MAGNITUDES.len();

/// The step nearest to `value` in ratio; nothing for a value nearer to 0 than to 1.
pub(super) fn step(value: f64) -> Option<u8> {
    let size = value.abs();
    if size < 0.5 {
        return None;
    }
    let square = size * size;
    let at = MAGNITUDES
        .windows(2)
        .take_while(|step| square >= f64::from(step[0]) * f64::from(step[1]))
        .count();
    let below = if value < 0.0 { MAGNITUDES.len() } else { 0 };
    Some((at + below) as u8)
}

/// The weight of a step.
pub(super) fn weight(step: usize) -> i64 {
    match step.checked_sub(MAGNITUDES.len()) {
        None => i64::from(MAGNITUDES[step]),
        Some(below) => -i64::from(MAGNITUDES[below]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_nearest_of_its_sign() {
        let of = |value: f64| step(value).map(|step| weight(step as usize));
        assert_eq!(of(0.0), None);
        assert_eq!(of(-0.49), None);
        assert_eq!(of(0.5), Some(1));
        assert_eq!(of(-0.5), Some(-1));
        assert_eq!(of(1e9), Some(2896));
        assert_eq!(of(-1e9), Some(-2896));
        for magnitude in MAGNITUDES {
            assert_eq!(of(f64::from(magnitude)), Some(i64::from(magnitude)));
            assert_eq!(of(-f64::from(magnitude)), Some(-i64::from(magnitude)));
        }
        assert_eq!(of(14.0), Some(16), "√(11·16) = 13.3 is the border");
        assert_eq!(of(13.0), Some(11));
    }
}
