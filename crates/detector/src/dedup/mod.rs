//! Global de-duplication: each distinct unit counts once over the whole corpus.
//!
//! A test's null law holds for *distinct* cells only, so a unit that was kept once is never kept
//! again, in whatever order, blocks or threads the corpus arrives. Three sets do this:
//!
//! | | memory per distinct unit | drops fresh units |
//! |---|---|---|
//! | [`Compact`] (default) | 8.7 to 9.9 bytes | n(n−1)/2⁶⁵ in expectation |
//! | [`Exact`] | 4 bytes per id, and an index | never |
//! | [`Bloom`] | fixed in advance | as its fill says |
//!
//! A fresh unit that is dropped costs a little power and leaves the test exact, because dropping
//! does not depend on the marking key: every set decides by an unkeyed [`fingerprint`] or by the
//! ids themselves.

mod bloom;
mod compact;
mod error;
mod exact;
mod fingerprint;
mod item;
mod kind;
mod ordered;
mod pages;
mod radix;
mod set;
mod shelf;
mod sorter;
mod units;

pub use bloom::Bloom;
pub use compact::Compact;
pub use error::DedupError;
pub use exact::Exact;
pub use fingerprint::fingerprint;
pub use kind::DedupKind;
pub use set::Dedup;
pub use units::Units;
