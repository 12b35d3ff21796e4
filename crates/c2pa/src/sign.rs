//! A text with its manifest.

use crate::{Binding, Credentials, Error, binding};
use c2pa::assertions::DataHash;
use c2pa::{Builder, Context, HashRange, Signer as _};
use c2pa_text::{encode_wrapper_padded, extract_manifest, worst_case_wrapper_byte_length};
use serde_json::json;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The format that manifests by themselves have.
pub(crate) const MANIFEST: &str = "application/c2pa";

/// The longest text that is signed, in bytes.
const MAX_TEXT: usize = 64 << 20;

/// What made the text, in the words that C2PA has for it.
const MADE_BY_A_MODEL: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

/// The text in normal form C with its manifest behind it: that a model made it, and which mark it carries.
///
/// Nothing checks that the text carries the mark; whoever signs stands for it.
///
/// # Errors
/// When the text has a manifest, or certificate and key cannot sign.
pub fn sign(text: &str, binding: &Binding, by: &Credentials<'_>) -> Result<String, Error> {
    if text.len() > MAX_TEXT {
        return Err(Error::TooLong(text.len()));
    }
    match extract_manifest(text) {
        Ok(found) if found.manifest.is_none() && !text.contains('\u{feff}') => {}
        _ => return Err(Error::HasManifest),
    }
    let text: String = text.nfc().collect();
    let failed = |error: c2pa::Error| Error::Sign(error.to_string());
    let signer = by.signer()?;
    let mut builder = builder(binding).map_err(failed)?;
    // The hash leaves the manifest out, so its place must be known before it is there.
    let reserved = builder
        .data_hashed_placeholder(signer.reserve_size(), MANIFEST)
        .map_err(failed)?;
    let length = worst_case_wrapper_byte_length(reserved.len());
    let mut hash = DataHash::new("jumbf manifest", "sha256");
    hash.add_exclusion(HashRange::new(text.len() as u64, length as u64));
    hash.set_hash(Sha256::digest(text.as_bytes()).to_vec());
    let manifest = builder
        .sign_data_hashed_embeddable(&signer, &hash, MANIFEST)
        .map_err(failed)?;
    let wrapper =
        encode_wrapper_padded(&manifest, length).map_err(|error| Error::Sign(error.to_string()))?;
    Ok(text + &wrapper)
}

/// What the manifest says.
fn builder(binding: &Binding) -> c2pa::Result<Builder> {
    let context = Context::new().with_settings(
        // Whether the certificate is trusted is for readers to say.
        json!({ "verify": { "verify_after_sign": false } }).to_string(),
    )?;
    let mut builder = Builder::from_context(context).with_definition(json!({
        "claim_generator_info": [{ "name": "hallmark", "version": env!("CARGO_PKG_VERSION") }],
    }))?;
    builder.add_action(json!({
        "action": "c2pa.created",
        "digitalSourceType": MADE_BY_A_MODEL,
    }))?;
    builder.add_assertion(binding::LABEL, &binding.assertion())?;
    Ok(builder)
}
