//! The `k` largest logits of a row, by the maxima of chunks: the k-th largest maximum is a lower
//! bound of the k-th largest logit, so that only chunks that reach it are read again.

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

const CHUNK: usize = 64;

/// Buffers for rows of one length.
pub struct TopK {
    maxima: Vec<f32>,
    order: Vec<i32>,
    found: Vec<(i32, u32)>,
}

impl TopK {
    /// For rows of `tokens`, a multiple of 64.
    #[must_use]
    pub fn new(tokens: usize) -> Self {
        assert!(tokens.is_multiple_of(CHUNK));
        let chunks = tokens / CHUNK;
        Self {
            maxima: vec![0.0; chunks],
            order: Vec::with_capacity(chunks),
            found: Vec::new(),
        }
    }

    /// (key in the order of the logits, token) of the `k` largest, in no order.
    pub fn select(&mut self, logits: &[f32], k: usize) -> &[(i32, u32)] {
        let (chunks, _) = logits.as_chunks::<CHUNK>();
        assert!(chunks.len() == self.maxima.len() && k <= chunks.len());
        chunk_maxima(chunks, &mut self.maxima);
        self.order.clear();
        self.order
            .extend(self.maxima.iter().map(|&top| !ordered(top)));
        let threshold = unordered(!*self.order.select_nth_unstable(k - 1).1);
        self.found.clear();
        for (i, chunk) in chunks.iter().enumerate() {
            if self.maxima[i] >= threshold {
                let mut reaching = reaching(chunk, threshold);
                while reaching != 0 {
                    let at = reaching.trailing_zeros();
                    self.found
                        .push((ordered(chunk[at as usize]), (i * CHUNK) as u32 + at));
                    reaching &= reaching - 1;
                }
            }
        }
        self.found
            .select_nth_unstable_by_key(k - 1, |&(key, _)| !key);
        &self.found[..k]
    }
}

/// Integers in the order of floats, and back.
fn ordered(x: f32) -> i32 {
    let bits = x.to_bits() as i32;
    bits ^ ((bits >> 31) & i32::MAX)
}

fn unordered(key: i32) -> f32 {
    f32::from_bits((key ^ ((key >> 31) & i32::MAX)) as u32)
}

/// The largest logit of each chunk.
pub fn chunk_maxima(chunks: &[[f32; CHUNK]], maxima: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if crate::has_avx512() {
        // SAFETY: the processor was asked.
        return unsafe { chunk_maxima_avx512(chunks, maxima) };
    }
    for (chunk, top) in chunks.iter().zip(maxima) {
        let mut lanes = [f32::NEG_INFINITY; 8];
        for part in chunk.as_chunks::<8>().0 {
            for (lane, &logit) in lanes.iter_mut().zip(part) {
                *lane = if logit > *lane { logit } else { *lane };
            }
        }
        *top = lanes
            .iter()
            .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
    }
}

/// One bit for each logit that reaches the threshold.
fn reaching(chunk: &[f32; CHUNK], threshold: f32) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if crate::has_avx512() {
        // SAFETY: the processor was asked.
        return unsafe { reaching_avx512(chunk, threshold) };
    }
    (0..CHUNK).fold(0, |bits, at| bits | u64::from(chunk[at] >= threshold) << at)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn chunk_maxima_avx512(chunks: &[[f32; CHUNK]], maxima: &mut [f32]) {
    for (chunk, top) in chunks.iter().zip(maxima) {
        let [a, b, c, d] = vectors(chunk);
        *top = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(a, b), _mm512_max_ps(c, d)));
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn reaching_avx512(chunk: &[f32; CHUNK], threshold: f32) -> u64 {
    let threshold = _mm512_set1_ps(threshold);
    vectors(chunk).into_iter().rev().fold(0, |bits, vector| {
        bits << 16 | u64::from(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(vector, threshold))
    })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
#[inline]
fn vectors(chunk: &[f32; CHUNK]) -> [__m512; 4] {
    let mut vectors = [_mm512_setzero_ps(); 4];
    for (vector, part) in vectors.iter_mut().zip(chunk.as_chunks::<16>().0) {
        // SAFETY: the array is 64 readable bytes; the load asks for no alignment.
        *vector = unsafe { _mm512_loadu_ps(part.as_ptr()) };
    }
    vectors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_the_sorted_head() {
        let logits: Vec<f32> = (0..8192u32)
            .map(|i| (i.wrapping_mul(2_654_435_769) >> 8) as f32 - 8e6)
            .collect();
        let mut sorted: Vec<i32> = logits.iter().map(|&logit| ordered(logit)).collect();
        sorted.sort_unstable_by_key(|&key| !key);
        let mut top = TopK::new(8192);
        let mut keys: Vec<i32> = top
            .select(&logits, 100)
            .iter()
            .map(|&(key, _)| key)
            .collect();
        keys.sort_unstable_by_key(|&key| !key);
        assert_eq!(keys, sorted[..100]);
    }
}
