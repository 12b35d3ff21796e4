//! Where in a text a stretch of tokens stands.

use super::Tokenizer;
use std::ops::Range;

impl Tokenizer {
    /// The text of `tokens`, and for each of `ranges` of their positions the bytes of it that they take, whole characters.
    ///
    /// None where the text does not give the same tokens back: then it may not be the text that was read. Where it does, it
    /// is that text, but for what the tokenizer's own normalisation evens out (NFC, a leading blank).
    #[must_use]
    pub fn stand(
        &self,
        tokens: &[u32],
        ranges: &[Range<usize>],
    ) -> Option<(String, Vec<Range<usize>>)> {
        let text = self.decode(tokens);
        if self.encode(&text) != tokens {
            return None;
        }
        let boundary = |position: usize| {
            let before = self.decode(&tokens[..position]);
            let common = text.bytes().zip(before.bytes()).take_while(|(a, b)| a == b);
            let start = text.floor_char_boundary(common.count());
            // A token may end within a character: the piece of it decodes to something else.
            let end = if before.len() == start {
                start
            } else {
                text.ceil_char_boundary(start + 1)
            };
            (start, end)
        };
        let bytes = ranges
            .iter()
            .map(|range| boundary(range.start).0..boundary(range.end).1)
            .collect();
        Some((text, bytes))
    }
}
