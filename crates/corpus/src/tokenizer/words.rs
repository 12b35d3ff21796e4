//! Texts cut between words, where the tokens of the parts are those of the whole.

use super::Tokenizer;
use super::proven::word_ends;

impl Tokenizer {
    /// The text up to the end of its first word, what stands between, and from the end of its last: in each of the three,
    /// the same tokens as in the text, whatever stands before or behind it. None where the tokens of one depend on another.
    pub(crate) fn words<'t>(&self, text: &'t str) -> Option<[&'t str; 3]> {
        let mut ends = self.word_ends(text)?;
        let first = ends.next()?;
        let last = ends.next_back().unwrap_or(first);
        Some([&text[..first], &text[first..last], &text[last..]])
    }

    /// The text's last `wanted` tokens, or all of them where there are fewer.
    pub(crate) fn last(&self, text: &str, wanted: usize) -> Vec<u32> {
        // A word has a token at least, but for bytes that are not in the vocabulary.
        let mut ends = self.word_ends(text).into_iter().flatten().rev();
        let start = ends.nth(wanted.saturating_sub(1)).unwrap_or(0);
        let mut tokens = self.encode(&text[start..]);
        if tokens.len() < wanted && start > 0 {
            tokens = self.encode(text);
        }
        tokens.split_off(tokens.len().saturating_sub(wanted))
    }

    fn word_ends(&self, text: &str) -> Option<impl DoubleEndedIterator<Item = usize>> {
        self.engine.ends_words.then(|| word_ends(text))
    }
}
