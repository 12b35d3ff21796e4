//! The request to stop, shared by all that wait or work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to stop: exchanges under way are finished, no new one begins.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asked for when `asked` becomes true, for instance by a signal.
    #[must_use]
    pub fn when(asked: Arc<AtomicBool>) -> Self {
        Self(asked)
    }

    /// Asks to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
