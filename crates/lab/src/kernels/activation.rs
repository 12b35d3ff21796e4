//! The squared rectifier and its gradient.

/// max(x, 0)², elementwise (So et al. 2021, "Primer"): no exponential, and as good as GELU at this size.
pub(crate) fn squared_relu(x: &[f32]) -> Vec<f32> {
    x.iter().map(|&x| x.max(0.0) * x.max(0.0)).collect()
}

/// The gradient with respect to `x`, given that with respect to the output.
pub(crate) fn squared_relu_gradient(x: &[f32], grad: &[f32]) -> Vec<f32> {
    x.iter()
        .zip(grad)
        .map(|(&x, &grad)| 2.0 * x.max(0.0) * grad)
        .collect()
}
