//! Sampling under a mark.

use std::error::Error as StdError;

use hallmark_core::mark::{CannotMark, Mark};
use hallmark_core::marker::Marker;

use crate::sampling::Chooser;

/// Sampling under a mark: each sequence is one request with a [`Marker`] of its own. Serves one call of
/// [`generate`](crate::generate), since the markers remember what their requests generated.
pub struct Marked {
    mark: Mark,
    prompts: Vec<Vec<u32>>,
    requests: Vec<Marker>,
}

impl Marked {
    /// Chooses under `mark`, for answers to these prompts; sequences beyond them have none.
    ///
    /// # Errors
    /// When the mark is only read here.
    pub fn new(mark: &Mark, prompts: Vec<Vec<u32>>) -> Result<Self, CannotMark> {
        mark.marker(&[])?;
        Ok(Self {
            mark: mark.clone(),
            prompts,
            requests: Vec::new(),
        })
    }
}

impl Chooser for Marked {
    fn choose(
        &mut self,
        sequence: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn StdError + Send + Sync>> {
        while self.requests.len() <= sequence {
            let prompt = self.prompts.get(self.requests.len());
            let prompt = prompt.map_or(&[][..], Vec::as_slice);
            self.requests.push(self.mark.marker(prompt)?);
        }
        let request = &mut self.requests[sequence];
        let token = request.choose_row(logits, uniform)?.index as u32;
        request.accept(token)?;
        Ok(token)
    }
}
