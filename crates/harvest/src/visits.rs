//! An index of first visits, as T3r reads it.

use crate::counting::Reading;
use crate::index::Index;
use hallmark_core::keys::PublicId;
use hallmark_core::visits::FirstVisits;
use hallmark_core::windows::WindowHash;

/// An index that says when each window was visited first.
pub struct Visits {
    index: Index,
    reading: Reading,
}

impl Visits {
    /// The same index, if it is one of first visits.
    #[must_use]
    pub fn of(index: Index) -> Option<Self> {
        let reading = index.header().counting.first_visits()?;
        Some(Self { index, reading })
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }
}

impl FirstVisits for Visits {
    fn window(&self) -> usize {
        self.index.header().window
    }

    fn sub_keys(&self) -> u32 {
        self.reading.sub_keys.into()
    }

    fn read(&self) -> u64 {
        self.index.header().total
    }

    fn marked_by(&self) -> Option<PublicId> {
        self.index.header().marked_by.key()
    }

    fn is_as_sampled(&self) -> bool {
        self.reading.as_sampled && self.reading.in_order
    }

    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        self.index.first_codes(windows, codes);
    }
}
