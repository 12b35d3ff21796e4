//! The values that `vectors/signatures.py` computes by the definitions alone.

use crate::memory_log::{Leaves, entries};
use ed25519_dalek::{SigningKey, VerifyingKey};
use hallmark_verify::dsse::Envelope;
use hallmark_verify::note::{Note, VerifierKey};
use hallmark_verify::tlog::{Checkpoint, Hash, TlogProof, prove};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    seeds: [String; 2],
    keys: [String; 2],
    note: String,
    roots: Vec<Root>,
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
    checkpoint: String,
    proofs: [String; 2],
    envelope: String,
}

#[derive(Deserialize)]
struct Root {
    size: u64,
    root: String,
}

#[derive(Deserialize)]
struct Inclusion {
    index: u64,
    size: u64,
    proof: Vec<String>,
}

#[derive(Deserialize)]
struct Consistency {
    old: u64,
    new: u64,
    proof: Vec<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../vectors/signatures.json")).unwrap()
}

fn hash(text: &str) -> Hash {
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}

fn hashes(texts: &[String]) -> Vec<Hash> {
    texts.iter().map(|text| hash(text)).collect()
}

impl Vectors {
    fn signing_keys(&self) -> [SigningKey; 2] {
        self.seeds
            .each_ref()
            .map(|seed| SigningKey::from_bytes(&hash(seed)))
    }

    fn known(&self) -> [VerifierKey; 2] {
        self.keys.each_ref().map(|key| key.parse().unwrap())
    }
}

#[test]
fn keys_and_notes_are_those_of_the_vectors() {
    let vectors = vectors();
    let known = vectors.known();
    let mut note = Note::new("one line\n\nand another: \u{e4}\n").unwrap();
    for ((known, key), text) in known.iter().zip(vectors.signing_keys()).zip(&vectors.keys) {
        let made = VerifierKey::new(known.name(), key.verifying_key()).unwrap();
        assert_eq!(made.to_string(), *text);
        note.sign(known.name(), &key).unwrap();
    }
    assert_eq!(note.to_string(), vectors.note);
    let read = Note::parse(vectors.note.as_bytes()).unwrap();
    assert_eq!(read.verify(&known), Ok(vec![&known[0], &known[1]]));
}

#[test]
fn roots_and_proofs_are_those_of_the_vectors() {
    let vectors = vectors();
    let mut leaves = Leaves::of(&entries(300));
    for root in vectors.roots {
        assert_eq!(
            prove::root(root.size, &mut leaves).unwrap(),
            hash(&root.root)
        );
    }
    for one in vectors.inclusion {
        let made = prove::inclusion(one.index, one.size, &mut leaves).unwrap();
        assert_eq!(
            made,
            Some(hashes(&one.proof)),
            "{} of {}",
            one.index,
            one.size
        );
    }
    for one in vectors.consistency {
        let made = prove::consistency(one.old, one.new, &mut leaves).unwrap();
        assert_eq!(made, Some(hashes(&one.proof)), "{} to {}", one.old, one.new);
    }
}

#[test]
fn checkpoints_and_proof_files_are_those_of_the_vectors() {
    let vectors = vectors();
    let [key, _] = vectors.signing_keys();
    let [known, _] = vectors.known();
    let checkpoint = Checkpoint::verify(vectors.checkpoint.as_bytes(), &known).unwrap();
    assert_eq!(
        checkpoint.sign(&key).unwrap().to_string(),
        vectors.checkpoint
    );
    for (text, entry) in vectors.proofs.iter().zip([&b"entry 0"[..], b"entry 299"]) {
        let proof = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!(proof.verify(entry, &known), Ok(checkpoint.clone()));
        assert_eq!(proof.to_string(), *text);
    }
}

#[test]
fn envelopes_are_those_of_the_vectors() {
    let vectors = vectors();
    let keys: [VerifyingKey; 2] = vectors.signing_keys().map(|key| key.verifying_key());
    let [first, second] = vectors.signing_keys();
    let envelope = Envelope::parse(vectors.envelope.as_bytes()).unwrap();
    let verified = envelope.verify(&keys).unwrap();
    assert_eq!(verified.signers, keys);
    assert_eq!(verified.statement.subjects[0].name, "plan.json");
    let mut again = Envelope::sign(&verified.statement, &first).unwrap();
    again.add_signature(&second).unwrap();
    assert_eq!(again.to_json(), vectors.envelope);
}
