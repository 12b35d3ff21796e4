//! A student's smaller vocabulary over a larger teacher's.

use std::collections::HashMap;

/// A student's own vocabulary over a larger teacher's: the 256 bytes, two signs, and the teacher's most frequent tokens.
/// What is not among them is spelled by its bytes, so every text has tokens, and tokens give the text back.
#[derive(Clone, Debug)]
pub struct CompactVocabulary {
    /// The bytes of each of the student's tokens; none for the signs.
    pieces: Vec<Vec<u8>>,
    /// Teacher's token to student's token.
    known: HashMap<u32, u32>,
    /// The bytes of each of the teacher's tokens.
    teacher: Vec<Vec<u8>>,
}

impl CompactVocabulary {
    /// Ends a prompt.
    pub const ANSWER: u32 = 256;
    /// Ends an answer.
    pub const END: u32 = 257;
    const FIRST: u32 = 258;

    /// The `most` tokens that occur most often in `texts`, of the teacher's vocabulary `teacher` (the bytes of each token;
    /// ties go to the lower id).
    #[must_use]
    pub fn new<'a>(
        teacher: Vec<Vec<u8>>,
        texts: impl IntoIterator<Item = &'a [u32]>,
        most: usize,
    ) -> Self {
        let mut counts: HashMap<u32, u64> = HashMap::new();
        for &token in texts.into_iter().flatten() {
            // A token of one byte is there already, and one without bytes is a sign of the teacher's.
            if teacher
                .get(token as usize)
                .is_some_and(|bytes| bytes.len() > 1)
            {
                *counts.entry(token).or_default() += 1;
            }
        }
        let mut frequent: Vec<(u32, u64)> = counts.into_iter().collect();
        frequent.sort_unstable_by_key(|&(token, count)| (std::cmp::Reverse(count), token));
        frequent.truncate(most);
        let mut pieces: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        pieces.extend([vec![], vec![]]);
        let mut known = HashMap::new();
        for (at, &(token, _)) in (Self::FIRST..).zip(&frequent) {
            known.insert(token, at);
            pieces.push(teacher[token as usize].clone());
        }
        Self {
            pieces,
            known,
            teacher,
        }
    }

    /// Number of the student's tokens.
    #[must_use]
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// Appends the student's tokens for a teacher's token; a sign of the teacher's has none.
    pub fn push(&self, token: u32, tokens: &mut Vec<u32>) {
        match self.known.get(&token) {
            Some(&known) => tokens.push(known),
            None => {
                let bytes = self.teacher.get(token as usize);
                tokens.extend(bytes.into_iter().flatten().map(|&byte| u32::from(byte)));
            }
        }
    }

    /// The text of the student's tokens; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self, tokens: &[u32]) -> String {
        let bytes: Vec<u8> = tokens
            .iter()
            .filter_map(|&token| self.pieces.get(token as usize))
            .flatten()
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_has_a_spelling_and_gives_its_text_back() {
        let words = ["", "a", " the", " cat", " sat"];
        let teacher: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let texts: [&[u32]; 2] = [&[2, 3, 2, 4, 1, 0], &[2, 3]];
        let compact = CompactVocabulary::new(teacher, texts, 2);
        assert_eq!(compact.size(), 260);
        let spell = |tokens: &[u32]| {
            let mut own = vec![];
            for &token in tokens {
                compact.push(token, &mut own);
            }
            own
        };
        assert_eq!(spell(&[2, 3]), [258, 259], "the frequent ones, by count");
        assert_eq!(spell(&[1]), [u32::from(b'a')], "one byte is no new token");
        assert_eq!(spell(&[4]).len(), 4, "spelled by its bytes");
        assert!(spell(&[0]).is_empty(), "a sign of the teacher's");
        assert_eq!(compact.text(&spell(&[2, 3, 4, 1, 0])), " the cat sata");
        assert_eq!(compact.text(&[CompactVocabulary::END]), "");
    }
}
