//! Whether tokens' strings spell the answer, and in which alphabet.
//!
//! Some engines give the names that tokens have in their vocabulary, `Ġgate`, where others give their text: a byte-level vocabulary names
//! each byte by a character that can be seen. Read as text, such strings would make windows that the model never had.

/// What strings of tokens are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Text.
    Text,
    /// Names in the byte-level alphabet.
    ByteNames,
    /// `token_id:84`: ids of the suspect's tokenizer.
    Ids,
    /// None of these.
    Unknown,
}

/// What starts the name of an id.
const ID: &str = "token_id:";

/// How these strings spell a text. Only letters and digits are compared: bytes of half characters and the ends of answers differ by engine.
pub(super) fn spelling<'a>(
    tokens: impl Iterator<Item = &'a str> + Clone,
    answer: &str,
) -> Spelling {
    let mut some = tokens.clone().filter(|token| !token.is_empty()).peekable();
    if some.peek().is_some() && some.all(|token| id(token).is_some()) {
        return Spelling::Ids;
    }
    let answer = letters(answer);
    if letters(&tokens.clone().collect::<String>()).contains(&answer) {
        return Spelling::Text;
    }
    let named: Option<Vec<Vec<u8>>> = tokens.map(bytes_of_name).collect();
    let spelled = named.map(|bytes| String::from_utf8_lossy(&bytes.concat()).into_owned());
    match spelled.is_some_and(|spelled| letters(&spelled).contains(&answer)) {
        true => Spelling::ByteNames,
        false => Spelling::Unknown,
    }
}

/// The text of a name in the byte-level alphabet; a name that is none stays.
pub(super) fn of_name(name: &str) -> String {
    match bytes_of_name(name) {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => name.to_owned(),
    }
}

/// The id that a string names.
pub(super) fn id(text: &str) -> Option<u32> {
    text.strip_prefix(ID)?.parse().ok()
}

fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.collect()
}

/// The bytes that a name stands for (GPT-2's `bytes_to_unicode`): those that can be seen by themselves, the others by the characters from
/// U+0100 on, in their order.
fn bytes_of_name(name: &str) -> Option<Vec<u8>> {
    let is_seen = |byte: u8| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let byte = |c: char| match u32::from(c) {
        code @ 0..=255 => {
            let byte = code as u8;
            is_seen(byte).then_some(byte)
        }
        code => {
            let hidden = usize::try_from(code).ok()?.checked_sub(256)?;
            (0..=255).filter(|&byte| !is_seen(byte)).nth(hidden)
        }
    };
    name.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_are_told_by_what_they_spell() {
        let of = |tokens: &[&str], answer| spelling(tokens.iter().copied(), answer);
        assert_eq!(of(&["The", " gate", "."], "The gate."), Spelling::Text);
        assert_eq!(
            of(&["The", "Ġgate", "Ċ"], "The gate\n"),
            Spelling::ByteNames
        );
        assert_eq!(of(&["caf", "Ã", "©"], "café"), Spelling::ByteNames);
        assert_eq!(of(&["token_id:8", "token_id:9"], "The gate"), Spelling::Ids);
        assert_eq!(of(&["Le", " portail"], "The gate"), Spelling::Unknown);
        assert_eq!(of(&["The", " gate", "<|end|>"], "The gate"), Spelling::Text);
        assert_eq!(of(&[], ""), Spelling::Text);
        assert_eq!(of_name("Ġgate"), " gate");
        assert_eq!(of_name("Ċ"), "\n");
    }
}
