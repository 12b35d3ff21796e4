//! RFC 3161 timestamps: an authority's signature over a digest and a time, verified offline against a root that the caller trusts.
//!
//! A [`Token`] holds when its digest is the one asked about, exactly one authority signed it, that authority's certificate is the one
//! the token names, is for timestamping alone, and leads to the root, every certificate being valid at the time that was stamped.
//! Whether a certificate was revoked is not looked up: that needs a network and a date.
//!
//! Known signatures: RSA (PKCS #1 v1.5, 2048 to 8192 bits), ECDSA on P-256 and P-384, each with SHA-256, -384 or -512, and Ed25519.

mod algorithm;
mod certificate;
mod chain;
mod error;
mod limits;
mod read;
mod response;
mod signer;
mod time;
mod tst_info;

pub use certificate::Root;
pub use error::TimestampError;
pub use limits::MAX_TOKEN;
pub use response::token_of_response;
pub use time::Time;

use limits::MAX_CERTIFICATES;
use read::{Fields, oid};
use signer::SignerInfo;
use tst_info::{TST_INFO, TstInfo};

/// `id-signedData` (RFC 5652, section 5.1).
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";

/// A timestamp token, read and not verified yet.
#[derive(Clone, Debug)]
pub struct Token {
    /// The signed bytes, and what they say.
    content: Vec<u8>,
    info: TstInfo,
    certificates: Vec<certificate::Certificate>,
    signer: SignerInfo,
}

/// What an authority vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// When the digest was there.
    pub time: Time,
    /// How far the authority's clock may be off, where it says so.
    pub accuracy: Option<std::time::Duration>,
    /// Name of the authority, from its certificate.
    pub authority: String,
    /// The token's number with that authority, in hexadecimal digits.
    pub serial: String,
    /// The authority's policy, an object identifier.
    pub policy: String,
}

impl Token {
    /// Reads a token: a DER `ContentInfo` with `SignedData` (RFC 5652) over `TSTInfo`.
    ///
    /// # Errors
    /// When it is none; the error says which part is why.
    pub fn parse(der: &[u8]) -> Result<Self, TimestampError> {
        if der.len() > MAX_TOKEN {
            return Err(TimestampError::TooLong);
        }
        let mut info = Fields::of_sequence(der, "the token")?;
        if info.oid()? != oid(SIGNED_DATA) {
            return Err(info.wrong("it is not signed data"));
        }
        let mut wrapped = info.context(0)?;
        info.finish()?;
        let mut data = wrapped.sequence("the signed data")?;
        wrapped.finish()?;

        data.integer()?;
        data.set("the digest algorithms")?;
        let mut encapsulated = data.sequence("the content")?;
        if encapsulated.oid()? != oid(TST_INFO) {
            return Err(encapsulated.wrong("it is no timestamp"));
        }
        let mut octets = encapsulated.context(0)?;
        encapsulated.finish()?;
        let content = octets.octets()?.to_vec();
        octets.finish()?;

        let mut certificates = Vec::new();
        if let Some(mut list) = data.optional_context(0, "the certificates")? {
            while !list.is_finished() {
                if certificates.len() == MAX_CERTIFICATES {
                    return Err(list.wrong("there are more than 16"));
                }
                // One of another kind cannot lead to the root, and is no reason to refuse those that do.
                certificates.extend(certificate::Certificate::parse(list.any()?));
            }
        }
        data.optional_context(1, "the revocation lists")?;
        let mut signers = data.set("the signers")?;
        data.finish()?;
        let signer = SignerInfo::parse(signers.sequence("the signer")?)?;
        if !signers.is_finished() {
            return Err(signers.wrong("there is more than one"));
        }
        Ok(Self {
            info: TstInfo::parse(&content)?,
            content,
            certificates,
            signer,
        })
    }

    /// The SHA-256 that it stamps. Trust it after [`Token::verify`] alone.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.info.sha256
    }

    /// The number that came with the request, without leading zeros, if it had one.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.info.nonce.as_deref()
    }

    /// Verifies that an authority under `root` stamped the digest.
    ///
    /// # Errors
    /// When none did: another digest, a signature that does not hold, a certificate that is not for this or does not lead to the root.
    pub fn verify(&self, sha256: &[u8; 32], root: &Root) -> Result<Stamped, TimestampError> {
        if self.info.sha256 != *sha256 {
            return Err(TimestampError::OtherDigest);
        }
        // A root that is the authority itself need not be in the token.
        let mut known = self.certificates.iter().chain([root.certificate()]);
        let authority = known
            .find(|certificate| self.signer.is_of(certificate))
            .ok_or(TimestampError::NoCertificate)?;
        self.signer.verify(&self.content, authority)?;
        authority.refuse_other_than_timestamping()?;
        chain::lead_to(root, authority, &self.certificates, &self.info.time)?;
        Ok(Stamped {
            time: self.info.time,
            accuracy: self.info.accuracy,
            authority: authority.subject(),
            serial: crate::text::to_hex(&self.info.serial),
            policy: self.info.policy.clone(),
        })
    }
}
