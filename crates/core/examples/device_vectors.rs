//! Prints, as JSON, values that implementations of the native marks on other devices must reproduce: words of single cells,
//! digests of words of whole rows, and the tokens that marks choose.
//!
//! ```text
//! cargo run --release -p hallmark-core --example device_vectors > crates/python/tests/vectors/device.json
//! ```
//!
//! Logits are whole numbers of 1/256 nat, so that every format holds them exactly. Those of the many rows are not written
//! down: logit `t` of row `r` is `(word >> 21) / 128` nats, with `word` that of cell (window \[r], token t) under the key of
//! zeros, which other implementations compute too.

use std::error::Error;
use std::fmt::Write as _;

use hallmark_core::cells::TokenId;
use hallmark_core::keys::CohortKey;
use hallmark_core::mark::Mark;
use hallmark_core::prf::{ChaCha12, Prf};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{CHACHA12_V1, Parameters, Scheme, green_threshold};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Rows of odd lengths, those of real vocabularies among them.
const VOCABULARIES: [usize; 9] = [1, 15, 17, 255, 257, 4096, 49_152, 50_257, 128_256];
/// Lengths of rows that are written down.
const LENGTHS: [usize; 6] = [1, 2, 16, 100, 257, 600];
/// Rows that are not written down, and their length.
const MANY: (u32, usize) = (1000, 512);

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(20_261_129);
    let vectors = json!({
        "cells": cells(&mut rng),
        "rows": rows(&mut rng),
        "choices": choices(&mut rng)?,
        "many": many(&mut rng)?,
    });
    println!("{}", lines(&vectors));
    Ok(())
}

/// Words of single cells.
fn cells(rng: &mut ChaCha8Rng) -> Vec<Value> {
    let edges = [0, 15, 16, 255, 256, 4095, 65_535, 131_071, 0x00ff_fffe];
    let mut cells = Vec::new();
    for window in 1..=ChaCha12::MAX_WINDOW {
        let key = key(rng);
        let prf = ChaCha12::new(key);
        let window = window_of(rng, window);
        let mut tokens: Vec<TokenId> = edges.to_vec();
        tokens.extend((0..7).map(|_| rng.next_u32() % 0x00ff_ffff));
        let words: Vec<u32> = tokens.iter().map(|&t| prf.word(&window, t)).collect();
        cells.push(
            json!({"key": key_words(&key), "window": window, "tokens": tokens, "words": words}),
        );
    }
    cells
}

/// Digests of words of whole rows: SHA-256 of the words as little-endian bytes, in token order.
fn rows(rng: &mut ChaCha8Rng) -> Vec<Value> {
    let mut rows = Vec::new();
    for (i, vocabulary) in VOCABULARIES.into_iter().enumerate() {
        let key = key(rng);
        let window = window_of(rng, 1 + i % ChaCha12::MAX_WINDOW);
        let mut words = vec![0; vocabulary];
        ChaCha12::new(key).row(&window, 0, &mut words);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut digest = String::new();
        for byte in Sha256::digest(&bytes) {
            let _ = write!(digest, "{byte:02x}");
        }
        rows.push(json!({
            "key": key_words(&key), "window": window, "vocabulary": vocabulary,
            "first": words[0], "last": words[vocabulary - 1], "sha256": digest,
        }));
    }
    rows
}

/// Rows of logits that are written down, and what marks choose from them.
fn choices(rng: &mut ChaCha8Rng) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut choices = Vec::new();
    for window in 1..=ChaCha12::MAX_WINDOW {
        for scheme in schemes(window) {
            let marked = Marked::new(scheme, window, rng)?;
            for length in LENGTHS {
                let window = window_of(rng, window);
                let units: Vec<Option<i32>> = (0..length)
                    .map(|t| match rng.next_u32() {
                        word if t > 0 && word % 8 == 0 => None,
                        word => Some((word >> 21) as i32 - 1024),
                    })
                    .collect();
                let logits = units.iter();
                let logits =
                    logits.map(|unit| unit.map_or(f32::NEG_INFINITY, |u| u as f32 / 256.0));
                let uniform = uniform(rng);
                let mut row: Vec<f32> = logits.collect();
                let mut choice = marked.description.clone();
                choice["window"] = json!(window);
                choice["logits_256ths"] = json!(units);
                choice["uniform"] = json!(uniform);
                choice["token"] = json!(marked.choose(&window, &mut row, uniform)?);
                if choice["scheme"] == "green" {
                    choice["biased_bits"] =
                        json!(row.iter().map(|l| l.to_bits()).collect::<Vec<_>>());
                }
                choices.push(choice);
            }
        }
    }
    Ok(choices)
}

