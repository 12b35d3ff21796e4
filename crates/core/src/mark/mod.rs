//! Marks: a scheme under a key, as the marker and the detector see it.

mod dual_gumbel;
mod foreign;
mod green;
mod gumbel;
mod keyed;
mod marking;
mod related;
mod routed;
mod tournament;

pub use dual_gumbel::DualGumbel;
pub use foreign::ForeignKeyMismatch;
pub use green::Green;
pub use gumbel::Gumbel;
pub use keyed::{KeyedMark, Null, Part, Unit};
pub use marking::{Marking, MarkingError};
pub use related::{RelatedKeys, Shifted};
pub use tournament::Tournament;

use crate::cells::{CellBatch, TokenId};
use crate::keys::CohortKey;
use crate::law::Law;
use crate::prf::ChaCha12;
use crate::profile::{CHACHA12_V1, Profile, Scheme, green_threshold};
use crate::row::RowError;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The detector's half of a mark: cells to words, and how words are scored.
pub trait Reading: Send + Sync {
    /// How a cell's word is scored.
    fn law(&self) -> Law;

    /// The largest token id the mark takes.
    fn max_token(&self) -> TokenId;

    /// The word that the law scores, for each of `cells`. May allocate.
    ///
    /// # Panics
    /// When `out` is not as long as `cells`.
    fn words(&self, cells: &CellBatch, out: &mut [u32]);
}

/// A scheme under a key.
///
/// The detector uses its [`Reading`], a serving engine the rest, through a
/// [`Marker`](crate::marker::Marker). Schemes are generic over their
/// [`Prf`](crate::prf::Prf), so a foreign mark is another value behind these traits.
pub trait Mark: Reading {
    /// Chooses among the candidates that survived truncation: cells with one window, and their
    /// logits after temperature and penalties. Returns the index of the chosen candidate.
    /// `logits` is scratch space afterwards; `uniform` in [0, 1) is the step's ordinary randomness.
    ///
    /// # Errors
    /// When a logit is NaN or +∞, or every candidate is masked (−∞).
    fn choose(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError>;

    /// Chooses among a whole row of logits, where the index is the token id. The rest is as for
    /// [`choose`](Self::choose).
    ///
    /// # Errors
    /// As for [`choose`](Self::choose).
    fn choose_row(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
        scratch: &mut Scratch,
    ) -> Result<usize, RowError>;

    /// The mark as a bias on a row of logits, for schemes that are one (`green`).
    fn as_bias(&self) -> Option<&dyn Bias> {
        None
    }
}

/// A mark that works by adding to logits, before the engine truncates and samples as it likes.
pub trait Bias {
    /// Adds the mark's bias to the logits of candidates; masked ones (−∞) stay masked.
    ///
    /// # Errors
    /// When a logit is NaN.
    fn bias(
        &self,
        candidates: &CellBatch,
        logits: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), RowError>;

    /// Adds the mark's bias to a whole row; masked tokens (−∞) stay masked.
    ///
    /// # Errors
    /// When a logit is NaN or +∞, or the row is masked throughout; the row is then not usable.
    fn bias_row(&self, window: &[TokenId], logits: &mut [f32]) -> Result<(), RowError>;
}

/// Buffers that a step needs; they grow on the first steps and are then reused.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(crate) words: Vec<u32>,
    pub(crate) weights: Vec<f32>,
}

/// The mark that `profile` describes, under `key`.
#[must_use]
pub fn bind(profile: &Profile, key: &CohortKey) -> Arc<dyn Mark> {
    let stream = |name| {
        let key = key.stream(profile.scheme.id(), CHACHA12_V1, profile.window, name);
        ChaCha12::new(*key.expose())
    };
    match profile.scheme {
        Scheme::Gumbel => Arc::new(Gumbel::new(stream("main"))),
        Scheme::DualGumbel => Arc::new(DualGumbel::new(stream("coin"), stream("a"), stream("b"))),
        Scheme::Green { gamma, delta } => Arc::new(Green::new(
            stream("main"),
            green_threshold(gamma),
            delta as f32,
        )),
        Scheme::Tournament { layers } => Arc::new(Tournament::new(stream("main"), layers)),
    }
}
