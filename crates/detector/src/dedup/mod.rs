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
mod exact;
mod fingerprint;
mod item;
mod ordered;
mod pages;
mod radix;
mod shelf;
mod sorter;

pub use bloom::Bloom;
pub use compact::Compact;
pub use exact::Exact;
pub use fingerprint::fingerprint;

/// Units to de-duplicate: what the pseudo-random function consumes at some positions of a stream.
///
/// Unit `i` is `ids[at[i] - window ..= at[i]]`, oldest id first.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// The ids of the stream.
    pub ids: &'a [u32],
    /// Positions in `ids` at which units end, in the order in which they count.
    pub at: &'a [u32],
    /// Ids before the last one of each unit: the window of the profile.
    pub window: usize,
}

/// A set of units that keeps the first of each.
///
/// Sealed: a set that kept other units than these do would make p-values invalid.
pub trait Dedup: Send + sealed::Sealed {
    /// Appends to `kept`, in order, those positions `at[i]` whose unit was not seen before, in this
    /// or an earlier call.
    ///
    /// The positions appended do not depend on the number of rayon threads, nor on how a stream is
    /// cut into calls.
    ///
    /// # Errors
    /// When units do not have the window of this set, or a position has no whole unit. The set and
    /// `kept` are then as before.
    fn keep_first(&mut self, units: Units<'_>, kept: &mut Vec<u32>) -> Result<(), DedupError>;

    /// Distinct units held.
    fn entries(&self) -> u64;

    /// Bytes of memory that the set itself takes, without scratch memory that could be dropped
    /// between calls.
    fn state_bytes(&self) -> u64;

    /// Expected number of fresh units that were taken for seen ones so far.
    fn expected_drops(&self) -> f64;
}

mod sealed {
    /// Implemented in this module only.
    pub trait Sealed {}
    impl Sealed for super::Compact {}
    impl Sealed for super::Exact {}
    impl Sealed for super::Bloom {}
}

/// Why units were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DedupError {
    /// The caller mixed two profiles in one set.
    #[error(
        "this set holds units with windows of {held} ids and was given windows of {given}: \
         make one set for each window length"
    )]
    Window {
        /// The window of the set.
        held: usize,
        /// The window of the units.
        given: usize,
    },
    /// A position is too early for a whole window, or beyond the stream.
    #[error(
        "position at[{index}] = {at} has no whole unit: with a window of {window} in a stream of \
         {ids} ids, positions from {window} to below {ids} do; leave the others out"
    )]
    Position {
        /// Where in `at`.
        index: usize,
        /// The position.
        at: u32,
        /// The window of the units.
        window: usize,
        /// Number of ids in the stream.
        ids: usize,
    },
}

/// Which set to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DedupKind {
    /// [`Compact`].
    #[default]
    Compact,
    /// [`Exact`].
    Exact,
    /// [`Bloom`], with its memory and the number of distinct units that it is laid out for.
    Bloom {
        /// Memory of the filter in bytes.
        budget_bytes: u64,
        /// Distinct units that are expected; more of them are dropped more often.
        expected_units: u64,
    },
}

impl DedupKind {
    /// An empty set of this kind for units with `window` ids before the last.
    #[must_use]
    pub fn build(self, window: usize) -> Box<dyn Dedup> {
        match self {
            Self::Compact => Box::new(Compact::new(window)),
            Self::Exact => Box::new(Exact::new(window)),
            Self::Bloom {
                budget_bytes,
                expected_units,
            } => Box::new(Bloom::new(window, budget_bytes, expected_units)),
        }
    }
}

impl<'a> Units<'a> {
    /// Refuses units that do not fit a set for windows of `held` ids.
    fn check(&self, held: usize) -> Result<(), DedupError> {
        let Self { ids, at, window } = *self;
        if window != held {
            return Err(DedupError::Window {
                held,
                given: window,
            });
        }
        let whole = |position: u32| (window..ids.len()).contains(&(position as usize));
        let bounds = at.iter().fold((u32::MAX, 0), |(low, high), &position| {
            (position.min(low), position.max(high))
        });
        if at.is_empty() || whole(bounds.0) && whole(bounds.1) {
            return Ok(());
        }
        let (index, &position) = at
            .iter()
            .enumerate()
            .find(|&(_, &position)| !whole(position))
            .expect("the smallest or the largest position is not whole");
        Err(DedupError::Position {
            index,
            at: position,
            window,
            ids: ids.len(),
        })
    }

    /// The unit that ends at `position`, with `1 + window` ids; `LEN` is that number when it is
    /// known at compile time, else 0.
    #[inline(always)]
    fn unit<const LEN: usize>(&self, position: u32) -> &'a [u32] {
        let len = if LEN == 0 { self.window + 1 } else { LEN };
        &self.ids[position as usize + 1 - len..][..len]
    }
}
