//! Sampling under a mark.

use std::error::Error as StdError;
use std::sync::Arc;

use hallmark_core::mark::Mark;
use hallmark_core::marker::{Habits, Marker};

use crate::sampling::Chooser;

/// Sampling under a mark: each sequence is one request with a [`Marker`] of its own. Serves one call of
/// [`generate`](crate::generate), since the markers remember what their requests generated.
pub struct Marked {
    mark: Arc<dyn Mark>,
    window: usize,
    habits: Habits,
    prompts: Vec<Vec<u32>>,
    requests: Vec<Marker>,
}

impl Marked {
    /// Chooses under `mark`, whose windows have `window` tokens (1 to 4).
    #[must_use]
    pub fn new(mark: Arc<dyn Mark>, window: usize) -> Self {
        Self::with_habits(mark, window, Habits::NATIVE, Vec::new())
    }

    /// The same with another engine's habits, for answers to these prompts.
    #[must_use]
    pub fn with_habits(
        mark: Arc<dyn Mark>,
        window: usize,
        habits: Habits,
        prompts: Vec<Vec<u32>>,
    ) -> Self {
        Self {
            mark,
            window,
            habits,
            prompts,
            requests: Vec::new(),
        }
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
            self.requests.push(Marker::with_habits(
                Arc::clone(&self.mark),
                self.window,
                self.habits,
                prompt.map_or(&[], Vec::as_slice),
                0,
            ));
        }
        let request = &mut self.requests[sequence];
        let token = request.choose_row(logits, uniform)?.index as u32;
        request.accept(token)?;
        Ok(token)
    }
}
