//! Lists of token ids in JSON: a digit loop, since a general parser costs more than scoring the tokens does.

use crate::error::{Reason, TokenFault};

/// Reads `[1, 2, 3]`, already known to be valid JSON, as token ids below `vocab_size` (if given). `null` is `None`.
pub(crate) fn token_list(
    json: &str,
    field: &str,
    vocab_size: Option<u32>,
) -> Result<Option<Vec<u32>>, Reason> {
    let bytes = json.trim_ascii().as_bytes();
    if bytes == b"null" {
        return Ok(None);
    }
    let [b'[', inner @ .., b']'] = bytes else {
        return Err(Reason::Kind {
            field: field.to_owned(),
            found: kind(bytes).to_owned(),
            expected: "a list of token ids",
        });
    };
    // A 49k vocabulary averages a little over five characters a token, separator included.
    let mut tokens = Vec::with_capacity(inner.len() / 5);
    let mut rest = inner.trim_ascii_start();
    while !rest.is_empty() {
        let fault = |why, rest: &[u8]| Reason::Token {
            field: field.to_owned(),
            index: tokens.len(),
            found: element(rest),
            why,
        };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_ascii_start();
        if digits == 0 || !matches!(tail.first(), None | Some(b',')) {
            return Err(fault(TokenFault::NotAnId, rest));
        }
        // Ten digits and no leading zero, as JSON demands: u64 cannot overflow below twenty.
        if digits > 10 {
            return Err(fault(TokenFault::TooLarge, rest));
        }
        let value = number
            .iter()
            .fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        tokens.push(token(value, vocab_size).map_err(|why| fault(why, rest))?);
        rest = tail.strip_prefix(b",").unwrap_or(tail).trim_ascii_start();
    }
    Ok(Some(tokens))
}

/// One token id of any source, checked.
pub(crate) fn token(value: u64, vocab_size: Option<u32>) -> Result<u32, TokenFault> {
    let id = u32::try_from(value).map_err(|_| TokenFault::TooLarge)?;
    match vocab_size {
        Some(size) if id >= size => Err(TokenFault::OutsideVocabulary(size)),
        _ => Ok(id),
    }
}

/// What kind of JSON value starts here, in words.
pub(crate) fn kind(json: &[u8]) -> &'static str {
    match json.trim_ascii_start().first() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        Some(_) => "a number",
        None => "nothing",
    }
}

/// The element of a list that starts here, shortened for a message.
fn element(rest: &[u8]) -> String {
    if let Some(b'"' | b'{' | b'[') = rest.first() {
        return kind(rest).to_owned();
    }
    let end = rest
        .iter()
        .position(|byte| *byte == b',')
        .unwrap_or(rest.len());
    String::from_utf8_lossy(&rest[..end.min(24)])
        .trim_ascii_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_any_white_space() {
        assert_eq!(token_list("[]", "tokens", None).unwrap(), Some(vec![]));
        assert_eq!(
            token_list(" [ 0 ,\n17,4294967295 ] ", "tokens", None).unwrap(),
            Some(vec![0, 17, u32::MAX])
        );
        assert_eq!(token_list("null", "tokens", None).unwrap(), None);
    }

    #[test]
    fn what_is_no_token_is_named_with_its_position() {
        let fault = |json, vocab| match token_list(json, "tokens", vocab).unwrap_err() {
            Reason::Token {
                index, found, why, ..
            } => (index, found, why),
            other => panic!("{other}"),
        };
        assert_eq!(
            fault("[1, -2]", None),
            (1, "-2".into(), TokenFault::NotAnId)
        );
        assert_eq!(fault("[1.5]", None), (0, "1.5".into(), TokenFault::NotAnId));
        assert_eq!(fault("[1e3]", None), (0, "1e3".into(), TokenFault::NotAnId));
        assert_eq!(
            fault("[1,null]", None),
            (1, "null".into(), TokenFault::NotAnId)
        );
        assert_eq!(
            fault("[[1]]", None),
            (0, "a list".into(), TokenFault::NotAnId)
        );
        assert_eq!(
            fault("[\"7\"]", None),
            (0, "a string".into(), TokenFault::NotAnId)
        );
        assert_eq!(
            fault("[4294967296]", None),
            (0, "4294967296".into(), TokenFault::TooLarge)
        );
        assert_eq!(
            fault("[99999999999999999999999]", None).2,
            TokenFault::TooLarge
        );
        assert_eq!(
            fault("[9, 10]", Some(10)),
            (1, "10".into(), TokenFault::OutsideVocabulary(10))
        );
    }
}
