//! A small case: made, packed, and held in memory.

use hallmark::files::profiles;
use hallmark::progress::silent;
use hallmark::weights::Weighing;
use hallmark::{Inputs, Plan};
use hallmark_core::keys::{CohortKey, Key, KeyFile};
use hallmark_core::profile::Profile;
use hallmark_evidence::bundle::{Contents, pack};
use hallmark_evidence::case::{Case, Planning, Run, Words, plan, words};
use hallmark_evidence::cohorts::{Cohort, Units, seal};
use hallmark_evidence::commit::{Beside, Named, write};
use hallmark_evidence::logged::{Kind, LogAt};
use hallmark_evidence::signer::Signer;
use hallmark_harvest::{Builder, Counting, Limits, MarkedBy, Reading};
use hallmark_verify::bundle::{Trust, Verified, verify};
use hallmark_verify::files::{Files, Folder};
use hallmark_verify::formats::{Issued, KeyRole};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

/// A bundle in memory.
#[derive(Clone)]
pub(crate) struct Memory(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files for Memory {
    fn list(&self) -> io::Result<BTreeMap<String, u64>> {
        let sizes = self.0.iter();
        Ok(sizes
            .map(|(name, bytes)| (name.clone(), bytes.len() as u64))
            .collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let bytes = self.0.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(&bytes[..]))
    }
}

impl Memory {
    pub(crate) fn verified(&self) -> Verified {
        verify(self, &Trust::default())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        str::from_utf8(&self.0[name]).unwrap()
    }
}

/// What a check that fails says, for messages.
pub(crate) fn failing(verified: &Verified) -> Vec<String> {
    let checks = verified.checks.iter();
    let fails = checks.filter(|check| check.verdict == hallmark_verify::Verdict::Fails);
    fails
        .map(|check| format!("{}: {}", check.what, check.detail))
        .collect()
}

/// The bundle, made once.
pub(crate) fn bundle() -> Memory {
    static MADE: OnceLock<Memory> = OnceLock::new();
    MADE.get_or_init(|| bundle_of("gumbel", "")).clone()
}

/// A bundle of the same case under another mark: its scheme, and what follows in its profile.
pub(crate) fn bundle_of(scheme: &str, more: &str) -> Memory {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &profile_of(scheme, more));
    let packed = Folder(folder.path().join("bundle"));
    let names = packed.list().unwrap().into_keys();
    let read = names.map(|name| {
        let bytes = std::fs::read(packed.0.join(&name)).unwrap();
        (name, bytes)
    });
    Memory(read.collect())
}

/// A profile's text.
pub(crate) fn profile_of(scheme: &str, more: &str) -> String {
    let is_ring = more.starts_with("ring");
    format!(
        "hallmark = 1\nname = \"trial\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n{}\n[tokenizer]\nvocab_size = 512\n{}",
        if is_ring { more } else { "" },
        if is_ring { "" } else { more },
    )
}

/// Tokens that a multiplicative generator draws: unmarked, and the same in every run.
struct Drawn(u64);

impl Drawn {
    fn tokens(&mut self, count: usize) -> Vec<u32> {
        let mut next = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % 64
        };
        (0..count).map(|_| next() as u32).collect()
    }
}

/// Answers of 40 tokens, of two groups.
fn answers(seed: u64, count: u64) -> String {
    let mut drawn = Drawn(seed);
    let record = |id: u64| {
        format!(
            "{{\"id\": {id}, \"group\": \"{}\", \"prompt_tokens\": {:?}, \"response_tokens\": {:?}}}\n",
            if id.is_multiple_of(3) {
                "shop"
            } else {
                "forum"
            },
            drawn.tokens(6),
            drawn.tokens(40)
        )
    };
    (1..=count).map(record).collect()
}

/// What the suspect gives some tokens after some windows.
fn logprobs(seed: u64, count: usize) -> String {
    let mut drawn = Drawn(seed);
    let record = |_| {
        let mut listed = drawn.tokens(4);
        listed.sort_unstable();
        listed.dedup();
        let top: Vec<String> = listed
            .iter()
            .zip([0.5_f64, 0.25, 0.125, 0.05])
            .map(|(token, share)| format!("[{token}, {}]", share.ln()))
            .collect();
        format!(
            "{{\"context_tokens\": {:?}, \"top\": [{}]}}\n",
            drawn.tokens(2),
            top.join(", ")
        )
    };
    (0..count).map(record).collect()
}

