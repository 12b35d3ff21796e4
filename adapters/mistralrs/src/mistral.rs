//! mistral.rs's own trait and settings (mistralrs-core 0.8).

use candle_core::{Result, Tensor};
use hallmark_core::sampling::Sampling;
use mistralrs_core::{CustomLogitsProcessor, SamplingParams};

use crate::processor::Processor;

impl CustomLogitsProcessor for Processor {
    fn apply(&self, logits: &Tensor, context: &[u32]) -> Result<Tensor> {
        Self::apply(self, logits, context)
    }
}

/// A request's settings as the processor takes them. Of a nucleus or a min-p outside its range none is taken, as
/// mistral.rs does; min-p takes part whether or not there is a nucleus.
#[must_use]
pub fn sampling(params: &SamplingParams) -> Sampling {
    let share = |share: Option<f64>| share.filter(|share| *share > 0.0 && *share < 1.0);
    Sampling {
        temperature: params.temperature.unwrap_or(0.0) as f32,
        top_k: params.top_k.unwrap_or(0),
        top_p: share(params.top_p).map_or(1.0, |p| p as f32),
        min_p: share(params.min_p).map_or(0.0, |p| p as f32),
    }
}
