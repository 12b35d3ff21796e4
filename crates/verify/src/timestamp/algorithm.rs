//! The signatures that authorities use.

use super::TimestampError;
use super::read::oid;
use super::tst_info::SHA256;
use der::Decode;
use der::asn1::ObjectIdentifier;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use sha2::digest::const_oid::AssociatedOid;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::spki::SubjectPublicKeyInfoRef;

/// Shorter RSA keys can be broken.
const MIN_RSA_BITS: u32 = 2048;

const SHA384: &str = "2.16.840.1.101.3.4.2.2";
const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// RFC 8017, appendix A.2.4: RSA without and with a digest.
const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_SHA256: &str = "1.2.840.113549.1.1.11";
const RSA_SHA384: &str = "1.2.840.113549.1.1.12";
const RSA_SHA512: &str = "1.2.840.113549.1.1.13";

/// RFC 5758, section 3.2.
const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
const ECDSA_SHA384: &str = "1.2.840.10045.4.3.3";
const ECDSA_SHA512: &str = "1.2.840.10045.4.3.4";

/// RFC 5480, section 2.1.1: the kind of key, and its curves.
const EC_KEY: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";

/// RFC 8410, section 3.
const ED25519: &str = "1.3.101.112";

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn of(id: &ObjectIdentifier) -> Option<Self> {
        [
            (SHA256, Self::Sha256),
            (SHA384, Self::Sha384),
            (SHA512, Self::Sha512),
        ]
        .into_iter()
        .find_map(|(known, hash)| (*id == oid(known)).then_some(hash))
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// A kind of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Rsa(Hash),
    Ecdsa(Hash),
    Ed25519,
    Unknown(ObjectIdentifier),
}

impl Scheme {
    /// The one that is meant; `digest` is what a signer names apart, if it does.
    pub(super) fn of(id: &ObjectIdentifier, digest: Option<Hash>) -> Self {
        let known = [
            (RSA_SHA256, Self::Rsa(Hash::Sha256)),
            (RSA_SHA384, Self::Rsa(Hash::Sha384)),
            (RSA_SHA512, Self::Rsa(Hash::Sha512)),
            (ECDSA_SHA256, Self::Ecdsa(Hash::Sha256)),
            (ECDSA_SHA384, Self::Ecdsa(Hash::Sha384)),
            (ECDSA_SHA512, Self::Ecdsa(Hash::Sha512)),
            (ED25519, Self::Ed25519),
        ];
        let found = known.into_iter().find(|(known, _)| *id == oid(known));
        match (found, digest) {
            // Two names for the digest must be the same one.
            (Some((_, Self::Rsa(hash) | Self::Ecdsa(hash))), Some(other)) if hash != other => {
                Self::Unknown(*id)
            }
            (Some((_, scheme)), _) => scheme,
            (None, Some(hash)) if *id == oid(RSA) => Self::Rsa(hash),
            (None, _) => Self::Unknown(*id),
        }
    }
}

/// Verifies a signature with a public key in DER. `by` and `over` are words for the error.
pub(super) fn verify(
    public_key: &[u8],
    scheme: Scheme,
    signed: &[u8],
    signature: &[u8],
    by: &str,
    over: &str,
) -> Result<(), TimestampError> {
    let refused = |why: String| TimestampError::Algorithm {
        by: by.to_owned(),
        why,
    };
    let key = SubjectPublicKeyInfoRef::from_der(public_key).map_err(|e| refused(e.to_string()))?;
    let kind = key.algorithm.oid;
    let curve = key.algorithm.parameters_oid().ok();
    let holds = match scheme {
        Scheme::Rsa(hash) if kind == oid(RSA) => {
            let key = rsa::PublicKey::try_from(key);
            let key = key.map_err(|_| refused("no RSA key of 2048 to 8192 bits".to_owned()))?;
            if key.n().bit_width() < MIN_RSA_BITS {
                let bits = key.n().bit_width();
                return Err(refused(format!("an RSA key of {bits} bits is too short")));
            }
            rsa_holds(key, hash, signed, signature)
        }
        Scheme::Ecdsa(hash) if kind == oid(EC_KEY) && curve == Some(oid(P256)) => {
            let key = p256::ecdsa::VerifyingKey::try_from(key);
            let key = key.map_err(|_| refused("no key on P-256".to_owned()))?;
            p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hash.digest(signed), &signature).is_ok())
        }
        Scheme::Ecdsa(hash) if kind == oid(EC_KEY) && curve == Some(oid(P384)) => {
            let key = p384::ecdsa::VerifyingKey::try_from(key);
            let key = key.map_err(|_| refused("no key on P-384".to_owned()))?;
            p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hash.digest(signed), &signature).is_ok())
        }
        Scheme::Ed25519 if kind == oid(ED25519) => {
            let key = ed25519_dalek::VerifyingKey::try_from(key);
            let key = key.map_err(|_| refused("no Ed25519 key".to_owned()))?;
            ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok())
        }
        Scheme::Unknown(id) => {
            return Err(refused(format!(
                "its algorithm {id} is not one of those known here"
            )));
        }
        _ => {
            let curve = curve.map(|id| format!(" on {id}")).unwrap_or_default();
            return Err(refused(format!(
                "a key of kind {kind}{curve} does not make it"
            )));
        }
    };
    match holds {
        true => Ok(()),
        false => Err(TimestampError::BadSignature {
            by: by.to_owned(),
            over: over.to_owned(),
        }),
    }
}

fn rsa_holds(key: rsa::PublicKey, hash: Hash, signed: &[u8], signature: &[u8]) -> bool {
    fn with<D: Digest + AssociatedOid>(
        key: rsa::PublicKey,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        let key = rsa::pkcs1v15::VerifyingKey::<D>::new(key);
        rsa::pkcs1v15::Signature::try_from(signature)
            .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
    }
    let digest = hash.digest(signed);
    match hash {
        Hash::Sha256 => with::<Sha256>(key, &digest, signature),
        Hash::Sha384 => with::<Sha384>(key, &digest, signature),
        Hash::Sha512 => with::<Sha512>(key, &digest, signature),
    }
}
