//! The sampler.

use std::fmt;

use candle_core::{D, DType, Tensor};
use hallmark_core::marker::{Marker, MarkerError};
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::error::SampleError;
use crate::sampling::Sampling;
use crate::survivors::Survivors;

/// Samples one request's tokens: under the mark where a position carries one, as candle does elsewhere.
///
/// Cloning gives a second request in the same state, as beams need.
#[derive(Clone)]
pub struct LogitsProcessor {
    generator: StdRng,
    sampling: Sampling,
    marker: Option<Marker>,
}

impl LogitsProcessor {
    /// A sampler without a mark.
    #[must_use]
    pub fn from_sampling(seed: u64, sampling: Sampling) -> Self {
        Self {
            generator: StdRng::seed_from_u64(seed),
            sampling,
            marker: None,
        }
    }

    /// The same from an optional temperature and nucleus.
    #[must_use]
    pub fn new(seed: u64, temperature: Option<f64>, top_p: Option<f64>) -> Self {
        Self::from_sampling(seed, Sampling::from_options(temperature, top_p))
    }

    /// The same with a mark. `marker` is new, and knows the request's prompt.
    #[must_use]
    pub fn marked_by(mut self, marker: Marker) -> Self {
        self.marker = Some(match self.sampling.is_greedy() {
            true => marker.greedy(),
            false => marker,
        });
        self
    }

    /// Samples a token from `logits` of shape `[vocabulary]`, and accepts it.
    ///
    /// # Errors
    /// When the tensor is not one row, a logit is NaN or +∞, or all tokens are masked. Nothing is accepted then; the
    /// same call without a marker may still find a token.
    pub fn sample(&mut self, logits: &Tensor) -> Result<u32, SampleError> {
        self.take(logits, None)
    }

    /// The same, where `change` is called with the row's probabilities before truncation. It is not called when the
    /// likeliest token is taken, nor for [`Sampling::GumbelSoftmax`] at positions without a mark, as in candle.
    ///
    /// # Errors
    /// As for [`sample`](Self::sample).
    pub fn sample_f(
        &mut self,
        logits: &Tensor,
        change: impl FnOnce(&mut [f32]),
    ) -> Result<u32, SampleError> {
        self.take(logits, Some(Box::new(change)))
    }

    fn take(&mut self, logits: &Tensor, change: Option<Change<'_>>) -> Result<u32, SampleError> {
        if logits.rank() != 1 {
            let found = logits.dims().to_vec();
            return Err(SampleError::Shape { found });
        }
        let logits = logits.to_dtype(DType::F32)?;
        let open = self.marker.as_ref().is_some_and(Marker::is_open);
        let token = match open {
            true => self.marked(&logits, change)?,
            false => self.ordinary(&logits, change)?,
        };
        self.accept(token)?;
        Ok(token)
    }

    /// A token under the mark.
    fn marked(&mut self, logits: &Tensor, change: Option<Change<'_>>) -> Result<u32, SampleError> {
        let position = self.tokens().len();
        let Some(marker) = self.marker.as_mut() else {
            return self.ordinary(logits, change);
        };
        let failed = |source: MarkerError| SampleError::Marker { position, source };
        let Some(temperature) = temperature(&self.sampling) else {
            // Nothing is drawn.
            let choice = marker
                .choose_row(&mut logits.to_vec1()?, 0.0)
                .map_err(failed)?;
            return Ok(choice.index as u32);
        };
        let uniform = self.generator.random::<f64>();
        if let (Sampling::TopK { k, .. }, None) = (&self.sampling, &change) {
            // Logits are in the order of probabilities: no softmax is needed.
            let mut row: Vec<f32> = logits.to_vec1()?;
            if *k >= row.len() || row.iter().any(|logit| logit.is_nan()) {
                row.iter_mut()
                    .for_each(|logit| *logit /= temperature as f32);
                let choice = marker.choose_row(&mut row, uniform).map_err(failed)?;
                return Ok(choice.index as u32);
            }
            let Survivors {
                tokens,
                weights: mut kept,
            } = Survivors::likeliest(row, *k);
            kept.iter_mut()
                .for_each(|logit| *logit /= temperature as f32);
            let choice = marker.choose(&tokens, &mut kept, uniform).map_err(failed)?;
            return Ok(tokens[choice.index]);
        }
        let tempered = (logits / temperature)?;
        let truncates = !matches!(
            self.sampling,
            Sampling::All { .. } | Sampling::GumbelSoftmax { .. }
        );
        if !truncates && change.is_none() {
            let choice = marker
                .choose_row(&mut tempered.to_vec1()?, uniform)
                .map_err(failed)?;
            return Ok(choice.index as u32);
        }
        let mut row: Vec<f32> = candle_nn::ops::softmax_last_dim(&tempered)?.to_vec1()?;
        let mut tempered: Vec<f32> = tempered.to_vec1()?;
        if let Some(change) = change {
            change(&mut row);
            tempered.clear();
            tempered.extend(row.iter().map(|probability| probability.ln()));
        }
        let Survivors {
            mut tokens,
            weights,
        } = Survivors::of(row, &self.sampling);
        // A token without probability is dropped; NaN is left for the marker to refuse.
        let mut kept = weights
            .iter()
            .map(|&weight| weight > 0.0 || weight.is_nan());
        tokens.retain(|_| kept.next().unwrap_or(false));
        let mut logits: Vec<f32> = tokens
            .iter()
            .map(|&token| tempered[token as usize])
            .collect();
        let choice = marker
            .choose(&tokens, &mut logits, uniform)
            .map_err(failed)?;
        Ok(tokens[choice.index])
    }

