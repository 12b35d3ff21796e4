//! Cells in columns: the shape in which a pseudo-random function takes many of them at once.

use alloc::vec::Vec;

/// A token id of the marking model's tokenizer.
pub type TokenId = u32;

/// What stands in a window slot for which there is no token.
pub const MISSING: TokenId = u32::MAX;

/// Most tokens of a window under which marks are made. Some that are only read have longer ones.
pub const MAX_WINDOW: usize = 4;

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
        assert!(
            !self.is_full(),
            "a cell batch holds at most {} cells",
            self.capacity
        );
        assert_eq!(window.len(), self.window, "window length");
        let row = self.tokens.len();
        for (slot, &id) in window.iter().enumerate() {
            self.slots[slot * self.capacity + row] = id;
        }
        self.tokens.push(token);
    }

    /// Replaces all cells by one cell per token after one `window`: the candidates of a step.
    /// Grows the capacity where needed.
    ///
    /// # Panics
    /// When `window` has another length than the batch's.
    pub fn fill(&mut self, window: &[TokenId], tokens: &[TokenId]) {
        assert_eq!(window.len(), self.window, "window length");
        if tokens.len() > self.capacity {
            self.capacity = tokens.len().next_power_of_two();
            self.slots.resize(self.window * self.capacity, MISSING);
        }
        self.tokens.clear();
        self.tokens.extend_from_slice(tokens);
        for (slot, &id) in window.iter().enumerate() {
            self.slots[slot * self.capacity..][..tokens.len()].fill(id);
        }
    }

    /// Replaces all cells by those that end at the positions `at` of the token stream `ids`: cell
    /// `i` has token `ids[at[i]]` and the tokens before it as its window.
    ///
    /// # Panics
    /// When there are more positions than capacity, or a window would start before the stream.
    pub fn fill_at(&mut self, ids: &[TokenId], at: &[u32]) {
        assert!(
            at.len() <= self.capacity,
            "a cell batch holds at most {} cells",
            self.capacity
        );
        self.tokens.clear();
        self.tokens.extend(at.iter().map(|&at| ids[at as usize]));
        for slot in 0..self.window {
            let back = self.window - slot;
            let column = &mut self.slots[slot * self.capacity..][..at.len()];
            for (id, &at) in column.iter_mut().zip(at) {
                *id = ids[at as usize - back];
            }
        }
    }

    /// The same windows, each with `token`.
    #[must_use]
    pub fn with_token(&self, token: TokenId) -> Self {
        let mut cells = self.clone();
        cells.tokens.fill(token);
        cells
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
