//! Callers with a token: digests at rest, compared in constant time.

use crate::config::TokenConfig;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Tokens shorter than this are never right: a plain digest hides a token only if it cannot be guessed.
const MIN_BYTES: usize = 32;

/// The longest token that is looked at.
const MAX_BYTES: usize = 512;

/// Those who may have whole findings.
pub(crate) struct Tokens(Vec<(String, [u8; 32])>);

impl Tokens {
    /// Of digests that were checked.
    pub(crate) fn new(tokens: &[TokenConfig]) -> Self {
        let known = tokens
            .iter()
            .filter_map(|token| Some((token.name.clone(), digest(&token.sha256)?)));
        Self(known.collect())
    }

    /// The name of the caller whose token the request bears. All digests are compared, each in constant time.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Option<&str> {
        let token = bearer(headers)?;
        let given: [u8; 32] = Sha256::digest(token).into();
        let mut caller = None;
        for (name, digest) in &self.0 {
            if bool::from(digest.ct_eq(&given)) {
                caller = Some(name.as_str());
            }
        }
        caller
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    let fits =
        scheme.eq_ignore_ascii_case(b"bearer ") && (MIN_BYTES..=MAX_BYTES).contains(&token.len());
    fits.then_some(token)
}

/// 32 bytes from 64 hexadecimal digits.
pub(crate) fn digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let is_all = text.len() == 64 && base16ct::mixed::decode(text, &mut bytes).is_ok();
    is_all.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn tokens(of: &[&str]) -> Tokens {
        let config = |token: &&str| TokenConfig {
            name: format!("caller of {token}"),
            sha256: base16ct::lower::encode_string(&Sha256::digest(token)),
        };
        Tokens::new(&of.iter().map(config).collect::<Vec<_>>())
    }

    fn caller(tokens: &Tokens, header: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", header.parse().unwrap());
        tokens.caller(&headers).map(str::to_owned)
    }

    #[test]
    fn only_the_whole_token_names_its_caller() {
        let other = "ffffffffffffffffffffffffffffffff";
        let tokens = tokens(&[other, TOKEN, "short"]);
        let named = Some(format!("caller of {TOKEN}"));
        assert_eq!(caller(&tokens, &format!("Bearer {TOKEN}")), named);
        assert_eq!(caller(&tokens, &format!("bearer {TOKEN}")), named);
        for wrong in [
            TOKEN.to_owned(),
            format!("Basic {TOKEN}"),
            format!("Bearer  {TOKEN}"),
            format!("Bearer {TOKEN}0"),
            format!("Bearer {}", &TOKEN[..31]),
            format!("Bearer {}", TOKEN.to_uppercase()),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            // Known, but too easily guessed.
            "Bearer short".to_owned(),
        ] {
            assert_eq!(caller(&tokens, &wrong), None, "{wrong}");
        }
        assert_eq!(tokens.caller(&HeaderMap::new()), None);
    }

    #[test]
    fn digests_are_64_digits() {
        assert!(digest(&"0A".repeat(32)).is_some());
        assert!(digest(&"0a".repeat(31)).is_none());
        assert!(digest(&"0a".repeat(33)).is_none());
        assert!(digest(&"0g".repeat(32)).is_none());
        assert!(digest("").is_none());
    }
}
