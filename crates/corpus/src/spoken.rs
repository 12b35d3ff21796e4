//! What tokens say, whatever their form.

use crate::forms::letters;
use crate::tokenizer::Tokenizer;

impl Tokenizer {
    /// Letters and digits of tokens as UTF-8, escapes undone, without case, marks, blanks and punctuation: the same for every form in
    /// which programs show a text.
    #[must_use]
    pub fn letters(&self, tokens: &[u32]) -> Vec<u8> {
        let bytes = tokens.iter().flat_map(|&token| self.bytes(token));
        letters(&bytes.copied().collect::<Vec<u8>>())
    }
}
