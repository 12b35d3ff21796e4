//! T6, the contrast: do the answers depend on one key more than on another?
//!
//! Both keys score the **same** distinct cells. For each cell take the difference of its two scores. If the answers depend on
//! the tested key no more than on the control, each cell's difference is as likely, or less, to be positive as
//! negative, whatever its size; so given all sizes the signs are independent fair coins, or lean towards the control. The sum of the positive
//! differences is then dominated by Σ (size)·(fair coin), and that is the p-value: `McNemar`'s exact
//! test for `green`, the exact paired sign-flip test for the others (Fisher 1935, section 21).
//!
//! Why not the two-sample test of the two sums (hypergeometric for `green`, Beta(n, n) for `gumbel`)? Those are exact
//! only if neither key matters, or if all cells have one common rate and the two words of a cell are independent. Here cells may
//! differ as they like, and the two words of one cell may be dependent: a token that one key explains needs the other less,
//! which makes the two sums more different than the two-sample laws allow. See `docs/tests/contrast.md`.

mod contrasts;
mod effect;
mod finding;
mod paired;

pub use contrasts::Contrasts;
pub(crate) use finding::{findings, share_level};
pub use paired::Paired;
