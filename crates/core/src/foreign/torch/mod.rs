//! torch's CPU generator (`torch.Generator("cpu")`, checked against torch 2.6.0): the source of the
//! lists and tables of the marks that draw them with torch.
//!
//! - **generator**: MT19937 (Matsumoto and Nishimura 1998), seeded with the low 32 bits of the seed;
//! - **`randperm(n)`**: r = 0, 1, …, n − 1; for i = 0 … n − 2, swap r\[i\] with
//!   r\[i + u32 mod (n − i)\]. Later torch versions draw 64 bits a step from n = 214,748,364 on,
//!   which no vocabulary reaches;
//! - **`rand`** in float32: (u32 mod 2²⁴)·2⁻²⁴;
//! - **`randint(0, b)`**: u32 mod b.
//!
//! CUDA generators give other values. The first steps of `randperm` settle the first elements, so a
//! list of ⌊γV⌋ tokens costs ⌊γV⌋ steps; and whether one token is among them needs no array at all:
//! it is enough to follow that token ([`Shuffle::contains`]), under sixteen seeds side by side
//! ([`Shuffle::follow`]).

mod by_unit;
mod divisor;
mod follow;
mod generator;
mod lane;
mod lanes;
mod shuffle;

pub use generator::TorchRng;
pub use lane::LANES;
pub use lanes::TorchLanes;
pub use shuffle::{Permutation, Shuffle, randperm};

pub(crate) use follow::{Chunk, follow_portable};
pub(crate) use lane::{CHUNK, Lane};
pub(crate) use lanes::words_portable;
