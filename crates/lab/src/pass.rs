//! Whole sequences through the transformer, and the gradient back through it.

use candle_core::{Result, Tensor};

use crate::LabError;
use crate::kernels::{
    Attention, add, cross_entropy, cross_entropy_gradient, matrix, normalise, normalise_gradient,
    squared_relu, squared_relu_gradient, with_values,
};
use crate::model::{Block, Transformer, check_tokens};

impl Transformer {
    /// Logits for the token after each position of one sequence: a row of `vocab` for each of `tokens`.
    ///
    /// # Errors
    /// [`LabError::Sequence`] if a token or the length is out of range.
    pub fn logits(&self, tokens: &[u32]) -> std::result::Result<Vec<f32>, LabError> {
        if tokens.is_empty() || tokens.len() > self.config().context {
            let what = format!(
                "{} tokens; the model holds 1 to {}",
                tokens.len(),
                self.config().context
            );
            return Err(LabError::Sequence { sequence: 0, what });
        }
        check_tokens([tokens].into_iter(), self.config().vocab)?;
        Ok(with_values(
            &Pass::new(self, tokens, tokens.len())?.logits,
            <[f32]>::to_vec,
        )?)
    }
}

/// One pass of some sequences through a model, with all that its gradient needs.
///
/// The gradient is written out, not recorded: candle's general one costs half as much again, and far more on a busy
/// machine (measured in `docs/decisions.md`).
pub(crate) struct Pass<'a> {
    model: &'a Transformer,
    tokens: &'a [u32],
    attention: Attention<'a>,
    blocks: Vec<BlockPass>,
    last: Vec<f32>,
    normal: Tensor,
    /// Rows `[tokens, vocab]`.
    pub(crate) logits: Tensor,
}

/// What a block saw: the stream before each half, and each half's intermediate rows.
struct BlockPass {
    before_attention: Vec<f32>,
    attention_normal: Tensor,
    packed: Tensor,
    attended: Tensor,
    before_expansion: Vec<f32>,
    expansion_normal: Tensor,
    expanded: Tensor,
    activated: Tensor,
}

impl<'a> Pass<'a> {
    /// Runs sequences of `length` tokens, one after the other in `tokens`, through `model`.
    pub(crate) fn new(model: &'a Transformer, tokens: &'a [u32], length: usize) -> Result<Self> {
        let width = model.config().width;
        let attention = Attention {
            length,
            width,
            rotary: &model.rotary,
        };
        let mut x = with_values(&model.embedding, |table| {
            tokens
                .iter()
                .flat_map(|&token| &table[token as usize * width..][..width])
                .copied()
                .collect::<Vec<f32>>()
        })?;
        let mut blocks = Vec::with_capacity(model.blocks.len());
        for block in &model.blocks {
            let before_attention = x.clone();
            let attention_normal = normal(&x, &block.attention_norm)?;
            let packed = attention_normal.matmul(&block.packed)?;
            let attended = matrix(
                with_values(&packed, |packed| attention.forward(packed))??,
                width,
            )?;
            with_values(&attended.matmul(&block.mixed)?, |more| add(&mut x, more))?;
            let before_expansion = x.clone();
            let expansion_normal = normal(&x, &block.expansion_norm)?;
            let expanded = expansion_normal.matmul(&block.expand)?;
            let activated = matrix(with_values(&expanded, squared_relu)?, 4 * width)?;
            with_values(&activated.matmul(&block.contract)?, |more| {
                add(&mut x, more);
            })?;
            blocks.push(BlockPass {
                before_attention,
                attention_normal,
                packed,
                attended,
                before_expansion,
                expansion_normal,
                expanded,
                activated,
            });
        }
        let normal = normal(&x, &model.norm)?;
        let logits = normal.matmul(&model.embedding.t()?)?;
        Ok(Self {
            model,
            tokens,
            attention,
            blocks,
            last: x,
            normal,
            logits,
        })
    }

    /// The summed cross-entropy, in nats, of the targets that count.
    pub(crate) fn loss(&self, targets: &[u32]) -> Result<f64> {
        with_values(&self.logits, |logits| cross_entropy(logits, targets))
    }

    /// The gradient of `weight` times [`Pass::loss`] for every tensor of the model, in the order of
    /// [`Transformer::named`].
    pub(crate) fn gradient(&self, targets: &[u32], weight: f32) -> Result<Vec<Vec<f32>>> {
        let model = self.model;
        let width = model.config().width;
        let dlogits = with_values(&self.logits, |logits| {
            cross_entropy_gradient(logits, targets, weight)
        })?;
        let dlogits = matrix(dlogits, model.config().vocab)?;
        let mut dembedding = list(&dlogits.t()?.matmul(&self.normal)?)?;
        let mut dx = vec![0.0; self.last.len()];
        let dnorm = through_norm(
            &self.last,
            &model.norm,
            &dlogits.matmul(&model.embedding)?,
            &mut dx,
        )?;
        let mut reversed = vec![dnorm];
        for (block, seen) in model.blocks.iter().zip(&self.blocks).rev() {
            dx = seen.gradient(block, &self.attention, dx, &mut reversed)?;
        }
        for (&token, dx) in self.tokens.iter().zip(dx.chunks_exact(width)) {
            add(&mut dembedding[token as usize * width..][..width], dx);
        }
        reversed.push(dembedding);
        reversed.reverse();
        Ok(reversed)
    }
}

