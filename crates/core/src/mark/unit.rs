//! What a function consumes of a cell.

use crate::cells::TokenId;
use alloc::sync::Arc;

/// From a cell (window and token) to what the function consumes of it, where that is less than the cell: cells with one
/// unit have one word, and count once.
#[derive(Clone)]
pub struct Unit {
    /// The function's name, for units that are the same under every key.
    shared: Option<&'static str>,
    of: Arc<Function>,
}

/// From a window and a token to the unit.
type Function = dyn Fn(&[TokenId], TokenId) -> u64 + Send + Sync;

impl Unit {
    /// A unit that no key changes. Two of one name and one length of windows must be the same function.
    #[must_use]
    pub fn shared(
        name: &'static str,
        of: impl Fn(&[TokenId], TokenId) -> u64 + Send + Sync + 'static,
    ) -> Self {
        Self {
            shared: Some(name),
            of: Arc::new(of),
        }
    }

    /// A unit that depends on the key: what collides under one key is apart under another.
    #[must_use]
    pub fn keyed(of: impl Fn(&[TokenId], TokenId) -> u64 + Send + Sync + 'static) -> Self {
        Self {
            shared: None,
            of: Arc::new(of),
        }
    }

    /// The unit of a cell.
    #[inline]
    #[must_use]
    pub fn of(&self, window: &[TokenId], token: TokenId) -> u64 {
        (self.of)(window, token)
    }

    /// Its name; none where it depends on the key.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        self.shared
    }
}
