//! A small case: made, packed, and held in memory.

use hallmark::files::profiles;
use hallmark::progress::silent;
use hallmark::weights::Weighing;
use hallmark::{Inputs, Plan};
use hallmark_core::keys::{CohortKey, KeyFile};
use hallmark_core::profile::Profile;
use hallmark_evidence::bundle::{Contents, pack};
use hallmark_evidence::case::{Case, Planning, Run, Words, plan, words};
use hallmark_evidence::commit::{Beside, Named, write};
use hallmark_evidence::logged::{Kind, LogAt};
use hallmark_evidence::signer::Signer;
use hallmark_verify::bundle::{Trust, Verified, verify};
use hallmark_verify::files::{Files, Folder};
use hallmark_verify::formats::KeyRole;
use std::collections::BTreeMap;
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
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        let packed = Folder(folder.path().join("bundle"));
        let names = packed.list().unwrap().into_keys();
        let read = names.map(|name| {
            let bytes = std::fs::read(packed.0.join(&name)).unwrap();
            (name, bytes)
        });
        Memory(read.collect())
    })
    .clone()
}

const PROFILE: &str = "hallmark = 1\nname = \"trial\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = 512\n";

/// Answers of 40 tokens that a multiplicative generator draws: unmarked, and the same in every run.
fn answers(seed: u64, count: u64) -> String {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 64
    };
    let record = |id: u64, next: &mut dyn FnMut() -> u64| {
        let mut tokens = |count: u64| (0..count).map(|_| next()).collect::<Vec<_>>();
        format!(
            "{{\"id\": {id}, \"prompt_tokens\": {:?}, \"response_tokens\": {:?}}}\n",
            tokens(6),
            tokens(40)
        )
    };
    (1..=count).map(|id| record(id, &mut next)).collect()
}

fn make(folder: &Path) {
    let at = |name: &str| folder.join(name);
    std::fs::write(at("profile.toml"), PROFILE).unwrap();
    std::fs::write(at("answers.jsonl"), answers(1, 24)).unwrap();
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
    let named = |name: &str, role, byte| Named {
        name: name.to_owned(),
        role,
        key: KeyFile::Cohort(CohortKey::from_bytes([byte; 32])),
    };
    let keys = [
        named("tested", KeyRole::Cohort, 1),
        named("unused", KeyRole::NeverUsed, 2),
        named("public", KeyRole::PublicWeb, 3),
    ];
    let beside = Beside {
        profile: Some(&at("profile.toml")),
        decoy_seed: Some(5),
        cohorts: None,
    };
    write(&at("commitments"), &keys, beside, |digest| {
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
            weighing: Weighing::default(),
            ..Plan::new(&profile, vec![], Inputs::default())
        },
        keys: &["tested".to_owned(), "unused".to_owned()],
        controls: &["public".to_owned()],
        commitments: &at("commitments/commitments.json"),
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
