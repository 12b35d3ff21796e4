//! A count in one byte: exact up to 128, then five steps an octave, at most 7.5 % off.
//!
//! Code c stands for c + 1 up to c = 127; after that for 128·2^(i/5) with i = c − 127, rounded down
//! to a whole number, up to 2³² − 1. A count is stored as the code whose value is nearest, the
//! lower one if two are.

/// The count that a code stands for, from 1.
#[must_use]
pub const fn decode(code: u8) -> u32 {
    VALUES[code as usize]
}

/// The code of a count of at least 1.
#[must_use]
pub fn encode(count: u64) -> u8 {
    if count <= EXACT {
        return (count.max(1) - 1) as u8;
    }
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let above = VALUES.partition_point(|&value| value < count);
    let nearer_to_lower = count - VALUES[above - 1] <= VALUES[above] - count;
    (above - usize::from(nearer_to_lower)) as u8
}

/// The largest count that is stored as it is.
pub const EXACT: u64 = 128;

/// 2^(k/5) in units of 2⁻³².
const FIFTHS: [u64; 5] = [
    4_294_967_296,
    4_933_621_867,
    5_667_243_323,
    6_509_953_083,
    7_477_972_397,
];

const VALUES: [u32; 256] = {
    let mut values = [0; 256];
    let mut code = 0;
    while code < 256 {
        values[code] = if code < 128 {
            code as u32 + 1
        } else {
            let step = code - 127;
            let value = (128 * FIFTHS[step % 5] as u128) << (step / 5) >> 32;
            if value > u32::MAX as u128 {
                u32::MAX
            } else {
                value as u32
            }
        };
        code += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_exact_then_within_their_rounding() {
        for count in 1..=EXACT {
            assert_eq!(u64::from(decode(encode(count))), count);
        }
        let mut count: u64 = 129;
        while count < 1 << 32 {
            let value = f64::from(decode(encode(count)));
            let error = (value / count as f64 - 1.0).abs();
            assert!(error <= 0.075, "{count} → {value}");
            count += 1 + count / 997;
        }
        assert_eq!(decode(encode(u64::MAX)), u32::MAX);
        assert_eq!(decode(encode(0)), 1, "a window that is there occurred");
    }

    #[test]
    fn larger_counts_have_no_smaller_codes() {
        let mut last = 0;
        for count in 1..200_000 {
            let code = encode(count);
            assert!(code >= last);
            last = code;
        }
        let values: Vec<u32> = (0..=254).map(decode).collect();
        assert!(values.is_sorted());
        for (step, factor) in FIFTHS.iter().enumerate() {
            let exact = 2f64.powf(step as f64 / 5.0) * 4_294_967_296.0;
            assert!((*factor as f64 - exact).abs() <= 1.0);
        }
    }
}
