//! An exponential that becomes vector code.

/// e^x to about 2e-7 relative, for finite x ≤ 88; values below -87 give (nearly) zero.
///
/// Written without branches or calls, so that loops over it become vector code, and so that the result does not
/// depend on the platform's mathematics library.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2^23: adding and subtracting it rounds to an integer
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    // Taylor of e^r on |r| ≤ ln 2 / 2, degree 6: the remainder is below 1.3e-7.
    let p = 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = p * r + 1.0;
    let p = p * r + 1.0;
    f32::from_bits(((n as i32 + 127) << 23) as u32) * p
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_the_standard_library() {
        for i in -8700..800 {
            let x = i as f32 / 100.0;
            let exact = f64::from(x).exp();
            let relative = (f64::from(super::exp(x)) - exact).abs() / exact;
            assert!(relative < 4e-7, "{x}: {relative}");
        }
        assert!(super::exp(f32::NEG_INFINITY) < 1e-37);
    }
}
