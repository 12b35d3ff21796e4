//! Sampling under a mark.

use std::error::Error as StdError;

use hallmark_core::mark::{CannotMark, Mark};
use hallmark_core::marker::Marker;

use crate::random::{below, generator};
use crate::sampling::Chooser;

/// Sampling under a mark: each sequence is one request with a [`Marker`] of its own. Serves one call of
/// [`generate`](crate::generate), since the markers remember what their requests generated.
pub struct Marked {
    mark: Mark,
    prompts: Vec<Vec<u32>>,
    /// The sub-key of each request; none where there is no ring.
    sub_keys: Vec<u32>,
    requests: Vec<Marker>,
}

/// The number of the sub-key that marks each of `count` requests, drawn by `seed` without any key; none where `ring` is 1.
#[must_use]
pub fn sub_keys(ring: u32, count: usize, seed: u64) -> Vec<u32> {
    let mut generator = generator(seed, SUB_KEYS);
    let count = if ring > 1 { count } else { 0 };
    (0..count)
        .map(|_| below(&mut generator, ring as usize) as u32)
        .collect()
}

/// The stream of a seed that sub-keys are drawn from: no sequence has this number.
const SUB_KEYS: u64 = u64::MAX;

impl Marked {
    /// Chooses under `mark`, for answers to these prompts; sequences beyond them have none.
    ///
    /// # Errors
    /// When the mark is only read here, or is a ring's.
    pub fn new(mark: &Mark, prompts: Vec<Vec<u32>>) -> Result<Self, CannotMark> {
        mark.marker(&[])?;
        Self::of_ring(mark, prompts, vec![])
    }

    /// The same under the mark of a ring: each sequence has its sub-key's number, as [`sub_keys`] draws them; without a ring there are none.
    ///
    /// # Errors
    /// When the mark is only read here, or a number is none of its sub-keys.
    pub fn of_ring(
        mark: &Mark,
        prompts: Vec<Vec<u32>>,
        sub_keys: Vec<u32>,
    ) -> Result<Self, CannotMark> {
        for &number in if sub_keys.is_empty() {
            &[0]
        } else {
            &sub_keys[..]
        } {
            member(mark, number)?.marker(&[])?;
        }
        Ok(Self {
            mark: mark.clone(),
            prompts,
            sub_keys,
            requests: Vec::new(),
        })
    }
}

/// The mark of one sub-key.
fn member(mark: &Mark, number: u32) -> Result<&Mark, CannotMark> {
    mark.member(number as usize).ok_or(CannotMark::Ring {
        sub_keys: mark.sub_keys(),
    })
}

impl Chooser for Marked {
    fn choose(
        &mut self,
        sequence: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn StdError + Send + Sync>> {
        while self.requests.len() <= sequence {
            let request = self.requests.len();
            let prompt = self.prompts.get(request);
            let prompt = prompt.map_or(&[][..], Vec::as_slice);
            let mark = match self.sub_keys.get(request) {
                Some(&number) => member(&self.mark, number)?,
                None => &self.mark,
            };
            self.requests.push(mark.marker(prompt)?);
        }
        let request = &mut self.requests[sequence];
        let token = request.choose_row(logits, uniform)?.index as u32;
        request.accept(token)?;
        Ok(token)
    }
}
