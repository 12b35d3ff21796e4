//! Letters and digits of a character, whatever its case and normal form.

use super::alike::alike;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// Hands on the letters and digits of a character: of its upper case in lower case, decomposed, without marks, twice.
///
/// Letters that look alike are one ([`alike`]).
///
/// Twice, as a decomposed character may be of either case, and a mark may have an upper case that is a letter. All forms of
/// a character that Unicode's case mappings and normal forms give have the same letters: a test tries every character.
pub(super) fn fold(c: char, each: &mut impl FnMut(char)) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            each(c.to_ascii_lowercase());
        }
        return;
    }
    cases(c, &mut |c| {
        decompose_compatible(c, |c| {
            cases(c, &mut |c| {
                decompose_compatible(c, |c| {
                    if c.is_alphanumeric() && canonical_combining_class(c) == 0 {
                        alike(c, each);
                    }
                });
            });
        });
    });
}

fn cases(c: char, each: &mut impl FnMut(char)) {
    for c in c.to_uppercase().flat_map(char::to_lowercase) {
        each(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    fn folded(text: impl Iterator<Item = char>) -> String {
        let mut letters = String::new();
        for c in text {
            fold(c, &mut |c| letters.push(c));
        }
        letters
    }

    #[test]
    fn every_form_of_every_character_has_the_same_letters() {
        for c in '\0'..=char::MAX {
            let letters = folded(std::iter::once(c));
            let once = || std::iter::once(c);
            let forms: [(&str, String); 6] = [
                ("upper case", c.to_uppercase().collect()),
                ("lower case", c.to_lowercase().collect()),
                ("NFC", once().nfc().collect()),
                ("NFD", once().nfd().collect()),
                ("NFKC", once().nfkc().collect()),
                ("NFKD", once().nfkd().collect()),
            ];
            for (name, form) in forms {
                assert_eq!(folded(form.chars()), letters, "{name} of {c:?}");
            }
        }
    }
}
