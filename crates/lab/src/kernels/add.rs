//! The sum of two slices.

/// Adds `more` to `sum`, element by element.
pub(crate) fn add(sum: &mut [f32], more: &[f32]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}
