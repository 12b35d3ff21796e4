//! A manifest found in a text, and whether it holds.

use crate::sign::MANIFEST;
use crate::{Binding, Error, binding};
use c2pa::{Context, Reader, ValidationState};
use c2pa_text::extract_manifest;
use serde_json::json;
use std::io::Cursor;
use unicode_normalization::UnicodeNormalization;

/// What a text's manifest says.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The text without the manifest.
    pub text: String,
    /// Whether the manifest is of this text.
    pub state: State,
    /// What does not hold, in C2PA's codes with words.
    pub problems: Vec<String>,
    /// Who signed, as the certificate says.
    pub signed_by: Option<String>,
    /// The mark that the text is said to carry.
    pub binding: Option<Binding>,
}

/// Whether a manifest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does not: text, manifest or signature were changed.
    Invalid,
    /// Signature and hash hold; nobody that the reader trusts vouches for the signer.
    Valid,
    /// They hold, and the signer's certificate goes back to one that the reader trusts.
    Trusted,
}

/// Finds the manifest of a text and checks it. `trusted` are certificates in PEM that the reader trusts, known from elsewhere.
///
/// # Errors
/// When there is none, more than one, or it cannot be read.
pub fn read(text: &str, trusted: Option<&str>) -> Result<Found, Error> {
    let text: String = text.nfc().collect();
    let found = extract_manifest(&text).map_err(|error| Error::Wrapper(error.to_string()))?;
    let manifest = found.manifest.ok_or(Error::NoManifest)?;
    let context = Context::new()
        .with_settings(settings(trusted).to_string())
        .map_err(|error| Error::Trust(error.to_string()))?;
    let reader = Reader::from_context(context)
        .with_manifest_data_and_stream(&manifest, MANIFEST, Cursor::new(text.as_bytes()))
        .map_err(|error| Error::Read(error.to_string()))?;
    let problems = reader.validation_status().unwrap_or_default().iter();
    let problems = problems.map(|status| match status.explanation() {
        Some(words) => format!("{}: {words}", status.code()),
        None => status.code().to_owned(),
    });
    let active = reader.active_manifest();
    Ok(Found {
        text: without(&text, found.offset, found.length),
        state: match reader.validation_state() {
            ValidationState::Trusted => State::Trusted,
            ValidationState::Valid => State::Valid,
            _ => State::Invalid,
        },
        problems: problems.collect(),
        signed_by: active
            .and_then(|manifest| manifest.signature_info())
            .and_then(|info| info.common_name.clone().or_else(|| info.issuer.clone())),
        binding: active.and_then(bound),
    })
}

/// What is read goes by this and nothing else: no list of trust but the reader's own, no connection.
fn settings(trusted: Option<&str>) -> serde_json::Value {
    json!({
        "verify": {
            "verify_after_reading": true,
            "verify_trust": true,
            "verify_timestamp_trust": true,
            "ocsp_fetch": false,
            "remote_manifest_fetch": false,
        },
        "trust": { "user_anchors": trusted },
    })
}

/// The mark that a manifest names.
fn bound(manifest: &c2pa::Manifest) -> Option<Binding> {
    let assertion: binding::Assertion = manifest.find_assertion(binding::LABEL).ok()?;
    let block = assertion.blocks.into_iter().next()?;
    Some(Binding {
        algorithm: assertion.alg,
        key_id: block.value,
    })
}

fn without(text: &str, offset: Option<usize>, length: Option<usize>) -> String {
    let start = offset.unwrap_or(text.len());
    let end = start + length.unwrap_or(0);
    let kept = [text.get(..start), text.get(end..)];
    kept.into_iter().flatten().collect()
}