/// What marks choose from many rows that are not written down.
fn many(rng: &mut ChaCha8Rng) -> Result<Vec<Value>, Box<dyn Error>> {
    let (count, length) = MANY;
    let logits = ChaCha12::new([0; 32]);
    let mut words = vec![0; length];
    let mut many = Vec::new();
    for scheme in schemes(2) {
        let marked = Marked::new(scheme, 2, rng)?;
        let mut tokens = Vec::new();
        for row in 0..count {
            logits.row(&[row], 0, &mut words);
            let mut row_logits: Vec<f32> = words.iter().map(|w| (w >> 21) as f32 / 128.0).collect();
            // In 32nds, which decimals write exactly.
            let uniform = f64::from(row % 32) / 32.0;
            tokens.push(marked.choose(&[row, 7], &mut row_logits, uniform)?);
        }
        let mut entry = marked.description.clone();
        entry["rows"] = json!(count);
        entry["length"] = json!(length);
        entry["tokens"] = json!(tokens);
        many.push(entry);
    }
    Ok(many)
}

fn schemes(window: usize) -> Vec<Scheme> {
    let layers = [32, 30, 7, 1][window - 1];
    vec![
        Scheme::GUMBEL,
        Scheme::DUAL_GUMBEL,
        Scheme::green(0.25, 2.0),
        Scheme::tournament(layers),
    ]
}

/// A mark, and its description as a device takes it.
struct Marked {
    mark: Mark,
    description: Value,
}

impl Marked {
    fn new(scheme: Scheme, window: usize, rng: &mut ChaCha8Rng) -> Result<Self, Box<dyn Error>> {
        let key = CohortKey::from_bytes(key(rng));
        let names: &[&str] = match scheme.id() {
            "dual-gumbel" => &["coin", "a", "b"],
            _ => &["main"],
        };
        let streams = names.iter().map(|name| {
            let stream = key.stream(scheme.id(), CHACHA12_V1, window, name);
            key_words(stream.expose())
        });
        let description = json!({
            "scheme": scheme.id(),
            "streams": streams.collect::<Vec<_>>(),
            "parameters": match scheme.parameters() {
                Parameters::Green { gamma, delta } => json!({"threshold": green_threshold(gamma), "delta": delta as f32}),
                Parameters::Tournament { layers } => json!({"layers": layers}),
                _ => json!({}),
            },
        });
        let profile = Profile {
            name: "vectors".to_owned(),
            scheme,
            window,
            ring: 1,
            tokenizer: TokenizerRef {
                vocab_size: 0x00ff_ffff,
                sha256: None,
            },
        };
        let mark = Mark::new(&profile, &key.into())?;
        Ok(Self { mark, description })
    }

    /// What a request that has generated `window` chooses next.
    fn choose(
        &self,
        window: &[TokenId],
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<usize, Box<dyn Error>> {
        let mut marker = self.mark.marker(&[])?;
        for &token in window {
            marker.accept(token)?;
        }
        let choice = marker.choose_row(logits, uniform)?;
        assert!(choice.marked, "a first window is open");
        Ok(choice.index)
    }
}

fn key(rng: &mut ChaCha8Rng) -> [u8; 32] {
    let mut key = [0; 32];
    rng.fill_bytes(&mut key);
    key
}

/// A stream's key as the eight little-endian words of the cipher's state.
fn key_words(key: &[u8; 32]) -> Vec<u32> {
    let words = key.as_chunks::<4>().0.iter();
    words.map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

fn window_of(rng: &mut ChaCha8Rng, length: usize) -> Vec<TokenId> {
    (0..length).map(|_| rng.next_u32() % 0x00ff_ffff).collect()
}

/// In [0, 1), with few enough bits for any reader of decimals.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32() >> 8) / f64::from(1 << 24)
}

/// One line for each entry of each list.
fn lines(vectors: &Value) -> String {
    let mut out = String::from("{");
    for (i, (name, entries)) in vectors.as_object().into_iter().flatten().enumerate() {
        let entries = entries.as_array().into_iter().flatten();
        let entries: Vec<String> = entries.map(Value::to_string).collect();
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n\"{name}\": [\n{}\n]", entries.join(",\n"));
    }
    out + "\n}"
}
