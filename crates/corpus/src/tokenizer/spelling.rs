//! What a token stands for in a text, by the steps of a decoder.

use serde_json::Value;

/// The steps of a decoder that change what a token stands for, wherever it stands.
pub(super) struct Spelling {
    steps: Vec<Step>,
}

enum Step {
    /// Letters stand for bytes.
    ByteLevel,
    /// `<0x0A>` stands for a byte.
    ByteFallback,
    /// One string stands for another.
    Replace(String, String),
    /// A prefix says that the word goes on; without it a blank stands before.
    Continues(String),
}

impl Spelling {
    pub(super) fn of(decoder: &Value) -> Self {
        let mut steps = Vec::new();
        collect(decoder, &mut steps);
        Self { steps }
    }

    /// The bytes of a token.
    pub(super) fn bytes(&self, token: &str) -> Vec<u8> {
        let mut text = token.to_owned();
        for step in &self.steps {
            match step {
                Step::ByteLevel => {
                    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
                    return bytes.unwrap_or_else(|| text.into_bytes());
                }
                Step::ByteFallback => {
                    if let Some(byte) = fallback(&text) {
                        return vec![byte];
                    }
                }
                Step::Replace(from, to) => text = text.replace(from, to),
                Step::Continues(prefix) => {
                    text = match text.strip_prefix(prefix.as_str()) {
                        Some(rest) => rest.to_owned(),
                        None => format!(" {text}"),
                    }
                }
            }
        }
        text.into_bytes()
    }
}

fn collect(decoder: &Value, steps: &mut Vec<Step>) {
    let field = |name: &str| decoder.get(name).and_then(Value::as_str);
    match field("type") {
        Some("Sequence") => {
            let list = decoder.get("decoders").and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .for_each(|step| collect(step, steps));
        }
        Some("ByteLevel") => steps.push(Step::ByteLevel),
        Some("ByteFallback") => steps.push(Step::ByteFallback),
        Some("Metaspace") => {
            let blank = field("replacement").unwrap_or("▁");
            steps.push(Step::Replace(blank.to_owned(), " ".to_owned()));
        }
        Some("BPEDecoder") => {
            let end = field("suffix").unwrap_or("</w>");
            steps.push(Step::Replace(end.to_owned(), " ".to_owned()));
        }
        Some("WordPiece") => {
            steps.push(Step::Continues(field("prefix").unwrap_or("##").to_owned()));
        }
        Some("Replace") => {
            let pattern = decoder.pointer("/pattern/String").and_then(Value::as_str);
            if let (Some(from), Some(to)) = (pattern, field("content")) {
                steps.push(Step::Replace(from.to_owned(), to.to_owned()));
            }
        }
        _ => {}
    }
}

fn fallback(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok())?
}

/// The byte that a letter of the byte-level alphabet stands for: printable bytes stand for themselves, the others, in their
/// order, are the letters from U+0100.
fn byte_of(letter: char) -> Option<u8> {
    let is_printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    match u32::from(letter) {
        code @ 0..=0xff => u8::try_from(code).ok().filter(is_printable),
        code => {
            let at = usize::try_from(code.checked_sub(0x100)?).ok()?;
            (0..=u8::MAX).filter(|byte| !is_printable(byte)).nth(at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn letters_of_the_byte_level_alphabet_are_the_references() {
        let alphabet = tokenizers::pre_tokenizers::byte_level::ByteLevel::alphabet();
        let mut bytes: Vec<u8> = alphabet.into_iter().filter_map(byte_of).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=u8::MAX).collect::<Vec<_>>());
        assert_eq!(byte_of('Ġ'), Some(b' '));
        assert_eq!(byte_of('Ċ'), Some(b'\n'));
        assert_eq!(byte_of(' '), None);
    }

    #[test]
    fn a_token_is_spelt_as_its_decoder_does() {
        let spelt = |decoder: Value, token: &str| {
            String::from_utf8(Spelling::of(&decoder).bytes(token)).expect("text")
        };
        let metaspace = json!({"type": "Metaspace", "replacement": "▁"});
        assert_eq!(spelt(metaspace, "▁the▁"), " the ");
        let pieces = json!({"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]});
        assert_eq!(spelt(pieces.clone(), "<0x41>"), "A");
        assert_eq!(spelt(pieces, "▁a"), " a");
        let words = json!({"type": "WordPiece", "prefix": "##", "cleanup": true});
        assert_eq!(spelt(words.clone(), "##ing"), "ing");
        assert_eq!(spelt(words, "run"), " run");
        let ends = json!({"type": "BPEDecoder", "suffix": "</w>"});
        assert_eq!(spelt(ends, "run</w>"), "run ");
        assert_eq!(spelt(json!({"type": "ByteLevel"}), "Ġthe"), " the");
        assert_eq!(spelt(Value::Null, "as it is"), "as it is");
    }
}
