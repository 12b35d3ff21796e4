//! Zeroed memory for large tables, on huge pages where the system has them.

use bytemuck::Pod;
use memmap2::MmapMut;

/// From this size on memory is mapped by itself, so that it can lie on huge pages and goes back to
/// the system when it is dropped.
const MAPPED_FROM_BYTES: usize = 1 << 20;

/// A block of memory that starts as zeros.
pub(super) enum Pages {
    Heap(Vec<u64>),
    Mapped(MmapMut),
}

impl Pages {
    /// No memory.
    pub(super) const EMPTY: Self = Self::Heap(Vec::new());

    /// At least `words` × 8 bytes of zeros.
    pub(super) fn zeroed(words: usize) -> Self {
        if words * 8 >= MAPPED_FROM_BYTES
            && let Ok(map) = MmapMut::map_anon(words * 8)
        {
            // A refusal costs speed only (limits: 2 to 4 times), so it is not an error.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            return Self::Mapped(map);
        }
        Self::Heap(vec![0; words])
    }

    /// Makes room for at least `words` × 8 bytes; the contents are then unspecified.
    pub(super) fn reserve(&mut self, words: usize) {
        if self.bytes() < words * 8 {
            *self = Self::EMPTY;
            *self = Self::zeroed(words);
        }
    }

    /// The same contents, followed by at least `words` × 8 bytes of zeros.
    pub(super) fn lengthened(&self, words: usize) -> Self {
        let old = self.view::<u64>();
        let mut new = Self::zeroed(old.len() + words);
        new.view_mut::<u64>()[..old.len()].copy_from_slice(old);
        new
    }

    /// The memory as integers.
    pub(super) fn view<T: Pod>(&self) -> &[T] {
        match self {
            Self::Heap(words) => bytemuck::cast_slice(words),
            Self::Mapped(map) => bytemuck::cast_slice(map),
        }
    }

    /// The memory as integers to change.
    pub(super) fn view_mut<T: Pod>(&mut self) -> &mut [T] {
        match self {
            Self::Heap(words) => bytemuck::cast_slice_mut(words),
            Self::Mapped(map) => bytemuck::cast_slice_mut(map),
        }
    }

    /// Size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.view::<u8>().len()
    }
}
