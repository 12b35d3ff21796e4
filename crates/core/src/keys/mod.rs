//! The key hierarchy: root → epoch → cohort → stream, and where a profile has a ring, cohort → sub-key → stream.
//!
//! Each arrow is HKDF-SHA256 (RFC 5869) with the upper key as input key material, a fixed salt, and
//! an info string of length-prefixed fields, so that no two paths can collide. A cohort key can be
//! disclosed to an opposing expert without saying anything about the root or about other cohorts.
//!
//! Keys have no `Debug`, are compared in constant time and are wiped when dropped.

mod commitment;
mod file;
mod foreign;
mod key;
mod provider;

pub use commitment::{COMMITMENT_NONCE_BYTES, Commitment};
pub use file::{KeyFile, KeyFileError, KeyKind, SecretText};
pub use foreign::{ForeignKey, ForeignKeyError, MAX_NUMBERS};
pub use key::{Key, decoy_seed};
pub use provider::KeyProvider;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes in every key.
pub const KEY_BYTES: usize = 32;

/// Longest epoch or cohort name, in bytes.
pub const MAX_NAME_BYTES: usize = 128;

/// The 256-bit secret from which everything else is derived.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RootKey([u8; KEY_BYTES]);

/// The key of one epoch: the step between root and cohort, for custody that is split by time.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct EpochKey([u8; KEY_BYTES]);

/// The key of one cohort in one epoch: what marks text, and the smallest thing to disclose.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct CohortKey([u8; KEY_BYTES]);

/// The key of one domain of pseudonyms: what stands for accounts and their attributes in everything that is written about a provider's logs.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AttributesKey([u8; KEY_BYTES]);

/// The seed of one draw of ghost twins: which requests get a second answer, and which of both answers is sent. It marks nothing.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct TwinsSeed([u8; KEY_BYTES]);

/// The key that a pseudo-random function runs under: a cohort key bound to a scheme, a PRF, a
/// window and a stream. Profiles that differ in one of these share no words; profiles that differ
/// in other parameters (γ, δ, layers, tokenizer) do, so give them keys of different cohorts.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct StreamKey([u8; KEY_BYTES]);

impl RootKey {
    /// A root key from 32 bytes of the operating system's randomness.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key of epoch `name`.
    ///
    /// # Errors
    /// When the name is empty, too long or holds a control character.
    pub fn epoch(&self, name: &str) -> Result<EpochKey, NameError> {
        check_name("epoch", name)?;
        Ok(EpochKey(derive(&self.0, &[b"epoch", name.as_bytes()])))
    }

    /// The key of pseudonyms of one domain, such as `2026q4`. Who has it can try out names; it marks nothing and says nothing about keys that do.
    ///
    /// # Errors
    /// When the name is empty, too long or holds a control character.
    pub fn attributes(&self, domain: &str) -> Result<AttributesKey, NameError> {
        check_name("domain", domain)?;
        let key = derive(&self.0, &[b"attributes", domain.as_bytes()]);
        Ok(AttributesKey(key))
    }

    /// The seed of the draw of ghost twins of this name, such as `2026q4`. Who has it knows which answers were sent, and nothing of keys that mark.
    ///
    /// # Errors
    /// When the name is empty, too long or holds a control character.
    pub fn twins(&self, name: &str) -> Result<TwinsSeed, NameError> {
        check_name("draw's", name)?;
        Ok(TwinsSeed(derive(&self.0, &[b"twins", name.as_bytes()])))
    }

    /// The cohort key that a root key stands for when it is used without `derive`.
    #[must_use]
    pub fn default_cohort(&self) -> CohortKey {
        CohortKey(derive(&self.0, &[b"default-cohort"]))
    }

    /// The key's public name.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        public_id("root", &self.0)
    }
}

