//! The ids of texts: `tokens TOKENIZER.json TEXTS.jsonl`, where each line of the texts is a JSON string.
//!
//! One JSON list of ids a line on standard output; on standard error one JSON object: which reader it is, the ids, and
//! the seconds that reading all texts took on one thread and on all.

use std::error::Error;
use std::io::{BufWriter, Write, stdout};
use std::time::Instant;

use hallmark_corpus::{ReadBy, Tokenizer};
use rayon::prelude::*;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args().skip(1);
    let (Some(tokenizer), Some(texts)) = (paths.next(), paths.next()) else {
        return Err("two files are needed: a tokenizer.json, and JSON strings one a line".into());
    };
    let tokenizer = match Tokenizer::open(tokenizer) {
        Ok(tokenizer) => tokenizer,
        Err(error) => {
            eprintln!("{}", json!({"refused": error.to_string()}));
            return Ok(());
        }
    };
    let lines = std::fs::read_to_string(texts)?;
    let texts: Vec<String> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;

    let start = Instant::now();
    let ids: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| tokenizer.try_encode(text))
        .collect::<Result<_, _>>()?;
    let one = start.elapsed().as_secs_f64();
    let start = Instant::now();
    texts
        .par_iter()
        .try_for_each(|text| tokenizer.try_encode(text).map(drop))?;
    let all = start.elapsed().as_secs_f64();

    let mut out = BufWriter::new(stdout().lock());
    for line in &ids {
        serde_json::to_writer(&mut out, line)?;
        out.write_all(b"\n")?;
    }
    let (reader, why) = match tokenizer.read_by() {
        ReadBy::Splintr => ("splintr", ""),
        ReadBy::Tokenizers { why } => ("tokenizers", why.as_str()),
    };
    let count: usize = ids.iter().map(Vec::len).sum();
    eprintln!(
        "{}",
        json!({"reader": reader, "why": why, "digest": tokenizer.digest(), "ids": count, "seconds": one, "seconds_on_all": all})
    );
    Ok(())
}
