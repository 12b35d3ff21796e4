//! The ladder of weights.

/// The weights that a window can have, in units of the largest: 0, then steps of about √2.
pub const LADDER: [u16; LEVELS] = [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181];

/// Steps of the ladder.
pub const LEVELS: usize = 16;

/// The level whose share of the largest weight is nearest to `share` in ratio, 0 ≤ `share` ≤ 1; level
/// 0 below half of the smallest.
///
/// The best weight is the lift itself; one that is off by a factor of 2^¼ at most loses below 1.5% of
/// the evidence.
pub(super) fn level(share: f64) -> u8 {
    let weight = share * f64::from(LADDER[LEVELS - 1]);
    if weight < 0.5 {
        return 0;
    }
    let square = weight * weight;
    let reaches = |step: &[u16]| square >= f64::from(step[0]) * f64::from(step[1]);
    let steps = LADDER[1..].windows(2).take_while(|step| reaches(step));
    1 + steps.count() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_the_nearest_in_ratio() {
        let full = f64::from(LADDER[LEVELS - 1]);
        assert_eq!(level(0.0), 0);
        assert_eq!(level(0.49 / full), 0);
        assert_eq!(level(0.5 / full), 1);
        assert_eq!(level(1.0), 15);
        for (at, &weight) in LADDER.iter().enumerate().skip(1) {
            assert_eq!(level(f64::from(weight) / full) as usize, at);
        }
        for step in 1..10_000 {
            let weight = f64::from(step) / 10_000.0 * full;
            let found = f64::from(LADDER[level(weight / full) as usize]);
            if weight >= 1.0 {
                let nearest = LADDER[1..]
                    .iter()
                    .map(|&other| (weight / f64::from(other)).ln().abs())
                    .fold(f64::MAX, f64::min);
                assert!((weight / found).ln().abs() <= nearest + 1e-12, "{weight}");
            }
        }
    }
}
