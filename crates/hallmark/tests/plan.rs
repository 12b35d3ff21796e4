//! Plans: plain data, with a digest that nobody may change by accident; results of both versions.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark::examine::Plan;
use hallmark::profile::ProfileJson;
use hallmark::weights::Weighing;
use hallmark::{Error, ErrorKind, Exit, Inputs, TriedKey, merge::merge, progress::silent};
use hallmark_core::keys::{Key, RootKey};
use hallmark_core::profile::Profile;
use hallmark_core::schemes::SCHEMES;
use std::path::Path;

const PROFILE: &str = "hallmark = 1\nname = \"p\"\nscheme = \"green\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
[tokenizer]\nvocab_size = 4096\n[green]\ngamma = 0.25\ndelta = 2.0\n";

fn key() -> Key {
    RootKey::from_bytes([7; 32]).default_cohort().into()
}

fn plan() -> Plan {
    let profile = Profile::parse(PROFILE).unwrap();
    let keys = vec![TriedKey::of(&key(), Path::new("tested.key"))];
    Plan {
        weighing: Weighing {
            harvests: vec!["harvest.index".into()],
            ..Weighing::default()
        },
        rule_out: Some(0.1),
        decoys: 999,
        ..Plan::new(&profile, keys, Inputs::of(vec!["answers.jsonl".into()]))
    }
}

#[test]
fn the_digest_of_a_plan_is_golden() {
    assert_eq!(
        plan().digest().unwrap(),
        "8598dd5923ff30a1f74de0f1c52688cbfd51885d9ca66465b2ab341bfb806209"
    );
    let other = Plan {
        decoy_seed: 1,
        ..plan()
    };
    assert_ne!(other.digest().unwrap(), plan().digest().unwrap());
}

#[test]
fn a_plan_is_read_as_it_was_written_and_takes_no_other_fields() {
    let text = serde_json::to_string(&plan()).unwrap();
    let read: Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(read, plan());
    assert_eq!(read.digest().unwrap(), plan().digest().unwrap());
    let more = text.replacen('{', "{\"more\":1,", 1);
    let error = serde_json::from_str::<Plan>(&more).unwrap_err();
    assert!(
        error.to_string().contains("unknown field `more`"),
        "{error}"
    );
    let later = text.replace("hallmark/plan/1", "hallmark/plan/9");
    let error = serde_json::from_str::<Plan>(&later).unwrap_err();
    assert!(error.to_string().contains("hallmark/plan/9"), "{error}");
}

#[test]
fn every_scheme_comes_back_from_json() {
    for row in &SCHEMES {
        let profile = Profile {
            name: row.id.to_owned(),
            scheme: hallmark_core::schemes::Scheme::of(row),
            window: row.window,
            ring: 1,
            tokenizer: hallmark_core::profile::TokenizerRef {
                vocab_size: 50_257,
                sha256: None,
            },
        };
        let json = ProfileJson::from(&profile);
        assert_eq!(json.profile().unwrap(), profile, "{}", row.id);
        let wrong = ProfileJson {
            prf: "another".to_owned(),
            ..json
        };
        assert!(wrong.profile().is_err());
    }
}

#[test]
fn a_key_that_the_plan_names_must_be_given() {
    let plan = Plan {
        weighing: Weighing::default(),
        ..plan()
    };
    let error = hallmark::examine(&plan, &[], &mut silent).unwrap_err();
    assert!(error.what.contains("which is not given"), "{error}");
    assert_eq!(Exit::from(&error), Exit::Usage);
    assert_eq!(error.kind, ErrorKind::Usage);
}

#[test]
fn results_of_both_versions_can_be_merged_and_others_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, version: u32| {
        let profile = serde_json::to_string(&plan().profile).unwrap();
        let text = format!(
            "{{\"schema\": \"hallmark/examine/{version}\", \"profile\": {profile}, \"counts\": {{\"scored\": 9}}, \
             \"tests\": [{{\"test\": \"T3\", \"key_id\": \"a\", \"log10_e\": {version}.0}}]}}"
        );
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = [write("a.json", 1), write("b.json", 2)];
    let merged = merge(&files).unwrap();
    let expected = ((10.0_f64 + 100.0) / 2.0).log10();
    assert!((merged.keys[0].log10_e.value() - expected).abs() < 1e-9);
    let Error { what, hint, .. } = merge(&[write("c.json", 3)]).unwrap_err();
    assert!(what.contains("hallmark/examine/3"), "{what}");
    assert!(hint.unwrap().contains("examine --format json"));
}
