//! Memory for large tables, on huge pages where the system has them.

use bytemuck::Pod;
use memmap2::MmapMut;

/// From this size on memory is mapped by itself: it can then lie on huge pages, and it goes back to
/// the system when it is dropped.
const MAPPED_FROM_WORDS: usize = 1 << 17;
/// A mapping has addresses for this many times the memory first asked for. Growing into them costs
/// no copy and no new pages, and what was never used takes no memory.
const HEADROOM: usize = 4;
const HUGE_PAGE_BYTES: usize = 1 << 21;

/// A block of memory that grows.
pub(super) struct Pages {
    backing: Backing,
    /// Words in use.
    len: usize,
    /// Words that were ever in use. Those after them are zero.
    touched: usize,
}

enum Backing {
    Heap(Vec<u64>),
    /// A mapping, and how many of its bytes are to lie on huge pages.
    Mapped(MmapMut, usize),
}

impl Pages {
    /// No memory.
    pub(super) const EMPTY: Self = Self {
        backing: Backing::Heap(Vec::new()),
        len: 0,
        touched: 0,
    };

    /// Takes `words` words of zeros in place of what was held.
    pub(super) fn zeros(&mut self, words: usize) -> &mut [u64] {
        let dirty = self.touched.min(words);
        if self.resize(words) {
            self.view_mut::<u64>()[..dirty].fill(0);
        }
        self.view_mut()
    }

    /// Takes at least `words` words in place of what was held. If memory of this size was held
    /// before, it is as it was; otherwise it is zero.
    pub(super) fn reserve(&mut self, words: usize) {
        if words > self.len {
            self.resize(words);
        }
    }

    /// Adds `words` words of zeros.
    pub(super) fn lengthen(&mut self, words: usize) {
        let len = self.len;
        let dirty = self.touched.min(len + words);
        if len + words <= self.capacity() {
            self.resize(len + words);
            self.view_mut::<u64>()[len..dirty].fill(0);
        } else {
            let mut longer = Self::EMPTY;
            longer.zeros(len + words)[..len].copy_from_slice(self.view());
            *self = longer;
        }
    }

    /// Whether the memory is the same as before.
    fn resize(&mut self, words: usize) -> bool {
        let same = words <= self.capacity();
        if !same {
            *self = Self::EMPTY;
            self.backing = allocate(words);
        }
        self.len = words;
        self.touched = self.touched.max(words);
        #[cfg(target_os = "linux")]
        if let Backing::Mapped(map, advised) = &mut self.backing {
            // Only whole huge pages of used memory: the rest would take memory for nothing.
            let whole = (words * 8).next_multiple_of(HUGE_PAGE_BYTES) - HUGE_PAGE_BYTES;
            if whole > *advised {
                // A refusal costs speed only, so it is not an error.
                let _ = map.advise_range(memmap2::Advice::HugePage, *advised, whole - *advised);
                *advised = whole;
            }
        }
        same
    }

    fn capacity(&self) -> usize {
        match &self.backing {
            Backing::Heap(words) => words.len(),
            Backing::Mapped(map, _) => map.len() / 8,
        }
    }

    /// The words in use as integers.
    pub(super) fn view<T: Pod>(&self) -> &[T] {
        match &self.backing {
            Backing::Heap(words) => bytemuck::cast_slice(&words[..self.len]),
            Backing::Mapped(map, _) => bytemuck::cast_slice(&map[..self.len * 8]),
        }
    }

    /// The words in use as integers to change.
    pub(super) fn view_mut<T: Pod>(&mut self) -> &mut [T] {
        match &mut self.backing {
            Backing::Heap(words) => bytemuck::cast_slice_mut(&mut words[..self.len]),
            Backing::Mapped(map, _) => bytemuck::cast_slice_mut(&mut map[..self.len * 8]),
        }
    }

    /// Bytes of memory taken.
    pub(super) fn bytes(&self) -> usize {
        self.touched * 8
    }
}

fn allocate(words: usize) -> Backing {
    if words < MAPPED_FROM_WORDS {
        return Backing::Heap(vec![0; words]);
    }
    // The system aligns mappings of whole huge pages to them.
    let roomy = (words * 8 * HEADROOM).next_multiple_of(HUGE_PAGE_BYTES);
    MmapMut::map_anon(roomy)
        .or_else(|_| MmapMut::map_anon(words * 8))
        .map_or_else(
            |_| Backing::Heap(vec![0; words]),
            |map| Backing::Mapped(map, 0),
        )
}
