//! Paths and other people's text, so that they can be printed.

use std::path::Path;

/// A path for people and JSON: `stdout` for `-`, control characters escaped.
#[must_use]
pub fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        "stdout".to_owned()
    } else {
        plain(&path.to_string_lossy())
    }
}

/// Text that cannot move the cursor or break a line.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = c.is_control().then(|| c.escape_default());
            let kept = (!c.is_control()).then_some(c);
            escaped.into_iter().flatten().chain(kept)
        })
        .collect()
}
