//! Findings altered by somebody who signs the bundle: every digest, chain and signature is made anew with a key of the forger's own. What
//! is left to notice it is the arithmetic.

use crate::alter::{at, leaves, other};
use crate::fixture::{Memory, bundle};
use ed25519_dalek::SigningKey;
use hallmark_verify::digest::{of_hexadecimal, sha256};
use hallmark_verify::dsse::{Envelope, Statement, Subject};
use hallmark_verify::formats::{
    BUNDLE_PREDICATE, CaseLog, CasePlan, Entry, Event, Manifest, PLAN_PREDICATE,
};
use rayon::prelude::*;
use serde_json::Value;

const FINDINGS: &str = "runs/1/findings.json";

/// A bundle with other findings, in which everything that can be made to fit does.
fn forged(bundle: &Memory, findings: &Value) -> Memory {
    logged_otherwise(bundle, findings, |_| {})
}

/// The same with other lines in the case's log.
fn logged_otherwise(bundle: &Memory, findings: &Value, alter: impl Fn(&mut Entry)) -> Memory {
    let mut forged = bundle.clone();
    let text = serde_json::to_string_pretty(findings).unwrap() + "\n";
    let digest = sha256(text.as_bytes());
    forged.0.insert(FINDINGS.to_owned(), text.into_bytes());
    let mut log = String::new();
    for mut entry in CaseLog::read(bundle.text(CaseLog::FILE)).unwrap().entries {
        if let Event::Ended {
            findings_sha256, ..
        } = &mut entry.event
        {
            findings_sha256.clone_from(&digest);
        }
        alter(&mut entry);
        let before = CaseLog::read(&log).unwrap();
        log += &before.next(entry.time, entry.event).unwrap();
        log.push('\n');
    }
    forged.0.insert(CaseLog::FILE.to_owned(), log.into_bytes());
    let key = SigningKey::from_bytes(&[9; 32]);
    let pem = {
        use ed25519_dalek::pkcs8::EncodePublicKey;
        key.verifying_key()
            .to_public_key_pem(Default::default())
            .unwrap()
    };
    forged
        .0
        .insert("signer.pub.pem".to_owned(), pem.into_bytes());
    sign(
        &mut forged,
        &key,
        "plan.toml",
        "plan.dsse.json",
        PLAN_PREDICATE,
    );
    let mut manifest: Manifest = serde_json::from_str(bundle.text(Manifest::FILE)).unwrap();
    for entry in &mut manifest.files {
        let bytes = &forged.0[&entry.file];
        (entry.bytes, entry.sha256) = (bytes.len() as u64, sha256(bytes));
    }
    let manifest = serde_json::to_vec(&manifest).unwrap();
    forged.0.insert(Manifest::FILE.to_owned(), manifest);
    sign(
        &mut forged,
        &key,
        Manifest::FILE,
        Manifest::SIGNED,
        BUNDLE_PREDICATE,
    );
    forged
}

fn sign(bundle: &mut Memory, key: &SigningKey, name: &str, envelope: &str, predicate: &str) {
    let statement = Statement {
        subjects: vec![Subject {
            name: name.to_owned(),
            sha256: of_hexadecimal(&sha256(&bundle.0[name])).unwrap(),
        }],
        predicate_type: predicate.to_owned(),
        predicate: Value::Null,
    };
    let signed = Envelope::sign(&statement, key).unwrap().to_json();
    bundle.0.insert(envelope.to_owned(), signed.into_bytes());
}

