//! Cells in columns: the shape in which a pseudo-random function takes many of them at once.

use alloc::vec::Vec;

/// A token id of the marking model's tokenizer.
pub type TokenId = u32;

/// What stands in a window slot for which there is no token.
pub const MISSING: TokenId = u32::MAX;

/// A batch of independent cells, one column per window slot.
///
/// Column `s` of `windows` holds slot `s` (oldest first) of every cell, so that a vector unit loads
/// sixteen cells' slots with one instruction. A batch is filled once and may be evaluated under
/// many keys.
#[derive(Clone, Debug, Default)]
pub struct CellBatch {
    window: usize,
    capacity: usize,
    slots: Vec<TokenId>,
    tokens: Vec<TokenId>,
}

impl CellBatch {
    /// An empty batch for cells with `window` slots, holding up to `capacity` cells.
    #[must_use]
    pub fn new(window: usize, capacity: usize) -> Self {
        Self {
            window,
            capacity,
            slots: alloc::vec![MISSING; window * capacity],
            tokens: Vec::with_capacity(capacity),
        }
    }

    /// Adds a cell. `window` is oldest first and must have as many slots as the batch.
    ///
    /// # Panics
    /// When the batch is full or `window` has another length.
    #[inline]
    pub fn push(&mut self, window: &[TokenId], token: TokenId) {
        assert!(!self.is_full(), "a cell batch holds at most {} cells", self.capacity);
        assert_eq!(window.len(), self.window, "window length");
        let row = self.tokens.len();
        for (slot, &id) in window.iter().enumerate() {
            self.slots[slot * self.capacity + row] = id;
        }
        self.tokens.push(token);
    }

    /// Removes all cells; the capacity stays.
    pub fn clear(&mut self) {
        self.tokens.clear();
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether no further cell fits.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.tokens.len() == self.capacity
    }

    /// How many cells fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Number of window slots of each cell.
    #[must_use]
    pub fn window(&self) -> usize {
        self.window
    }

    /// Slot `slot` (0 is the oldest) of every cell.
    #[must_use]
    pub fn slot(&self, slot: usize) -> &[TokenId] {
        &self.slots[slot * self.capacity..][..self.tokens.len()]
    }

    /// The token of every cell.
    #[must_use]
    pub fn tokens(&self) -> &[TokenId] {
        &self.tokens
    }
}
