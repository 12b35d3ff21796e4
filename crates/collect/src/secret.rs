//! The API key: used in one header, shown nowhere.

use crate::error::CollectError;
use std::fmt;
use zeroize::Zeroizing;

/// A key for the suspect's endpoint. Wiped from memory when dropped; its `Debug` shows nothing.
pub struct ApiKey(Zeroizing<String>);

/// What stands where a response repeated the key.
const BLOT: &str = "[API key]";

impl ApiKey {
    /// Takes a key; blanks around it are dropped.
    ///
    /// # Errors
    /// When it is empty or holds anything but visible ASCII, which no header can carry.
    pub fn new(text: &str) -> Result<Self, CollectError> {
        let key = text.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CollectError::ApiKey);
        }
        Ok(Self(Zeroizing::new(key.to_owned())))
    }

    /// The value of the `Authorization` header.
    pub(crate) fn bearer(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", *self.0))
    }

    /// The value of a header that takes the key alone.
    pub(crate) fn alone(&self) -> Zeroizing<String> {
        self.0.clone()
    }

    /// Blots the key out of a text. Whether it was there, too.
    pub(crate) fn blot(&self, text: String) -> (String, bool) {
        if text.contains(self.0.as_str()) {
            (text.replace(self.0.as_str(), BLOT), true)
        } else {
            (text, false)
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<ApiKey, CollectError> {
        ApiKey::new(text)
    }

    #[test]
    fn keys_are_visible_ascii_and_never_shown() {
        let good = key(" sk-123\n").expect("a key");
        assert_eq!(format!("{good:?}"), "ApiKey(..)");
        assert_eq!(*good.bearer(), "Bearer sk-123");
        assert_eq!(
            good.blot("no sk-123!".into()),
            ("no [API key]!".into(), true)
        );
        for bad in ["", "  ", "a b", "ä", "a\nb"] {
            assert!(key(bad).is_err(), "{bad:?}");
        }
    }
}
