//! `detect` of token ids that are in memory, timed: what a binding is measured against (crates/python/benches/detect.py).
//!
//! `detect_ids KEY PROFILE IDS`, where IDS holds 32-bit little-endian numbers: prints seconds, scored cells and log10 p.

use hallmark::Inputs;
use hallmark::detect::{Detecting, detect};
use hallmark::files;
use hallmark::progress::silent;
use hallmark::read::AtHand;
use hallmark_corpus::{Origin, Piece, Record, Source};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, profile, ids] = &arguments[..] else {
        return Err("detect_ids KEY PROFILE IDS".into());
    };
    let key = files::keys::read(key.as_ref())?.marking_key();
    let profile = files::profiles::read(profile.as_ref())?;
    let bytes = std::fs::read(ids)?;
    let ids = bytes
        .as_chunks()
        .0
        .iter()
        .map(|id| u32::from_le_bytes(*id))
        .collect();
    let record = Record {
        source: Source::new("memory".into(), 1),
        id: None,
        group: None,
        sub_key: None,
        exposure: vec![],
        exposure_known: false,
        turns: None,
        earlier: None,
        body: Piece::Tokens(ids),
        origin: Origin::default(),
    };
    let inputs = Inputs::at_hand(AtHand::Records(Arc::new(vec![record])));
    let start = Instant::now();
    let detected = detect(&profile, &key, &Detecting::default(), &inputs, &mut silent)?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{seconds} {} {}",
        detected.pooled.scored,
        detected.pooled.log10_p.value()
    );
    Ok(())
}
