//! A marked text's manifest by C2PA: who signs for the text, and under which mark it is to be found again.
//!
//! ```text
//! text → NFC → text + U+FEFF + the manifest as variation selectors
//! ```
//!
//! The manifest stands in the text itself, invisibly (C2PA 2.x, appendix A.8). It holds a hash of the text, which breaks with the first
//! changed letter; and a soft binding, the mark's scheme and its key's public id, which says how to find the mark in what is left when the
//! manifest is gone. Both are signed with a certificate of the caller's. The manifest says nothing of the key.
//!
//! This is no conforming product of any programme, and the name of the soft binding is on no list: `docs/c2pa.md`.

mod binding;
mod credentials;
mod error;
mod read;
mod sign;

pub use binding::Binding;
pub use credentials::{Algorithm, Credentials};
pub use error::Error;
pub use read::{Found, State, read};
pub use sign::sign;
