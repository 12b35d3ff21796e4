//! T8, the shape of the uniforms: are there too many very large scores, though the sum may be ordinary?
//!
//! A cell with word w has the p-value p = (2³² − w)/2³² by itself. Under the null hypothesis these are independent
//! uniforms (on the lattice of 2³², from above, so never too small). The statistic is the **truncated exact Berk–Jones
//! statistic**: over ranks i of the K smallest, the smallest of
//!
//! ```text
//! π(i) = P(Binomial(N, p₍ᵢ₎) ≥ i) = the chance that i or more of N uniforms are as small as the i-th smallest was
//! ```
//!
//! (Berk and Jones 1979; Moscovich, Nadler and Spiegelman 2016, who show that it is powerful from one strong cell to
//! many weak ones, where higher criticism's behaviour at the first ranks is poor). Its p-value is not simulated but computed: the
//! chance that N uniforms cross a boundary, by a recursion of positive terms. So it has no floor at one over the number of
//! simulations, needs no seed, and two runs agree to the byte. Derivation: `docs/tests/shape.md`.
//!
//! It applies where a cell's evidence is its word's size, which is the Gumbel schemes. Under `green` all green words are alike.

mod crossing;
mod finding;
mod largest;
mod statistic;

pub(crate) use finding::finding;
pub use largest::{MOST, Shape};
pub use statistic::shape_p_value;