/// What no arithmetic can notice: it does not follow from the cells, the plan and the case's log. Who signs stands for it, and a replay with the key
/// notices it.
const STANDS_FOR: &[&str] = &[
    "counts.exposed",
    "counts.exposed_in_other_form",
    "counts.fresh",
    "first_visits.*.counting",
    "first_visits.*.distinct_windows",
    "first_visits.*.sha256",
    "logprobs.counts.exposed",
    "logprobs.counts.repeated",
    "logprobs.counts.sequences",
    "logprobs.skipped.first",
    "logprobs.skipped.records",
    "logprobs.unmapped.candidates",
    "logprobs.unmapped.mass",
    "logprobs.unmapped.of",
    "outcomes.*.calibration.edition",
    "outcomes.*.calibration.outside.*",
    "outcomes.*.calibration.row",
    "outcomes.*.calibration.source",
    "outcomes.*.calibration.status",
    "outcomes.*.calibration.student",
    "outcomes.*.smallest_share",
    "reading.layouts.answer",
    "skipped.first",
    "tests.*.counts.identical_answers",
    "tests.*.counts.produced",
    "tests.*.counts.reference",
];

#[test]
fn a_forger_who_signs_anew_is_believed_while_he_changes_nothing() {
    let bundle = bundle();
    let findings: Value = serde_json::from_str(bundle.text(FINDINGS)).unwrap();
    let forged = forged(&bundle, &findings);
    let verified = forged.verified();
    assert!(verified.holds, "{:#?}", crate::fixture::failing(&verified));
}

/// What fails of a bundle whose log is altered.
fn noticed(alter: impl Fn(&mut Entry)) -> Vec<String> {
    let bundle = bundle();
    let findings: Value = serde_json::from_str(bundle.text(FINDINGS)).unwrap();
    crate::fixture::failing(&logged_otherwise(&bundle, &findings, alter).verified())
}

#[test]
fn a_log_that_goes_back_in_time_is_noticed() {
    let by = noticed(|entry| {
        if matches!(entry.event, Event::Ended { .. }) {
            entry.time = "2020-01-01T00:00:00Z".to_owned();
        }
    });
    assert_eq!(by.len(), 1, "{by:?}");
    assert!(by[0].contains("its times do not fall"), "{by:?}");
    let by = noticed(|entry| entry.time = "2020-01-01T00:00:00Z".to_owned());
    assert_eq!(by.len(), 1, "before the plan: {by:?}");
}

#[test]
fn a_log_that_says_what_the_findings_do_not_is_noticed() {
    let by = noticed(|entry| {
        if let Event::Ended {
            outcome, status, ..
        } = &mut entry.event
        {
            (*outcome, *status) = ("something".to_owned(), 3);
        }
    });
    let [said, status] = &by[..] else {
        panic!("{by:?}")
    };
    assert!(
        said.contains("what the case's log says it came to"),
        "{said}"
    );
    assert!(status.contains("exit status"), "{status}");
}

#[test]
fn another_profile_than_the_committed_one_is_noticed() {
    let mut other = bundle();
    let findings: Value = serde_json::from_str(other.text(FINDINGS)).unwrap();
    let profile = other
        .text(CasePlan::PROFILE)
        .replace("vocab_size = 512", "vocab_size = 513");
    other
        .0
        .insert(CasePlan::PROFILE.to_owned(), profile.into_bytes());
    let by = crate::fixture::failing(&forged(&other, &findings).verified());
    assert!(
        by.iter()
            .any(|why| why.contains("profile.toml was committed to")),
        "{by:?}"
    );
    assert!(
        by.iter()
            .any(|why| why.contains("they differ in `vocab_size`")),
        "{by:?}"
    );
}

#[test]
fn every_forged_number_is_noticed_by_the_arithmetic_alone() {
    let bundle = bundle();
    let findings: Value = serde_json::from_str(bundle.text(FINDINGS)).unwrap();
    let unnoticed: Vec<String> = leaves(&findings)
        .into_par_iter()
        .filter_map(|place| {
            let mut altered = findings.clone();
            let leaf = at(&mut altered, &place);
            *leaf = other(leaf);
            let name: Vec<&str> = place
                .iter()
                .map(|part| {
                    if part.parse::<usize>().is_ok() {
                        "*"
                    } else {
                        part
                    }
                })
                .collect();
            forged(&bundle, &altered)
                .verified()
                .holds
                .then(|| name.join("."))
        })
        .collect();
    let mut unnoticed = unnoticed;
    unnoticed.sort();
    unnoticed.dedup();
    assert_eq!(unnoticed, STANDS_FOR);
}
