//! What a signer says of a file: an in-toto statement of its digest, in an envelope.

use crate::signer::Signer;
use ed25519_dalek::pkcs8::EncodePublicKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use hallmark::{Error, Result};
use hallmark_verify::digest::of_hexadecimal;
use hallmark_verify::dsse::{Envelope, Statement, Subject};
use serde_json::json;

/// The name of the signer's public key in a case.
pub(crate) const SIGNER: &str = "signer.pub.pem";

/// The envelope, as JSON, that says that a file of this name has this SHA-256.
pub(crate) fn sign_file(
    signer: &Signer,
    name: &str,
    sha256: &str,
    predicate_type: &str,
) -> Result<String> {
    let failed =
        |error: &dyn std::fmt::Display| Error::usage(format_args!("cannot sign {name}: {error}"));
    let sha256 = of_hexadecimal(sha256).ok_or_else(|| failed(&"it has no digest"))?;
    let statement = Statement {
        subjects: vec![Subject {
            name: name.to_owned(),
            sha256,
        }],
        predicate_type: predicate_type.to_owned(),
        predicate: json!({ "program": concat!("hallmark ", env!("CARGO_PKG_VERSION")) }),
    };
    let envelope = Envelope::sign(&statement, signer.signing_key());
    Ok(envelope.map_err(|error| failed(&error))?.to_json() + "\n")
}

/// A signer's public key in PEM.
pub(crate) fn public_pem(signer: &Signer) -> Result<String> {
    let pem = signer.public().to_public_key_pem(LineEnding::LF);
    pem.map_err(|error| Error::usage(format_args!("cannot write the public key: {error}")))
}