/// An index of first visits of a log that a key marked, as it says.
fn log_of(key: &Key, ring: u8, path: &Path) {
    let reading = Reading {
        as_sampled: true,
        in_order: true,
        sub_keys: ring,
        missing: 0,
    };
    let by = MarkedBy::Key(key.public_id());
    let mut builder = Builder::new(2, None, by, Limits::default())
        .unwrap()
        .counting(Counting::FirstVisits(reading));
    let mut drawn = Drawn(9);
    for request in 0..60 {
        let answer = drawn.tokens(40);
        builder.push_under(&answer, request % ring).unwrap();
    }
    builder.finish(path).unwrap();
}

/// What is published of a draw of 30 accounts.
pub(crate) fn drawn() -> String {
    let cohort = |name: &str, weight| Cohort {
        name: name.to_owned(),
        role: KeyRole::Cohort,
        weight,
    };
    let list: String = (0..30).map(|n| format!("u{n}\n")).collect();
    let identity = age::x25519::Identity::generate().to_public().to_string();
    let (drawn, _) = seal(
        &Units::read(&list).unwrap(),
        &BTreeSet::new(),
        &[cohort("tested", 1), cohort("unused", 0)],
        zeroize::Zeroizing::new([7; 32]),
        &[identity],
        "2026-11-30".to_owned(),
    )
    .unwrap();
    serde_json::to_string_pretty(&drawn).unwrap()
}

/// The keys that the case commits to.
pub(crate) fn keys() -> [Named; 3] {
    let named = |name: &str, role, byte| Named {
        name: name.to_owned(),
        role,
        key: KeyFile::Cohort(CohortKey::from_bytes([byte; 32])),
    };
    [
        named("tested", KeyRole::Cohort, 1),
        named("unused", KeyRole::NeverUsed, 2),
        named("public", KeyRole::PublicWeb, 3),
    ]
}

/// Makes the case of a profile in a folder, with one run, and its bundle.
pub(crate) fn make(folder: &Path, text: &str) {
    let at = |name: &str| folder.join(name);
    std::fs::write(at("cohorts.json"), drawn()).unwrap();
    std::fs::write(at("profile.toml"), text).unwrap();
    std::fs::write(at("answers.jsonl"), answers(1, 24)).unwrap();
    std::fs::write(at("logprobs.jsonl"), logprobs(3, 40)).unwrap();
    let profile: Profile = profiles::read(&at("profile.toml")).unwrap();
    let (signer, log_signer) = (
        Signer::generate(&at("signer.key")).unwrap(),
        Signer::generate(&at("log.key")).unwrap(),
    );
    let log = LogAt {
        folder: &at("log"),
        origin: Some("log.example/evidence"),
        signer: &log_signer,
    };
    let keys = keys();
    log_of(
        &keys[0].key.marking_key(),
        profile.ring as u8,
        &at("tested.visits"),
    );
    let beside = Beside {
        profile: Some(&at("profile.toml")),
        decoy_seed: Some(5),
        cohorts: Some(&at("cohorts.json")),
        issued: Some(Issued {
            from: "2026-12-01".to_owned(),
            to: Some("2027-01-31".to_owned()),
        }),
    };
    write(&at("commitments"), &keys, &beside, |digest| {
        log.write(Kind::Commitments, digest)
    })
    .unwrap();
    let planning = Planning {
        words: Words {
            case: "trial".to_owned(),
            question: words::QUESTION.to_owned(),
            operator: Some("Ada".to_owned()),
            reviewer: None,
            propositions: words::propositions(),
            fixed: words::fixed(),
        },
        analysis: Plan {
            decoys: 99,
            decoy_seed: 5,
            shape: true,
            first_visits: vec![at("tested.visits")],
            logprobs: match profile.ring {
                1 => vec![at("logprobs.jsonl")],
                _ => vec![],
            },
            weighing: Weighing::default(),
            ..Plan::new(&profile, vec![], Inputs::default())
        },
        keys: &["tested".to_owned(), "unused".to_owned()],
        controls: &["public".to_owned()],
        commitments: &at("commitments/commitments.json"),
        profile: &at("profile.toml"),
        signer: &signer,
    };
    plan(&at("case"), planning, |digest| {
        log.write(Kind::CasePlan, digest)
    })
    .unwrap();
    let mut case = Case::open(&at("case")).unwrap();
    let marking: Vec<_> = keys.iter().map(|named| named.key.marking_key()).collect();
    let mut run = Run {
        keys: &marking,
        answers: &[at("answers.jsonl")],
        logs: &[],
        note: None,
        change: &mut |_| Ok(()),
    };
    case.examine(&mut run, &mut silent).unwrap();
    pack(&case, &signer, &at("bundle"), Contents { with_items: true }).unwrap();
}