impl EpochKey {
    /// The key of cohort `name` in this epoch.
    ///
    /// # Errors
    /// When the name is empty, too long or holds a control character.
    pub fn cohort(&self, name: &str) -> Result<CohortKey, NameError> {
        check_name("cohort", name)?;
        Ok(CohortKey(derive(&self.0, &[b"cohort", name.as_bytes()])))
    }
}

impl CohortKey {
    /// A cohort key from its 32 bytes: a disclosed leaf, or a decoy drawn at random.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The stream key for one profile's `scheme`, `prf` and `window`, and for one of its streams
    /// (`"main"`, or `"coin"`, `"a"`, `"b"` where a scheme needs several).
    #[must_use]
    pub fn stream(&self, scheme: &str, prf: &str, window: usize, stream: &str) -> StreamKey {
        let window = (window as u64).to_le_bytes();
        StreamKey(derive(
            &self.0,
            &[
                b"stream",
                scheme.as_bytes(),
                prf.as_bytes(),
                &window,
                stream.as_bytes(),
            ],
        ))
    }

    /// One of the keys of the cohort's ring of so many: what marks a request where a profile has more than one sub-key. Rings of other sizes
    /// have other keys.
    #[must_use]
    pub fn sub_key(&self, ring: u32, number: u32) -> Self {
        let (ring, number) = (ring.to_le_bytes(), number.to_le_bytes());
        Self(derive(&self.0, &[b"sub-key", &ring, &number]))
    }

    /// The key's public name.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        public_id("cohort", &self.0)
    }
}

impl AttributesKey {
    /// The bytes, for a keyed hash to take.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl TwinsSeed {
    /// A seed that was opened.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a keyed hash to take.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl StreamKey {
    /// The bytes, for a pseudo-random function to take.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl ConstantTimeEq for RootKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl ConstantTimeEq for CohortKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl Clone for RootKey {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl Clone for CohortKey {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

/// A key's public name: 64 bits of an HMAC under the key, as sixteen hexadecimal digits.
///
/// It tells keys apart and says nothing about their bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicId([u8; 8]);

impl PublicId {
    /// An id from its eight bytes, as a file holds them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The eight bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0
    }
}

impl FromStr for PublicId {
    type Err = PublicIdError;

    fn from_str(text: &str) -> Result<Self, PublicIdError> {
        if text.len() != 16 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(PublicIdError);
        }
        let number = u64::from_str_radix(text, 16).map_err(|_| PublicIdError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// Not a public id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key id is sixteen hexadecimal digits, as `keygen` and `derive` print them")]
pub struct PublicIdError;

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicId({self})")
    }
}

/// An epoch or cohort name that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {what} name {name:?} {reason}")]
pub struct NameError {
    what: &'static str,
    name: String,
    reason: &'static str,
}

fn check_name(what: &'static str, name: &str) -> Result<(), NameError> {
    let reason = if name.is_empty() {
        "is empty"
    } else if name.len() > MAX_NAME_BYTES {
        "is longer than 128 bytes"
    } else if name.chars().any(char::is_control) {
        "holds a control character"
    } else {
        return Ok(());
    };
    let name = name.chars().take(40).collect();
    Err(NameError { what, name, reason })
}

const SALT: &[u8] = b"hallmark key hierarchy v1";

fn derive(upper: &[u8; KEY_BYTES], fields: &[&[u8]]) -> [u8; KEY_BYTES] {
    let mut info = Vec::new();
    for field in fields {
        info.extend_from_slice(&(field.len() as u32).to_le_bytes());
        info.extend_from_slice(field);
    }
    let mut out = [0; KEY_BYTES];
    Hkdf::<Sha256>::new(Some(SALT), upper)
        .expand(&info, &mut out)
        .expect("32 bytes are within HKDF-SHA256's limit of 8160");
    out
}

fn public_id(kind: &str, key: &[u8; KEY_BYTES]) -> PublicId {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(b"hallmark public key id v1:");
    mac.update(kind.as_bytes());
    let tag = mac.finalize().into_bytes();
    let mut id = [0; 8];
    id.copy_from_slice(&tag[..8]);
    PublicId(id)
}
