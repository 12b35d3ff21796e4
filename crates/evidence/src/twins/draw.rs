//! Which requests have twins, and which twin is sent.

use hallmark_core::keys::TwinsSeed;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use thiserror::Error;

/// One of both answers. Which is A is settled before the coin is looked at: the one whose randomness was drawn first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}

/// A draw of twins: its seed and the share of requests that have them.
#[derive(Clone, Copy)]
pub struct Draw<'a> {
    seed: &'a TwinsSeed,
    share: f64,
}

/// A share that is none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("a share of {0} of all requests is none: it is above 0 and at most 1, such as 0.01")]
pub struct ShareError(f64);

impl fmt::Debug for Draw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draw")
            .field("share", &self.share)
            .finish_non_exhaustive()
    }
}

impl<'a> Draw<'a> {
    /// A draw that gives this share of all requests a twin.
    ///
    /// # Errors
    /// When it is no share.
    pub fn new(seed: &'a TwinsSeed, share: f64) -> Result<Self, ShareError> {
        match share > 0.0 && share <= 1.0 {
            true => Ok(Self { seed, share }),
            false => Err(ShareError(share)),
        }
    }

    /// Which twin of a request is sent; nothing where it has none.
    ///
    /// With u the first 8 bytes, big-endian, of HMAC-SHA256(seed, `hallmark twins v1:sampled` ‖ 0 ‖ id), it has twins where ⌊u/2¹¹⌋ is below
    /// share·2⁵³. The coin is the lowest bit of the first byte of HMAC-SHA256(seed, `hallmark twins v1:coin` ‖ 0 ‖ id): A is sent at 0.
    #[must_use]
    pub fn sent(&self, id: &str) -> Option<Side> {
        let mac = self.mac(&[b"hallmark twins v1:sampled\0", id.as_bytes()]);
        let first: [u8; 8] = *mac.first_chunk()?;
        // Both sides are whole numbers below 2⁵³, or a share times a power of two: exact.
        let place = (u64::from_be_bytes(first) >> 11) as f64;
        if place >= self.share * (1_u64 << 53) as f64 {
            return None;
        }
        let [coin, ..] = self.mac(&[b"hallmark twins v1:coin\0", id.as_bytes()]);
        Some(if coin & 1 == 0 { Side::A } else { Side::B })
    }

    /// The digest of an answer in the table. Without the seed it says nothing about the text.
    #[must_use]
    pub fn answer(&self, id: &str, side: Side, text: &str) -> [u8; 32] {
        let label: &[u8] = match side {
            Side::A => b"hallmark twins v1:a\0",
            Side::B => b"hallmark twins v1:b\0",
        };
        self.of_request(label, id, text)
    }

    /// The digest of a prompt in the table.
    #[must_use]
    pub fn prompt(&self, id: &str, text: &str) -> [u8; 32] {
        self.of_request(b"hallmark twins v1:prompt\0", id, text)
    }

    /// HMAC-SHA256(seed, label ‖ 0 ‖ length of the id as 64 bits, little-endian ‖ id ‖ text).
    fn of_request(&self, label: &[u8], id: &str, text: &str) -> [u8; 32] {
        let length = (id.len() as u64).to_le_bytes();
        self.mac(&[label, &length, id.as_bytes(), text.as_bytes()])
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.seed.expose()).expect("any length is a key");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
