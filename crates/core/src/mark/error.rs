//! Why there is no mark, or none that can be made.

use crate::cells::MAX_WINDOW;

/// Why a key does not fit a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyMismatch {
    /// Too few or too many numbers.
    #[error("{scheme} takes {needed} in its key and the key file holds {found}")]
    Numbers {
        /// The scheme.
        scheme: &'static str,
        /// How many, in words.
        needed: &'static str,
        /// How many there are.
        found: usize,
    },
    /// One number for each layer.
    #[error("the profile has {layers} layers and the key file holds {found} numbers")]
    Layers {
        /// Layers of the profile.
        layers: u32,
        /// Numbers of the key.
        found: usize,
    },
    /// Another engine's key for a mark of this project.
    #[error("{scheme} is a native mark, and the key is another engine's")]
    NeedsNative {
        /// The scheme.
        scheme: &'static str,
    },
    /// A key of this project for another engine's mark.
    #[error("{scheme} is another engine's mark, and the key is a native one")]
    NeedsNumbers {
        /// The scheme.
        scheme: &'static str,
    },
}

/// Why a mark cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotMark {
    /// Only read here.
    #[error("{scheme} is read and not made here")]
    ReadOnly {
        /// The scheme.
        scheme: &'static str,
    },
    /// No sub-key was chosen for the request.
    #[error("a request is marked with one of the {sub_keys} sub-keys of the ring: say which")]
    Ring {
        /// How many there are.
        sub_keys: usize,
    },
    /// The marker's windows are shorter.
    #[error("window = {window}: marks are made for windows of 1 to {MAX_WINDOW} tokens")]
    Window {
        /// The profile's.
        window: usize,
    },
}
