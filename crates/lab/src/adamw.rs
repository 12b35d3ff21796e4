//! The optimiser.

use candle_core::{Device, Result, Tensor};

use crate::kernels::with_values;
use crate::model::Transformer;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.95;
const EPSILON: f32 = 1e-8;
/// Gradients longer than this are shortened to it (Pascanu et al. 2013).
const LONGEST: f64 = 1.0;

/// `AdamW` (Loshchilov and Hutter 2019) with clipping by the global norm, in one pass over each tensor.
pub(crate) struct AdamW {
    moments: Vec<Moments>,
    weight_decay: f64,
    steps: i32,
}

struct Moments {
    first: Vec<f32>,
    second: Vec<f32>,
}

impl AdamW {
    pub(crate) fn new(model: &Transformer, weight_decay: f64) -> Self {
        let zeros = |count: usize| Moments {
            first: vec![0.0; count],
            second: vec![0.0; count],
        };
        let moments = model
            .named()
            .iter()
            .map(|(_, tensor)| zeros(tensor.elem_count()))
            .collect();
        Self {
            moments,
            weight_decay,
            steps: 0,
        }
    }

    /// Takes one step against `grads`, which are in the order of [`Transformer::named`].
    pub(crate) fn step(
        &mut self,
        model: &mut Transformer,
        grads: &[Vec<f32>],
        rate: f64,
    ) -> Result<()> {
        self.steps += 1;
        let square: f64 = grads
            .iter()
            .flatten()
            .map(|&g| f64::from(g) * f64::from(g))
            .sum();
        let clip = (LONGEST / square.sqrt().max(LONGEST)) as f32;
        // Bias corrections folded into the step size and the denominator.
        let size = (rate / (1.0 - BETA_1.powi(self.steps))) as f32;
        let root = (1.0 / (1.0 - BETA_2.powi(self.steps)).sqrt()) as f32;
        let (beta_1, beta_2) = (BETA_1 as f32, BETA_2 as f32);
        let tensors = model
            .tensors_mut()
            .into_iter()
            .zip(&mut self.moments)
            .zip(grads);
        for ((tensor, Moments { first, second }), grad) in tensors {
            // Decay shrinks matrices only: the gains of a norm have no scale to lose.
            let keep = if tensor.rank() == 2 {
                (1.0 - rate * self.weight_decay) as f32
            } else {
                1.0
            };
            let mut new = with_values(tensor, <[f32]>::to_vec)?;
            for (((x, &g), m), v) in new.iter_mut().zip(grad).zip(first).zip(second) {
                let g = g * clip;
                *m = beta_1 * *m + (1.0 - beta_1) * g;
                *v = beta_2 * *v + (1.0 - beta_2) * g * g;
                *x = *x * keep - size * *m / (v.sqrt() * root + EPSILON);
            }
            *tensor = Tensor::from_vec(new, tensor.shape(), &Device::Cpu)?;
        }
        Ok(())
    }
}
