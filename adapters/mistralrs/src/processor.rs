//! The processor.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::{DType, Device, Tensor};
use hallmark_core::mark::Mark;
use hallmark_core::marker::{Marker, MarkerError};
use hallmark_core::sampling::{Candidates, Sampling};

use crate::error::ProcessorError;
use crate::uniform::uniform;

/// One request's mark, as a function of logits and context.
pub struct Processor {
    mark: Mark,
    sampling: Sampling,
    seed: u64,
    on_error: OnError,
    memory: Mutex<Memory>,
}

/// What a step that cannot be marked does to the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The engine samples from the logits as they are; [`Processor::last_error`] says why.
    #[default]
    Continue,
    /// The request fails with the error.
    Refuse,
}

/// What could be found again from the context, kept because that would take longer.
struct Memory {
    prompt_tokens: Option<usize>,
    request: Option<Request>,
    candidates: Candidates,
    last_error: Option<ProcessorError>,
}

struct Request {
    prompt: Vec<u32>,
    marker: Marker,
}

impl Processor {
    /// A processor for one request. `sampling` is what the request asks of the engine: it must be the same, as the token is
    /// chosen here. `seed` is for the ordinary randomness of schemes that use any.
    ///
    /// The first context it is called with is taken for the prompt, as mistral.rs calls it; [`after`](Self::after) says
    /// its length beforehand.
    ///
    /// # Errors
    /// When the mark is not made here or is that of a ring, of which one member marks a request, or when a setting is out
    /// of range.
    pub fn new(mark: &Mark, sampling: Sampling, seed: u64) -> Result<Self, ProcessorError> {
        sampling.check()?;
        mark.marker(&[])?;
        Ok(Self {
            mark: mark.clone(),
            sampling,
            seed,
            on_error: OnError::default(),
            memory: Mutex::new(Memory {
                prompt_tokens: None,
                request: None,
                candidates: Candidates::default(),
                last_error: None,
            }),
        })
    }

    /// Says how many tokens of each context are the prompt's.
    #[must_use]
    pub fn after(self, prompt_tokens: usize) -> Self {
        self.memory().prompt_tokens = Some(prompt_tokens);
        self
    }

    /// Says what happens at a step that cannot be marked.
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// The logits that the engine samples from: at positions that carry the mark −∞ for all tokens but the chosen one, and
    /// `logits` elsewhere. Any shape with one row; shape, type and device stay.
    ///
    /// # Errors
    /// When the tensor cannot be read; and where the processor refuses, when a logit is NaN or +∞, all tokens are masked, a
    /// token of the context is outside the mark's vocabulary, or the context is another request's.
    pub fn apply(&self, logits: &Tensor, context: &[u32]) -> candle_core::Result<Tensor> {
        let mut row: Vec<f32> = logits.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
        let mut memory = self.memory();
        match self.choose(&mut memory, &mut row, context) {
            Ok(None) => Ok(logits.clone()),
            Ok(Some(token)) => {
                let mut masked = vec![f32::NEG_INFINITY; row.len()];
                masked[token] = 0.0;
                let masked = Tensor::from_vec(masked, logits.shape(), &Device::Cpu)?;
                masked.to_dtype(logits.dtype())?.to_device(logits.device())
            }
            Err(error) => {
                memory.last_error = Some(error.clone());
                match self.on_error {
                    OnError::Continue => Ok(logits.clone()),
                    OnError::Refuse => Err(candle_core::Error::wrap(error)),
                }
            }
        }
    }

    /// Why a step was not marked, the last time.
    #[must_use]
    pub fn last_error(&self) -> Option<ProcessorError> {
        self.memory().last_error.clone()
    }

    /// The token under the mark; none where the position carries none.
    fn choose(
        &self,
        memory: &mut Memory,
        row: &mut [f32],
        context: &[u32],
    ) -> Result<Option<usize>, ProcessorError> {
        let length = *memory.prompt_tokens.get_or_insert(context.len());
        let other = ProcessorError::OtherRequest {
            found: context.len(),
            expected: length,
        };
        let (prompt, answer) = context
            .split_at_checked(length)
            .ok_or_else(|| other.clone())?;
        let request = match &mut memory.request {
            Some(request) if request.prompt == prompt => request,
            Some(_) => return Err(other),
            none => none.insert(Request {
                prompt: prompt.to_vec(),
                marker: self.mark.marker(prompt)?,
            }),
        };
        let position = answer.len();
        let failed = |source| ProcessorError::Marker { position, source };
        follow(&mut request.marker, answer).map_err(failed)?;
        // Greedy requests are left alone by marks that do not bias logits.
        if !request.marker.is_open() {
            return Ok(None);
        }
        let uniform = uniform(self.seed, answer);
        let choice = request
            .marker
            .sample_row(row, &self.sampling, &mut memory.candidates, uniform)
            .map_err(failed)?;
        Ok(choice.marked.then_some(choice.index))
    }

    /// A panic in another call leaves nothing that the context does not correct.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the accepted tokens those of `answer`, whatever they were.
fn follow(marker: &mut Marker, answer: &[u32]) -> Result<(), MarkerError> {
    let both = marker.tokens().iter().zip(answer);
    let common = both.take_while(|(one, other)| one == other).count();
    marker.rollback(marker.tokens().len() - common)?;
    answer[common..]
        .iter()
        .try_for_each(|&token| marker.accept(token))
}

impl fmt::Debug for Processor {
    /// Without the key, the seed and the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processor")
            .field("scheme", &self.mark.scheme())
            .field("key_id", &self.mark.key())
            .field("sampling", &self.sampling)
            .field("on_error", &self.on_error)
            .finish_non_exhaustive()
    }
}
