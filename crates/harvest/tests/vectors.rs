//! The format is what `vectors/index_v2.py` makes of its description.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::visits;
use hallmark_harvest::{
    Builder, Counting, Limits, MarkedBy, Provenance, Reading, Sha256Digest, count_byte,
};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/index-v2.json")).unwrap()
}

#[test]
fn files_are_those_of_the_description() {
    let folder = tempfile::tempdir().unwrap();
    for (number, vector) in vectors()["indexes"].as_array().unwrap().iter().enumerate() {
        let name = vector["name"].as_str().unwrap();
        let marked_by = match vector["key_id"].as_str() {
            Some(id) => MarkedBy::Key(id.parse().unwrap()),
            None => MarkedBy::Unmarked,
        };
        let tokenizer = vector["tokenizer_sha256"].as_str();
        let tokenizer = tokenizer.map(|digest| digest.parse::<Sha256Digest>().unwrap());
        let window = vector["window"].as_u64().unwrap() as usize;
        let sources = vector["sources_sha256"].as_str();
        let builder = Builder::new(window, tokenizer, marked_by, Limits::default()).unwrap();
        let sub_keys = vector["sub_keys"].as_u64().unwrap() as u8;
        let mut builder =
            builder.counting(counting(vector["counting"].as_str().unwrap(), sub_keys));
        builder.provenance(Provenance {
            made: vector["made"].as_u64().unwrap(),
            sources: sources.map(|digest| digest.parse().unwrap()),
        });
        for (answer, sub_key) in answers(vector).iter().zip((0..sub_keys).cycle()) {
            builder.push_under(answer, sub_key).unwrap();
        }
        let path = folder.path().join(number.to_string());
        builder.finish(&path).unwrap();

        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(
            hex(&bytes[..128]),
            vector["header"].as_str().unwrap(),
            "{name}"
        );
        let entries_at = 128 + 8 * ((1 << bytes[13]) + 1);
        let first_entries = &bytes[entries_at..bytes.len() - 32];
        let first_entries = &first_entries[..first_entries.len().min(400)];
        assert_eq!(
            hex(first_entries),
            vector["entries"].as_str().unwrap(),
            "{name}"
        );
        assert_eq!(
            Sha256Digest::of(&bytes).to_string(),
            vector["sha256"].as_str().unwrap(),
            "{name}"
        );
    }
}

#[test]
fn counts_have_the_codes_of_the_description() {
    for vector in vectors()["codes"].as_array().unwrap() {
        let count = vector["count"].as_u64().unwrap();
        let code = vector["code"].as_u64().unwrap();
        assert_eq!(u64::from(count_byte::encode(count)), code, "{count}");
    }
}

#[test]
fn times_have_the_codes_of_the_description() {
    for vector in vectors()["times"].as_array().unwrap() {
        let time = vector["time"].as_u64().unwrap();
        let code = vector["code"].as_u64().unwrap();
        assert_eq!(u64::from(visits::code(time)), code, "{time}");
    }
}

fn counting(name: &str, sub_keys: u8) -> Counting {
    let first_visits = |as_described| {
        Counting::FirstVisits(Reading {
            as_sampled: as_described,
            in_order: as_described,
            sub_keys,
            missing: 7,
        })
    };
    match name {
        "occurrences" => Counting::Occurrences,
        "answers" => Counting::Answers,
        "first-visits" => first_visits(true),
        _ => first_visits(false),
    }
}

fn answers(vector: &Value) -> Vec<Vec<u32>> {
    if let Some(answers) = vector["answers"].as_array() {
        let ids = |answer: &Value| {
            let ids = answer.as_array().unwrap().iter();
            ids.map(|id| id.as_u64().unwrap() as u32).collect()
        };
        return answers.iter().map(ids).collect();
    }
    let number = |field: &str| vector["stream"][field].as_u64().unwrap();
    let ids = (0..number("length")).map(|place| {
        let hash = finalize(number("seed") << 32 | place);
        (hash % number("vocabulary")) as u32
    });
    vec![ids.collect()]
}

/// The 64-bit finalizer of `MurmurHash3`.
fn finalize(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
