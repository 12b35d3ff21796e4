//! T9, open weights or log-probabilities: the suspect's own probability mass on tokens that the key favours.
//!
//! Where a suspect's probabilities are known, one need not wait for it to sample a token: for a window w and every token t
//! that the suspect gives a probability, the cell (w, t) is evidence, weighted by that probability. Under the null
//! hypothesis the probabilities do not depend on the key, so
//!
//! ```text
//! X = Σ over distinct windows w, tokens t of  a(w, t)·score(word(w, t))
//! ```
//!
//! is a weighted sum of independent scores with **known** weights. Its tail is bounded exactly as any weighted sum's
//! ([`crate::tail::weighted_upper`]), and bets on it give an e-value (Waudby-Smith and Ramdas 2024).
//!
//! ```text
//! positions → Masses (window → token → mean probability) → Evidence (whole-number weights) → LogprobFinding
//! ```
//!
//! All but the last step is done without a key: no type before [`Evidence::examine`] has one. Derivation: `docs/tests/logprobs.md`.

mod disclose;
mod finding;
mod mass_weights;
mod masses;
mod test;
mod tilting;

pub(crate) use finding::{finding, share_level};
pub use mass_weights::{Emphasis, Evidence, UNIT};
pub use masses::{LogprobError, MassCounts, Masses, Sequence};
