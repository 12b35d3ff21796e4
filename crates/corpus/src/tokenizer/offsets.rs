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
        if self.try_encode(&text).ok()? != tokens {
            return None;
        }
        // A token may end within a character: the text of the tokens up to there is then no start of the whole.
        let offset = |position: usize| {
            let before = self.decode(&tokens[..position]);
            text.starts_with(&before).then_some(before.len())
        };
        let bytes = ranges
            .iter()
            .map(|range| {
                let start = (0..=range.start).rev().find_map(offset).unwrap_or(0);
                let end = (range.end..tokens.len())
                    .find_map(offset)
                    .unwrap_or(text.len());
                start..end
            })
            .collect();
        Some((text, bytes))
    }
}
