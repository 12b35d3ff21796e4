//! Results as the program wrote them, and a case around one of them.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file uses its own part of these helpers"
)]

pub(crate) mod markup;

use hallmark::power::Planned;
use hallmark::{Detected, Examined, Scanned};
use hallmark_detector::tail::{Log10E, Log10P};
use hallmark_report::*;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("a result that the program wrote")
}

pub(crate) fn examined() -> Examined {
    read(include_str!("../data/examined.json"))
}

pub(crate) fn not_found() -> Examined {
    read(include_str!("../data/not-found.json"))
}

/// With T1, T2r, T3, T3r, T5, T6 and T8.
pub(crate) fn every_test() -> Examined {
    read(include_str!("../data/every-test.json"))
}

pub(crate) fn detected() -> Detected {
    read(include_str!("../data/detected.json"))
}

pub(crate) fn scanned() -> Scanned {
    read(include_str!("../data/scanned.json"))
}

pub(crate) fn planned() -> Planned {
    read(include_str!("../data/power.json"))
}

/// A case with every part. Decoys and looks are made up; they stand for pictures only.
pub(crate) fn full_case() -> Case {
    let examined = examined();
    let keys: Vec<String> = examined.keys.iter().map(|key| key.key_id.clone()).collect();
    let log10_p = |value| Log10P::new(value).expect("at most 0");
    let digest = |digit: &str| digit.repeat(64);
    let logged = Logged {
        origin: "log.example.org/hallmark".to_owned(),
        index: 3,
        tree_size: 40,
        time: Some("2026-03-02T09:15:04Z".to_owned()),
    };
    let commitment = |name: &str, role, key_id: &str| Commitment {
        name: name.to_owned(),
        role,
        key_id: key_id.to_owned(),
        commitment: digest("a"),
        cohort_size: Some(41),
        issued: Some("March to June 2026".to_owned()),
        logged: vec![logged.clone()],
    };
    Case {
        operator: Some("A. Operator".to_owned()),
        reviewer: Some("B. Reviewer".to_owned()),
        commitments: vec![
            commitment("harvesters 2026q2", Role::Tested, &keys[0]),
            commitment("never used 2026q2", Role::NeverUsed, &keys[1]),
        ],
        plan: Some(FixedPlan {
            sha256: examined.plan_sha256.clone(),
            text: Some("{\n  \"schema\": \"hallmark/plan/1\"\n}".to_owned()),
            logged: vec![logged.clone()],
            deviations: vec![Deviation {
                what: "The second file was read twice".to_owned(),
                note: Some("A power failure".to_owned()),
            }],
        }),
        items: examined
            .inputs
            .iter()
            .map(|input| Item {
                file: input.file.clone(),
                sha256: input.sha256.clone(),
                bytes: Some(input.bytes),
                acquired: Some("asked through the public interface".to_owned()),
            })
            .collect(),
        runs: vec![Run {
            when: Some("2026-10-04T10:00:00Z".to_owned()),
            what: "collect".to_owned(),
            status: "0".to_owned(),
            digests: vec![Digest {
                name: "answers".to_owned(),
                sha256: digest("b"),
            }],
        }],
        line_ups: keys
            .iter()
            .map(|key_id| LineUp {
                key_id: key_id.clone(),
                own: 22_380.45,
                decoys: (0..50_u32)
                    .map(|n| 19_000.0 + f64::from(n * n % 47))
                    .collect(),
            })
            .collect(),
        evidence: keys
            .iter()
            .map(|key_id| Evidence {
                key_id: key_id.clone(),
                points: (0..40)
                    .map(|look| Point {
                        cells: look * 500,
                        log10_e: Log10E::new(look as f64 * 2.5).expect("finite"),
                    })
                    .collect(),
            })
            .collect(),
        sources: ["prompts: law", "prompts: medicine"]
            .map(|source| Source {
                key_id: keys[0].clone(),
                source: source.to_owned(),
                cells: 15_000,
                log10_p: log10_p(-80.0),
            })
            .to_vec(),
        variations: vec![Variation {
            key_id: keys[0].clone(),
            what: "another tokenizer".to_owned(),
            cells: 19_000,
            log10_p: log10_p(-99.0),
        }],
        error_rates: vec![ErrorRate {
            study: "nulls".to_owned(),
            what: "any test, adjusted".to_owned(),
            level: 0.001,
            tried: 20_000,
            wrong: 0,
            in_scope: Some(true),
            note: Some("same scheme and window".to_owned()),
        }],
        bundle: Some(Bundle {
            manifest_sha256: digest("c"),
            signers: vec![Signer {
                public_id: "9f8e7d6c5b4a3921".to_owned(),
                name: Some("A. Operator".to_owned()),
            }],
            logged: vec![logged],
        }),
        replay: vec!["hallmark replay --key harvesters.key bundle/".to_owned()],
        tool: Some(Tool {
            version: examined.version.clone(),
            build_sha256: Some(digest("d")),
        }),
        ..Case::new(
            "Meridian".to_owned(),
            "Was it trained on our answers?".to_owned(),
            examined,
        )
    }
}

/// A case of which nothing but the least is stated.
pub(crate) fn bare_case() -> Case {
    Case::new("Bare".to_owned(), "Was it?".to_owned(), not_found())
}

/// Does something with a report of every kind.
pub(crate) fn each(mut with: impl FnMut(&str, &Subject<'_>)) {
    with("full case", &Subject::Case(&full_case()));
    with("bare case", &Subject::Case(&bare_case()));
    with("examined", &Subject::Examined(&examined()));
    with("not found", &Subject::Examined(&not_found()));
    with("every test", &Subject::Examined(&every_test()));
    with("detected", &Subject::Detected(&detected()));
    with("scanned", &Subject::Scanned(&scanned()));
    with("power", &Subject::Power(&planned()));
}
