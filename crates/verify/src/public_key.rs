//! What an Ed25519 public key is called.

use crate::text::{from_base64, to_hex};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};

/// What stands before the 32 bytes of a key in its `SubjectPublicKeyInfo` (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Reads a public key of a PEM file (RFC 7468, `PUBLIC KEY`).
///
/// # Errors
/// When it is no Ed25519 key.
pub fn from_pem(pem: &str) -> Result<VerifyingKey, String> {
    let wrong = || "this is no Ed25519 public key in PEM".to_owned();
    let body = pem
        .trim()
        .strip_prefix("-----BEGIN PUBLIC KEY-----")
        .and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"))
        .ok_or_else(wrong)?;
    let bytes = from_base64(&body.split_whitespace().collect::<String>()).ok_or_else(wrong)?;
    let key = bytes.strip_prefix(&SPKI_PREFIX).ok_or_else(wrong)?;
    let key: [u8; 32] = key.try_into().map_err(|_| wrong())?;
    VerifyingKey::from_bytes(&key).map_err(|_| wrong())
}

/// The short name of a key: the first 16 hexadecimal digits of SHA-256 of its `SubjectPublicKeyInfo` in DER.
///
/// `openssl pkey -pubin -in key.pub -outform DER | sha256sum` gives the same. A name and no more: what counts is the key.
#[must_use]
pub fn public_id(key: &VerifyingKey) -> String {
    let digest = Sha256::new()
        .chain_update(SPKI_PREFIX)
        .chain_update(key.as_bytes())
        .finalize();
    to_hex(&digest[..8])
}
