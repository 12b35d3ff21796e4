//! Pseudonyms: what stands for an account or a value in everything that is written.

use hallmark_core::keys::AttributesKey;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// 128 bits of an HMAC, as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(pub u128);

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonym({self})")
    }
}

/// Not a pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPseudonym;

impl FromStr for Pseudonym {
    type Err = NotPseudonym;

    fn from_str(text: &str) -> Result<Self, NotPseudonym> {
        let plain = text.len() == 32 && text.bytes().all(|c| c.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| plain);
        number.map(Self).ok_or(NotPseudonym)
    }
}

impl Serialize for Pseudonym {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pseudonym {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = |_| de::Error::custom("a pseudonym is 32 hexadecimal digits");
        text.parse().map_err(wrong)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Pseudonym {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pseudonym".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

/// Makes pseudonyms under a key.
#[derive(Clone)]
pub struct Pseudonyms(Hmac<Sha256>);

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Under the key of one domain.
    #[must_use]
    pub fn new(key: &AttributesKey) -> Self {
        Self(Hmac::new_from_slice(key.expose()).expect("HMAC takes keys of any length"))
    }

    /// The first 16 bytes, big-endian, of HMAC-SHA256(key, `hallmark pseudonym v1:` ‖ kind ‖ 0 ‖ value).
    ///
    /// Accounts are of the kind `account`, declared organisations of the kind `unit`.
    #[must_use]
    pub fn of(&self, kind: &str, value: &[u8]) -> Pseudonym {
        Pseudonym(u128::from_be_bytes(
            *self
                .mac(b"hallmark pseudonym v1:", kind, value)
                .first_chunk()
                .expect("32 bytes begin with 16"),
        ))
    }

    /// A seed of surrogates, under the number that the user gives.
    #[must_use]
    pub fn seed(&self, number: u64) -> [u8; 32] {
        self.mac(b"hallmark campaign seed v1:", "", &number.to_le_bytes())
    }

    /// How many minutes hours begin behind those of the clock: who does not have the key cannot know their boundaries.
    #[must_use]
    pub fn offset(&self) -> u32 {
        let mac = self.mac(b"hallmark campaign hours v1:", "", &[]);
        u32::from_be_bytes(*mac.first_chunk().expect("32 bytes begin with 4")) % 60
    }

    /// Draws what sketches of prompts are made with.
    #[must_use]
    pub(crate) fn sketches(&self) -> [u8; 32] {
        self.mac(b"hallmark campaign sketches v1:", "", &[])
    }

    fn mac(&self, label: &[u8], kind: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(label);
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }
}
