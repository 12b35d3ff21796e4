//! Exact tail probabilities in log10, rounded against the accuser.
//!
//! Every function here returns an **upper bound** of the true tail probability that is also tight:
//! the relative excess is at most 1e-9 (the weighted tournament excepted, whose certified bound is
//! Chernoff's, and weighted sums, whose bounds say how close they are). Nothing underflows: a p-value of 1e-100000 is as ordinary as one of 0.05.
//!
//! | score | null law of n distinct cells | function |
//! |---|---|---|
//! | green count | Binomial(n, γ), γ = threshold / 2³² | [`binomial_upper`] |
//! | tournament bits | Binomial(n·m, ½) | [`tournament_upper`] |
//! | Gumbel sum | dominated by Gamma(n, 1) | [`gamma_upper`] |
//! | weighted tournament bits | `Σ w_l·bit` | [`weighted_tournament_upper`] |
//! | weighted cells of any law | `Σ w·score` | [`weighted_upper`] |
//!
//! A tail is its largest point probability times a sum that starts with 1 and has decreasing
//! ratios. The first is computed in double-word arithmetic, the second term by term until a
//! geometric series bounds the rest; the bounds on every rounding error are added outward. The
//! whole computation uses only IEEE 754 basic operations, so that it gives the same bytes on every
//! machine. The error analysis is in `docs/statistics.md`.

mod binomial;
mod double_word;
mod draws;
mod enclosure;
mod error;
mod gamma;
mod limit;
mod log10;
mod series;
mod stirling;
mod tournament;
mod weighted;

pub use binomial::{HALF, Log10MidP, binomial_upper, binomial_upper_mid, tournament_upper};
pub use error::TailError;
pub use gamma::{NAT, gamma_upper};
pub use limit::MAX_CELLS;
pub use log10::{Log10E, Log10P, NotLog10E, NotLog10P};
pub use tournament::{linear_weights, weighted_tournament_upper};
pub use weighted::{
    Group, MAX_WEIGHT, Method, WeightedTail, group_weights, weighted_upper, weighted_upper_of_lists,
};

pub(crate) use binomial::ln_binomial_upper;
pub(crate) use double_word::DoubleWord;
pub(crate) use draws::among;
pub(crate) use enclosure::log10_p_up;
pub(crate) use gamma::{ln_gamma_lower, ln_gamma_upper};
pub(crate) use stirling::ln_factorial;
