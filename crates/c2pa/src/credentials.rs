//! Who signs: a chain of certificates and the key of the first.

use crate::Error;
use c2pa::{BoxedSigner, Signer, SigningAlg, create_signer};
use std::fmt;
use std::str::FromStr;

/// A chain of certificates, the signer's first, and its key; both in PEM.
pub struct Credentials<'a> {
    /// The chain, without the root.
    pub chain: &'a [u8],
    /// The private key (PKCS #8).
    pub key: &'a [u8],
    /// What the key signs by.
    pub algorithm: Algorithm,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// What a key signs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    Ed25519,
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "es256" => Ok(Self::Es256),
            "es384" => Ok(Self::Es384),
            "ed25519" => Ok(Self::Ed25519),
            other => Err(Error::Credentials(format!(
                "{other:?} is none of es256, es384, ed25519"
            ))),
        }
    }
}

impl Credentials<'_> {
    pub(crate) fn signer(&self) -> Result<Compact, Error> {
        let algorithm = match self.algorithm {
            Algorithm::Es256 => SigningAlg::Es256,
            Algorithm::Es384 => SigningAlg::Es384,
            Algorithm::Ed25519 => SigningAlg::Ed25519,
        };
        // No time stamp: nothing here opens a connection.
        let failed = |error: c2pa::Error| Error::Credentials(error.to_string());
        let signer =
            create_signer::from_keys(self.chain, self.key, algorithm, None).map_err(failed)?;
        let chain = signer.certs().map_err(failed)?;
        let room = chain.iter().map(Vec::len).sum::<usize>() + BESIDE_CHAIN;
        Ok(Compact { signer, room })
    }
}

/// Bytes of a signature beside the chain of certificates: its headers and the signature itself, with some to spare.
const BESIDE_CHAIN: usize = 1_024;

/// A signer for whose signature no more room is kept than it takes: each byte of it is four in the text.
pub(crate) struct Compact {
    signer: BoxedSigner,
    room: usize,
}

impl Signer for Compact {
    fn sign(&self, data: &[u8]) -> c2pa::Result<Vec<u8>> {
        self.signer.sign(data)
    }

    fn alg(&self) -> SigningAlg {
        self.signer.alg()
    }

    fn certs(&self) -> c2pa::Result<Vec<Vec<u8>>> {
        self.signer.certs()
    }

    fn reserve_size(&self) -> usize {
        self.room
    }
}
