//! Timestamps of an authority (RFC 3161): what is asked, what comes back, and the token in a file.
//!
//! No line here opens a connection: the caller carries a request's bytes to an authority, as `application/timestamp-query` over
//! HTTP, and brings its answer. Any digest of 32 bytes can be stamped; nothing else leaves the machine.

use hallmark::files::NewFile;
use hallmark::{Error, Result};
use hallmark_verify::timestamp::{
    MAX_TOKEN, Root, Stamped, TimestampError, Token, token_of_response,
};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A token and its bytes.
#[derive(Clone, Debug)]
pub struct Timestamp {
    der: Vec<u8>,
    token: Token,
}

impl Timestamp {
    /// Asks an authority to stamp a digest. `carry` takes the bytes of the request and brings those of the response.
    ///
    /// The token is of this digest and of this request, and no older one; who signed it, [`Timestamp::verify`] says.
    ///
    /// # Errors
    /// Those of `carry`; when the authority declined, or answered with a token of something else.
    pub fn ask(sha256: &[u8; 32], mut carry: impl FnMut(&[u8]) -> Result<Vec<u8>>) -> Result<Self> {
        let nonce = nonce()?;
        let response = carry(&request(sha256, &nonce))?;
        let der = token_of_response(&response).map_err(|error| {
            let hint = match error {
                TimestampError::Declined { .. } => "ask again later, or another authority",
                _ => "check that the address is that of an RFC 3161 timestamp authority",
            };
            Error::usage(error).hint(hint)
        })?;
        let stamp = Self::parse(der)?;
        if stamp.token.sha256() != *sha256 || stamp.token.nonce() != Some(&nonce) {
            return Err(Error::integrity("the authority's token is not of this request")
                .hint("something between here and the authority changed or repeated an answer; ask again"));
        }
        Ok(stamp)
    }

    /// Reads a token's file.
    ///
    /// # Errors
    /// When it holds none.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&bounded(path, "timestamp", MAX_TOKEN)?)
            .map_err(|error| error.at(path.display()))
    }

    /// Writes the token to a new file, in DER.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut file = NewFile::create(path)?;
        file.write(&self.der)?;
        file.finish()
    }

    /// Verifies that an authority under `root` stamped the digest, and says when.
    ///
    /// # Errors
    /// When none did.
    pub fn verify(&self, sha256: &[u8; 32], root: &Root) -> Result<Stamped> {
        self.token.verify(sha256, root).map_err(|error| {
            let hint = match error {
                TimestampError::OtherDigest => "give the file that was stamped",
                TimestampError::NoPath { .. } => "give the root certificate of this authority",
                _ => "the timestamp shows nothing; ask the authority for another",
            };
            Error::integrity(error).hint(hint)
        })
    }

    /// The token in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    fn parse(der: &[u8]) -> Result<Self> {
        let token = Token::parse(der).map_err(|error| {
            Error::integrity(error).hint(
                "a token is a CMS file in DER, as `openssl ts -reply -token_out` writes it too",
            )
        })?;
        let der = der.to_vec();
        Ok(Self { der, token })
    }
}

/// Reads the certificate of a root, PEM or DER.
///
/// # Errors
/// When it is none.
pub fn read_root(path: &Path) -> Result<Root> {
    let bytes = bounded(path, "root certificate", 128 * 1024)?;
    Root::parse(&bytes).map_err(|error| {
        Error::usage(error)
            .at(path.display())
            .hint("give the root certificate that the authority publishes, in PEM or DER")
    })
}

/// The DER of a `TimeStampReq` (RFC 3161, section 2.4.1) for a SHA-256, with a nonce, that asks for the certificates too.
///
/// The nonce's first byte is 1 to 127, so that it is written as it is.
fn request(sha256: &[u8; 32], nonce: &[u8; 8]) -> Vec<u8> {
    // SEQUENCE of 67 bytes, version 1, message imprint: SHA-256 without parameters but a NULL, OCTET STRING of 32 bytes.
    let head = b"\x30\x43\x02\x01\x01\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    // INTEGER of 8 bytes; BOOLEAN true.
    [&head[..], sha256, b"\x02\x08", nonce, b"\x01\x01\xff"].concat()
}

fn nonce() -> Result<[u8; 8]> {
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce)
        .map_err(|error| Error::usage(format_args!("no random bytes: {error}")))?;
    nonce[0] = nonce[0] & 0x7f | 0x40;
    Ok(nonce)
}

fn bounded(path: &Path, what: &str, limit: usize) -> Result<Vec<u8>> {
    let failed = |error| Error::io(&format!("read the {what}"), path, &error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(limit as u64 + 1).read_to_end(&mut bytes);
    match read.map_err(failed)? > limit {
        true => Err(Error::usage(format_args!(
            "{} is no {what}: it is longer than {limit} bytes",
            path.display()
        ))),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::nonce;

    /// A first byte of 0 or above 127 would make the number shorter or longer in DER than the request says.
    #[test]
    fn a_nonce_has_eight_bytes_as_a_number() {
        for _ in 0..2000 {
            assert!((0x40..=0x7f).contains(&nonce().unwrap()[0]));
        }
    }
}