impl BlockPass {
    /// Carries `dx` back through the block and pushes the gradients of its tensors, last one first.
    fn gradient(
        &self,
        block: &Block,
        attention: &Attention<'_>,
        dx: Vec<f32>,
        reversed: &mut Vec<Vec<f32>>,
    ) -> Result<Vec<f32>> {
        let width = attention.width;
        let grad = matrix(dx.clone(), width)?;
        let mut dx = dx;
        reversed.push(list(&self.activated.t()?.matmul(&grad)?)?);
        let grad = grad.matmul(&block.contract.t()?)?;
        let grad = with_values(&self.expanded, |x| {
            with_values(&grad, |grad| squared_relu_gradient(x, grad))
        })??;
        let grad = matrix(grad, 4 * width)?;
        reversed.push(list(&self.expansion_normal.t()?.matmul(&grad)?)?);
        let grad = grad.matmul(&block.expand.t()?)?;
        reversed.push(through_norm(
            &self.before_expansion,
            &block.expansion_norm,
            &grad,
            &mut dx,
        )?);

        let grad = matrix(dx.clone(), width)?;
        reversed.push(list(&self.attended.t()?.matmul(&grad)?)?);
        let grad = grad.matmul(&block.mixed.t()?)?;
        let grad = with_values(&self.packed, |packed| {
            with_values(&grad, |grad| attention.gradient(packed, grad))
        })???;
        let grad = matrix(grad, 3 * width)?;
        reversed.push(list(&self.attention_normal.t()?.matmul(&grad)?)?);
        let grad = grad.matmul(&block.packed.t()?)?;
        reversed.push(through_norm(
            &self.before_attention,
            &block.attention_norm,
            &grad,
            &mut dx,
        )?);
        Ok(dx)
    }
}

fn normal(x: &[f32], gain: &Tensor) -> Result<Tensor> {
    with_values(gain, |gain| matrix(normalise(x, gain), gain.len()))?
}

fn through_norm(x: &[f32], gain: &Tensor, grad: &Tensor, dx: &mut [f32]) -> Result<Vec<f32>> {
    with_values(gain, |gain| {
        with_values(grad, |grad| normalise_gradient(x, gain, grad, dx))
    })?
}

fn list(tensor: &Tensor) -> Result<Vec<f32>> {
    with_values(tensor, <[f32]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::IGNORED;
    use crate::model::Config;

    /// Along each tensor's own gradient g, the loss changes by |g|² per unit: central differences must say the same.
    #[test]
    fn gradients_agree_with_finite_differences() {
        let config = Config {
            layers: 2,
            width: 64,
            context: 9,
            vocab: 24,
        };
        let mut model = Transformer::new(config, 11).unwrap();
        // Larger weights than a fresh model's, so that attention and gains matter.
        for tensor in model.tensors_mut() {
            *tensor = tensor.affine(6.0, 0.0).unwrap();
        }
        let tokens: Vec<u32> = (0..27).map(|i| i * i % 24).collect();
        let mut targets: Vec<u32> = (0..27).map(|i| (i * 5 + 1) % 24).collect();
        targets[4] = IGNORED;
        let loss = |model: &Transformer| {
            Pass::new(model, &tokens, 9)
                .unwrap()
                .loss(&targets)
                .unwrap()
        };
        let grads = Pass::new(&model, &tokens, 9)
            .unwrap()
            .gradient(&targets, 1.0)
            .unwrap();
        let names: Vec<String> = model.named().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), grads.len());
        for (i, (name, grad)) in names.iter().zip(&grads).enumerate() {
            let square: f64 = grad.iter().map(|&g| f64::from(g) * f64::from(g)).sum();
            // A step that moves the loss by about 0.02, well above rounding and well below curvature.
            let step = 0.01 / square;
            let moved = |sign: f64| {
                let mut model = model.clone();
                let tensor = &mut *model.tensors_mut().remove(i);
                let direction = Tensor::from_slice(grad, tensor.shape(), tensor.device()).unwrap();
                let new = (&*tensor + direction.affine(sign * step, 0.0).unwrap()).unwrap();
                *tensor = new;
                loss(&model)
            };
            let slope = (moved(1.0) - moved(-1.0)) / (2.0 * step);
            assert!(
                (slope / square - 1.0).abs() < 0.02,
                "{name}: {slope} against {square}"
            );
        }
    }
}
