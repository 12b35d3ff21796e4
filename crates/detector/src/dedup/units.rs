//! Units of a stream.

use super::error::DedupError;

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

impl<'a> Units<'a> {
    /// Refuses units that do not fit a set for windows of `held` ids.
    pub(super) fn check(&self, held: usize) -> Result<(), DedupError> {
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
    pub(super) fn unit<const LEN: usize>(&self, position: u32) -> &'a [u32] {
        let len = if LEN == 0 { self.window + 1 } else { LEN };
        &self.ids[position as usize + 1 - len..][..len]
    }
}
