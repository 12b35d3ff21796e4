//! Watching: one file after the other is taken into a state on disk, which is scanned as if all had been read at once.
//!
//! What a file holds goes into the state in one transaction, with the digest of the file: whenever the program dies, a file was taken or it
//! was not, and one that was is passed over the next time. The state holds pseudonyms, minutes and links, and no text of any log.

mod digest;
mod state;
mod tables;

pub use digest::digest;
pub use state::{Header, Seen, State};
