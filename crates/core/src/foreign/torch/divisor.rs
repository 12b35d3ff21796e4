//! Whether a number divides another, without a division.

/// d = 2ᵏ·m with m odd, so that whether d divides x is seen without a division (Granlund and
/// Montgomery 1994, section 9): with m⁻¹ mod 2³², y = x·m⁻¹ turned right by k bits is x/d where d
/// divides x, and above ⌊(2³² − 1)/d⌋ where not. (x ↦ y permutes the 32-bit numbers and sends the
/// multiples of d, of which there are ⌊(2³² − 1)/d⌋ + 1, to the smallest.)
#[derive(Clone, Copy, Debug)]
pub(crate) struct Divisor {
    /// m⁻¹ mod 2³².
    pub(crate) inverse: u32,
    /// k.
    pub(crate) twos: u32,
}

impl Divisor {
    /// Of d > 0.
    pub(super) fn new(d: u32) -> Self {
        let twos = d.trailing_zeros();
        let odd = d >> twos;
        // Newton's iteration: m is its own inverse mod 8, and each step doubles the correct bits.
        let inverse = (0..4).fold(odd, |inverse: u32, _| {
            inverse.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(inverse)))
        });
        Self { inverse, twos }
    }

    /// y for x: at most ⌊(2³² − 1)/d⌋ where d divides x, and nowhere else.
    #[inline(always)]
    pub(crate) const fn quotient(self, x: u32) -> u32 {
        x.wrapping_mul(self.inverse).rotate_right(self.twos)
    }
}
