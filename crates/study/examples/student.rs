//! A student that learns from answers in files, and then answers prompts that none of them has: the last part of `examples/who`.
//!
//! ```bash
//! cargo run --release -p hallmark-study --example student -- ANSWERS.jsonl harvest-1.jsonl harvest-2.jsonl …
//! ```
//!
//! Harvests are what `hallmark mark` writes with the built-in model: lines with `prompt` and `tokens`. Nothing here knows a key.

use hallmark_lab::{Exchange, Lessons, Sampling, TrainConfig, Unmarked, assets, generate, train};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashSet;
use std::error::Error;
use std::fmt::Write as _;

/// Tokens of each prompt, as `mark` has them, and of each answer.
const PROMPT: usize = 12;
const ANSWER: usize = 96;
/// Answers that the student gives.
const ASKED: usize = 1024;
const PASSES: usize = 3;
const BATCH: usize = 32;

#[derive(Deserialize)]
struct Harvested {
    prompt: String,
    tokens: Vec<u32>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = std::env::args().skip(1);
    let out = files
        .next()
        .ok_or("name the file of answers, then harvests")?;
    let tokenizer = assets::tokenizer()?;
    let mut lessons = vec![];
    let mut known = HashSet::new();
    for file in files {
        for line in std::fs::read_to_string(&file)?.lines() {
            let mut record: Harvested = serde_json::from_str(line)?;
            // The model's context holds a prompt and so much of an answer.
            record.tokens.truncate(ANSWER);
            let prompt = tokenizer.encode(&record.prompt);
            known.insert(prompt.clone());
            lessons.push(Exchange {
                prompt,
                answer: record.tokens,
            });
        }
    }
    let mut student = assets::student_base()?;
    let config = TrainConfig {
        steps: (PASSES * lessons.len()).div_ceil(BATCH),
        batch: BATCH,
        seed: 1,
        ..TrainConfig::default()
    };
    let losses = train(
        &mut student,
        &Lessons::Answers(&lessons),
        &config,
        &mut |_, _, _| {},
    )?;
    let mut fresh = assets::prompts(99, PROMPT, &tokenizer)?;
    fresh.retain(|prompt| !known.contains(prompt));
    fresh.truncate(ASKED);
    let answers = generate(
        &student,
        &fresh,
        ANSWER,
        &Sampling::default(),
        7,
        &mut Unmarked,
        &mut |_, _| {},
    )?;
    let mut text = String::new();
    for ((prompt, answer), id) in fresh.iter().zip(&answers).zip(1..) {
        let line = json!({
            "id": format!("{id}"),
            "prompt": tokenizer.decode(prompt),
            "response": tokenizer.decode(answer),
        });
        writeln!(text, "{line}")?;
    }
    std::fs::write(&out, text)?;
    eprintln!(
        "learned from {} answers, loss {:.2} to {:.2}; {} answers to fresh prompts in {out}",
        lessons.len(),
        losses.first().copied().unwrap_or_default(),
        losses.last().copied().unwrap_or_default(),
        answers.len()
    );
    Ok(())
}
