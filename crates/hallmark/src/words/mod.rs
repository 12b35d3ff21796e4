//! Sentences about results that all who show them share: the terminal's text, the page and the Markdown have one wording.

mod detected;
mod reading;

pub use detected::{MUCH_SHARED, shared, verdict};
pub use reading::reading;
