//! Names of keys.

/// The longest name that is read, in bytes.
pub(super) const MAX_NAME: usize = 256;

/// Whether a name can be told from the rest of its line.
pub(super) fn is_name(name: &str) -> bool {
    let stray = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && name.len() <= MAX_NAME && !name.contains(stray)
}