    /// A token as candle's own sampler draws it.
    fn ordinary(
        &mut self,
        logits: &Tensor,
        change: Option<Change<'_>>,
    ) -> Result<u32, SampleError> {
        let temperature = match (&self.sampling, temperature(&self.sampling)) {
            (_, None) => return Ok(logits.argmax(D::Minus1)?.to_scalar()?),
            (Sampling::GumbelSoftmax { temperature }, _) => {
                let drawn = candle_nn::sampling::gumbel_softmax(logits, *temperature, D::Minus1)?;
                return Ok(drawn.to_scalar()?);
            }
            (_, Some(temperature)) => temperature,
        };
        let row = candle_nn::ops::softmax_last_dim(&(logits / temperature)?)?;
        let mut row: Vec<f32> = row.to_vec1()?;
        if let Some(change) = change {
            change(&mut row);
        }
        let Survivors { tokens, weights } = Survivors::of(row, &self.sampling);
        let weighted =
            WeightedIndex::new(&weights).map_err(|source| SampleError::Weights { source })?;
        Ok(tokens[weighted.sample(&mut self.generator)])
    }

    /// Records a token that the caller put into the answer without sampling it.
    ///
    /// # Errors
    /// When the token is outside the mark's vocabulary.
    pub fn accept(&mut self, token: u32) -> Result<(), SampleError> {
        let position = self.tokens().len();
        match &mut self.marker {
            Some(marker) => marker
                .accept(token)
                .map_err(|source| SampleError::Marker { position, source }),
            None => Ok(()),
        }
    }

    /// Takes back the last `count` tokens of the answer, as speculative decoding does. Randomness goes on.
    ///
    /// # Errors
    /// When fewer were accepted.
    pub fn rollback(&mut self, count: usize) -> Result<(), SampleError> {
        let position = self.tokens().len();
        match &mut self.marker {
            Some(marker) => marker
                .rollback(count)
                .map_err(|source| SampleError::Marker { position, source }),
            None => Ok(()),
        }
    }

    /// Forgets the answer, for another one to the same prompt. Randomness goes on.
    pub fn reset(&mut self) {
        if let Some(marker) = &mut self.marker {
            marker.reset();
        }
    }

    /// The tokens of the answer so far; none without a marker.
    #[must_use]
    pub fn tokens(&self) -> &[u32] {
        self.marker.as_ref().map_or(&[], Marker::tokens)
    }

    /// Whether the next position carries the mark.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.marker.as_ref().is_some_and(Marker::is_open)
    }
}

/// What a caller does to probabilities.
type Change<'a> = Box<dyn FnOnce(&mut [f32]) + 'a>;

/// The temperature of a draw; none where there is no draw.
fn temperature(sampling: &Sampling) -> Option<f64> {
    match *sampling {
        _ if sampling.is_greedy() => None,
        Sampling::ArgMax => None,
        Sampling::All { temperature }
        | Sampling::TopK { temperature, .. }
        | Sampling::TopP { temperature, .. }
        | Sampling::TopKThenTopP { temperature, .. }
        | Sampling::GumbelSoftmax { temperature } => Some(temperature),
    }
}

impl fmt::Debug for LogitsProcessor {
    /// Without the key, the generator and the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogitsProcessor")
            .field("sampling", &self.sampling)
            .field("marked", &self.marker.is_some())
            .field("accepted", &self.tokens().len())
            .finish_non_exhaustive()
    }
}
