//! Signatures and timestamps, and with them what logs prove: who signed, and that it was there before.

use super::logged;
use super::read::{Bundle, MAX_TEXT, stem};
use super::trust::Trust;
use crate::check::Check;
use crate::digest::{of_hexadecimal, sha256};
use crate::dsse::Envelope;
use crate::formats::{BUNDLE_PREDICATE, CasePlan, Commitments, Manifest, PLAN_PREDICATE};
use crate::public_key::{from_pem, public_id};
use ed25519_dalek::VerifyingKey;

/// The bundle's own public key.
const SIGNER: &str = "signer.pub.pem";

pub(super) fn check(bundle: &Bundle<'_>, trust: &Trust, checks: &mut Vec<Check>) {
    let (signers, whose) = signers(bundle, trust, checks);
    for (file, envelope, predicate) in [
        (Manifest::FILE, Manifest::SIGNED, BUNDLE_PREDICATE),
        (CasePlan::FILE, "plan.dsse.json", PLAN_PREDICATE),
    ] {
        let what = format!("{file}: signature {whose}");
        checks.push(
            match signature(bundle, file, envelope, predicate, &signers) {
                Ok(ids) => Check {
                    detail: ids,
                    ..Check::holds(what)
                },
                Err(error) => Check::fails(what, error),
            },
        );
    }
    logged::check(bundle, trust, checks);
    for file in [Commitments::FILE, CasePlan::FILE] {
        timestamp(bundle, file, trust, checks);
    }
}

fn signers(
    bundle: &Bundle<'_>,
    trust: &Trust,
    checks: &mut Vec<Check>,
) -> (Vec<VerifyingKey>, &'static str) {
    if !trust.signers.is_empty() {
        return (trust.signers.clone(), "by a signer that you named");
    }
    let own = bundle.text(SIGNER).and_then(|pem| from_pem(&pem));
    match own {
        Ok(key) => {
            let id = public_id(&key);
            checks.push(Check::not_checked(
                "the signer is who you think",
                format!("nobody was named with --signer; the bundle's own key is {id}: compare it with what its owner published"),
            ));
            (vec![key], "by the bundle's own key")
        }
        Err(error) => {
            checks.push(Check::fails(format!("{SIGNER} can be read"), error));
            (vec![], "by the bundle's own key")
        }
    }
}

/// The ids of those who signed that a file has this digest.
fn signature(
    bundle: &Bundle<'_>,
    file: &str,
    envelope: &str,
    predicate: &str,
    signers: &[VerifyingKey],
) -> Result<String, String> {
    let content = bundle.read(file, MAX_TEXT)?;
    let signed = bundle
        .read(envelope, MAX_TEXT)
        .map_err(|error| format!("{envelope}: {error}"))?;
    let envelope = Envelope::parse(&signed).map_err(|error| error.to_string())?;
    let verified = envelope
        .verify(signers)
        .map_err(|error| error.to_string())?;
    let statement = verified.statement;
    if statement.predicate_type != predicate {
        return Err(format!(
            "what is signed is {:?}, not {predicate:?}",
            statement.predicate_type
        ));
    }
    let digest = of_hexadecimal(&sha256(&content));
    let of_this =
        |subject: &crate::dsse::Subject| subject.name == file && Some(subject.sha256) == digest;
    if statement.subjects.len() != 1 || !statement.subjects.iter().all(of_this) {
        return Err("another file was signed, or another content of it".to_owned());
    }
    let ids: Vec<String> = verified.signers.iter().map(public_id).collect();
    Ok(ids.join(", "))
}

fn timestamp(bundle: &Bundle<'_>, file: &str, trust: &Trust, checks: &mut Vec<Check>) {
    let name = format!("{}.tsr", stem(file));
    if !bundle.has(&name) {
        return;
    }
    let what = format!("{file}: timestamp");
    if trust.timestamp_roots.is_empty() {
        let why = "name the authority's root certificate with --tsa-root";
        checks.push(Check::not_checked(what, why));
        return;
    }
    checks.push(stamped(bundle, file, &name, trust).map_or_else(
        |error| Check::fails(what.clone(), error),
        |time| Check {
            detail: time,
            ..Check::holds(what.clone())
        },
    ));
}

#[cfg(feature = "timestamp")]
fn stamped(bundle: &Bundle<'_>, file: &str, name: &str, trust: &Trust) -> Result<String, String> {
    use crate::timestamp::{Root, Token};
    let content = bundle.read(file, MAX_TEXT)?;
    let digest = of_hexadecimal(&sha256(&content)).unwrap_or_default();
    let der = bundle.read(name, MAX_TEXT)?;
    let token = Token::parse(&der).map_err(|error| error.to_string())?;
    let mut why = String::new();
    for pem in &trust.timestamp_roots {
        let root = Root::parse(pem.as_bytes()).map_err(|error| error.to_string())?;
        match token.verify(&digest, &root) {
            Ok(stamped) => return Ok(format!("{} by {}", stamped.time, stamped.authority)),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

#[cfg(not(feature = "timestamp"))]
fn stamped(_: &Bundle<'_>, _: &str, _: &str, _: &Trust) -> Result<String, String> {
    Err("this program was built without timestamps".to_owned())
}
