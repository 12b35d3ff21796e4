//! Rows of logits for tests.

/// Tokens of a row.
pub(crate) const VOCABULARY: usize = 1000;

/// Logits in nats that differ by step and token, from −4 to 4.
pub(crate) fn logits(step: usize) -> Vec<f32> {
    let mut state = 1 + step as u64;
    let each = (0..VOCABULARY).map(|_| {
        // Knuth's MMIX generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32 * 8.0 - 4.0
    });
    each.collect()
}
