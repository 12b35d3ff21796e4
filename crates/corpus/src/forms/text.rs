//! Characters of a text, each with the place it came from.

/// A text while its forms are undone.
pub(super) type Text = Vec<Char>;

/// A character, and the byte of the original text that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Char {
    pub(super) c: char,
    pub(super) at: u32,
}

/// The characters of bytes; those that are not UTF-8 are left out. Places beyond 4 GiB are all the last.
pub(super) fn text(bytes: &[u8]) -> Text {
    let mut text = Vec::with_capacity(bytes.len());
    let mut start = 0;
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        text.extend(valid.char_indices().map(|(at, c)| Char {
            c,
            at: place(start + at),
        }));
        start += valid.len() + chunk.invalid().len();
    }
    text
}

/// A place in a text.
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The characters of these as a string.
pub(super) fn string(chars: &[Char]) -> String {
    chars.iter().map(|char| char.c).collect()
}
